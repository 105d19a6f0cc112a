"""What a student's notebook calls: a card in a notebook, a record when graded, else an error."""

import decimal
import inspect
import json
import locale
import subprocess
import sys
import warnings
from decimal import Decimal

import numpy as np
import pytest
from IPython.core.interactiveshell import InteractiveShell
from traitlets.config import Config

import grader.check
from grader.check import CheckFailure, check, start
from grader.errors import CourseError, GraderError
from grader.questions import (
    MIME,
    Remembered,
    draw_probes,
    encode_public,
    judge_outputs,
    load_exercise,
)
from grader.tries import KEPT, MOST, Tries
from support.fake_model import FakeModel

QUESTIONS = """
title = {zh = "试题", en = "A trial"}
minutes = 5
route = "tool"
points = 5
[[variant]]
sentence = "I saw the man with it"
[[variant]]
sentence = "I saw a man with them"
[measure.noun]
weight = {text = "{sentence}", query = "with", key = "man"}
[measure.verb]
weight = {text = "{sentence}", query = "with", key = "saw"}
[measure.positional.previous_token]
texts = ["a b c"]
[question.means]
kind = "values"
points = 1
title = {zh = "平均", en = "The mean"}
value.mean.number = {mean = "noun"}
criterion.mean = {points = 1, label = {zh = "平均值", en = "Mean"}}
[question.clear]
kind = "head"
points = 1
title = {zh = "头", en = "A head"}
of = "noun"
against = "verb"
apart = {at_least = 0.2, half_at = 0.1}
criterion.head = {points = 0.5, label = {zh = "头", en = "Head"}}
criterion.weights = {points = 0.5, label = {zh = "权重", en = "Weights"}}
[question.claim]
kind = "choice"
points = 1
title = {zh = "哪一句", en = "Which"}
key = "b"
option = {a = {zh = "甲", en = "A"}, b = {zh = "乙", en = "B"}}
criterion.choice = {points = 1, label = {zh = "选择", en = "Choice"}}
[question.softmax]
kind = "function"
points = 2
title = {zh = "函数", en = "A softmax"}
reference = "softmax"
tolerance = 1e-6
because = {zh = "双精度", en = "double precision"}
criterion.ordinary = {points = 1, label = {zh = "普通", en = "Ordinary"}}
criterion.large = {points = 1, label = {zh = "很大", en = "Large"}}
[question.softmax.class.ordinary]
public = true
matrix = {rows = [2, 3], columns = [2, 3], low = -1, high = 1}
[question.softmax.class.large]
matrix = {rows = [2, 3], columns = [2, 3], low = 900, high = 1000}
"""

RIGHT = {"mean": 0.3125}


def softmax(scores):
    e = np.exp(scores - scores.max(-1, keepdims=True))
    return e / e.sum(-1, keepdims=True)


@pytest.fixture(scope="module")
def exercise(tmp_path_factory):
    folder = tmp_path_factory.mktemp("x") / "trial"
    folder.mkdir()
    (folder / "questions.toml").write_text(QUESTIONS, "utf-8")
    return load_exercise(folder)


@pytest.fixture(autouse=True)
def fresh(monkeypatch, tmp_path):
    """A new notebook, outside a kernel, on a model that one can work out in the head."""
    monkeypatch.setattr(grader.check, "_TRIES", Tries(tmp_path / "tries.json"))
    monkeypatch.delenv("NBGRADER_EXECUTION", raising=False)
    monkeypatch.delenv("NBGRADER_VALIDATING", raising=False)
    monkeypatch.setattr(grader.check, "_MODEL", Remembered(FakeModel()))
    monkeypatch.setattr(grader.check, "_shell", lambda: None)
    grader.check.forget()
    yield
    grader.check.forget()


@pytest.fixture
def started(exercise):
    def started(**options):
        options = {"language": "en"} | options
        return start("trial", questions=encode_public(exercise.public()), **options)

    return started


@pytest.fixture
def shown(monkeypatch):
    """A student's notebook: what is displayed in it, in order."""
    displayed = []
    monkeypatch.setattr(grader.check, "_shell", lambda: "a shell")
    monkeypatch.setattr("IPython.display.display", lambda data, raw: displayed.append(data))
    return displayed


def outputs_of(bundles):
    return json.dumps([{"output_type": "display_data", "data": {MIME: b}} for b in bundles])


