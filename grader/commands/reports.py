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
            "short": pages.short,
        },
        f"{len(pages.paths)} pages, {len(pages.changed)} of them new; "
        f"for example {next(iter(pages.paths.values()))}"
        + (
            f"\nwithout the notebook, which takes too long: {', '.join(pages.short)}"
            * bool(pages.short)
        ),
    )
    return 0


def _report(arguments: argparse.Namespace) -> int:
    from grader.reports.class_report import write_report

    path, found, changed = write_report(course(arguments), arguments.slug)
    answer(
        arguments,
        {"exercise": arguments.slug, "page": str(path), "changed": changed} | found.to_json(),
        f"{path}" + ("" if changed else " (nothing to do)"),
    )
    return 0


def _solution(arguments: argparse.Namespace) -> int:
    from datetime import UTC, datetime

    from grader.course.solution import write_solution

    written = write_solution(course(arguments), arguments.slug, datetime.now(UTC))
    paths = {language: str(path) for language, path in written.notebooks.items()}
    answer(
        arguments,
        {"exercise": arguments.slug, "notebooks": paths, "changed": written.changed},
        "\n".join(paths.values()) + ("" if written.changed else " (nothing to do)"),
    )
    return 0


COMMANDS = (
    Command(
        "feedback",
        "write each student's feedback page",
        "exercise, pages (id to path), changed (ids), short (ids)",
        _feedback,
        slug,
    ),
    Command(
        "report",
        "write a page about the class: points, hard criteria, hints, heads, same wrong answers",
        "exercise, page (path), changed (true or false), roster (how many), totals (id, points), "
        "maximum, questions (grade_id, maximum, counts, waiting), criteria (grade_id, name, met, "
        "partly, missed, unchecked), hints (grade_id, name, students), endings, notes (what, ids), "
        "doors (id, why), faults (ids), waiting (as in table), "
        "heads (grade_id, list of layer, head, students), "
        "pairs (first, second, questions), common (grade_id, students)",
        _report,
        slug,
    ),
    Command(
        "solution",
        "write the notebook with its solutions, once the last due time is over",
        "exercise, notebooks (language to path), changed (true or false)",
        _solution,
        slug,
    ),
)
