"""What holds for every exercise: its samples, its languages, what one gets without looking."""

import re
from functools import cache
from pathlib import Path

import numpy as np
import pytest

from grader.course.carried import find_data
from grader.course.notebooks import build_notebook, read_source
from grader.questions import (
    Answer,
    Outcome,
    card_text,
    decode_public,
    draw_probes,
    judge,
    load_exercise,
    read_bundles,
)
from grader.questions.kinds import KINDS
from grader.questions.samples import read_samples
from support import kernelless
from support.looping import guessed, looped, number_looped

EXERCISES = sorted(
    path.parent for path in Path(__file__).parents[2].glob("exercises/*/questions.toml")
)
SHARE = 0.6
WITH_FUNCTIONS = [folder for folder in EXERCISES if (folder / "probes.toml").exists()]
DRAWS = 100


@cache
def exercise(folder: Path):
    return load_exercise(folder)


@cache
def samples(folder: Path):
    return {sample.name: sample for sample in read_samples(folder, exercise(folder))}


@cache
def cells(folder: Path):
    return read_source(folder / "notebook.py")


def slug(folder: Path) -> str:
    return folder.name


def full(folder: Path):
    most = sum(q.points for q in exercise(folder).questions.values() if not q.written)
    return [s for s in samples(folder).values() if sum(s.points.values()) == most]


every = pytest.mark.parametrize("folder", EXERCISES, ids=slug)


def every_sample(folders):
    return pytest.mark.parametrize(
        ("folder", "name"),
        [(f, s.name) for f in folders for s in samples(f).values() if not s.kernel],
        ids=lambda value: value if isinstance(value, str) else value.name,
    )


def judged(folder, sources, model, student=""):
    recorded = kernelless.run(folder, exercise(folder), sources, student=student)
    return kernelless.judge_all(exercise(folder), recorded, model, student=student)


@every_sample(EXERCISES)
@pytest.mark.filterwarnings("ignore::RuntimeWarning")  # of answers that are wrong on purpose
def test_a_sample_earns_exactly_what_it_declares(folder, name, model):
    sample = samples(folder)[name]
    verdicts = judged(folder, sample.sources, model, sample.student("", exercise(folder)))
    assert {n: v.points for n, v in verdicts.items()} == sample.points
    assert {n: set(v.hints) for n, v in verdicts.items() if v.hints} == {
        n: set(keys) for n, keys in sample.hints.items()
    }
    assert {n: v.outcome for n, v in verdicts.items()} == {
        n: sample.outcomes.get(n, Outcome.GRADED) for n in verdicts
    }


