"""Which system calls a kernel may make, by seccomp: a list of what is allowed.

A call on the list passes, one named in REFUSED fails with EPERM, and every other (also those that
no one has invented yet) with ENOSYS, which libraries take as "an older machine" and work around.

Taken: pyseccomp 0.1.2, which is libseccomp by ctypes. Its last release is of 2021 because
libseccomp's interface has not changed; libseccomp itself is kept, knows the numbers of each kind
of processor, and lies on every Debian, Ubuntu and Fedora. Left: a hand-assembled filter (numbers of
one processor only), python3-seccomp (only for Debian's own Python), seccompy 0.2.0 (too young).
"""

import errno
from functools import cache
from typing import Any

ALLOWED = """
accept accept4 access alarm arch_prctl bind brk capget chdir chmod chown clock_getres clock_gettime
clock_nanosleep close close_range connect copy_file_range creat dup dup2 dup3 epoll_create
epoll_create1 epoll_ctl epoll_pwait epoll_pwait2 epoll_wait eventfd eventfd2 execve execveat exit
exit_group faccessat faccessat2 fallocate fchdir fchmod fchmodat fchmodat2 fchown fchownat fcntl
fdatasync fgetxattr flistxattr flock fork fstat fstatfs fsync ftruncate futex futex_waitv futimesat
get_mempolicy get_robust_list getcpu getcwd getdents getdents64 getegid geteuid getgid getgroups
getitimer getpeername getpgid getpgrp getpid getppid getpriority getrandom getresgid getresuid
getrlimit getrusage getsid getsockname getsockopt gettid gettimeofday getuid getxattr ioprio_get
kill lchown lgetxattr link linkat listen listxattr llistxattr lseek lstat madvise membarrier mincore
mkdir mkdirat mknod mknodat mlock mlock2 mprotect mremap msync munlock munmap name_to_handle_at
nanosleep newfstatat open openat openat2 pause pidfd_open pidfd_send_signal pipe pipe2 poll ppoll
prctl pread64 preadv preadv2 pselect6 pwrite64 pwritev pwritev2 read readlink readlinkat readv
recvfrom recvmmsg recvmsg rename renameat renameat2 restart_syscall rmdir rseq rt_sigaction
rt_sigpending rt_sigprocmask rt_sigqueueinfo rt_sigreturn rt_sigsuspend rt_sigtimedwait
rt_tgsigqueueinfo sched_get_priority_max sched_get_priority_min sched_getaffinity sched_getattr
sched_getparam sched_getscheduler sched_rr_get_interval sched_yield select sendfile sendmmsg sendmsg
sendto set_robust_list set_tid_address setfsgid setfsuid setgid setgroups setitimer setpgid setregid
setresgid setresuid setreuid setsid setuid shutdown sigaltstack signalfd signalfd4 socketpair stat
statfs statx symlink symlinkat sync_file_range sysinfo tgkill time timer_create timer_delete
timer_getoverrun timer_gettime timer_settime timerfd_create timerfd_gettime timerfd_settime times
tkill truncate umask uname unlink unlinkat utime utimensat utimes vfork wait4 waitid write writev
""".split()  # noqa: SIM905 - a column of 250 strings reads worse

REFUSED = """
acct add_key adjtimex bpf chroot clock_adjtime clock_settime delete_module fanotify_init
finit_module fsconfig fsmount fsopen fspick init_module io_uring_enter io_uring_register
io_uring_setup ioperm iopl kcmp kexec_file_load kexec_load keyctl lookup_dcookie mount
mount_setattr move_mount mq_open msgget nfsservctl open_by_handle_at open_tree perf_event_open
pidfd_getfd pivot_root process_vm_readv process_vm_writev ptrace quotactl reboot request_key
semget setdomainname sethostname setns settimeofday shmget swapoff swapon syslog umount2 unshare
userfaultfd vhangup
""".split()  # noqa: SIM905
"""Refused aloud (the others fail as if this machine had never heard of them).

shmget, msgget, mq_open, and of those on neither list memfd_create, vmsplice, splice and tee, would
be memory that no limit counts; inotify counts for a user, whose other kernels would have none left.
"""

