"""The words of reports in both languages."""

import re
from collections.abc import Mapping
from typing import Any

from grader.questions import Exercise

TEXTS = {
    "points": ("{points} / {maximum} 分", "{points} of {maximum} points"),
    "open": ("等老师评分", "waits for a person"),
    "feedback": ("看见注意力 · 作业反馈", "Seeing Attention · feedback"),
    "report": ("看见注意力 · 班级报告", "Seeing Attention · class report"),
    "out_of": ("/ {maximum} 分", "of {maximum} points"),
    "still_open": (
        "还有 {count} 题等老师评分，最多再得 {points} 分",
        "still to be marked by a person: {count}, for up to {points} more points",
    ),
    "sentence": ("你的句子", "Your sentence"),
    "questions": ("各题得分", "Points by question"),
    "essays": ("老师评的题", "Marked by a person"),
    "question": ("题目", "Question"),
    "score": ("得分", "Points"),
    "notebook": ("你的笔记本", "Your notebook"),
    "not_shown": (
        "这份笔记本太大或太复杂，这里无法显示；得分、理由和提示不受影响。",
        "Your notebook is too large or too intricate to be shown here; points, reasons and hints "
        "are not affected.",
    ),
    "setup": ("准备用的单元格", "Set-up cells"),
    "place": ("看笔记本里的作答", "See it in your notebook"),
    "your_answer": ("你写的", "You wrote"),
    "hint": ("提示：", "Hint: "),
    "comment": ("老师的评语：", "Your teacher says:"),
    "rubric": ("评分标准", "What was looked for"),
    "by_hand": ("这题的分数由老师评定。", "A person gave the points of this question."),
    "file": (
        "交上来的文件：{name}，sha256 {sha256}",
        "The file handed in: {name}, sha256 {sha256}",
    ),
    "receipt": (
        "回执：{receipt}（应与 grader check 给你的相同）",
        "Receipt: {receipt} (the one that grader check gave you)",
    ),
    "graded_at": ("评分时间 {at}（UTC），评分器 {grader}", "Graded {at} (UTC) by grader {grader}."),
    "asked": (
        "判分时重新计算所用的模型：sha256 {model}…",
        "What is true was computed again with the model of sha256 {model}...",
    ),
    "late": (
        "迟交（第 {days} 天），扣 {points} 分，计入 {counted} 分",
        "Late (day {days}): {points} points are taken off, {counted} count",
    ),
    "no_response": ("没有作答", "No answer was written."),
    "run": ("请注意", "Please note"),
    "basis": ("这份成绩是怎么来的", "How this grade came about"),
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
    "check.missing": (
        "没有这个文件：{path}。请在放着它的文件夹里运行，或写出完整的路径。",
        "there is no file {path}; run the command in its folder, or write its whole path.",
    ),
    "check.needs": (
        "要运行 notebook，还缺 {name}；运行 pip install jupyterlab 就有了。",
        "{name} is missing, which runs a notebook; pip install jupyterlab brings it.",
    ),
    "check.unreadable": ("{path} 不能检查：{why}", "{path} cannot be checked: {why}"),
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
    "door.too_many_items": (
        "它里面的项目太多；清除输出后再交。",
        "it holds too many items; clear the outputs and hand in again.",
    ),
    "door.nbformat": (
        "它是第 {found} 版笔记本格式；要第 4 版。",
        "it is a notebook of format {found}; format 4 is needed.",
    ),
    "door.no_cells": ("它不是 Jupyter 笔记本。", "it is no Jupyter notebook."),
    "door.too_many_cells": ("它有超过 {limit} 个单元格。", "it has more than {limit} cells."),
    "door.too_much_text": (
        "单元格里的文字超过 {mib} MiB 或 {lines} 行；把数据放到旁边的文件里再交。",
        "its cells hold more than {mib} MiB of text or {lines} lines; "
        "put data into a file beside it and hand in again.",
    ),
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
    "table.student": ("学生", "student"),
    "table.total": ("合计", "total"),
    "table.late": ("迟交", "late"),
    "table.unknown": ("不明", "unknown"),
    "table.off": ("扣分", "off"),
    "table.counted": ("计入", "counted"),
    "table.why": ("原因", "why"),
    "asked_again": (
        "老师请你重新交一次。{reason}",
        "Your teacher asks you to hand this in once more. {reason}",
    ),
    "waits.title": (
        "等老师处理（{count} 位学生）；每一项下面是处理它的命令：",
        "Waits for a person ({count} students); below each line stands what settles it:",
    ),
    "waits.heading": ("等老师处理", "What waits for a person"),
    "waits.how": (
        "在课程目录里输入命令；以后还可以用 grader settle … --undo 撤回决定。",
        "Type the command in the course folder; grader settle ... --undo takes a decision back.",
    ),
    "waits.who": ("学生", "Who"),
    "waits.what": ("题目", "Questions"),
    "waits.why": ("原因，以及处理的命令", "Why, and what settles it"),
    "waits.more": ("等另外 {count} 人", "and {count} more"),
    "waits.nothing": ("没有什么在等老师处理。", "Nothing waits for a person."),
    "waits.variant": (
        "notebook 里写的是 {id} 的学号，答的是那个学号的句子",
        "the notebook carries the id {id}, and answers for that id's sentence",
    ),
    "waits.no_id": (
        "notebook 里没有写学号，答的是没有学号时的句子",
        "the notebook carries no id, and answers for the sentence of one without",
    ),
    "waits.sentence": (
        "答的是另一个句子，notebook 里却没有写别人的学号（来自别的课程、网站或旧版本？）",
        "it answers for another sentence, but carries no other id (from another course, the site, "
        "an older release?)",
    ),
    "waits.model": (
        "用的是另一个模型，评分器不能判断；请看一看再给分",
        "it was answered with another model, which the grader cannot judge; look and give a mark",
    ),
    "waits.internal": (
        "我们这边出了错；请看一看再给分，或再批改一次",
        "something went wrong on our side; look and give a mark, or grade once more",
    ),
    "waits.nobodys": (
        "这份提交可能是两个人的，或者两份提交都说是同一个人的；看一看，再说它是谁的（STUDENT）",
        "this submission could be two people's, or two claim one person; look, and say whose it is "
        "(STUDENT)",
    ),
    "waits.fault": (
        "评分器出了错（{fault}）；再批改一次",
        "the grader failed ({fault}); grade once more",
    ),
    "waits.unmarked": ("书面回答还没有评分", "a written answer has no mark yet"),
    "waits.unscored": (
        "自动评分得不出分数；请看一看再给分",
        "no score came of the automatic test; look and give a mark",
    ),
    "waits.confirm": (
        "老师评分之后，答案或自动评分又变了；请看一看，照旧或改分",
        "the answer or the automatic score changed after a person had marked it; look, and keep or "
        "change the mark",
    ),
    "waits.again": (
        "已经请学生重新交（{reason}）；交上来之后会照常批改",
        "a new hand-in was asked for ({reason}); it is graded as soon as it is collected",
    ),
    "happened.replayed": ("换过内核", "a kernel had to be replaced"),
    "happened.cut": ("输出被截断", "output was cut"),
    "happened.time-out": ("有单元格超时", "a cell took too long"),
    "happened.memory": ("有单元格用尽内存", "a cell ran out of memory"),
    "happened.crash": ("有单元格让内核崩溃", "a cell crashed the kernel"),
    "happened.exit": ("有单元格结束了内核", "a cell ended the kernel"),
    "happened.stopped": ("没有运行到最后", "the run did not reach the end"),
    "happened.flood": ("有单元格送出太多", "a cell sent too much"),
    "report.handed_in": ("已交", "handed in"),
    "report.mean": ("平均分", "mean"),
    "report.median": ("中位数", "median"),
    "report.highest": ("最高分", "highest"),
    "report.late": (
        "迟交的（这一页的得分没有扣除迟交分）：",
        "Handed in late (what lateness takes off is not taken off here): ",
    ),
    "report.totals": ("总分的分布", "How the totals are spread"),
    "report.by_question": ("各题的情况", "How each question went"),
    "report.spread": ("每题得分的分布", "How the points of each question are spread"),
    "report.mean_of": ("平均 {mean} / {maximum} 分", "Mean {mean} of {maximum} points"),
    "report.mean_points": ("平均得分", "Mean"),
    "report.bar": ("条形图", "Bar"),
    "report.students": ("人数", "Students"),
    "report.hardest": ("最难的标准", "The hardest criteria"),
    "report.criterion": ("题目与标准", "Question and criterion"),
    "report.met_by": ("达到的比例", "Met by"),
    "report.met_partly": ("达到 · 部分 · 未达到", "Met · partly · missed"),
    "report.hints": ("最常给出的提示", "The hints given most"),
    "report.hint": ("提示", "Hint"),
    "report.endings": ("没有正常评分的", "What did not end as graded"),
    "report.happened": ("发生了什么", "What happened"),
    "report.door": ("交上来的不是笔记本", "what was handed in is no notebook"),
    "report.who": ("学生", "Who"),
    "report.heads": ("学生说的是哪些头", "Which heads students named"),
    "report.heads_how": (
        "每一行是一层，每一列是一个头；数字是说到它的学生人数，越多颜色越浓。",
        "Each row is a layer, each column a head; the number says how many students named it, "
        "and the more, the stronger the colour.",
    ),
    "report.pairs": ("相同的错误答案", "Identical wrong answers"),
    "report.pairs_how": (
        "两个学生在同一题给出了完全相同的错误答案（数字比到小数点后六位），而班上很少有别人这样答。"
        "这不是抄袭的证据：相同的想法也会得到相同的数。请看一看两人的笔记本再说。",
        "Two students gave the same wrong answer to a question (numbers to six decimals), and "
        "hardly anyone else did. That proves no copying: the same idea gives the same number. "
        "Look at both notebooks first.",
    ),
    "report.no_pairs": ("没有。", "None."),
    "report.more_pairs": ("另有 {count} 对。", "{count} more pairs."),
    "report.student": ("学生", "Student"),
    "report.other_student": ("另一位学生", "Other student"),
    "report.same": ("相同的题数", "Same"),
    "report.in_questions": ("题目", "In"),
    "report.common": (
        "许多人给出的同一个错误答案（没有列为对子）：",
        "Wrong answers that many gave alike (they make no pairs):",
    ),
    "report.common_by": ("{count} 人", "{count} students"),
    "report.more": ("等 {count} 人", "and {count} more"),
}
"""Key -> (Chinese, English)."""


