"""``make site`` builds the pages of a folder whose package is installed from its wheel."""

import importlib.resources
import os
import shutil
import subprocess
import sys
import sysconfig
import venv
from pathlib import Path

import pytest

from grader.course.wheel import wheel_bytes, wheel_name
from support.built_site import ROOT
from support.model import need_model

NEEDED = ["Makefile", "constraints.txt", "exercises", "lessons", "mkdocs.yml", "pyproject.toml"]
"""What a folder of pages holds: all of a checkout but the package itself, and what tests it."""


@pytest.fixture
def pages(tmp_path):
    """A folder without `grader/`; its ``.venv`` has the wheel, and all else from here."""
    folder = tmp_path / "pages"
    folder.mkdir()
    for name in [*NEEDED, "site"]:
        copy = shutil.copytree if (ROOT / name).is_dir() else shutil.copyfile
        copy(ROOT / name, folder / name)
    if (ROOT / "build" / "views").is_dir():  # what was drawn before need not be drawn again
        shutil.copytree(ROOT / "build" / "views", folder / "build" / "views")
    venv.create(folder / ".venv", symlinks=True)
    bin_here, bin_there = Path(sys.executable).parent, folder / ".venv" / "bin"
    there = subprocess.run(
        [bin_there / "python", "-c", "import sysconfig; print(sysconfig.get_path('purelib'))"],
        capture_output=True,
        text=True,
        check=True,
    ).stdout.strip()
    # a path in a .pth is not searched for others: the editable package of here is none of there
    (Path(there) / "the_rest.pth").write_text(sysconfig.get_path("purelib"))
    wheel = tmp_path / wheel_name()
    wheel.write_bytes(wheel_bytes())
    pip = [sys.executable, "-m", "pip", "--python", bin_there / "python", "install", "--quiet"]
    subprocess.run([*pip, "--no-deps", "--no-index", wheel], check=True)
    for name in ("mkdocs", "alembic"):
        script = (bin_here / name).read_text(encoding="utf-8").splitlines()[1:]
        (bin_there / name).write_text("\n".join([f"#!{bin_there / 'python'}", *script]))
        (bin_there / name).chmod(0o755)
    (folder / ".venv" / "ready").touch()
    return folder


@pytest.mark.long
def test_make_site_needs_the_wheel_and_the_pages_and_no_checkout_of_the_package(pages):
    need_model()
    environment = {k: v for k, v in os.environ.items() if not k.startswith(("PYTHON", "MAKE"))}
    environment |= {"LIVE_MODEL": "false", "SITE_URL": ""}
    done = subprocess.run(
        ["make", "site"], cwd=pages, env=environment, capture_output=True, text=True
    )
    assert done.returncode == 0, done.stdout + done.stderr
    code = "import grader; print(grader.__file__)"
    asked = [pages / ".venv" / "bin" / "python", "-P", "-c", code]
    used = subprocess.run(asked, env=environment, capture_output=True, text=True, check=True)
    assert Path(used.stdout.strip()).is_relative_to(pages / ".venv")
    assert not (pages / "grader").exists()
    site = pages / "build" / "site"
    for page in ("telescope.html", "en/the-sink.html"):
        assert "<figure" in (site / page).read_text(encoding="utf-8")
    for page in ("index.html", "en/index.html"):
        assert 'class="home-wall' in (site / page).read_text(encoding="utf-8")
    assert (site / "notebooks" / wheel_name()).read_bytes() == wheel_bytes()
    assert len(list((site / "en" / "notebooks").glob("*.ipynb"))) == len(
        list((ROOT / "exercises").glob("*/questions.toml"))
    )


def test_a_notebook_is_made_anew_when_the_package_changes_wherever_it_is_installed(
    tmp_path, monkeypatch
):
    from attention_views import notebooks

    installed = tmp_path / "grader"
    (installed / "course").mkdir(parents=True)
    (installed / "course" / "notebooks.py").write_text("1")
    monkeypatch.setattr(importlib.resources, "files", lambda name: installed)
    before = notebooks._digest(tmp_path / "exercise")
    (installed / "course" / "notebooks.py").write_text("2")
    assert notebooks._digest(tmp_path / "exercise") != before
