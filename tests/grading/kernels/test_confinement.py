"""The wall: what a kernel can see, write, reach and call."""

import contextlib
import os
import subprocess
import sys
from pathlib import Path

import pytest

from grader.grading.kernels import confinement, libc, namespaces, new_root
from grader.grading.kernels.confinement import Problem, missing
from support.unprivileged import ROOT


def test_this_machine_can_confine():
    """Where it cannot, this fails; the tests that need kernels are skipped with the repair."""
    assert missing() == []


def test_where_the_wall_cannot_be_built_the_repair_is_named(monkeypatch):
    monkeypatch.setattr(sys, "platform", "darwin")
    (problem,) = missing()
    assert "Linux" in problem.what
    assert "Linux" in problem.repair


def test_a_trial_that_says_nothing_is_a_problem_too(monkeypatch):
    class Silent:
        stdout, stderr = "", "Traceback\nValueError: no\n"

    monkeypatch.setattr(confinement.subprocess, "run", lambda *_, **__: Silent)
    assert missing() == [
        Problem("the trial of the confinement ended badly: ValueError: no", "report this")
    ]


@pytest.mark.parametrize(
    ("name", "what"),
    [
        ("seccomp", "libseccomp"),
        ("landlock", "Landlock"),
        ("namespaces", "namespaces"),
        ("new_root", "sandbox"),
    ],
)
def test_each_thing_that_is_missing_is_named_with_its_repair(name, what):
    script = f"""
import errno, json
from grader.grading.kernels import landlock, namespaces, new_root, seccomp, trial
def fail(*_, **__): raise {{"seccomp": seccomp.FilterMissing("no libseccomp.so.2")}}.get(
    {name!r}, OSError(errno.EPERM, "Operation not permitted"))
{{"seccomp": lambda: setattr(seccomp, "build_filter", fail),
  "landlock": lambda: setattr(landlock, "supported", lambda: False),
  "namespaces": lambda: setattr(namespaces, "fork", fail),
  "new_root": lambda: setattr(new_root, "build", fail)}}[{name!r}]()
trial.main()
"""
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True)
    assert what in done.stdout, done
    assert "repair" in done.stdout


def test_it_sees_the_system_python_and_its_own_folder_only(kernel):
    shown = kernel.run("import os; print(sorted(os.listdir('/')))").stdout
    first = Path(sys.prefix).parts[1]
    known = {"bin", "dev", "etc", "home", "lib", "lib32", "lib64", "nix", "proc", "run", "sbin"}
    known |= {"sys", "tmp", "usr", first, Path(sys.base_prefix).parts[1], ROOT.parts[1], "root"}
    assert set(eval(shown)) <= known


def test_of_the_repository_it_sees_the_package_alone(kernel):
    code = f"import os; print(os.listdir({str(ROOT)!r}))"
    allowed = {"grader", Path(sys.prefix).name} if ROOT in Path(sys.prefix).parents else {"grader"}
    assert set(eval(kernel.run(code).stdout)) <= allowed


@pytest.mark.parametrize(
    "path",
    [
        str(ROOT / "exercises"),
        str(ROOT / "pyproject.toml"),
        "/etc/shadow",
        "/etc/hostname",
        "/root/.ssh",
        "/var",
        "/proc/1/root",
        "/sys/fs",
        "/dev/vda",
        "/dev/kmsg",
        "/dev/mem",
    ],
)
def test_the_rest_of_the_machine_does_not_exist(kernel, path):
    code = f"try: print(open({path!r}).read(1))\nexcept OSError as error: print(error.errno)"
    assert kernel.run(code).stdout in {"2\n", "13\n", "1\n"}


def test_etc_knows_one_user_and_no_secrets(kernel):
    assert kernel.run("!cut -d: -f1 /etc/passwd").stdout.split() == ["student"]


@pytest.mark.parametrize(
    "folder",
    ["/", "/etc", "/usr", "/run", "/dev", "/proc/self", sys.prefix, str(ROOT / "grader"), "/home"],
)
def test_it_writes_nowhere_else(kernel, folder):
    code = f"try: open({folder!r} + '/planted', 'w')\nexcept OSError as error: print(error.errno)"
    assert kernel.run(code).stdout.strip() in {"30", "13", "2", "1"}


def test_the_folder_of_its_sockets_takes_sockets_only(kernel):
    code = """
    import os
    for make in (lambda: open("/run/sockets/x", "w"), lambda: os.mkdir("/run/sockets/d"),
                 lambda: os.symlink("/etc/passwd", "/run/sockets/l"),
                 lambda: os.mkfifo("/run/sockets/p"), lambda: os.link("/tmp/a", "/run/sockets/h")):
        try: open("/tmp/a", "w"); make(); print("made")
        except OSError as error: print(error.errno)
    """
    assert set(kernel.run(code).stdout.split()) <= {"13", "18", "1", "30"}


