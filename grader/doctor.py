"""`grader doctor`: what this machine has, what is missing, and how to get it on this system."""

import importlib.util
import os
import shutil
import sys
from contextlib import suppress
from dataclasses import asdict, dataclass
from pathlib import Path

from grader.course.course import open_course
from grader.errors import GraderError
from grader.extras import install
from grader.models import find_model
from grader.models.known import cached_path

PYTHON = {
    "linux": "install Python 3.11 or newer: `sudo apt-get install python3.11-venv`, or from "
    "https://www.python.org/downloads/.",
    "darwin": "install Python 3.11 or newer: `brew install python@3.12`, or from "
    "https://www.python.org/downloads/.",
    "win32": "install Python 3.11 or newer: `winget install Python.Python.3.12`, or from "
    "https://www.python.org/downloads/.",
}
"""System -> where Python comes from."""

ELSEWHERE = {
    "darwin": "grade in a Linux container, for example `docker run -it -v .:/work -w /work "
    "--security-opt seccomp=unconfined --security-opt apparmor=unconfined python:3.12 bash`, or on "
    "a Linux machine; all else works here.",
    "win32": "grade in WSL 2: `wsl --install -d Ubuntu` in an administrator's PowerShell, then "
    "install Python and this package inside it; or in a Linux container. All else works here.",
}
"""System without the sandbox -> where to grade."""

PACKAGES = {
    "tokenizers": "",
    "matplotlib": "",
    "IPython": "",
    "nbgrader": "grading",
    "nbclient": "grading",
    "ipykernel": "grading",
    "nh3": "grading",
    "PIL": "grading",
    "torch": "hub",
    "transformers": "hub",
    "mkdocs": "site",
    "bertviz": "site",
}
"""What is imported -> the extra that brings it."""


@dataclass(frozen=True)
class Finding:
    """One thing looked for."""

    what: str
    ok: bool
    repair: str = ""
    optional: bool = False
    """Nothing fails without it but what it is for."""

    def to_json(self) -> dict:
        """Return it as plain data."""
        return asdict(self)


def examine(folder: Path, system: str = sys.platform) -> list[Finding]:
    """Look for all that a student or a grader needs, and at the course in `folder`.

    Args:
        folder: perhaps a course; then what grading needs is needed.
        system: ``linux``, ``darwin`` or ``win32``: whose repairs are told.
    """
    grades = (folder / "course.toml").exists()
    return [
        _python(system),
        _model(),
        *_packages(grades),
        _jupyter(),
        _kernel(grades),
        *_confinement(system),
        *_course(folder),
    ]


def _python(system: str) -> Finding:
    version = ".".join(map(str, sys.version_info[:3]))
    repair = PYTHON.get(system, PYTHON["linux"])
    return Finding(f"Python {version}", sys.version_info >= (3, 11), repair)


def _model() -> Finding:
    """Look where the model would be; to ask for it would fetch it."""
    path = cached_path("minilm")
    with suppress(GraderError):
        if path.is_dir():
            return Finding(f"the model minilm, in {find_model('minilm').path}", True)
    repair = "run `grader model`; offline, `grader model --from FOLDER` with a copy of it."
    return Finding("the model minilm", False, repair)


def _packages(grades: bool) -> list[Finding]:
    return [
        Finding(
            f"the package {name}" + (f" (for {extra})" if extra else ""),
            importlib.util.find_spec(name) is not None,
            f"run `{install(extra)}`.",
            optional=extra in ("hub", "site") or (extra == "grading" and not grades),
        )
        for name, extra in PACKAGES.items()
    ]


def _jupyter() -> Finding:
    found = any(importlib.util.find_spec(name) for name in ("jupyterlab", "notebook"))
    return Finding(
        "JupyterLab, to open notebooks in",
        found,
        "run `pip install jupyterlab`, or open notebooks in VS Code.",
        optional=True,
    )


def _kernel(grades: bool) -> Finding:
    try:
        from jupyter_client.kernelspec import KernelSpecManager

        found = "python3" in KernelSpecManager().find_kernel_specs()
    except ImportError:
        found = False
    repair = "run `pip install ipykernel`, then `python -m ipykernel install --sys-prefix`."
    return Finding("the kernel python3", found, repair, optional=not grades)


def _confinement(system: str) -> list[Finding]:
    what = "confined kernels (for grading)"
    if system in ELSEWHERE:
        return [Finding(what, False, ELSEWHERE[system], optional=True)]
    try:
        from grader.grading.kernels.confinement import missing

        problems = missing()
    except ImportError as error:
        return [Finding(what, False, f"{error}; run `{install('grading')}`.", optional=True)]
    if not problems:
        return [Finding(what, True), _counted()]
    return [Finding(f"{what}: {p.what}", False, p.repair, optional=True) for p in problems]


def _counted() -> Finding:
    """Say whether each kernel gets a cgroup here."""
    from grader.grading.kernels import cgroup

    groups = cgroup.groups()
    found = groups.take() is not None
    groups.remove()
    repair = (
        "as an ordinary user start commands with `systemd-run --user --scope`; as root make "
        "/sys/fs/cgroup writable. Without, less is counted: see the guide on confinement."
    )
    return Finding("cgroups, which count all that a notebook uses", found, repair, optional=True)


def _course(folder: Path) -> list[Finding]:
    if not (folder / "course.toml").exists():
        return []
    try:
        course = open_course(folder)
        course.students()
        course.secret()
    except GraderError as error:
        return [Finding("the course", False, str(error))]
    return [
        Finding(f"the course {course.course_id}, in {course.path}", True),
        _secret(course.path / "secret"),
        Finding(
            "alembic, which nbgrader runs",
            shutil.which("alembic", path=_path()) is not None,
            f"run `{install('grading')}`.",
        ),
    ]


def _secret(secret: Path) -> Finding:
    what = "its secret, readable by you alone"
    if os.name == "nt":
        return Finding(what, True)  # in the user's own folder Windows sees to that
    known = secret.stat()
    mine = known.st_mode & 0o077 == 0 and known.st_uid == os.geteuid()
    return Finding(what, mine, f"run `chmod 600 {secret}`.")


def _path() -> str:
    return os.pathsep.join([str(Path(sys.executable).parent), os.environ.get("PATH", "")])
