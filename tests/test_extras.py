"""No sentence of ours tells anybody to install a name that a stranger could register."""

import re
import tomllib
from importlib.metadata import distributions
from pathlib import Path

import pytest
from packaging.specifiers import SpecifierSet

import grader
from grader import extras

ROOT = Path(grader.__file__).parent.parent
EXTRAS = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]["optional-dependencies"]
PLACES = ("grader", "site/attention_views", "site/theme", "exercises", "lessons")


def test_a_checkout_is_installed_from_its_folder():
    assert extras.install("grading") == f'pip install "{ROOT}[grading]"'
    assert extras.install("") == f'pip install "{ROOT}"'


@pytest.mark.parametrize("extra", ["hub", "study", "cluster", "postgresql"])
def test_elsewhere_what_an_extra_needs_is_named(monkeypatch, tmp_path, extra):
    monkeypatch.setattr(extras, "CHECKOUT", tmp_path)
    command = extras.install(extra)
    named = {re.split(r"[<>=\[]", part)[0] for part in re.findall(r'"([^"]+)"', command)}
    assert named == {re.split(r"[<>=\[]", part)[0] for part in EXTRAS[extra]}
    assert "seeing-attention" not in command


def test_the_package_is_never_named_to_an_index():
    """But where `--no-index` says that the name is looked up in a folder alone."""
    named = re.compile(r"pip install (?!--no-index)[^\n`]*(?<![\w/.-])seeing-attention(?![\w/])")
    found = [
        f"{path}: {match[0]}"
        for place in PLACES
        for path in sorted((ROOT / place).rglob("*"))
        if path.suffix in {".py", ".md", ".toml", ".html", ".txt", ".js"}
        and "node_modules" not in path.parts
        for match in named.finditer(path.read_text(encoding="utf-8"))
    ]
    assert found == []


@pytest.mark.parametrize("name", ["README.md", "README.zh.md"])
def test_the_pythons_that_a_readme_names_are_those_of_the_classifiers(name):
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
    tried = [one.rpartition(" :: ")[2] for one in project["classifiers"]]
    [(first, last)] = re.findall(r"Python (3\.\d+) (?:to|到) (3\.\d+)", (ROOT / name).read_text())
    assert (first, last) == (tried[0], tried[-1])
    assert project["requires-python"] == f">={first}"
    minors = [int(one.removeprefix("3.")) for one in tried]
    assert minors == list(range(minors[0], minors[-1] + 1))


def test_every_pin_installs_on_the_oldest_python_that_is_promised():
    """Debian 12 has Python 3.11.2; a pin that wants a newer one leaves no set-up at all."""
    pins = re.findall(r"^([\w.-]+)==", (ROOT / "constraints.txt").read_text(), re.M)
    installed = {
        d.metadata["Name"].lower(): d.metadata.get("Requires-Python") for d in distributions()
    }
    wanted = {name: installed.get(name.lower()) for name in pins}
    assert len(pins) > 150
    assert [
        f"{name} wants {python}"
        for name, python in wanted.items()
        if python and not SpecifierSet(python).contains("3.11.0")
    ] == []
