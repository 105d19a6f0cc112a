"""Notebooks from exercises/<slug>/notebook.py: one source, two languages, the same bytes each time.

The source is in percent format. A cell says its role, and nbgrader's metadata follow from
it; points stand in questions.toml alone. Markdown cells with ``lang="zh"`` or ``lang="en"`` go into
that language's notebook only, so code cells, and above all the locked ones, are the same in both.
"""

import copy
import json
import re
from pathlib import Path

from grader.course import carried
from grader.course.carried import ROLES
from grader.course.course import LANGUAGES
from grader.course.notebook_texts import BEGIN, END
from grader.course.wheel import wheel_name
from grader.errors import CourseError
from grader.questions import Exercise, load_exercise
from grader.questions.percent import Cell, read_percent
from grader.setup_help import MIRROR

STUDENT_CELL = """\
student = ""        # 你的学号 / your id
language = "{language}"     # zh: 中文, en: English\
"""
"""The student's own cell; the one place where the two languages' code differs."""

START_ID = "start"

FOR_PRACTICE = {
    "zh": "**练习用。** 这份笔记本来自课程网站，供自学使用；要交的作业请用老师发的笔记本。",
    "en": "**For practice.** This notebook is the site's, for learning alone; work that you hand "
    "in belongs in the notebook that your teacher gave you.",
}
"""The first line of a notebook that nobody hands in."""

CODE_STUB = "# 在这里写代码 / YOUR CODE HERE\npass"
"""Runs and shows nothing, unlike nbgrader's `raise NotImplementedError()`: Run All goes on."""

TEXT_STUB = "（在这里写下你的回答 / YOUR ANSWER HERE）"
"""One text for both languages: nbgrader knows an untouched answer by its checksum."""

TITLE = "# @title 准备：运行这一格，不用改 / Set-up: run this cell, leave it as it is"
"""Colab shows this line in place of the cell."""

SETUP = """\
try:
    from grader.check import check, start
except ImportError as error:  # 还没有装好 / not installed yet
    raise ImportError(f\'\'\'{{error}}

  还缺课程的软件包（需要 Python 3.11 以上）。在终端里运行，装好后重启内核：
    pip install {package}
  在中国大陆，用镜像：
    pip install -i {mirror} {package}
  没有网络：在有网络的电脑上运行 pip download -d wheels {package}，把 wheels 文件夹拷来，再运行
    pip install --no-index --find-links wheels seeing-attention

  The course's package is missing (it needs Python 3.11 or newer). In a terminal:
    pip install {package}
  In mainland China, by a mirror:
    pip install -i {mirror} {package}
  Without a network: pip download -d wheels {package} where there is one, bring the folder, then
    pip install --no-index --find-links wheels seeing-attention
  Afterwards restart the kernel.
\'\'\') from None
"""
"""How a notebook says what it lacks; the rest `start` says itself (`grader.setup_help`)."""


MARKS = ("role", "grade_id", "lang")


def read_source(path: Path) -> list[Cell]:
    """Read the cells of an exercise's notebook.py, without those for running it as a script.

    Raises:
        CourseError: a cell's marks are wrong; names file, line, cell and the repair.
    """
    cells = []
    seen: set[tuple[str | None, str | None]] = set()
    for number, cell in enumerate(read_percent(path, MARKS)[1], 1):
        role, grade_id, language = (cell.marks.get(mark) for mark in MARKS)
        where = f'{path}:{cell.line}, cell "{grade_id or number}"'
        if role == "script":  # imports, start(...)
            continue
        if role is not None and role not in ROLES:
            raise CourseError(f'{where}: there is no role "{role}"; choose {", ".join(ROLES)}.')
        if language is not None and language not in LANGUAGES:
            raise CourseError(f'{where}: there is no language "{language}"; choose zh or en.')
        if (role or grade_id) and not re.fullmatch(r"[a-z0-9_]{1,64}", grade_id or ""):
            raise CourseError(f'{where}: role="{role}" needs a grade_id="snake_case".')
        if role == "written" and cell.type != "markdown":
            raise CourseError(f"{where}: a written answer is a [markdown] cell.")
        if role in ("solution", "check") and (cell.type != "code" or language):
            raise CourseError(f'{where}: role="{role}" is a code cell without lang.')
        if grade_id and (grade_id, language) in seen | {(grade_id, None)} & seen:
            raise CourseError(f'{where}: the grade_id "{grade_id}" stands there twice.')
        seen.add((grade_id, language))
        cells.append(cell)
    _must_have_twins(cells, path)
    return cells


