"""The options of an ``attention`` fence: read from YAML, judged, ready to be drawn."""

import re
import unicodedata
from dataclasses import dataclass

import yaml

from attention_views.problems import MarkError
from grader.attention import Attention, HeadId
from grader.errors import GraderError, ModelError, known
from grader.ledger import Ledger

VIEWS = ("head", "model", "heatmap", "neuron", "generation")
OPTIONS = {
    "view": str,
    "text": str,
    "sentence": str,
    "pair": str,
    "other": str,
    "model": str,
    "layer": int,
    "layers": list,
    "heads": list,
    "query": str,
    "words": bool,
    "exact": bool,
    "caption": str,
}
_NUMBERED = re.compile(r"the ([0-9]{1,4})(?:st|nd|rd|th) (\S+)", re.IGNORECASE)
_KINDS = {str: "a text", int: "a whole number", list: "a list like [11]", bool: "true or false"}


@dataclass(frozen=True)
class ViewSpec:
    """What one figure shows."""

    view: str
    """head, model, heatmap or neuron."""
    text: str
    pair: str | None
    other: str | None
    """The same sentence with a word changed or put in, for a switch between both."""
    model: str | None
    """Name of the model; None: the default one."""
    layer: int | None
    """From 0; None only in a model view."""
    heads: tuple[int, ...]
    """From 0; empty means all (head view) or none named (model view)."""
    layers: tuple[int, ...]
    """Layers that a long text's figure carries; empty means all."""
    query: str | None
    """The token whose row the text is about, as `query_position` reads it."""
    words: bool
    """Whether word pieces are merged to words."""
    exact: bool
    """Whether the packed numbers are exact to 1e-5, for views that print them."""
    caption: str
    """Inline Markdown."""
    lines: dict[str, int]
    """Option -> its line within the fence, from 0."""

    @property
    def named(self) -> HeadId | None:
        """The head of the picture and of the table; None for a model view that names none."""
        if self.layer is None or (self.view == "model" and not self.heads):
            return None
        return HeadId(layer=self.layer, head=self.heads[0] if self.heads else 0)

    def line(self, option: str) -> int | None:
        """Return the line of `option` within the fence, for an error about it."""
        return self.lines.get(option)


def read_view(source: str, ledger: Ledger) -> ViewSpec:
    """Read a fence's options.

    Raises:
        MarkError: with the line within the fence.
    """
    options, lines = read_options(source)
    for name, value in options.items():
        check_option(name, value, lines[name])
    view = options.get("view")
    if view is None:
        raise MarkError(f"no view is named; add a line like view: head ({known(VIEWS)})")
    if view not in VIEWS:
        raise MarkError(f"no view is called {view!r}; {known(VIEWS)}", lines["view"])
    if not options.get("caption", "").strip():
        raise MarkError(
            "the figure has no caption; add caption: what to see in it", lines.get("caption")
        )
    layer, heads = options.get("layer"), options.get("heads")
    if view != "model" and layer is None:
        raise MarkError(f"a {view} view needs a layer; add layer: 0")
    if view != "model" and heads is None:
        raise MarkError(f"a {view} view needs heads; add heads: [0]")
    if view == "heatmap" and (heads is None or heads == "all" or len(heads) != 1):
        raise MarkError("a heat map shows exactly one head; write heads: [0]", lines["heads"])
    if view == "neuron":
        _check_neuron(options, lines)
    if "other" in options and (view == "neuron" or "pair" in options):
        raise MarkError(
            "only a head view, a model view or a map of one text has another sentence; "
            "take other: away",
            lines["other"],
        )
    return ViewSpec(
        view=view,
        text=_text(options, lines, ledger),
        pair=options.get("pair"),
        other=options.get("other"),
        model=options.get("model"),
        layer=layer,
        heads=() if heads in (None, "all") else tuple(heads),
        layers=tuple(options.get("layers", ())),
        query=options.get("query"),
        words=options.get("words", False),
        exact=options.get("exact", view != "model"),
        caption=options["caption"],
        lines=lines,
    )


def _check_neuron(options: dict, lines: dict[str, int]) -> None:
    if options["heads"] == "all" or len(options["heads"]) != 1:
        raise MarkError("a neuron view shows exactly one head; write heads: [0]", lines["heads"])
    if "query" not in options:
        raise MarkError(
            "a neuron view unfolds the row of one token; add query: and a token that stands once"
        )
    if options.get("words"):
        raise MarkError(
            "a word of several pieces has no query and key of its own; take words: true away",
            lines["words"],
        )
    if options.get("exact") is False:
        raise MarkError("a neuron view prints numbers; take exact: false away", lines["exact"])


