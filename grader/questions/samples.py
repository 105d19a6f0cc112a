"""Sample submissions: ``answers/NAME.py``, some cells of a notebook and what they must earn.

The head is TOML in comments: ``about``, ``points`` and ``hint`` and ``outcome`` by question (hints
in any order; an outcome that is not said is ``graded``), ``kernel = true`` where only a real kernel
can run it, ``variant = 0`` where the answers hold for that variant only (else they must hold for
all: they are worked out from ``session``). Then come the cells, in percent format. One with the
``grade_id`` of a cell of ``notebook.py`` takes the place of that cell; one without is put in before
the next that has one.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from grader.errors import CourseError
from grader.questions.authoring import Problems, nearest, parse_toml
from grader.questions.exercise import Exercise, Question
from grader.questions.outcome import Outcome
from grader.questions.percent import Cell, read_percent
from grader.questions.variants import variant_index

_KEYS = ("about", "points", "hint", "outcome", "kernel", "variant")


@dataclass(frozen=True)
class Sample:
    """A sample submission."""

    name: str
    path: Path
    about: str
    kernel: bool
    """Whether only a real kernel can run it."""
    points: Mapping[str, float]
    """Question name -> the points that it must earn."""
    hints: Mapping[str, tuple[str, ...]]
    """Question name -> the keys of all hints that it must be given."""
    outcomes: Mapping[str, Outcome]
    """Question name -> how it must end; ``graded`` where nothing is said."""
    cells: tuple[Cell, ...]
    variant: int | None = None
    """The only variant that it answers; None: any."""

    def student(self, course_id: str, exercise: Exercise) -> str:
        """Return the id of a made-up student who hands this in, and who has its variant.

        Its name; where the variant asks for another id, its name and the first number that fits.
        """
        n = len(exercise.variants)
        tries = (f"{self.name}-{i}" if i else self.name for i in range(100 * n))
        fits = (
            student
            for student in tries
            if self.variant in (None, variant_index(course_id, exercise.slug, student, n))
        )
        return next(fits)

    @property
    def sources(self) -> dict[str, str]:
        """grade_id -> source, with the code of the cells without one before it in front."""
        found: dict[str, str] = {}
        loose = ""
        for cell in self.cells:
            if cell.grade_id:
                found[cell.grade_id] = loose + cell.source
                loose = ""
            elif cell.type == "code":
                loose += cell.source + "\n\n\n"
        return found


def read_samples(folder: Path, exercise: Exercise) -> list[Sample]:
    """Return the sample submissions of an exercise's folder, by name.

    Raises:
        CourseError: there is none, or some are wrong: file, line and repair of each problem.
    """
    paths = sample_paths(folder)
    if not paths:
        raise CourseError(
            f"{Path(folder) / 'answers'} holds no sample answers; write at least one, for example "
            "answers/full.py with the cells that earn full marks."
        )
    samples, wrong = [], []
    for path in paths:
        try:
            samples.append(read_sample(path, exercise))
        except CourseError as error:
            wrong.append(str(error))
    if wrong:
        raise CourseError("\n".join(wrong))
    return samples


def sample_paths(folder: Path) -> list[Path]:
    """Return the files of sample submissions in an exercise's folder, by name."""
    return sorted((Path(folder) / "answers").glob("*.py"))


def read_sample(path: Path, exercise: Exercise) -> Sample:
    """Return one sample submission.

    Raises:
        CourseError: its head or a cell is wrong: file, line and repair of each problem.
    """
    head, cells = read_percent(path, ("grade_id",))
    toml = _uncommented(head, path)
    table = parse_toml(toml, str(path))
    problems = Problems(str(path), toml)
    for key in table:
        if key not in _KEYS:
            problems.add((key,), f"{key!r} is not known; {nearest(key, _KEYS)}.")
    judged = {name: q for name, q in exercise.questions.items() if not q.written}
    for key in ("points", "hint", "outcome"):
        if not isinstance(table.get(key, {}), dict):
            problems.add((key,), f"{key!r} is not a table; write [{key}] with a line per question.")
            table[key] = {}
        for name in table.get(key, {}):
            if name not in judged:
                problems.add(
                    (key, name), f"there is no question {name!r}; {nearest(name, judged)}."
                )
    sample = Sample(
        name=path.stem,
        path=path,
        about=str(table.get("about", "")),
        kernel=table.get("kernel", False) is True,
        points=_points(table.get("points", {}), judged, problems),
        hints=_hints(table.get("hint", {}), judged, problems),
        outcomes=_outcomes(table.get("outcome", {}), table.get("points", {}), problems),
        cells=tuple(cell for cell in cells if cell.source.strip()),
        variant=_variant(table, exercise, problems),
    )
    _check_places(sample, problems)
    problems.stop()
    return sample


