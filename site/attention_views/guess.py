"""The ``guess`` fence: tapped before the answer is shown, compared at the end of the page.

guess.js keeps the choice in the browser and gathers all of a page in a section after its last
paragraph. Without scripts what the lesson found stands folded under each guess. Nothing is sent.
"""

from html import escape

import yaml

from attention_views.problems import MarkError

WORDS = {
    "zh": {"label": "先猜", "found": "这一课找到的"},
    "en": {"label": "Guess", "found": "What the lesson found"},
}
FEWEST, MOST = 2, 5


def draw_guess(source: str, md) -> str:
    """Return the HTML of a ``guess`` fence: id, ask, options (texts), found.

    Raises:
        MarkError: an option is missing or wrong.
    """
    try:
        guess = yaml.safe_load(source)
    except yaml.YAMLError as error:
        raise MarkError(f"not YAML: {error}; put the text into double quotes") from error
    for name in ("id", "ask", "options", "found"):
        if not isinstance(guess, dict) or not guess.get(name):
            raise MarkError(f"this guess has no {name}; add {name}: ...")
    options = guess["options"]
    if not isinstance(options, list) or not FEWEST <= len(options) <= MOST:
        raise MarkError(f"options: is no list of {FEWEST} to {MOST} texts; write lines like - cat")
    views = md.attention_views
    words, name = WORDS[views.language], f"guess-{guess['id']}"
    if name in md.lesson.quizzes:  # their buttons would be one group
        raise MarkError(f"id {guess['id']!r} is taken on this page; give each its own")
    md.lesson.quizzes.add(name)
    choices = "".join(
        f'<label><input type="radio" autocomplete="off" name="{escape(name)}" value="{number}">'
        f"<span>{views.inline(str(option), md)}</span></label>"
        for number, option in enumerate(options, 1)
    )
    return (
        f'<fieldset class="guess" id="{escape(name)}"><legend class="guess__ask">'
        f'<span class="quiz__label">{words["label"]}</span> '
        f"{views.inline(guess['ask'], md)}</legend>"
        f'<section class="guess__options" data-search-exclude>{choices}</section>'
        f'<details class="guess__found" data-search-exclude><summary>{words["found"]}</summary>'
        f"<p>{views.inline(guess['found'], md)}</p></details></fieldset>"
    )
