"""What the engine runs it runs as a kernel does; everything else it leaves to a kernel."""

import pytest

from grader.grading.kernels import CONFINED, STOCK
from grader.grading.kernels.zygote import LIBRARIES, SOCKET_VARIABLE, warm
from grader.grading.run import execute
from grader.grading.run.engine_client import EngineClient, wanted
from grader.grading.run.execute import run_job
from support.engines import job_of, run_both, seen
from support.walls import wall, zygote

__all__ = ["wall", "zygote"]

RUNS = {
    "streams": "import sys\nprint(1)\nprint('e', file=sys.stderr)\nsys.stdout.write('no newline')",
    "streams among displays": "print(1); display(2); print(3); display(4); print(5)\n6",
    "no last value": "x = 5;",
    "semicolon": "5;",
    "several values": "1\n2",
    "underscores": "_, __, _i, Out, len(In)",
    "rich value": "class A:\n    def _repr_html_(self): return '<b>a</b>'\n"
    "    def _repr_png_(self): return b'no'\nA()",
    "repr that fails": "class B:\n    def __repr__(self): raise ValueError('no')\nB()",
    "html repr that fails": "class C:\n    def _repr_html_(self): 1/0\nC()",
    "bundle": "display({'text/plain': 'p', 'text/html': '<i>', 'application/x+json': {'a': [1]}}, "
    "raw=True, metadata={'m': 1})",
    "error": "1/0",
    "chained error": "try:\n    {}['a']\nexcept KeyError as e:\n    raise ValueError('b') from e",
    "error in a function of another cell": "def f(x):\n    y = x\n    return y.missing\nf(3)",
    "error with a note": "e = ValueError('x'); e.add_note('n'); raise e",
    "exception group": "raise ExceptionGroup('g', [ValueError(1), KeyError(2)])",
    "error whose text fails": "class D(Exception):\n    def __str__(self): 1/0\nraise D",
    "syntax error": "def (",
    "indentation error": "if True:\nx = 1",
    "syntax warning": "'' is ''",
    "system exit": "import sys; sys.exit('enough')",
    "interrupt": "raise KeyboardInterrupt",
    "input": "input('name? ')",
    "getpass": "import getpass; getpass.getpass()",
    "warning": "import warnings; warnings.warn('careful')",
    "await": "import asyncio\nawait asyncio.sleep(0.01)\nprint('slept')",
    "await that fails": "import asyncio\nawait asyncio.wait_for(asyncio.sleep(9), 0.01)",
    "loop that runs": "import asyncio; asyncio.run(asyncio.sleep(0))",
    "context variable": "import contextvars; v = contextvars.ContextVar('v'); v.set(3); None",
    "context variable later": "v.get('gone')",
    "numpy's own context": "import numpy as np; np.set_printoptions(precision=2); np.array([1/3])",
    "numpy's own context later": "np.array([1/3])",
    "clear_output": "from IPython.display import clear_output\nprint(1); clear_output(); print(2)",
    "clear_output that waits": "print(1); clear_output(wait=True); print(2); display(3)",
    "update": "h = display('a', display_id=True); h.update('b')",
    "update of an earlier cell": "h.update('c'); display(h)",
    "named display": "display(1, display_id='d'); display(2, display_id='d', update=True)",
    "figure that nothing draws": "from matplotlib.figure import Figure\n"
    "f = Figure(); f.subplots(); f",
    "picture of ours": "import numpy as np\nfrom grader.plots import plot_heads\n"
    "plot_heads(np.eye(3))",
    "pyplot that is not used": "import matplotlib.pyplot as plt\nplot_heads(np.eye(2))",
    "figure": "import matplotlib.pyplot as plt\nplt.plot([1, 2])",
    "figure with show": "plt.plot([2, 1]); plt.show(); print('after')",
    "figure as value": "from matplotlib.figure import Figure\nf = Figure(); f.subplots(); f",
    "two figures": "for _ in range(2): plt.figure()",
    "inline again": "%matplotlib inline\nplt.plot([3]);",
    "picture of ours after pyplot's": "plot_heads(np.eye(3))",
    "image": "import numpy as np\nplt.imshow(np.eye(3)); plt.title('0.5');",
    "timeit": "t = %timeit -n1 -r1 -o -q 1",
    "help": "print?",
    "pandas": "import pandas; pandas.DataFrame({'a': [1]})",
    "tensor": "import torch; torch.manual_seed(0); torch.zeros(2)",
    "random": "import random; random.seed(1); random.random(), np.random.seed(1), np.random.rand()",
    "names": "__name__, __file__ if '__file__' in globals() else None",
    "folder": "import os; os.getcwd(), os.listdir(), os.environ['HOME'], os.environ['PAGER']",
    "file": "open('a.txt', 'w').write('x'); open('a.txt').read()",
    "own module": "open('mine.py', 'w').write('x = 1'); import mine; mine.x",
    "path": "import sys; sys.path[0], sys.argv[0].rsplit('/')[-1], get_ipython().ipython_dir",
    "environment": "sorted(os.environ)",
    "shell's name": "type(get_ipython()).__name__, type(sys.stdout).__name__, __builtins__",
    "history": "_dh, In[-2:], get_ipython().execution_count",
    "hook": "get_ipython().events.register('post_run_cell', lambda *_: print('ran')); 1",
    "hook that prints": "2",
    "closing": "plt.close('all'); print('\\x1b[31mred\\x1b[0m \\x07')",
    "deleted names": "%matplotlib inline\nprint = len = 1",
    "print is gone": "print",
}
"""Cells of one notebook, in this order."""

