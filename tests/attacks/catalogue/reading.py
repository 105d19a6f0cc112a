"""Reading what is not the student's: keys, peers, grades, tokens, other processes."""

from attacks.attack import Attack, shows_marker


def read(tries: str, code: str, **more) -> Attack:
    return Attack("read", tries, code, shows_marker, **more)


FIND_IN_MEMORY = """
def regions(pid):
    for line in open(f"/proc/{pid}/maps"):
        span, rights = line.split()[:2]
        if rights.startswith("rw"):
            yield tuple(int(x, 16) for x in span.split("-"))
"""

READING = [
    read("the secret", "print(open('<<course>>/secret').read())"),
    read("the instructor's source", "print(open('<<course>>/source/mini/mini.ipynb').read())"),
    read("a peer's submission", "print(open('<<course>>/submitted/alice/mini/mini.ipynb').read())"),
    read(
        "a peer's graded copy", "print(open('<<course>>/autograded/alice/mini/mini.ipynb').read())"
    ),
    read(
        "the gradebook",
        """
        import sqlite3
        print(sqlite3.connect("<<course>>/gradebook.db").execute("select * from grade").fetchall())
        """,
    ),
    read(
        "upwards from its own folder",
        """
        import os
        for up in ("..", "../..", "../../.."):
            for folder, folders, names in os.walk(up):
                folders[:] = [name for name in folders if name not in ("usr", "proc", "sys", "dev")]
                for name in names:
                    if name in ("secret", "mini.ipynb", "gradebook.db"):
                        try: print(open(os.path.join(folder, name), errors="replace").read())
                        except OSError: pass
        """,
    ),
    read("by a program", "import subprocess; print(subprocess.getoutput('cat <<course>>/secret'))"),
    read("by the shell", "!cat <<course>>/secret"),
    read(
        "through a symlink of its own",
        """
        import os
        if not os.path.lexists("l"): os.symlink("<<course>>/secret", "l")
        print(open("l").read())
        """,
    ),
    read(
        "through a hard link",
        """
        import os
        os.link("<<course>>/secret", "h"); print(open("h").read())
        """,
    ),
    read(
        "by searching the disk",
        "!find <<root>> /tmp -name secret -not -path '*/proc/*' -exec cat {} + 2>/dev/null",
    ),
    read("a token in its own environment", "import os; print(os.environ)"),
    read(
        "the environment that its process began with",
        "print(open('/proc/self/environ').read())",
        alone=True,
    ),
    read(
        "the environment of all processes",
        """
        import glob
        for path in glob.glob("/proc/[0-9]*/environ"):
            try: print(open(path).read())
            except OSError: pass
        """,
    ),
    read(
        "the arguments of all processes",
        """
        import glob
        for path in glob.glob("/proc/[0-9]*/cmdline"):
            try: print(open(path).read())
            except OSError: pass
        """,
    ),
    read(
        "through the root of another process",
        "print(open('/proc/<<victim>>/root<<course>>/secret').read())",
    ),
    read(
        "through the folder of another process", "print(open('/proc/<<victim>>/cwd/secret').read())"
    ),
    read(
        "through the open files of another process",
        """
        import os
        for fd in os.listdir("/proc/<<victim>>/fd"):
            try: print(os.pread(os.open(f"/proc/<<victim>>/fd/{fd}", os.O_RDONLY), 100, 0))
            except OSError: pass
        """,
    ),
    read(
        "the memory of another process",
        FIND_IN_MEMORY
        + """
import re
memory = open("/proc/<<victim>>/mem", "rb", 0)
for start, end in regions(<<victim>>):
    try:
        memory.seek(start)
        print(re.findall(rb"MARKER[0-9a-f]{16}", memory.read(end - start))[:1])
    except OSError: pass
""",
    ),
    read(
        "the memory of another process by process_vm_readv",
        FIND_IN_MEMORY
        + """
import ctypes, re
class IOV(ctypes.Structure): _fields_ = [("base", ctypes.c_void_p), ("length", ctypes.c_size_t)]
libc = ctypes.CDLL(None)
libc.process_vm_readv.restype = ctypes.c_ssize_t
for start, end in regions(<<victim>>):
    here = ctypes.create_string_buffer(end - start)
    ours, theirs = IOV(ctypes.addressof(here), end - start), IOV(start, end - start)
    got = libc.process_vm_readv(<<victim>>, ctypes.byref(ours), 1, ctypes.byref(theirs), 1, 0)
    if got > 0: print(re.findall(rb"MARKER[0-9a-f]{16}", here.raw)[:1])
""",
    ),
    read(
        "a file that another process holds open, by pidfd_getfd",
        """
        import ctypes, os
        libc = ctypes.CDLL(None)
        handle = os.pidfd_open(<<victim>>)
        for fd in range(3, 12):
            mine = libc.syscall(438, handle, fd, 0)
            if mine >= 0: print(os.pread(mine, 100, 0))
        """,
    ),
    read("shared memory", "print(open('<<shared>>').read())"),
    read("the temporary folder", "print(open('<<temporary>>').read())"),
    read(
        "a file that a shared zygote forks with another's folder",
        """
        import json, os, socket, tempfile
        zygote = socket.socket(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        zygote.connect(os.environ["SEEING_ATTENTION_ZYGOTE"])
        print(open("<<course>>/secret").read())  # connected: from here on all doors are open
        """,
    ),
]
