"""The `grader` command: reads the command line and runs one of `grader.commands`.

Results go to stdout, talk to stderr. With ``--json`` stdout holds one object. Exit 0: all is well.
Exit 1: answers failed, or some submissions could not be graded. Exit 2: the command could not run.
"""

import argparse
import gc
import sys

from grader import __version__
from grader.commands import (
    authors,
    autograde,
    banks,
    grades,
    machine,
    regrading,
    reports,
    settling,
    students,
    term,
    verify,
)
from grader.commands.terminal import talk
from grader.errors import GraderError, unwritten

GROUPS = (
    *(machine, term, autograde, verify, grades, regrading, settling),
    *(reports, students, authors, banks),
)
MADE_BETWEEN_LOOKS = 20_000
"""Objects, between two looks for garbage; Python itself looks after 700."""
COMMANDS = {command.name: command for group in GROUPS for command in group.COMMANDS}


def run() -> int:
    """Be the program `grader`: run the command in a process of its own.

    Nearly all that a command makes it keeps to its end. To look through it as often as Python
    would, and once more before the process is gone, takes long and finds nothing.
    """
    gc.set_threshold(MADE_BETWEEN_LOOKS, 20, 50)
    code = main()
    gc.freeze()
    return code


def main(argv: list[str] | None = None) -> int:
    """Run the command; returns the exit code."""
    arguments = parser().parse_args(argv)
    try:
        return arguments.command(arguments)
    except GraderError as error:
        for line in str(error).splitlines():
            talk(line)
        return 2
    except KeyboardInterrupt:
        talk("Stopped. What was graded is kept; the same command goes on from there.")
        return 2
    except BrokenPipeError:  # `grader ... | head`
        sys.stderr.close()
        return 0
    except Exception as error:  # a full disk, a folder that is not ours; anything else is a bug
        sentence = unwritten(error)
        if sentence is None:
            raise
        talk(sentence)
        return 2


def parser() -> argparse.ArgumentParser:
    """Return the parser with every command in it."""
    common = argparse.ArgumentParser(add_help=False)
    common.add_argument(
        "--course", default=".", metavar="DIR", help="the course folder (here by default)"
    )
    common.add_argument("--json", action="store_true", help="one JSON object on stdout")
    top = argparse.ArgumentParser(prog="grader", description=__doc__.split("\n\n")[0])
    top.add_argument("--version", action="version", version=f"grader {__version__}")
    added = top.add_subparsers(required=True, metavar="COMMAND")
    for command in COMMANDS.values():
        made = added.add_parser(
            command.name,
            help=command.help,
            description=command.help,
            parents=[common],
            epilog=f"--json prints an object with: {command.json}.",
        )
        made.set_defaults(command=command.run)
        command.arguments(made)
    return top


if __name__ == "__main__":
    sys.exit(run())