def _must_have_twins(cells: list[Cell], path: Path) -> None:
    """Raise where text between two cells for everybody stands in one language alone."""
    waiting: dict[str, list[Cell]] = {language: [] for language in LANGUAGES}
    for cell in [*cells, None]:
        language = cell.marks.get("lang") if cell else None
        if cell and language:
            waiting[language].append(cell)
            continue
        for one, other in (LANGUAGES, LANGUAGES[::-1]):
            lone = waiting[one][len(waiting[other]) :]
            if lone:
                raise CourseError(
                    f"{path}:{lone[0].line}: this text stands in {one} alone; write a cell with "
                    f'lang="{other}" beside it.'
                )
        waiting = {language: [] for language in LANGUAGES}


def build_notebook(
    exercise_folder: Path,
    language: str,
    course_id: str,
    package: str = "",
    site: str = "",
    *,
    practice: bool = False,
):
    """Build an exercise's notebook in one language, solutions included.

    Args:
        exercise_folder: exercises/<slug>.
        language: ``zh`` or ``en``.
        course_id: the course.
        package: what a student's pip installs; empty for the wheel beside the notebook.
        site: address of the course's site, which cards link to.
        practice: whether it is the site's notebook, which nobody hands in.

    Returns:
        A valid ``nbformat`` notebook with nbgrader's metadata.

    Raises:
        CourseError: notebook.py and questions.toml do not fit together.
    """
    import nbformat
    from nbformat.v4 import new_notebook

    package = package or f"./{wheel_name()}"
    exercise = load_exercise(exercise_folder)
    path = exercise_folder / "notebook.py"
    cells = [cell for cell in read_source(path) if cell.marks.get("lang", language) == language]
    check_questions(path, cells, exercise)
    points = {question.grade_id: question.points for question in exercise.questions.values()}
    notebook = new_notebook(
        metadata={
            "kernelspec": {"display_name": "Python 3", "language": "python", "name": "python3"},
            "language_info": {"name": "python"},
        }
    )
    written = [
        _cell(
            cell.type,
            cell.source,
            id=cell.grade_id or f"cell-{number:02d}",
            nbgrader=_marks(cell.grade_id, cell.role, points.get(cell.grade_id))
            if cell.role and cell.grade_id
            else None,
        )
        for number, cell in enumerate(cells, start=2)
    ]
    titled = len(_title(cells, language))
    start = _hidden(start_cell(exercise, course_id, package, site), START_ID)
    notebook.cells = [
        *written[:titled],  # the title first
        _cell("markdown", BEGIN[language].format(package=package), id="begin"),
        _cell("code", STUDENT_CELL.format(language=language), id="student"),
        start,
        *written[titled:],
        _cell("markdown", END[language].format(slug=exercise.slug), id="end"),
    ]
    data = _carried(exercise, course_id, notebook, read_source(path), package, practice=practice)
    at = notebook.cells.index(start)
    notebook.cells.insert(at, _hidden(carried.cell_source(data), carried.CELL_ID))
    notebook.metadata[carried.METADATA] = {"data": data, "language": language}
    if practice:
        notebook.cells.insert(0, _cell("markdown", FOR_PRACTICE[language], id="practice"))
    nbformat.validate(notebook)
    _validate_for_nbgrader(notebook, path)
    return notebook


def notebook_bytes(notebook) -> bytes:
    """Write a notebook; the same notebook gives the same bytes."""
    import nbformat

    return (nbformat.writes(notebook).rstrip("\n") + "\n").encode()


def start_cell(exercise: Exercise, course_id: str, package: str = "", site: str = "") -> str:
    """Return the source of the locked cell that starts the notebook.

    It reads the student's cell through globals(): a notebook whose first cell was deleted starts
    all the same, with sentence 0.
    """
    linked = f"    site={json.dumps(site)},\n" if site else ""
    setup = SETUP.format(package=package or f"./{wheel_name()}", mirror=MIRROR)
    return (
        f"{TITLE}\n{setup}\n"
        f'session = start("{exercise.slug}", student=globals().get("student", ""),\n'
        f'    language=globals().get("language", "zh"), course_id={json.dumps(course_id)},\n'
        f"{linked}"
        f'    questions=globals().get("{carried.CELL_ID}", ""))'
    )