class TestStart:
    def test_without_an_id_it_is_sentence_zero_and_says_so(self, started, shown):
        session = started()
        assert session.sentence == "I saw the man with it"
        assert shown[0]["text/plain"] == (
            "There is no student id yet (first cell), so this is sentence 0: I saw the man with it"
        )

    def test_an_id_chooses_the_sentence_and_says_which(self, started, shown):
        sentences = {started(student=str(i), course_id="c").sentence for i in range(20)}
        assert len(sentences) == 2
        started(student="7", language="zh")
        assert shown[-1]["text/plain"].startswith("你的句子是第 ")

    def test_a_number_is_an_id_too(self, started):
        assert started(student=7).variant_index == started(student="7").variant_index

    @pytest.mark.parametrize("language", ["fr", "", None, 5, ["zh"]])
    def test_a_language_that_there_is_not_is_chinese(self, started, language):
        assert started(language=language).language == "zh"

    def test_no_student_is_sentence_zero(self, started):
        assert started(student=None).variant_index == 0

    def test_a_word_that_the_sentence_has_not_names_those_it_has(self, started):
        with pytest.raises(
            AttributeError, match="this exercise's sentence has sentence, not 'verb'"
        ):
            print(started().verb)

    def test_the_texts_of_a_measure_are_at_hand(self, started):
        assert started().texts("positional") == ["a b c"]

    def test_damaged_questions_are_a_sentence(self):
        with pytest.raises(CourseError, match="download the notebook again"):
            start("trial", questions="xyz")

    def test_questions_of_another_exercise_are_a_sentence(self, exercise):
        with pytest.raises(CourseError, match="not those of 'telescope'"):
            start("telescope", questions=encode_public(exercise.public()))


class TestInANotebook:
    def test_a_right_answer_shows_its_card_and_the_points_so_far(self, started, shown):
        started()
        check("trial.means", RIGHT)
        assert shown[-1]["text/plain"] == (
            "The mean · 1 of 1 points\n"
            "  ✓ passed Mean (1 / 1): 0.3125 is right, within 0.001 (numbers are copied by hand "
            "with three decimals).\n"
            "So far: 1 of 5 points (what a person marks, or what is judged later, is not in yet)."
        )
        html = shown[-1]["text/html"]
        assert html.startswith('<div role="status" lang="en"><strong>The mean')
        assert "style" not in html

    def test_a_wrong_answer_stops_nothing(self, started, shown):
        started()
        check("trial.means", {"mean": 0.9})
        assert "✗ failed" in shown[-1]["text/plain"]

    def test_the_card_speaks_the_notebooks_language(self, started, shown):
        started(language="zh")
        check("trial.means", {"mean": 0.9})
        assert "未通过" in shown[-1]["text/plain"]
        assert 'lang="zh-CN"' in shown[-1]["text/html"]

    @pytest.mark.parametrize("answer", [{1, 2}, object(), float("nan"), "\ud800", "x" * 5_000_000])
    def test_what_cannot_be_sent_is_a_card_that_says_why(self, started, shown, answer):
        started()
        check("trial.means", answer)
        assert "this value cannot be an answer" in shown[-1]["text/plain"]

    def test_an_answer_in_html_is_escaped(self, started, shown):
        started()
        check("trial.claim", "<script>alert(1)</script>")
        assert "<script" not in shown[-1]["text/html"]

    def test_points_so_far_count_the_latest_answer_to_each_question(self, started, shown):
        started()
        for answer in ({"mean": 0.9}, RIGHT, RIGHT):
            check("trial.means", answer)
        assert "So far: 1 of 5 points" in shown[-1]["text/plain"]

    def test_a_choice_is_judged_later(self, started, shown):
        started()
        check("trial.claim", "b")
        assert "? not checked Choice" in shown[-1]["text/plain"]

    def test_a_function_is_called_with_public_inputs(self, started, shown):
        started()
        check("trial.softmax", softmax)
        assert "✓ passed Ordinary" in shown[-1]["text/plain"]
        assert "? not checked Large" in shown[-1]["text/plain"]

    def test_a_function_that_raises_is_a_card(self, started, shown):
        started()
        check("trial.softmax", lambda scores: 1 / 0)
        assert "the function raised ZeroDivisionError" in shown[-1]["text/plain"]

    def test_a_function_that_writes_into_its_input_harms_nobody(self, started, shown):
        def greedy(scores):
            result = softmax(scores)
            scores[:] = 0
            return result

        started()
        check("trial.softmax", greedy)
        assert "✓ passed Ordinary" in shown[-1]["text/plain"]

    def test_a_model_that_cannot_be_had_is_a_card_with_its_sentence(
        self, started, shown, monkeypatch
    ):
        class Gone(FakeModel):
            def attend(self, text, pair=None):
                raise GraderError("the model is not here; run `grader model`.")

        monkeypatch.setattr(grader.check, "_MODEL", Gone())
        started()
        check("trial.means", RIGHT)
        assert "run `grader model`" in shown[-1]["text/plain"]


