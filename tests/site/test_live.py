"""What stands beside the page of one's own sentence, with the model and without."""

import json
import re

import pytest

from attention_views.live import FOLDER, about_model, publish_live


@pytest.fixture(scope="module")
def published(tmp_path_factory):
    site = tmp_path_factory.mktemp("site")
    publish_live(site, model=True)
    return site / FOLDER


def test_the_page_is_told_what_it_will_fetch(published):
    about = about_model(published)
    fetched = [*published.glob("layer*.bin"), published / "start.bin", published / "vocab.txt"]
    assert about["bytes"] == sum(path.stat().st_size for path in fetched)
    assert 18e6 < about["bytes"] < 20e6
    assert (published / about["last"]).is_file()
    script = (published / "page.js").read_text(encoding="ascii")
    assert str(about["bytes"]) in script


def test_every_file_is_small_enough_for_any_host(published):
    sizes = {path.name: path.stat().st_size for path in published.rglob("*") if path.is_file()}
    assert max(sizes.values()) < 25e6
    assert sizes["page.js"] + sizes["worker.js"] < 40_000


def test_the_notice_of_the_weights_lies_with_them(published):
    text = (published / "LICENSES.txt").read_text(encoding="utf-8")
    assert "all-MiniLM-L6-v2" in text
    assert "Apache License" in text


def test_the_scripts_name_no_address(published):
    for name in ("page.js", "worker.js"):
        text = (published / name).read_text(encoding="ascii")
        assert set(re.findall(r"https?://[\w.-]+", text)) <= {"http://localhost"}


def test_without_the_model_only_the_scripts_are_published(tmp_path):
    publish_live(tmp_path, model=False)
    assert {path.name for path in (tmp_path / FOLDER).iterdir()} == {"page.js", "worker.js"}


def test_the_key_changes_with_any_byte(tmp_path):
    (tmp_path / "words").mkdir()
    (tmp_path / "words/000.bin").write_bytes(b"\0")
    files = [{"name": "start.bin", "bytes": 4}]
    text = json.dumps({"files": files, "vocabulary": {"bytes": 3}})
    (tmp_path / "model.json").write_text(text)
    before = about_model(tmp_path)
    (tmp_path / "words/000.bin").write_bytes(b"\1")
    assert before["bytes"] == 7
    assert before["last"] == "start.bin"
    assert about_model(tmp_path)["key"] != before["key"]
