"""An exercise as its author wrote it: questions, variants, measures, read from questions.toml."""

import base64
import copy
import json
import tomllib
import zlib
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field, replace
from functools import cache
from importlib.resources import files
from pathlib import Path
from typing import Any

from grader.errors import CourseError
from grader.questions.authoring import Problems, Table, nearest, read_toml
from grader.questions.kinds import KINDS
from grader.questions.kinds.base import Kind, Scope
from grader.questions.measures import Measure, read_measures
from grader.questions.messages import fill, places
from grader.questions.own_references import FILE as REFERENCES_FILE
from grader.questions.own_references import OwnReferences, read_own_references
from grader.questions.usable import note_unusable
from grader.questions.variants import FILE, read_variants

ROUTES = {"tool": "use any library; finding is the point", "own": "write it yourself"}
"""What a student may do, and what is certified."""


DEFAULT_MODEL = "minilm"
MODELS = {
    DEFAULT_MODEL: "reads a whole sentence",
    "smollm2": "reads one way and writes; 93 MB more to fetch",
}
"""What an exercise may look into (``model = "smollm2"``)."""


@dataclass(frozen=True)
class Criterion:
    """One thing that points are given for."""

    name: str
    points: float
    label: Mapping[str, str]
    """What it is, in both languages; ``{places}`` hold words of the student's variant."""


@dataclass(frozen=True)
class Question:
    """One question of an exercise."""

    id: str
    """``telescope.head``."""
    name: str
    """``head``."""
    kind: str
    points: float
    title: Mapping[str, str]
    criteria: tuple[Criterion, ...]
    hints: Mapping[str, Mapping[str, str]]
    """Mistake -> text in both languages."""
    parameters: Any
    """What its kind read."""
    measures: Mapping[str, Measure] = field(default_factory=dict)
    """The measures of the exercise, by name."""
    route: str = "tool"
    """What a student may use: one of `ROUTES`."""
    model: str = DEFAULT_MODEL
    """Which model it is about: one of `MODELS`."""

    @property
    def written(self) -> bool:
        """Whether a person marks it."""
        return KINDS[self.kind].written

    @property
    def grade_id(self) -> str:
        """The cell that it is asked in: nbgrader's grade_id."""
        return self.name if self.written else f"{self.name}_check"


@dataclass(frozen=True)
class Exercise:
    """A folder of exercises/, read and found to be right."""

    slug: str
    title: Mapping[str, str]
    minutes: int
    route: str
    questions: Mapping[str, Question]
    variants: tuple[Mapping[str, str], ...]
    measures: Mapping[str, Measure]
    table: Mapping[str, Any]
    """What the author wrote, as data."""
    words: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    """What a word of the variants is called where no student's own is meant: 介词."""
    model: str = DEFAULT_MODEL
    """Which model it looks into: one of `MODELS`."""

    @property
    def points(self) -> float:
        """The sum of its questions' points."""
        return sum(question.points for question in self.questions.values())

    def texts(self, variants: Iterable[Mapping[str, str]] = ()) -> tuple[str, ...]:
        """Return what its measures are taken on: what every student's notebook reads.

        Of the default model: another one is too slow to read much in advance.

        Args:
            variants: whose own texts are added to those that are the same for everybody.
        """
        if self.model != DEFAULT_MODEL:
            return ()
        found = [text for measure in self.measures.values() for text in measure.texts]
        own = [text for text in found if places(text)]
        same = [text for text in found if not places(text)]
        filled = [fill(text, variant) for variant in variants for text in own]
        return tuple(dict.fromkeys(same + filled))

    def public(self) -> dict:
        """Return what a student's notebook carries: everything but answer keys."""
        table = copy.deepcopy(dict(self.table))
        for name, question in table["question"].items():
            for key in KINDS[self.questions[name].kind].private:
                question.pop(key, None)
            if question.pop("hints", None):  # a notebook says its hints whatever package reads it
                question["hint"] = {k: dict(v) for k, v in self.questions[name].hints.items()}
            if "class" in question:
                question["class"] = {
                    n: c if c.get("public") else {} for n, c in question["class"].items()
                }
        return table | {"slug": self.slug}

    @classmethod
    def from_public(cls, table: Mapping) -> "Exercise":
        """Read what ``public`` gave.

        Raises:
            CourseError: it is not what ``public`` gave.
        """
        table = dict(table)
        slug = table.pop("slug")
        problems = Problems(f"the questions of {slug}")
        exercise = _build(table, slug, problems, public=True)
        problems.stop()
        return exercise


