"""How kernels start, end, and are accounted for."""

import contextlib
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import psutil
import pytest

from grader.grading.kernels import namespaces, new_root
from grader.grading.kernels.monitor import GRACE_SECONDS
from grader.grading.kernels.provisioner import KernelError
from grader.grading.kernels.report import Ending
from support.kernels import Notebook

MIB = 1024 * 1024


def test_a_kernel_that_is_shut_down_ended_because_it_was_asked(start):
    notebook = start()
    notebook.run("sum(range(10**6))")
    notebook.close()
    report = notebook.report
    assert report.ended == Ending.ASKED
    assert notebook.provisioner.ending is None
    assert 0 < report.cpu_seconds < 5
    assert report.max_rss_bytes > 100 * MIB
    assert report.wall_seconds > 0


@pytest.mark.parametrize(
    ("code", "ended", "outcome"),
    [
        ("import os; os._exit(3)", Ending.EXIT, "exit"),
        ("import os; os._exit(0)", Ending.EXIT, "exit"),
        ("import os; os.kill(os.getpid(), 9)", Ending.CRASH, "crash"),
        ("import os; os.kill(os.getpid(), 15)", Ending.CRASH, "crash"),
        ("import ctypes; ctypes.string_at(0)", Ending.CRASH, "crash"),
        ("import os; os.abort()", Ending.CRASH, "crash"),
        ("import os, signal; os.kill(os.getpid(), signal.SIGSTOP)", Ending.STOPPED, "stopped"),
    ],
)
def test_the_report_says_how_a_kernel_ended_itself(start, code, ended, outcome):
    notebook = start()
    notebook.run(code, timeout=10)
    report = notebook.wait_for_end(5)
    assert report.ended == ended
    assert notebook.provisioner.ending == outcome


def test_an_exit_code_is_reported(start):
    notebook = start()
    notebook.run("import os; os._exit(3)")
    assert notebook.wait_for_end().exit_code == 3


@pytest.mark.parametrize(
    ("limits", "code", "ended"),
    [
        ({"cpu_seconds": 3}, "while True: pass", Ending.CPU),
        (
            {"cpu_seconds": 3},
            "import os\nfor _ in range(3): os.fork()\nwhile True: pass",
            Ending.CPU,
        ),
        (
            {"cpu_seconds": 3},
            "import signal\nsignal.signal(signal.SIGXCPU, signal.SIG_IGN)\nwhile True: pass",
            Ending.CPU,
        ),
        ({"wall_seconds": 3}, "import time; time.sleep(60)", Ending.WALL),
        (
            {"memory_bytes": 300 * MIB},
            "import os, time\nfor _ in range(4):\n  if os.fork() == 0:\n    x = b'x' * (150 << 20);"
            " time.sleep(60)\ntime.sleep(60)",
            Ending.MEMORY,
        ),
        (
            {"memory_bytes": 100 * MIB, "disk_bytes": 400 * MIB},
            "for i in range(40): open(f'/tmp/{i}', 'wb').write(b'x' * (9 << 20))\n"
            "import time; time.sleep(60)",
            Ending.MEMORY,
        ),
    ],
)
def test_a_limit_that_is_passed_ends_a_kernel(start, limits, code, ended):
    notebook = start(**limits)
    notebook.run(code, timeout=60)
    assert notebook.wait_for_end(30).ended == ended
    assert notebook.provisioner.ending in {"time-out", "memory"}


def test_one_process_that_wants_too_much_memory_gets_a_memory_error(start):
    notebook = start(memory_bytes=300 * MIB)
    assert "MemoryError" in notebook.run("x = b'x' * (2 << 30)").error
    assert "alloc" in notebook.run("import torch; torch.ones(1 << 30)").error.lower()
    assert notebook.run("1").text == "1"


