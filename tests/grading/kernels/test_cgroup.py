"""What a notebook uses is counted by the machine, in one cgroup after the other."""

import os
import time
from pathlib import Path

import psutil
import pytest

from grader.grading.kernels import cgroup
from grader.grading.kernels.cgroup import V1, V2, Group, Groups
from grader.grading.kernels.report import Ending
from grader.grading.kernels.zygote import SOCKET_VARIABLE, warm
from grader.grading.run.execute import run_job
from support.engines import job_of
from support.forks import forked
from support.kernels import Notebook

MIB = 1 << 20


@pytest.fixture
def trees(tmp_path):
    """Write what /proc says, and return it as the arguments of `groups`."""

    def write(cgroups: str, mounts: str) -> tuple[str, str]:
        paths = tmp_path / "cgroup", tmp_path / "mountinfo"
        for path, text in zip(paths, (cgroups, mounts), strict=True):
            path.write_text(text.replace("HERE", str(tmp_path)))
        return tuple(map(str, paths))

    return write


def folders(found: Groups, root: Path) -> list[str]:
    return [str(parent.relative_to(root)) for parent in found._parents]


def test_of_version_1_each_controller_has_its_own_folder(trees, tmp_path):
    told = trees(
        "4:memory:/batch/x\n2:cpu,cpuacct:/\n1:name=systemd:/\n0::/batch/x\n",
        "30 20 0:26 / HERE/memory rw - cgroup cgroup rw,memory\n"
        "31 20 0:27 / HERE/cpu rw - cgroup cgroup rw,cpu,cpuacct\n"
        "32 20 0:28 / HERE/unified rw - cgroup2 cgroup2 rw\n",
    )
    found = cgroup.groups(*told)
    assert folders(found, tmp_path) == ["memory/batch/x", "cpu"]
    assert found._version == V1


def test_of_version_2_it_is_the_nearest_folder_above_that_limits_memory(trees, tmp_path):
    told = trees("0::/user/app/run\n", "32 20 0:28 / HERE/cg rw - cgroup2 cgroup2 rw\n")
    (tmp_path / "cg/user/app/run").mkdir(parents=True)
    (tmp_path / "cg/user/app/cgroup.subtree_control").write_text("pids\n")
    (tmp_path / "cg/user/cgroup.subtree_control").write_text("cpu memory pids\n")
    found = cgroup.groups(*told)
    assert folders(found, tmp_path) == ["cg/user"]
    assert found._version == V2


def test_what_a_container_shows_of_the_tree_is_found_by_its_own_name(trees, tmp_path):
    told = trees("0::/box/in\n", "32 20 0:28 /box HERE/cg rw - cgroup2 cgroup2 rw\n")
    (tmp_path / "cg/in").mkdir(parents=True)
    (tmp_path / "cg/cgroup.subtree_control").write_text("memory\n")
    assert folders(cgroup.groups(*told), tmp_path) == ["cg"]


@pytest.mark.parametrize(
    ("cgroups", "mounts"),
    [
        ("", ""),
        ("0::/\n", "32 20 0:28 / HERE/cg rw - cgroup2 cgroup2 rw\n"),
        ("4:memory:/\n", "30 20 0:26 / HERE/memory rw - cgroup cgroup rw,memory\n"),
    ],
)
def test_where_there_are_none_there_are_none_to_take(trees, cgroups, mounts):
    assert cgroup.groups(*trees(cgroups, mounts)).take() is None


def test_a_machine_without_cgroups_has_none():
    assert cgroup.groups("/no/such", "/no/such").take() is None


def test_where_no_folder_can_be_made_there_is_none_to_take(tmp_path):
    assert Groups((tmp_path / "gone",), V2).take() is None


def test_one_that_was_given_back_is_taken_again(tmp_path):
    groups = Groups((tmp_path,), V2)
    first, second = groups.take(), groups.take()
    assert first.folders != second.folders
    groups.give_back(first)
    assert groups.take().folders == first.folders
    groups.give_back(None)
    groups.remove()
    assert list(tmp_path.iterdir()) == []


def test_what_a_killed_zygote_left_is_removed(tmp_path):
    pid = forked(lambda: None)
    os.waitpid(pid, 0)
    (tmp_path / f"seeing-attention-{pid}-0").mkdir()
    (tmp_path / f"seeing-attention-{os.getppid()}-0").mkdir()
    Groups((tmp_path,), V2)
    assert [path.name for path in tmp_path.iterdir()] == [f"seeing-attention-{os.getppid()}-0"]


