"""The class at a glance: one static page in both languages, with bars and a picture of heads.

Pictures are tables and bars drawn by style: they are read aloud, fit a phone, follow light and
dark, and hold the numbers that they show. No answer and no expected value stands in the page.
"""

from collections.abc import Callable, Iterable, Mapping
from html import escape
from pathlib import Path

from grader.atomic import write_atomically
from grader.course.course import Course
from grader.errors import GraderError
from grader.questions import Exercise
from grader.reports.page import TAGS, both, page, spans, table
from grader.reports.queue import lines
from grader.reports.tally import MODEL_SHAPE, Hint, Tally, middle, tally
from grader.reports.texts import called, number

STYLE = """\
.figures{display:flex;flex-wrap:wrap;align-items:flex-end;gap:1.2rem 2.6rem;margin:1.6rem 0 0;
padding:0}
.figures div{display:flex;flex-direction:column-reverse}
.figures dd{margin:0;font-size:2rem;line-height:1.2;font-weight:600;letter-spacing:-.015em;
font-variant-numeric:tabular-nums lining-nums}
.figures dd span{font-size:1rem;font-weight:400;color:var(--quiet);letter-spacing:0;line-height:1}
.figures dt{color:var(--quiet);font-size:.85rem}
.waits{border-left:3px solid var(--asks-edge)}
.waits th:first-child,.waits td:first-child{padding-left:1rem}
.who{white-space:nowrap}
.who small{color:var(--quiet);font-size:.85rem;font-variant-numeric:tabular-nums}
.bar{display:block;min-width:5rem;margin:.5em 0;height:.6em;background:var(--raised);
border-radius:2px;overflow:hidden}
.bar i{display:block;height:100%;background:var(--look)}
.bars{max-width:34rem}
.bars td,.bars th{border:0;padding-top:.1rem;padding-bottom:.1rem}
.bars td:nth-child(2){width:99%}
.bars .none{opacity:.45}
.spread{display:grid;grid-template-columns:repeat(auto-fill,minmax(14rem,1fr));gap:0 2rem}
.spread>div{min-width:0}
td code{white-space:normal;overflow-wrap:anywhere}
.heads{width:auto;table-layout:fixed}
.heads th,.heads td{text-align:center;padding:.2rem;min-width:2.2rem;border:1px solid var(--line);
overflow-wrap:normal;font-variant-numeric:tabular-nums;font-size:.85rem}
.heads :is(th,thead td){border:0}
.wide{overflow-x:auto}
@media (max-width:36rem){.heads th,.heads td{padding:.2rem 0;min-width:1.6rem;font-size:.75rem}
.heads thead th{font-size:.68rem}
.figures{gap:1rem 1.8rem}.figures dd{font-size:1.6rem}.bar{min-width:3.5rem}
.who{white-space:normal}.hard th:nth-child(2),.hard td:nth-child(2){display:none}}
"""

BINS = 10
"""Into how many steps totals are sorted."""

FEW = 8
"""As many different points of a question get a bar each; more are sorted into steps."""

MOST = 15
"""How many criteria and hints are shown."""

MOST_PAIRS = 30
MOST_WAITING = 40
MOST_NAMES = 12


def write_report(course: Course, slug: str) -> tuple[Path, Tally, bool]:
    """Write reports/<slug>.html; returns the path, the numbers, and whether it changed.

    Raises:
        GraderError: nothing is graded yet.
    """
    found = tally(course, slug)
    if not found.totals:
        raise GraderError(f"Nothing is graded yet; run `grader autograde {slug}` first.")
    names = course.names()
    html = report_page(found, course.questions(slug), course.language, names)
    path = course.path / "reports" / f"{slug}.html"
    return path, found, write_atomically(path, html.encode("utf-8", "replace"))


def report_page(
    found: Tally, exercise: Exercise | None, language: str, names: Mapping[str, str] | None = None
) -> str:
    """Return the page: both languages in it, `language` shown first; `names` by student id."""
    return _Report(found, exercise, names or {}).page(language)


