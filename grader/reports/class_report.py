"""The class at a glance: one static page in both languages, with bars and a picture of heads.

Pictures are tables and bars drawn by style: they are read aloud, fit a phone, follow light and
dark, and hold the numbers that they show. No answer and no expected value stands in the page.
"""

from collections.abc import Iterable
from html import escape
from pathlib import Path

from grader.course.folder import Course
from grader.errors import GraderError
from grader.questions import Exercise, load_exercise
from grader.reports.page import TAGS, both, page, spans, table
from grader.reports.tally import MODEL_SHAPE, Hint, Tally, middle, tally
from grader.reports.texts import filled, number

STYLE = """\
.bar{display:block;min-width:4rem;margin:.35rem 0;background:var(--soft)}
.bar i{display:block;height:.9rem;background:var(--mark)}
.questions{display:grid;grid-template-columns:repeat(auto-fill,minmax(17rem,1fr));gap:0 1.5rem}
.heads{width:auto;table-layout:fixed}
.heads th,.heads td{text-align:center;padding:.2rem;min-width:1.6rem;border:1px solid var(--soft);
overflow-wrap:normal;font-variant-numeric:tabular-nums;font-size:.85rem}
.wide{overflow-x:auto}
@media (max-width:36rem){.heads th,.heads td{padding:.2rem 0;min-width:1.6rem;font-size:.75rem}}
"""

BINS = 10
"""Into how many steps totals are sorted."""

FEW = 8
"""As many different points of a question get a bar each; more are sorted into steps."""

MOST = 15
"""How many criteria and hints are shown."""

MOST_PAIRS = 30
MOST_NAMES = 12


def write_report(course: Course, slug: str) -> tuple[Path, Tally, bool]:
    """Write reports/<slug>.html; returns the path, the numbers, and whether it changed.

    Raises:
        GraderError: nothing is graded yet.
    """
    found = tally(course, slug)
    if not found.totals:
        raise GraderError(f"Nothing is graded yet; run `grader autograde {slug}` first.")
    folder = course.exercises / slug
    exercise = load_exercise(folder) if (folder / "questions.toml").is_file() else None
    html = report_page(found, exercise, course.language)
    path = course.path / "reports" / f"{slug}.html"
    if path.is_file() and path.read_text(encoding="utf-8") == html:
        return path, found, False
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(html, encoding="utf-8")
    return path, found, True


def report_page(found: Tally, exercise: Exercise | None, language: str) -> str:
    """Return the page: both languages in it, `language` shown first."""
    return _Report(found, exercise).page(language)