def text(key: str, language: str, **values: Any) -> str:
    """Return the text `key` in `language` with its places filled in."""
    chinese, english = TEXTS[key]
    return (chinese if language == "zh" else english).format(**values)


def number(points: float) -> str:
    """Return points as they are written: ``2``, ``2.5``, ``.25`` with its zero."""
    return f"{points:.2f}".rstrip("0").rstrip(".")


def called(
    template: str,
    exercise: Exercise | None,
    language: str,
    words: Mapping[str, str] | None = None,
) -> str:
    """Return `template` with a word in each of its ``{places}``.

    Args:
        template: a title, label or hint.
        exercise: whose; its variant where there is one alone, else what it calls the words.
        language: ``zh`` or ``en``.
        words: of a student's own sentence; without them a class is meant.
    """
    if not words and exercise is not None and len(exercise.variants) == 1:
        words = exercise.variants[0]
    words = words or {}
    roles = exercise.words if exercise is not None else {}

    def name(place: re.Match) -> str:
        key = place["name"]
        if key in words:
            return place[0].replace(f"{{{key}}}", words[key])
        said = roles[key][language] if key in roles else key
        return said[:1].upper() + said[1:] if place.start() == 0 else said

    # A word is quoted, what it is called is not: “man”, but the noun.
    return re.sub(r"[“\"「]?\{(?P<name>\w+)\}[”\"」]?", name, template)
