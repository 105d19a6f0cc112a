"""The words of reports in both languages."""

import re
from collections.abc import Mapping
from typing import Any

TEXTS = {
    "points": ("{points} / {maximum} 分", "{points} of {maximum} points"),
    "open": ("等老师评分", "waits for a person"),
    "questions": ("各题得分", "Points by question"),
    "question": ("题目", "Question"),
    "score": ("得分", "Points"),
    "how": ("经过", "How it came about"),
    "notebook": ("你的笔记本", "Your notebook"),
    "comment": ("老师的评语", "What your teacher says"),
    "rubric": ("评分标准", "What was looked for"),
    "by_hand": ("老师评分", "marked by a person"),
    "file": (
        "交上来的文件：{name}，sha256 {sha256}（应与你留存的回执相同）",
        "The file handed in: {name}, sha256 {sha256} (as on the receipt that you keep).",
    ),
    "graded_at": ("评分时间 {at}（UTC），评分器 {grader}", "Graded {at} (UTC) by grader {grader}."),
    "asked": (
        "判分时重新计算所用的模型：sha256 {model}…",
        "What is true was computed again with the model of sha256 {model}...",
    ),
    "late": ("迟交扣 {points} 分", "{points} points off for handing in late"),
    "no_response": ("没有作答", "No answer was written."),
    "run": ("运行经过", "How the run went"),
    "unconfined": ("内核没有隔离运行。", "The kernel ran unconfined."),
    "forgeable": (
        "内核内的测试：结果可以伪造。",
        "In-kernel tests: their result can be forged.",
    ),
    "note.replayed": (
        "换了一个新内核：第 {cell} 格之前的代码重新运行了一遍（随机数和副作用可能不同）。",
        "A new kernel took over: the code before cell {cell} ran again (random numbers and side "
        "effects may differ).",
    ),
    "note.cut": (
        "第 {cell} 格的输出太长，已截断；答案不受影响。",
        "Cell {cell} showed too much; its output was cut, answers were not.",
    ),
    "note.time-out": ("第 {cell} 格超时，被中断。", "Cell {cell} took too long and was stopped."),
    "note.memory": ("第 {cell} 格用尽了内存。", "Cell {cell} ran out of memory."),
    "note.crash": ("内核在第 {cell} 格崩溃。", "The kernel crashed in cell {cell}."),
    "note.exit": ("第 {cell} 格结束了内核。", "Cell {cell} ended the kernel."),
    "note.stopped": (
        "从第 {cell} 格起没有运行：时间用完了，或内核失去得太多次。",
        "From cell {cell} on nothing ran: the time was up, or too many kernels were lost.",
    ),
    "note.flood": (
        "第 {cell} 格送出的答案太大。",
        "Cell {cell} sent more answer than is taken.",
    ),
    "door": ("交上来的文件不能评分：", "What was handed in could not be graded: "),
    "door.not_a_file": (
        "它不是普通文件（链接、目录或设备）。",
        "it is no ordinary file (a link, a folder or a device).",
    ),
    "door.too_large": (
        "文件超过 {mib} MiB；清除输出后再交。",
        "it is larger than {mib} MiB; clear the outputs and hand in again.",
    ),
    "door.not_utf8": ("它不是 UTF-8 文本。", "it is no UTF-8 text."),
    "door.not_json": (
        "它不是完整的 JSON（上传时被截断？）；重新保存后再交。",
        "it is no complete JSON (cut off while uploading?); save it and hand in again.",
    ),
    "door.too_deep": ("它嵌套得太深。", "it is nested too deeply."),
    "door.nbformat": (
        "它是第 {found} 版笔记本格式；要第 4 版。",
        "it is a notebook of format {found}; format 4 is needed.",
    ),
    "door.no_cells": ("它不是 Jupyter 笔记本。", "it is no Jupyter notebook."),
    "door.too_many_cells": ("它有超过 {limit} 个单元格。", "it has more than {limit} cells."),
    "door.no_notebook": ("文件夹里没有笔记本。", "there is no notebook in the folder."),
    "door.which_notebook": (
        "文件夹里有几个笔记本，看不出交的是哪一个。",
        "there are several notebooks in the folder, and none has the assignment's name.",
    ),
    "outcome.graded": ("已评分", "graded"),
    "outcome.no answer": ("没有答案", "no answer"),
    "outcome.refused": ("答案不能接受", "the answer was refused"),
    "outcome.time-out": ("超时", "time-out"),
    "outcome.memory": ("内存用尽", "out of memory"),
    "outcome.crash": ("内核崩溃", "the kernel crashed"),
    "outcome.exit": ("内核被结束", "the kernel was ended"),
    "outcome.stopped": ("没有运行", "not run"),
    "outcome.flood": ("答案太大", "too much answer"),
    "outcome.not a notebook": ("不是笔记本", "not a notebook"),
    "outcome.another variant": (
        "答的是另一个句子：老师会看",
        "answered for another sentence: a person looks at it",
    ),
    "outcome.another model": (
        "用的是另一个模型：老师会看",
        "answered with another model: a person looks at it",
    ),
    "outcome.internal": (
        "我们这边出了错：老师会看",
        "something went wrong on our side: a person looks at it",
    ),
}
"""Key -> (Chinese, English)."""


def text(key: str, language: str, **values: Any) -> str:
    """Return the text `key` in `language` with its places filled in."""
    chinese, english = TEXTS[key]
    return (chinese if language == "zh" else english).format(**values)


def number(points: float) -> str:
    """Return points as they are written: ``2``, ``2.5``, ``.25`` with its zero."""
    return f"{points:.2f}".rstrip("0").rstrip(".")


def filled(template: str, words: Mapping[str, str]) -> str:
    """Return `template` with the words of a sentence; the names of those that are not known."""
    return re.sub(r"\{(\w+)\}", lambda place: words.get(place[1], place[1]), template)
