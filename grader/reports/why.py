"""Why a question has the points that it has, in plain sentences, from the record alone."""

from collections.abc import Sequence

from grader.course.marks import Marks
from grader.errors import GraderError
from grader.grading.store.record import Entry
from grader.grading.store.waiting import Waiting
from grader.questions import Question, Verdict, card_text
from grader.reports.queue import why
from grader.reports.texts import number, text

WORDS = {
    "points": (
        "{student} 的 {exercise} 第「{name}」题：{points} / {maximum} 分。",
        '{student}, {exercise}, question "{name}": {points} of {maximum} points.',
    ),
    "open": (
        "{student} 的 {exercise} 第「{name}」题：还没有分数，要由老师来定（满分 {maximum}）。",
        '{student}, {exercise}, question "{name}": no points yet, a person decides (of {maximum}).',
    ),
    "manual": (
        "老师给了 {manual} 分；评分器给的是 {auto}。以老师的为准。",
        "A person gave {manual} points, the grader {auto}; the person's count.",
    ),
    "marked": (
        "这道题由老师评分：老师给了 {manual} 分。",
        "A person marked this question: {manual} points.",
    ),
    "settled.mark": (
        "这一分数是用 grader settle 定下的（记录第 {number} 条，{at}）。{reason}",
        "The mark was given with `grader settle` (entry {number}, {at}). {reason}",
    ),
    "settled.variant": (
        "老师让这份答案按学号 {id} 的句子判分（记录第 {number} 条，{at}）。{reason}",
        "A person had the answers judged by the sentence of {id} (entry {number}, {at}). {reason}",
    ),
    "settled.new hand-in": (
        "老师请学生重新交（记录第 {number} 条，{at}）。{reason}",
        "A person asked for a new hand-in (entry {number}, {at}). {reason}",
    ),
    "settled.keep": (
        "老师看过了，成绩不变（记录第 {number} 条，{at}）。{reason}",
        "A person looked, and the grade stands (entry {number}, {at}). {reason}",
    ),
    "settled.undo": (
        "老师撤回了记录第 {undoes} 条的决定（记录第 {number} 条，{at}）。",
        "A person took the decision of entry {undoes} back (entry {number}, {at}).",
    ),
    "waits": (
        "等老师处理：{why}。处理的命令：{command}",
        "It waits for a person: {why}. What settles it: {command}",
    ),
    "extra": ("老师另加 {extra} 分。", "A person added {extra} points."),
    "penalty": (
        "整份作业因迟交扣 {points} 分；各题的分数不受影响。",
        "For handing in late {points} points come off the whole assignment, not off a question.",
    ),
    "door": ("交上来的文件不能评分：{reason}", "What was handed in could not be graded: {reason}"),
    "fault": (
        "出错的是评分器（{fault}），不是学生。再运行一次 grader autograde {exercise} 会重新评分。",
        "The grader failed ({fault}), not the student; `grader autograde {exercise}` tries again.",
    ),
    "unmarked": ("这道题由老师评分，还没有评。", "A person marks this question and has not yet."),
    "unwritten": (
        "这道题由老师评分；答案与发下来时一样，所以是 0 分。",
        "A person marks this question; the answer is as it was handed out, so it has 0 points.",
    ),
    "stock": (
        "分数来自笔记本内核里的测试（{points} / {maximum} 分）；这样的结果可以伪造。",
        "A test inside the notebook's kernel gave {points} of {maximum}; it can be forged.",
    ),
    "test.error": (
        "测试出了错，所以是 0 分：{said}",
        "The test ended in an error, which is 0 points: {said}",
    ),
    "test.number": (
        "测试给出的部分分数是 {said}。",
        "The test's last value was {said}: partial credit.",
    ),
    "test.negative": (
        "测试给出的是 {said}，小于 0，所以是 0 分。",
        "The test's last value was {said}: below 0, so it has 0 points.",
    ),
    "test.not_finite": (
        "测试给出的是 {said}，不是有限的数，所以是 0 分。",
        "The test's last value was {said}: no finite number, so it has 0 points.",
    ),
    "test.above": (
        "测试给出的是 {said}，超过了满分，由老师来定。",
        "The test's last value was {said}: more than there are points, so a person decides.",
    ),
    "test.passed": (
        "测试运行完了，没有出错：全部分数。",
        "The test ran to its end without an error: all points.",
    ),
    "judged": (
        "评分器在内核之外，用所记录的答案逐条判断：",
        "The grader judged the recorded answer outside the kernel, criterion by criterion:",
    ),
    "variant": (
        "学生自己的句子由 {variant_id} 抽定：{words}。",
        "The student's own sentence is drawn from {variant_id}: {words}.",
    ),
    "file": (
        "交上来的文件是 {name}（sha256 {sha256}）。",
        "The file handed in is {name} (sha256 {sha256}).",
    ),
    "when": (
        "评分时间 {at}（UTC），评分器 {grader}；这是记录的第 {number} 条，哈希 {hash}。",
        "Graded {at} (UTC) by grader {grader}; entry {number} of the record, hash {hash}.",
    ),
    "by": (
        "依据：题目 {questions}，探测输入的配方 {recipe}，模型 {model}，记录的答案 {answers}。",
        "By: questions {questions}, probe recipe {recipe}, model {model}, recorded answers "
        "{answers}.",
    ),
    "run": (
        "运行用了 {seconds} 秒，处理器 {cpu} 秒，内存最多 {peak} MiB，内核 {kernels} 个，"
        "由 {worker} 运行。",
        "The run took {seconds} s, {cpu} s of processor time, at most {peak} MiB, {kernels} "
        "kernel(s), by {worker}.",
    ),
    "run.time": (
        "运行用了 {seconds} 秒，由 {worker} 运行；处理器时间和内存没有测量。",
        "The run took {seconds} s, by {worker}; processor time and memory were not measured.",
    ),
    "confined": ("内核是隔离运行的。", "The kernel was confined."),
    "unconfined": ("内核没有隔离运行。", "The kernel was not confined."),
    "regraded": (
        "这一分数是重新判分的结果：{reason}。",
        "This grade comes from judging again: {reason}.",
    ),
    "before": (
        "在它之前，第 {number} 条（{at}）给了 {points} 分；后来变了的是：{changes}。",
        "Before it, entry {number} ({at}) gave {points}; what changed then: {changes}.",
    ),
    "changed.submission": ("交上来的文件", "the file handed in"),
    "changed.material": ("题目或作业", "the questions or the assignment"),
    "changed.grader": ("评分器", "the grader"),
    "changed.variant_id": ("名单里的抽签号", "what the sentence is drawn from"),
    "changed.fault": ("评分器的故障", "a failure of the grader's"),
    "changed.confined": ("内核是否隔离", "whether kernels are confined"),
    "changed.cause": ("老师的决定", "a person's decision"),
    "changed.nothing": ("没有（只是又评了一次）", "nothing (it was graded once more)"),
}