@every_sample(WITH_FUNCTIONS)
@pytest.mark.parametrize("draws", [DRAWS // 10, pytest.param(DRAWS, marks=pytest.mark.long)])
@pytest.mark.filterwarnings("ignore::RuntimeWarning")  # of answers that are wrong on purpose
def test_what_a_function_earns_is_no_matter_of_luck(folder, name, model, draws):
    """Nor are its hints, whatever inputs are drawn: a wrong function may not be right by chance."""
    sample, asked = samples(folder)[name], exercise(folder)
    functions = [q.name for q in asked.questions.values() if q.kind == "function"]
    for number in range(draws):
        ours = {"student": sample.student("", asked), "seed": b"draw %d" % number}
        recorded = kernelless.run(folder, asked, sample.sources, **ours)
        verdicts = kernelless.judge_all(asked, {f: recorded[f] for f in functions}, model, **ours)
        earned = {f: verdicts[f].points for f in functions}
        assert earned == {f: sample.points[f] for f in functions}, number
        told = {f: set(verdicts[f].hints) for f in functions}
        assert told == {f: set(sample.hints.get(f, ())) for f in functions}, number


@every
def test_there_are_two_ways_to_full_marks_and_four_known_mistakes(folder):
    ways = {tuple(sorted(sample.sources.items())) for sample in full(folder)}
    assert len(ways) >= 2
    wrong = [s for s in samples(folder).values() if s.hints and s not in full(folder)]
    assert len(wrong) >= 4


@every
def test_the_solution_of_the_notebook_earns_full_marks(folder, model):
    sources = {
        cell.grade_id: cell.source.replace("### ", "# ")
        for cell in cells(folder)
        if cell.grade_id and cell.type == "code"
    }
    verdicts = judged(folder, sources, model)
    assert {n: v.points for n, v in verdicts.items()} == {
        n: v.max_points for n, v in verdicts.items()
    }


@every
def test_the_notebook_without_solutions_reaches_its_end_with_nothing(folder, model):
    recorded = kernelless.run(folder, exercise(folder), {})
    assert all("ename" not in outputs for outputs in recorded.values())
    verdicts = kernelless.judge_all(exercise(folder), recorded, model)
    assert {v.outcome for v in verdicts.values()} == {Outcome.NO_ANSWER}


@every
def test_both_languages_are_one_notebook(folder):
    kinds = [cell.marks.get("lang") for cell in cells(folder) if cell.type == "markdown"]
    assert kinds == ["en", "zh"] * (len(kinds) // 2)
    zh, en = (build_notebook(folder, language, "c").cells for language in ("zh", "en"))
    code = [[c.source for c in one if c.cell_type == "code"][1:] for one in (zh, en)]
    assert code[0] == code[1]
    assert [c.id for c in zh] == [c.id for c in en]


@every
def test_the_notebook_says_its_points_and_minutes(folder):
    asked = exercise(folder)
    assert 10 <= asked.points <= 15
    intro = next(c.source for c in cells(folder) if c.marks.get("lang") == "en")
    hour = "an hour" if asked.minutes == 60 else str(asked.minutes)
    assert f"{asked.points:g} points" in intro
    assert f"{asked.minutes} minutes" in intro or hour in intro
    chinese = next(c.source for c in cells(folder) if c.marks.get("lang") == "zh")
    assert f"{asked.points:g} 分" in chinese


@every
def test_judgement_is_asked_for_in_writing(folder):
    written = [q for q in exercise(folder).questions.values() if q.written]
    assert len(written) == 1
    assert all(written[0].parameters.rubric.values())


@every
def test_each_question_says_its_route(folder):
    for question in exercise(folder).questions.values():
        assert question.route in ("tool", "own")
        assert question.route == "own" or question.kind != "function"


@every
def test_what_the_notebook_carries_holds_no_key_and_no_rubric(folder):
    notebook = build_notebook(folder, "en", "c")
    data = next(find_data(c.source) for c in notebook.cells if c.id == "notebook_data")
    carried = decode_public(data)
    for name, question in exercise(folder).questions.items():
        for key in KINDS[question.kind].private:
            assert key not in carried["question"][name]
        for recipe in carried["question"][name].get("class", {}).values():
            assert not recipe or recipe["public"]


@every
def test_no_question_is_worth_looping_or_guessing(folder, model, capsys):
    """Every head, yes or no and option tried, 0 for every number: at most 60 % of the points."""
    asked = exercise(folder)
    best = full(folder)[0]
    recorded = kernelless.run(folder, asked, best.sources)
    answers = {
        name: read_bundles(outputs, f"{folder.name}.{name}").value
        for name, outputs in recorded.items()
    }
    tried = looped(asked, answers, model)
    chance = guessed(asked, answers, model)
    with capsys.disabled():
        print(
            f"\n{folder.name}: of {asked.points:g} points trying everything earns {tried:g} "
            f"({tried / asked.points:.0%}), guessing {chance:.2f} ({chance / asked.points:.0%})"
        )
    assert tried <= SHARE * asked.points
    assert chance <= SHARE * asked.points


@pytest.mark.long
@every
def test_trying_number_after_number_earns_no_more(folder, model, capsys):
    """0, .002 ... 1 for every number: the card judges them together after a handful of tries."""
    asked = exercise(folder)
    recorded = kernelless.run(folder, asked, full(folder)[0].sources)
    answers = {
        name: read_bundles(outputs, f"{folder.name}.{name}").value
        for name, outputs in recorded.items()
    }
    tried = number_looped(asked, answers, model, together=True)
    with capsys.disabled():
        print(f"\n{folder.name}: number after number {tried:g} of {asked.points:g}", end="")
        print(f" ({tried / asked.points:.0%})")
    assert tried <= SHARE * asked.points
    if folder.name == "telescope":  # the control: judged one by one, a loop finds every number
        assert number_looped(asked, answers, model, together=False) > SHARE * asked.points


STRANGE = [
    *(3, 0.5, True, "x", "", [], {}, [1, 2], [[1], [1, 2]], [True], {"a": 1}, [None], [[]]),
    *({"layer": 10**9, "head": -1}, {"text": 5, "layer": None}, {"layer": "x", "head": [1]}),
    *(np.zeros((0, 3)), np.full((3, 3), np.nan), np.zeros((2, 2), bool), np.array(1.5)),
]


@every
def test_an_answer_of_the_wrong_type_is_told_so_and_earns_nothing(folder, model):
    """Whatever stands there, the judge has a sentence for it in both languages."""
    for question in exercise(folder).questions.values():
        fields = list(getattr(question.parameters, "keys", lambda: ())())
        for value in [*STRANGE, *(dict.fromkeys(fields, one) for one in STRANGE if fields)]:
            answer = Answer(question.id, 0, model.sha256, value)
            if question.kind == "function":
                answer = Answer(question.id, 0, model.sha256, {"calls": value})
            probes = draw_probes(question, b"any")
            verdict = judge(question, exercise(folder).variants[0], answer, model, probes)
            assert verdict.outcome != Outcome.INTERNAL, (question.id, value, verdict.reason)
            partly = question.kind in ("values", "rows", "shape")
            assert verdict.points == 0 or partly, (question.id, value)
            for language in ("zh", "en"):
                assert "{" not in card_text(verdict, question, language)


def test_every_hint_is_text_of_its_own_in_both_languages():
    for folder in EXERCISES:
        for question in exercise(folder).questions.values():
            for texts in question.hints.values():
                assert texts["zh"] != texts["en"]
                assert re.search(r"[\u4e00-\u9fff]", texts["zh"])
                assert not re.search(r"[\u4e00-\u9fff]", texts["en"])
