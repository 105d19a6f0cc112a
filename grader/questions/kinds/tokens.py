"""A set of tokens: which are special, which are the pieces of a word, which a head looks at.

The order does not count::

    kind = "tokens"
    of = {special = {text = "{sentence}"}}
    of = {pieces = {text = "{sentence}", word = "{rare}"}}
    of = {looked_at = {text = "{sentence}", query = "{word}", layer = 5, head = 8, at_least = 0.1}}
"""

import unicodedata
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any

from grader.heads import is_special
from grader.questions.authoring import Table
from grader.questions.facts import Facts
from grader.questions.kinds import fields
from grader.questions.kinds.base import Finding, Kind, Scope, failed, passed
from grader.questions.messages import clean_text, say
from grader.questions.outcome import Refusal

NEAR = 0.005
"""A token whose weight is this near the threshold may be named or not."""

MOST = 200
"""Tokens that an answer may name."""


@dataclass(frozen=True)
class Wanted:
    """Which tokens are right for one variant."""

    must: frozenset[str]
    may: frozenset[str] = frozenset()
    others: frozenset[str] = frozenset()
    """The rest of the text's tokens."""
    words: frozenset[str] = frozenset()
    """The words of the text as written."""


class Tokens(Kind):
    """A list of tokens, in any order."""

    name = "tokens"
    hints = ("words", "no_marks", "case", "no_special", "all_of_them", "transposed")
    stated = ("words", "no_marks", "case", "no_special", "all_of_them")
    max_bytes = 16 * 1024

    def read(self, table: Table, scope: Scope) -> Callable[[Facts], Wanted]:
        """Return what finds the right tokens."""
        below = table.table("of")
        forms = [form for form in FORMS if below.has(form)]
        if len(forms) != 1:
            below.problem(f"[{below.name}] must name one set; known are: {', '.join(FORMS)}.")
            below.read.update(below.data)
            return lambda facts: Wanted(frozenset())
        one = below.table(forms[0])
        found = FORMS[forms[0]](one, scope)
        one.finish()
        below.finish()
        return found

    def criteria(self, parameters: Any) -> list[str]:
        """Return that all are named, and that nothing else is."""
        return ["all", "only"]

    def together(self, parameters: Any) -> list[str]:
        """Return what rests on numbers, which a loop could find one by one."""
        return self.criteria(parameters)

    def judge(self, parameters: Any, value: Any, facts: Facts) -> Iterable[Finding]:
        """Yield whether every one is named, in part if some are, and whether nothing else is."""
        got = _named(value)
        wanted = parameters(facts)
        hint = _mistakes(got, wanted)
        found = got & wanted.must
        missing = len(wanted.must - got)
        if not missing:
            yield passed("all")
        else:
            share = len(found) / len(wanted.must) / 2
            reason = say("tokens.missing", found=len(found), most=len(wanted.must))
            yield failed("all", reason, hint, share)
        extra = sorted(got - wanted.must - wanted.may)
        if not found:
            yield failed("only", say("tokens.none"), hint)
        elif extra:
            yield failed("only", say("tokens.extra", extra=extra[:5]), hint)
        else:
            yield passed("only")


def _named(value: Any) -> set[str]:
    value = fields.as_list(value)
    if not isinstance(value, list) or len(value) > MOST:
        raise Refusal("not_tokens", got=fields.type_name(value))
    value = [fields.single(token) for token in value]
    for token in value:
        if not isinstance(token, str) or not fields.tidy(token):
            raise Refusal("not_tokens", got=fields.type_name(token))
    return {clean_text(unicodedata.normalize("NFKC", fields.tidy(token))) for token in value}


def _mistakes(got: set[str], wanted: Wanted) -> tuple[str, ...]:
    """Return the names of the mistake that the tokens show, the likeliest first."""
    known = {token.lower() for token in wanted.must}
    if any(token not in wanted.must and token.lower() in known for token in got):
        return ("case",)
    bare = {token.removeprefix("##") for token in wanted.must if token.startswith("##")}
    if got & bare - wanted.must - wanted.others:
        return ("no_marks", "words")
    if got & (wanted.words - wanted.must - wanted.others):
        return ("words",)
    if got >= wanted.must and got >= wanted.others and wanted.others:
        return ("all_of_them",)
    missing = wanted.must - got
    if missing and all(is_special(token) for token in missing):
        return ("no_special",)
    return ()


def _special(table: Table, scope: Scope) -> Callable[[Facts], Wanted]:
    text = table.template("text", scope.words)

    def find(facts: Facts) -> Wanted:
        attention = facts.attend(facts.fill(text))
        special = frozenset(t for t in attention.tokens if is_special(t))
        return Wanted(special, others=frozenset(attention.tokens) - special)

    return find


def _pieces(table: Table, scope: Scope) -> Callable[[Facts], Wanted]:
    text, word = table.template("text", scope.words), table.template("word", scope.words)

    def find(facts: Facts) -> Wanted:
        attention = facts.attend(facts.fill(text))
        pieces = frozenset(pieces_of(attention, facts.fill(word)))
        others = frozenset(attention.tokens) - pieces
        return Wanted(pieces, others=others, words=frozenset([facts.fill(word).lower()]))

    return find


def pieces_of(attention, word: str) -> list[str]:
    """Return the word pieces of the one word of a text that reads `word`, case ignored.

    Raises:
        WordError: no word reads so, or several do.
    """
    place = attention.merge_words().position(word)
    owners = attention.word_of
    return [t for t, w in zip(attention.tokens, owners, strict=True) if w == place]


def _looked_at(table: Table, scope: Scope) -> Callable[[Facts], Wanted]:
    text, query = table.template("text", scope.words), table.template("query", scope.words)
    layer = int(table.number("layer", low=0, high=1000))
    head = int(table.number("head", low=0, high=1000))
    least = table.number("at_least", low=0.0, high=1.0)

    def find(facts: Facts) -> Wanted:
        attention = facts.attend(facts.fill(text))
        row = attention.weights[layer, head, attention.position(facts.fill(query))]
        pairs = list(zip(attention.tokens, row, strict=True))
        must = frozenset(t for t, w in pairs if w >= least + NEAR)
        may = frozenset(t for t, w in pairs if w >= least - NEAR)
        return Wanted(must, may, others=frozenset(attention.tokens) - must - may)

    return find


FORMS = {"special": _special, "pieces": _pieces, "looked_at": _looked_at}
"""Which set of tokens is asked for: the key below ``of``, and who reads it."""
