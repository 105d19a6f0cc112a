"""What a student's notebook calls: ``start`` once, ``check`` below each question.

``check`` records the answer and, in a student's notebook, shows at once what it would earn. It
never stops a notebook: a wrong answer is a card. Only nbgrader's validation, and a run without a
kernel, raise. When a submission is graded nothing is judged here; only the record counts.
"""

import base64
import json
import os
from collections.abc import Mapping
from dataclasses import dataclass, field
from html import escape
from io import BytesIO
from typing import Any

from grader.errors import CourseError, GraderError
from grader.kept_model import JUDGES, KeptModel
from grader.models.model_folder import cache_folder
from grader.own_names import keep_name
from grader.plots import plot_row
from grader.process_defaults import process_defaults
from grader.questions import (
    KINDS,
    LANGUAGES,
    MIME,
    Exercise,
    Question,
    Remembered,
    Verdict,
    bundle,
    card_html,
    card_text,
    decode_public,
    encode_answer,
    judge_outputs,
    public_probes,
    variant_index,
)
from grader.questions.answer import MAX_BYTES, Unsendable
from grader.questions.facts import Facts
from grader.questions.judging import model_of
from grader.questions.messages import fill, message, say
from grader.questions.outcome import Refusal
from grader.questions.parser import decode
from grader.questions.together import HANDFUL, about, judged_together
from grader.questions.variants import normalised_id
from grader.setup_help import missing
from grader.tries import Tries

_LANGUAGE_TAGS = {"zh": "zh-CN", "en": "en"}


class CheckFailure(AssertionError):
    """An answer is not right yet; raised only by nbgrader's validation and without a kernel."""


@dataclass
class Session:
    """One exercise in one notebook; ``session.sentence`` is a word or text of its variant."""

    exercise: Exercise
    variant_index: int
    language: str
    site: str = ""
    """Address of the course's site, for links; without it there are none."""
    student: str = ""
    """The student's id, as it is hashed."""
    verdicts: dict[str, Verdict] = field(default_factory=dict)
    """The latest verdict on each question, for the points so far."""

    @property
    def variant(self) -> Mapping[str, str]:
        """The student's own sentence and its words."""
        return self.exercise.variants[self.variant_index]

    def texts(self, measure: str) -> list[str]:
        """Return the fixed texts that a measure of the exercise is averaged over."""
        return [fill(text, self.variant) for text in self.exercise.measures[measure].texts]

    def __getattr__(self, name: str) -> str:
        if name.startswith("__") or name in ("exercise", "variant_index"):
            raise AttributeError(name)
        try:
            return self.variant[name]
        except KeyError:
            known = ", ".join(self.variant) or "nothing"
            raise AttributeError(f"this exercise's sentence has {known}, not {name!r}") from None

    def __repr__(self) -> str:
        return f"<{self.exercise.slug}, sentence {self.variant_index}>"


_SESSIONS: dict[str, Session] = {}
_PROBES: dict[str, list] = {}
_RECORDED: list[dict] = []
_MODEL = Remembered(KeptModel())
_TRIES = Tries()


def start(
    slug: str,
    *,
    student: str = "",
    questions: str = "",
    language: str = "zh",
    course_id: str = "",
    site: str = "",
) -> Session:
    """Open an exercise in this notebook, and say which sentence is the student's.

    Args:
        slug: the exercise.
        student: the student's id, which chooses the sentence; without one it is sentence 0.
        questions: the public questions, as the builder wrote them into the notebook.
        language: ``zh`` or ``en``, the language of the cards; anything else is ``zh``.
        course_id: the course, which takes part in choosing.
        site: the address of the course's site; else $SEEING_ATTENTION_SITE. Cards link to it.

    Raises:
        CourseError: the questions in the notebook are damaged.
    """
    if _shell() is not None and os.environ.get(JUDGES):
        os.environ["NBGRADER_EXECUTION"] = "check"
    exercise = Exercise.from_public(decode_public(questions))
    if exercise.slug != slug:
        raise CourseError(f"the questions in this notebook are not those of {slug!r}.")
    # Both stand in a cell that a student fills; neither may cost the answers that follow.
    language = language if isinstance(language, str) and language in LANGUAGES else LANGUAGES[0]
    student = "" if student is None else str(student)
    index = variant_index(course_id, slug, student, len(exercise.variants))
    site = site or os.environ.get("SEEING_ATTENTION_SITE", "")
    session = _SESSIONS[slug] = Session(exercise, index, language, site, normalised_id(student))
    keep_name(_shell(), "check", check, slug)
    key = "start.own" if normalised_id(student) else "start.nobody"
    if len(exercise.variants) == 1 and key == "start.own":
        key = "start.shared"
    sentence = session.variant.get("sentence", "")
    _show_line(message(say(key, index=index, sentence=sentence), language))
    if os.environ.get("NBGRADER_EXECUTION") != "autograde":
        for line in missing(language, exercise.model):
            _show_line(line)
    return session


