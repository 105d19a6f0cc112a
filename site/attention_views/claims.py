"""The ledger of what the lessons claim: ``lessons/claims.toml``, read, computed and compared.

A number in a lesson is never typed: ``[[claim:telescope.mean_man:.3f]]`` prints what a measure
computes from the model now. The expected value is only compared; a claim that has moved away from
it by more than its tolerance is an error, since the sentence around it may have become false.
Published numbers, which nothing here can compute, carry the reference they come from.
"""

import math
import re
import tomllib
from collections.abc import Callable
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path

from attention_views.measures import MEASURES, MeasureError
from attention_views.problems import known, log, shown_path
from grader.attention import Attention
from grader.errors import GraderError

Value = float | int | str
Capture = Callable[[str], Attention]

LANGUAGES = ("zh", "en")
_ABOUT = {"statement", "baseline", "note"}
_EXPECTED = {"expected", "tolerance"}
_PUBLISHED = {"cite", "published"}


class ClaimError(GraderError):
    """The ledger is wrong or no longer true: file and line, what, repair."""


@dataclass(frozen=True)
class Reference:
    """A source that lessons cite."""

    short: dict[str, str]
    """Per language, what ``[[cite:...]]`` prints: "Clark et al. 2019"."""
    full: str
    """Authors, title, place, year."""
    url: str


@dataclass(frozen=True)
class Claim:
    """One number or name that the lessons print."""

    id: str
    """``telescope.mean_man``."""
    where: str
    """``lessons/claims.toml:12``."""
    statement: dict[str, str]
    """Per language, what is claimed, in words."""
    measure: str | None
    """Name in MEASURES; None for a published value."""
    arguments: dict
    """The measure's arguments, sentence names resolved to texts."""
    expected: Value
    """What the measure gave when the lesson was written; for a published claim its value."""
    tolerance: float
    """How far the measured value may be from it; 0 for whole numbers and names."""
    cite: str | None
    """Id of the reference of a published value."""


@dataclass
class Ledger:
    """All claims, references and sentences of the lessons."""

    path: Path
    """The ledger's file."""
    capture: Capture
    """Text in, attention out."""
    claims: dict[str, Claim] = field(default_factory=dict)
    references: dict[str, Reference] = field(default_factory=dict)
    sentences: dict[str, str] = field(default_factory=dict)
    _values: dict[str, Value] = field(default_factory=dict)
    _said: set[str] = field(default_factory=set)

    @classmethod
    def read(cls, path: Path, capture: Capture) -> "Ledger":
        """Read a ledger; every entry that is wrong is reported, the others are kept."""
        ledger = cls(path, capture)
        if not path.is_file():
            return ledger
        text = path.read_text(encoding="utf-8")
        try:
            tables = tomllib.loads(text)
        except tomllib.TOMLDecodeError as error:
            line = re.search(r"at line (\d+)", str(error))
            where = f"{shown_path(path)}:{line[1]}" if line else shown_path(path)
            ledger.report(ClaimError(f"{where}: not TOML: {error}; repair this line"))
            return ledger
        _Reader(ledger, text, tables).read()
        return ledger

    def value(self, name: str) -> Value:
        """Return what the claim `name` is worth now, computed once; report it if it has moved.

        Raises:
            ClaimError: the measure cannot be computed.
        """
        if name not in self._values:
            claim = self.claims[name]
            self._values[name] = claim.expected if claim.cite else self._measure(claim)
            self._compare(claim, self._values[name])
        return self._values[name]

    def check(self) -> None:
        """Compute every claim, used or not, and report all that cannot be computed or has moved."""
        for name in self.claims:
            try:
                self.value(name)
            except ClaimError as error:
                self.report(error)

    def report(self, error: ClaimError) -> None:
        """Say a problem of the ledger, once however many marks meet it."""
        if str(error) not in self._said:
            self._said.add(str(error))
            log.error(str(error))

    @cached_property
    def captured(self) -> Capture:
        """`capture` that keeps what it has seen for this build."""
        kept: dict[str, Attention] = {}

        def captured(text: str) -> Attention:
            if text not in kept:
                kept[text] = self.capture(text)
            return kept[text]

        return captured

    def _measure(self, claim: Claim) -> Value:
        try:
            return MEASURES[claim.measure].compute(self.captured, **claim.arguments)
        except GraderError as error:
            raise ClaimError(f"{claim.where}: claim {claim.id}: {error}") from error

    def _compare(self, claim: Claim, value: Value) -> None:
        if isinstance(value, str) or isinstance(claim.expected, str):
            holds = value == claim.expected
        else:
            holds = math.isfinite(value) and abs(value - claim.expected) <= claim.tolerance
        if not holds:
            shown = f"{value:.6g}" if isinstance(value, float) else value
            within = f" within {claim.tolerance:g}" if claim.tolerance else ""
            self.report(
                ClaimError(
                    f"{claim.where}: claim {claim.id} is {shown}, expected {claim.expected}"
                    f"{within}; correct the lesson and 'expected', or the measure"
                )
            )


_ledgers: dict[tuple, Ledger] = {}


def read_ledger(path: Path, capture: Capture) -> Ledger:
    """Return the ledger; its claims are computed once a build, for all pages and languages."""
    key = (path.resolve(), capture)
    if key not in _ledgers:
        _ledgers[key] = Ledger.read(path, capture)
    return _ledgers[key]


