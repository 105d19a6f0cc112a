"""What every test stands on: one thread, no hub, and no silent skip where all must be there."""

import os
from pathlib import Path

import pytest

os.environ.setdefault("OMP_NUM_THREADS", "1")
os.environ.setdefault("TOKENIZERS_PARALLELISM", "false")
os.environ["HF_HUB_OFFLINE"] = "1"

pytest_plugins = ["support.built_site", "support.chromium", "support.firefox"]

BROWSER = Path(__file__).parent / "browser"

skipped = []


@pytest.hookimpl(tryfirst=True)  # xdist reads the groups in the same hook
def pytest_collection_modifyitems(config, items):
    """Keep a file on one worker, and all browser tests: what tests share is made once."""
    if not config.pluginmanager.hasplugin("xdist"):
        return
    for item in items:
        if not item.get_closest_marker("xdist_group"):
            group = BROWSER if BROWSER in item.path.parents else item.path
            item.add_marker(pytest.mark.xdist_group(str(group)))


def pytest_make_parametrize_id(val):
    """Name a long text by its beginning: workers send each other every name, many times."""
    if isinstance(val, str | bytes) and len(val) > 80:
        return f"{val[:40]!a} and {len(val) - 40} more"
    return None


def pytest_runtest_logreport(report):
    # what a browser's driver cannot do, no installation adds
    by_driver = "driver" in str(report.longrepr) if report.skipped else False
    if report.skipped and not hasattr(report, "wasxfail") and not by_driver:
        skipped.append(report.nodeid)


def pytest_sessionfinish(session):
    """Fail where SEEING_ATTENTION_NO_SKIPS is set: there every tool is installed."""
    on_worker = hasattr(session.config, "workerinput")
    if skipped and os.environ.get("SEEING_ATTENTION_NO_SKIPS") and not on_worker:
        session.exitstatus = 1


def pytest_terminal_summary(terminalreporter):
    if skipped and os.environ.get("SEEING_ATTENTION_NO_SKIPS"):
        terminalreporter.write_line(
            f"{len(skipped)} skipped, and here nothing may be: {', '.join(skipped)}", red=True
        )