def set_probes(question_id: str, inputs: list) -> None:
    """Hand over the inputs that the next ``check`` of a function calls it with, when grading."""
    _PROBES[question_id] = inputs


def check(question_id: str, answer: Any) -> None:
    """Record an answer and, in a student's notebook, show what it would earn.

    Args:
        question_id: ``telescope.means``.
        answer: numbers, text, lists, dicts, arrays; a function where one is asked for.

    Raises:
        GraderError: the cell with ``start`` has not run, or there is no such question.
        CheckFailure: the answer is not right, under nbgrader's validation or without a kernel.
    """
    with process_defaults():
        _check(question_id, answer)


def _check(question_id: str, answer: Any) -> None:
    session, question = _find(question_id)
    probes = _PROBES.pop(question_id, None)
    if probes is None:
        probes = public_probes(question)
    # The result of each call is encoded by itself.
    called = probes is not None and callable(answer)
    value = _calls(answer, probes or []) if called else _sendable(answer)
    about_model = model_of(question, _MODEL).sha256
    sent = bundle(question.id, session.variant_index, about_model, value)
    _publish({MIME: sent, "text/plain": ""})
    if os.environ.get("NBGRADER_EXECUTION") == "autograde":
        return
    outputs = json.dumps([{"output_type": "display_data", "data": {MIME: sent}}])
    verdict = judge_outputs(
        question, session.variant_index, session.variant, outputs, _MODEL, probes
    )
    tried = _tries().count(
        session.exercise.slug,
        question.name,
        session.student,
        session.variant_index,
        about(_decoded(value)),
        answer=value,
    )
    if tried > HANDFUL:
        verdict = judged_together(verdict, question)
    session.verdicts[question.name] = verdict
    text = card_text(verdict, question, session.language)
    if _shell() is not None and not os.environ.get("NBGRADER_VALIDATING"):
        _show_card(verdict, question, session, text, value)
    elif not verdict.passed:
        raise CheckFailure(text)


def recorded() -> list[dict]:
    """Return the bundles that were recorded where there is no kernel, in order."""
    return list(_RECORDED)


def forget() -> None:
    """Forget sessions, probes and records: a new notebook begins in this process."""
    for kept in (_SESSIONS, _PROBES, _RECORDED):
        kept.clear()
    _TRIES.forget()


def _tries() -> Tries:
    """Return the memory of answers: on disk in a notebook, of this process elsewhere."""
    if _TRIES.path is None and _shell() is not None:
        _TRIES.path = cache_folder() / "tries.json"
        _TRIES.forget()
    return _TRIES


def _decoded(value: Any) -> Any:
    try:
        return decode(value)
    except Refusal:
        return None


def _find(question_id: str) -> tuple[Session, Question]:
    slug, _, name = str(question_id).partition(".")
    session = _SESSIONS.get(slug)
    if session is None:
        raise GraderError(
            f'the exercise "{slug}" has not been started; run the cells at the top of the notebook.'
        )
    question = session.exercise.questions.get(name)
    if question is None:
        known = ", ".join(session.exercise.questions)
        raise GraderError(f'there is no question "{question_id}"; there are: {known}.')
    return session, question


