"""A kernel to talk to, from the session's one warm process."""

import pytest

from support.kernels import Notebook
from support.walls import wall, zygote

__all__ = ["wall", "zygote"]


@pytest.fixture(scope="module")
def kernel(zygote, tmp_path_factory):
    """One confined kernel for a module's tests that only look."""
    folder = tmp_path_factory.mktemp("submission")
    (folder / "beside.txt").write_text("beside")
    with Notebook(folder) as notebook:
        yield notebook


@pytest.fixture
def start(zygote, tmp_path):
    """Start kernels that are ended with the test."""
    running = []

    def start(folder=tmp_path, **limits):
        running.append(Notebook(folder, **limits))
        return running[-1]

    yield start
    for notebook in running:
        notebook.close()
