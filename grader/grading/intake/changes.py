"""What grading changed in a notebook, and how it is said: the same words wherever it is read.

`grader check`, the table of a batch and the feedback page show these sentences. The record keeps
changes as plain data in `Entry.changes`.
"""

from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass

from grader.grading.sanitize.markdown import clean_text

MAX_TEXT = 2000
"""Characters of a student's text that a change keeps."""
SHOWN = 200
"""Characters of it that a sentence shows."""

KINDS = {
    "restored": (
        "第 {cell} 格（{grade_id}）被改过，已经恢复原样；写在里面的这些没有运行：{text}",
        "Cell {cell} ({grade_id}) was edited; it was put back; "
        "what you wrote in it was not run: {text}",
    ),
    "emptied": (
        "第 {cell} 格（{grade_id}）被改过或清空，已经恢复原样。",
        "Cell {cell} ({grade_id}) was edited or emptied; it was put back.",
    ),
    "moved": (
        "第 {cell} 格（{grade_id}）被改过，已经恢复原样；你写在里面的代码移到了旁边单独的一格，"
        "照样运行：{text}",
        "Cell {cell} ({grade_id}) was edited; it was put back; what you wrote in it runs in a "
        "cell of its own beside it: {text}",
    ),
    "split": (
        "{grade_id} 和别的代码写在同一格（第 {cell} 格）里；已经把它单独分出来。",
        "{grade_id} stood in cell {cell} together with other code; it got a cell of its own.",
    ),
    "taken": (
        "{grade_id} 的答案写在第 {cell} 格里对 check 的调用中；已经从那里取出来。",
        "The answer to {grade_id} stood in a call of check in cell {cell}; it is taken from there.",
    ),
    "reordered": (
        "第 {cell} 格（{grade_id}）的位置太靠后，用到它的单元格在它前面；已经移到它们前面。",
        "Cell {cell} ({grade_id}) stood behind cells that need it; it was moved in front of them.",
    ),
    "reformatted": (
        "第 {cell} 格（{grade_id}）只是排版变了，已经恢复原样。",
        "Cell {cell} ({grade_id}) was only laid out in another way; it was put back.",
    ),
    "blank_copy": (
        "第 {cell} 格是 {grade_id} 原来的空白样子，前面已经有作答过的一格；这一格没有运行。",
        "Cell {cell} is {grade_id} as it was handed out, and a cell above it holds the answer; "
        "it was not run.",
    ),
    "missing": (
        "单元格 {grade_id} 不见了，已经补回来。",
        "The cell {grade_id} was missing; it was put back.",
    ),
    "retyped": (
        "第 {cell} 格（{grade_id}）的类型被改成了 {text}，已经改回来。",
        "Cell {cell} ({grade_id}) had been turned into {text}; it was turned back.",
    ),
    "copy": (
        "第 {cell} 格也带着 {grade_id} 的标记；它照样运行，但不算作那一格。",
        "Cell {cell} bears the mark of {grade_id}, too; it runs, but does not count as that cell.",
    ),
    "recognised": (
        "这些单元格丢了标记，按内容重新认了出来：{text}",
        "These cells had lost their marks and were found again by what stands in them: {text}",
    ),
    "skipped": (
        "第 {cell} 格（{grade_id}）带有让它不运行的标签；评分时照样运行。",
        "Cell {cell} ({grade_id}) has a tag that keeps it from running; it is run all the same.",
    ),
    "found": (
        "{grade_id} 的回答写在第 {cell} 格里；它会一起交给批改的人：{text}",
        "An answer to {grade_id} was found in cell {cell}; it goes to the person who marks: {text}",
    ),
    "no_id": (
        "笔记本里没有写学号，所以句子是第 0 句，不是你自己的；请写上学号。",
        "The notebook says no student id, so its sentence is number 0 and not your own; "
        "write your id in it.",
    ),
    "id_read": (
        "学号里有空格、看不见的字符或全角字符；它读作：{text}",
        "The student id holds blanks, full-width signs or signs that nobody sees; "
        "it is read as: {text}",
    ),
    "elsewhere": (
        "{grade_id} 没有回答；它可能写在第 {cell} 格的另一个回答里，由批改的人看。",
        "{grade_id} has no answer; it may stand in cell {cell}, with another answer; "
        "the person who marks looks at it.",
    ),
    "foreign": (
        "第 {cell} 格的类型是 {text}，这里不认识；它只作为文字保留，没有运行。",
        "Cell {cell} is of the type {text}, which is unknown here; it is kept as text "
        "and was not run.",
    ),
    "not_taken": (
        "还交了这些笔记本，里面没有作答；没有评它们：{text}",
        "These notebooks were handed in, too; nothing is answered in them, "
        "and they are not graded: {text}",
    ),
    "two_notebooks": (
        "还交了这些笔记本；评的是作答更多的那一个，由老师看：{text}",
        "These notebooks were handed in, too; the one with more answers is graded, "
        "and a person looks at it: {text}",
    ),
    "practice": (
        "这是网站上的练习笔记本，句子和课程里的不同。请在老师发的笔记本里作答；交上来的由老师决定。",
        "This notebook is from the site, for practice: its sentence is another one than in a "
        "course. Work in the notebook that your teacher gave you; a person looks at this one.",
    ),
    "course": (
        "这是另一门课程（{text}）的笔记本，句子不同；由老师决定。",
        "This notebook is from another course ({text}) and has another sentence; "
        "a person looks at it.",
    ),
    "exercise": (
        "这是另一个练习（{text}）的笔记本；由老师决定。",
        "This notebook is of another exercise ({text}); a person looks at it.",
    ),
    "release": (
        "这是同一练习另一次发布的笔记本，句子不同；由老师决定。",
        "This notebook is from another release of the exercise and has another sentence; "
        "a person looks at it.",
    ),
    "older": (
        "这是同一练习另一次发布的笔记本，句子相同；固定的单元格换成了现在的。",
        "This notebook is from another release of the exercise, with the same sentence; "
        "its fixed cells were replaced by today's.",
    ),
    "unread": (
        "运行时读不到这些文件（不是普通文件、名字不是文字，或者超出了数量和大小的限制）：{text}",
        "Your cells could not read these files (they are no ordinary files, their names are no "
        "text, or they are too many or too large together): {text}",
    ),
    "apart": (
        "单元格读得到这些文件；批改后的笔记本旁边只留纯数据文件，所以它们只留在交上来的地方：{text}",
        "Your cells read these files; only plain data is kept beside the graded notebook, so they "
        "stay where they were handed in: {text}",
    ),
    "unclear": (
        "第 {cell} 格里的这些像是 {grade_id} 的答案，但没法当作答案运行；由老师看：{text}",
        "This in cell {cell} looks like an answer to {grade_id}, but could not be run as one; "
        "a person looks at it: {text}",
    ),
}
"""Kind of change -> (Chinese, English); ``{cell}`` counts from 1, ``{text}`` is the student's."""

