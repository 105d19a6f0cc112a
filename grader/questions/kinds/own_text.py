"""A sentence of the student's own: read, bounded, looked at by the model, its words found."""

import re
from collections.abc import Iterable

from grader.attention import Attention
from grader.errors import GraderError
from grader.questions.facts import Facts
from grader.questions.kinds import fields
from grader.questions.kinds.base import Finding, failed
from grader.questions.messages import say

LONGEST_WORD = 40
LONGEST_TEXT = 400
"""Characters; 64 word pieces of English are about 300."""

WORD = re.compile(r"[^\W_]+(?:['’-][^\W_]+)*")


def is_word(text: str) -> bool:
    """Return whether a text is one word of no unlikely length."""
    return len(text) <= LONGEST_WORD and WORD.fullmatch(text) is not None


def sentence_first(criteria: Iterable[str]) -> Iterable[Finding]:
    """Yield that these criteria wait for a sentence that is as asked."""
    for criterion in criteria:
        yield failed(criterion, say("own.sentence_first"))


def read_text(value: dict, key: str, name: str) -> str:
    """Return the text under `key`: tidied, printable, and not too long.

    Args:
        value: the fields that hold it.
        key: its field.
        name: what it is called when something is wrong with it.

    Raises:
        FieldError: it is not.
    """
    text = fields.text(value, key)
    if len(text) > LONGEST_TEXT or not text.isprintable():
        raise fields.FieldError(say("sentence.text", field=name, longest=LONGEST_TEXT))
    return text


def refuse_long(text: str, name: str, most: int, facts: Facts) -> None:
    """Refuse a text of more than `most` word pieces, before the model reads it.

    Raises:
        FieldError: it is longer.
    """
    try:
        n = facts.n_pieces(text)
    except GraderError:  # longer than the model reads
        raise fields.FieldError(say("sentence.long", field=name, most=most)) from None
    if n > most:
        raise fields.FieldError(say("sentence.long", field=name, most=most))


def look(text: str, name: str, most: int, facts: Facts) -> Attention:
    """Return the attention on a text of at most so many word pieces, merged to words.

    Raises:
        FieldError: it is longer.
    """
    refuse_long(text, name, most, facts)
    return facts.attend(text).merge_words()


def place(attention: Attention, word: str, name: str) -> int:
    """Return where a word stands, which is there once.

    Raises:
        FieldError: it is not.
    """
    found = [i for i, token in enumerate(attention.tokens) if token.lower() == word.lower()]
    if len(found) != 1:
        raise fields.FieldError(say("sentence.once", field=name, word=word, count=len(found)))
    return found[0]


def weight_mistakes(pattern, query: int, key: int, other: int) -> list[tuple[str, list[float]]]:
    """Return which other numbers of a pattern are read by mistake: hint, wrong values.

    Args:
        pattern: query key.
        query: the right row.
        key: the right column.
        other: the column of the other word that is asked about.
    """
    last = len(pattern) - 1
    near = [(query - 1, key - 1), (query + 1, key + 1), (query, key - 1), (query, key + 1)]
    near += [(query - 1, key), (query + 1, key)]
    inside = [(q, k) for q, k in near if 0 <= q <= last and 0 <= k <= last]
    return [
        ("swapped", [pattern[query, other]]),
        ("transposed", [pattern[key, query]]),
        ("special_token", [pattern[query, 0], pattern[query, last], pattern[0, key]]),
        ("off_by_one", [pattern[q, k] for q, k in inside]),
        ("percent", [100 * pattern[query, key]]),
    ]
