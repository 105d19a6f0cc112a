"""An author's mistakes: one sentence with file, line and repair for each, all in one run."""

import re
import tomllib
from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from grader.errors import CourseError
from grader.questions import (
    Exercise,
    decode_public,
    encode_public,
    load_exercise,
    variant_index,
)
from grader.questions.authoring import line_map
from grader.questions.exercise import recurring_hints


@pytest.fixture
def broken(folder, tmp_path):
    """Return what loading says after `old` in the trial's questions.toml became `new`."""

    def said(old, new, file="questions.toml"):
        copy = tmp_path / "trial"
        copy.mkdir()
        for name in ("questions.toml", "probes.toml"):
            text = (folder / name).read_text("utf-8")
            if name == file:
                assert old in text
                text = text.replace(old, new, 1)
                said.text = text
            (copy / name).write_text(text, "utf-8")
        with pytest.raises(CourseError) as caught:
            load_exercise(copy)
        return str(caught.value).replace(f"{copy}/", "").splitlines()

    return said


def test_the_points_of_an_exercise_are_the_sum_of_its_questions(exercise):
    assert exercise.points == 13
    assert exercise.questions["why"].written
    assert exercise.questions["why"].grade_id == "why"
    assert exercise.questions["means"].grade_id == "means_check"
    assert exercise.questions["means"].id == "trial.means"


TRANSPOSED = 'transposed = {zh = "行列对调。", en = "Rows and columns."}'


@pytest.mark.parametrize(
    ("old", "new", "at", "words"),
    [
        ("points = 13", "points = 12", "points = 12", "add up to 13, not to 12; write points = 13"),
        ("minutes = 5", "minute = 5", "minute = 5", "'minute' in the file is not known; did you"),
        ("minutes = 5", "minutes = true", "minutes", "has the wrong type; write minutes = 0.5"),
        ('route = "tool"', 'route = "tol"', "route", "did you mean 'tool'? known are: own, tool"),
        ('"values"', '"value"', 'kind = "value"', "kind = 'value' in [question.means] is not"),
        ('number = {mean = "noun"}', 'number = {mean = "nuon"}', "nuon", "did you mean 'noun'?"),
        ("{mean = ", "{meen = ", "{meen", "must say one quantity; known are: mean, share_of"),
        ("threshold = 0.5", "", "[question.means.value.most]", "has no 'threshold'; add"),
        ("{sentence}", "{sentense}", "{sentense}", "{sentense} under 'text'"),
        ('{zh = "形状", en', '{zh = "形状", de', "shape =", "has no en text; add en"),
        (TRANSPOSED, TRANSPOSED.replace("posed", "pose", 1), "transpose =", "'transposed'? known"),
        ("{points = 0.25, label = {zh = \"形", "{points = 0.5, label = {zh = \"形",
         "points = 1\n", "add up to 1.25 points, not to 1; write points = 1.25"),
        ('kind = "array"', 'kind = "array"\nhints = ["axis"]', 'hints = ["axis"]',
         "cannot give the hint 'axis'; did you mean 'axes'?"),
        ('kind = "array"', 'kind = "array"\nhints = ["dropout"]', 'hints = ["dropout"]',
         "'dropout' has no words that recur; write it below [question.array.hint.dropout]"),
        ("shape = {points", "shap = {points", "[question.array.criterion]", "no 'shape'; add a ta"),
        ('key = "b"', 'key = "c"', 'key = "c"', "key = 'c' in [question.claim] is not known"),
        ('key = "b"', "", "[question.claim]", "[question.claim] has no 'key'; add key"),
        ("[question.clear]", "[question.Cle]", "[question.Cle]", "write it in snake_case"),
        ("apart = {", "apar = {", "[question.clear]", "must make one claim; known are: apart"),
        ("half_at = 0.4", "half_at = 4", "half_at", "is 4; write 0 to 1"),
        ("either = [0.4, 0.6]", "either = 0.5", "either", "write either = [0.4, 0.6]"),
        ("either = [0.4, 0.6]", "either = [0.5]", "either", "needs two numbers; write either"),
        ('= ["first", "second"]', '= ["first"]', 'sentences = ["first"]', "needs two names"),
        ('reference = "softmax"', 'reference = "sofmax"', "sofmax", "did you mean 'softmax'?"),
        ('subject = "I"\n', "", "{subject}", "{subject} under 'key' in [measure.subject.weight]"),
        ('subject = "I"', "subject = 1", "subject = 1", "is not a text; write subject ="),
        ("[measure.noun]\nweight", "[measure.noun]\nwait", "[measure.noun]", "must say what it"),
        ('title = {zh = "试题", en = "A trial"}', 'title = "A"', "title", "wrong type; write"),
    ],
)  # fmt: skip
def test_a_mistake_is_one_sentence_with_line_and_repair(broken, old, new, at, words):
    said = broken(old, new)
    hits = [sentence for sentence in said if words in sentence]
    assert hits, said
    before = broken.text[: broken.text.index(at)]
    assert int(hits[0].split(":")[1]) == before.count("\n") + 1
    assert all(re.match(r"(questions|probes)\.toml:\d+: .+[.!]$", sentence) for sentence in said)


