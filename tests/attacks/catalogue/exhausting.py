"""Taking more than one's share: time, memory, disk, processes, files."""

from attacks.attack import TOOK, Attack, took

MIB = 1024 * 1024
SMALL = {"memory_bytes": 300 * MIB, "disk_bytes": 150 * MIB, "file_bytes": 100 * MIB}
SHORT = {"cpu_seconds": 3, "wall_seconds": 15}


def exhaust(tries: str, code: str, limits: dict[str, int], **more) -> Attack:
    return Attack("exhaust", tries, code, took, limits, alone=True, **more)


BURN = """import time
def burn(seconds):
    end = time.process_time() + seconds
    while time.process_time() < end: pass
"""

TURN_ON_THE_WARDEN = """
import ctypes, os, resource, time
libc = ctypes.CDLL(None, use_errno=True)
warden = os.getppid()  # of a stock kernel: a process of its own that stands for it
if warden != 1:
    warden = os.fork()
    if warden == 0: time.sleep(20); os._exit(0)
def done(step):
    try: return step()
    except OSError: return None
limit = resource.prlimit
for which in (resource.RLIMIT_NOFILE, resource.RLIMIT_AS, resource.RLIMIT_CPU):
    done(lambda: limit(warden, which, (3, 100)))
done(lambda: os.sched_setaffinity(warden, {min(os.sched_getaffinity(warden))}))
done(lambda: os.setpriority(os.PRIO_PROCESS, warden, 19))
done(lambda: os.sched_setscheduler(warden, os.SCHED_IDLE, os.sched_param(0)))
done(lambda: libc.syscall(251, 1, warden, 3 << 13))
took = [
    done(lambda: limit(warden, resource.RLIMIT_NOFILE)) == (3, 100),
    len(os.sched_getaffinity(warden)) == 1,
    os.getpriority(os.PRIO_PROCESS, warden) == 19,
    os.sched_getscheduler(warden) == os.SCHED_IDLE,
    libc.syscall(252, 1, warden) == 3 << 13,
]
"""
"""Begins a cell that turns on who counts its time. A stock kernel has nobody, so it makes one."""

HOLD = """
import os, time
def in_children(count, take):
    # Returns how many bytes all of them held at once, by their own word.
    ours, theirs = os.pipe()
    for _ in range(count):
        if os.fork() == 0:
            kept = []
            try: os.write(theirs, b"%d " % take(kept)); time.sleep(3)
            finally: os._exit(0)
    os.close(theirs)
    said = b""
    while part := os.read(ours, 4096): said += part
    return sum(map(int, said.split()))
def fill(one, write):
    one.setblocking(False); size = 0
    try:
        while True: size += write(b"x" * 32768)
    except BlockingIOError: return size
"""

MUCH = "400 << 20"
"""Bytes, more than a small notebook may hold."""

