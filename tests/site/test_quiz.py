"""Quizzes: every option teaches, and each mistake of an author has its line and repair."""

import logging

import markdown
import pytest
import yaml

from attention_views import format_fence, validate_fence
from attention_views.problems import MarkError
from attention_views.quiz import read_quiz

GOOD = """\
id: rows-1
ask: "What does a row of `L5H11` sum to?"
options:
  - text: "1"
    right: true
    feedback: "A softmax over the keys."
  - text: "The number of tokens"
    misconception: "Rows as counts"
    feedback: "The *columns* may sum to anything."
"""


def convert(text, language="en"):
    fence = {"class": "quiz", "format": format_fence, "validator": validate_fence}
    return markdown.markdown(
        text,
        extensions=["attention_views", "pymdownx.superfences", "admonition"],
        extension_configs={
            "attention_views": {"language": language, "claims": "no-such-ledger.toml"},
            "pymdownx.superfences": {"custom_fences": [{"name": "quiz", **fence}]},
        },
    )


def fenced(*contents):
    return "\n".join(f"```quiz\n{content}```\n" for content in contents)


def changed(old, new):
    assert old in GOOD
    return GOOD.replace(old, new, 1)


def test_options_keep_their_order_and_exactly_one_is_right():
    quiz = read_quiz(GOOD)
    assert quiz.id == "rows-1"
    assert [option.right for option in quiz.options] == [True, False]
    assert quiz.options[1].misconception == "Rows as counts"


def test_each_option_is_a_radio_button_with_its_feedback_as_later_sibling():
    html = convert(fenced(GOOD))
    assert html.count('type="radio"') == 2
    assert html.count('name="quiz-rows-1"') == 2
    assert '<label for="quiz-rows-1-1">1</label><div class="quiz__feedback' in html
    assert "<strong>Right.</strong> A softmax over the keys." in html
    assert '<span class="quiz__misconception">Misconception: Rows as counts.</span>' in html
    assert "<strong>Not quite.</strong>" in html
    assert "<em>columns</em>" in html
    assert "<code>L5H11</code>" in html


def test_a_screen_reader_hears_the_verdict_from_a_status():
    assert '<p class="quiz__status" role="status"></p></fieldset>' in convert(fenced(GOOD))


def test_options_stay_out_of_the_search_index_and_the_question_does_not():
    html = convert(fenced(GOOD))
    hidden = html.index('<section class="quiz__options" data-search-exclude>')
    assert html.index("<legend") < hidden < html.index("A softmax")


def test_interface_words_follow_the_language():
    html = convert(fenced(GOOD), language="zh")
    assert "小测" in html
    assert "对。" in html
    assert "误解：Rows as counts。" in html
    assert "Quiz" not in html


def test_a_quiz_carries_no_script_and_no_inline_style():
    html = convert(fenced(GOOD))
    assert "<script" not in html
    assert "style=" not in html


@pytest.mark.parametrize("indent", ["!!! note\n\n    {}", "- item\n\n    {}"])
def test_a_quiz_works_inside_a_note_and_a_list(indent, caplog):
    block = fenced(GOOD).strip().replace("\n", "\n    ")
    html = convert(indent.format(block))
    assert html.count('type="radio"') == 2
    assert not caplog.records


def test_text_of_an_option_cannot_open_a_tag_of_the_page():
    html = convert(fenced(changed('"1"', '"a < b & c"')))
    assert "a &lt; b &amp; c</label>" in html


def test_two_quizzes_of_a_page_do_not_share_an_id(caplog):
    convert(fenced(GOOD, GOOD))
    (record,) = caplog.records
    assert record.message == (
        "lesson:14: id 'rows-1' is taken by another quiz of this page; give each its own number"
    )


@pytest.mark.parametrize(
    ("old", "new", "line", "message"),
    [
        ("id: rows-1\n", "", 0, "this quiz has no id; add id: ..."),
        ("rows-1", "Rows 1", 0, "id: 'Rows 1' is no id; write lower-case letters, digits"),
        ('ask: "What does a row of `L5H11` sum to?"\n', "", 0, "this quiz has no ask"),
        ("    right: true\n", "", 3, "option 1 is wrong and names no misconception"),
        ("right: true", "right: maybe", 4, "right: is neither true nor false"),
        ('    misconception: "Rows as counts"\n', "    right: true\n", 3, "2 options are right"),
        ("right: true", "right: true\n    misconception: x", 5, "option 1 is right and names a"),
        ('    feedback: "A softmax over the keys."\n', "", 3, "option 1 has no feedback"),
        ('"The number of tokens"', '"1"', 6, "option 2 says the same as another"),
        ('"A softmax over the keys."', '""', 5, "'feedback:' is empty; give a text"),
        ('"1"', "[[claim:rows.sum]]", 3, "text: is no text for YAML; put it into double quotes"),
        ('"1"', "one: two", 3, "not YAML: mapping values are not allowed here; put the text"),
        ("feedback:", "feedbak:", 5, "no entry is called 'feedbak'; known: feedback, miscon"),
        ("    right: true\n", "    right: true\n    right: true\n", 5, "'right' stands twice"),
    ],
)
def test_a_mistake_is_named_with_its_line_and_repair(old, new, line, message):
    with pytest.raises(MarkError) as caught:
        read_quiz(changed(old, new))
    assert str(caught.value).startswith(message)
    assert caught.value.line == line


@pytest.mark.parametrize(
    ("n", "message"), [(1, "1 options; give 2 to 6"), (7, "7 options; give 2 to 6")]
)
def test_two_to_six_options(n, message):
    options = [{"text": str(i), "misconception": "m", "feedback": "f"} for i in range(n)]
    with pytest.raises(MarkError, match=message):
        read_quiz(yaml.safe_dump({"id": "a-1", "ask": "?", "options": options}))


@pytest.mark.parametrize("source", ["", "id: a-1\nask: x\noptions: none\n", "- a\n- b\n"])
def test_a_fence_without_options_is_refused(source):
    with pytest.raises(MarkError, match="this quiz has no"):
        read_quiz(source)


def test_a_mistake_is_reported_with_its_line_of_the_page(caplog):
    html = convert("# A page\n\n" + fenced(changed("right: true", "right: maybe")))
    (record,) = caplog.records
    assert record.levelno == logging.ERROR
    assert record.message == ("lesson:8: right: is neither true nor false; write right: true")
    assert 'class="admonition failure"' in html


def test_a_misspelt_quiz_fence_is_reported(caplog):
    convert(fenced(GOOD).replace("```quiz", "```quizz"))
    assert "no fence is called 'quizz'; write ```quiz" in caplog.text
