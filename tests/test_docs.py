"""What the READMEs, the changelog and the lists of packages say is true, in both languages."""

import re
import tomllib
from pathlib import Path

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

from grader import __version__
from grader.cli import COMMANDS

ROOT = Path(__file__).parent.parent
LANGUAGES = {"en": "README.md", "zh": "README.zh.md"}
CODE = re.compile(r"(?ms)^ *```\w*\n(.*?)^ *```$|`([^`\n]+)`")
FENCE = re.compile(r"(?ms)^ *```\w*\n(.*?)^ *```$")
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]
REQUIREMENTS = [
    *PROJECT["dependencies"],
    *(one for extra in PROJECT["optional-dependencies"].values() for one in extra),
]


def read(name: str) -> str:
    return (ROOT / name).read_text("utf-8")


def code(text: str) -> str:
    """Return what stands in code, without the comments in it."""
    found = "\n".join(block or inline for block, inline in CODE.findall(text))
    return re.sub(r"(?m)\s+#.*$", "", found)


def blocks(text: str) -> list[str]:
    """Return the blocks of code, without comments and white space at the end of a line."""
    return [re.sub(r"(?m)\s*(#.*)?$", "", block) for block in FENCE.findall(text)]


def tables(text: str) -> list[int]:
    """Return how many rows each table has."""
    return [len(table.splitlines()) for table in re.findall(r"(?m)(?:^\|.*\n)+", text)]


def targets() -> set[str]:
    return set(re.findall(r"(?m)^([a-z-]+):", read("Makefile")))


@pytest.mark.parametrize("name", LANGUAGES.values())
def test_every_command_that_a_readme_names_exists(name):
    named = code(read(name))
    assert set(re.findall(r"\bgrader ([a-z][a-z-]*)", named)) <= COMMANDS.keys()
    assert set(re.findall(r"\bmake ([a-z][a-z-]*)", named)) <= targets()


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_command_is_named_in_the_readme_or_the_guide(language):
    guide = sorted((ROOT / "lessons" / language / "guide").glob("*.md"))
    named = "\n".join(
        code(path.read_text("utf-8")) for path in (ROOT / LANGUAGES[language], *guide)
    )
    assert COMMANDS.keys() - set(re.findall(r"\bgrader ([a-z][a-z-]*)", named)) == set()
    assert targets() - set(re.findall(r"\bmake ([a-z][a-z-]*)", named)) == set()


@pytest.mark.parametrize("name", LANGUAGES.values())
def test_a_readme_is_a_screen_and_a_half_with_two_small_pictures(name):
    text = read(name)
    pictures = [ROOT / path for path in re.findall(r"!\[[^\]]+\]\(([^)]+)\)", text)]
    assert len(text.splitlines()) <= 90
    assert len(pictures) == 2
    assert all(path.stat().st_size <= 150_000 for path in pictures)


@pytest.mark.parametrize("name", LANGUAGES.values())
def test_every_page_that_a_readme_links_to_exists(name):
    linked = re.findall(r"\]\(([\w./-]+)\)", read(name))
    assert linked
    assert [path for path in linked if not (ROOT / path).is_file()] == []


def test_both_readmes_have_the_same_headings_code_and_tables():
    english, chinese = (read(name) for name in LANGUAGES.values())
    levels = [re.findall(r"(?m)^(#+) ", FENCE.sub("", text)) for text in (english, chinese)]
    assert levels[0] == levels[1]
    assert blocks(english) == blocks(chinese)
    assert tables(english) == tables(chinese)


def test_both_pages_of_commands_tell_all_of_them_in_the_same_order():
    english, chinese = (
        re.findall(r"(?m)^\| (`.*?) \|", read(f"lessons/{language}/guide/commands.md"))
        for language in LANGUAGES
    )
    assert english == chinese
    assert {row.split()[1].strip("`") for row in english if row.startswith("`grader")} == set(
        COMMANDS
    )


def test_the_version_is_the_same_everywhere():
    assert PROJECT["version"] == __version__
    assert re.search(r"(?m)^## (\S+)", read("CHANGELOG.md"))[1] == __version__


@pytest.mark.parametrize("requirement", REQUIREMENTS)
def test_every_dependency_has_its_reason_and_a_version_known_to_work(requirement):
    [line] = [one for one in read("pyproject.toml").splitlines() if f'"{requirement}"' in one]
    assert re.search(r'",? +# \S', line), "say in a comment what it is for"
    wanted = Requirement(requirement)
    pinned = dict(re.findall(r"(?m)^([\w.-]+)==(\S+)$", read("constraints.txt")))
    pinned = {canonicalize_name(name): version for name, version in pinned.items()}
    assert wanted.specifier.contains(pinned[canonicalize_name(wanted.name)])


def test_a_wrong_command_in_a_readme_would_be_found():
    text = "Run `grader fly` in\n\n```sh\nmake fly   # grader swim\n```\n\nthe grader that"
    assert re.findall(r"\b(?:grader|make) ([a-z]+)", code(text)) == ["fly", "fly"]
