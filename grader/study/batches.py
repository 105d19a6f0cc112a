"""Texts through the model, several at once; attention between the words of a treebank out."""

from collections.abc import Iterator, Sequence
from typing import NamedTuple

from grader.attention import Attention
from grader.capture import Model
from grader.errors import GraderError
from grader.study.treebank import Sentence

ROOM = 16 * 128 * 128
"""Most weights of one head in a batch: 16 texts of 128 tokens."""
MOST_TEXTS = 32


class Attended(NamedTuple):
    """A sentence's attention between words."""

    index: int
    """Of the sentence, in the order given."""
    attention: Attention
    """Merged; a special token is a word of its own."""
    positions: dict[int, int]
    """Word of the treebank -> position; a word that the tokenizer drops is missing."""


def plan(model: Model, sentences: Sequence[Sentence]) -> list[list[int]]:
    """Return batches of sentences of similar length, as indices.

    Sentences longer than the model reads are in none of them.
    """
    texts = [sentence.text for sentence in sentences]
    lengths = [len(ids) for ids in model.tokenizer(texts, verbose=False)["input_ids"]]
    most = MOST_TEXTS if model.tokenizer.pad_token else 1  # without one, none can be filled up
    readable = [i for i, length in enumerate(lengths) if length <= model.longest]
    batches: list[list[int]] = []
    for i in sorted(readable, key=lambda i: (lengths[i], i)):
        room = batches and (len(batches[-1]) + 1) * lengths[i] ** 2 <= ROOM
        if not room or len(batches[-1]) == most:
            batches.append([])
        batches[-1].append(i)
    return batches


def attend(
    model: Model, sentences: Sequence[Sentence], batches: list[list[int]]
) -> Iterator[Attended]:
    """Yield the attention on each sentence of the batches, in their order.

    It runs on one thread and batches depend on the sentences alone, so the same machine gives the
    same bits each time.

    Raises:
        GraderError: the model returned no attention.
    """
    import torch

    threads = torch.get_num_threads()
    torch.set_num_threads(1)
    try:
        for batch in batches:
            yield from _attend_batch(model, sentences, batch)
    finally:
        torch.set_num_threads(threads)


def _attend_batch(
    model: Model, sentences: Sequence[Sentence], batch: list[int]
) -> Iterator[Attended]:
    import torch

    encoding = model.tokenizer(
        [sentences[i].text for i in batch],
        return_tensors="pt",
        padding=len(batch) > 1,
        padding_side="right",
        return_offsets_mapping=True,
        return_special_tokens_mask=True,
        verbose=False,
    )
    offsets = encoding.pop("offset_mapping").tolist()
    special = encoding.pop("special_tokens_mask").tolist()
    with torch.inference_mode():
        attentions = model.network(**encoding, output_attentions=True).attentions
    if not attentions:
        raise GraderError(
            f"{model.name} returned no attention; load it with attn_implementation='eager'."
        )
    weights = torch.stack(attentions, dim=1).numpy()
    for row, index in enumerate(batch):
        n = int(encoding["attention_mask"][row].sum())
        sentence = sentences[index]
        tokens = model.tokenizer.convert_ids_to_tokens(encoding["input_ids"][row, :n].tolist())
        words, word_of, positions = _words(tokens, offsets[row], special[row], sentence)
        attention = Attention(
            tokens=tuple(tokens),
            weights=weights[row, :, :, :n, :n],
            words=words,
            word_of=word_of,
            text=sentence.text,
            pair=None,
            second_start=None,
            model=model.sha256,
        )
        yield Attended(index, attention.merge_words(), positions)


def _words(
    tokens: list[str], offsets: list[list[int]], special: list[int], sentence: Sentence
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
    for i, token in enumerate(tokens):
        start, end = offsets[i]
        word = None if special[i] or end <= start else owner.get(end - 1)
        if word is None or word != last:
            words.append(token if word is None else sentence.text[slice(*sentence.spans[word])])
            if word is not None:
                positions[word] = len(words) - 1
        word_of.append(len(words) - 1)
        last = word
    return tuple(words), tuple(word_of), positions