class TestWhenGraded:
    @pytest.fixture(autouse=True)
    def graded(self, monkeypatch):
        monkeypatch.setenv("NBGRADER_EXECUTION", "autograde")

    def test_only_the_answer_is_recorded(self, started, shown, monkeypatch):
        monkeypatch.setattr(grader.check, "judge_outputs", None)  # it would raise
        started()
        check("trial.means", {"mean": 0.9})
        (found,) = [data for data in shown if MIME in data]
        assert found[MIME] == {
            "schema": 1,
            "question": "trial.means",
            "variant": 0,
            "model": FakeModel.sha256,
            "answer": {"mean": 0.9},
        }
        assert shown[-1] is found

    def test_a_function_is_called_with_the_drawn_inputs_once(self, started, exercise):
        question = exercise.questions["softmax"]
        probes = json.loads(json.dumps(draw_probes(question, b"seed")))
        started()
        grader.check.set_probes("trial.softmax", probes)
        check("trial.softmax", softmax)
        (found,) = grader.check.recorded()
        verdict = judge_outputs(question, 0, {}, outputs_of([found]), FakeModel(), probes)
        assert verdict.points == 2
        assert not grader.check._PROBES

    def test_what_is_recorded_is_what_the_judge_grades(self, started, exercise):
        started()
        check("trial.means", {"mean": np.float32(0.3125)})
        text = outputs_of(grader.check.recorded())
        variant = exercise.variants[0]
        question = exercise.questions["means"]
        assert judge_outputs(question, 0, variant, text, FakeModel()).points == 1


class TestWithoutAKernelAndWhenValidated:
    def test_without_a_kernel_a_wrong_answer_raises_its_card(self, started):
        started()
        with pytest.raises(CheckFailure, match="✗ failed Mean"):
            check("trial.means", {"mean": 0.9})

    def test_without_a_kernel_a_right_answer_is_silent(self, started, capsys):
        started()
        check("trial.means", RIGHT)
        assert capsys.readouterr() == ("", "")

    def test_validation_raises_in_a_kernel_too(self, started, shown, monkeypatch):
        monkeypatch.setenv("NBGRADER_VALIDATING", "1")
        started()
        with pytest.raises(CheckFailure):
            check("trial.means", None)

    def test_what_is_judged_later_does_not_raise(self, started):
        started()
        check("trial.claim", "a")


def quiet_torch():
    return pytest.importorskip("torch", reason="torch is not installed")


def _decimal_traps(monkeypatch):
    decimal.getcontext().prec = 1
    decimal.getcontext().traps[decimal.Inexact] = True
    decimal.getcontext().traps[decimal.FloatOperation] = True


def _no_stdout(monkeypatch):
    monkeypatch.setattr(sys, "stdout", None)
    monkeypatch.setattr(sys, "stderr", None)


SET_BY_A_STUDENT = {
    "warnings that raise": lambda _: warnings.simplefilter("error"),
    "numpy errors that raise": lambda _: np.seterr(all="raise"),
    "traps of decimals": _decimal_traps,
    "a low recursion limit": lambda _: sys.setrecursionlimit(len(inspect.stack()) + 90),
    "no stdout": _no_stdout,
    "another folder": lambda monkeypatch: monkeypatch.chdir("/"),
    "numpy's printing": lambda _: np.set_printoptions(precision=1, threshold=2, floatmode="fixed"),
    "torch in float64": lambda _: quiet_torch().set_default_dtype(quiet_torch().float64),
    "torch in bfloat16": lambda _: quiet_torch().set_default_dtype(quiet_torch().bfloat16),
    "torch on meta": lambda _: quiet_torch().set_default_device("meta"),
    "another locale": lambda _: locale.setlocale(locale.LC_ALL, "C"),
}


@pytest.fixture
def restored():
    """Whatever a test sets for the whole process is put back after it."""
    limit, raised, printing = sys.getrecursionlimit(), np.geterr(), np.get_printoptions()
    place = locale.setlocale(locale.LC_ALL)
    with warnings.catch_warnings(), decimal.localcontext():
        yield
    locale.setlocale(locale.LC_ALL, place)
    sys.setrecursionlimit(limit)
    np.seterr(**raised)
    np.set_printoptions(**printing)
    if torch := sys.modules.get("torch"):
        torch.set_default_dtype(torch.float32)
        torch.set_default_device(None)