WITHOUT_EFFECT = ("sync", "syncfs", "fadvise64", "readahead")
"""Succeed; what they do to the machine's disks, and to what it keeps of them, all would feel."""

OF_ITSELF = {
    "sched_setaffinity": (0,),
    "sched_setattr": (0,),
    "sched_setparam": (0,),
    "sched_setscheduler": (0,),
    "setpriority": (0, 0),
    "ioprio_set": (1, 0),
}
"""Calls that say how fast a process may be, with the first arguments that mean the caller itself.

A kernel and its warden are one user, so any other number could be the warden's: the call succeeds
then and has no effect, since libzmq ends a process in which it fails for a thread. `prlimit64`,
whose word counts, fails. What else takes a process id asks, or signals, and pid 1 ignores the
signals of its own processes.
"""

MAP_SHARED, MAP_ANONYMOUS, MAP_HUGETLB = 0x1, 0x20, 0x40000
MAPS = (MAP_ANONYMOUS, MAP_SHARED, 0)
"""Of these three flags: memory of one's own, a file shared, a file of one's own.

Memory that is shared without a file stays in use when no process shows it any more; huge pages are
counted nowhere. /dev/zero would be such memory too, so a kernel has none (``new_root``).
"""

INT = 0xFFFFFFFF
"""The part of a register that the machine looks at where a call takes an int."""
RLIMIT_CORE = 4
OTHER_LIMITS = ((0, 3), (5, 5), (6, 7), (8, 15))
"""First and last of what a mask can tell from it."""
SOL_SOCKET = 1
OTHER_LEVELS = {"ip": 0, "tcp": 6, "udp": 17, "ipv6": 41, "netlink": 270}
BUFFER_SIZES = (7, 8)
"""SO_SNDBUF and SO_RCVBUF succeed without effect, as where a machine allows no more than usual."""
OTHER_OPTIONS = ((0, 3), (4, 5), (6, 6), (9, 9), (10, 11), (12, 15), (16, 31), (32, 63), (64, 127))
"""First and last of what a mask can tell from those two."""

CLONE_NEW_ANYTHING = 0x7E020080
SOCKET_FAMILIES = {"unix": 1, "inet": 2, "inet6": 10, "netlink": 16}
"""ipykernel binds 127.0.0.1 and libzmq lists the interfaces, inside a network of their own."""


class FilterMissing(Exception):
    """libseccomp or pyseccomp is not installed; the reason in a few words."""


def _library() -> Any:
    try:
        import pyseccomp
    except ImportError as error:
        raise FilterMissing("the Python package pyseccomp is not installed") from error
    except RuntimeError as error:  # pyseccomp's own, at import
        raise FilterMissing("the library libseccomp.so.2 is not installed") from error
    return pyseccomp


@cache
def build_filter() -> Any:
    """Return the filter, not yet in force; building it once saves each fork 20 ms.

    Raises:
        FilterMissing: libseccomp or pyseccomp is not installed.
    """
    lib = _library()
    allow, eq, masked = lib.ALLOW, lib.EQ, lib.MASKED_EQ
    rules = lib.SyscallFilter(lib.ERRNO(errno.ENOSYS))
    rules.set_attr(lib.Attr.ACT_BADARCH, lib.KILL_PROCESS)
    for name in ALLOWED:
        _add(rules, allow, name)
    for name in REFUSED:
        _add(rules, lib.ERRNO(errno.EPERM), name)
    # clone3 hides its flags behind a pointer; ENOSYS makes libc take clone, whose flags we can see.
    rules.add_rule(allow, "clone", lib.Arg(0, masked, CLONE_NEW_ANYTHING, 0))
    for family in SOCKET_FAMILIES.values():
        rules.add_rule(allow, "socket", lib.Arg(0, eq, family))
    rules.add_rule(allow, "personality", lib.Arg(0, eq, 0))
    rules.add_rule(allow, "personality", lib.Arg(0, eq, 0xFFFFFFFF))
    rules.add_rule(allow, "ioctl")
    for name in WITHOUT_EFFECT:
        _add(rules, lib.ERRNO(0), name)
    _allow_of_itself(rules, lib)
    _allow_limits(rules, lib)
    flags = MAP_SHARED | MAP_ANONYMOUS | MAP_HUGETLB
    for kind in (size | who | what for size in (0, MAP_HUGETLB) for who in (0, MAP_SHARED)
                 for what in (0, MAP_ANONYMOUS)):  # fmt: skip
        action = allow if kind in MAPS else lib.ERRNO(errno.EPERM)
        rules.add_rule(action, "mmap", lib.Arg(3, masked, flags, kind))
    _allow_options(rules, lib)
    return rules


