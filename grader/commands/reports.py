"""What is written about grades for people to read."""

import argparse

from grader.commands import Command
from grader.commands.arguments import course, slug
from grader.commands.terminal import answer
from grader.errors import GraderError


def _feedback(arguments: argparse.Namespace) -> int:
    from grader.reports.feedback import write_feedback

    pages = write_feedback(course(arguments), arguments.slug)
    if not pages.paths:
        raise GraderError(f"Nothing is graded yet; run `grader autograde {arguments.slug}` first.")
    answer(
        arguments,
        {
            "exercise": arguments.slug,
            "pages": {student: str(path) for student, path in pages.paths.items()},
            "changed": pages.changed,
        },
        f"{len(pages.paths)} pages, {len(pages.changed)} of them new; "
        f"for example {next(iter(pages.paths.values()))}",
    )
    return 0


COMMANDS = (
    Command(
        "feedback",
        "write each student's feedback page",
        "exercise, pages (id to path), changed (ids)",
        _feedback,
        slug,
    ),
)