def test_it_sees_no_processes_but_its_own(kernel):
    code = "import os; print(max(int(n) for n in os.listdir('/proc') if n.isdecimal()) < 400)"
    assert kernel.run(code).stdout == "True\n"
    assert "pytest" not in kernel.run("!cat /proc/*/cmdline").stdout


def test_it_has_no_rights_and_cannot_get_any(kernel):
    status = kernel.run("print(open('/proc/self/status').read())").stdout
    fields = dict(line.split(":\t", 1) for line in status.splitlines() if ":\t" in line)
    for name in ("CapInh", "CapPrm", "CapEff", "CapBnd", "CapAmb"):
        assert int(fields[name], 16) == 0
    assert fields["NoNewPrivs"] == "1"
    assert fields["Seccomp"] == "2"
    assert set(fields["Uid"].split()) != {"0"}


@pytest.mark.parametrize(
    ("call", "arguments"),
    [
        ("unshare", (0x10000000,)),
        ("setns", (0, 0)),
        ("mount", (b"a", b"/tmp", b"tmpfs", 0, None)),
        ("umount2", (b"/tmp", 2)),
        ("ptrace", (16, 1, 0, 0)),
        ("chroot", (b"/tmp",)),
        ("sethostname", (b"a", 1)),
        ("bpf", None),
        ("io_uring_setup", None),
        ("userfaultfd", None),
        ("perf_event_open", None),
        ("keyctl", None),
        ("memfd_create", None),
        ("shmget", None),
        ("process_vm_readv", None),
        ("pidfd_getfd", None),
        ("open_by_handle_at", None),
        ("kexec_load", None),
        ("inotify_init", None),
        ("inotify_init1", None),
        ("vmsplice", None),
        ("splice", None),
        ("tee", None),
        ("process_madvise", None),
        ("process_mrelease", None),
        ("migrate_pages", None),
        ("move_pages", None),
    ],
)
def test_dangerous_calls_are_refused(kernel, call, arguments):
    import pyseccomp

    number = pyseccomp.resolve_syscall(pyseccomp.system_arch(), call)
    code = f"""
    import ctypes
    libc = ctypes.CDLL(None, use_errno=True)
    print(libc.syscall({number}, *{arguments or (0, 0, 0, 0, 0)}), ctypes.get_errno())
    """
    assert kernel.run(code).stdout in {"-1 1\n", "-1 38\n"}


ON_PID_1 = """
import ctypes, os, resource
libc = ctypes.CDLL(None, use_errno=True)
libc.syscall.argtypes = [ctypes.c_long] * 7
numbers = {numbers}
def state():
    stat = open("/proc/1/stat").read().rpartition(")")[2].split()[15:17]
    ioprio = libc.syscall(numbers["ioprio_get"], 1, 1, 0, 0, 0, 0)
    limits = open("/proc/1/limits").read()
    return stat, os.sched_getscheduler(1), os.sched_getaffinity(1), ioprio, limits
before = state()
def call(name, *arguments):
    return libc.syscall(numbers[name], *[*arguments, 0, 0, 0, 0, 0, 0][:6])
two = ctypes.addressof((ctypes.c_uint64 * 2)(7, 7))
none = ctypes.addressof((ctypes.c_int32 * 1)(0))
mask = ctypes.addressof((ctypes.c_uint64 * 1)(1))
attributes = ctypes.addressof((ctypes.c_uint32 * 12)(48, 3, 0, 0, 15))
for one in (1, 1 | 1 << 32):
    call("prlimit64", one, 7, two)
    call("sched_setscheduler", one, 3, none)
    call("sched_setparam", one, none)
    call("sched_setattr", one, attributes)
    call("sched_setaffinity", one, 8, mask)
    call("setpriority", 0, one, 15)
    call("setpriority", 1 << 32, one, 15)
    call("ioprio_set", 1, one, 3 << 13)
for user in (0, os.getuid()):
    call("setpriority", 2, user, 15)
    call("ioprio_set", 3, user, 3 << 13)
for group in (0, 1, os.getpgid(1)):
    call("setpriority", 1, group, 15)
    call("ioprio_set", 2, group, 3 << 13)
for number in range(1, 65):
    call("kill", 1, number)
    call("tgkill", 1, 1, number)
pidfd = os.pidfd_open(1)
for number in (2, 9, 15, 19):
    call("pidfd_send_signal", pidfd, number)
for name in ("oom_score_adj", "timerslack_ns", "autogroup", "coredump_filter", "sched", "comm",
             "clear_refs", "mem", "loginuid", "task/1/comm"):
    try:
        open("/proc/1/" + name, "w").write("19")
        print(name)
    except OSError:
        pass
print(state() == before, os.getppid())
"""


