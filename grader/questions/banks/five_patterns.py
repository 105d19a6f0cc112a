"""Sentences such as "The boy visited the hungry girl because she needed food." and three more.

One sentence shows all five patterns; beside it stand three that differ by one word: without the
adjective (its object one word nearer), with the other pronoun, with an unrelated last word.
"""

from collections.abc import Iterator, Mapping
from itertools import product

import numpy as np

from grader.attention import HeadId
from grader.questions.banks.choosing import Bank, Unfit, clear_of, heads_of, single_pieces
from grader.questions.facts import Facts

HE = "boy man king uncle father brother prince actor waiter monk husband"
SHE = "girl woman queen aunt mother sister princess actress waitress nun wife"
VERBS = (
    "met helped visited saw called followed watched found praised thanked greeted stopped "
    "supported protected welcomed trusted"
)
RELATED = {
    "tired": "sleep",
    "hungry": "food",
    "thirsty": "water",
    "poor": "money",
    "sick": "medicine",
    "lonely": "friends",
    "curious": "answers",
    "cold": "heat",
    "lost": "directions",
    "sad": "comfort",
    "nervous": "calm",
}

LOCAL, DELIMITER, SYNTACTIC, ANAPHORIC, SEMANTIC = 0.4, 0.6, 0.2, 0.2, 0.15
"""What a head must give, or give more than its rival, as the questions have it."""
HALF = {"local": 0.2, "delimiter": 0.4}
"""From where half the points are given; half of the above where nothing is said."""
KEEPS = 0.6
"""What is left in the control, as a part: no near tie with the half that is asked about."""


def _variant(
    subject: str, verb: str, adjective: str, obj: str, pronouns: tuple[str, str], other: str
) -> dict[str, str]:
    ours, theirs = pronouns
    noun = RELATED[adjective]
    return {
        "sentence": f"The {subject} {verb} the {adjective} {obj} because {ours} needed {noun}.",
        "short": f"The {subject} {verb} the {obj} because {ours} needed {noun}.",
        "other": f"The {subject} {verb} the {adjective} {obj} because {theirs} needed {noun}.",
        "unrelated": f"The {subject} {verb} the {adjective} {obj} because {ours} needed {other}.",
        "subject": subject,
        "verb": verb,
        "adjective": adjective,
        "object": obj,
        "pronoun": ours,
        "other_pronoun": theirs,
        "related_word": noun,
        "unrelated_word": other,
    }


def _candidates() -> Iterator[dict[str, str]]:
    nouns = list(RELATED.values())
    words = product(HE.split(), SHE.split(), VERBS.split(), RELATED)
    for number, (he, she, verb, adjective) in enumerate(words):
        # Another of the last words for each; 1 to n - 1 places further round is never its own.
        step = 1 + number % (len(nouns) - 1)
        other = nouns[(nouns.index(RELATED[adjective]) + step) % len(nouns)]
        yield _variant(he, verb, adjective, she, ("she", "he"), other)
        yield _variant(she, verb, adjective, he, ("he", "she"), other)


def _gate(facts: Facts) -> Mapping[str, frozenset[HeadId]]:
    for text in ("sentence", "short", "other", "unrelated"):
        single_pieces(facts, facts.variant[text])

    def lean(of: str, against: str) -> np.ndarray:
        return facts.measure(of) - facts.measure(against)

    claims = {
        "local": (facts.measure("next"), LOCAL, None),
        "syntactic": (
            lean("object_near", "rival_near"),
            SYNTACTIC,
            lean("object_far", "rival_far"),
        ),
        "anaphoric": (
            lean("antecedent", "distractor"),
            ANAPHORIC,
            lean("antecedent_other", "distractor_other"),
        ),
        "semantic": (lean("related", "unrelated"), SEMANTIC, None),
        "delimiter": (facts.measure("cls"), DELIMITER, None),
    }
    right = {}
    for name, (has, least, control) in claims.items():
        clear_of(has, (least, HALF.get(name, least / 2)))
        able = has >= least
        if not (able if control is None else able & (control >= KEEPS * has)).any():
            raise Unfit(f"no head shows the {name} pattern.")
        right[name] = heads_of(able)
    return right


FIRST = _variant("boy", "visited", "hungry", "girl", ("she", "he"), "money")

FIVE_PATTERNS = Bank(
    slug="five-patterns",
    columns=tuple(FIRST),
    first=FIRST,
    candidates=_candidates,
    gate=_gate,
)