def load_exercise(folder: Path) -> Exercise:
    """Return the exercise that stands in `folder`.

    Raises:
        CourseError: one sentence with file, line and repair for each problem.
    """
    folder = Path(folder)
    path = folder / "questions.toml"
    table = read_toml(path)
    problems = Problems(str(path), path.read_text("utf-8"))
    recipes = folder / "probes.toml"
    if recipes.exists():
        table = _with_probes(table, recipes, problems)
    if (folder / FILE).exists():
        if "variant" in table:
            problems.add(("variant",), f"[[variant]] stands here and in {FILE}; keep one of them.")
        table["variant"] = read_variants(folder / FILE)
    own = read_own_references(folder / REFERENCES_FILE, problems)
    exercise = _build(table, folder.resolve().name, problems, public=False, references=own)
    listed = folder / FILE
    note_unusable(
        exercise.variants, exercise.measures, problems, listed if listed.exists() else None
    )
    problems.stop()
    return exercise


def encode_public(public: Mapping) -> str:
    """Return ``Exercise.public()`` as one compact text without quotes or backslashes."""
    text = json.dumps(public, ensure_ascii=False, separators=(",", ":"))
    return base64.b85encode(zlib.compress(text.encode("utf-8"), 9)).decode("ascii")


def decode_public(text: str) -> dict:
    """Read what ``encode_public`` wrote, without what else a notebook carries.

    Raises:
        CourseError: the text was cut or changed.
    """
    try:
        table = json.loads(zlib.decompress(base64.b85decode(text)))
        table.pop("notebook", None)
        return table
    except (ValueError, AttributeError, zlib.error):
        raise CourseError(
            "the questions in this notebook are damaged; download the notebook again."
        ) from None


def _with_probes(table: dict, path: Path, of_questions: Problems) -> dict:
    """Return the table with the recipes of probes.toml put into their questions."""
    recipes = read_toml(path)
    problems = Problems(str(path), path.read_text("utf-8"))
    questions = table.get("question")
    questions = questions if isinstance(questions, dict) else {}
    merged = copy.deepcopy(table)
    for name, recipe in recipes.items():
        if not isinstance(questions.get(name), dict):
            problems.add((name,), f"there is no question {name!r}; {nearest(name, questions)}.")
        elif not isinstance(recipe, dict) or not isinstance(recipe.get("class"), dict):
            problems.add((name,), f"[{name}] has no classes; add a table [{name}.class.NAME].")
        else:
            merged["question"][name]["class"] = recipe["class"]
            of_questions.stands_in(("question", name, "class"), problems, (name, "class"))
    problems.stop()
    return merged


def _build(
    data: dict,
    slug: str,
    problems: Problems,
    *,
    public: bool,
    references: OwnReferences | None = None,
) -> Exercise:
    top = Table(data, (), problems)
    variants = _variants(top)
    words = set.intersection(*(set(v) for v in variants))
    title = top.both("title")
    minutes = int(top.number("minutes", low=1, high=600))
    route = top.choice("route", ROUTES)
    model = top.choice("model", MODELS, DEFAULT_MODEL)
    points = top.number("points", low=0.5, high=1000)
    measures = read_measures(top, words)
    called = _called(top, words)
    scope = Scope(
        words=words, measures=measures, public=public, variants=variants, references=references
    )
    questions = {}
    for name, table in top.tables("question").items():
        if not (name.isidentifier() and name.islower() and name.isascii()):
            table.problem(f"{name!r} cannot be a question's name; write it in snake_case.")
        questions[name] = replace(_question(f"{slug}.{name}", name, table, scope), model=model)
    top.finish()
    total = sum(question.points for question in questions.values())
    if questions and abs(total - points) > 1e-9:
        top.problem(
            f"the questions' points add up to {total:g}, not to {points:g}; "
            f"write points = {total:g} or change a question's points.",
            "points",
        )
    return Exercise(slug, title, minutes, route, questions, variants, measures, data, called, model)