@pytest.mark.usefixtures("restored")
@pytest.mark.parametrize("name", SET_BY_A_STUDENT)
def test_whatever_a_student_set_for_the_process_an_answer_is_judged(
    started, shown, monkeypatch, name
):
    if name.startswith("torch"):
        quiet_torch()

    def own_softmax(scores):
        e = np.exp(scores - scores.max(-1, keepdims=True) - 800)  # underflows: a warning at most
        return softmax(scores) + 0 * e

    started()
    SET_BY_A_STUDENT[name](monkeypatch)
    check("trial.means", {"mean": Decimal("0.3125")})
    check("trial.softmax", own_softmax)
    texts = [data["text/plain"] for data in shown]
    assert any("1 of 1 points" in text for text in texts)
    assert "✓ passed Ordinary" in texts[-1]


@pytest.mark.usefixtures("restored")
def test_what_a_student_set_for_the_process_is_still_set_after_a_check(started, shown):
    started()
    np.seterr(all="raise")
    decimal.getcontext().prec = 3
    if torch := sys.modules.get("torch"):
        torch.set_default_dtype(torch.float64)
    check("trial.means", RIGHT)
    assert np.geterr()["over"] == "raise"
    assert decimal.getcontext().prec == 3
    assert torch is None or torch.get_default_dtype() == torch.float64


class TestOwnNames:
    """In a shell of IPython's own, as a notebook has it."""

    @pytest.fixture
    def notebook(self, exercise, monkeypatch):
        shell = InteractiveShell(config=Config({"HistoryManager": {"enabled": False}}))
        displayed = []
        monkeypatch.setattr(grader.check, "_shell", lambda: shell)
        monkeypatch.setattr("IPython.display.display", lambda data, raw: displayed.append(data))
        questions = encode_public(exercise.public())
        shell.run_cell("from grader.check import check, start")
        shell.run_cell(f"session = start('trial', questions={questions!r}, language='en')")

        def run(*cells):
            displayed.clear()
            results = [shell.run_cell(cell) for cell in cells]
            assert all(result.success for result in results)
            return [data["text/plain"] for data in displayed if data["text/plain"]], results

        return run

    OWN = (
        "def check(x): return 'mine'",
        "def start(): return 'mine'",
        "print = type = len = list = str = dict = isinstance = json = np = session = None",
        "capture = judge = display = float = int = sum = max = None",
    )

    @pytest.mark.parametrize("own", OWN)
    def test_a_question_is_asked_whatever_a_student_named_so(self, notebook, own):
        cards, _ = notebook(own, f"answer = {RIGHT}", 'check("trial.means", answer)')
        assert "1 of 1 points" in cards[-1]

    def test_the_students_own_function_is_there_again_in_the_next_cell(self, notebook):
        _, results = notebook(self.OWN[0], 'check("trial.means", {"mean": 1})', "check(3)")
        assert results[-1].result == "mine"
        _, results = notebook("def check(x): return 'newer'", "check(4)")
        assert results[-1].result == "newer"

    def test_a_deleted_name_is_found_too(self, notebook):
        cards, _ = notebook("del check", 'check("trial.means", {"mean": 0.3125})')
        assert "1 of 1 points" in cards[-1]


@pytest.mark.parametrize(
    ("question", "words"),
    [
        ("telescope.means", "has not been started; run the cells at the top"),
        (
            "trial.mean",
            'there is no question "trial.mean"; there are: means, clear, claim, softmax',
        ),
        ("", "has not been started"),
    ],
)
def test_a_question_that_is_not_there_is_a_sentence(started, question, words):
    started()
    with pytest.raises(GraderError, match=words):
        check(question, 1)


