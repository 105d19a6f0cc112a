"""What is left of it in Chinese, where this model has a token for few characters only."""

import re

import numpy as np

from grader.attention import HeadId
from grader.decoder.figures import (
    diagonal,
    ids_of,
    look,
    losses,
    mean,
    texts,
    trace,
)
from grader.words import HAN

FRAMES = ("村里新来了一位老师，名叫{}。孩子们都很喜欢{}", "昨天我在河边认识了{}。今天我又看见了{}")
N_LISTS, N_NAMES, N_BITS = 10, 20, 15
INDUCTION = HeadId(18, 6)
"""As chosen on English tokens (`copying`)."""


def figures() -> dict:
    """Return the figures."""
    sentences = texts("writer-chinese")
    characters = sorted(set(re.findall(f"[{HAN}]", "".join(sentences))))
    draw = np.random.default_rng(4)
    return {
        "tokens_a_character": mean(len(ids_of(text)) / len(text) for text in sentences),
        "characters": len(characters),
        "whole": sum(len(ids_of(one)) == 1 for one in characters),
        "bits_a_character": mean(_bits(text) for text in sentences[:N_BITS]),
        "sink": mean(
            look(ids_of(text)[:24])[:, :, 4:, 0].mean() for text in sentences if len(text) > 10
        ),
        "induction": mean(_induction(draw, characters) for _ in range(N_LISTS)),
        "names": mean(_names(draw, characters)),
    }


def _bits(text: str) -> float:
    """Return how many bits a character costs: how unexpected the text is, by its length."""
    ids = ids_of(text)
    return float(losses(trace(ids).head_logits, ids).sum() / np.log(2) / len(text))


def _induction(draw: np.random.Generator, characters: list[str]) -> float:
    """Return what the induction head gives to what followed, in ten characters given twice."""
    ids = ids_of("".join(draw.choice(characters, 10, replace=False)))
    return float(diagonal(look(ids + ids), len(ids) - 1)[INDUCTION])


def _names(draw: np.random.Generator, characters: list[str]) -> list[float]:
    """Return the share of an invented name's later pieces that are guessed when it comes again."""
    found = []
    for number in range(N_NAMES):
        name = "".join(draw.choice(characters, 3, replace=False))
        ids = ids_of(FRAMES[number % len(FRAMES)].format(name, name))
        pieces = ids_of(name)
        if ids[-len(pieces) :] != pieces:
            continue
        logits, places = trace(ids).head_logits, range(len(ids) - len(pieces) + 1, len(ids))
        found.append(float(np.mean([int(logits[at - 1].argmax()) == ids[at] for at in places])))
    return found