def why_text(
    name: str,
    history: Sequence[Entry],
    marks: Marks,
    question: Question | None,
    language: str,
    waiting: Sequence[Waiting] = (),
) -> str:
    """Explain the present grade of one question.

    Args:
        name: the question, or its cell.
        history: all entries of this student and exercise, oldest first; at least one.
        marks: what stands in the gradebook, a person's marks included.
        question: as it was when the grade was given; None for cells of a stock assignment.
        language: ``zh`` or ``en``.
        waiting: what waits of this submission.

    Raises:
        GraderError: there is no such question; the message lists those that there are.
    """
    entry = history[-1]
    grade_id = find_cell(entry, name)

    def say(key: str, **values) -> str:
        return WORDS[key][language == "en"].format(**values)

    mark = marks.cells.get(grade_id)
    maximum = _maximum(entry, grade_id)
    got = mark.points if mark else _given(entry, grade_id)
    about = {"student": entry.student, "exercise": entry.exercise, "name": name}
    lines = [
        say("open", **about, maximum=number(maximum))
        if got is None
        else say("points", **about, points=number(got), maximum=number(maximum))
    ]
    if mark and mark.manual is not None:
        if mark.auto is None:
            lines.append(say("marked", manual=number(mark.manual)))
        else:
            lines.append(say("manual", manual=number(mark.manual), auto=number(mark.auto)))
    if mark and mark.extra:
        lines.append(say("extra", extra=number(mark.extra)))
    if marks.penalty:
        lines.append(say("penalty", points=number(marks.penalty)))
    lines += _settled(history, grade_id, say)
    for one in waiting:
        if grade_id in one.cells or not one.cells:
            lines.append(say("waits", why=why(one, language), command=one.command))
    lines += _how(entry, grade_id, mark, question, language, say)
    if entry.cause and entry.cause.get("kind") != "settle":
        lines.append(say("regraded", reason=entry.cause.get("reason") or entry.cause.get("kind")))
    lines += _basis(entry, language, say)
    for earlier, later in zip(reversed(history[:-1]), reversed(history), strict=False):
        lines.append(
            say(
                "before",
                number=earlier.number,
                at=_time(earlier),
                points=_or_dash(_given(earlier, grade_id)),
                changes=_changes(earlier, later, say, language),
            )
        )
    return "\n".join(lines)