def check_questions(path: Path, cells: list[Cell], exercise: Exercise) -> None:
    """Check that every question has its cell, and every graded cell its question.

    Raises:
        CourseError: one has not.
    """
    wanted = {question.grade_id: question for question in exercise.questions.values()}
    asked = {cell.grade_id: cell for cell in cells if cell.role in ("check", "written")}
    for grade_id, cell in asked.items():
        question = wanted.get(grade_id or "")
        name = (grade_id or "").removesuffix("_check")
        if question is None or question.written != (cell.role == "written"):
            raise CourseError(
                f'{path}, cell "{grade_id}": questions.toml has no question "{name}" for a '
                f"{cell.role} cell; add [question.{name}] with kind and points."
            )
        if cell.role == "check" and f'check("{question.id}"' not in cell.source:
            raise CourseError(
                f'{path}, cell "{grade_id}": it does not ask its question; '
                f'write check("{question.id}", ...).'
            )
    for grade_id, question in wanted.items():
        if grade_id not in asked:
            raise CourseError(
                f'{path}: no cell asks "{question.id}"; add a '
                f'{"written" if question.written else "check"} cell with grade_id="{grade_id}".'
            )


def stubs(config) -> None:
    """Set what stands in a released cell where the solution was."""
    config.ClearSolutions.code_stub = {"python": CODE_STUB}
    config.ClearSolutions.text_stub = TEXT_STUB


def _carried(
    exercise: Exercise,
    course_id: str,
    notebook,
    source: list[Cell],
    package: str,
    *,
    practice: bool,
) -> str:
    """Return what the notebook carries: its cells as nbgrader will release them."""
    marked = []
    for cell in _cleared(notebook).cells:
        marks = cell.metadata.get("nbgrader")
        if marks:
            role = next(r for r, f in ROLES.items() if f.items() <= marks.items())
            points = marks.get("points")
            marked.append(
                carried.CarriedCell(marks.grade_id, cell.cell_type, role, points, cell.source)
            )
    own = [STUDENT_CELL.format(language=one) for one in LANGUAGES]
    begin = [text.format(package=package) for text in BEGIN.values()]
    titles = [cell for one in LANGUAGES for cell in _title(source, one)]
    before: dict[str | None, list[str]] = {cell.grade_id: [] for cell in marked} | {None: []}
    first = [*(cell.source for cell in titles), *begin, *own, *FOR_PRACTICE.values()]
    before[START_ID] = "\n".join(first).splitlines()
    waiting: list[str] = []
    for cell in source:  # in both languages
        if not cell.role and cell not in titles:
            waiting += cell.source.splitlines()
        elif cell.role and waiting:
            before[cell.grade_id] += waiting
            waiting = []
    end = [text.format(slug=exercise.slug) for text in END.values()]
    before[None] += [*waiting, *"\n".join(end).splitlines()]
    return carried.pack(exercise, course_id, marked, before.values(), practice=practice)


def _title(source: list[Cell], language: str) -> list[Cell]:
    """Return the cell that begins the source in a language; none where that is no Markdown."""
    first = next((c for c in source if c.marks.get("lang", language) == language), None)
    return [first] if first and first.type == "markdown" and not first.role else []


def _cleared(notebook):
    """Return a copy of the notebook with nbgrader's stubs where the solutions are."""
    from nbgrader.preprocessors import ClearSolutions
    from traitlets.config import Config

    config = Config()
    stubs(config)
    return ClearSolutions(config=config).preprocess(copy.deepcopy(notebook), {})[0]


def _hidden(source: str, grade_id: str):
    """Return a locked cell whose source is folded away."""
    cell = _cell("code", source, id=grade_id, nbgrader=_marks(grade_id, "given", None))
    cell.metadata.update(carried.HIDDEN)
    return cell


def _marks(grade_id: str, role: str, points: float | None) -> dict:
    marks = {"schema_version": 3, "task": False, "grade_id": grade_id, **ROLES[role]}
    return marks if points is None else {**marks, "points": points}


def _cell(type: str, source: str, *, id: str, nbgrader: dict | None = None):
    from nbformat import v4

    make = {"code": v4.new_code_cell, "markdown": v4.new_markdown_cell, "raw": v4.new_raw_cell}
    metadata = {"nbgrader": {**nbgrader, "cell_type": type}} if nbgrader else {}
    return make[type](source=source, id=id, metadata=metadata)


def _validate_for_nbgrader(notebook, path: Path) -> None:
    from nbgrader.nbgraderformat import MetadataValidator, ValidationError

    try:
        MetadataValidator().validate_nb(notebook)
    except ValidationError as error:
        raise CourseError(f"{path}: nbgrader refuses the notebook: {error}") from None
