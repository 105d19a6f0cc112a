"""The grader's version: its number, and a hash of all that decides a grade.

What decides a grade is not listed here but derived: every module that a judge, a kernel or the way
into it can reach by imports, wherever these stand, and the tables beside them.
"""

import hashlib
import re
from collections.abc import Mapping
from functools import cache
from pathlib import Path

import grader

ROOTS = (
    "grader.grading.judge.graded_notebooks",  # verdicts, and the points of in-kernel tests
    "grader.capture",  # the model that answers are held to
    "grader.grading.intake.submission",  # which file is meant, and what of it runs
    "grader.grading.intake.origin",  # whose release it comes from
    "grader.grading.run.execute",  # how a notebook runs
    "grader.grading.kernels.serve",  # a program of its own: nothing imports it
    "grader.check",  # what a check cell records, inside the kernel
)
"""Where a grade comes from; what these import decides it, too."""

_TEXT = re.compile(r"(\"{3}|'{3}).*?\1", re.DOTALL)
_IMPORT = re.compile(
    r"^[ \t]*(?:from[ \t]+(grader[\w.]*)[ \t]+import[ \t]+(\([^)]*\)|[^\n#]+)"
    r"|import[ \t]+(grader[\w.]*))",
    re.MULTILINE,
)


@cache
def grader_version() -> str:
    """Return version and hash of what decides a grade, e.g. ``0.1.0+3f2a...``."""
    return f"{grader.__version__}+{deciding_hash(read_package(Path(grader.__file__).parent))}"


def read_package(root: Path) -> dict[str, bytes]:
    """Return modules and tables of a package folder: path in it -> bytes."""
    paths = (path for suffix in ("py", "toml") for path in root.rglob(f"*.{suffix}"))
    return {path.relative_to(root).as_posix(): path.read_bytes() for path in paths}


def deciding_hash(files: Mapping[str, bytes]) -> str:
    """Return one hash of those of a package's files that decide a grade."""
    digest = hashlib.sha256()
    for path in deciding_files(files):
        digest.update(f"{path}\0".encode() + files[path] + b"\0")
    return digest.hexdigest()[:16]


def deciding_files(files: Mapping[str, bytes]) -> list[str]:
    """Return what decides a grade: the modules reached from `ROOTS`, and the tables beside them.

    Args:
        files: as `read_package` gives them.
    """
    paths = {_module(path): path for path in files if path.endswith(".py")}
    reached: set[str] = set()
    ahead = list(ROOTS)
    while ahead:
        module = ahead.pop()
        if module in paths and module not in reached:
            reached.add(module)
            parent = module.rpartition(".")[0]  # runs first, whoever imports the module
            ahead += [parent, *imported(files[paths[module]].decode())]
    modules = {paths[module] for module in reached}
    folders = {path.rpartition("/")[0] for path in modules}
    tables = {p for p in files if p.endswith(".toml") and p.rpartition("/")[0] in folders}
    return sorted(modules | tables)


@cache
def imported(source: str) -> frozenset[str]:
    """Return what a module imports of this package: names of modules, and of what is in them.

    Read line by line: to parse the whole package would take a second of every command.
    """
    names: set[str] = set()
    for package, inside, module in _IMPORT.findall(_TEXT.sub("", source)):
        if module:
            names.add(module)
            continue
        words = (one.split()[0] for one in inside.strip("()").split(",") if one.strip())
        names |= {package, *(f"{package}.{word}" for word in words)}
    return frozenset(names)


def _module(path: str) -> str:
    parts = ["grader", *path.removesuffix(".py").split("/")]
    return ".".join(parts[:-1] if parts[-1] == "__init__" else parts)
