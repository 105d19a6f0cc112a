"""Marks of people in, grades out."""

import argparse
from pathlib import Path

from grader.atomic import write_atomically
from grader.commands import Command
from grader.commands.arguments import course, slug
from grader.commands.terminal import answer, talk
from grader.errors import GraderError

TARGETS = ("csv", "canvas", "moodle")


def _written(arguments: argparse.Namespace) -> int:
    from grader.course.written_sheet import apply_sheet, rubrics, write_sheet

    opened = course(arguments)
    if arguments.out:
        data = write_sheet(opened, arguments.slug)
        write_atomically(Path(arguments.out), data)
        for name, rubric in rubrics(opened, arguments.slug).items():
            talk(f"{name}:")
            for line in rubric.splitlines():
                talk(f"  {line}")
        lines = data.count(b"\r\n") - 1
        answer(
            arguments,
            {"exercise": arguments.slug, "file": arguments.out},
            f"{arguments.out}: fill in points and comment, then `grader written {arguments.slug} "
            f"--in {arguments.out}`"
            if lines
            else f"{arguments.out}: nobody wrote anything",
        )
        return 0
    applied = apply_sheet(
        opened,
        arguments.slug,
        _read(Path(arguments.into)),
        arguments.into,
        replace=arguments.replace,
    )
    held = bool(applied.elsewhere) and not arguments.replace
    for line in applied.gone + applied.elsewhere:
        talk(line)
    answer(
        arguments,
        {
            "exercise": arguments.slug,
            "marked": applied.marked,
            "unchanged": applied.unchanged,
            "open": applied.open,
            "problems": applied.gone,
            "elsewhere": applied.elsewhere,
        },
        f"Nothing was written; `grader written {arguments.slug} --in {arguments.into} --replace` "
        "overwrites them, `--out` writes the table anew."
        if held
        else f"marks for {len(applied.marked)} submissions; as they were: {applied.unchanged}; "
        f"left open: {applied.open}",
    )
    return 1 if applied.gone or held else 0


def _written_arguments(parser: argparse.ArgumentParser) -> None:
    slug(parser)
    way = parser.add_mutually_exclusive_group(required=True)
    way.add_argument("--out", metavar="FILE.csv", help="write the answers, without names")
    way.add_argument("--in", dest="into", metavar="FILE.csv", help="put the marks in")
    parser.add_argument(
        "--replace", action="store_true", help="with --in: also marks given elsewhere meanwhile"
    )


def _export(arguments: argparse.Namespace) -> int:
    from grader.course.export import export

    opened = course(arguments)
    made = export(
        opened,
        arguments.slug,
        arguments.to,
        into=Path(arguments.into) if arguments.into else None,
        column=arguments.column,
        so_far=arguments.so_far,
    )
    name = f"{arguments.slug[0]}-{arguments.to}" if len(arguments.slug) == 1 else arguments.to
    path = Path(arguments.out) if arguments.out else opened.path / "export" / f"{name}.csv"
    write_atomically(path, made.data)
    for line in made.notes:
        talk(line)
    for title, some in (("nobody's line", made.unmatched), ("not graded yet", made.ungraded)):
        for line in some:
            talk(f"{title}: {line}")
    for student, cells in made.open.items():
        talk(f"{student}: open: {', '.join(cells)}")
    left = f"; with open points: {len(made.open)}" if made.open else ""
    if made.open and arguments.to != "csv" and not arguments.so_far:
        left += ", left empty (--so-far writes what they have)"
    answer(
        arguments,
        {"path": str(path), "exported": made.exported, "open": made.open}
        | {"nothing": made.nothing, "ungraded": made.ungraded, "unmatched": made.unmatched}
        | {"notes": made.notes},
        f"{path}: {made.exported} grades; handed in nothing: {len(made.nothing)}{left}",
    )
    return 0


def _export_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("slug", metavar="SLUG", nargs="*", help="exercises; none for all")
    parser.add_argument("--to", choices=TARGETS, default="csv", help="csv by default")
    parser.add_argument("--into", metavar="FILE.csv", help="the platform's own file, to fill in")
    parser.add_argument("--column", metavar="NAME", help="its heading there")
    parser.add_argument("--out", metavar="FILE.csv", help="by default export/ in the course")
    parser.add_argument(
        "--so-far", action="store_true", help="also the points of those with open points"
    )


def _read(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except OSError as error:
        raise GraderError(f"{path}: {error.strerror}.") from None


COMMANDS = (
    Command(
        "written",
        "mark written answers in a table, without names",
        "exercise, file; with --in: exercise, marked (id to questions), unchanged, open (how "
        "many), problems, elsewhere (sentences: marks given elsewhere that differ)",
        _written,
        _written_arguments,
    ),
    Command(
        "export",
        "write the grades for a spreadsheet, Canvas or Moodle",
        "path, exported (how many grades), open (id to cells), nothing, ungraded (ids), unmatched "
        "(lines), notes (sentences)",
        _export,
        _export_arguments,
    ),
)
