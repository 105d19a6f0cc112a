"""The lessons as cards: number, picture, title, what one will know, minutes.

Title and minutes are read from the front matter of the lesson itself, so that a card cannot
disagree with its page.
"""

from html import escape
from pathlib import Path

import yaml

from attention_views.home.thumbnails import thumbnail
from attention_views.problems import MarkError

WORDS = {
    "zh": {"minutes": "{minutes} 分钟", "start": "从这里开始"},
    "en": {"minutes": "{minutes} minutes", "start": "start here"},
}


def draw_cards(home) -> str:
    """Return a list of cards; ``lessons`` is a list of page, about, picture and, shorter, title."""
    words = WORDS[home.language]
    numbered = home.options.get("numbered", True)
    cards = []
    for number, lesson in enumerate(home.options["lessons"], 1):
        front = front_matter(home.lesson.folder / lesson["page"])
        title = lesson.get("title") or front["title"]
        start = f"<b>{words['start']}</b>" if numbered and number == 1 else ""
        minutes = words["minutes"].format(minutes=front["minutes"])
        count = f'<span class="n">{number}</span>' if numbered else ""
        cards.append(
            f'<li><a class="home-card" href="{home.lesson.address(lesson["page"])}">'
            f'<span class="pic">{thumbnail(lesson["picture"], home.capture)}</span>'
            f'<span class="txt">{count}<span class="t">{escape(title)}</span>'
            f'<span class="k">{escape(lesson["about"])}</span>'
            f'<span class="m"><span>{minutes}</span>{start}</span></span></a></li>'
        )
    kind = "ol" if numbered else "ul"
    extra = "" if numbered else " deeper"
    return f'<{kind} class="home-cards{extra}">{"".join(cards)}</{kind}>'


def front_matter(path: Path) -> dict:
    """Return a lesson's front matter.

    Raises:
        MarkError: the lesson is missing or has none.
    """
    if not path.is_file():
        raise MarkError(f"there is no lesson {path.name} beside this page; name one that stands")
    parts = path.read_text(encoding="utf-8").split("---\n", 2)
    if len(parts) < 3:
        raise MarkError(f"{path.name} has no front matter; give it title: and minutes:")
    return yaml.safe_load(parts[1]) or {}
