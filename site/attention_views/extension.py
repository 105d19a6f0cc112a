"""What Python-Markdown loads: the extension, and the formatter of the custom fence.

In a generator's configuration::

    markdown_extensions:
      attention_views: {language: zh}
      pymdownx.superfences:
        custom_fences:
          - name: attention
            class: attention
            format: !!python/name:attention_views.format_fence
            validator: !!python/name:attention_views.validate_fence
          - name: quiz
            class: quiz
            format: !!python/name:attention_views.format_fence
            validator: !!python/name:attention_views.validate_fence
          - name: home
            class: home
            format: !!python/name:attention_views.format_fence
            validator: !!python/name:attention_views.validate_fence
"""

import pkgutil
import re
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import Any

import markdown
from markdown.extensions import Extension
from pymdownx.superfences import SuperFencesException

from attention_views import publish
from attention_views.fences import NumberFences, ReportAbandoned
from attention_views.figure import figure_html
from attention_views.generation_fence import (
    generation_html,
    is_generation,
    kept_for,
    read_generation,
)
from attention_views.guess import draw_guess
from attention_views.home import draw_home
from attention_views.inline_code import WholeNames
from attention_views.ledgers import read_ledger
from attention_views.long_figure import carried, check_long, check_products, is_long, long_html
from attention_views.marks import Marks, RefuseInHeadings
from attention_views.problems import MarkError
from attention_views.quiz import draw_quiz
from attention_views.scissors import draw_scissors
from attention_views.tables import EmptyHeaders, WholePairs
from attention_views.vectors import with_vectors
from attention_views.views import ViewSpec, attend, read_view
from attention_views.weight import check_weight, served_bytes
from grader.attention import Attention
from grader.errors import shown_path


class AttentionViews(Extension):
    """The marks of a lesson, for Python-Markdown.

    ``md.lesson`` is the page being converted, ``md.attention_views`` this extension.
    """

    def __init__(self, **options):
        self.config = {
            "language": ["zh", "language of the interface words: zh or en"],
            "claims": ["lessons/claims.toml", "the ledger"],
            "views": ["build/views", "folder in which packed views are kept"],
            "capture": ["grader.capture:capture", "function text, pair -> Attention"],
        }
        super().__init__(**options)

    def extendMarkdown(self, md):
        """Register the parts; see each for why it has its priority."""
        md.attention_views = self
        self.language = self.getConfig("language")
        self.views = Path(self.getConfig("views"))
        self.capture = _resolve(self.getConfig("capture"))
        self.ledger = read_ledger(Path(self.getConfig("claims")), self.capture)
        md.preprocessors.register(NumberFences(md), "attention_lines", 26)
        md.inlinePatterns.register(Marks(md, self.ledger, self.language), "attention_marks", 165)
        md.treeprocessors.register(RefuseInHeadings(md), "attention_headings", 6)
        md.treeprocessors.register(EmptyHeaders(md), "attention_tables", 15)
        md.treeprocessors.register(WholePairs(md), "attention_pairs", 14)
        md.postprocessors.register(WholeNames(md), "attention_names", 10)
        md.postprocessors.register(ReportAbandoned(md), "attention_abandoned", 1)

    def inline(self, source: str, md) -> str:
        """Return inline Markdown as HTML; what is wrong in it is reported for the page of `md`."""
        inner: Any = markdown.Markdown(extensions=["attr_list"], output_format=md.output_format)
        inner.lesson = md.lesson
        inner.inlinePatterns.register(
            Marks(inner, self.ledger, self.language), "attention_marks", 165
        )
        html = inner.convert(re.sub(r"\s+", " ", source).strip())
        return html.removeprefix("<p>").removesuffix("</p>")


def makeExtension(**options):
    """Return the extension."""
    return AttentionViews(**options)


def validate_fence(language, inputs, options, attrs, md) -> bool:
    """Accept every header; a refusal would print the fence as code without a word."""
    options.update(inputs)
    return True


