"""The faults: what goes wrong in notebooks by accident, in despair, or out of curiosity."""

from faults.fault import costs, ends, hangs, harmless, jams, kills, raises, slow

from grader.questions import Outcome

WAIT = "\nimport time; time.sleep(0.3)"
"""The moment after which ipykernel ends."""

ENDS_THE_KERNEL = [
    kills("os._exit", "import os; os._exit(0)", Outcome.EXIT),
    kills(
        "os._exit in a thread",
        """
        import os, threading, time
        threading.Thread(target=os._exit, args=(3,)).start()
        time.sleep(30)
        """,
        Outcome.EXIT,
    ),
    harmless("quit", f"quit(){WAIT}"),
    harmless("exit", f"exit(){WAIT}"),
    harmless(
        "restart of the kernel by hand",
        f"import IPython; IPython.Application.instance().kernel.do_shutdown(True){WAIT}",
    ),
    harmless("stopped event loop", "import asyncio; asyncio.get_event_loop().stop()"),
    kills("SIGKILL of itself", "import os; os.kill(os.getpid(), 9)"),
    kills("SIGSTOP of itself", "import os; os.kill(os.getpid(), 19)", Outcome.STOPPED),
    kills("segmentation fault", "import ctypes; ctypes.string_at(0)"),
    kills("abort", "import os; os.abort()"),
    kills("fatal Python error", "import ctypes; ctypes.pythonapi.Py_FatalError(b'no')"),
    kills(
        "alarm that nobody handles",
        """
        import signal, time
        signal.setitimer(signal.ITIMER_REAL, 0.1)
        time.sleep(30)
        """,
    ),
    kills("exec of another program", "import os; os.execv('/bin/true', ['true'])", Outcome.EXIT),
    kills(
        "recursion in C without a limit",
        """
        import sys
        sys.setrecursionlimit(10**9)
        class Deep:
            def __repr__(self): return repr(self)
        f = lambda x: f([x])
        repr(Deep())
        """,
    ),
]

HANGS = [
    hangs("infinite loop", "while True: pass"),
    hangs("sleeps too long", "import time; time.sleep(1000)"),
    hangs(
        "waits for a lock that it holds",
        "import threading; lock = threading.Lock(); lock.acquire(); lock.acquire()",
    ),
    jams("await that never ends", "import asyncio; await asyncio.sleep(1000)"),
    jams(
        "loop that ignores interrupts",
        "import signal; signal.signal(signal.SIGINT, signal.SIG_IGN)\nwhile True: pass",
    ),
    jams(
        "loop that swallows every exception",
        """
        import time
        while True:
            try: time.sleep(1000)
            except BaseException: pass
        """,
    ),
    raises("input", "name = input('your name? ')"),
    raises("debugger", "import pdb; pdb.set_trace()"),
]

TAKES_TOO_MUCH = [
    slow(harmless("100 MB of output in one line", "print('x' * (100 << 20))", "cut")),
    slow(harmless(
        "100 MB of output in many lines",
        """
        line = 'x' * 99 + '\\n'
        import sys
        for _ in range(100): sys.stdout.write(line * 10_000)
        """,
        "cut",
    )),
    slow(
        harmless(
            "a picture of 30 MB", "display({'image/png': 'A' * (30 << 20)}, raw=True)", "cut"
        )
    ),
    raises("8 GB of memory", "x = bytearray(8 << 30)"),
    slow(raises("memory piece by piece", "x = []\nwhile True: x.append(bytes(50 << 20))")),
    slow(kills(
        "memory of children together",
        """
        import os, time
        for _ in range(5):
            if os.fork() == 0:
                x = b'x' * (700 << 20)
                time.sleep(30)
                os._exit(0)
        time.sleep(30)
        """,
        Outcome.MEMORY,
    )),
    slow(raises(
        "bounded fork bomb",
        """
        import os, time
        while True:
            if os.fork() == 0:
                time.sleep(30)
                os._exit(0)
        """,
    )),
    raises(
        "threads without end",
        """
        import threading, time
        def work(): time.sleep(30)
        while True: threading.Thread(target=work, daemon=True).start()
        """,
    ),
    slow(raises("deep recursion", "def f(): return f()\nf()")),
    raises("too large a file", "open('x', 'wb').write(bytes(200 << 20))"),
    raises("full disk", "for i in range(9): open(str(i), 'wb').write(bytes(50 << 20))"),
    raises("too many open files", "files = [open('/dev/null') for _ in range(5000)]"),
]  # fmt: skip

