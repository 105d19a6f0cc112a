"""From a question and a context to token ids, and from two rows of logits back to words.

Training and serving share these functions, so that both see the same segments and the same tokens.
"""

from dataclasses import dataclass

import torch
from torch import Tensor

LONGEST_ANSWER = 24
"""Tokens; all but two in a thousand of the answers learned from are shorter."""
LONGEST_QUESTION = 128
"""Tokens; a window must leave room for the context."""
WINDOW = 320
STRIDE = 96
"""A context too long for one window is read in several that overlap by as many tokens."""


@dataclass(frozen=True)
class Span:
    """An answer in a context; `text` is empty where the model finds none."""

    text: str
    margin: float
    """Sum of its start and end logits above that of "no answer" ([CLS]); below 0 it finds none."""
    best: str
    """The best span, whether or not it beats "no answer"."""


def encode(tokenizer, questions: list[str], contexts: list[str]):
    """Return the encoding of pairs: one row a window, with the segments as `token_type_ids`."""
    return tokenizer(
        questions,
        contexts,
        return_tensors="pt",
        padding=True,
        truncation="only_second",
        max_length=WINDOW,
        stride=STRIDE,
        return_overflowing_tokens=True,
        return_offsets_mapping=True,
        verbose=False,
    )


def inputs(encoding) -> dict[str, Tensor]:
    """Return what the network reads of an encoding."""
    return {n: encoding[n] for n in ("input_ids", "attention_mask", "token_type_ids")}


def context_mask(encoding) -> Tensor:
    """Tell for each row which tokens are the context's: "row token" of booleans."""
    n_rows = len(encoding["input_ids"])
    return torch.tensor([[p == 1 for p in encoding.sequence_ids(row)] for row in range(n_rows)])


def span_tokens(encoding, row: int, start: int, end: int) -> tuple[int, int]:
    """Return the tokens that hold the characters `start` to `end` of the context; 0, 0 if cut off.

    Args:
        encoding: of `encode`.
        row: its row.
        start: the first character.
        end: the character after the last.
    """
    first = last = 0
    parts = encoding.sequence_ids(row)
    for token, (a, b) in enumerate(encoding["offset_mapping"][row].tolist()):
        if parts[token] == 1 and a <= start < b:
            first = token
        if parts[token] == 1 and a < end <= b:
            last = token
    return (first, last) if first and last else (0, 0)


def best_span(start_logits: Tensor, end_logits: Tensor, mask: Tensor) -> tuple[int, int, float]:
    """Return the best span of one row: first token, last token, sum of their logits."""
    n_tokens = len(mask)
    start = start_logits.masked_fill(~mask, float("-inf"))
    end = end_logits.masked_fill(~mask, float("-inf"))
    together = start[:, None] + end[None, :]
    allowed = torch.ones(n_tokens, n_tokens, dtype=torch.bool).triu()
    allowed &= torch.ones(n_tokens, n_tokens, dtype=torch.bool).tril(LONGEST_ANSWER - 1)
    together = together.masked_fill(~allowed, float("-inf"))
    place = int(together.argmax())
    return place // n_tokens, place % n_tokens, float(together.flatten()[place])


@torch.inference_mode()
def find_spans(
    network, tokenizer, questions: list[str], contexts: list[str], batch: int = 16
) -> list[Span]:
    """Return the answer that the network finds to each question in its context."""
    found: list[Span | None] = [None] * len(questions)
    # Like lengths together, so that little of a batch is padding.
    order = sorted(range(len(questions)), key=lambda i: len(questions[i]) + len(contexts[i]))
    for first in range(0, len(order), batch):
        chosen = order[first : first + batch]
        encoding = encode(tokenizer, [questions[i] for i in chosen], [contexts[i] for i in chosen])
        output = network(**inputs(encoding))
        for item, i in enumerate(chosen):
            found[i] = _read(output, encoding, item, contexts[i])
    return found


def _read(output, encoding, item: int, context: str) -> Span:
    """Return the best span over the windows of one context, beside the surest "no answer"."""
    mask = context_mask(encoding)
    windows = (encoding["overflow_to_sample_mapping"] == item).nonzero().flatten().tolist()
    best, none = None, float("inf")
    for row in windows:
        start, end = output.start_logits[row], output.end_logits[row]
        first, last, score = best_span(start, end, mask[row])
        none = min(none, float(start[0] + end[0]))
        if best is None or score > best[0]:
            offsets = encoding["offset_mapping"][row].tolist()
            best = score, context[offsets[first][0] : offsets[last][1]]
    score, text = best
    return Span(text=text if score > none else "", margin=score - none, best=text)
