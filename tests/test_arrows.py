"""Which part of the house may import which: the arrows of the architecture, held as data."""

import ast
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent

MAY_IMPORT = {
    "grader.errors": set(),
    "grader.atomic": set(),
    "grader.attention": {"grader.errors"},
    "grader.heads": {"grader.attention", "grader.errors"},
    "grader.network": {"grader.network", "grader.attention", "grader.errors"},
    "grader.models": {"grader.models", "grader.network", "grader.errors"},
    "grader.capture": {
        "grader.attention",
        "grader.network",
        "grader.models",
        "grader.errors",
        "grader.atomic",
        "grader",
    },
    "grader.generation": {
        "grader.attention",
        "grader.capture",
        "grader.network",
        "grader.errors",
    },
    "grader.setup_help": {"grader.models"},
    "grader.kept_model": {"grader.attention", "grader.capture", "grader.models"},
    "grader.plots": {"grader.plots", "grader.attention", "grader.errors"},
    "grader.qa": {"grader.qa", "grader.models", "grader.network", "grader.errors"},
    "grader.importance": {"grader.attention", "grader.capture", "grader.network"},
    "grader.study": {
        "grader.study",
        "grader.heads",
        "grader.attention",
        "grader.capture",
        "grader.network",
        "grader.errors",
        "grader",
    },
    "grader.ledger": {
        "grader.ledger",
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
    "grader.questions": {"grader.questions", "grader.heads", "grader.attention", "grader.errors"},
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
        "grader.course",
        "grader.setup_help",
        "grader.questions",
        "grader.models",
        "grader.errors",
        "grader",
        "grader.atomic",
    },
    "grader.grading": {
        "grader.grading",
        "grader.kept_model",
        "grader.questions",
        "grader.course",
        "grader.capture",
        "grader.models",
        "grader.plots",
        "grader.attention",
        "grader.errors",
        "grader.atomic",
        "grader",
    },
    "grader.reports": {
        "grader.reports",
        "grader.grading.intake.changes",
        "grader.grading.store.blobs",
        "grader.grading.store.record",
        "grader.grading.store.decisions",
        "grader.grading.store.waiting",
        "grader.questions",
        "grader.course",
        "grader.plots",
        "grader.errors",
        "grader.atomic",
    },
    "grader.commands": {"grader"},
    "grader.cli": {"grader.commands", "grader.errors", "grader"},
    "attention_views": {
        "attention_views",
        "grader.attention",
        "grader.capture",
        "grader.models",
        "grader.plots",
        "grader.ledger",
        "grader.course",
        "grader.errors",
        "grader.atomic",
    },
}
"""Module or package -> what it may import of ours; a package may always import itself."""

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


def modules() -> dict[str, Path]:
    found = {}
    for base, package in ((ROOT, "grader"), (ROOT / "site", "attention_views")):
        for path in (base / package).rglob("*.py"):
            parts = path.relative_to(base).with_suffix("").parts
            found[".".join(parts[:-1] if parts[-1] == "__init__" else parts)] = path
    return found


def imports(path: Path) -> set[str]:
    names = set()
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.Import):
            names |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            names.add(node.module)
    return names


def within(name: str, homes: set[str]) -> bool:
    return any(name == home or name.startswith(home + ".") for home in homes - {"grader"}) or (
        name == "grader" and "grader" in homes
    )


def home_of(module: str) -> str | None:
    return next((home for home in MAY_IMPORT if within(module, {home})), None)


@pytest.mark.parametrize("module", sorted(set(modules()) - {"grader"}))
def test_a_module_imports_only_along_the_arrows(module):
    home = home_of(module)
    assert home, f"{module} has no entry in MAY_IMPORT; say what it may import."
    ours = {
        n for n in imports(modules()[module]) if n.split(".")[0] in {"grader", "attention_views"}
    }
    if home != "grader.commands":
        wrong = {name for name in ours if not within(name, MAY_IMPORT[home])}
        assert not wrong, f"{module} imports {sorted(wrong)} against the arrows."


@pytest.mark.parametrize("module", sorted(modules()))
def test_a_heavy_library_stays_in_its_homes(module):
    for name in imports(modules()[module]):
        homes = HEAVY.get(name.split(".")[0])
        assert homes is None or within(module, homes), f"{module} imports {name}."


def test_nothing_imports_tests():
    for module, path in modules().items():
        assert not {n for n in imports(path) if n.split(".")[0] in {"tests", "support"}}, module


def test_the_site_folder_is_no_package():
    assert not (ROOT / "site" / "__init__.py").exists()
