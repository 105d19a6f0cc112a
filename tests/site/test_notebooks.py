"""The site offers each exercise's notebook as students get it, made anew only when it must be."""

import json
import shutil

import pytest

from attention_views import notebooks
from grader.course.wheel import wheel_bytes, wheel_name

ONE = "shapes-and-rows"


@pytest.fixture
def sources(tmp_path):
    """A folder of one exercise."""
    shutil.copytree(notebooks.EXERCISES / ONE, tmp_path / "exercises" / ONE)
    return tmp_path / "exercises"


def offer(sources, tmp_path, language="en"):
    return list(notebooks.offered(language, sources=sources, build=tmp_path / "build"))


def test_a_notebook_is_the_released_one_in_the_language(sources, tmp_path):
    for language, word in (("en", "sentence"), ("zh", "的")):
        [path] = offer(sources, tmp_path, language)
        notebook = json.loads(path.read_text(encoding="utf-8"))
        text = "".join("".join(cell["source"]) for cell in notebook["cells"])
        assert path.name == f"{ONE}.ipynb"
        assert word in text
        assert "BEGIN SOLUTION" not in text
        assert any(cell["metadata"].get("nbgrader") for cell in notebook["cells"])


def test_it_is_made_anew_only_when_its_sources_change(sources, tmp_path, monkeypatch):
    [path] = offer(sources, tmp_path)
    first = path.read_bytes()
    with monkeypatch.context() as patch:
        patch.setattr(notebooks, "_released", lambda *_: pytest.fail("made again"))
        offer(sources, tmp_path)
    source = sources / ONE / "notebook.py"
    source.write_text(source.read_text(encoding="utf-8") + "\n", encoding="utf-8")
    path.write_bytes(b"")
    offer(sources, tmp_path)
    assert path.read_bytes() == first


def test_one_that_cannot_be_made_is_said_and_left_out(sources, tmp_path, caplog):
    (sources / ONE / "notebook.py").write_text('# %% role="check"\nx\n', encoding="utf-8")
    assert offer(sources, tmp_path) == []
    assert f"exercises/{ONE}: " in caplog.text


def test_a_notebook_names_the_package_that_its_site_carries(sources, tmp_path, monkeypatch):
    for address, line in (
        ("", f"%pip install ./{wheel_name()}"),
        ("https://a.example/b/", f"%pip install https://a.example/b/notebooks/{wheel_name()}"),
    ):
        monkeypatch.setenv("SITE_URL", address)
        [path] = offer(sources, tmp_path)
        assert line in path.read_text(encoding="utf-8")


def test_a_site_carries_the_package_once(tmp_path):
    assert notebooks.needed("en", build=tmp_path) == []
    wheel, versions = notebooks.needed("zh", build=tmp_path)
    assert wheel.read_bytes() == wheel_bytes()
    assert f"./{wheel_name()}" in versions.read_text()