def test_importing_check_loads_neither_torch_nor_ipython():
    code = (
        "import grader.check, grader.questions, sys; "
        "print(sorted({'torch', 'transformers', 'IPython', 'nbgrader'} & set(sys.modules)))"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"


def test_that_test_can_fail():
    code = "import IPython, sys; print(sorted({'IPython'} & set(sys.modules)))"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "['IPython']"


class TestTogether:
    """More than a handful of different answers about one thing are judged together."""

    RIGHT = {"layer": 1, "head": 0, "noun": 0.75, "verb": 0.0}  # noqa: RUF012

    def cards(self, shown, answers):
        shown.clear()
        for answer in answers:
            check("trial.clear", answer)
        return [data["text/plain"] for data in shown if data.get("text/plain")]

    def wrong(self, n):
        return [self.RIGHT | {"noun": 0.3 + i / 50} for i in range(n)]

    def test_the_first_tries_say_which_number_is_wrong(self, started, shown):
        started()
        assert all("`noun` is 0.3" in card for card in self.cards(shown, self.wrong(5)))

    def test_a_loop_over_one_number_hears_only_whether_all_are_right(self, started, shown):
        started()
        self.cards(shown, self.wrong(6))
        half, none = self.cards(
            shown, [self.RIGHT | {"verb": 0.5}, self.RIGHT | {"verb": 0.5, "noun": 0.5}]
        )
        assert half == none
        assert "judges them together" in half
        assert "✓ passed Head" in half
        assert "1 of 1 points" in self.cards(shown, [self.RIGHT])[-1]

    def test_the_same_answer_again_is_no_new_try(self, started, shown):
        started()
        assert "`noun` is 0.3" in self.cards(shown, self.wrong(1) * 20)[-1]

    def test_another_head_begins_anew(self, started, shown):
        started()
        self.cards(shown, self.wrong(8))
        other = self.cards(shown, [self.RIGHT | {"head": 1, "noun": 0.3}])[-1]
        assert "`noun` is 0.3" in other

    def test_a_restart_forgets_nothing_and_a_deleted_file_everything(
        self, started, shown, tmp_path, monkeypatch
    ):
        started()
        self.cards(shown, self.wrong(8))
        told = []
        for _ in range(2):
            monkeypatch.setattr(grader.check, "_TRIES", Tries(tmp_path / "tries.json"))
            card = self.cards(shown, self.wrong(9)[-1:])[-1]
            told.append("judges them together" in card)
            (tmp_path / "tries.json").unlink()
        assert told == [True, False]

    def test_a_sentence_says_so_in_both_languages(self, started, shown):
        started(language="zh")
        assert "合在一起判" in self.cards(shown, self.wrong(7))[-1]

    def test_the_file_of_tries_stays_small_and_a_broken_one_costs_nothing(self, tmp_path):
        path = tmp_path / "tries.json"
        path.write_text("[1, {", "utf-8")
        tries = Tries(path)
        assert [tries.count("q", answer=i) for i in range(8)] == [1, 2, 3, 4, 5, MOST, MOST, MOST]
        tries._seen = {str(i): [] for i in range(KEPT + 5)}
        tries.count("q", answer=0)
        assert len(json.loads(path.read_text("utf-8"))) == KEPT

    def test_a_folder_that_cannot_be_written_costs_nothing(self, tmp_path):
        (tmp_path / "file").write_text("", "utf-8")
        assert Tries(tmp_path / "file" / "tries.json").count("q", answer=1) == 1


class TestPicture:
    CLEAR = {"layer": 1, "head": 0, "noun": 0.75, "verb": 0.0}  # noqa: RUF012

    def card(self, started, shown, value, **options):
        started(**options)
        check("trial.clear", value)
        return shown[-1]

    def test_a_card_about_a_head_shows_its_row_and_says_in_words_what_is_seen(self, started, shown):
        html = self.card(started, shown, self.CLEAR)["text/html"]
        assert '<img alt="Bar chart: the weights of the row of “with” in L1H0.' in html
        assert "The dark bars are the words asked about: man, saw." in html

    def test_the_words_of_a_picture_are_in_the_notebooks_language(self, started, shown):
        html = self.card(started, shown, self.CLEAR, language="zh")["text/html"]
        assert 'alt="柱状图：L1H0 中“with”这一行的权重。' in html

    def test_a_picture_holds_no_number_of_the_answer(self, started, shown):
        html = self.card(started, shown, {"layer": 1, "head": 0})["text/html"]
        assert "0.75" not in html.split("base64,")[0]

    def test_the_link_opens_the_sites_page_with_sentence_head_and_query(self, started, shown):
        card = self.card(started, shown, self.CLEAR, site="https://example.org/a/")
        link = (
            "https://example.org/a/en/your-own-sentence/"
            "#text=I+saw+the+man+with+it&view=head&head=L1H0&query=5"
        )
        assert f'href="{link.replace("&", "&amp;")}"' in card["text/html"]
        assert link in card["text/plain"]

    def test_without_a_site_there_is_no_link(self, started, shown):
        assert "href" not in self.card(started, shown, self.CLEAR)["text/html"]

    @pytest.mark.parametrize("value", [None, 5, {"layer": 9, "head": 0}, {"layer": "x"}, {}, [1]])
    def test_an_answer_that_names_no_head_has_a_card_without_a_picture(self, started, shown, value):
        assert "<img" not in self.card(started, shown, value)["text/html"]