def test_time_and_killed_processes_are_read_as_each_version_writes_them(tmp_path):
    for version, time_of, events in (
        (V1, "{}000000000\n", "oom_kill_disable 0\nunder_oom 0\noom_kill {}\n"),
        (V2, "usage_usec {}000000\nuser_usec 5\n", "low 0\noom 9\noom_kill {}\n"),
    ):
        folder = tmp_path / version.limit
        folder.mkdir()

        def write(seconds, killed, folder=folder, version=version, time_of=time_of, events=events):
            (folder / version.time).write_text(time_of.format(seconds))
            (folder / version.events).write_text(events.format(killed))

        write(7, 1)
        (folder / version.join).touch()
        group = Group((folder,), version)
        group.limit(300 * MIB)
        assert (folder / version.limit).read_text() == str(300 * MIB)
        assert (group.cpu_seconds(), group.out_of_memory(0)) == (0, False)
        write(9, 2)
        assert (group.cpu_seconds(), group.out_of_memory(0)) == (2, True)


def of_this_machine() -> Groups:
    return cgroup.groups()


@pytest.fixture
def real():
    groups = of_this_machine()
    group = groups.take()
    if group is None:
        groups.remove()
        pytest.skip("no cgroup can be had here: run as root where /sys/fs/cgroup can be written")
    yield group
    groups.remove()


@pytest.mark.root
def test_the_time_of_a_child_counts_that_nobody_waited_for(real):
    real.limit(300 * MIB)

    def burn():
        until = time.process_time() + 0.2
        while time.process_time() < until:
            pass

    def leave_children():
        real.join()
        for _ in range(2):
            forked(lambda: forked(burn))

    os.waitpid(forked(leave_children), 0)
    until = time.monotonic() + 10
    while real.cpu_seconds() < 0.35 or (real.folders[0] / real.version.join).read_text():
        assert time.monotonic() < until
        time.sleep(0.05)


@pytest.mark.root
def test_what_is_over_the_limit_is_killed_by_the_machine(real):
    real.limit(50 * MIB)

    def take():
        real.join()
        held = bytearray(200 * MIB)
        held[::4096] = b"x" * len(held[::4096])

    _, status = os.waitpid(forked(take), 0)
    assert os.WTERMSIG(status) == 9
    assert real.out_of_memory(50 * MIB)


@pytest.mark.root
def test_a_kernel_that_is_killed_at_the_limit_ended_for_its_memory(start, real):
    notebook = start(memory_bytes=100 * MIB, disk_bytes=400 * MIB)
    code = "for i in range(40): open(f'/tmp/{i}', 'wb').write(b'x' * (9 << 20))"
    notebook.run(code, timeout=20)
    assert notebook.wait_for_end(5).ended == Ending.MEMORY
    assert notebook.provisioner.ending == "memory"


@pytest.mark.root
def test_what_a_kernel_held_is_free_when_it_has_ended_whoever_holds_its_sockets(
    start, real, zygote
):
    notebook = start()
    notebook.run("open('/tmp/large', 'wb').write(b'x' * (90 << 20)); open('y', 'w').write('y')")
    notebook.run("import os; os._exit(0)", timeout=5)
    notebook.wait_for_end(5)
    assert Path(notebook.manager.ip).parent.is_dir()
    ours = real.folders[0].parent.glob(f"{cgroup.NAME}-{zygote.pid}-*")
    used = [
        int((folder / name).read_text())
        for folder in ours
        for name in ("memory.usage_in_bytes", "memory.current")
        if (folder / name).exists()
    ]
    assert used
    assert max(used) < 80 * MIB


@pytest.mark.root
def test_a_zygote_leaves_no_cgroup_behind(wall, real, monkeypatch):
    with warm(None) as running:
        monkeypatch.setenv(SOCKET_VARIABLE, str(running.path))
        with Notebook() as notebook:
            assert notebook.run("1").text == "1"
        assert run_job(job_of("1 + 1")).left == ""
        [parent] = {folder.parent for folder in real.folders[:1]}
        engines = psutil.Process(running.pid).children()[0].pid
        made = [
            path for pid in (running.pid, engines) for path in parent.glob(f"{cgroup.NAME}-{pid}-*")
        ]
        assert len(made) == 2
    assert not [path for path in made if path.exists()]
