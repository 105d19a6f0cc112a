"""Which sentences are given by an exercise, so that they are nobody's own.

What decides is what the model reads. A sentence whose tokens spell a given one is that one: case,
accents, spaces, punctuation, characters that do not print and full-width letters change nothing,
nor do tokens that the model does not know, or words said twice. One word changed is a new sentence.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cached_property

from grader.errors import GraderError
from grader.heads import is_special
from grader.questions.authoring import Table
from grader.questions.facts import Facts
from grader.questions.kinds.base import Scope
from grader.questions.kinds.fields import FieldError
from grader.questions.messages import fill, say
from grader.questions.reading import letters


@dataclass(frozen=True)
class GivenTexts:
    """The texts that an exercise gives to anybody, other students' variants included."""

    templates: tuple[str, ...]
    """Texts with ``{places}``."""
    variants: tuple[Mapping[str, str], ...]

    @cached_property
    def spelled(self) -> frozenset[str]:
        """What each of them spells."""
        return frozenset(letters(fill(t, v)) for t in self.templates for v in self.variants)

    def refuse(self, text: str, name: str, facts: Facts) -> None:
        """Refuse a text that is one of them.

        Raises:
            FieldError: it is.
        """
        if spellings(text, facts) & self.spelled:
            raise FieldError(say("sentence.given", field=name))


def read_given(table: Table, scope: Scope, *, needed: bool = True) -> GivenTexts:
    """Return the texts under ``not_these``, and all that the exercise measures something on."""
    found = [*table.templates("not_these", scope.words, needed=needed)]
    for measure in scope.measures.values():
        found += [*measure.texts, getattr(measure, "text", ""), getattr(measure, "pair", "")]
    return GivenTexts(tuple(dict.fromkeys(t for t in found if t)), tuple(scope.variants))


def spellings(text: str, facts: Facts) -> set[str]:
    """Return what a text spells: as it is written, without repetitions, and as it is read."""
    found = {letters(text), letters("".join(without_repeats(text.lower().split())))}
    try:
        tokens = facts.pieces(text)
    except GraderError:  # too long for the model
        return found
    read = (token.removeprefix("##") for token in tokens if not is_special(token))
    return found | {letters("".join(read))}


def without_repeats(words: Iterable[str]) -> list[str]:
    """Return words without those that say again, at once, what was just said."""
    kept: list[str] = []
    for word in words:
        kept.append(word)
        for n in range(1, len(kept) // 2 + 1):
            if list(map(letters, kept[-n:])) == list(map(letters, kept[-2 * n : -n])):
                del kept[-n:]
                break
    return kept