class _Report:
    """The page's parts; titles and labels of an exercise come without anyone's own words."""

    def __init__(self, found: Tally, exercise: Exercise | None):
        self.found, self.exercise = found, exercise
        questions = exercise.questions.values() if exercise else ()
        self.questions = {question.grade_id: question for question in questions}

    def page(self, language: str) -> str:
        titles = self.exercise.title if self.exercise else dict.fromkeys(TAGS, self.found.slug)
        parts = (
            self.summary, self.totals, self.points, self.criteria, self.hints, self.endings,
            self.heads, self.pairs,
        )  # fmt: skip
        body = "\n".join(part() for part in parts)
        return page(
            {"zh": f"班级报告：{titles['zh']}", "en": f"Class report: {titles['en']}"},
            language,
            body,
            STYLE,
        )

    def title(self, grade_id: str) -> str:
        if grade_id not in self.questions:
            return escape(grade_id)
        return self._both(self.questions[grade_id].title)

    def _both(self, texts) -> str:
        return spans({k: escape(filled(texts[k], {})) for k in TAGS})

    def summary(self) -> str:
        found = self.found
        points = [total for _, total in found.totals]
        average, median = middle(points)
        values = [
            ("report.handed_in", f"{len(points)}" + (f" / {found.roster}" if found.roster else "")),
            ("report.mean", f"{number(average)} / {number(found.maximum)}"),
            ("report.median", number(median)),
            ("report.highest", number(max(points))),
            ("report.late", _names(found.late)),
            ("report.waiting", _names(found.waiting)),
            ("report.faults", _names(found.faults)),
        ]
        rows = [[both(key), value] for key, value in values]
        return table([both("report.what"), both("report.count")], rows)

    def totals(self) -> str:
        counts = _steps([(total, 1) for _, total in self.found.totals], self.found.maximum)
        return f"<h2>{both('report.totals')}</h2>\n" + _bars(counts, both("score"))

    def points(self) -> str:
        parts = []
        for one in self.found.questions:
            counts = [(number(p), count) for p, count in one.counts]
            if len(counts) > FEW:
                counts = _steps(one.counts, one.maximum)
            if one.waiting:
                counts.append((both("open"), one.waiting))
            mean = "-" if one.mean is None else number(one.mean)
            said = both("report.mean_of", mean=mean, maximum=number(one.maximum))
            bars = _bars(counts, both("score"))
            parts.append(f"<div><h3>{self.title(one.grade_id)}</h3>\n<p>{said}</p>\n{bars}</div>")
        return (
            f"<h2>{both('report.by_question')}</h2>\n"
            f'<div class="questions">\n{"".join(parts)}</div>'
        )

    def criteria(self) -> str:
        judged = [c for c in self.found.criteria if c.met + c.partly + c.missed]
        rows = [
            [
                f"{self.title(c.grade_id)}<br>{self.label(c.grade_id, c.name)}",
                f"{c.share:.0%}{_bar(c.share)}",
                f"{c.met} · {c.partly} · {c.missed}",
            ]
            for c in judged[:MOST]
        ]
        if not rows:
            return ""
        heads = [both(f"report.{key}") for key in ("criterion", "met_by", "met_partly")]
        return f"<h2>{both('report.hardest')}</h2>\n" + table(heads, rows, numbers=(2,))

    def label(self, grade_id: str, name: str) -> str:
        question = self.questions.get(grade_id)
        for criterion in question.criteria if question else ():
            if criterion.name == name:
                return self._both(criterion.label)
        return escape(name)

    def hints(self) -> str:
        if not self.found.hints:
            return ""
        rows = [
            [self.hint(h), self.title(h.grade_id), str(h.students)] for h in self.found.hints[:MOST]
        ]
        heads = [both("report.hint"), both("question"), both("report.students")]
        return f"<h2>{both('report.hints')}</h2>\n" + table(heads, rows, numbers=(2,))

    def hint(self, hint: Hint) -> str:
        question = self.questions.get(hint.grade_id)
        if question is None or hint.name not in question.hints:
            return escape(hint.name)
        return self._both(question.hints[hint.name])

    def endings(self) -> str:
        found = self.found
        rows = [[both(f"outcome.{o}"), str(len(who)), _names(who)] for o, who in found.endings]
        rows += [
            [both(f"happened.{kind}"), str(len(who)), _names(who)] for kind, who in found.notes
        ]
        if found.doors:
            rows.append(
                [both("report.door"), str(len(found.doors)), _names(s for s, _ in found.doors)]
            )
        if not rows:
            return ""
        heads = [both("report.happened"), both("report.students"), both("report.who")]
        return f"<h2>{both('report.endings')}</h2>\n" + table(heads, rows, numbers=(1,))

    def heads(self) -> str:
        if not self.found.heads:
            return ""
        parts = [f"<h2>{both('report.heads')}</h2>\n<p>{both('report.heads_how')}</p>\n"]
        for grade_id, named in self.found.heads:
            parts.append(f"<h3>{self.title(grade_id)}</h3>\n{_grid(named)}")
        return "".join(parts)

    def pairs(self) -> str:
        pairs, common = self.found.pairs, self.found.common
        html = f"<h2>{both('report.pairs')}</h2>\n<p>{both('report.pairs_how')}</p>\n"
        rows = [
            [
                escape(pair.first),
                escape(pair.second),
                str(len(pair.questions)),
                "<br>".join(map(self.title, pair.questions)),
            ]
            for pair in pairs[:MOST_PAIRS]
        ]
        if rows:
            keys = ("student", "other_student", "same", "in_questions")
            html += table([both(f"report.{key}") for key in keys], rows, numbers=(2,))
        else:
            html += f"<p>{both('report.no_pairs')}</p>\n"
        if len(pairs) > MOST_PAIRS:
            html += f"<p>{both('report.more_pairs', count=len(pairs) - MOST_PAIRS)}</p>\n"
        if common:
            items = "".join(
                f"<li>{self.title(grade_id)}: {both('report.common_by', count=count)}</li>"
                for grade_id, count in common
            )
            html += f"<p>{both('report.common')}</p>\n<ul>{items}</ul>\n"
        return html


def _steps(counts: Iterable[tuple[float, int]], maximum: float) -> list[tuple[str, int]]:
    """Sort points into steps of equal width; the last holds the maximum, and what is above it."""
    width = maximum / BINS or 1.0
    found = [0] * BINS
    for points, count in counts:
        found[min(max(int(points / width + 1e-9), 0), BINS - 1)] += count
    return [
        (f"{number(i * width)}\N{EN DASH}{number((i + 1) * width)}", count)
        for i, count in enumerate(found)
    ]


def _bars(counts: list[tuple[str, int]], what: str) -> str:
    most = max((count for _, count in counts), default=0) or 1
    rows = [[label, _bar(count / most), str(count)] for label, count in counts]
    bar = f'<span class="off">{both("report.bar")}</span>'
    return table([what, bar, both("report.students")], rows, numbers=(0, 2))


def _bar(share: float) -> str:
    return f'<span class="bar"><i style="width:{share:.0%}"></i></span>'


def _grid(named: tuple[tuple[int, int, int], ...]) -> str:
    """Return layers and heads as a table, darker where more students named the head."""
    counts = {(layer, head): count for layer, head, count in named}
    most = max(counts.values())
    layers, heads = MODEL_SHAPE
    rows = []
    for layer in range(layers):
        cells = []
        for head in range(heads):
            count = counts.get((layer, head), 0)
            # At most 45 % of the colour: the number on it stays readable, light and dark.
            style = (
                f' style="background:rgba(29,95,168,{0.45 * count / most:.2f})"' if count else ""
            )
            cells.append(f"<td{style}>{count or ''}</td>")
        rows.append(f'<tr><th scope="row">L{layer}</th>{"".join(cells)}</tr>')
    top = "".join(f'<th scope="col">H{head}</th>' for head in range(heads))
    body = "\n".join(rows)
    return (
        '<div class="wide" tabindex="0" role="group" aria-label="头 / heads">'
        f'<table class="heads"><thead><tr><td></td>{top}</tr></thead>\n'
        f"<tbody>\n{body}\n</tbody></table></div>\n"
    )


def _names(students: Iterable[str]) -> str:
    students = list(students)
    if not students:
        return "0"
    shown = ", ".join(escape(student) for student in students[:MOST_NAMES])
    if len(students) > MOST_NAMES:
        shown += " " + both("report.more", count=len(students) - MOST_NAMES)
    return shown