def test_no_call_changes_the_warden(start):
    """By its number, that number in a wider register, its user, its group, its files."""
    import pyseccomp

    names = (
        "prlimit64 sched_setscheduler sched_setparam sched_setattr sched_setaffinity setpriority "
    )
    names += "ioprio_set ioprio_get kill tgkill pidfd_send_signal"
    arch = pyseccomp.system_arch()
    numbers = {name: pyseccomp.resolve_syscall(arch, name) for name in names.split()}
    notebook = start()
    assert notebook.run(ON_PID_1.replace("{numbers}", str(numbers))).stdout == "True 1\n"
    assert notebook.run("1").text == "1"


def test_a_process_says_how_fast_it_may_be_itself(kernel):
    code = """
    import os, resource, subprocess, sys
    inside = "import os; os.nice(3); os.sched_setaffinity(0, os.sched_getaffinity(0)); "
    inside += "os.sched_setscheduler(0, os.SCHED_BATCH, os.sched_param(0)); "
    inside += "print(os.getpriority(os.PRIO_PROCESS, 0), os.sched_getscheduler(0))"
    print(subprocess.check_output([sys.executable, "-c", inside], text=True).strip())
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (soft, hard))
    """
    shown = kernel.run(code)
    slower = min(os.nice(0) + 3, 19)  # than these tests, which may be nice themselves
    assert shown.stdout == f"{slower} 3\n", shown
    assert not shown.error


def test_memory_that_no_process_need_show_cannot_be_had(kernel):
    code = """
    import mmap, os
    for flags in (mmap.MAP_SHARED, mmap.MAP_SHARED | 2, mmap.MAP_PRIVATE | 0x40000):
        try: mmap.mmap(-1, 4096, flags=flags | mmap.MAP_ANONYMOUS); print("made", flags)
        except OSError as error: print(error.errno)
    print(os.path.exists("/dev/zero"))
    """
    assert kernel.run(code).stdout == "1\n1\n1\nFalse\n"


def test_maps_that_programs_make_can_be_had(kernel):
    code = """
    import mmap, multiprocessing, multiprocessing.shared_memory, os
    mmap.mmap(-1, 4096, flags=mmap.MAP_PRIVATE | mmap.MAP_ANONYMOUS)[:2] = b"ok"
    shared = multiprocessing.shared_memory.SharedMemory(create=True, size=4096)
    shared.buf[:2] = b"ok"; shared.close(); shared.unlink()
    print(multiprocessing.Value("i", 3).value, multiprocessing.RawArray("d", 4)[0])
    with open("mapped", "wb+") as file:
        file.truncate(4096); mmap.mmap(file.fileno(), 4096)[:2] = b"ok"
    """
    shown = kernel.run(code)
    assert shown.stdout == "3 0.0\n", shown


def test_the_buffers_of_a_socket_stay_as_they_are(kernel):
    code = """
    import socket
    a, b = socket.socketpair()
    for option in (socket.SO_SNDBUF, socket.SO_RCVBUF):
        before = a.getsockopt(socket.SOL_SOCKET, option)
        a.setsockopt(socket.SOL_SOCKET, option, 1 << 22)
        print(a.getsockopt(socket.SOL_SOCKET, option) == before)
    a.setsockopt(socket.SOL_SOCKET, socket.SO_KEEPALIVE, 1)
    tcp = socket.socket(); tcp.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    tcp.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    """
    shown = kernel.run(code)
    assert shown.stdout == "True\nTrue\n", shown
    assert not shown.error


def test_no_core_is_dumped_to_whom_the_machine_hands_them(kernel):
    """A pipe gets one whatever the limit, unless it is 1 byte."""
    code = """
    import resource
    core, pending = resource.RLIMIT_CORE, resource.RLIMIT_SIGPENDING
    before = resource.getrlimit(core)
    resource.setrlimit(core, (0, 0))
    resource.setrlimit(pending, (700, 1024))
    print(before, resource.getrlimit(core), resource.getrlimit(pending))
    """
    shown = kernel.run(code)
    kept = {f"{core} {core} (700, 1024)\n" for core in ("(1, 1)", "(0, 0)")}
    assert shown.stdout in kept, shown


