"""The ledger of what the lessons claim: computed, and compared with what was expected.

A number in a lesson is never typed: ``[[claim:telescope.mean_man:.3f]]`` prints what a measure
computes from the model now. The expected value is only compared; a claim that has moved away from
it by more than its tolerance is an error, since the sentence around it may have become false.
Published numbers, which nothing here can compute, carry the reference they come from.
"""

import math
from collections.abc import Callable
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path

from attention_views.ledger_file import Claim, ClaimError, LedgerFile, Reference, Value
from attention_views.measures import MEASURES
from attention_views.problems import log
from grader.attention import Attention
from grader.errors import GraderError

Capture = Callable[[str], Attention]


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
        file = LedgerFile(path, ledger.report)
        ledger.claims, ledger.references, ledger.sentences = file.read()
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
