"""nbgrader's own tests of `nbgrader autograde`: what passes with stock passes with our kernels.

The file is the installed one, unmodified. Only configuration differs: an environment variable names
our provisioner, and one trait has it keep what a notebook wrote.
"""

import importlib.util
import json
from pathlib import Path

import pytest
from conformance.drive import SUITE

pytestmark = [pytest.mark.long, pytest.mark.xdist_group("conformance-autograde")]

EXPECTED = 40
"""Tests that pass with stock nbgrader 0.9.6; two more skip themselves."""
RESULT = Path(__file__).parent.parent.parent / "build" / "conformance" / "autograde.json"


def run(nbgrader, confined: bool, folder: Path) -> dict:
    (folder / "pytest.ini").write_text("[pytest]\n")  # else it would find that of this repository
    options = ("-c", "pytest.ini", "--rootdir", ".")
    return nbgrader("tests", folder, confined=confined, options=options)


def passed(tests: dict) -> set[str]:
    return {name for name, test in tests.items() if test["outcome"] == "passed"}


@pytest.fixture(scope="module")
def stock(nbgrader, remember, tmp_path_factory):
    return remember(
        "autograde-stock",
        [Path(importlib.util.find_spec(SUITE).origin)],
        lambda: run(nbgrader, False, tmp_path_factory.mktemp("stock")),
        lambda tests: len(passed(tests)) == EXPECTED,
    )


@pytest.fixture(scope="module")
def ours(nbgrader, zygote, stock, tmp_path_factory):
    tests = run(nbgrader, True, tmp_path_factory.mktemp("ours"))
    RESULT.parent.mkdir(parents=True, exist_ok=True)
    counts = {"stock": len(passed(stock)), "confined": len(passed(tests))}
    counts["kernels"] = sum(sum(test["kernels"].values()) for test in tests.values())
    RESULT.write_text(json.dumps(counts) + "\n")
    return tests


def test_stock_nbgrader_passes_its_own_tests_here(stock):
    failed = {name: test["why"] for name, test in stock.items() if test["outcome"] == "failed"}
    assert not failed
    assert len(passed(stock)) >= EXPECTED


def test_every_test_that_passes_with_stock_passes_with_our_kernels(stock, ours):
    lost = {name: ours.get(name, {}).get("why") for name in passed(stock) - passed(ours)}
    assert not lost


def test_our_kernels_ran_wherever_stock_ran_its_own(stock, ours):
    """Not one kernel more, not one less, and none but ours."""
    assert sum(sum(test["kernels"].values()) for test in stock.values()) > EXPECTED
    for name, test in stock.items():
        assert test["kernels"].keys() <= {"LocalProvisioner"}, name
        assert ours[name]["kernels"].keys() <= {"ConfinedProvisioner"}, name
        assert list(ours[name]["kernels"].values()) == list(test["kernels"].values()), name