def test_all_mistakes_are_told_in_one_run(broken):
    said = broken('minutes = 5\nroute = "tool"', 'minute = 5\nroute = "too"')
    assert len(said) == 3


@pytest.mark.parametrize(
    ("old", "new", "at", "words"),
    [
        ("[softmax.class.large]", "[softma.class.large]", "[softma.", "did you mean 'softmax'?"),
        (
            "matrix = {rows = [2, 4]",
            "x = {rows = [2, 4]",
            "[softmax.",
            "must draw one thing; known",
        ),
        ("rows = [2, 3]", "rows = [3, 2]", "rows = [3", "needs two sizes; write rows = [2, 5]"),
        ("count = 2", "count = 50", "count = 50", "is 50; write 1 to 20"),
    ],
)
def test_a_mistake_in_probes_names_that_file(broken, old, new, at, words):
    said = broken(old, new, "probes.toml")
    hits = [sentence for sentence in said if words in sentence]
    assert hits, said
    assert hits[0].startswith("probes.toml:")
    before = broken.text[: broken.text.index(at)]
    assert int(hits[0].split(":")[1]) == before.count("\n") + 1


def test_what_is_not_toml_names_its_line(broken):
    (said,) = broken("minutes = 5", "minutes = = 5")
    assert re.match(r"questions\.toml:3: is not TOML: .+; mend this line\.", said)


def test_a_missing_file_is_a_sentence(tmp_path):
    with pytest.raises(CourseError, match="there is no such file; write it"):
        load_exercise(tmp_path)


def test_a_file_that_is_not_utf8_is_a_sentence(tmp_path):
    (tmp_path / "questions.toml").write_bytes(b"\xff\xfe")
    with pytest.raises(CourseError, match="save it as UTF-8"):
        load_exercise(tmp_path)


@settings(max_examples=150, deadline=None)
@given(st.data())
def test_any_change_of_one_line_loads_or_is_a_sentence(folder, tmp_path_factory, data):
    lines = (folder / "questions.toml").read_text("utf-8").splitlines()
    where = data.draw(st.integers(0, len(lines) - 1))
    lines[where] = data.draw(
        st.sampled_from(["", "x = 1", "[x]", "question = 1", "[[variant]]", "measure = []"])
        | st.just(lines[where].replace('"', "", 1))
        | st.just(lines[where].split("=")[0] + "= 1")
        | st.just(lines[where].split("=")[0] + "= {}")
        | st.just(lines[where].split("=")[0] + '= ["a"]')
    )
    copy = tmp_path_factory.mktemp("x") / "trial"
    copy.mkdir()
    (copy / "questions.toml").write_text("\n".join(lines), "utf-8")
    (copy / "probes.toml").write_text((folder / "probes.toml").read_text("utf-8"), "utf-8")
    try:
        load_exercise(copy)
    except CourseError as error:
        said = str(error)
    else:
        said = "questions.toml:1: fine"
    assert all(re.search(r"\.toml:\d+: ", line) for line in said.splitlines())


