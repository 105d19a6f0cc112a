"""nbgrader in a process of its own: with its own kernels, or with ours by configuration alone."""

import hashlib
import json
import os
import subprocess
import sys
from importlib.metadata import version
from pathlib import Path

import pytest

from support.walls import wall, zygote

__all__ = ["wall", "zygote"]

HERE = Path(__file__).parent
BUILD = HERE.parent.parent / "build" / "conformance"
DRIVE = HERE / "drive.py"
LIBRARIES = (
    "nbgrader", "nbclient", "nbconvert", "nbformat", "jupyter_client", "ipykernel", "ipython",
    "pyzmq", "pytest", "sqlalchemy",
)  # fmt: skip
OURS = {"JUPYTER_DEFAULT_PROVISIONER_NAME": "confined"}
"""The whole of the change: jupyter_client then asks us for every kernel."""
SIDE_EFFECTS = "c = get_config()\nc.ConfinedProvisioner.keep_files = True\n"
"""nbgrader wants to find what a notebook wrote; our kernels write into a folder of their own."""


@pytest.fixture(scope="module")
def nbgrader(tmp_path_factory):
    """Return a function that drives nbgrader with its own kernels, or with ours."""

    def run(what: str, folder: Path, *, confined: bool = False, options=(), commands=()):
        """Run its tests with `options`, or `commands`, in `folder`; return what was written down.

        Failing tests are the caller's to judge; a failing command fails.
        """
        private = tmp_path_factory.mktemp("private")
        (private / "nbgrader_config.py").write_text(SIDE_EFFECTS if confined else "")
        (private / "commands.json").write_text(json.dumps(list(commands)))
        out = private / "out.json"
        arguments = [*options] if what == "tests" else [str(private / "commands.json")]
        done = subprocess.run(
            [sys.executable, str(DRIVE), str(out), what, *arguments],
            env=environment(private, confined),
            cwd=folder, capture_output=True, text=True, timeout=1800,
        )  # fmt: skip
        said = f"{done.stdout[-3000:]}{done.stderr[-6000:]}"
        assert out.exists(), said
        assert what == "tests" or done.returncode == 0, said
        return json.loads(out.read_text())

    return run


def environment(private: Path, confined: bool) -> dict[str, str]:
    """Return an environment in which nobody's own configuration counts."""
    kept = {
        name: value
        for name, value in os.environ.items()
        if not name.startswith(("JUPYTER", "PYTEST", "NBGRADER", "IPYTHON"))
    }
    ours = {
        "JUPYTER_CONFIG_DIR": str(private),
        "IPYTHONDIR": str(private / "ipython"),
        # nbgrader looks there for alembic.
        "PATH": os.pathsep.join([str(Path(sys.executable).parent), os.environ["PATH"]]),
    }
    return kept | ours | (OURS if confined else {})


def remembered(name: str, about: list[Path], make, good) -> dict:
    """Return what stock nbgrader did, from build/ if the same libraries did it before.

    Args:
        name: of the file.
        about: files that the result depends on.
        make: runs stock nbgrader.
        good: whether a result may be kept; a bad day of the machine must excuse nobody later.
    """
    digest = hashlib.sha256(sys.version.encode())
    for library in LIBRARIES:
        digest.update(f"{library} {version(library)}\n".encode())
    for path in [DRIVE, *about]:
        digest.update(path.read_bytes())
    path = BUILD / f"{name}-{digest.hexdigest()[:16]}.json"
    if path.exists():
        return json.loads(path.read_text())
    made = make()
    if good(made):
        BUILD.mkdir(parents=True, exist_ok=True)
        path.write_text(json.dumps(made, indent=1) + "\n")
    return made


@pytest.fixture(scope="session")
def remember():
    """Hand out ``remembered``: a conftest cannot be imported."""
    return remembered
