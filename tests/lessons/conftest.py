"""The lessons as the tests see them: pages, their fences, headings and front matter."""

import re
from dataclasses import dataclass
from pathlib import Path

import pytest
import yaml

LESSONS = Path(__file__).parents[2] / "lessons"
LANGUAGES = ("zh", "en")
FENCE = re.compile(
    r"^(?P<indent> *)(?P<ticks>`{3,})(?P<name>\w*)[^\n]*\n(?P<body>.*?)^(?P=indent)(?P=ticks) *$",
    re.MULTILINE | re.DOTALL,
)


@dataclass(frozen=True)
class Page:
    """One page of one language."""

    name: str
    language: str
    text: str

    @property
    def about(self) -> dict:
        """Its front matter; a guide needs none."""
        if not self.text.startswith("---\n"):
            return {"minutes": 0, "route": "guide"}
        return {"minutes": 0, "route": "guide"} | yaml.safe_load(self.text.split("---\n")[1])

    @property
    def fences(self) -> list[tuple[str, str]]:
        """Its fences in order: name and body."""
        return [(found["name"], found["body"]) for found in FENCE.finditer(self.text)]

    @property
    def prose(self) -> str:
        """Its text without fences."""
        return FENCE.sub("", self.text)

    @property
    def headings(self) -> list[str]:
        """The marks of its headings in order: ["#", "##", ...]."""
        return re.findall(r"^(#{1,6}) ", self.prose, re.MULTILINE)


def names() -> list[str]:
    """Return the names of all pages, as the Chinese lessons have them."""
    return sorted(str(path.relative_to(LESSONS / "zh")) for path in (LESSONS / "zh").rglob("*.md"))


def read(name: str, language: str) -> Page:
    """Return a page."""
    return Page(name, language, (LESSONS / language / name).read_text(encoding="utf-8"))


def pytest_generate_tests(metafunc):
    if "name" in metafunc.fixturenames:
        metafunc.parametrize("name", names())


@pytest.fixture
def pages(name) -> tuple[Page, Page]:
    """One page in both languages."""
    return read(name, "zh"), read(name, "en")
