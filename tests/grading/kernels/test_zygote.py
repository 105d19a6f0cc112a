"""The warm process starts clean, says why it cannot, and leaves nothing behind."""

import os
import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path
from types import SimpleNamespace
from typing import ClassVar

import numpy as np
import pytest

from grader.grading.kernels import CONFINED, STOCK, preload
from grader.grading.kernels.report import Ending
from grader.grading.kernels.zygote import (
    SOCKET_VARIABLE,
    ZygoteError,
    environment,
    warm,
    warming,
)
from grader.grading.run.sandbox import begin_kernels, kernels
from grader.models import find_model
from support.kernels import Notebook


def test_it_has_one_thread_when_it_is_ready(zygote):
    assert len(list(Path(f"/proc/{zygote.pid}/task").iterdir())) == 1


def test_its_socket_lies_in_a_folder_of_ours_alone(zygote):
    assert zygote.path.parent.stat().st_mode & 0o777 == 0o700


def test_it_starts_without_the_secrets_of_our_environment(monkeypatch):
    monkeypatch.setenv("CANVAS_TOKEN", "secret")
    assert "CANVAS_TOKEN" not in environment()


def test_no_exercise_and_no_grading_is_in_its_memory(kernel):
    code = "import sys; print(sorted(n for n in sys.modules if n.startswith('grader.')))"
    loaded = eval(kernel.run(code).stdout)
    for name in ("grader.course", "grader.reports", "grader.cli", "grader.grading.store.record"):
        assert not [module for module in loaded if module.startswith(name)]


def test_texts_that_it_read_in_advance_are_not_read_again(wall, monkeypatch):
    texts = ["too long " * 600, *(f"The cat saw dog {i}." for i in range(66))]
    with warm(texts=texts) as running, monkeypatch.context() as patch:
        patch.setenv(SOCKET_VARIABLE, str(running.path))
        with Notebook() as notebook:
            notebook.run("from grader.capture import capture, load_model; model = load_model()")
            read = "t = {!r}; capture(t, cache=None).weights is model.known[t, None].weights"
            assert notebook.run(read.format(texts[1])).text == "True"
            assert notebook.run(read.format(texts[-1])).text == "True"
            assert "KeyError" in notebook.run(read.format("The dog sat.")).error


@pytest.mark.parametrize("asked", [(), ("wave", "no_such_library")])
def test_libraries_are_imported_where_an_assignment_asks_for_them(wall, monkeypatch, asked):
    with warm(None, libraries=asked) as running, monkeypatch.context() as patch:
        patch.setenv(SOCKET_VARIABLE, str(running.path))
        with Notebook() as notebook:
            loaded = notebook.run("import sys; 'wave' in sys.modules").text
    assert loaded == str("wave" in asked)


def test_what_is_read_in_advance_is_as_much_as_there_is_room_for(monkeypatch):
    class Model:
        known: ClassVar[dict] = {}

        def attend(self, text, pair):
            return SimpleNamespace(weights=np.zeros(len(text), "u1"))

    monkeypatch.setattr("grader.capture.load_model", lambda name: Model())
    monkeypatch.setattr(preload, "MOST_KEPT", 9)
    preload.read_in_advance("any", ["four", "five", "six"])
    assert [text for text, _ in Model.known] == ["four", "five"]


def test_more_texts_than_one_message_holds_are_cut_short():
    with warm(None, [f"text {i}" for i in range(20_000)]) as running:
        assert running.ready_seconds > 0


def test_a_model_that_is_not_there_is_said_in_one_sentence():
    with pytest.raises(ZygoteError, match="no-such/model"), warm("no-such/model"):
        pass


def test_it_ends_with_its_block_and_takes_its_kernels_along(wall, monkeypatch):
    with warm(None) as running:
        monkeypatch.setenv(SOCKET_VARIABLE, str(running.path))
        notebook = Notebook()
        assert notebook.run("1").text == "1"
    assert not Path(f"/proc/{running.pid}").exists()
    assert not running.path.parent.exists()
    assert notebook.wait_for_end(5).ended == Ending.LOST
    assert notebook.provisioner.ending == "internal"
    notebook.close()


def test_one_that_was_begun_and_not_needed_ends_at_once():
    with warming(None) as begun:
        pid = begun.process.pid
    assert begun.process.returncode == -signal.SIGKILL
    assert not Path(f"/proc/{pid}").exists()
    assert not begun.path.parent.exists()


def test_one_whose_starter_is_gone_before_it_is_ready_ends_by_itself():
    with warming(None) as begun:
        begun.lifeline.close()
        assert begun.process.wait(60) == 0


def test_kernels_come_from_what_was_begun_before(wall, monkeypatch):
    monkeypatch.delenv(SOCKET_VARIABLE, raising=False)
    with begin_kernels(CONFINED) as begun, kernels(CONFINED, begun=begun):
        assert os.environ[SOCKET_VARIABLE] == str(begun.path)
        assert begun.zygote.pid == begun.process.pid
        with Notebook() as notebook:
            assert notebook.run("1").text == "1"
    assert not Path(f"/proc/{begun.zygote.pid}").exists()
    with begin_kernels(STOCK) as begun:
        assert begun is None


def test_it_ends_when_its_starter_is_killed(wall):
    script = (
        "import time\nfrom grader.grading.kernels.zygote import warm\n"
        "with warm(None) as z: print(z.pid, flush=True); time.sleep(60)"
    )
    env = os.environ | {"PYTHONPATH": os.pathsep.join(sys.path)}
    with subprocess.Popen([sys.executable, "-c", script], stdout=subprocess.PIPE, env=env) as own:
        pid = int(own.stdout.readline())
        own.send_signal(signal.SIGKILL)
    until = time.monotonic() + 5
    while Path(f"/proc/{pid}").exists():
        assert time.monotonic() < until
        time.sleep(0.05)


def test_nonsense_on_its_socket_stops_nobody(zygote):
    import socket

    for nonsense in (b"", b"{", b"{}", b"[1]", b'{"limits": {}}', b"\xff" * 1000):
        with socket.socket(socket.AF_UNIX, socket.SOCK_SEQPACKET) as worker:
            worker.connect(str(zygote.path))
            if nonsense:
                worker.send(nonsense)
    with Notebook() as notebook:
        assert notebook.run("1").text == "1"


def test_a_zygote_that_is_gone_is_said_so(monkeypatch, tmp_path):
    monkeypatch.setenv(SOCKET_VARIABLE, str(tmp_path / "gone"))
    with pytest.raises(ZygoteError, match="does not answer"):
        Notebook()


@pytest.mark.long
def test_a_model_that_lies_below_tmp_is_seen_although_tmp_is_the_kernels_own(
    wall, monkeypatch, tmp_path
):
    cache = tmp_path / "cache"
    assert cache.is_relative_to("/tmp")
    shutil.copytree(find_model().path, cache / "models" / "minilm")
    monkeypatch.setenv("SEEING_ATTENTION_CACHE", str(cache))
    (tmp_path / "submission").mkdir()
    with warm() as running:
        monkeypatch.setenv(SOCKET_VARIABLE, str(running.path))
        with Notebook(tmp_path / "submission") as notebook:
            weights = cache / "models" / "minilm" / "model.safetensors"
            shown = notebook.run(f"import os; print(os.listdir({str(cache / 'models')!r}))")
            assert shown.stdout == "['minilm']\n"
            assert "PermissionError" in notebook.run(f"open({str(weights)!r}, 'ab')").error