EXHAUSTING = [
    exhaust("time by a loop", f"{BURN}\nburn(5); print('{TOOK}')", SHORT),
    exhaust(
        "time by a loop that ignores every signal it may",
        f"""
{BURN}
import signal
for number in range(1, 32):
    try: signal.signal(number, signal.SIG_IGN)
    except OSError: pass
burn(5); print('{TOOK}')""",
        SHORT,
    ),
    exhaust(
        "time by children",
        f"""
{BURN}
import os
children = []
for _ in range(3):
    children.append(os.fork())
    if children[-1] == 0: burn(2); os._exit(0)
print("{TOOK}" if [os.waitpid(p, 0)[1] for p in children] == [0, 0, 0] else "")""",
        SHORT,
    ),
    exhaust(
        "time by children that nobody waits for",
        f"""
{BURN}
import os, signal
signal.signal(signal.SIGCHLD, signal.SIG_IGN)
ours, theirs = os.pipe()
for _ in range(6):
    if os.fork() == 0: burn(1); os._exit(0)
os.close(theirs); os.read(ours, 1)
print("{TOOK}")""",
        SHORT,
        seconds=90,
    ),
    exhaust(
        "time by children of children, gone before one looks",
        f"""
{BURN}
import os, signal
signal.signal(signal.SIGCHLD, signal.SIG_IGN)
for _ in range(50):
    ours, theirs = os.pipe()
    if os.fork() == 0:
        if os.fork() == 0: burn(.1)
        os._exit(0)
    os.close(theirs); os.read(ours, 1); os.close(ours)
print("{TOOK}")""",
        SHORT,
        counted=True,
        seconds=90,
    ),
    exhaust(
        "time by writing to its own stderr",
        f"""
{BURN}
import os, threading
threading.Thread(target=lambda: [os.write(2, b"x") for _ in iter(int, 1)], daemon=True).start()
burn(4); print("{TOOK}")""",
        SHORT,
        seconds=90,
    ),
    exhaust(
        "time, with its warden slowed down and limited",
        f"""{TURN_ON_THE_WARDEN}
{BURN}
burn(4); print("{TOOK}" if all(took) or warden == 1 else took)""",
        SHORT,
        seconds=90,
    ),
    exhaust(
        "time by sleeping", f"import time; time.sleep(5); print('{TOOK}')", {"wall_seconds": 3}
    ),
    exhaust(
        "memory by one object",
        f"x = bytearray(700 << 20); x[::4096] = b'x' * len(x[::4096]); print('{TOOK}')",
        SMALL,
    ),
    exhaust(
        "memory by children",
        f"""
        import os, time
        for _ in range(5):
            if os.fork() == 0: x = b"x" * (140 << 20); time.sleep(4); os._exit(0)
        time.sleep(3); print("{TOOK}")
        """,
        SMALL,
    ),
    exhaust(
        "memory by a shared map",
        f"""
        import mmap, time
        x = mmap.mmap(-1, 700 << 20)
        for at in range(0, len(x), 4096): x[at] = 1
        time.sleep(2); print("{TOOK}")
        """,
        SMALL,
    ),
    exhaust(
        "memory by shared maps that are given back",
        f"""
        import mmap, time
        kept = []
        for _ in range(7):
            kept.append(mmap.mmap(-1, 100 << 20))
            kept[-1][:] = b"x" * (100 << 20)
            kept[-1].madvise(mmap.MADV_DONTNEED)
        time.sleep(2); print("{TOOK}")
        """,
        SMALL,
    ),
    exhaust(
        "memory by shared maps of which one page is left",
        f"""
        import ctypes, mmap, time
        libc = ctypes.CDLL(None)
        kept = []
        for _ in range(7):
            kept.append(mmap.mmap(-1, 100 << 20))
            kept[-1][:] = b"x" * (100 << 20)
            at = ctypes.addressof(ctypes.c_char.from_buffer(kept[-1]))
            libc.munmap(ctypes.c_void_p(at + 4096), ctypes.c_size_t((100 << 20) - 4096))
        time.sleep(2); print("{TOOK}")
        """,
        SMALL,
    ),
    exhaust(
        "memory by maps of /dev/zero",
        f"""
        import mmap, os, time
        zero = os.open("/dev/zero", os.O_RDWR); kept = []
        for _ in range(7):
            kept.append(mmap.mmap(zero, 100 << 20))
            kept[-1][:] = b"x" * (100 << 20)
            kept[-1].madvise(mmap.MADV_DONTNEED)
        time.sleep(2); print("{TOOK}")
        """,
        SMALL,
    ),
    exhaust(
        "memory by the tables of its pages",
        f"""
        import mmap, time
        far = mmap.mmap(-1, 300 << 30, flags=0x4022, prot=mmap.PROT_READ)
        far[:: 2 << 20]
        time.sleep(2); print("{TOOK}")
        """,
        SMALL,
    ),
    exhaust(
        "memory by what lies in sockets",
        f"""
{HOLD}
import socket
def take(kept):
    for _ in range(200): kept += socket.socketpair()
    return sum(fill(one, one.send) for one in kept)
if in_children(14, take) > {MUCH}: print("{TOOK}")
""",
        SMALL,
        seconds=90,
    ),
    exhaust(
        "memory by what lies in TCP connections",
        f"""
{HOLD}
import socket
def take(kept):
    server = socket.create_server(("127.0.0.1", 0))
    for _ in range(60):
        kept.append(socket.create_connection(server.getsockname()))
        kept.append(server.accept()[0])
    return sum(fill(one, one.send) for one in kept)
if in_children(2, take) > {MUCH}: print("{TOOK}")
""",
        SMALL,
        seconds=90,
    ),
    exhaust(
        "memory by what lies in pipes",
        f"""
{HOLD}
def take(kept):
    size = 0
    for _ in range(120):
        ours, theirs = os.pipe(); kept += [ours, open(theirs, "wb", 0)]
        os.set_blocking(theirs, False)
        while wrote := kept[-1].write(b"x" * 4096): size += wrote
    return size
if in_children(100, take) > {MUCH}: print("{TOOK}")
""",
        SMALL,
        needs_root=True,  # others have 64 MiB of pipes, and small ones after that
        seconds=90,
    ),
    exhaust(
        "memory by pages lent to pipes",
        f"""
        import ctypes, mmap, os, time
        libc = ctypes.CDLL(None, use_errno=True)
        kept = []
        for _ in range(20):
            ours, theirs = os.pipe(); kept += [ours, theirs]
            lent = mmap.mmap(-1, 32 << 20, flags=mmap.MAP_PRIVATE | mmap.MAP_ANONYMOUS)
            kept.append(lent)  # or Python would unmap the place a second time
            lent.madvise(mmap.MADV_HUGEPAGE)
            at = ctypes.addressof(ctypes.c_char.from_buffer(lent))
            for page in range(0, 32 << 20, 2 << 20):
                lent[page] = 1
                parts = (ctypes.c_size_t * 2)(at + page, 4096)
                assert libc.vmsplice(theirs, parts, 1, 2) == 4096, ctypes.get_errno()
            libc.munmap(ctypes.c_void_p(at), ctypes.c_size_t(32 << 20))
        print("{TOOK}")
        """,
        SMALL,
    ),
    exhaust(
        "memory by the list of its maps",
        f"""
{HOLD}
import ctypes, mmap
libc = ctypes.CDLL(None, use_errno=True)
def take(kept):
    kept.append(mmap.mmap(-1, 60_000 * 4096, flags=mmap.MAP_PRIVATE | mmap.MAP_ANONYMOUS))
    at = ctypes.addressof(ctypes.c_char.from_buffer(kept[0]))
    for page in range(0, 60_000, 2):
        assert libc.mprotect(ctypes.c_void_p(at + page * 4096), ctypes.c_size_t(4096), 1) == 0
    return 60_000 * 200  # what the machine keeps of each is not less
if in_children(36, take) > {MUCH}: print("{TOOK}")
""",
        SMALL,
        counted=True,
        seconds=90,
    ),
    exhaust("memory by a tensor", f"import torch; torch.ones(180 << 20); print('{TOOK}')", SMALL),
    exhaust(
        "memory by files without a name",
        f"""
        import os
        files = [os.memfd_create("x") for _ in range(8)]
        for fd in files: os.write(fd, b"x" * (90 << 20))
        print("{TOOK}")
        """,
        SMALL,
    ),
    exhaust(
        "memory by /dev/shm",
        f"""
        for i in range(8): open(f"/dev/shm/stay-<<token>>-{{i}}", "wb").write(b"x" * (60 << 20))
        import os
        for i in range(8): os.remove(f"/dev/shm/stay-<<token>>-{{i}}")
        print("{TOOK}")
        """,
        SMALL,
    ),
    exhaust(
        "memory by System V segments",
        f"""
        import ctypes
        libc = ctypes.CDLL(None); libc.shmat.restype = ctypes.c_void_p
        for _ in range(6):
            key = libc.shmget(0, 100 << 20, 0o1600)
            at = libc.shmat(key, None, 0); ctypes.memset(at, 1, 100 << 20)
            libc.shmctl(key, 0, None); libc.shmdt(ctypes.c_void_p(at))
            assert key >= 0
        print("{TOOK}")
        """,
        SMALL,
    ),
    exhaust(
        "the disk by large files",
        f"""
        for i in range(5): open(f"large{{i}}", "wb").write(b"x" * (60 << 20))
        print("{TOOK}")
        """,
        SMALL,
    ),
    exhaust(
        "the disk by many files",
        f"""
        for i in range(25_000): open(f"/tmp/<<token>>-{{i}}", "w").close()
        print("{TOOK}")
        """,
        SMALL,
    ),
    exhaust(
        "the disk by sockets",
        f"""
        import os, socket
        os.chdir("/run/sockets" if os.path.isdir("/run/sockets") else ".")
        for i in range(25_000):
            one = socket.socket(socket.AF_UNIX); one.bind(f"<<token>>-{{i}}"); one.close()
        print("{TOOK}")
        """,
        SMALL,
    ),
    exhaust(
        "a user's watches, so that nobody else has any",
        f"""
        import ctypes
        libc = ctypes.CDLL(None)
        print("{TOOK}" if all(libc.inotify_init() >= 0 for _ in range(60)) else "")
        """,
        SMALL,
    ),
    exhaust(
        "a user's descriptors on their way, so that nobody else may send any",
        f"""
        import os, socket
        pairs = [socket.socketpair() for _ in range(4)]
        for _ in range(150): socket.send_fds(pairs[0][0], [b"x"], [pairs[1][0].fileno()] * 2)
        print("{TOOK}")
        """,
        SMALL | {"open_files": 256},
    ),
    exhaust(
        "one file of ten gigabytes",
        f"open('hole', 'w').truncate(10 << 30); print('{TOOK}')",
        SMALL,
    ),
    exhaust(
        "processes",
        f"""
        import os, time
        children = []
        for _ in range(250):
            pid = os.fork()
            if pid == 0: time.sleep(20); os._exit(0)
            children.append(pid)
        print("{TOOK}")
        for pid in children: os.kill(pid, 9); os.waitpid(pid, 0)
        """,
        {"processes": 100},
    ),
    exhaust(
        "threads",
        f"""
        import threading
        done = threading.Event()
        for _ in range(250): threading.Thread(target=done.wait).start()
        print("{TOOK}"); done.set()
        """,
        {"processes": 100},
    ),
    exhaust(
        "open files",
        f"""
        files = [open("/dev/null") for _ in range(900)]
        print("{TOOK}")
        """,
        {"open_files": 256},
    ),
]
