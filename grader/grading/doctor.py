"""`grader doctor`: what this machine has, what is missing, and how to get it."""

import importlib.util
import os
import shutil
import sys
from dataclasses import asdict, dataclass
from pathlib import Path

from grader.course.folder import open_course
from grader.errors import GraderError
from grader.models import find_model


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


def examine(folder: Path) -> list[Finding]:
    """Look for all that grading needs, and at the course in `folder`."""
    return [
        _python(),
        _model(),
        *_packages(),
        _kernel(),
        *_confinement(),
        *_course(folder),
    ]


def _python() -> Finding:
    version = ".".join(map(str, sys.version_info[:3]))
    return Finding(
        f"Python {version}", sys.version_info >= (3, 11), "install Python 3.11 or newer."
    )


def _model() -> Finding:
    try:
        found = find_model("minilm")
    except GraderError:
        return Finding("the model minilm", False, "run `grader model`.")
    return Finding(f"the model minilm, in {found.path}", True)


def _packages() -> list[Finding]:
    wanted = {
        "nbgrader": "grading",
        "nbclient": "grading",
        "nh3": "grading",
        "PIL": "grading",
        "mkdocs": "site",
        "bertviz": "site",
    }
    return [
        Finding(
            f"the package {name}",
            importlib.util.find_spec(name) is not None,
            f'run `pip install "seeing-attention[{extra}]"`.',
            optional=extra == "site",
        )
        for name, extra in wanted.items()
    ]


def _kernel() -> Finding:
    try:
        from jupyter_client.kernelspec import KernelSpecManager

        found = "python3" in KernelSpecManager().find_kernel_specs()
    except ImportError:
        found = False
    return Finding("the kernel python3", found, "run `python -m ipykernel install --sys-prefix`.")


def _confinement() -> list[Finding]:
    if not sys.platform.startswith("linux"):
        return [Finding("confined kernels", False, "they need Linux.", optional=True)]
    try:
        from grader.grading.kernels.confinement import missing
    except ImportError:
        return []
    problems = missing()
    if not problems:
        return [Finding("confined kernels", True)]
    return [Finding(p.what, False, p.repair, optional=True) for p in problems]


def _course(folder: Path) -> list[Finding]:
    if not (folder / "course.toml").exists():
        return []
    try:
        course = open_course(folder)
        course.students()
        course.secret()
    except GraderError as error:
        return [Finding("the course", False, str(error))]
    secret = course.path / "secret"
    return [
        Finding(f"the course {course.course_id}, in {course.path}", True),
        Finding(
            "its secret, readable by you alone",
            secret.stat().st_mode & 0o077 == 0 and secret.stat().st_uid == os.geteuid(),
            f"run `chmod 600 {secret}`.",
        ),
        Finding(
            "alembic, which nbgrader runs",
            shutil.which("alembic", path=_path()) is not None,
            'run `pip install "seeing-attention[grading]"`.',
        ),
    ]


def _path() -> str:
    return os.pathsep.join([str(Path(sys.executable).parent), os.environ.get("PATH", "")])