LEAVES = {
    "line magic": "%lsmagic",
    "cell magic": "%%bash\necho 1",
    "shell": "!echo 1",
    "subprocess": "import subprocess; subprocess.run(['true'])",
    "fork": "import os\nif os.fork() == 0: os._exit(0)",
    "system": "import os; os.system('true')",
    "signal": "import os; os.kill(os.getpid(), 0)",
    "thread": "import threading; threading.Thread(target=print).start()",
    "raw thread": "import _thread; _thread.start_new_thread(print, ())",
    "thread in C": "import torch; torch.set_num_threads(2); torch.rand(999, 999).exp().sum()",
    "raw output": "import os; os.write(1, b'x'); None",
    "stream's file": "import sys; sys.stdout.fileno()",
    "original stream": "import sys; print(1, file=sys.__stdout__)",
    "closed stream": "import sys; sys.stdout.close()",
    "ctypes": "import ctypes; ctypes.CDLL(None)",
    "comm": "import comm; comm.create_comm(target_name='x')",
    "kernel": "get_ipython().kernel",
    "kernel by its class": "import ipykernel.ipkernel as k; k.IPythonKernel.instance().io_loop",
    "exit": "exit()",
    "quit at once": "import os; os._exit(0)",
    "task that goes on": "import asyncio; t = asyncio.ensure_future(asyncio.sleep(60))",
    "callback later": "import asyncio; asyncio.get_event_loop().call_later(9, print)",
    "stopped loop": "import asyncio; asyncio.get_event_loop().stop()",
    "recursion": "def f(): f()\nf()",
    "memory": "x = bytearray(8 << 30)",
    "stack": "import traceback; traceback.print_stack()",
    "frames": "import inspect; inspect.stack()",
    "tracing": "import sys; sys.settrace(lambda *_: None)",
    "collector": "import gc; len(gc.get_objects())",
    "too long": "import time; time.sleep(30)",
    "too much": "print('x' * (30 << 20))",
    "endless picture": "display({'image/png': 'A' * (5 << 20)}, raw=True)",
    "display that is none": "display({'application/x': {'a': 1}}, raw=True)",
    "not a number in a bundle": "display({'application/x+json': [float('nan')]}, raw=True)",
    "surrogate": "display({'text/plain': '\\udfff'}, raw=True)",
    "connection closed": "import os; os.closerange(3, 9)",
    "connection forged": "import os; os.write(3, b'm\\0\\0\\0\\x05hello')",
    "reply forged": "import os; os.write(3, b'r\\0\\0\\0\\x02[]')",
    "end forged": "get_ipython().display_pub.session.send(None, 'status', "
    "{'execution_state': 'idle'}); import os; os.write(3, b'm\\0\\0\\0\\x22status\\n"
    '{"execution_state": "idle"}\')',
}


@pytest.fixture(scope="module")
def both(wall):
    """Of an assignment whose notebooks import these libraries: they are there already."""
    with warm(libraries=LIBRARIES) as running, pytest.MonkeyPatch.context() as patch:
        patch.setenv(SOCKET_VARIABLE, str(running.path))
        return run_both(job_of(*RUNS.values()), patch)


def test_the_notebook_stays_in_the_engine(both):
    assert both[0].left == ""
    assert both[1].notes == []


@pytest.mark.parametrize("name", RUNS)
def test_a_cell_shows_what_it_shows_in_a_kernel(both, name):
    at = list(RUNS).index(name)
    by_engine, by_kernel = (seen(executed)[0][at] for executed in both)
    assert by_engine == by_kernel


@pytest.mark.parametrize("name", LEAVES)
def test_what_may_come_out_otherwise_is_left_to_a_kernel(zygote, name, monkeypatch):
    monkeypatch.setattr(execute._Execution, "run", _engine_only(execute._Execution.run))
    with pytest.raises(Left):
        run_job(job_of(LEAVES[name], "1", cell_seconds=2))


class Left(Exception):
    """The notebook would go to a kernel now."""


def _engine_only(run):
    def run_or_stop(self):
        if not isinstance(self.client, EngineClient):
            raise Left
        return run(self)

    return run_or_stop


def test_what_an_engine_used_is_reported(zygote):
    executed = run_job(job_of("x = bytearray(50 << 20)"))
    assert executed.left == ""
    assert executed.kernels == 1
    assert executed.cpu_seconds > 0
    assert executed.peak_bytes > 50 << 20


def test_a_notebook_whose_time_is_over_is_a_kernels(zygote, monkeypatch):
    monkeypatch.setattr("grader.grading.run.engine_client.SECONDS", 0.5)
    executed = run_job(job_of("import time; time.sleep(0.6)", "2", cell_seconds=10))
    assert executed.left
    assert executed.notes == []
    assert executed.notebook["cells"][1]["outputs"][0]["data"]["text/plain"] == "2"


def test_only_confined_kernels_have_an_engine_beside_them(zygote):
    assert wanted(CONFINED)
    assert not wanted(STOCK)
