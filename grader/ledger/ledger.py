"""The ledger of what the lessons claim: computed, and compared with what was expected.

A number in a lesson is never typed: ``[[claim:telescope.mean_man:.3f]]`` prints what a measure
computes from the model now. The expected value is only compared; a claim that has moved away from
it by more than its tolerance is an error, since the sentence around it may have become false.
Published numbers, which nothing here can compute, carry the reference they come from.
"""

from collections.abc import Callable
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path

from grader.attention import Attention
from grader.errors import GraderError
from grader.ledger.claim_measures import MEASURES
from grader.ledger.evidence import Evidence
from grader.ledger.file import Claim, ClaimError, LedgerFile, Reference, Value
from grader.ledger.sets import data_in

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
    unprinted: dict[str, str] = field(default_factory=dict)
    """Pattern of ids -> why these claims are kept though no page prints them."""
    evidence: Evidence = field(default_factory=Evidence)
    """What the corrections and the five patterns stand on."""
    say: Callable[[str], None] = lambda sentence: None
    """Called with each problem, once."""
    problems: list[str] = field(default_factory=list)
    """All problems said so far."""
    _values: dict[str, Value] = field(default_factory=dict)

    @classmethod
    def read(
        cls, path: Path, capture: Capture, say: Callable[[str], None] = lambda sentence: None
    ) -> "Ledger":
        """Read a ledger; every entry that is wrong is reported, the others are kept."""
        ledger = cls(path, capture, say=say)
        if not path.is_file():
            return ledger
        file = LedgerFile(path, ledger.report)
        file.read()
        ledger.claims, ledger.references = file.claims, file.references
        ledger.sentences, ledger.unprinted = file.sentences, file.unprinted
        ledger.evidence = file.evidence
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
        if str(error) not in self.problems:
            self.problems.append(str(error))
            self.say(str(error))

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
        assert claim.measure is not None
        try:
            with data_in(self.path.resolve().parent / "data"):
                return MEASURES[claim.measure].compute(self.captured, **claim.arguments)
        except GraderError as error:
            raise ClaimError(f"{claim.where}: claim {claim.id}: {error}") from error

    def _compare(self, claim: Claim, value: Value) -> None:
        if not claim.holds(value):
            shown = f"{value:.6g}" if isinstance(value, float) else value
            within = f" within {claim.tolerance:g}" if claim.tolerance else ""
            self.report(
                ClaimError(
                    f"{claim.where}: claim {claim.id} is {shown}, expected {claim.expected}"
                    f"{within}; correct the lesson and 'expected', or the measure"
                )
            )