def find_cell(entry: Entry, name: str) -> str:
    """Return the grade_id of a question, by its name, its id or the cell itself.

    Raises:
        GraderError: there is none; the message lists those that there are.
    """
    cells = [*entry.verdicts, *entry.stock, *entry.written]
    short = name.removeprefix(f"{entry.exercise}.")
    for grade_id in (short, f"{short}_check"):
        if grade_id in cells:
            return grade_id
    known = ", ".join(g.removesuffix("_check") for g in cells)
    raise GraderError(
        f"{entry.exercise} has no question {name!a} in the record of {entry.student!a}; "
        + (f"there are: {known}." if known else "the grader failed before it came to any.")
    )


def _settled(history: Sequence[Entry], grade_id: str, say) -> list[str]:
    """Say what persons decided about this question's grade, the earliest first."""
    lines = []
    for entry in history:
        cause = entry.cause
        if cause.get("kind") != "settle" or grade_id not in cause.get("marks", {grade_id: None}):
            continue
        told = {"number": entry.number, "at": _time(entry), "reason": cause.get("reason", "")}
        told |= {key: cause[key] for key in ("id", "undoes") if key in cause}
        lines.append(say(f"settled.{cause['decision']}", **told).rstrip())
    return lines


def _how(entry: Entry, grade_id: str, mark, question, language: str, say) -> list[str]:
    if entry.fault:
        return [say("fault", fault=entry.fault, exercise=entry.exercise)]
    if entry.door:
        reason = text(f"door.{entry.door['reason']}", language, **entry.door["values"])
        return [say("door", reason=reason)]
    if grade_id in entry.written:
        if mark and mark.manual is not None:
            return []
        return [say("unmarked" if entry.written[grade_id][0] is None else "unwritten")]
    if grade_id in entry.stock:
        points, maximum = entry.stock[grade_id]
        test = entry.tests.get(grade_id)
        told = [say(f"test.{test['how']}", said=test["said"])] if test else []
        return [say("stock", points=_or_dash(points), maximum=number(maximum)), *told]
    verdict = Verdict.from_json(entry.verdicts[grade_id])
    lines = [say("judged")]
    if question is not None:
        lines += card_text(verdict, question, language).splitlines()
    if verdict.variant:
        words = ", ".join(f"{name} = {word}" for name, word in verdict.variant.items())
        lines.append(say("variant", variant_id=entry.variant_id, words=words))
    return lines


def _basis(entry: Entry, language: str, say) -> list[str]:
    lines = [text(f"note.{n['kind']}", language, cell=n["cell"] + 1) for n in entry.notes]
    if entry.kernels:
        lines.append(say("confined" if entry.confined else "unconfined"))
        lines.append(
            say(
                "run" if entry.cpu_seconds else "run.time",
                seconds=number(entry.seconds),
                cpu=number(entry.cpu_seconds),
                peak=round(entry.peak_bytes / 2**20),
                kernels=entry.kernels,
                worker=entry.worker or "-",
            )
        )
    lines.append(say("file", name=entry.notebook or "-", sha256=entry.submission or "-"))
    short = {
        name: getattr(entry, name)[:12] or "-"
        for name in ("questions", "recipe", "model", "answers")
    }
    lines.append(say("by", **short))
    lines.append(
        say(
            "when",
            at=_time(entry),
            grader=entry.grader,
            number=entry.number,
            hash=entry.hash[:12],
        )
    )
    return lines


def _changes(earlier: Entry, later: Entry, say, language: str) -> str:
    if later.cause.get("kind") == "settle":
        return say("changed.cause")
    names = ("submission", "material", "grader", "variant_id", "fault", "confined")
    changed = [say(f"changed.{n}") for n in names if getattr(earlier, n) != getattr(later, n)]
    return ("、" if language == "zh" else ", ").join(changed) or say("changed.nothing")


def _given(entry: Entry, grade_id: str) -> float | None:
    """Return the points that the grader gave, None where it left them open."""
    if grade_id in entry.verdicts:
        verdict = Verdict.from_json(entry.verdicts[grade_id])
        return None if verdict.outcome.open else verdict.points
    return (entry.stock | entry.written).get(grade_id, [None])[0]


def _maximum(entry: Entry, grade_id: str) -> float:
    if grade_id in entry.verdicts:
        return float(entry.verdicts[grade_id]["max_points"])
    return float((entry.stock | entry.written)[grade_id][1])


def _time(entry: Entry) -> str:
    return entry.at.replace("T", " ").removesuffix("+00:00")


def _or_dash(points: float | None) -> str:
    return "-" if points is None else number(points)
