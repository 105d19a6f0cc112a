import importlib.util

import pytest

from grader import doctor
from grader.grading.kernels import confinement
from support.courses import make_course


@pytest.fixture
def bare(monkeypatch, tmp_path):
    """A machine on which nothing is installed."""
    monkeypatch.setenv("SEEING_ATTENTION_CACHE", str(tmp_path / "empty"))
    monkeypatch.setattr(importlib.util, "find_spec", lambda name: None)
    monkeypatch.setattr(confinement, "missing", lambda: [confinement.Problem("no wall", "build")])


@pytest.mark.parametrize("system", ["linux", "darwin", "win32"])
def test_whatever_is_missing_has_a_repair_on_every_system(bare, system, tmp_path):
    findings = doctor.examine(tmp_path, system)
    assert len([f for f in findings if not f.ok]) > 10
    assert [f.what for f in findings if not f.ok and not f.repair] == []


def test_a_model_that_is_missing_is_told_and_not_fetched(bare, tmp_path):
    [finding] = [f for f in doctor.examine(tmp_path) if f.what == "the model minilm"]
    assert not finding.ok
    assert not (tmp_path / "empty").exists()


def test_a_model_with_other_weights_is_none(bare, tmp_path):
    folder = tmp_path / "empty" / "models" / "minilm"
    folder.mkdir(parents=True)
    (folder / "model.safetensors").write_bytes(b"other")
    [finding] = [f for f in doctor.examine(tmp_path) if "the model minilm" in f.what]
    assert not finding.ok
    assert "grader model" in finding.repair


@pytest.mark.parametrize(
    ("system", "where"), [("linux", "build"), ("darwin", "docker run"), ("win32", "wsl --install")]
)
def test_where_kernels_cannot_be_confined_it_says_where_to_grade(bare, system, where, tmp_path):
    [finding] = [f for f in doctor.examine(tmp_path, system) if "confined kernels" in f.what]
    assert where in finding.repair
    assert finding.optional


def test_what_only_grading_needs_is_needed_in_a_course_alone(bare, tmp_path):
    def needed(folder):
        return {f.what for f in doctor.examine(folder, "linux") if not f.ok and not f.optional}

    course = make_course(tmp_path / "made")
    assert not any("grading" in what for what in needed(tmp_path))
    assert any("nbgrader" in what for what in needed(course.path))


def test_a_secret_that_others_can_read_is_told_with_its_repair(tmp_path, monkeypatch):
    monkeypatch.setattr(confinement, "missing", list)
    course = make_course(tmp_path)
    secret = course.path / "secret"
    secret.chmod(0o644)
    [finding] = [f for f in doctor.examine(course.path) if f.what.startswith("its secret")]
    assert not finding.ok
    assert str(secret) in finding.repair
    secret.chmod(0o600)
    [finding] = [f for f in doctor.examine(course.path) if f.what.startswith("its secret")]
    assert finding.ok