def _allow_of_itself(rules: Any, lib: Any) -> None:
    """Allow what changes a process for the caller alone; the rest of OF_ITSELF has no effect."""
    for name, which in OF_ITSELF.items():
        # A register is wider than the number in it: compared whole, none passes as another.
        own = [lib.Arg(at, lib.EQ, value) for at, value in enumerate(which)]
        rules.add_rule(lib.ALLOW, name, *own)
        for at, value in enumerate(which):
            other = lib.Arg(at, lib.NE, value)
            rules.add_rule(lib.ERRNO(0), name, *own[:at], other)


def _allow_limits(rules: Any, lib: Any) -> None:
    """Allow a process to look at its limits and to set them; the one on core dumps stays."""
    own, looks = lib.Arg(0, lib.EQ, 0), lib.Arg(2, lib.EQ, 0)
    sets = lib.Arg(2, lib.NE, 0)
    rules.add_rule(lib.ALLOW, "prlimit64", own, looks)
    for first, last in OTHER_LIMITS:
        mask = INT & ~(last - first)
        rules.add_rule(lib.ALLOW, "prlimit64", own, lib.Arg(1, lib.MASKED_EQ, mask, first), sets)
        rules.add_rule(lib.ALLOW, "setrlimit", lib.Arg(0, lib.MASKED_EQ, mask, first))
    core = lib.MASKED_EQ, INT, RLIMIT_CORE
    rules.add_rule(lib.ERRNO(0), "prlimit64", own, lib.Arg(1, *core), sets)
    rules.add_rule(lib.ERRNO(0), "setrlimit", lib.Arg(0, *core))


def _allow_options(rules: Any, lib: Any) -> None:
    """Allow options of sockets; those of their size have no effect."""
    for level in OTHER_LEVELS.values():
        rules.add_rule(lib.ALLOW, "setsockopt", lib.Arg(1, lib.MASKED_EQ, INT, level))
    of_socket = lib.Arg(1, lib.MASKED_EQ, INT, SOL_SOCKET)
    for first, last in OTHER_OPTIONS:
        option = lib.Arg(2, lib.MASKED_EQ, INT & ~(last - first), first)
        rules.add_rule(lib.ALLOW, "setsockopt", of_socket, option)
    for size in BUFFER_SIZES:
        option = lib.Arg(2, lib.MASKED_EQ, INT, size)
        rules.add_rule(lib.ERRNO(0), "setsockopt", of_socket, option)


def _add(rules: Any, action: int, name: str) -> None:
    """Add a rule; a call that this processor or this libseccomp does not know stays refused."""
    try:
        rules.add_rule(action, name)
    except OSError as error:
        if error.errno not in (errno.EINVAL, errno.EDOM, errno.EOPNOTSUPP, errno.EFAULT):
            raise


def filter_calls() -> None:
    """Put the filter in force for this process and all that it will start, for good.

    Raises:
        FilterMissing: libseccomp or pyseccomp is not installed.
        OSError: the machine refuses.
    """
    build_filter().load()