def _calls(function: Any, probes: list) -> dict:
    """Return what a function gives for each of the inputs; an error is what it gives, too."""
    calls = []
    for arguments in probes:
        # Decoded anew for each call, and writable: a function may write into what it is given.
        given = [a.copy() if hasattr(a, "copy") else a for a in map(decode, arguments)]
        try:
            calls.append({"ok": encode_answer(function(*given))})
        except (Exception, SystemExit) as error:
            calls.append({"error": _told(error)})
    return {"calls": calls}


def _told(error: BaseException) -> str:
    name = type(error).__name__
    try:
        return f"{name}: {error}"[:200].encode("utf-8", "replace").decode()
    except Exception:  # a __str__ of the student's own
        return name


def _sendable(value: Any) -> Any:
    """Return the answer as data; what cannot be sent is sent as the reason why."""
    try:
        encoded = encode_answer(value)
        if len(json.dumps(encoded)) > MAX_BYTES:
            raise Unsendable("large", str(MAX_BYTES // 1024**2))
        json.dumps(encoded, ensure_ascii=False).encode("utf-8")
    except UnicodeEncodeError:
        return Unsendable("broken").to_json()
    except Unsendable as error:
        return json.loads(json.dumps(error.to_json()).encode("utf-8", "replace"))
    except Exception:  # a mapping or an array of the student's own may raise anything
        return Unsendable("type", type(value).__name__).to_json()
    return encoded


def _shell() -> Any:
    """Return the running IPython, or None where there is no kernel."""
    try:
        from IPython import get_ipython
    except ImportError:
        return None
    return get_ipython()


def _publish(data: dict) -> None:
    if _shell() is None:
        if MIME in data:
            _RECORDED.append(data[MIME])
        return
    from IPython.display import display

    display(data, raw=True)


def _show_line(text: str) -> None:
    if _shell() is not None:
        _publish({"text/plain": text, "text/html": escape(text)})


def _show_card(
    verdict: Verdict, question: Question, session: Session, text: str, value: Any
) -> None:
    so_far = message(
        say(
            "so_far",
            points=f"{sum(v.points for v in session.verdicts.values()):g}",
            most=f"{session.exercise.points:g}",
        ),
        session.language,
    )
    card = card_html(verdict, question, session.language)
    picture, link = _picture(question, session, value)
    tag = _LANGUAGE_TAGS[session.language]
    html = f'<div role="status" lang="{tag}">{card}{picture}<em>{escape(so_far)}</em></div>'
    text = f"{text}\n{link}" if link else text
    _publish({"text/plain": f"{text}\n{so_far}", "text/html": html})


def _picture(question: Question, session: Session, value: Any) -> tuple[str, str]:
    """Return the row that an answer speaks of, as HTML, and its address on the site.

    Both are empty where there is none. The picture has no numbers: they are for the student to
    read off the model.
    """
    facts = Facts(session.variant, model_of(question, _MODEL), question.measures)
    try:
        seen = KINDS[question.kind].shows(question.parameters, decode(value), facts)
        if seen is None:
            return "", ""
        attention = facts.attend(seen.text)
        merged = attention.merge_words()
        keys = [merged.tokens[merged.position(key)] for key in seen.keys]
        figure = plot_row(attention, seen.head, seen.query, asked=keys)
        drawn = BytesIO()
        figure.savefig(drawn, format="png", dpi=80, facecolor="white")
        row = merged.pattern(seen.head)[merged.position(seen.query)]
        position = attention.word_of.index(merged.position(seen.query))
    except Exception:  # a wrong answer may raise anything here, and a picture is only a help
        return "", ""
    told = {"head": str(seen.head), "query": seen.query, "keys": keys}
    told["most"] = merged.tokens[int(row.argmax())]
    described = escape(message(say("picture.row", **told), session.language))
    data = base64.b64encode(drawn.getvalue()).decode("ascii")
    html = f'<p><img alt="{described}" src="data:image/png;base64,{data}"></p>'
    link = seen.link(session.site, session.language, position)
    if link:
        words = escape(message(say("picture.link", head=str(seen.head)), session.language))
        html += f'<p><a href="{escape(link)}" target="_blank" rel="noopener">{words}</a></p>'
    return html, link