@pytest.mark.parametrize("number", [signal.SIGKILL, signal.SIGSTOP])
def test_a_guard_that_is_lost_is_its_notebooks_end_and_not_our_fault(start, zygote, number):
    before = {child.pid for child in psutil.Process(zygote.pid).children()}
    notebook = start(wall_seconds=4)
    [guard] = [c for c in psutil.Process(zygote.pid).children() if c.pid not in before]
    guard.send_signal(number)
    killed = number == signal.SIGKILL
    assert notebook.wait_for_end(4 + GRACE_SECONDS + 5).ended == (
        Ending.CRASH if killed else Ending.WALL
    )
    assert notebook.provisioner.ending == ("crash" if killed else "time-out")


def test_a_fork_bomb_ends_at_the_limit_of_processes(start):
    code = """
    import os, time
    count = 0
    try:
        while True:
            if os.fork() == 0: time.sleep(60); os._exit(0)
            count += 1
    except OSError as error: print(count, error.errno)
    """
    notebook = start(processes=40)
    shown = notebook.run(code)
    if os.geteuid() == 0 and not namespaces.started_as_root():  # a container's: see `usage`
        assert shown.died
        assert notebook.wait_for_end(5).ended == Ending.PROCESSES
        return
    count, number = map(int, shown.stdout.split())
    assert count < 40
    assert number == 11  # EAGAIN


def test_threads_end_at_the_same_limit(start):
    code = """
    import threading, time
    count = 0
    try:
        while True:
            threading.Thread(target=time.sleep, args=(60,), daemon=True).start()
            count += 1
    except RuntimeError as error: print(count, error)
    """
    notebook = start(processes=60)
    shown = notebook.run(code)
    if os.geteuid() == 0 and not namespaces.started_as_root():  # a container's: see `usage`
        assert shown.died
        assert notebook.wait_for_end(5).ended == Ending.PROCESSES
        return
    assert int(shown.stdout.split()[0]) < 60


def test_disk_and_files_are_limited(start):
    notebook = start(disk_bytes=20 * MIB, file_bytes=5 * MIB)
    assert "OSError" in notebook.run("open('a', 'wb').write(b'x' * (6 << 20))").error
    code = "for i in range(9): open(f'/tmp/{i}', 'wb').write(b'x' * (4 << 20))"
    assert "No space left" in notebook.run(code).error


def test_a_killed_kernel_leaves_no_process(start):
    notebook = start()
    marker = f"sleep {4000 + os.getpid() % 1000}"
    notebook.run(f"import subprocess; subprocess.Popen('setsid {marker} &', shell=True)")
    _wait_until(lambda: _running(marker))
    notebook.close()
    assert not _running(marker)


def test_the_end_of_a_worker_is_the_end_of_its_kernels(zygote, tmp_path):
    """A worker that is killed cannot shut anything down."""
    marker = f"sleep {5000 + os.getpid() % 1000}"
    script = (
        "from support.kernels import Notebook; import time\n"
        f'n = Notebook(); n.run("import subprocess; subprocess.Popen({marker.split()!r})")\n'
        "print('up', flush=True); time.sleep(60)"
    )
    env = os.environ | {"PYTHONPATH": os.pathsep.join(sys.path)}
    with subprocess.Popen(
        [sys.executable, "-c", script], stdout=subprocess.PIPE, env=env
    ) as worker:
        assert worker.stdout.readline() == b"up\n"
        _wait_until(lambda: _running(marker))
        worker.send_signal(signal.SIGKILL)
    _wait_until(lambda: not _running(marker))


def test_a_kernel_can_be_restarted(start):
    notebook = start()
    notebook.run("x = 1")
    notebook.manager.restart_kernel(now=True)
    notebook.client.wait_for_ready(timeout=30)
    assert "NameError" in notebook.run("x").error


