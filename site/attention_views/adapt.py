"""bertviz's own drawing code as ES modules that can live in a page.

Installed bertviz draws with ``head_view.js``, ``model_view.js`` and ``neuron_view.js``, made for a
notebook: they load d3 and jQuery from a foreign address through require.js, write ids that repeat
from view to view, and know neither a dark page nor a keyboard. What draws the tokens, the lines,
the boxes, the thumbnails and the detail is kept as it is; each change in ``changes`` is an exact
text, how often it stands there, and what it becomes. Any other count means another bertviz, and the
build stops.

The adapted function takes the parameters that bertviz's Python would have written into the
template, with a few of ours, and ``d3``, of which only ``select`` is left in use.
"""

import importlib.metadata
import importlib.util
from pathlib import Path

from attention_views.changes import CHANGES, CUTS, Cut
from grader.errors import CourseError
from grader.extras import install

OPENING = "requirejs(['jquery', 'd3'],"
"""Everything before this is the configuration of require.js."""


def adapt(name: str, source: str) -> str:
    """Return bertviz's `name` as an ES module.

    Args:
        name: ``head_view.js``, ``model_view.js`` or ``neuron_view.js``.
        source: Its text as installed.

    Raises:
        CourseError: the source is not what the adaptation expects; the sentence says where.
    """
    start = source.find(OPENING)
    body = source[start + len(OPENING) :].rstrip()
    if start < 0 or source.count(OPENING) != 1 or not body.endswith("});"):
        raise _unexpected(name, "its require.js wrapper")
    body = body.removesuffix("});").lstrip()
    for cut in CUTS[name]:
        body = _without(name, body, cut)
    for change in CHANGES[name]:
        found = body.count(change.old)
        if found != change.times:
            first_line = change.old.strip().splitlines()[0]
            raise _unexpected(name, f"{first_line!r} ({found} times, not {change.times})")
        body = body.replace(change.old, change.new)
    for word in ("$(", "requirejs", "PYTHON_PARAMS", 'attr("id"', "console.", "rootDivId"):
        if word in body:
            raise _unexpected(name, f"a {word!r} that is left over")
    return body + "}\n"


def _without(name: str, body: str, cut: Cut) -> str:
    """Return `body` after a cut."""
    start, end, new = cut
    if body.count(start) != 1 or body.count(end) != 1 or body.index(start) > body.index(end):
        raise _unexpected(name, f"{start!r} before {end!r}")
    return body[: body.index(start)] + new + body[body.index(end) :]


def bertviz_source(name: str) -> str:
    """Return the text of installed bertviz's `name`, without importing bertviz and its torch.

    Raises:
        CourseError: bertviz is not installed, or has no such file.
    """
    found = importlib.util.find_spec("bertviz")
    path = Path(found.origin).parent / name if found and found.origin else None
    if path is None or not path.is_file():
        raise CourseError(
            f"bertviz's {name} is not installed, and the views are drawn by it; "
            f"install it with: {install('site')}"
        )
    return path.read_text(encoding="utf-8")


def _unexpected(name: str, what: str) -> CourseError:
    version = importlib.metadata.version("bertviz")
    return CourseError(
        f"bertviz {version}: {name} is not what the adaptation expects, look at {what}; "
        "install bertviz==1.4.1 or follow the change in site/attention_views/changes."
    )