def forget_ledgers() -> None:
    """Start a build: read and compute everything again, and say every problem again."""
    _ledgers.clear()


@dataclass
class _Reader:
    """Turns the tables of a ledger's file into claims; one report for each that is wrong."""

    ledger: Ledger
    text: str
    tables: dict

    def read(self) -> None:
        for name in sorted(set(self.tables) - {"sentences", "references", "claim"}):
            self._refuse(name, f"no table is called [{name}]; known: claim, references, sentences")
        self._each(self.tables.get("sentences", {}), "sentences", self._sentence)
        for name, table in self.tables.get("references", {}).items():
            self._try(f"references.{name}", self._reference, name, table)
        for page, claims in self.tables.get("claim", {}).items():
            for name, table in claims.items():
                self._try(f"claim.{page}.{name}", self._claim, f"{page}.{name}", table)

    def _each(self, table: dict, header: str, read) -> None:
        for name, value in table.items():
            self._try(header, read, name, value)

    def _try(self, header: str, read, name: str, table) -> None:
        try:
            read(name, table)
        except MeasureError as error:
            self._refuse(header, str(error))

    def _refuse(self, header: str, what: str) -> None:
        self.ledger.report(ClaimError(f"{self._where(header)}: {what}"))

    def _where(self, header: str) -> str:
        pattern = re.compile(r"\s*\[\s*" + re.escape(header) + r"\s*\]")
        for number, line in enumerate(self.text.splitlines(), 1):
            if pattern.match(line):
                return f"{shown_path(self.ledger.path)}:{number}"
        return shown_path(self.ledger.path)

    def _sentence(self, name: str, text) -> None:
        if not isinstance(text, str) or not text.strip():
            raise MeasureError(f'sentence {name!r} is empty; write {name} = "a sentence"')
        self.ledger.sentences[name] = text

    def _reference(self, name: str, table: dict) -> None:
        missing = {"short", "full", "url"} - set(table)
        if missing:
            raise MeasureError(
                f"reference {name!r} has no {min(missing)}; add {min(missing)} = ..."
            )
        short = table["short"]
        short = short if isinstance(short, dict) else dict.fromkeys(LANGUAGES, short)
        self.ledger.references[name] = Reference(short, table["full"], table["url"])

    def _claim(self, name: str, table: dict) -> None:
        statement = table.get("statement")
        if not isinstance(statement, dict) or set(statement) != set(LANGUAGES):
            raise MeasureError(
                f'claim {name}: what is claimed? add statement = {{zh = "...", en = "..."}}'
            )
        if ("measure" in table) == ("cite" in table):
            raise MeasureError(
                f"claim {name}: give either a measure with expected, or cite with published"
            )
        read = self._published if "cite" in table else self._computed
        self.ledger.claims[name] = read(name, table, statement)

    def _published(self, name: str, table: dict, statement: dict) -> Claim:
        if table["cite"] not in self.ledger.references:
            raise MeasureError(
                f"claim {name}: no reference is called {table['cite']!r}; "
                f"add [references.{table['cite']}]"
            )
        self._only(name, table, _ABOUT | _PUBLISHED)
        value = self._required(name, table, "published")
        return Claim(
            name, self._where(f"claim.{name}"), statement, None, {}, value, 0.0, table["cite"]
        )

    def _computed(self, name: str, table: dict, statement: dict) -> Claim:
        measure = MEASURES.get(table["measure"])
        if measure is None:
            raise MeasureError(
                f"claim {name}: no measure is called {table['measure']!r}; {known(MEASURES)}"
            )
        self._only(name, table, _ABOUT | _EXPECTED | {"measure"} | measure.arguments)
        expected = self._required(name, table, "expected")
        tolerance = table.get("tolerance", 0.0)
        if isinstance(expected, float) and not tolerance > 0:
            raise MeasureError(
                f"claim {name}: a fraction needs a tolerance; add tolerance = 0.0005"
            )
        given = {key: table[key] for key in table if key in measure.arguments}
        missing = measure.required - set(given)
        if missing:
            raise MeasureError(
                f"claim {name}: {table['measure']} needs {min(missing)}; add {min(missing)} = ..."
            )
        arguments = {key: self._texts(name, key, value) for key, value in given.items()}
        where = self._where(f"claim.{name}")
        return Claim(name, where, statement, table["measure"], arguments, expected, tolerance, None)

    def _texts(self, name: str, key: str, value):
        """Resolve names of sentences to texts; other arguments stay."""
        if key not in ("sentence", "sentences", "over"):
            return value
        wanted = value if isinstance(value, list) else [value]
        for sentence in wanted:
            if sentence not in self.ledger.sentences:
                raise MeasureError(
                    f"claim {name}: no sentence is called {sentence!r}; "
                    f'add it to [sentences]: {sentence} = "..."'
                )
        texts = [self.ledger.sentences[sentence] for sentence in wanted]
        return texts[0] if key == "sentence" else texts

    def _required(self, name: str, table: dict, key: str) -> Value:
        if key not in table or isinstance(table[key], bool | list | dict):
            raise MeasureError(f"claim {name}: there is no {key} value; add {key} = ...")
        return table[key]

    def _only(self, name: str, table: dict, allowed: set[str]) -> None:
        for key in table:
            if key not in allowed:
                raise MeasureError(f"claim {name}: no entry is called {key!r}; {known(allowed)}")
