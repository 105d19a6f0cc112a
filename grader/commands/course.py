"""A course before anything is graded: its folder, the notebooks it gives out, a sample class."""

import argparse
from pathlib import Path

from grader.commands import Command
from grader.commands.arguments import LANGUAGES, course, exercises, exercises_folder, slug
from grader.commands.terminal import answer


def _init(arguments: argparse.Namespace) -> int:
    from grader.course.folder import init_course

    made, written = init_course(
        Path(arguments.folder),
        exercises=exercises_folder(arguments.exercises),
        course_id=arguments.course_id,
        language=arguments.lang or "zh",
    )
    answer(
        arguments,
        {"course": str(made.path), "course_id": made.course_id, "written": written},
        f"{made.path}: {'wrote ' + ', '.join(written) if written else 'nothing to do'}",
    )
    return 0


def _init_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("folder", metavar="FOLDER", help="the course folder")
    exercises(parser)
    parser.add_argument("--course-id", metavar="ID", help="by default the folder's name")
    parser.add_argument("--lang", choices=LANGUAGES, help="of the assignments; zh by default")


def _release(arguments: argparse.Namespace) -> int:
    from grader.course.release import release

    opened = course(arguments)
    made = release(opened, arguments.slug)
    shown = made.assignment if arguments.lang in (None, opened.language) else made.other
    answer(
        arguments,
        {
            "exercise": arguments.slug,
            "notebook": str(made.assignment),
            "other_language": str(made.other),
            "changed": made.changed,
        },
        f"{shown}" + ("" if made.changed else " (nothing to do)"),
    )
    return 0


def _release_arguments(parser: argparse.ArgumentParser) -> None:
    slug(parser)
    parser.add_argument("--lang", choices=LANGUAGES, help="which notebook's path to print")


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
        "course (path), course_id, written (names of files)",
        _init,
        _init_arguments,
    ),
    Command(
        "release",
        "make the students' notebooks of an exercise",
        "exercise, notebook, other_language (paths), changed (true or false)",
        _release,
        _release_arguments,
    ),
    Command(
        "sample",
        "hand in the exercise's sample answers as a class",
        "exercise, students, changed (ids)",
        _sample,
        slug,
    ),
)
