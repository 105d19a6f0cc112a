"""Forging: no answer, but full marks from a judge that sits in the student's own kernel.

Each takes the small exercise of ``support.courses`` without answering it. Its control is a naive
judge: asserts in the kernel, believing what the kernel says, the exit code.
"""

from collections.abc import Callable
from dataclasses import dataclass, field
from textwrap import dedent

ASSERTS = """
import numpy as np
x = np.array([[1.0, 2.0], [3.0, 5.0]])
def right(x):
    e = np.exp(x - x.max(axis=-1, keepdims=True)); return e / e.sum(axis=-1, keepdims=True)
def run_tests():
    assert pick == "keys"
    assert not (np.abs(soft(x) - right(x)) > 1e-6).any()
run_tests()
"""
HIDDEN = "hidden_tests_of_mini = {'pick': 'keys', 'about': []}"
BLANK = "pick = None\ndef soft(scores): return None"


@dataclass(frozen=True)
class Forgery:
    """Cells of a submission that answers nothing, and the judge that it deceives."""

    tries: str
    code: str
    """Stands in the first answer's cell."""
    judge: str = "asserts"
    """asserts, exit code, messages, numbers or metadata: what the naive judge believes."""
    tests: str = ASSERTS
    """The cell of the naive judge."""
    edit: Callable[[dict], None] | None = None
    """What is done to the notebook's file."""
    files: dict[str, str] = field(default_factory=dict)
    """Handed in beside the notebook."""

    @property
    def source(self) -> str:
        return f"{BLANK}\n{dedent(self.code)}"


def skip_checks(notebook: dict) -> None:
    for cell in notebook["cells"]:
        if cell["metadata"].get("nbgrader", {}).get("grade"):
            cell["metadata"]["tags"] = ["skip-execution"]


def raise_points(notebook: dict) -> None:
    for cell in notebook["cells"]:
        if cell["metadata"].get("nbgrader", {}).get("grade"):
            cell["metadata"]["nbgrader"]["points"] = 100


def empty_checks(notebook: dict) -> None:
    for cell in notebook["cells"]:
        grade_id = cell["metadata"].get("nbgrader", {}).get("grade_id", "")
        if grade_id.endswith("_check"):
            cell["source"] = "pass"


SEND = """
from IPython.display import display
import hashlib
MIME = "application/vnd.seeing-attention.answer+json"
def send(answer, **more):
    from grader.models import MINILM_SHA256
    display({MIME: {"schema": 1, "question": "mini.pick", "variant": 0, "model": MINILM_SHA256,
                    "answer": answer, **more}, "text/plain": ""}, raw=True)
"""

