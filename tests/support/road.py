"""A small exercise, an honest answer to it, and a way to run notebooks without a kernel.

Real `start` and `check`, real cells; only the kernel is missing. What editors, platforms and
students do to the notebook stands in `mutations`.
"""

import contextlib
import io
import json
import os

from IPython.core.inputtransformer2 import TransformerManager

import grader.check
from grader.grading.run.job import Executed
from grader.questions import MIME
from support.courses import NoModel

STUDENT = "2026001"

QUESTIONS = """
title = {zh = "一条路", en = "One road"}
minutes = 5
route = "own"
points = 9

[[variant]]
word = "cat"
[[variant]]
word = "dog"

[question.pick]
kind = "rows"
rows = 1
columns = 1
points = 1
title = {zh = "选择", en = "Choose"}
criterion.shape = {points = 0, label = {zh = "形状", en = "the shape"}}
criterion.not_negative = {points = 0, label = {zh = "没有负数", en = "nothing negative"}}
criterion.sums = {points = 1, label = {zh = "和是 1", en = "sums to 1"}}

[question.soft]
kind = "function"
points = 2
reference = "softmax"
tolerance = 1e-6
because = {zh = "浮点数误差", en = "floating point"}
title = {zh = "写一个函数", en = "Write a function"}
criterion.plain = {points = 1, label = {zh = "普通", en = "plain"}}
criterion.large = {points = 1, label = {zh = "很大的数", en = "large numbers"}}

[question.why]
kind = "written"
points = 1
title = {zh = "为什么", en = "Why"}
rubric = {zh = "看见就给分", en = "anything"}
criterion.written = {points = 1, label = {zh = "看法", en = "the view"}}

[question.claim]
kind = "rows"
rows = 1
columns = 1
points = 2
title = {zh = "结论", en = "Claim"}
criterion.shape = {points = 0, label = {zh = "形状", en = "the shape"}}
criterion.not_negative = {points = 0, label = {zh = "没有负数", en = "nothing negative"}}
criterion.sums = {points = 2, label = {zh = "和是 1", en = "sums to 1"}}

[question.last]
kind = "rows"
rows = 1
columns = 1
points = 2
title = {zh = "最后", en = "At last"}
criterion.shape = {points = 0, label = {zh = "形状", en = "the shape"}}
criterion.not_negative = {points = 0, label = {zh = "没有负数", en = "nothing negative"}}
criterion.sums = {points = 2, label = {zh = "和是 1", en = "sums to 1"}}

[question.friend]
kind = "written"
points = 1
title = {zh = "回答朋友", en = "Answer a friend"}
rubric = {zh = "看见就给分", en = "anything"}
criterion.written = {points = 1, label = {zh = "看法", en = "the view"}}
"""

PROBES = """
[soft.class.plain]
public = true
count = 1
matrix = {rows = [2, 4], columns = [2, 4], low = -1.0, high = 1.0}
[soft.class.large]
count = 2
matrix = {rows = [2, 4], columns = [2, 4], low = 900.0, high = 1000.0}
"""

