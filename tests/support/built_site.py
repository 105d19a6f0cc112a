"""The site as ``make site`` and ``make zip`` build it: once in a run, for all workers."""

import fcntl
import os
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from support.model import need_model

ROOT = Path(__file__).parents[2]
HERE = "http://here.invalid/course/"


def run_mkdocs(*options, folder=ROOT, **environment) -> subprocess.CompletedProcess:
    """Run ``mkdocs build --strict`` in `folder`, with variables of the environment added."""
    paths = [str(ROOT), str(ROOT / "site"), str(ROOT / "tests")]
    return subprocess.run(
        [sys.executable, "-m", "mkdocs", "build", "--strict", *map(str, options)],
        cwd=folder,
        env=os.environ
        | {
            "SOURCE_DATE_EPOCH": "1700000000",
            "NO_MKDOCS_2_WARNING": "1",
            "SITE_URL": "",
            "PYTHONPATH": os.pathsep.join(paths),
        }
        | environment,
        capture_output=True,
        text=True,
    )


def build_site(folder: Path, site_url: str = "", **environment) -> Path:
    """Build both languages of the real lessons into `folder`."""
    done = run_mkdocs("--site-dir", folder, SITE_URL=site_url, **environment)
    assert done.returncode == 0, done.stderr
    return folder


def move_site(site: Path, folder: Path, address: str) -> Path:
    """Copy a `site` built for HERE to `folder`, and say `address` wherever it says HERE.

    Built for it, the pages that are not found and the checksums of notebooks would differ, too.
    """
    shutil.copytree(site, folder, dirs_exist_ok=True)
    for path in (path for kind in ("html", "xml", "ipynb") for path in folder.rglob(f"*.{kind}")):
        text = path.read_text(encoding="utf-8")
        path.write_text(text.replace(HERE, address), encoding="utf-8")
    return folder


@pytest.fixture(scope="session")
def built_once(tmp_path_factory, worker_id):
    """built_once(name, build) -> the folder that the first worker to ask built; read it only."""
    folder = tmp_path_factory.getbasetemp()
    if worker_id != "master":
        folder = folder.parent

    def built_once(name: str, build: Callable[[Path], object]) -> Path:
        with (folder / f"{name}.lock").open("w") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)
            built, ready = folder / name, folder / f"{name}.ready"
            if not ready.exists():
                shutil.rmtree(built, ignore_errors=True)
                build(built)
                ready.touch()
        return built

    return built_once


@pytest.fixture(scope="session")
def published(built_once):
    """The folder of the site as it is published at an address under a sub-path."""
    need_model()
    return built_once("published", lambda folder: build_site(folder, HERE))


@pytest.fixture(scope="session")
def built_offline(built_once):
    """The folder of the site as ``make zip`` builds it: for no address, without models."""
    need_model()

    def build(folder):
        build_site(folder / "seeing-attention", LIVE_MODEL="false")

    return built_once("offline", build) / "seeing-attention"
