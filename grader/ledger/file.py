"""``lessons/claims.toml``, read: its claims, references and sentences; its mistakes, by line."""

import math
import re
import tomllib
from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

from grader.errors import GraderError, known, shown_path
from grader.ledger.claim_measures import MEASURES, MeasureError
from grader.ledger.evidence import Evidence, read_evidence

Value = float | int | str

LANGUAGES = ("zh", "en")
TABLES = {"claim", "references", "sentences", "unprinted", "corrections", "patterns"}
_ABOUT = {"statement", "baseline", "note"}
_EXPECTED = {"expected", "tolerance"}
_PUBLISHED = {"cite", "published"}
HEADER = re.compile(r"\s*\[\s*(.+?)\s*\]")


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

    def holds(self, value: Value) -> bool:
        """Tell whether a value is what was expected: within the tolerance, a name exactly."""
        if isinstance(value, str) or isinstance(self.expected, str):
            return value == self.expected
        return math.isfinite(value) and abs(value - self.expected) <= self.tolerance


class LedgerFile:
    """One ledger's file; each entry that is wrong is reported, the others are kept."""

    def __init__(self, path: Path, report: Callable[[ClaimError], None]):
        self.path, self.report = path, report
        self.text = path.read_text(encoding="utf-8")
        self.claims: dict[str, Claim] = {}
        self.references: dict[str, Reference] = {}
        self.sentences: dict[str, str] = {}
        self.unprinted: dict[str, str] = {}
        self.evidence = Evidence()

    def read(self) -> None:
        """Fill claims, references, sentences, reasons and evidence, each by its name."""
        tables = self._tables()
        for name in sorted(set(tables) - TABLES):
            self._refuse(name, f"no table is called [{name}]; {known(TABLES)}")
        for name, text in tables.get("sentences", {}).items():
            self._try("sentences", self._sentence, name, text)
        for ids, reason in tables.get("unprinted", {}).items():
            self._try("unprinted", self._reason, ids, reason)
        for name, table in tables.get("references", {}).items():
            self._try(f"references.{name}", self._reference, name, table)
        for page, claims in tables.get("claim", {}).items():
            for name, table in claims.items():
                self._try(f"claim.{page}.{name}", self._claim, f"{page}.{name}", table)
        self.evidence = read_evidence(tables, self.claims, self.references, self._refuse)

    def _tables(self) -> dict:
        try:
            return tomllib.loads(self.text)
        except tomllib.TOMLDecodeError as error:
            line = re.search(r"at line (\d+)", str(error))
            where = f"{shown_path(self.path)}:{line[1]}" if line else shown_path(self.path)
            self.report(ClaimError(f"{where}: not TOML: {error}; repair this line"))
            return {}

    def _try(self, header: str, read, name: str, table) -> None:
        try:
            read(name, table)
        except MeasureError as error:
            self._refuse(header, str(error))

    def _refuse(self, header: str, what: str) -> None:
        self.report(ClaimError(f"{self._where(header)}: {what}"))

    def _where(self, header: str) -> str:
        line = self._headers.get(header)
        return f"{shown_path(self.path)}:{line}" if line else shown_path(self.path)

    @cached_property
    def _headers(self) -> dict[str, int]:
        """The line, from 1, on which each table begins."""
        lines = enumerate(self.text.splitlines(), 1)
        found = [(header[1], n) for n, line in lines if (header := HEADER.match(line))]
        return dict(reversed(found))  # of two the first

    def _sentence(self, name: str, text) -> None:
        if not isinstance(text, str) or not text.strip():
            raise MeasureError(f'sentence {name!r} is empty; write {name} = "a sentence"')
        self.sentences[name] = text

    def _reason(self, ids: str, reason) -> None:
        if not isinstance(reason, str) or not reason.strip():
            raise MeasureError(f'{ids!r} are kept without a reason; write "{ids}" = "because"')
        self.unprinted[ids] = reason

    def _reference(self, name: str, table: dict) -> None:
        missing = {"short", "full", "url"} - set(table)
        if missing:
            raise MeasureError(
                f"reference {name!r} has no {min(missing)}; add {min(missing)} = ..."
            )
        short = table["short"]
        short = short if isinstance(short, dict) else dict.fromkeys(LANGUAGES, short)
        self.references[name] = Reference(short, table["full"], table["url"])

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
        self.claims[name] = read(name, table, statement)

    def _published(self, name: str, table: dict, statement: dict) -> Claim:
        if table["cite"] not in self.references:
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
            if sentence not in self.sentences:
                raise MeasureError(
                    f"claim {name}: no sentence is called {sentence!r}; "
                    f'add it to [sentences]: {sentence} = "..."'
                )
        texts = [self.sentences[sentence] for sentence in wanted]
        return texts[0] if key == "sentence" else texts

    def _required(self, name: str, table: dict, key: str) -> Value:
        if key not in table or isinstance(table[key], bool | list | dict):
            raise MeasureError(f"claim {name}: there is no {key} value; add {key} = ...")
        return table[key]

    def _only(self, name: str, table: dict, allowed: set[str]) -> None:
        for key in table:
            if key not in allowed:
                raise MeasureError(f"claim {name}: no entry is called {key!r}; {known(allowed)}")