def _called(top: Table, words: Collection[str]) -> dict[str, dict[str, str]]:
    """Return what the words of variants are called in both languages, as far as it is said."""
    below = top.table("word", needed=False)
    for name in below.data:
        if name not in words:
            below.problem(
                f"{name!r} under [word] is no word of every variant; {nearest(name, words)}.", name
            )
    return {name: below.both(name) for name in below.data}


def _variants(top: Table) -> tuple[dict[str, str], ...]:
    top.read.add("variant")
    found = top.data.get("variant", [{}])
    if not (isinstance(found, list) and found and all(isinstance(v, dict) for v in found)):
        top.problem("'variant' must be written [[variant]], once for each sentence.", "variant")
        return ({},)
    for i, variant in enumerate(found):
        for key, value in variant.items():
            if not isinstance(value, str) or not value.strip():
                top.problems.add(
                    ("variant", i, key),
                    f'{key!r} in [[variant]] is not a text; write {key} = "...".',
                )
    return tuple({k: str(v) for k, v in variant.items()} for variant in found)


def _question(question_id: str, name: str, table: Table, scope: Scope) -> Question:
    kind_name = table.choice("kind", KINDS)
    points = table.number("points", low=0.0, high=1000)
    title = table.both("title", words=scope.words)
    kind = KINDS.get(kind_name)
    if kind is None:
        return Question(question_id, name, "written", points, title, (), {}, None)
    hints = _hints(table, kind, scope)
    route = table.choice("route", ROUTES, kind.route)
    parameters = kind.read(table, scope)
    criteria = _criteria(table, kind, parameters, points, scope)
    table.finish()
    return Question(
        id=question_id,
        name=name,
        kind=kind_name,
        points=points,
        title=title,
        criteria=criteria,
        hints=hints,
        parameters=parameters,
        measures=scope.measures,
        route=route,
    )


def _hints(table: Table, kind: Kind, scope: Scope) -> dict[str, Mapping[str, str]]:
    """Return a question's hints: those of hints.toml that it lists, and its own words for others.

    Its own words come first where it has both.
    """
    below = table.table("hint", needed=False)
    listed = table.texts("hints") if table.has("hints") else []
    known = kind.hints_of(table, scope)
    for where, keys in ((below, below.data), (table, listed)):
        for key in keys:
            if key not in known:
                where.problem(
                    f"a {kind.name!r} question cannot give the hint {key!r}; "
                    f"{nearest(key, known)}.",
                    key if where is below else "hints",
                )
    recurring = recurring_hints()
    for key in listed:
        if key in known and key not in recurring:
            table.problem(
                f"the hint {key!r} has no words that recur; write it below "
                f"[{table.name}.hint.{key}], in both languages.",
                "hints",
            )
    ours = {key: recurring[key] for key in listed if key in recurring}
    return ours | {key: below.both(key, words=scope.words) for key in below.data}


@cache
def recurring_hints() -> dict[str, dict[str, str]]:
    """Return the hints of hints.toml: mistake -> its words in both languages."""
    return tomllib.loads(files("grader.questions").joinpath("hints.toml").read_text("utf-8"))


def _criteria(
    table: Table, kind: Kind, parameters: Any, points: float, scope: Scope
) -> tuple[Criterion, ...]:
    names = kind.criteria(parameters)
    below = table.table("criterion")
    found = []
    for name in names:
        if name not in below.data:
            below.read.add(name)
            below.problem(
                f"[{below.name}] has no {name!r}; add a table [{below.name}.{name}] "
                "with points and label."
            )
            continue
        one = below.table(name)
        found.append(
            Criterion(
                name, one.number("points", low=0.0, high=1000), one.both("label", words=scope.words)
            )
        )
        one.finish()
    below.finish()
    total = sum(criterion.points for criterion in found)
    if len(found) == len(names) and abs(total - points) > 1e-9:
        table.problem(
            f"the criteria of [{table.name}] add up to {total:g} points, not to {points:g}; "
            f"write points = {total:g} or change a criterion's points.",
            "points",
        )
    return tuple(found)
