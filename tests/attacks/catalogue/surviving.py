"""Outliving the kernel, to tamper when the grading is done."""

from textwrap import dedent

from attacks.attack import Attack, changes, stays
from attacks.world import soon

APART = """
import os, pathlib, time
def is_apart(process):
    try:
        named = b"stay-<<token>>" in (process / "cmdline").read_bytes()
        return named and os.getsid(int(process.name)) != os.getsid(0)
    except OSError:
        return False
until = time.monotonic() + 5
while time.monotonic() < until and not any(map(is_apart, pathlib.Path("/proc").glob("[0-9]*"))):
    time.sleep(0.02)
"""
"""Ends a cell: it waits for a process with the token in its words and a session of its own.

A kernel that is shut down takes along all that is still of its session, so an attack that did not
wait would be a matter of luck, with the wall and without.
"""


def survive(tries: str, code: str, **more) -> Attack:
    code = dedent(code) + APART
    return Attack("survive", tries, code, more.pop("seen", stays), alone=True, **more)


STAY = "import time; time.sleep(300)"

SURVIVING = [
    survive(
        "as a background program",
        f"""
        import subprocess, sys
        subprocess.Popen([sys.executable, "-S", "-c", "{STAY}", "stay-<<token>>"],
                         start_new_session=True)
        """,
    ),
    survive(
        "as a job of the shell",
        """
        import os
        os.system("setsid nohup sh -c 'sleep 300; : stay-<<token>>' >/dev/null 2>&1 &")
        """,
    ),
    survive(
        "as a daemon that ignores signals",
        f"""
        import os, sys, signal
        if os.fork() == 0:
            os.setsid()
            for number in (1, 2, 3, 15): signal.signal(number, signal.SIG_IGN)
            if os.fork() == 0:
                os.execv(sys.executable, [sys.executable, "-S", "-c", "{STAY}", "stay-<<token>>"])
            os._exit(0)
        """,
    ),
    survive(
        "as a chain of forks that is never the same process",
        """
        import os, subprocess, sys
        code = [
            "import os, time",
            "for _ in range(60):",
            "    if os.fork(): os._exit(0)",
            "    os.setsid(); time.sleep(0.05)",
            "time.sleep(300)",
        ]
        subprocess.Popen([sys.executable, "-S", "-c", os.linesep.join(code), "stay-<<token>>"])
        """,
        # A look at all processes can miss it while it changes; after three seconds it rests.
        seen=lambda world, shown: soon(lambda: stays(world, shown), 5),
    ),
    survive(
        "to change a peer's grade a second later",
        """
        import subprocess
        subprocess.Popen("sleep 1; : > <<course>>/autograded/alice/mini/mini.ipynb; "
                         ": stay-<<token>>", shell=True, start_new_session=True)
        """,
        seen=lambda world, shown: soon(lambda: changes(world, shown), 2.5),
    ),
    survive(
        "as a thread of its own that holds the end up",
        """
        import atexit, threading, time, subprocess, sys
        def hold():
            subprocess.run([sys.executable, "-S", "-c", "import time; time.sleep(300)",
                            "stay-<<token>>"], start_new_session=True)
        threading.Thread(target=hold).start()
        atexit.register(time.sleep, 30)
        """,
    ),
]
