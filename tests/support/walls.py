"""Fixtures for tests that need confined kernels: one warm process for the whole session."""

import pytest

from grader.grading.kernels.confinement import missing
from grader.grading.kernels.zygote import SOCKET_VARIABLE, warm


@pytest.fixture(scope="session")
def wall():
    """Skip where this machine cannot confine kernels; says what it lacks."""
    problems = missing()
    if problems:
        pytest.skip("; ".join(f"{problem.what}: {problem.repair}" for problem in problems))


@pytest.fixture(scope="session")
def zygote(wall):
    """A warm process with the model, known to all provisioners by the environment."""
    with warm() as running, pytest.MonkeyPatch.context() as patch:
        patch.setenv(SOCKET_VARIABLE, str(running.path))
        yield running