NOTEBOOK = '''# %% [markdown] lang="en"
# # One road
#
# Before you begin, write down a guess:
#
# 1.
# %% [markdown] lang="zh"
# # 一条路
#
# 先写下一个猜测：
#
# 1.
# %%
import numpy as np
# %% [markdown] lang="en"
# ## A · Choose
# Write an array of one row whose numbers sum to 1.
# %% [markdown] lang="zh"
# ## A · 选择
# 写一个只有一行的数组，这一行的和是 1。
# %% role="solution" grade_id="pick"
pick_answer = None
### BEGIN SOLUTION
pick_answer = [[1.0]]
### END SOLUTION
# %% role="check" grade_id="pick_check"
check("road.pick", pick_answer)
# %% [markdown] lang="en"
# ## B · A function
# %% [markdown] lang="zh"
# ## B · 一个函数
# %% role="solution" grade_id="soft"
def soft(scores):
    """Return each row as weights."""
    ### BEGIN SOLUTION
    e = np.exp(scores - scores.max(axis=-1, keepdims=True))
    return e / e.sum(axis=-1, keepdims=True)
    ### END SOLUTION
# %% role="check" grade_id="soft_check"
check("road.soft", soft)
# %% [markdown] lang="en"
# Why do you take the largest number away first?
# %% [markdown] lang="zh"
# 为什么先减去最大的数？
# %% [markdown] role="written" grade_id="why" lang="en"
# The model answer, THE SECRET.
# %% [markdown] role="written" grade_id="why" lang="zh"
# 参考答案 THE SECRET
# %% [markdown] lang="en"
# ## C · What it tells
# %% [markdown] lang="zh"
# ## C · 它说明什么
# %% role="solution" grade_id="claim"
claim_answer = None
### BEGIN SOLUTION
claim_answer = [[1.0]]
### END SOLUTION
# %% role="check" grade_id="claim_check"
check("road.claim", claim_answer)
# %% role="solution" grade_id="last"
last_answer = None
### BEGIN SOLUTION
last_answer = [[1.0]]
### END SOLUTION
# %% role="check" grade_id="last_check"
check("road.last", last_answer)
# %% [markdown] lang="en"
# ## D · Answer your friend
# Who has it? Half a page at most.
# %% [markdown] lang="zh"
# ## D · 回答朋友
# 在谁手里？最多半页。
# %% [markdown] role="written" grade_id="friend" lang="en"
# The model answer, THE SECRET.
# %% [markdown] role="written" grade_id="friend" lang="zh"
# 参考答案 THE SECRET
'''

WHY = "Because exp overflows for large numbers."
FRIEND = "The sentence does not say who has it, and the weights do not either."
RIGHT = {
    "pick": "pick_answer = [[1.0]]",
    "soft": (
        "def soft(scores):\n"
        "    e = np.exp(scores - scores.max(axis=-1, keepdims=True))\n"
        "    return e / e.sum(axis=-1, keepdims=True)"
    ),
    "claim": "claim_answer = [[1.0]]",
    "last": "last_answer = [[1.0]]",
    "why": WHY,
    "friend": FRIEND,
}
"""grade_id -> an answer that earns all points."""
PUBLIC = 6.0
"""Points of the public criteria."""


class Model(NoModel):
    """The default model's hash without its weights: no question here asks it."""

    from grader.models import MINILM_SHA256 as sha256


class _Shell:
    """What cells ask of IPython: nothing happens."""

    def __getattr__(self, name):
        return lambda *args, **named: None


def execute(notebook, questions) -> Executed:
    """Run a notebook's cells in this process; only for the tests' own, harmless cells.

    Args:
        notebook: as it goes to a kernel.
        questions: grade_id of a check cell -> (question id, inputs for a function or None).
    """
    notebook = json.loads(json.dumps(notebook))
    recorded = {}
    names = {"display": lambda *args, **named: None, "get_ipython": _Shell}
    transform = TransformerManager().transform_cell
    before = os.environ.get("NBGRADER_EXECUTION")
    os.environ["NBGRADER_EXECUTION"] = "autograde"
    grader.check.forget()
    try:
        for cell in notebook["cells"]:
            if cell["cell_type"] != "code":
                continue
            grade_id = cell["metadata"].get("nbgrader", {}).get("grade_id")
            if grade_id in questions:
                question, probes = questions[grade_id]
                if probes is not None:
                    grader.check.set_probes(question, probes)
                if not callable(names.get("check")):
                    names["check"] = grader.check.check
            known = len(grader.check.recorded())
            error = []
            try:
                with contextlib.redirect_stdout(io.StringIO()):
                    exec(compile(transform(cell["source"]), "cell", "exec"), names)
            except (Exception, SystemExit) as raised:
                error = [{"output_type": "error", "ename": type(raised).__name__}]
            if grade_id in questions:
                sent = [
                    {"output_type": "display_data", "data": {MIME: b}, "metadata": {}}
                    for b in grader.check.recorded()[known:]
                ]
                recorded[grade_id] = json.dumps(sent + error)
    finally:
        grader.check.forget()
        if before is None:
            del os.environ["NBGRADER_EXECUTION"]
        else:
            os.environ["NBGRADER_EXECUTION"] = before
    return Executed(notebook=notebook, recorded=recorded, endings={}, kernels=1)


def in_process(jobs) -> list[Executed]:
    """Run the notebooks of a batch so."""
    return [execute(job.notebook, job.questions) for job in jobs]