def attend(spec: ViewSpec, capture) -> Attention:
    """Return the attention that a figure shows; its layer, heads and query exist in it.

    Raises:
        MarkError: with the line within the fence.
    """
    try:
        attention = capture(spec.text, spec.pair, spec.model)
    except ModelError as error:
        raise MarkError(str(error), spec.line("model")) from error
    except GraderError as error:
        raise MarkError(str(error), spec.line("text")) from error
    if spec.words:
        attention = attention.merge_words()
    if spec.layer is not None and not 0 <= spec.layer < attention.n_layers:
        raise MarkError(
            f"layer {spec.layer} does not exist; "
            f"this model has layers 0 to {attention.n_layers - 1}",
            spec.line("layer"),
        )
    for layer in spec.layers:
        if not 0 <= layer < attention.n_layers:
            raise MarkError(
                f"layer {layer} does not exist; "
                f"this model has layers 0 to {attention.n_layers - 1}",
                spec.line("layers"),
            )
    for head in spec.heads:
        if not 0 <= head < attention.n_heads:
            raise MarkError(
                f"head {head} does not exist; this model has heads 0 to {attention.n_heads - 1}",
                spec.line("heads"),
            )
    if spec.query is not None:
        try:
            query_position(spec.query, attention)
        except GraderError as error:
            raise MarkError(
                f"query: {error}; name a token that stands there once, or say which: "
                "the 2nd samuel",
                spec.line("query"),
            ) from error
    return attention


def query_position(query: str, attention: Attention) -> int:
    """Return the index of the token that a fence's `query` names.

    ``samuel`` is the one token that reads so, ``the 2nd samuel`` the second of several, counted
    from the start of the text.

    Raises:
        WordError: there is no such token, or several are meant.
    """
    numbered = _NUMBERED.fullmatch(query.strip())
    if numbered is None:
        return attention.position(query)
    return attention.position(numbered[2], int(numbered[1]))


def read_options(source: str) -> tuple[dict, dict[str, int]]:
    """Return a fence's options and the line of each, from 0.

    Raises:
        MarkError: with the line within the fence.
    """
    try:
        node = yaml.compose(source, Loader=yaml.SafeLoader)
        if not isinstance(node, yaml.MappingNode):
            raise MarkError("this fence has no options; write lines like view: head")
        lines: dict[str, int] = {}
        for key, _ in node.value:
            if key.value in lines:
                raise MarkError(f"option {key.value!r} stands twice; keep one", key.start_mark.line)
            lines[key.value] = key.start_mark.line
        return {str(name): value for name, value in yaml.safe_load(source).items()}, lines
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        raise MarkError(
            f"not YAML: {error.problem}; put the value into quotes", mark.line if mark else 0
        ) from error


def check_option(name: str, value, line: int, options: dict[str, type] = OPTIONS) -> None:
    """Refuse what is no option, or no value of its kind.

    Raises:
        MarkError: with the line within the fence.
    """
    if name not in options:
        raise MarkError(f"no option is called {name!r}; {known(options)}", line)
    wanted = options[name]
    if name == "heads" and value == "all":
        return
    if value is None and wanted is str:
        raise MarkError(f"'{name}:' is empty; give {_KINDS[str]} or leave the line out", line)
    if not isinstance(value, wanted) or (wanted is int and isinstance(value, bool)):
        raise MarkError(f"{name}: is {value!r}; write {_KINDS[wanted]}", line)
    if isinstance(value, str) and not value.strip():
        raise MarkError(f"'{name}:' is empty; give {_KINDS[str]} or leave the line out", line)
    if isinstance(value, list) and (
        not value
        or len(set(map(str, value))) != len(value)
        or any(not isinstance(number, int) or isinstance(number, bool) for number in value)
    ):
        raise MarkError(f"{name}: is {value!r}; write different whole numbers like [11]", line)


def _text(options: dict, lines: dict[str, int], ledger: Ledger) -> str:
    if ("text" in options) == ("sentence" in options):
        raise MarkError(
            "give the sentence once; write text: and the sentence, "
            "or sentence: and a name of [sentences] in claims.toml",
            lines.get("text"),
        )
    if "text" in options:
        text = options["text"]
    elif options["sentence"] in ledger.sentences:
        text = ledger.sentences[options["sentence"]]
    else:
        raise MarkError(
            f"no sentence is called {options['sentence']!r}; {known(ledger.sentences)}",
            lines["sentence"],
        )
    for part in (text, options.get("pair", ""), options.get("other", "")):
        wide = next((c for c in part if unicodedata.east_asian_width(c) in "WF"), None)
        if wide:
            raise MarkError(
                f"{wide!r} would be an empty box in a picture on machines without its font; "
                "show an English sentence and gloss it in the caption",
                lines.get("text"),
            )
    paragraphs = (" ".join(part.split()) for part in re.split(r"\n\s*\n", text.strip()))
    return "\n\n".join(paragraphs)  # a reader sees them; the model does not
