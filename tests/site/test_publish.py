"""What goes beside the pages: used views once, the engine, no dead weight of the theme."""

import logging
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

import pytest

from attention_views import publish
from attention_views.terms import read_terms
from grader.errors import CourseError


@pytest.fixture(autouse=True)
def _no_views_used():
    publish._used.clear()
    yield
    publish._used.clear()


@pytest.fixture
def engine(tmp_path, monkeypatch):
    folder = tmp_path / "engine"
    folder.mkdir()
    (folder / "engine.js").write_text("engine")
    monkeypatch.setattr(publish, "OUT", folder)
    return folder


def test_a_view_is_packed_once_and_published(tmp_path, attend, engine):
    views, site = tmp_path / "views", tmp_path / "site"
    key = publish.keep_view(attend("The cat sat."), exact=True, folder=views)
    stamp = (views / f"{key}.js").stat().st_mtime_ns
    assert publish.keep_view(attend("The cat sat."), exact=True, folder=views) == key
    assert (views / f"{key}.js").stat().st_mtime_ns == stamp
    publish.publish_views(site)
    assert sorted(p.name for p in (site / "assets/views").rglob("*.js")) == sorted(
        ["engine.js", f"{key}.js"]
    )


def test_two_builds_may_keep_the_same_view_at_once(tmp_path, attend, monkeypatch):
    both_are_packing = Barrier(2)

    def pack(*_, **options):
        both_are_packing.wait(timeout=30)
        return b"packed"

    monkeypatch.setattr(publish, "pack_view", pack)
    attention = attend("The cat sat.")
    with ThreadPoolExecutor(2) as pool:
        keys = pool.map(
            lambda _: publish.keep_view(attention, exact=True, folder=tmp_path), range(2)
        )
        assert len(set(keys)) == 1
    assert [path.read_bytes() for path in tmp_path.iterdir()] == [b"packed"]


def test_views_of_an_earlier_build_are_not_published(tmp_path, attend, engine, monkeypatch):
    monkeypatch.setattr(publish, "build_engine", lambda: [])
    old = publish.keep_view(attend("The cat sat."), exact=True, folder=tmp_path / "views")
    publish.begin()
    new = publish.keep_view(attend("The dog sat."), exact=True, folder=tmp_path / "views")
    publish.publish_views(tmp_path / "site")
    data = tmp_path / "site/assets/views/data"
    assert [p.stem for p in data.iterdir()] == [new]
    assert old != new


def test_exact_and_drawn_data_are_two_files(tmp_path, attend):
    attention = attend("The cat sat.")
    keys = {publish.keep_view(attention, exact=exact, folder=tmp_path) for exact in (True, False)}
    assert len(keys) == 2


def test_an_engine_that_cannot_be_built_is_said(monkeypatch, caplog):
    def broken():
        raise CourseError("there is no node; install it")

    monkeypatch.setattr(publish, "build_engine", broken)
    with caplog.at_level(logging.ERROR, logger="mkdocs"):
        publish.begin()
    assert caplog.messages == ["there is no node; install it"]


@pytest.mark.parametrize(
    ("name", "dead"),
    [
        ("assets/javascripts/bundle.js.map", True),
        ("assets/javascripts/lunr/min/lunr.de.min.js", True),
        ("assets/javascripts/lunr/tinyseg.js", True),
        ("assets/javascripts/workers/search.a7633da7.min.js", True),
        ("assets/javascripts/bundle.js", False),
        ("index.md", False),
    ],
)
def test_what_nobody_needs_is_left_out(name, dead):
    assert publish.is_dead_weight(name) is dead


def test_terms_are_every_chinese_text_of_the_glossary(tmp_path):
    path = tmp_path / "glossary.toml"
    path.write_text('[[term]]\nzh = "注意力图"\nen = "map"\n[other]\nzh = "词元"\n')
    assert read_terms(path) == {"注意力图", "词元"}


def test_no_glossary_has_no_terms(tmp_path):
    assert read_terms(tmp_path / "none.toml") == set()
