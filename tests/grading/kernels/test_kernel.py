"""A fork of the warm process is a kernel like any freshly started one."""

import json

import pytest

from grader.models import find_model


def test_it_runs_code(kernel):
    assert kernel.run("1 + 1").text == "2"


def test_the_model_is_loaded_already(kernel):
    code = """
    import sys, time
    assert "torch" not in sys.modules  # no assignment asked for it
    from grader.capture import load_model
    started = time.process_time()
    model = load_model("minilm")
    took = time.process_time() - started
    print(took < 0.05, model.attend("The cat sat.").weights.shape)
    """
    assert kernel.run(code).stdout == "True (6, 12, 6, 6)\n"


@pytest.mark.long
def test_a_students_own_from_pretrained_works(kernel):
    folder = find_model("minilm").path
    code = f"""
    from transformers import AutoModel
    own = AutoModel.from_pretrained({str(folder)!r}, attn_implementation="eager")
    print(own.config.num_hidden_layers)
    """
    shown = kernel.run(code)
    assert shown.stdout == "6\n", shown


def test_capture_works_though_the_cache_cannot_be_written(kernel):
    shown = kernel.run('from grader.capture import capture; capture("A cat.").n_tokens')
    assert shown.text == "5", shown


@pytest.mark.parametrize(
    "code",
    [
        "import matplotlib.pyplot as plt; plt.plot([1, 2]); plt.show()",
        "import matplotlib.pyplot as plt; _ = plt.plot([2, 1])",
        "%matplotlib inline\nimport matplotlib.pyplot as plt; _ = plt.plot([2, 1])",
        "import matplotlib.pyplot as plt\nfigure, axes = plt.subplots(); axes.plot([1]); figure",
    ],
)
def test_a_plot_is_shown_as_a_picture(kernel, code):
    shown = kernel.run(code)
    assert "image/png" in shown.results[0], shown


def test_a_backend_that_a_student_chooses_is_theirs(kernel):
    code = """
    import matplotlib; before = matplotlib.get_backend()
    matplotlib.use("agg"); after = matplotlib.get_backend()
    matplotlib.use(before); print(before, after)
    """
    shown = kernel.run(code)
    assert shown.stdout == "module://matplotlib_inline.backend_inline agg\n" or (
        shown.stdout == "inline agg\n"
    ), shown


def test_bertviz_shows_its_view(kernel):
    code = """
    import torch
    from bertviz import head_view
    head_view([torch.ones(1, 2, 2, 2) / 2] * 2, ["a", "b"])
    """
    assert any("text/html" in result for result in kernel.run(code).results)


def test_it_has_the_tools_of_a_notebook(kernel):
    assert kernel.run("%%bash\necho from bash").stdout == "from bash\n"
    assert "from a shell" in kernel.run("!echo from a shell").stdout
    assert kernel.run("await __import__('asyncio').sleep(0, 3)").text == "3"
    assert "ns" in kernel.run("%timeit -n1 -r1 pass").stdout
    assert "StdinNotImplementedError" in kernel.run("input()").error


def test_a_shell_command_has_a_terminal(kernel):
    assert "/dev/pts/" in kernel.run("!tty").stdout


def test_subprocesses_and_worker_processes_work(kernel):
    code = """
    import subprocess, sys, torch, multiprocessing
    print(subprocess.run([sys.executable, "-c", "import numpy; print(6)"],
                         capture_output=True, text=True).stdout.strip())
    loader = torch.utils.data.DataLoader(list(range(4)), num_workers=2)
    print(sum(int(batch) for batch in loader))
    with multiprocessing.Pool(2) as pool:
        print(pool.map(abs, [-1, -2]))
    """
    shown = kernel.run(code)
    assert shown.stdout == "6\n6\n[1, 2]\n", shown


def test_torch_may_use_threads(kernel):
    code = """
    import torch, os
    before = torch.get_num_threads(); torch.set_num_threads(2)
    (torch.rand(800, 800) @ torch.rand(800, 800)).sum()
    print(before, torch.get_num_threads()); torch.set_num_threads(1)
    """
    assert kernel.run(code).stdout == "1 2\n"


def test_it_is_at_home_in_private_folders(kernel):
    code = """
    import os, pathlib, tempfile, IPython, getpass
    print(os.getcwd(), pathlib.Path.home(), tempfile.gettempdir(), IPython.paths.get_ipython_dir(),
          getpass.getuser(), sorted(os.listdir(".")))
    with tempfile.NamedTemporaryFile() as file: file.write(b"x")
    """
    home = "/home/student"
    expected = f"{home}/work {home} /tmp {home}/.ipython student ['beside.txt']\n"
    assert kernel.run(code).stdout == expected


