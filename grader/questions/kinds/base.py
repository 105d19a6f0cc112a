"""What every kind of question is: parameters read, criteria named, an answer judged."""

from abc import ABC, abstractmethod
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from grader.attention import HeadId
from grader.questions.authoring import Table
from grader.questions.facts import Facts
from grader.questions.measures import Measure, Weight
from grader.questions.messages import Message, say
from grader.questions.own_references import OwnReferences
from grader.questions.shown import Shown


@dataclass(frozen=True)
class Scope:
    """What the tables of a question may speak of."""

    words: Collection[str]
    """The words that every variant has."""
    measures: Mapping[str, Measure]
    public: bool
    """Whether this is a student's notebook, which lacks the private keys."""
    variants: Sequence[Mapping[str, str]] = ()
    """All variants, for what nobody may hand in as their own."""
    references: OwnReferences | None = None
    """The exercise's own functions; None in a student's notebook."""


Hint = str | tuple[str, ...] | None
"""A known mistake, several names for it, or none."""


@dataclass(frozen=True)
class Finding:
    """What judging found about one criterion."""

    criterion: str
    share: float | None
    """Which part of its points, 0..1; None: it cannot be checked here."""
    reason: Message
    hint: Hint = None
    """The mistake that we think this is; of several names for it the author wrote a text for one.
    """


class Kind(ABC):
    """A kind of question. One instance serves all questions of the kind; it keeps no state."""

    name: str
    """What an author writes."""
    hints: Collection[str] = ()
    """The mistakes it can recognise: the hints an author may write texts for."""
    stated: Collection[str] = ()
    """Those of them that only say what was found or how to go on. All others guess at a cause,
    and a wrong answer drawn at random gets one at most once in fifty times."""
    private: Collection[str] = ()
    """Keys that never reach a student's notebook."""
    written: bool = False
    """Whether a person marks it."""
    route: str = "tool"
    """Which route a question of this kind is, unless it says so itself: ``tool`` or ``own``."""
    max_bytes: int = 4096
    """The longest answer it needs, as JSON text."""

    @abstractmethod
    def read(self, table: Table, scope: Scope) -> Any:
        """Return the parameters, noting each problem on the table."""

    @abstractmethod
    def criteria(self, parameters: Any) -> list[str]:
        """Return the names that points must be given to, in order."""

    def together(self, parameters: Any) -> list[str]:
        """Return the criteria that rest on numbers, which a loop could find one by one."""
        return []

    @abstractmethod
    def judge(self, parameters: Any, value: Any, facts: Facts) -> Iterable[Finding]:
        """Yield one finding for each criterion.

        Raises:
            Refusal: the answer as a whole has the wrong form.
        """

    def unusable(self, parameters: Any, facts: Facts) -> Iterable[str]:
        """Yield why a variant cannot be asked about, for its author; nothing where it can."""
        return ()

    def hints_of(self, table: Table, scope: Scope) -> Collection[str]:
        """Return the mistakes that a question of this kind can recognise."""
        return self.hints

    def shows(self, parameters: Any, value: Any, facts: Facts) -> Shown | None:
        """Return the row of a head that the answer speaks of, where there is one.

        A wrong answer may raise anything.
        """
        return None

    def empty(self, parameters: Any, value: Any) -> bool:
        """Return whether nothing has been answered yet."""
        return value is None or (
            isinstance(value, dict)
            and bool(value)
            and all(self.empty(parameters, v) for v in value.values())
        )


def row_of(measure: Any, head: HeadId, facts: Facts, *others: Any) -> Shown | None:
    """Return the row that measures of weights speak of; None for other measures."""
    if not isinstance(measure, Weight):
        return None
    keys = tuple(
        facts.fill(one.key)
        for one in (measure, *others)
        if isinstance(one, Weight) and one.text == measure.text and one.query == measure.query
    )
    return Shown(facts.fill(measure.text), head, facts.fill(measure.query), keys)


def passed(criterion: str, key: str = "right", **values: Any) -> Finding:
    """Return full points, with the reason `key`."""
    return Finding(criterion, 1.0, say(key, **values))


def failed(
    criterion: str,
    reason: Message,
    hint: Hint = None,
    share: float = 0.0,
) -> Finding:
    """Return no points, or a share of them."""
    return Finding(criterion, share, reason, hint)


def unchecked(criterion: str, reason: Message) -> Finding:
    """Return that this cannot be checked here."""
    return Finding(criterion, None, reason)