def _uncommented(head: str, path: Path) -> str:
    """Return the TOML of a head, each line where it stands in the file."""
    for number, line in enumerate(head.splitlines(), 1):
        if line.strip() and not line.startswith("#"):
            raise CourseError(
                f'{path}:{number}: "{line.strip()[:40]}" stands before the first cell; '
                "begin the cell with # %%."
            )
    return "\n".join(line[1:].removeprefix(" ") for line in head.splitlines())


def _points(table: dict, judged: Mapping[str, Question], problems: Problems) -> dict[str, float]:
    points = {}
    for name, question in judged.items():
        value = table.get(name)
        if name not in table:
            problems.add(("points",), f"no points are declared for {name!r}; add {name} = 0.")
        elif isinstance(value, bool) or not isinstance(value, int | float):
            problems.add(("points", name), f"{value!r} is no number; write {name} = 0.")
        elif not 0 <= value <= question.points:
            problems.add(
                ("points", name), f"{value:g} points are declared; write 0 to {question.points:g}."
            )
        else:
            points[name] = float(value)
    return points


def _variant(table: dict, exercise: Exercise, problems: Problems) -> int | None:
    value = table.get("variant")
    last = len(exercise.variants) - 1
    if value is None or (type(value) is int and 0 <= value <= last):
        return value
    problems.add(("variant",), f"{value!r} is no variant; write variant = 0 to {last}.")
    return None


def _hints(
    table: dict, judged: Mapping[str, Question], problems: Problems
) -> dict[str, tuple[str, ...]]:
    hints = {}
    for name, keys in table.items():
        keys = (keys,) if isinstance(keys, str) else keys
        if not isinstance(keys, list | tuple) or not all(isinstance(key, str) for key in keys):
            problems.add(("hint", name), f'write {name} = "KEY" or {name} = ["KEY", "KEY"].')
            continue
        hints[name] = tuple(keys)
        for key in keys:
            if name in judged and key not in judged[name].hints:
                problems.add(
                    ("hint", name), f"no hint {key!r}; {nearest(key, judged[name].hints)}."
                )
    return hints


def _outcomes(table: dict, points: dict, problems: Problems) -> dict[str, Outcome]:
    outcomes = {}
    for name, outcome in table.items():
        if outcome in list(Outcome):
            outcomes[name] = Outcome(outcome)
            if outcome != Outcome.GRADED and points.get(name):
                problems.add(
                    ("outcome", name),
                    f'what ends as "{outcome}" earns nothing; write {name} = 0 under [points], or '
                    "take this line out.",
                )
        else:
            said = nearest(str(outcome), Outcome)
            problems.add(("outcome", name), f"no outcome {outcome!r}; {said}.")
    return outcomes


def _check_places(sample: Sample, problems: Problems) -> None:
    """Note each cell whose place the exercise's notebook.py does not have, or that is taken."""
    notebook = sample.path.parent.parent / "notebook.py"
    places = None
    if notebook.is_file():
        marks = ("role", "grade_id", "lang")
        places = {cell.grade_id for cell in read_percent(notebook, marks)[1] if cell.grade_id}
    seen = set()
    for cell in sample.cells:
        if cell.grade_id is None:
            continue
        if places is not None and cell.grade_id not in places:
            problems.note(
                cell.line,
                f'the notebook has no cell "{cell.grade_id}"; {nearest(cell.grade_id, places)}.',
            )
        if cell.grade_id in seen:
            problems.note(
                cell.line, f'a cell "{cell.grade_id}" stands there twice; keep one of them.'
            )
        seen.add(cell.grade_id)