def test_its_loopback_is_up_and_nothing_else_is(kernel):
    code = """
    import socket
    server = socket.create_server(("127.0.0.1", 0))
    client = socket.create_connection(server.getsockname())
    print([name for _, name in socket.if_nameindex() if not name.startswith(("sit", "tunl"))])
    """
    assert kernel.run(code).stdout == "['lo']\n"


def test_it_inherits_no_descriptor(start):
    code = """
    import os
    for fd in sorted(map(int, os.listdir("/proc/self/fd"))):
        try: print(os.readlink(f"/proc/self/fd/{fd}"))
        except OSError: pass
    """
    known = ("/dev/null", "pipe:", "socket:", "anon_inode:", "/home/student/", "/proc/")
    lines = start().run(code).stdout.splitlines()
    assert lines
    assert not [line for line in lines if not line.startswith(known)]


def test_only_its_own_threads_run(kernel):
    code = "import threading; sorted(t.name for t in threading.enumerate())"
    assert "TMonitor" not in kernel.run(code).text
    assert "tmonitor" not in kernel.run("!cat /proc/self/task/*/comm").stdout.lower()


def test_progress_bars_are_as_in_any_kernel(kernel):
    assert kernel.run("import tqdm; tqdm.tqdm.monitor_interval").text == "10"


def test_an_interrupt_stops_a_cell_and_not_the_kernel(start):
    import threading

    notebook = start()
    threading.Timer(1, notebook.manager.interrupt_kernel).start()
    assert "KeyboardInterrupt" in notebook.run("import time; time.sleep(30)").error
    assert notebook.run("1").text == "1"


@pytest.mark.long
def test_two_kernels_draw_different_numbers_and_order_sets_alike(start):
    code = """
    import random, numpy, torch, uuid
    print([random.random(), numpy.random.rand(), float(torch.rand(1)), uuid.uuid4().hex])
    print(list({"a", "b", "c", "d", "e", "f"}))
    """
    first, second = (start().run(code).stdout.splitlines() for _ in range(2))
    for one, other in zip(
        *(json.loads(x[0].replace("'", '"')) for x in (first, second)), strict=True
    ):
        assert one != other
    assert first[1] == second[1]


def test_what_one_kernel_does_the_next_does_not_see(start):
    start().run("import builtins, torch; builtins.leak = 1; torch.leak = 1; open('/tmp/x', 'w')")
    code = """import builtins, torch, os
(hasattr(builtins, 'leak'), hasattr(torch, 'leak'), os.path.exists("/tmp/x"))"""
    assert start().run(code).text == "(False, False, False)"


def test_warnings_are_shown_as_in_any_kernel(kernel):
    code = """
    import warnings
    warnings.warn("for the author")
    warnings.warn("for a developer", DeprecationWarning)
    open("/tmp/unclosed", "w")
    warnings.warn("for a library", ImportWarning)
    """
    stderr = kernel.run(code).stderr
    assert "for the author" in stderr
    assert "for a developer" in stderr  # __main__'s own
    assert "unclosed" not in stderr
    assert "for a library" not in stderr


def test_a_cell_that_takes_the_streams_away_does_not_silence_the_next(start):
    notebook = start()
    notebook.run("import sys; sys.stdout = sys.stderr = None")
    assert notebook.run("print('heard')", timeout=5).stdout == "heard\n"


@pytest.mark.parametrize(
    "code", ["quit()", "import asyncio; asyncio.get_event_loop().stop()", "1; exit()\n2"]
)
def test_a_cell_that_asks_the_kernel_to_end_leaves_it_running(start, code):
    notebook = start()
    notebook.run(code)
    assert not notebook.run("import time; time.sleep(.5)", timeout=5).died
    assert notebook.run("1 + 1", timeout=5).text == "2"


def test_the_traceback_of_an_endless_recursion_takes_no_longer_than_it_must(start):
    shown = start().run("def f(): return f()\nf()", timeout=6)
    assert "RecursionError" in shown.error


def test_objects_can_be_pickled_by_name(kernel):
    code = "class Own: pass\nimport pickle; pickle.loads(pickle.dumps(Own())).__class__.__module__"
    assert kernel.run(code).text == "'__main__'"


def test_nothing_of_the_starter_is_in_its_environment(start, monkeypatch):
    monkeypatch.setenv("A_TOKEN", "very-secret-indeed")
    monkeypatch.setenv("NBGRADER_EXECUTION", "autograde")
    notebook = start()
    shown = notebook.run(
        "import os; print(dict(os.environ))\n!cat /proc/self/environ /proc/1/environ"
    )
    assert "very-secret-indeed" not in shown.stdout
    assert "'NBGRADER_EXECUTION': 'autograde'" in shown.stdout
