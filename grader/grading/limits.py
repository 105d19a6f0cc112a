"""What one submission may use; a limit that is reached is an outcome, never a lost batch."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Limits:
    """Limits of one submission; times are wall-clock seconds, sizes are bytes."""

    cell_seconds: float = 60
    notebook_seconds: float = 300
    """For all cells together, replays after a lost kernel included."""
    start_seconds: float = 60
    """Until a kernel answers."""
    silence_seconds: float = 4
    """How long a cell that replied may take to say that it is idle."""
    lost_kernels: int = 3
    cell_output: int = 4 << 20
    notebook_output: int = 12 << 20
    answer: int = 8 << 20
    """Of one check cell: an array of 4 MiB is longer in base64."""
    notebook_answers: int = 16 << 20
    notebook_file: int = 24 << 20
    other_files: int = 32 << 20
    """Of all files that a student hands in beside the notebook."""


DEFAULT = Limits()