def test_new_files_come_back_only_when_asked_for(start, tmp_path):
    (tmp_path / "given.txt").write_text("given")
    (tmp_path / "own.ipynb").write_text("{}")
    code = """
    import os
    open("new.txt", "w").write("new"); open("given.txt", "w").write("changed")
    open("own.ipynb", "w").write("changed"); open("more.ipynb", "w").write("new")
    os.mkdir("sub"); open("sub/deep.txt", "w").write("deep")
    os.symlink("/etc/passwd", "link")
    """
    for keep, expected in ((False, {"given.txt", "own.ipynb"}), (True, None)):
        notebook = start(keep_files=keep)
        assert not notebook.run(code).error
        notebook.close()
        found = {str(p.relative_to(tmp_path)) for p in tmp_path.rglob("*") if p.is_file()}
        assert found == (expected or {"given.txt", "own.ipynb", "new.txt", "sub/deep.txt"})
    assert (tmp_path / "given.txt").read_text() == "given"
    assert (tmp_path / "own.ipynb").read_text() == "{}"


def test_a_link_in_a_submission_brings_nothing_in(start, tmp_path):
    secret = tmp_path / "secret"
    secret.write_text("secret")
    folder = tmp_path / "submission"
    folder.mkdir()
    (folder / "link").symlink_to(secret)
    (folder / "folder").symlink_to(tmp_path)
    os.mkfifo(folder / "pipe")
    (folder / "plain").write_text("plain")
    assert start(folder).run("import os; os.listdir('.')").text == "['plain']"


def test_a_folder_that_does_not_fit_is_refused_with_a_sentence(start, tmp_path):
    (tmp_path / "big").write_bytes(b"x" * (12 * MIB))
    with pytest.raises(KernelError, match="holds more than"):
        start(disk_bytes=20 * MIB)


def test_a_kernel_of_another_language_is_refused(zygote):
    from jupyter_client.manager import KernelManager

    manager = KernelManager(kernel_name="python3")
    manager.kernel_spec.argv = ["bash", "-c", "true"]
    manager.kernel_spec.metadata = {"kernel_provisioner": {"provisioner_name": "confined"}}
    with pytest.raises(KernelError, match="only Python kernels"):
        manager.start_kernel()


def test_several_kernels_run_at_once(start):
    notebooks = [start() for _ in range(3)]
    assert [n.run(f"{i}").text for i, n in enumerate(notebooks)] == ["0", "1", "2"]


def test_without_a_shared_zygote_a_process_starts_its_own(wall, tmp_path):
    script = "from support.kernels import Notebook\nwith Notebook() as n: print(n.run('7').text)"
    env = {k: v for k, v in os.environ.items() if k != "SEEING_ATTENTION_ZYGOTE"}
    env["PYTHONPATH"] = os.pathsep.join(sys.path)
    done = subprocess.run(
        [sys.executable, "-c", script], capture_output=True, text=True, env=env, timeout=60
    )
    assert done.stdout == "7\n", done.stderr


def test_what_a_kernel_makes_lies_in_its_own_memory_and_not_on_the_disk(start, tmp_path):
    notebook = start(memory_bytes=300 * MIB)
    code = """
    import os, socket
    os.chdir("/run/sockets")
    count = 0
    try:
        while count < 25_000:
            with socket.socket(socket.AF_UNIX) as one: one.bind(f"s{count}")
            count += 1
    except OSError as error: print(count, error.errno)
    """
    count, number = map(int, notebook.run(code, timeout=60).stdout.split())
    assert count < new_root.SOCKETS_INODES
    assert number == 28  # ENOSPC
    assert notebook.run("1").text == "1"
    device = Path(notebook.manager.ip).parent.stat().st_dev
    assert device != Path(notebook.manager.connection_file).parent.stat().st_dev
    assert sorted(p.name for p in notebook.provisioner._box.iterdir()) == ["kernel.json", "root"]


def test_nothing_is_left_in_the_temporary_folder(zygote, tmp_path, monkeypatch):
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
    with Notebook() as notebook:
        notebook.run("open('/tmp/x', 'w').write('x')")
    assert list(tmp_path.iterdir()) == []


def _running(command: str) -> bool:
    wanted = command.replace(" ", "\0") + "\0"
    for process in Path("/proc").glob("[0-9]*"):
        with contextlib.suppress(OSError):
            if (process / "cmdline").read_text() == wanted:
                return True
    return False


def _wait_until(true, seconds=5):
    until = time.monotonic() + seconds
    while not true():
        assert time.monotonic() < until
        time.sleep(0.05)
