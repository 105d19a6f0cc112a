"""CoNLL-U in, sentences with marked arcs out.

The words are the syntactic words of Universal Dependencies. Those of a multiword token are written
apart, as the Penn Treebank writes them ("do n't"), so that each has a place of its own; all other
spacing is the text's. Empty nodes (8.1) stand in no text and are left out.
"""

import hashlib
from dataclasses import dataclass
from pathlib import Path
from typing import NamedTuple

from grader.errors import GraderError
from grader.extras import install

try:
    import conllu
except ImportError as error:
    raise GraderError(
        f"grader study reads treebanks with conllu; run: {install('study')}"
    ) from error

NOT_RELATIONS = ("root", "punct")
"""The root has no governor; where punctuation hangs is a convention (Clark et al. leave it out)."""


class Arc(NamedTuple):
    """One dependency; places count from 0."""

    dependent: int
    governor: int
    """The word that the dependent hangs on; UD calls it the head, a name taken here."""
    relation: str
    """With its subtype: ``nsubj:pass``."""


@dataclass(frozen=True)
class Sentence:
    """One sentence of a treebank."""

    text: str
    """As the model reads it."""
    spans: tuple[tuple[int, int], ...]
    """Of each word: first character in `text`, and the one after its last."""
    arcs: tuple[Arc, ...]


@dataclass(frozen=True)
class Treebank:
    """A file of sentences."""

    name: str
    """Of the file, without its folder."""
    sha256: str
    sentences: tuple[Sentence, ...]


def read_treebank(path: Path) -> Treebank:
    """Read a CoNLL-U file.

    Raises:
        GraderError: there is no such file, it is not CoNLL-U, or it has no sentence.
    """
    try:
        content = path.read_bytes()
        text = content.decode("utf-8-sig")
    except OSError as error:
        raise GraderError(
            f"{path} cannot be read ({error.strerror}); name a CoNLL-U file."
        ) from error
    except UnicodeDecodeError as error:
        raise GraderError(f"{path} is not UTF-8; name a CoNLL-U file.") from error
    sentences = []
    try:
        for tokens in conllu.parse(text.replace("\r\n", "\n")):
            sentences.append(_read_sentence(tokens))
    except (conllu.exceptions.ParseException, ValueError) as error:
        raise GraderError(
            f"{path}: sentence {len(sentences) + 1}: {error}; is it CoNLL-U with ten columns?"
        ) from error
    if not sentences:
        raise GraderError(f"{path} holds no sentence; name a CoNLL-U file.")
    return Treebank(path.name, hashlib.sha256(content).hexdigest(), tuple(sentences))


def _read_sentence(tokens: conllu.TokenList) -> Sentence:
    """Return a sentence's words and arcs.

    Raises:
        ValueError: an arc names a word that is not there, or a column is missing.
    """
    text = ""
    spans: list[tuple[int, int]] = []
    arcs: list[Arc] = []
    place: dict[int, int] = {}
    last_of_range, range_glued = 0, False
    for token in tokens:
        if "deprel" not in token:
            raise ValueError(f"word {token.get('id')} has only {len(token)} columns")
        number = token["id"]
        if isinstance(number, tuple):
            if number[1] == "-":
                last_of_range, range_glued = number[2], _glued(token)
            continue
        place[number] = len(spans)
        spans.append((len(text), len(text) + len(token["form"])))
        text += token["form"]
        glued = (
            range_glued and number == last_of_range if number <= last_of_range else _glued(token)
        )
        text += "" if glued else " "
    for token in tokens:
        relation = token["deprel"]
        if isinstance(token["id"], tuple) or not token["head"] or relation in NOT_RELATIONS:
            continue
        if token["head"] not in place:
            raise ValueError(f"word {token['id']} hangs on {token['head']!r}, which is no word")
        arcs.append(Arc(place[token["id"]], place[token["head"]], relation))
    return Sentence(text.rstrip(), tuple(spans), tuple(arcs))


def _glued(token: conllu.Token) -> bool:
    """Tell whether the next word follows without a space."""
    return (token.get("misc") or {}).get("SpaceAfter") == "No"