LEFT_BEHIND = [
    harmless(
        "thread that prints on",
        """
        import threading, time
        def work():
            while True:
                print('still here')
                time.sleep(0.001)
        threading.Thread(target=work).start()
        """,
    ),
    harmless(
        "threads that compute on",
        """
        import threading
        def work():
            while True: pass
        for _ in range(2): threading.Thread(target=work).start()
        """,
    ),
    harmless(
        "thread that fails", "import threading; threading.Thread(target=lambda: 1 / 0).start()"
    ),
    harmless("child process", "import subprocess; subprocess.Popen(['sleep', '300'])"),
    harmless(
        "fork that goes on as a second kernel",
        "import os; child = os.fork()",
    ),
    harmless(
        "task that never ends",
        """
        import asyncio
        async def work():
            while True: await asyncio.sleep(0.001)
        task = asyncio.ensure_future(work())
        """,
    ),
    harmless("atexit that exits", "import atexit, os; atexit.register(os._exit, 5)"),
    harmless(
        "handlers that raise",
        """
        import signal
        def no(*_): raise RuntimeError('no')
        signal.signal(signal.SIGALRM, no)
        signal.signal(signal.SIGTERM, no)
        signal.setitimer(signal.ITIMER_REAL, 100)
        """,
    ),
]

BREAKS_PYTHON = [
    harmless("closed stdin", "import os; os.close(0)"),
    harmless("closed stdout and stderr", "import os; os.close(1); os.close(2)"),
    harmless("closed stream", "import sys; sys.stdout.close(); sys.stderr.close()"),
    harmless("sys.stdout = None", "import sys; sys.stdout = sys.stderr = None"),
    jams(
        "stdout that raises",
        """
        import sys
        class Broken:
            def write(self, text): raise OSError('broken')
            flush = write
        sys.stdout = sys.stderr = Broken()
        """,
    ),
    harmless("patched print", "import builtins\ndef no(*_): raise TypeError\nbuiltins.print = no"),
    harmless("names of Python taken", "list = dict = str = type = len = open = print = 1"),
    harmless("our names taken", "check = display = np = json = numpy = 1"),
    harmless("warnings as errors", "import warnings; warnings.simplefilter('error')"),
    harmless(
        "warnings on stderr",
        "import warnings\nfor i in range(100): warnings.warn(f'careful {i}')",
    ),
    harmless("numpy that raises", "import numpy; numpy.seterr(all='raise', under='ignore')"),
    harmless("no garbage collection", "import gc; gc.disable()"),
    harmless("collector that counts everything", "import gc; gc.set_threshold(1, 1, 1)"),
    harmless("empty environment", "import os; os.environ.clear()"),
    harmless("empty sys.path", "import sys; sys.path.clear()"),
    harmless("forgotten modules", "import sys; del sys.modules['numpy'], sys.modules['json']"),
    harmless("another locale", "import locale; locale.setlocale(locale.LC_ALL, 'C')"),
    harmless("logging turned off", "import logging; logging.disable(100); logging.shutdown()"),
    harmless("logging turned on", "import logging; logging.basicConfig(level=1, force=True)"),
    harmless("tracing function", "import sys; sys.settrace(lambda *_: None)"),
    harmless("random seeds", "import random, numpy; random.seed(0); numpy.random.seed(0)"),
    harmless("decimal comma", "import sys; sys.set_int_max_str_digits(640)"),
    harmless("recursion limit of 60", "import sys; sys.setrecursionlimit(60)"),
]

BREAKS_THE_NOTEBOOK = [
    harmless("deleted notebook", "import pathlib\nfor f in pathlib.Path().glob('*'): f.unlink()"),
    harmless("deleted working folder", "import os, shutil; shutil.rmtree(os.getcwd(), True)"),
    harmless("another working folder", "import os; os.chdir('/tmp')"),
    harmless("working folder without rights", "import os; os.chmod('.', 0)"),
    harmless(
        "files named like modules",
        """
        for name in ('numpy', 'json', 'grader', 'os', 'base64'):
            open(name + '.py', 'w').write('raise RuntimeError')
        """,
    ),
    harmless("%reset", "%reset -f"),
    harmless("%reset of everything", "%reset -f in out dhist array"),
    harmless("%autoreload", "%load_ext autoreload\n%autoreload 2"),
    harmless("unknown magic", "%no_such_magic"),
    harmless("shell command that fails", "!false\n!no-such-command"),
    slow(harmless("pip install", "!pip install --no-index --quiet no-such-package")),
    harmless("no kernel in the shell", "get_ipython().kernel = None"),
    harmless("no formatter", "get_ipython().display_formatter.formatters.clear()"),
    harmless("no history", "get_ipython().history_manager.reset(); In = Out = _ = None"),
    harmless("hook that fails", """
        def no(*_): raise RuntimeError('no')
        get_ipython().events.register('pre_run_cell', no)
        get_ipython().events.register('post_run_cell', no)
    """),
    harmless("nested event loop", "import asyncio; asyncio.run(asyncio.sleep(0))"),
    harmless(
        "another event loop",
        "import asyncio; asyncio.set_event_loop(asyncio.new_event_loop())",
    ),
    harmless("closed event loop", "import asyncio; asyncio.get_event_loop().close()"),
    kills(
        "closed sockets",
        # Not closerange: what is opened next may take a socket's number, and then it hangs instead.
        """
        import os
        nothing = os.open(os.devnull, os.O_RDONLY)
        for number in range(3, 300):
            os.dup2(nothing, number)
        """,
    ),
]  # fmt: skip

