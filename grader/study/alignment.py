"""A sentence of a treebank through the model: attention between the treebank's own words out."""

from typing import NamedTuple

from grader.attention import Attention
from grader.capture import Model
from grader.network import Tokens
from grader.study.treebank import Sentence


class Attended(NamedTuple):
    """A sentence's attention between words."""

    attention: Attention
    """Merged; a special token is a word of its own."""
    positions: dict[int, int]
    """Word of the treebank -> position; a word that the tokenizer drops is missing."""


def attend(model: Model, sentence: Sentence) -> Attended:
    """Return the attention on a sentence.

    Raises:
        TextError: it is longer than the model reads.
        GraderError: the model returned no attention.
    """
    tokens = model.encode(sentence.text)
    words, word_of, positions = _words(tokens, sentence)
    attention = Attention(
        tokens=tokens.names,
        weights=model.network.attend(tokens),
        words=words,
        word_of=word_of,
        text=sentence.text,
        pair=None,
        second_start=None,
        model=model.sha256,
    )
    return Attended(attention.merge_words(), positions)


def _words(
    tokens: Tokens, sentence: Sentence
) -> tuple[tuple[str, ...], tuple[int, ...], dict[int, int]]:
    """Tell which word each token belongs to; a token of no word is one of its own."""
    owner = {
        character: word
        for word, (start, end) in enumerate(sentence.spans)
        for character in range(start, end)
    }
    words: list[str] = []
    word_of: list[int] = []
    positions: dict[int, int] = {}
    last = None
    for name, (start, end), part in zip(tokens.names, tokens.offsets, tokens.parts, strict=True):
        word = None if part is None or end <= start else owner.get(end - 1)
        if word is None or word != last:
            words.append(name if word is None else sentence.text[slice(*sentence.spans[word])])
            if word is not None:
                positions[word] = len(words) - 1
        word_of.append(len(words) - 1)
        last = word
    return tuple(words), tuple(word_of), positions
