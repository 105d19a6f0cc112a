"""The sentence sets of ``lessons/data``: rows of a file in, places of words in their texts out."""

import csv
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

import numpy as np
from jaxtyping import Float, Int

from grader.attention import Attention, HeadId
from grader.errors import GraderError, known
from grader.heads import most_attended
from grader.words import WORD

_data = ContextVar("data", default=Path(__file__).parents[2] / "lessons" / "data")
"""Where the sets lie: beside the ledger that is being computed, by default this repository's."""
SPECIAL = ("[CLS]", "[SEP]", "<s>", "</s>")


class MeasureError(GraderError):
    """A claim's measure, its arguments or its sentence set make no sense; what, repair."""


@dataclass(frozen=True)
class Pair:
    """Two words of a text; places count from 0 over words and marks, special tokens left out."""

    text: str
    query: int
    """Place of the word that looks."""
    key: int
    """Place of the word that it should look at."""


@contextmanager
def data_in(folder: Path) -> Iterator[None]:
    """Let measures read the sets, and the results of studies, of `folder`."""
    token = _data.set(folder)
    try:
        yield
    finally:
        _data.reset(token)


def data() -> Path:
    """Return the folder of the sets."""
    return _data.get()


def rows(name: str) -> tuple[dict[str, str], ...]:
    """Return the rows of a set.

    Raises:
        MeasureError: there is no such set.
    """
    path = data() / f"{name}.tsv"
    if not path.is_file():
        raise MeasureError(f"no sentence set is called {name!r}; {known(p.stem for p in sets())}")
    return _rows(path, path.stat().st_mtime_ns)


@lru_cache
def _rows(path: Path, changed: int) -> tuple[dict[str, str], ...]:
    with path.open(encoding="utf-8", newline="") as file:
        return tuple(csv.DictReader(file, delimiter="\t", quoting=csv.QUOTE_NONE))


def sets() -> list[Path]:
    """Return the files of all sets."""
    return sorted(data().glob("*.tsv"))


def texts(names: list[str]) -> list[str]:
    """Return the texts of several sets, in order; ``hand:20`` names the first 20 of a set.

    Raises:
        MeasureError: there is no such set, or it has fewer texts.
    """
    found = []
    for name in names:
        name, _, number = name.partition(":")
        several = [row["text"] for row in rows(name)]
        if number and not (number.isdigit() and 0 < int(number) <= len(several)):
            raise MeasureError(f"set {name!r} has {len(several)} texts, not {number}; name fewer")
        found += several[: int(number)] if number else several
    return found


def place(marked: str, text: str) -> int:
    """Return the place that ``dog@2`` names.

    Raises:
        MeasureError: another word stands there.
    """
    word, _, number = marked.rpartition("@")
    words = WORD.findall(text)
    if not number.isdigit() or int(number) >= len(words) or words[int(number)] != word:
        raise MeasureError(f"{marked!r} is not in {text!r}; write the word, @ and its place from 0")
    return int(number)


def related_pairs(name: str, query: str, key: str) -> list[Pair]:
    """Return the pairs of a set whose words are related as `query` and `key`: "verb", "object".

    Raises:
        MeasureError: the set marks no such relation.
    """
    found, relations = [], set()
    for row in rows(name):
        for item in row.get("relations", "").split("; "):
            if not item:
                continue
            relation, first, second = item.split(" ")
            relations.add(relation)
            if relation == f"{query}-{key}":
                ends = first, second
            elif relation == f"{key}-{query}":
                ends = second, first
            else:
                continue
            found.append(Pair(row["text"], *(place(end, row["text"]) for end in ends)))
    if not found:
        raise MeasureError(
            f"set {name!r} relates no {query!r} to a {key!r}; "
            f"{known(relations) if relations else 'it marks no relations'}"
        )
    return found


def ordinary(attention: Attention) -> list[int]:
    """Return the positions of the tokens that are no special ones."""
    return [i for i, token in enumerate(attention.tokens) if token not in SPECIAL]


def weights_of(at, pairs: list[Pair]) -> Float[np.ndarray, "pair layer head"]:
    """Return each pair's word-merged weight from query to key in every head."""
    found = []
    for pair in pairs:
        merged = at(pair.text).merge_words()
        words = ordinary(merged)
        found.append(merged.weights[:, :, words[pair.query], words[pair.key]])
    return np.array(found)


def hits_of(at, pairs: list[Pair]) -> Int[np.ndarray, "pair layer head"]:
    """Return 1 where the query's most attended other word is the key, else 0."""
    found = []
    for pair in pairs:
        merged = at(pair.text).merge_words()
        words = ordinary(merged)
        best = most_attended(merged.weights, words)
        found.append(best[:, :, words[pair.query]] == words[pair.key])
    return np.array(found, dtype=int)


def one_head(values: Float[np.ndarray, "layer head"], head: str) -> float:
    """Return one head's value.

    Raises:
        MeasureError: the model has no such head.
    """
    layer, number = HeadId.parse(head)
    if layer >= values.shape[0] or number >= values.shape[1]:
        raise MeasureError(
            f"there is no head {head}; this model has layers 0 to {values.shape[0] - 1} "
            f"with heads 0 to {values.shape[1] - 1}"
        )
    return float(values[layer, number])


def best_head(values: Float[np.ndarray, "layer head"]) -> str:
    """Return the head with the largest value, the first of equals."""
    layer, head = np.unravel_index(int(values.argmax()), values.shape)
    return str(HeadId(layer=int(layer), head=int(head)))
