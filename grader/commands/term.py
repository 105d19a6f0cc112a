"""A course before anything is graded: its folder, the notebooks it gives out, a sample class."""

import argparse
from pathlib import Path

from grader.commands import Command
from grader.commands.arguments import course, exercises, exercises_folder, language, slug
from grader.commands.terminal import answer, talk
from grader.errors import GraderError


def _init(arguments: argparse.Namespace) -> int:
    from grader.course.course import init_course
    from grader.course.settings import language_here

    made, written = init_course(
        Path(arguments.folder),
        exercises=exercises_folder(arguments.exercises),
        course_id=arguments.course_id,
        language=arguments.language or language_here(),
    )
    lines = [f"{made.path}: {'wrote ' + ', '.join(written) if written else 'nothing to do'}"]
    if arguments.language not in (None, made.language):
        talk(f"The course is in {made.language}; change `language` in {made.path / 'course.toml'}.")
    lines += [f"  {name:19} {WRITTEN[name]}" for name in written]
    if written:
        lines.append("Next: `grader roster students.csv`, then `grader release EXERCISE`.")
    answer(
        arguments,
        {"course": str(made.path), "course_id": made.course_id, "written": written}
        | {"language": made.language},
        "\n".join(lines),
    )
    return 0


WRITTEN = {
    "course.toml": "settings: language, time zone, due times, what lateness takes off",
    "roster.csv": "who is in the course; `grader roster` fills it",
    "nbgrader_config.py": "makes nbgrader and its formgrader grade as `grader autograde` does",
    "secret": "draws the hidden cases of functions; keep it, show it to nobody",
}
"""What each file that `init` writes is for."""


def _init_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("folder", metavar="FOLDER", help="the course folder")
    exercises(parser)
    parser.add_argument("--course-id", metavar="ID", help="by default the folder's name")
    language(parser, "of the assignments and tables; by default the one of your terminal, or zh")


def _release(arguments: argparse.Namespace) -> int:
    from grader.course.release import release
    from grader.questions.new import check_named

    opened = course(arguments)
    check_named(opened.exercise(arguments.slug))
    made = release(opened, arguments.slug, told=_step)
    shown = made.assignment if arguments.language in (None, opened.language) else made.other
    answer(
        arguments,
        {
            "exercise": arguments.slug,
            "notebook": str(made.assignment),
            "other_language": str(made.other),
            "changed": made.changed,
            "zip": str(made.zip),
        },
        f"{shown}" + ("" if made.changed else " (nothing to do)") + f"\n{made.zip}",
    )
    return 0


def _step(done: int, total: int, what: str) -> None:
    talk(f"{done}/{total}  {what}")


def _release_arguments(parser: argparse.ArgumentParser) -> None:
    slug(parser)
    language(parser, "which notebook's path to print")


def _roster(arguments: argparse.Namespace) -> int:
    from grader.course.roster import merge_roster

    path = Path(arguments.file)
    try:
        data = path.read_bytes()
    except OSError as error:
        raise GraderError(f"{path}: {error.strerror}.") from None
    merged = merge_roster(course(arguments, strict=False).path / "roster.csv", data, str(path))
    for line in (*merged.skipped, *merged.notes):
        talk(line)
    counts = {name: getattr(merged, name) for name in ("added", "changed", "kept")}
    answer(
        arguments,
        {"students": len(merged.students), "encoding": merged.encoding, **counts}
        | {"skipped": merged.skipped, "notes": merged.notes},
        f"{len(merged.students)} students ({path}: {merged.encoding}); added: "
        f"{len(merged.added)}, changed: {len(merged.changed)}"
        + (f"; not in the file, kept: {', '.join(merged.kept)}" if merged.kept else ""),
    )
    return 0


def _roster_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "file", metavar="FILE.csv", help="a class list with a column id (or 学号); see the guide"
    )


def _collect(arguments: argparse.Namespace) -> int:
    from grader.course.collect import collect

    made = collect(
        course(arguments),
        Path(arguments.file),
        arguments.slug,
        Path(arguments.times) if arguments.times else None,
        arguments.platform,
        arguments.student,
    )
    for title, some in (("not matched", made.unmatched), ("refused", made.refused)):
        for one in some:
            talk(f"{title}: {one.name}: {one.why}")
    if made.unmatched:
        talk(
            f"What was not matched is kept in doubtful/{made.exercise}/: `grader collect "
            f"doubtful/{made.exercise}/NAME --slug {made.exercise} --student ID` gives it to ID."
        )
    for warning in made.warnings:
        talk(f"look at it: {warning}")
    for note in made.notes:
        talk(note)
    outcomes = [handed.outcome for handed in made.students.values()]
    unknown = sum(h.handed_in is None for h in made.students.values())
    counts = {o: outcomes.count(o) for o in ("new", "replaced", "unchanged", "older")}
    told = ", ".join(f"{n} {outcome}" for outcome, n in counts.items() if n)
    answer(
        arguments,
        made.to_json(),
        f"{made.exercise}: {len(outcomes)} submissions from {made.format} names ({told or 'none'})"
        + (f"; hand-in time unknown: {unknown} (--times TABLE.csv tells it)" if unknown else "")
        + (f"; nothing from: {', '.join(made.missing)}" if made.missing else ""),
    )
    return 0 if made.well else 1


def _collect_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("file", metavar="FILE.zip", help="as the platform gave it, or a folder")
    parser.add_argument("--slug", metavar="SLUG", help="the exercise, where notebooks do not tell")
    parser.add_argument(
        "--times", metavar="TABLE.csv", help="the platform's table of hand-in times"
    )
    parser.add_argument("--student", metavar="ID", help="whose all of it is")
    parser.add_argument(
        "--platform", choices=("moodle", "canvas", "plain"), help="whose names; seen by itself"
    )


def _sample(arguments: argparse.Namespace) -> int:
    from grader.course.sample import make_sample

    made = make_sample(course(arguments), arguments.slug)
    answer(
        arguments,
        {"exercise": arguments.slug, "students": made.students, "changed": made.changed},
        f"{len(made.students)} sample submissions; "
        + (f"changed: {', '.join(made.changed)}" if made.changed else "nothing to do"),
    )
    return 0


COMMANDS = (
    Command(
        "init",
        "make a course folder, or complete one",
        "course (path), course_id, written (names of files), language (zh or en)",
        _init,
        _init_arguments,
    ),
    Command(
        "release",
        "make the students' notebooks of an exercise",
        "exercise, notebook, other_language (paths), changed (true or false), zip (path of what "
        "a learning platform gives out)",
        _release,
        _release_arguments,
    ),
    Command(
        "roster",
        "put a class list into the roster",
        "students (how many), encoding, added, changed, kept (ids), skipped, notes (sentences)",
        _roster,
        _roster_arguments,
    ),
    Command(
        "collect",
        "take in the submissions that a learning platform hands out",
        "exercise, format, students: id to files, receipts (notebook to receipt), original, "
        "beside (names of what is kept in earlier/), number (the platform's), "
        "handed_in (UTC or null), late (true, false or null), outcome (new, replaced, unchanged, "
        "older); unmatched, refused: lists of name, why; warnings, notes (sentences), missing, "
        "enrolled (ids)",
        _collect,
        _collect_arguments,
    ),
    Command(
        "sample",
        "hand in the exercise's sample answers as a class",
        "exercise, students, changed (ids)",
        _sample,
        slug,
    ),
)
