"""What the `grader` command can do: a module for each group of commands."""

from argparse import ArgumentParser, Namespace
from collections.abc import Callable
from dataclasses import dataclass


def _nothing(parser: ArgumentParser) -> None:
    """A command may take no argument of its own."""


@dataclass(frozen=True)
class Command:
    """One command.

    Attributes:
        name: As it is typed.
        help: What it does, in one line.
        json: What the one object on stdout holds with ``--json``.
        run: Takes the parsed arguments; imports what it needs; returns the exit code (0: all is
            well, 1: answers failed or some submissions could not be graded).
        arguments: Adds the command's own arguments; ``--course`` and ``--json`` are there.
    """

    name: str
    help: str
    json: str
    run: Callable[[Namespace], int]
    arguments: Callable[[ArgumentParser], None] = _nothing
