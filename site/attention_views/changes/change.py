"""The two ways in which a source of bertviz's is changed, as data."""

from typing import NamedTuple


class Change(NamedTuple):
    """`old` stands exactly `times` times in bertviz's source and becomes `new`."""

    old: str
    new: str
    times: int = 1


class Cut(NamedTuple):
    """What stands from `start` up to `end` becomes `new`; each of the two stands once."""

    start: str
    end: str
    new: str = ""


TEMPLATE = (
    "const params = PYTHON_PARAMS; // HACK: PYTHON_PARAMS is a template marker that is replaced by"
    " actual params."
)
"""Where bertviz's Python writes the parameters of a head view or a model view."""