@pytest.mark.root
@pytest.mark.skipif(os.geteuid() != 0, reason="only root can give kernels users of their own")
def test_two_kernels_of_root_are_two_users(start):
    import psutil

    users = []
    for _ in range(2):
        notebook = start()
        notebook.run("import subprocess; subprocess.Popen(['sleep', '4711.%d' % len(__name__)])")
        assert notebook.run("import os; os.getuid()").text == "65534"
    for process in psutil.process_iter():
        with contextlib.suppress(psutil.Error):
            if process.cmdline()[1:] == ["4711.8"]:
                users.append(process.uids().real)
    assert len(set(users)) == 2
    assert min(users) >= namespaces.FIRST_UID


def test_terminals_are_the_kernels_own_few(kernel):
    code = """
    import os
    held = []
    try:
        while len(held) < 200: held += os.openpty()
    except OSError: pass
    print(len(held) // 2)
    for fd in held: os.close(fd)
    """
    assert 0 < int(kernel.run(code).stdout) <= new_root.TERMINALS


def test_a_namespace_cannot_be_cloned_either(kernel):
    code = """
    import ctypes
    libc = ctypes.CDLL(None, use_errno=True)
    print([libc.syscall(56, 0x10000000 | 17, 0, 0, 0, 0), libc.syscall(435, 0, 0)])
    """
    assert kernel.run(code).stdout == "[-1, -1]\n"


def test_only_families_of_sockets_that_stay_inside_exist(kernel):
    code = """
    import socket
    for family in (socket.AF_PACKET, socket.AF_VSOCK, socket.AF_ALG, socket.AF_CAN, 38, 44):
        try: socket.socket(family, socket.SOCK_RAW); print("made")
        except OSError as error: print(error.errno)
    """
    assert set(kernel.run(code).stdout.split()) <= {"38", "97", "22"}


def test_readable_folders_never_hold_one_another():
    folders = [Path(folder) for folder in new_root.readable_folders()]
    assert ROOT / "grader" in folders or any((ROOT / "grader").is_relative_to(f) for f in folders)
    assert ROOT not in folders
    for folder in folders:
        assert not any(folder != other and folder.is_relative_to(other) for other in folders)


def give_up_what_a_container_does_not_have():
    """Before a program starts: root without this right, as podman and docker start a container."""
    libc.prctl(libc.PR_CAPBSET_DROP, namespaces.CAP_SYS_ADMIN)


@pytest.mark.root
@pytest.mark.skipif(os.geteuid() != 0, reason="run as root to be a container's root")
def test_a_containers_root_opens_a_user_namespace_like_an_ordinary_user():
    code = (
        "from grader.grading.kernels import confinement, namespaces; import os;"
        "print(os.geteuid(), namespaces.started_as_root(), namespaces.kernel_user().inside[0],"
        " confinement.missing())"
    )
    done = subprocess.run(
        [sys.executable, "-c", code],
        capture_output=True,
        text=True,
        cwd=ROOT,
        preexec_fn=give_up_what_a_container_does_not_have,
    )
    assert done.stdout == "0 False 65534 []\n", done


@pytest.mark.root
@pytest.mark.skipif(os.geteuid() != 0, reason="run as root to be a container's root")
@pytest.mark.long
def test_all_of_this_holds_for_a_containers_root_too():
    command = [sys.executable, "-m", "pytest", "-q", "-p", "no:xdist"]
    env = os.environ | {"PYTHONPATH": os.pathsep.join([str(ROOT), str(ROOT / "tests")])}
    env.pop("SEEING_ATTENTION_ZYGOTE", None)
    done = subprocess.run(
        [*command, "-m", "not long and not root", str(Path(__file__).parent)],
        capture_output=True,
        text=True,
        env=env,
        cwd=ROOT,
        timeout=400,
        preexec_fn=give_up_what_a_container_does_not_have,
    )
    assert done.returncode == 0, done.stdout[-6000:]


@pytest.mark.skipif(os.geteuid() != 0, reason="run as root to become an ordinary user")
@pytest.mark.long
def test_all_of_this_holds_for_an_ordinary_user_too():
    here = Path(__file__).parent
    command = [sys.executable, "-m", "support.unprivileged", sys.executable, "-m", "pytest"]
    command += ["-q", "-p", "no:randomly", "-p", "no:xdist", "-m", "not long and not root"]
    env = os.environ | {"PYTHONPATH": os.pathsep.join([str(ROOT), str(ROOT / "tests")])}
    env.pop("SEEING_ATTENTION_ZYGOTE", None)
    done = subprocess.run(
        [*command, str(here)], capture_output=True, text=True, env=env, cwd=ROOT, timeout=400
    )
    assert done.returncode == 0, done.stdout[-6000:]