SHOWS_NONSENSE = [
    harmless(
        "malformed message",
        """
        kernel = get_ipython().kernel
        for content in ({}, {'data': 5}, [], {'name': 1, 'text': None}):
            kernel.session.send(
                kernel.iopub_socket, 'stream', content, parent=kernel.get_parent())
        """,
    ),
    harmless(
        "idle before its time",
        """
        kernel = get_ipython().kernel
        kernel.session.send(kernel.iopub_socket, 'status', {'execution_state': 'idle'},
                            parent=kernel.get_parent())
        """,
    ),
    harmless(
        "message that is no JSON",
        "get_ipython().kernel.iopub_socket.send_multipart([b'<IDS|MSG>', b'', b'x', b'{', b'['])",
    ),
    harmless(
        "display deeper than a parser goes",
        """
        deep = []
        for _ in range(900): deep = [deep]
        display({'application/json': deep}, raw=True)
        """,
    ),
    harmless("lone surrogate", "print('\\ud800'); display({'text/plain': '\\udfff'}, raw=True)"),
    harmless("control characters", "print('\\x00\\x07\\x1b[2J\\x1b]0;title\\x07')"),
    harmless("not a number in a display", "display({'application/json': float('nan')}, raw=True)"),
    harmless("broken picture", "display({'image/png': 'no picture'}, raw=True)"),
    harmless("script in HTML", "display({'text/html': '<script>while(1);</script>'}, raw=True)"),
    harmless(
        "output that is cleared",
        "from IPython.display import clear_output\nfor _ in range(50): clear_output(wait=True)",
    ),
    harmless(
        "display that is updated",
        "handle = display('x', display_id='x')\nfor i in range(50): handle.update(i)",
    ),
    raises(
        "error whose text fails",
        """
        class Broken(Exception):
            def __str__(self): raise RuntimeError('no')
            __repr__ = __str__
        raise Broken
        """,
    ),
    slow(raises("error with a long text", "raise ValueError('x' * (1 << 20))")),
    raises("error that is no Exception", "raise BaseException('no')"),
    raises("KeyboardInterrupt", "raise KeyboardInterrupt"),
    raises("sys.exit", "import sys; sys.exit(1)"),
    raises("SystemExit without a number", "raise SystemExit('enough')"),
    raises("syntax error", "def ("),
    raises("indentation error", "if True:\nx = 1"),
    raises("characters of another alphabet", "print（“hello”）"),
    raises("null byte", "x = '\\0'; compile('a\\0b', 'x', 'exec')"),
    raises("module that is not there", "import no_such_module"),
    harmless("progress bar", "from tqdm.auto import tqdm\nfor _ in tqdm(range(1000)): pass"),
    harmless("progress bar left open", "import tqdm; bar = tqdm.tqdm(total=9); bar.update()"),
    harmless("other backend of matplotlib", "import matplotlib; matplotlib.use('agg')"),
    harmless("backend with a window", "import matplotlib; matplotlib.use('TkAgg', force=True)"),
    harmless("many figures", "import matplotlib.pyplot as plt\nfor _ in range(25): plt.figure()"),
    harmless(
        "figure that waits to be closed",
        "import matplotlib.pyplot as plt\nplt.plot([1]); plt.show(block=True)",
    ),
]  # fmt: skip


def soft(*lines: str) -> str:
    """Return the answer to the second question with `lines` in the function."""
    return "\n    ".join(["def soft(s):", *lines])


ANSWERS = [
    kills("answer that ends its process", soft("import os; os._exit(0)"), Outcome.EXIT),
    kills("answer that kills its process", soft("import os; os.kill(os.getpid(), 9)")),
    hangs("answer that never ends", soft("while True: pass")),
    raises("answer that is interrupted", soft("raise KeyboardInterrupt")),
    raises("answer that is not there", "soft = 1; del soft"),
    raises("answer that is nothing", "soft = None"),
    slow(costs("answer that is too large", soft("return s.repeat(200_000)"), Outcome.FLOOD)),
    ends("answer with a broken character", "soft = '\\ud800'", Outcome.REFUSED),
    ends("answer that recurses", soft("return soft(s)")),
    ends("answer that exits", soft("raise SystemExit")),
    ends("answer that asks", soft("return input()")),
    ends("answer that is not a number", soft("return s * float('nan')")),
    ends("answer that is deep", soft("for _ in range(5000): s = [s]", "return s")),
    ends("answer that holds itself", soft("d = []; d.append(d)", "return d")),
    ends("answer that is a class", "class soft:\n    def __init__(self, s): pass"),
    ends(
        "answer whose error has no text",
        "class Broken(Exception):\n    def __str__(self): raise self\n" + soft("raise Broken"),
    ),
]

FAULTS = [
    *ENDS_THE_KERNEL,
    *HANGS,
    *TAKES_TOO_MUCH,
    *LEFT_BEHIND,
    *BREAKS_PYTHON,
    *BREAKS_THE_NOTEBOOK,
    *SHOWS_NONSENSE,
]