def format_fence(source, language, class_name, options, md, **rest) -> str:
    """Return the HTML of one of our fences, or a box that says what is wrong with it.

    Raises:
        SuperFencesException: anything that is not the author's mistake; superfences swallows every
            other exception, prints the fence as code, and a strict build would pass.
    """
    first = int(options.get("line", 0))
    lesson = md.lesson
    lesson.open_fences.pop(first, None)
    try:
        return DRAW[language](source, md)
    except MarkError as error:
        line = first if error.line is None else first + 1 + error.line
        return lesson.report(str(error), line)
    except Exception as error:
        where = shown_path(lesson.path) if lesson.path else "lesson"
        raise SuperFencesException(
            f"{where}:{first + lesson.offset}: {type(error).__name__} "
            f"while drawing this fence: {error}"
        ) from error


def draw_attention(source: str, md) -> str:
    """Return the figure of an ``attention`` fence.

    Raises:
        MarkError: with the line within the fence.
    """
    views = md.attention_views
    if is_generation(source):
        return draw_generation(source, md)
    spec = read_view(source, views.ledger)
    capture = _as_named(views.capture)
    attention = attend(spec, capture)
    if is_long(spec, attention):
        return draw_long(spec, attention, md)
    if spec.layers:
        raise MarkError(
            "only the figure of a long text can leave layers out; take layers: away",
            spec.line("layers"),
        )
    if spec.view == "neuron" and spec.layer is not None:
        read = partial(capture, spec.text, spec.pair, spec.model, queries_keys=True)
        attention = with_vectors(attention, read, views.views)
        key = publish.keep_neuron(attention, layer=spec.layer, folder=views.views)
    else:
        key = publish.keep_view(attention, exact=spec.exact, folder=views.views)
    other = None
    if spec.other is not None:
        changed = attend(replace(spec, text=spec.other), capture)
        other = publish.keep_view(changed, exact=spec.exact, folder=views.views)
    caption = views.inline(spec.caption, md)
    html = figure_html(
        spec, attention, key=key, other=other, caption=caption, language=views.language
    )
    weight = served_bytes(html, [publish.file_of(each) for each in (key, other) if each])
    check_weight(weight, attention.n_tokens, spec.line("text"))
    return html


def draw_long(spec: ViewSpec, attention: Attention, md) -> str:
    """Return the figure of a long text.

    Raises:
        MarkError: with the line within the fence.
    """
    check_long(spec, attention)
    views = md.attention_views
    capture = _as_named(views.capture)
    read = partial(capture, spec.text, spec.pair, spec.model, queries_keys=True)
    attention = with_vectors(attention, read, views.views)
    check_products(spec, attention)
    key = publish.keep_long(attention, layers=carried(spec, attention), folder=views.views)
    caption = views.inline(spec.caption, md)
    html = long_html(spec, attention, key=key, caption=caption, language=views.language)
    weight = served_bytes(html, [publish.file_of(key)])  # before a head is looked at
    check_weight(weight, attention.n_tokens, spec.line("text"), by_square=False)
    return html


def draw_generation(source: str, md) -> str:
    """Return the figure of a text that a model wrote.

    Raises:
        MarkError: with the line within the fence.
    """
    views = md.attention_views
    spec = read_generation(source)
    made = kept_for(spec)
    key = publish.keep_generation(made, folder=views.views)
    caption = views.inline(spec.caption, md)
    html = generation_html(spec, made, caption=caption, language=views.language)
    weight = served_bytes(html, [publish.file_of(key)])
    check_weight(weight, len(made.tokens), spec.line, by_square=False)
    return html


def draw_first_page(source: str, md) -> str:
    """Return a part of the first page, of a ``home`` fence.

    Raises:
        MarkError: with the line within the fence.
    """
    views = md.attention_views
    capture = _as_named(views.capture)
    return draw_home(source, language=views.language, capture=capture, lesson=md.lesson)


DRAW = {
    "attention": draw_attention,
    "quiz": draw_quiz,
    "guess": draw_guess,
    "home": draw_first_page,
    "scissors": draw_scissors,
}
"""Name of a fence -> what draws it; all are listed in fences.NAMES too."""


def _as_named(capture):
    """Call a capture with a second text and a model only where the fence names them."""

    def called(text, pair, model, **more):
        texts = (text,) if pair is None else (text, pair)
        return capture(*texts, **more) if model is None else capture(*texts, model=model, **more)

    return called


def _resolve(capture):
    """Return the function that ``module:function`` names; a function stays."""
    return pkgutil.resolve_name(capture) if isinstance(capture, str) else capture
