"""A quiz answers without a script, by keyboard, and tells a screen reader where scripts run."""

from pathlib import Path

import pytest

from attention_views.quiz import quiz_html, read_quiz

ASSETS = Path(__file__).parents[2] / "site" / "theme" / "assets"
QUIZ = """\
id: rows-1
ask: What does a row sum to?
options:
  - text: It depends.
    misconception: Rows as counts
    feedback: A softmax makes it one.
  - text: One.
    right: true
    feedback: A softmax over the keys.
  - text: Zero.
    misconception: Weights with signs
    feedback: No weight is below zero.
"""


@pytest.fixture(scope="module")
def address(tmp_path_factory, serve):
    folder = tmp_path_factory.mktemp("quiz")
    for name in ("quiz.css", "quiz.js"):
        (folder / name).write_text((ASSETS / name).read_text())
    quiz = quiz_html(read_quiz(QUIZ), inline=lambda text: text, language="en")
    (folder / "index.html").write_text(
        '<!doctype html><html lang="en"><meta charset="utf-8"><link rel="icon" href="data:,">'
        '<link rel="stylesheet" href="quiz.css"><script src="quiz.js" defer></script>'
        f'<body class="md-typeset">{quiz}</body></html>'
    )
    return serve(folder)


def shown(page):
    return [
        each.inner_text() for each in page.locator(".quiz__feedback").all() if each.is_visible()
    ]


@pytest.mark.parametrize("scripts", [True, False])
def test_feedback_shows_only_for_the_chosen_option(open_page, address, scripts):
    page = open_page(address, scripts=scripts)
    assert shown(page) == []
    page.get_by_label("One.").check()
    assert shown(page) == ["Right. A softmax over the keys."]
    page.get_by_label("Zero.").check()
    assert shown(page) == ["Not quite. Misconception: Weights with signs. No weight is below zero."]


@pytest.mark.parametrize("scripts", [True, False])
def test_tab_and_arrows_choose(open_page, address, scripts):
    page = open_page(address, scripts=scripts)
    page.keyboard.press("Tab")
    page.keyboard.press("Space")
    page.keyboard.press("ArrowDown")
    assert shown(page) == ["Right. A softmax over the keys."]


def test_the_options_are_one_group_named_by_the_question(open_page, address):
    page = open_page(address)
    group = page.get_by_role("group", name="What does a row sum to?")
    assert group.get_by_role("radio").count() == 3


def test_the_verdict_is_said_to_screen_readers(open_page, address):
    page = open_page(address)
    page.get_by_label("One.").check()
    assert page.get_by_role("status").text_content() == "Right. A softmax over the keys."


def test_a_quiz_fits_a_phone(open_page, address):
    page = open_page(address, width=320)
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
