"""Sentences like "I saw the man with the telescope.": with belongs to the verb or to the noun."""

from collections.abc import Iterator, Mapping
from itertools import product

import numpy as np

from grader.attention import HeadId
from grader.questions.banks.choosing import (
    Bank,
    Unfit,
    clear_of,
    heads_of,
    right_heads,
    single_pieces,
)
from grader.questions.facts import Facts

SUBJECTS = (
    "I, She, He, We, They, Mary, John, The boy, The girl, The soldier, The farmer, The king, "
    "The police, The tourist"
)

SCENES = (
    # What is done, to whom, and a thing that one can do it with and the other can have.
    (
        "saw watched spotted noticed spied observed",
        "man woman boy girl soldier farmer tourist sailor stranger guard",
        "telescope binoculars camera mirror lens",
    ),
    (
        "hit poked struck pushed touched chased stopped threatened",
        "man boy girl thief soldier guard driver stranger",
        "umbrella stick newspaper rope stone sword hammer lamp",
    ),
    (
        "opened locked broke closed",
        "box safe door chest cabinet window gate",
        "key knife hammer code stone",
    ),
    (
        "ate served shared prepared tasted",
        "pizza soup salad cake fish rice",
        "bread cheese spoon nuts fork",
    ),
    (
        "attacked defended destroyed",
        "castle village tower city fort bridge",
        "cannons guns soldiers bombs",
    ),
    (
        "painted cleaned decorated repaired",
        "house table door wall chair boat",
        "brush flowers cloth tools paint",
    ),
    (
        "photographed filmed drew sketched",
        "statue tower bird horse bridge church",
        "camera pencil sword light",
    ),
    (
        "moved pulled fixed carried",
        "cart car table piano boat bed",
        "horse rope wheels tools truck",
    ),
    ("found read wrote copied", "letter book map story song", "pen pictures glasses lamp"),
    (
        "caught fed followed frightened",
        "bird dog cat horse fish fox",
        "net stick rope bell light",
    ),
    (
        "called helped greeted taught",
        "man woman student child stranger neighbor",
        "phone book bell flag radio",
    ),
)

LEAST_MEANS = 0.005
"""The two means of question A are that far apart: no near tie is asked about."""
LEAST_APART = 0.2
"""Some head that is not positional tells subject and noun that far apart."""
LEAST_SIDE = 0.2
"""The best head on the verb's side, and on the noun's, has that much."""
POSITIONAL = 0.25
"""From this previous-token score on a head is positional, as the questions have it."""


def _variant(subject: str, verb: str, noun: str, thing: str) -> dict[str, str]:
    return {
        "sentence": f"{subject} {verb} the {noun} with the {thing}.",
        "control": f"{subject} {verb} the {noun} yesterday with the {thing}.",
        "subject": subject.split()[-1],
        "verb": verb,
        "noun": noun,
        "preposition": "with",
    }


def _candidates() -> Iterator[dict[str, str]]:
    for verbs, nouns, things in SCENES:
        for words in product(SUBJECTS.split(", "), verbs.split(), nouns.split(), things.split()):
            subject, _, noun, thing = words
            if len({subject.split()[-1], noun, thing}) == 3:
                yield _variant(*words)


def _gate(facts: Facts) -> Mapping[str, frozenset[HeadId]]:
    single_pieces(facts, facts.variant["sentence"])
    single_pieces(facts, facts.variant["control"])
    counts = facts.measure("positional") < POSITIONAL
    subject, verb, noun = (facts.measure(name) for name in ("subject", "verb", "noun"))
    if abs(subject.mean() - noun.mean()) < LEAST_MEANS:
        raise Unfit("the two means are nearly equal.")
    apart = np.abs(noun - subject)
    if apart[counts].max() < LEAST_APART:
        raise Unfit("no head but a positional one tells subject and noun apart.")
    clear_of(apart, (0.1, 0.2))
    return {
        "clear_head": heads_of(apart >= LEAST_APART),
        "verb_head": right_heads(verb - noun, counts, least=LEAST_SIDE),
        "noun_head": right_heads(noun - verb, counts, least=LEAST_SIDE),
    }


TELESCOPE = Bank(
    slug="telescope",
    columns=("sentence", "control", "subject", "verb", "noun", "preposition"),
    first=_variant("I", "saw", "man", "telescope"),
    candidates=_candidates,
    gate=_gate,
    # A quarter of the students at most may share a right head; ids do not fall quite evenly.
    most={"verb_head": 0.21, "noun_head": 0.21},
)
