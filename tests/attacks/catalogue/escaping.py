"""Getting out: other processes, namespaces, and the calls that many a wall was broken with."""

from attacks.attack import TOOK, Attack, took


def escape(tries: str, code: str, **more) -> Attack:
    return Attack("escape", tries, code, more.pop("seen", took), **more)


def call(tries: str, number: int, arguments: str, **more) -> Attack:
    """A system call by number; the number is x86-64's, where others are refused as well."""
    return escape(
        tries,
        f"""
        import ctypes
        libc = ctypes.CDLL(None, use_errno=True)
        buffer = ctypes.create_string_buffer(b"\\0" * 256)
        if libc.syscall({number}, {arguments}) >= 0: print("{TOOK}")
        else: print(ctypes.get_errno())
        """,
        **more,
    )


IN_A_FORK = """
import ctypes, os
libc = ctypes.CDLL(None, use_errno=True)
ours, theirs = os.pipe()
if os.fork() == 0:
    {body}
    os.write(theirs, b"{took}" if got >= 0 else b"no"); os._exit(0)
os.close(theirs); print(os.read(ours, 100).decode()); os.wait()
"""


def forked(tries: str, body: str, **more) -> Attack:
    """A step that changes the process that takes it."""
    return escape(tries, IN_A_FORK.format(body=body, took=TOOK), **more)


def killed(world, shown) -> bool:
    from attacks.world import soon

    return soon(lambda: world.victim_state()["dead"] or world.victim_state()["stopped"], 0.5)


ESCAPING = [
    escape("by killing the grader", "import os; os.kill(<<victim>>, 9)", seen=killed),
    escape("by stopping the grader", "import os; os.kill(<<victim>>, 19)", seen=killed),
    escape(
        "by killing the grader through a descriptor",
        """
        import os, signal
        signal.pidfd_send_signal(os.pidfd_open(<<victim>>), 9)
        """,
        seen=killed,
    ),
    escape(
        "by slowing the grader down",
        "import os; os.setpriority(os.PRIO_PROCESS, <<victim>>, 15)",
        seen=lambda world, shown: world.victim_state()["nice"] == 15,
    ),
    escape(
        "by limiting the grader",
        "import resource; resource.prlimit(<<victim>>, resource.RLIMIT_NOFILE, (7, 7))",
        seen=lambda world, shown: " 7 " in world.victim_state()["limits"],
    ),
    escape(
        "by offering the grader to the machine when memory is short",
        "open('/proc/<<victim>>/oom_score_adj', 'w').write('777')",
        seen=lambda world, shown: world.victim_state()["oom"] == "777",
    ),
    escape(
        "by tracing the grader",
        f"""
        import ctypes, os
        libc = ctypes.CDLL(None, use_errno=True)
        if libc.ptrace(16, <<victim>>, 0, 0) == 0:
            os.waitpid(<<victim>>, 0x40000000); libc.ptrace(17, <<victim>>, 0, 0)
            print("{TOOK}")
        """,
    ),
    forked("into a user namespace", "got = libc.unshare(0x10000000)"),
    forked(
        "into a user namespace by clone",
        "got = libc.syscall(56, 0x10000000 | 17, 0, 0, 0, 0)\n    if got == 0: os._exit(0)",
    ),
    forked("into new mounts", "got = libc.unshare(0x10000000 | 0x20000)"),
    forked("into a new network", "got = libc.unshare(0x10000000 | 0x40000000)"),
    forked(
        "by mounting",
        "got = libc.unshare(0x10020000) or libc.mount(b'x', b'/tmp', b'tmpfs', 0, None)",
    ),
    forked("by changing the root", "got = libc.chroot(b'/')", needs_root=True),
    forked(
        "into the grader's mounts",
        "got = libc.setns(os.open('/proc/<<victim>>/ns/mnt', 0), 0)",
        needs_root=True,
    ),
    forked(
        "by naming the machine",
        "name = os.uname().nodename.encode(); got = libc.sethostname(name, len(name))",
        needs_root=True,
    ),
    call("by io_uring", 425, "4, buffer"),
    call("by userfaultfd", 323, "1"),
    call("by a key in the machine's keyring", 248, 'b"user", b"probe", b"x", 1, -3'),
    call(
        "by a BPF map",
        321,
        "0, ctypes.byref((ctypes.c_uint32 * 16)(2, 4, 4, 1)), 64",
        needs_root=True,
    ),
    call(
        "by watching the machine's counters",
        298,
        "ctypes.byref((ctypes.c_uint64 * 16)(128 << 32 | 1)), 0, -1, -1, 0",
        needs_root=True,
    ),
    call("by a message queue", 68, "0, 0o1600"),
    call("by an unshuffled address space", 135, "0x0040000"),
    call("by the machine's log", 103, "10, buffer, 256", needs_root=True),
    call("by a filesystem of its own", 430, 'b"tmpfs", 0', needs_root=True),
    call("by a copied mount", 428, '-100, b"/", 1', needs_root=True),
    call("by watching all files", 300, "0, 0", needs_root=True),
]
