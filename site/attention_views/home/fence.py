"""The options of a ``home`` fence, and which part of the first page it asks for."""

from collections.abc import Callable
from dataclasses import dataclass

import yaml

from attention_views.home.cards import draw_cards
from attention_views.home.hero import draw_hero
from attention_views.home.teaser import draw_teaser
from attention_views.home.wall import draw_wall
from attention_views.problems import Lesson, MarkError
from grader.attention import Attention
from grader.errors import GraderError, known

PARTS = {"hero": draw_hero, "wall": draw_wall, "cards": draw_cards, "teaser": draw_teaser}


@dataclass(frozen=True)
class Home:
    """What a part is drawn from."""

    options: dict
    """The fence's lines."""
    language: str
    """zh or en."""
    capture: Callable[..., Attention]
    """text, pair, model -> attention."""
    lesson: Lesson
    """The page; beside it stand the lessons."""


def draw_home(source: str, *, language: str, capture, lesson: Lesson) -> str:
    """Return the HTML of one part of the first page.

    Raises:
        MarkError: an option is missing or wrong.
    """
    try:
        options = yaml.safe_load(source)
    except yaml.YAMLError as error:
        raise MarkError(f"not YAML: {error}; put the value into quotes") from error
    part = options.pop("part", None) if isinstance(options, dict) else None
    if part not in PARTS:
        raise MarkError(f"no part of the home page is called {part!r}; {known(PARTS)}")
    try:
        return PARTS[part](Home(options, language, capture, lesson))
    except KeyError as error:
        raise MarkError(
            f"the {part} lacks {error}; add a line like {error.args[0]}: ..."
        ) from error
    except GraderError as error:
        raise MarkError(str(error)) from error