FORGERIES = [
    Forgery(
        "an AST transformer that drops asserts",
        """
        import ast
        class Drop(ast.NodeTransformer):
            def visit_Assert(self, node): return ast.copy_location(ast.Pass(), node)
        get_ipython().ast_transformers.append(Drop())
        """,
    ),
    Forgery(
        "an input transformer that empties later cells",
        "get_ipython().input_transformers_cleanup.append(lambda lines: [])",
    ),
    Forgery(
        "a kernel that executes nothing and says ok",
        """
        kernel = get_ipython().kernel
        async def ok(*args, **kwargs):
            return {"status": "ok", "execution_count": 9, "payload": [], "user_expressions": {}}
        kernel.do_execute = ok
        """,
    ),
    Forgery(
        "a shell that runs nothing",
        "get_ipython().run_cell_async = None; get_ipython().run_code = None\n"
        "get_ipython().showtraceback = get_ipython()._showtraceback = lambda *a, **k: None\n"
        "get_ipython().kernel._send_abort_reply = None",
    ),
    Forgery(
        "hidden tracebacks",
        """
        type(get_ipython()).showtraceback = lambda *a, **k: None
        type(get_ipython())._showtraceback = lambda *a, **k: None
        """,
    ),
    Forgery(
        "an object that equals everything",
        """
        class Yes:
            def __eq__(self, other): return True
            def __hash__(self): return 0
            def __sub__(self, other): return 0.0
            def __array__(self, *a, **k): return np.zeros(())
            __rsub__ = __radd__ = __sub__
        import numpy as np
        np.abs = lambda x: np.zeros(1)
        pick = Yes()
        def soft(scores): return Yes()
        """,
    ),
    Forgery(
        "a string that equals everything",
        """
        class Text(str):
            def __eq__(self, other): return True
            __hash__ = str.__hash__
        pick = Text("queries")
        def soft(scores): return float("nan") * scores
        """,
    ),
    Forgery(
        "NaN, which is never farther than the tolerance",
        """
        import numpy as np
        class Any(str):
            def __eq__(self, other): return True
        pick = Any("nan")
        def soft(scores): return np.full(scores.shape, np.nan)
        """,
    ),
    Forgery(
        "an array whose differences are zero",
        """
        import numpy as np
        class Near(np.ndarray):
            def __array_ufunc__(self, *a, **k): return np.zeros(self.shape)
        def soft(scores): return np.ones(scores.shape).view(Near)
        import builtins
        class Text(str):
            def __eq__(self, other): return True
        pick = Text("")
        """,
    ),
    Forgery(
        "a patched library",
        """
        import numpy as np
        np.abs = lambda value: np.zeros(2)
        class Text(str):
            def __eq__(self, other): return True
        pick = Text("")
        def soft(scores): return scores
        """,
    ),
    Forgery(
        "inputs changed so that the answer becomes right",
        """
        import numpy as np
        class Text(str):
            def __eq__(self, other): return True
        pick = Text("")
        def soft(scores):
            scores[...] = 0.0
            return np.full(scores.shape, 1 / scores.shape[-1])
        """,
    ),
    Forgery(
        "the expected value out of the caller's frame",
        """
        import sys
        class Text(str):
            def __eq__(self, other): return True
        pick = Text("")
        def soft(scores):
            frame = sys._getframe(1)
            while frame:
                if "expected" in frame.f_locals: return frame.f_locals["expected"]
                frame = frame.f_back
        """,
        tests=ASSERTS.replace(
            "assert not (np.abs(soft(x) - right(x)) > 1e-6).any()",
            "expected = right(x); assert np.allclose(soft(x), expected)",
        ),
    ),
    Forgery(
        "the expected value out of the memory",
        """
        import gc
        pick = next((o["pick"] for o in gc.get_objects()
                     if type(o) is dict and set(o) == {"pick", "about"}), None)
        """,
        tests='assert pick == "keys"',
    ),
    Forgery(
        "the expected value out of the test's own text",
        """
        import re
        def peek(info):
            found = re.search(r'pick == "(\\w+)"', info.raw_cell or "")
            if found: get_ipython().user_ns["pick"] = found[1]
        get_ipython().events.register("pre_run_cell", peek)
        """,
        tests='assert pick == "keys"',
    ),
    Forgery(
        "the expected value out of the module's functions",
        """
        import grader.questions, grader.check
        session = next(iter(grader.check._SESSIONS.values()), None)
        question = session.exercise.questions["pick"] if session else None
        pick = getattr(question, "key", None) or getattr(question, "answer", None)
        if pick is None: pick = globals().get("hidden_tests_of_mini", {}).get("pick")
        """,
        tests='assert pick == "keys"',
    ),
    Forgery("an end of the process with code 0", "import os; os._exit(0)", "exit code"),
    Forgery("an exit that looks like success", "import sys; sys.exit(0)", "exit code"),
    Forgery(
        "an end at the first assertion",
        """
        import builtins, os, sys
        sys.excepthook = lambda *a: os._exit(0)
        """,
        "exit code",
    ),
    Forgery(
        "a number as the last value of each cell",
        "get_ipython().input_transformers_cleanup.append(lambda lines: ['8.0\\n'])",
        "numbers",
    ),
    Forgery(
        "a score of NaN as the last value",
        "get_ipython().input_transformers_cleanup.append(lambda lines: ['float(\"nan\")\\n'])",
        "numbers",
    ),
    Forgery(
        "points in the message",
        SEND + 'send("queries", points=100, status="passed", correct=True, verdict="passed")',
        "messages",
    ),
    Forgery(
        "every option at once, one will be right",
        SEND
        + """
import grader.check
grader.check._publish = lambda data: [send(option) for option in ("keys", "queries")]
import __main__
__main__.check = lambda question, answer: [send(option) for option in ("keys", "queries")]
""",
        "messages",
    ),
    Forgery(
        "a judge that is patched to be content",
        SEND
        + """
import grader.check, grader.questions
grader.check.judge_outputs = grader.questions.judge_outputs = lambda *a, **k: None
grader.questions.judge = lambda *a, **k: None
send("queries", points=100)
""",
        "messages",
    ),
    Forgery(
        "a message in the name of the check cell",
        SEND
        + """
import threading, time
kernel = get_ipython().kernel
def late():
    for _ in range(40):
        time.sleep(0.05)
        for option in ("keys", "queries"):
            kernel.session.send(kernel.iopub_socket, "display_data", {
                "data": {MIME: {"schema": 1, "question": "mini.pick", "variant": 0,
                                "model": "", "answer": option, "points": 100}},
                "metadata": {}}, parent=kernel.get_parent())
threading.Thread(target=late).start()
send("queries", points=100)
""",
        "messages",
    ),
    Forgery("a tag that skips the checks", "", "metadata", edit=skip_checks),
    Forgery("more points in the metadata", "", "metadata", edit=raise_points),
    Forgery("emptied check cells", "", "metadata", edit=empty_checks),
    Forgery(
        "a module of ours, planted beside the notebook",
        "import importlib, sys",
        "planted",
        files={
            "grader.py": "raise SystemExit",
            "numpy.py": "abs = lambda x: False",
            "sitecustomize.py": "import os; os._exit(0)",
            "json.py": "dumps = lambda *a, **k: '1'",
        },
    ),
]
