"""Runs nbgrader in a process of its own, and writes down what happened: ``drive.py OUT.json ...``.

``drive.py OUT.json tests [OPTION...]`` runs nbgrader's own tests of `nbgrader autograde`, the
installed file; ``drive.py OUT.json commands COMMANDS.json`` runs nbgrader commands, lists of
arguments, until one fails. OUT.json then says how each test ended, and which provisioner started
how many kernels in each test or command: a run with our kernels would prove nothing if nbgrader had
quietly gone on with its own.
"""

import contextlib
import json
import sys
from collections import Counter
from pathlib import Path

SUITE = "nbgrader.tests.apps.test_nbgrader_autograde"

kernels: Counter[str] = Counter()
"""Provisioner -> kernels started since the last look."""


def count_kernels() -> None:
    """Count each kernel under the class that started it."""
    from jupyter_client.provisioning import LocalProvisioner

    from grader.grading.kernels.provisioner import ConfinedProvisioner

    for provisioner in (LocalProvisioner, ConfinedProvisioner):
        _count(provisioner, provisioner.launch_kernel)


def _count(provisioner: type, launch) -> None:
    async def launch_kernel(self, cmd, **kwargs):
        started = await launch(self, cmd, **kwargs)
        kernels[provisioner.__name__] += 1
        return started

    provisioner.launch_kernel = launch_kernel


class Recorder:
    """A pytest plugin: test -> how it ended and whose kernels it started."""

    def __init__(self):
        self.tests: dict[str, dict] = {}

    def pytest_runtest_logreport(self, report):
        """Keep the outcome of a test, and why it failed."""
        test = report.nodeid.split("::")[-1]
        known = self.tests.setdefault(test, {"outcome": "passed", "why": "", "kernels": {}})
        if report.outcome != "passed":
            known |= {"outcome": report.outcome, "why": report.longreprtext}
        known["kernels"] |= kernels
        if report.when == "teardown":
            kernels.clear()


def run_tests(options: list[str]) -> tuple[int, dict]:
    """Run nbgrader's tests; returns pytest's status, and what the recorder kept."""
    import pytest

    recorder = Recorder()
    quiet = ["-p", "no:cacheprovider", "-p", "no:xdist", "--quiet", "--disable-warnings"]
    status = pytest.main([*quiet, "--pyargs", SUITE, *options], plugins=[recorder])
    return int(status), recorder.tests


def run_commands(commands: list[list[str]]) -> tuple[int, list[dict[str, int]]]:
    """Run commands, each by a new app as nbgrader's tests do; returns status and kernels."""
    from jupyter_core.application import NoStart
    from nbgrader.apps.nbgraderapp import NbGraderApp

    started = []
    for command in commands:
        kernels.clear()
        app = NbGraderApp.instance()
        try:
            app.initialize(command)
            with contextlib.suppress(NoStart):  # said by a command whose subcommand has run
                app.start()
        except SystemExit as end:
            if end.code:
                return int(end.code), started
        finally:
            app.reset()
        started.append(dict(kernels))
    return 0, started


def main() -> int:
    """Run what is asked for; the exit status is nbgrader's or pytest's."""
    out, what, *arguments = sys.argv[1:]
    count_kernels()
    if what == "tests":
        status, told = run_tests(arguments)
    else:
        status, told = run_commands(json.loads(Path(arguments[0]).read_text()))
    Path(out).write_text(json.dumps(told, indent=1))
    return status


if __name__ == "__main__":
    sys.exit(main())
