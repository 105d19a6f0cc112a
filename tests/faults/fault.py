"""One fault: the code, and what it may cost."""

from dataclasses import dataclass, replace
from textwrap import dedent

from grader.questions import Outcome


@dataclass(frozen=True)
class Fault:
    """A cell that goes wrong in a notebook that answers every question correctly."""

    name: str
    code: str
    ends: Outcome | None = None
    """How the question ends whose own cell holds it; None where that is still answered."""
    notes: tuple[str, ...] = ()
    """What the feedback tells of the run, in order."""
    seconds: float = 2
    """How long a cell may take."""

    @property
    def source(self) -> str:
        return dedent(self.code).strip()

    @property
    def kernels(self) -> int:
        """How many the notebook needs; earlier cells are replayed in each but the first."""
        return 1 + self.notes.count("replayed")


def harmless(name: str, code: str, *notes: str) -> Fault:
    """Return a fault that costs nothing, wherever it stands."""
    return Fault(name, code, notes=notes)


def costs(name: str, code: str, ends: Outcome) -> Fault:
    """Return a fault that is noted and leaves the kernel well."""
    return Fault(name, code, ends, (ends.value,))


def raises(name: str, code: str) -> Fault:
    """Return a fault that ends its cell with an error, and leaves the kernel well."""
    return Fault(name, code, Outcome.NO_ANSWER)


def hangs(name: str, code: str) -> Fault:
    """Return a fault that an interrupt ends."""
    return costs(name, code, Outcome.TIMEOUT)


def kills(name: str, code: str, ends: Outcome = Outcome.CRASH) -> Fault:
    """Return a fault that its kernel does not survive."""
    return Fault(name, code, ends, (ends.value, "replayed"))


def jams(name: str, code: str) -> Fault:
    """Return a fault that no interrupt ends: the kernel is left behind."""
    return kills(name, code, Outcome.TIMEOUT)


def ends(name: str, code: str, outcome: Outcome = Outcome.GRADED) -> Fault:
    """Return a fault that is taken for an answer, and earns nothing."""
    return Fault(name, code, outcome)


def slow(fault: Fault) -> Fault:
    """Return a fault that needs more than a moment to go wrong."""
    return replace(fault, seconds=20)