class _Report:
    """The page's parts; titles and labels of an exercise come without anyone's own words."""

    def __init__(self, found: Tally, exercise: Exercise | None, names: Mapping[str, str]):
        self.found, self.exercise, self.names = found, exercise, names
        questions = exercise.questions.values() if exercise else ()
        self.questions = {question.grade_id: question for question in questions}

    def page(self, language: str) -> str:
        titles = self.exercise.title if self.exercise else dict.fromkeys(TAGS, self.found.slug)
        parts = (
            self.head, self.summary, self.waiting, self.totals, self.points, self.criteria,
            self.hints, self.endings, self.heads, self.pairs,
        )  # fmt: skip
        body = "\n".join(part() for part in parts)
        return page(
            {"zh": f"班级报告：{titles['zh']}", "en": f"Class report: {titles['en']}"},
            language,
            body,
            STYLE,
        )

    def head(self) -> str:
        titles = self.exercise.title if self.exercise else dict.fromkeys(TAGS, self.found.slug)
        title = spans({k: escape(titles[k]) for k in TAGS})
        return f'<p class="eyebrow">{both("report")}</p>\n<h1>{title}</h1>'

    def title(self, grade_id: str) -> str:
        if grade_id not in self.questions:
            return escape(grade_id)
        return self._both(self.questions[grade_id].title)

    def _both(self, texts) -> str:
        return spans({k: escape(called(texts[k], self.exercise, k)) for k in TAGS})

    def who(self, student: str) -> str:
        """Return a student as HTML: the name, where the roster has it, and the id."""
        name = self.names.get(student)
        shown = f"{escape(name)} <small>{escape(student)}</small>" if name else escape(student)
        return f'<span class="who">{shown}</span>'

    def several(self, students: Iterable[str]) -> str:
        """Return students in a row; of many the first, and how many more there are."""
        students = list(students)
        shown = ", ".join(map(self.who, students[:MOST_NAMES]))
        if len(students) > MOST_NAMES:
            shown += " " + both("report.more", count=len(students) - MOST_NAMES)
        return shown

    def summary(self) -> str:
        found = self.found
        points = [total for _, total in found.totals]
        average, median = middle(points)
        figures = (
            ("handed_in", str(len(points)), str(found.roster) if found.roster else ""),
            ("mean", number(average), number(found.maximum)),
            ("median", number(median), ""),
            ("highest", number(max(points)), ""),
        )
        items = []
        for key, value, of in figures:
            shown = f"{value} <span>/ {of}</span>" if of else value
            items.append(f"<div><dt>{both(f'report.{key}')}</dt><dd>{shown}</dd></div>")
        return f'<dl class="figures">{"".join(items)}</dl>'

    def waiting(self) -> str:
        """Return what waits for a person: who, for which questions, why, and what settles it."""
        found = self.found
        html = f"<h2>{both('waits.heading')}</h2>\n"
        rows = [
            [
                self.several(line.students),
                "<br>".join(map(self.title, line.cells)) or "–",
                both_of(line.why) + f"<br><code>{escape(line.waiting.command)}</code>",
            ]
            for line in lines(found.waiting)
        ]
        if rows:
            heads = [both(f"waits.{key}") for key in ("who", "what", "why")]
            html += table(heads, rows[:MOST_WAITING], style="waits")
            if len(rows) > MOST_WAITING:
                html += f"<p>{both('report.more', count=len(rows) - MOST_WAITING)}</p>\n"
            html += f'<p class="small quiet">{both("waits.how")}</p>\n'
        else:
            html += f'<p class="quiet">{both("waits.nothing")}</p>\n'
        if found.late:
            html += f"<p>{both('report.late')}{self.several(found.late)}</p>\n"
        return html

    def totals(self) -> str:
        counts = _steps([(total, 1) for _, total in self.found.totals], self.found.maximum)
        return f"<h2>{both('report.totals')}</h2>\n" + _bars(counts, both("score"))

    def points(self) -> str:
        rows, parts = [], []
        for one in self.found.questions:
            counts = [(number(p), count) for p, count in one.counts]
            if len(counts) > FEW:
                counts = _steps(one.counts, one.maximum)
            if one.waiting:
                counts.append((both("open"), one.waiting))
            mean = "-" if one.mean is None else f"{one.mean:.2f}"
            share = min(max((one.mean or 0.0) / (one.maximum or 1.0), 0.0), 1.0)
            points = f'{mean} <span class="quiet">/ {number(one.maximum)}</span>'
            rows.append([self.title(one.grade_id), _bar(share), points])
            bars = _bars(counts, both("score"))
            parts.append(f"<div><h3>{self.title(one.grade_id)}</h3>\n{bars}</div>")
        bar = f'<span class="off">{both("report.bar")}</span>'
        means = table([both("question"), bar, both("report.mean_points")], rows, numbers=(2,))
        return (
            f"<h2>{both('report.by_question')}</h2>\n{means}"
            f"<details><summary>{both('report.spread')}</summary>\n"
            f'<div class="spread">\n{"".join(parts)}</div></details>'
        )

    def criteria(self) -> str:
        judged = [c for c in self.found.criteria if c.partly + c.missed]  # not what all met
        rows = [
            [
                f"{self.label(c.grade_id, c.name)}"
                f'<br><span class="small quiet">{self.title(c.grade_id)}</span>',
                _bar(c.share),
                f"{c.share:.0%}",
                f"{c.met} · {c.partly} · {c.missed}",
            ]
            for c in judged[:MOST]
        ]
        if not rows:
            return ""
        bar = f'<span class="off">{both("report.bar")}</span>'
        heads = [both("report.criterion"), bar, both("report.met_by"), both("report.met_partly")]
        return f"<h2>{both('report.hardest')}</h2>\n" + table(
            heads, rows, numbers=(2, 3), style="hard"
        )

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
            [
                f'{self.hint(h)}<br><span class="small quiet">{self.title(h.grade_id)}</span>',
                str(h.students),
            ]
            for h in self.found.hints[:MOST]
        ]
        heads = [both("report.hint"), both("report.students")]
        return f"<h2>{both('report.hints')}</h2>\n" + table(heads, rows, numbers=(1,))

    def hint(self, hint: Hint) -> str:
        question = self.questions.get(hint.grade_id)
        if question is None or hint.name not in question.hints:
            return escape(hint.name)
        return self._both(question.hints[hint.name])

    def endings(self) -> str:
        found = self.found
        rows = [
            [both(f"outcome.{o}"), str(len(who)), self.several(who)] for o, who in found.endings
        ]
        rows += [
            [both(f"happened.{kind}"), str(len(who)), self.several(who)]
            for kind, who in found.notes
        ]
        told = dict(found.endings).get("not a notebook", ())
        if doors := [student for student, _ in found.doors if student not in told]:
            rows.append([both("report.door"), str(len(doors)), self.several(doors)])
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
                self.who(pair.first),
                self.who(pair.second),
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