ANOTHER_VARIANT = frozenset({"practice", "course", "exercise", "release"})
"""The notebook was written for another sentence: its answers are not judged on this one."""

ELSEWHERE = frozenset({"found", "elsewhere"})
"""What an answer in words may be stands in another cell than its own."""

WAITING = ANOTHER_VARIANT | ELSEWHERE | {"unclear", "two_notebooks"}
"""Kinds that a person has to look at."""


def another_variant(changes: Iterable["Change | Mapping"]) -> bool:
    """Say whether a notebook was written for another sentence than the student's.

    Args:
        changes: `Change`s, or what stands in the record.
    """
    kinds = {one.kind if isinstance(one, Change) else one["kind"] for one in changes}
    return bool(kinds & ANOTHER_VARIANT)


@dataclass(frozen=True)
class Change:
    """One thing that is not as it was handed in."""

    kind: str
    """A key of `KINDS`."""
    cell: int | None = None
    """Place in the file that was handed in, from 0; None where no one cell is meant."""
    grade_id: str = ""
    """The cell of the assignment that it is about; empty for the whole notebook."""
    text: str = ""
    """The student's own text where it matters, at most `MAX_TEXT` characters."""

    @property
    def waits(self) -> bool:
        """Whether a person has to look at it."""
        return self.kind in WAITING

    def to_json(self) -> dict:
        """Return it as plain data, as it stands in the record."""
        return asdict(self)


def changed(kind: str, cell: int | None = None, grade_id: str = "", text: str = "") -> Change:
    """Return a change whose text is bounded."""
    text = clean_text(text).strip()
    cut = text if len(text) <= MAX_TEXT else text[: MAX_TEXT - 3] + "..."
    return Change(kind, cell, grade_id, cut)


def sentence(change: Change | Mapping, language: str) -> str:
    """Say a change in ``zh`` or ``en``, in one line.

    Args:
        change: a `Change`, or what stands in the record.
        language: of the sentence.
    """
    if not isinstance(change, Change):
        change = Change(**change)
    if change.kind not in KINDS:
        return change.kind  # of a newer grader
    text = " ⏎ ".join(line.rstrip() for line in change.text.splitlines() if line.strip())
    if len(text) > SHOWN:
        text = text[: SHOWN - 3] + "..."
    chinese, english = KINDS[change.kind]
    cell = "?" if change.cell is None else change.cell + 1
    grade_id = change.grade_id.removesuffix("_check") if change.kind == "found" else change.grade_id
    said = chinese if language == "zh" else english
    return said.format(cell=cell, grade_id=grade_id, text=text)
