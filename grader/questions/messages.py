"""Sentences for students in both languages: a key and its values now, the words when shown."""

import re
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cache
from importlib.resources import files
from typing import Any

LANGUAGES = ("zh", "en")
"""The languages that every text has, the course's first one first."""

LONGEST_VALUE = 200
"""Characters of a student's own text that a sentence repeats."""

_PLACE = re.compile(r"\{(\w+)\}")


@dataclass(frozen=True)
class Message:
    """A sentence not yet said: ``message(Message("not_answered"), "en")``."""

    key: str
    """Which sentence of ``texts.toml``."""
    values: Mapping[str, Any] = field(default_factory=dict)
    """What its places hold: text, numbers, lists of those, or other messages."""

    def to_json(self) -> dict:
        """Return it as plain data."""
        values = {
            k: {"message": v.to_json()} if isinstance(v, Message) else _plain(v)
            for k, v in self.values.items()
        }
        return {"key": self.key, "values": values}

    @classmethod
    def from_json(cls, data: Mapping) -> "Message":
        """Read what ``to_json`` wrote."""
        values = {
            k: cls.from_json(v["message"]) if isinstance(v, Mapping) else v
            for k, v in data["values"].items()
        }
        return cls(data["key"], values)


def say(key: str, **values: Any) -> Message:
    """Return a message; short for ``Message(key, values)``."""
    return Message(key, values)


def message(what: Message, language: str) -> str:
    """Return the sentence in `language` (``zh`` or ``en``).

    Raises:
        KeyError: there is no such sentence or language: a mistake in the program.
    """
    template = texts()[what.key][language]
    return fill(template, {k: _shown(v, language) for k, v in what.values.items()})


def fill(template: str, values: Mapping[str, str]) -> str:
    """Return `template` with each ``{name}`` that `values` knows replaced; others stay."""
    return _PLACE.sub(lambda place: str(values.get(place[1], place[0])), template)


def places(template: str) -> list[str]:
    """Return the names of the ``{name}`` places of a template."""
    return _PLACE.findall(template)


def clean_text(text: str, longest: int = LONGEST_VALUE) -> str:
    """Return what is safe to repeat of a stranger's text: printable, on one line, cut."""
    cut = text[: longest + 1]
    kept = "".join(c if c.isprintable() else " " for c in cut)
    return kept[:longest] + "…" if len(text) > longest else kept


@cache
def texts() -> dict[str, dict[str, str]]:
    """Return all sentences: key -> language -> template."""
    found: dict[str, dict[str, str]] = {}
    _flatten(
        tomllib.loads(files("grader.questions").joinpath("texts.toml").read_text("utf-8")),
        "",
        found,
    )
    return found


def _flatten(table: dict, name: str, found: dict) -> None:
    if all(isinstance(text, str) for text in table.values()):
        found[name] = table
        return
    for key, below in table.items():
        _flatten(below, f"{name}.{key}" if name else key, found)


def _plain(value: Any) -> Any:
    if isinstance(value, (list, tuple)):
        return [_plain(v) for v in value]
    if isinstance(value, (bool, int, float)) or value is None:
        return value
    return clean_text(str(value))


def _shown(value: Any, language: str) -> str:
    if isinstance(value, Message):
        return message(value, language)
    if isinstance(value, (list, tuple)):
        return ("、" if language == "zh" else ", ").join(_shown(v, language) for v in value)
    if isinstance(value, float):
        return f"{value:.4g}"
    return clean_text(str(value))