def both_of(words: Callable[[str], str]) -> str:
    """Return what `words` says in each language, for a page that shows one."""
    return spans({language: escape(words(language)) for language in TAGS})


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
    return table([what, bar, both("report.students")], rows, numbers=(0, 2), style="bars")


def _bar(share: float) -> str:
    return f'<span class="bar"><i style="width:{share:.0%}"></i></span>'


def _grid(named: tuple[tuple[int, int, int], ...]) -> str:
    """Return layers and heads as a table, stronger in colour where more students named the head."""
    counts = {(layer, head): count for layer, head, count in named}
    most = max(counts.values())
    layers, heads = MODEL_SHAPE
    rows = []
    for layer in range(layers):
        cells = []
        for head in range(heads):
            count = counts.get((layer, head), 0)
            # At most 45 % of the colour: the number on it stays readable, light and dark.
            mix = f"color-mix(in srgb,var(--look) {45 * count / most:.0f}%,transparent)"
            style = f' style="background:{mix}"' if count else ""
            cells.append(f"<td{style}>{count or ''}</td>")
        rows.append(f'<tr><th scope="row">L{layer}</th>{"".join(cells)}</tr>')
    top = "".join(f'<th scope="col">H{head}</th>' for head in range(heads))
    body = "\n".join(rows)
    return (
        '<div class="wide" tabindex="0" role="group" aria-label="头 / heads">'
        f'<table class="heads"><thead><tr><td></td>{top}</tr></thead>\n'
        f"<tbody>\n{body}\n</tbody></table></div>\n"
    )