def test_its_texts_are_those_of_its_measures_each_once_and_what_is_everybodys_first(exercise):
    measures = {
        "weight": exercise.measures["noun"],
        "mean": replace(exercise.measures["positional"], texts=("a b", "{sentence}", "a b")),
    }
    trial = replace(exercise, measures=measures)
    assert trial.texts() == ("a b",)
    first, second = ({"sentence": "I saw."}, {"sentence": "You saw."})
    assert trial.texts([first, second, first]) == ("a b", "I saw.", "You saw.")


def test_what_a_notebook_carries_comes_back_without_keys(exercise):
    text = encode_public(exercise.public())
    assert not set(text) & set("\"'\\\n")
    again = Exercise.from_public(decode_public(text))
    assert list(again.questions) == list(exercise.questions)
    assert again.variants == exercise.variants
    assert again.questions["claim"].parameters.key is None
    assert again.questions["why"].parameters.rubric is None
    assert again.public() == exercise.public()


def test_damaged_questions_are_a_sentence(exercise):
    with pytest.raises(CourseError, match="download the notebook again"):
        decode_public(encode_public(exercise.public())[:-9])


def test_lines_are_found_below_headers_and_beside_long_texts():
    text = 'a = """\nb = 1\n"""\n[c.d]\ne = 2\n[[f]]\ng = 1\n[[f]]\ng = 2\n"h.i" = 3\n'
    tomllib.loads(text)
    lines = line_map(text)
    assert lines[("a",)] == 1
    assert ("b",) not in lines
    assert lines[("c", "d", "e")] == 5
    assert lines[("f", 1, "g")] == 9


class TestVariants:
    def test_no_id_is_sentence_zero(self):
        assert variant_index("course", "trial", "", 10) == 0
        assert variant_index("course", "trial", " \t", 10) == 0

    def test_an_id_is_the_same_however_it_is_typed(self):
        index = variant_index("course", "trial", "Ada-1", 1000)
        for typed in (" ada-1", "ADA-1 ", "Ａｄａ-1"):
            assert variant_index("course", "trial", typed, 1000) == index

    def test_the_draw_is_the_same_on_every_machine(self):
        drawn = [variant_index("c", "telescope", str(i), 300) for i in range(5)]
        assert drawn == [231, 85, 231, 146, 58]

    def test_where_one_part_ends_matters(self):
        assert variant_index("ab", "c", "d", 10**9) != variant_index("a", "bc", "d", 10**9)

    def test_sentences_are_spread_evenly(self):
        drawn = [variant_index("c", "s", str(i), 10) for i in range(10_000)]
        assert max(drawn.count(i) for i in range(10)) < 1_150


def test_hints_that_recur_are_listed_and_own_words_go_before_them(tmp_path, folder):
    for name in ("questions.toml", "probes.toml"):
        text = (folder / name).read_text("utf-8")
        listed = '[question.means]\nhints = ["percent", "not_a_mean"]\n'
        (tmp_path / name).write_text(text.replace("[question.means]\n", listed), "utf-8")
    own = load_exercise(folder).questions["means"].hints
    assert "not_a_mean" in own
    assert "percent" not in own
    exercise = load_exercise(tmp_path)
    hints = exercise.questions["means"].hints
    assert hints == {**own, "percent": recurring_hints()["percent"]}
    carried = exercise.public()["question"]["means"]
    assert carried["hint"] == hints
    assert "hints" not in carried


def test_hints_that_recur_are_in_both_languages():
    assert all(set(words) == {"zh", "en"} for words in recurring_hints().values())
