"""How good an answer is: exact match and F1, as SQuAD measures them."""

import re
import string
from collections.abc import Iterable


def normalize(answer: str) -> str:
    """Return an answer in lower case, without punctuation, articles and extra spaces."""
    bare = "".join(c for c in answer.lower() if c not in string.punctuation)
    return " ".join(re.sub(r"\b(a|an|the)\b", " ", bare).split())


def f1(answer: str, reference: str) -> float:
    """Return the harmonic mean of precision and recall over the words of two answers."""
    got, wanted = normalize(answer).split(), normalize(reference).split()
    if not got or not wanted:
        return float(got == wanted)
    common = sum(min(got.count(word), wanted.count(word)) for word in set(got))
    return 2 * common / (len(got) + len(wanted))


def exact(answer: str, references: Iterable[str]) -> bool:
    """Tell whether an answer is one of the references; without any, whether it is empty."""
    wanted = {normalize(reference) for reference in references} or {""}
    return normalize(answer) in wanted


def best_f1(answer: str, references: Iterable[str]) -> float:
    """Return the best F1 against any reference; without any, 1 for an empty answer."""
    return max((f1(answer, reference) for reference in references), default=float(not answer))
