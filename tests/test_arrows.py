"""Which part of the house may import which: the arrows of the architecture, held as data."""

import ast
from collections import Counter
from functools import cache
from graphlib import CycleError, TopologicalSorter
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent

MAY_IMPORT = {
    "grader.errors": set(),
    "grader.atomic": set(),
    "grader.recent": set(),
    "grader.extras": set(),
    "grader.bounded_json": set(),
    "grader.attention": {"grader.errors"},
    "grader.heads": {"grader.attention", "grader.errors"},
    "grader.network": {"grader.network", "grader.attention", "grader.errors"},
    "grader.models": {"grader.models", "grader.network", "grader.errors", "grader.extras"},
    "grader.words": {"grader.network"},
    "grader.capture": {
        "grader.words",
        "grader.attention",
        "grader.network",
        "grader.models",
        "grader.errors",
        "grader.atomic",
        "grader.recent",
        "grader",
    },
    "grader.generation": {
        "grader.words",
        "grader.attention",
        "grader.capture",
        "grader.network",
        "grader.errors",
    },
    "grader.decoder": {
        "grader.words",
        "grader.decoder",
        "grader.attention",
        "grader.capture",
        "grader.importance",
        "grader.network",
        "grader.errors",
    },
    "grader.setup_help": {"grader.models"},
    "grader.kept_model": {"grader.attention", "grader.capture", "grader.models"},
    "grader.plots": {"grader.plots", "grader.attention", "grader.errors"},
    "grader.qa": {"grader.qa", "grader.models", "grader.network", "grader.errors"},
    "grader.ranks": set(),
    "grader.importance": {
        "grader.attention",
        "grader.capture",
        "grader.network",
        "grader.ranks",
    },
    "grader.study": {
        "grader.extras",
        "grader.study",
        "grader.heads",
        "grader.attention",
        "grader.capture",
        "grader.network",
        "grader.errors",
        "grader",
    },
    "grader.ledger": {
        "grader.words",
        "grader.ledger",
        "grader.decoder",
        "grader.heads",
        "grader.attention",
        "grader.capture",
        "grader.models",
        "grader.importance",
        "grader.network",
        "grader.errors",
        "grader.atomic",
        "grader",
    },
    "grader.questions": {
        "grader.questions",
        "grader.recent",
        "grader.heads",
        "grader.ranks",
        "grader.attention",
        "grader.errors",
    },
    "grader.own_names": set(),
    "grader.tries": set(),
    "grader.process_defaults": set(),
    "grader.check": {
        "grader.kept_model",
        "grader.own_names",
        "grader.process_defaults",
        "grader.tries",
        "grader.setup_help",
        "grader.questions",
        "grader.capture",
        "grader.models",
        "grader.plots",
        "grader.attention",
        "grader.errors",
    },
    "grader.course": {
        "grader.extras",
        "grader.course",
        "grader.bounded_json",
        "grader.setup_help",
        "grader.questions",
        "grader.models",
        "grader.errors",
        "grader",
        "grader.atomic",
    },
    "grader.grading.version": {"grader"},
    "grader.grading.limits": set(),
    "grader.grading.sanitize": {"grader.grading.limits"},
    "grader.grading.kernels": {
        "grader",
        "grader.questions",
        "grader.capture",
        "grader.models",
        "grader.plots",
        "grader.attention",
        "grader.errors",
    },
    "grader.grading.intake": {
        "grader.bounded_json",
        "grader.grading.limits",
        "grader.grading.sanitize",
        "grader.questions",
        "grader.course",
        "grader.errors",
    },
    "grader.grading.run": {
        "grader.extras",
        "grader.bounded_json",
        "grader.grading.kernels",
        "grader.grading.limits",
        "grader.grading.sanitize",
        "grader.grading.version",
        "grader.questions",
        "grader.course",
        "grader.models",
        "grader.errors",
    },
    "grader.grading.grading": {
        "grader.grading.intake",
        "grader.grading.kernels",
        "grader.grading.limits",
        "grader.questions",
        "grader.course",
        "grader.capture",
        "grader.models",
    },
    "grader.grading.judge": {
        "grader.grading.grading",
        "grader.grading.intake",
        "grader.grading.run",
        "grader.grading.sanitize",
        "grader.questions",
        "grader.course",
    },
    "grader.grading.store": {
        "grader.grading.grading",
        "grader.grading.intake",
        "grader.grading.run",
        "grader.grading.version",
        "grader.questions",
        "grader.course",
        "grader.atomic",
        "grader.errors",
    },
    "grader.grading.pipeline": {
        "grader.grading.grading",
        "grader.grading.intake",
        "grader.grading.judge",
        "grader.grading.run",
        "grader.grading.store",
        "grader.questions",
        "grader.course",
        "grader.errors",
    },
    "grader.grading.batch": {
        "grader.grading.grading",
        "grader.grading.intake",
        "grader.grading.kernels",
        "grader.grading.limits",
        "grader.grading.pipeline",
        "grader.grading.run",
        "grader.grading.store",
        "grader.questions",
        "grader.course",
        "grader.errors",
    },
    "grader.grading.again": {
        "grader.grading.batch",
        "grader.grading.grading",
        "grader.grading.intake",
        "grader.grading.judge",
        "grader.grading.limits",
        "grader.grading.pipeline",
        "grader.grading.run",
        "grader.grading.store",
        "grader.grading.version",
        "grader.kept_model",
        "grader.questions",
        "grader.course",
        "grader.capture",
        "grader.errors",
    },
    "grader.grading.formgrader": {
        "grader.grading.sanitize",
        "grader.questions",
        "grader.course",
        "grader.errors",
    },
    "grader.grading.preprocessors": {
        "grader.grading.batch",
        "grader.grading.run",
        "grader.grading.sanitize",
        "grader.course",
    },
    "grader.grading": set(),
    "grader.doctor": {
        "grader.extras",
        "grader",
        "grader.grading.kernels",
        "grader.course",
        "grader.models",
        "grader.errors",
    },
    "grader.reports": {
        "grader.reports",
        "grader.grading.intake.changes",
        "grader.grading.sanitize.plain_text",
        "grader.grading.store",
        "grader.questions",
        "grader.course",
        "grader.plots",
        "grader.errors",
        "grader.atomic",
    },
    "grader.commands": {"grader"},
    "grader.cli": {"grader.commands", "grader.errors", "grader"},
    "attention_views": {
        "grader.extras",
        "attention_views",
        "grader.attention",
        "grader.capture",
        "grader.generation",
        "grader.models",
        "grader.plots",
        "grader.ledger",
        "grader.qa",
        "grader.course",
        "grader.errors",
        "grader.atomic",
    },
}
"""Module or package -> what it may import of ours; its own modules may import each other."""

