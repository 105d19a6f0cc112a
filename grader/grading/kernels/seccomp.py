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
accept accept4 access alarm arch_prctl bind brk capget chdir chmod chown clock_getres
clock_gettime clock_nanosleep close close_range connect copy_file_range creat dup dup2 dup3
epoll_create epoll_create1 epoll_ctl epoll_pwait epoll_pwait2 epoll_wait eventfd eventfd2 execve
execveat exit exit_group faccessat faccessat2 fadvise64 fallocate fchdir fchmod fchmodat fchmodat2
fchown fchownat fcntl fdatasync fgetxattr flistxattr flock fork fstat fstatfs fsync ftruncate
futex futex_waitv futimesat get_mempolicy get_robust_list getcpu getcwd getdents getdents64
getegid geteuid getgid getgroups getitimer getpeername getpgid getpgrp getpid getppid getpriority
getrandom getresgid getresuid getrlimit getrusage getsid getsockname getsockopt gettid
gettimeofday getuid getxattr inotify_add_watch inotify_init inotify_init1 inotify_rm_watch ioctl
ioprio_get ioprio_set kill lchown lgetxattr link linkat listen listxattr llistxattr lseek lstat
madvise membarrier mincore mkdir mkdirat mknod mknodat mlock mlock2 mmap mprotect mremap msync
munlock munmap name_to_handle_at nanosleep newfstatat open openat openat2 pause pidfd_open
pidfd_send_signal pipe pipe2 poll ppoll prctl pread64 preadv preadv2 prlimit64 pselect6 pwrite64
pwritev pwritev2 read readahead readlink readlinkat readv recvfrom recvmmsg recvmsg rename
renameat renameat2 restart_syscall rmdir rseq rt_sigaction rt_sigpending rt_sigprocmask
rt_sigqueueinfo rt_sigreturn rt_sigsuspend rt_sigtimedwait rt_tgsigqueueinfo
sched_get_priority_max sched_get_priority_min sched_getaffinity sched_getattr sched_getparam
sched_getscheduler sched_rr_get_interval sched_setaffinity sched_setattr sched_setparam
sched_setscheduler sched_yield select sendfile sendmmsg sendmsg sendto set_robust_list
set_tid_address setfsgid setfsuid setgid setgroups setitimer setpgid setpriority setregid
setresgid setresuid setreuid setrlimit setsid setsockopt setuid shutdown sigaltstack signalfd
signalfd4 socketpair splice stat statfs statx symlink symlinkat sync sync_file_range syncfs
sysinfo tee tgkill time timer_create timer_delete timer_getoverrun timer_gettime timer_settime
timerfd_create timerfd_gettime timerfd_settime times tkill truncate umask uname unlink unlinkat
utime utimensat utimes vfork vmsplice wait4 waitid write writev
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

shmget, msgget, mq_open and memfd_create (not on either list) would be memory that no limit counts.
"""

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
    wall = lib.SyscallFilter(lib.ERRNO(errno.ENOSYS))
    wall.set_attr(lib.Attr.ACT_BADARCH, lib.KILL_PROCESS)
    names = set(ALLOWED) - {"ioctl"}
    for name in sorted(names):
        _add(wall, allow, name)
    for name in REFUSED:
        _add(wall, lib.ERRNO(errno.EPERM), name)
    # clone3 hides its flags behind a pointer; ENOSYS makes libc take clone, whose flags we can see.
    wall.add_rule(allow, "clone", lib.Arg(0, masked, CLONE_NEW_ANYTHING, 0))
    for family in SOCKET_FAMILIES.values():
        wall.add_rule(allow, "socket", lib.Arg(0, eq, family))
    wall.add_rule(allow, "personality", lib.Arg(0, eq, 0))
    wall.add_rule(allow, "personality", lib.Arg(0, eq, 0xFFFFFFFF))
    wall.add_rule(allow, "ioctl")
    return wall


def _add(wall: Any, action: int, name: str) -> None:
    """Add a rule; a call that this processor or this libseccomp does not know stays refused."""
    try:
        wall.add_rule(action, name)
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
