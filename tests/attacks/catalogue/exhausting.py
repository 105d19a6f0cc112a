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