RUN_TORCH = {"grader.models.hub", "grader.qa", "grader.grading.kernels.preload"}

HEAVY = {
    "torch": RUN_TORCH,
    "transformers": RUN_TORCH,
    "nbgrader": {"grader.course", "grader.grading"},
    "mkdocs": {"site.hooks"},
    "bertviz": {"attention_views", "grader.grading.kernels"},
    "distributed": {"grader.grading.run.cluster_worker", "grader.grading.run.cluster_relay"},
}
"""Heavy libraries and their only homes."""


@cache
def modules() -> dict[str, Path]:
    found = {}
    for base, package in ((ROOT, "grader"), (ROOT / "site", "attention_views")):
        for path in (base / package).rglob("*.py"):
            parts = path.relative_to(base).with_suffix("").parts
            found[".".join(parts[:-1] if parts[-1] == "__init__" else parts)] = path
    return found


def imports(text: str) -> set[str]:
    """Names that are imported anywhere in a module: at its top, in a function, for a checker."""
    names = set()
    for node in ast.walk(ast.parse(text)):
        if isinstance(node, ast.Import):
            names |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            inside = {f"{node.module}.{alias.name}" for alias in node.names}
            ours = inside & set(modules())
            names |= ours | ({node.module} if inside - ours else set())
    return names


@cache
def imports_of(module: str) -> frozenset[str]:
    return frozenset(imports(modules()[module].read_text(encoding="utf-8")))


def within(name: str, homes: set[str]) -> bool:
    return any(name == home or name.startswith(home + ".") for home in homes - {"grader"}) or (
        name == "grader" and "grader" in homes
    )


def home_of(module: str) -> str | None:
    """The longest name in `MAY_IMPORT` that a module is part of."""
    return max((home for home in MAY_IMPORT if within(module, {home})), key=len, default=None)


def circles(graph: dict[str, set[str]]) -> list[list[str]]:
    try:
        TopologicalSorter(graph).prepare()
    except CycleError as error:
        return [error.args[1]]
    return []


@pytest.mark.parametrize("module", sorted(set(modules()) - {"grader"}))
def test_a_module_imports_only_along_the_arrows(module):
    home = home_of(module)
    assert home, f"{module} has no entry in MAY_IMPORT; say what it may import."
    ours = {n for n in imports_of(module) if n.split(".")[0] in {"grader", "attention_views"}}
    if home != "grader.commands":
        wrong = {name for name in ours if not within(name, MAY_IMPORT[home] | {home})}
        assert not wrong, f"{module} imports {sorted(wrong)} against the arrows."


@pytest.mark.parametrize("module", sorted(modules()))
def test_a_heavy_library_stays_in_its_homes(module):
    for name in imports_of(module):
        homes = HEAVY.get(name.split(".")[0])
        assert homes is None or within(module, homes), f"{module} imports {name}."


def test_nothing_imports_tests():
    for module in modules():
        assert not {n for n in imports_of(module) if n.split(".")[0] in {"tests", "support"}}, (
            module
        )


def test_no_modules_import_each_other_in_a_circle_not_even_inside_functions():
    assert circles({module: set(imports_of(module)) - {module} for module in modules()}) == []


def test_no_packages_import_each_other_in_a_circle():
    homes = {module: home_of(module) or module for module in modules()}
    graph: dict[str, set[str]] = {}
    for module, home in homes.items():
        graph.setdefault(home, set()).update(homes[n] for n in imports_of(module) if n in homes)
    assert circles({home: others - {home} for home, others in graph.items()}) == []


def test_a_circle_would_be_found():
    text = "def late():\n    from grader.grading import pipeline\n"
    graph = {"grader.errors": imports(text), "grader.grading.pipeline": {"grader.errors"}}
    assert circles(graph)


def test_no_two_modules_share_a_name():
    ours = (m for m in modules() if m.startswith("grader."))
    names = Counter(m.rpartition(".")[2] for m in ours if modules()[m].stem != "__init__")
    assert [name for name, count in names.items() if count > 1] == []


def test_the_site_folder_is_no_package():
    assert not (ROOT / "site" / "__init__.py").exists()
