"""Sentences like "The cat sat on the mat because it was tired.", each turned round in three ways.

Turned: the last word now fits the thing only. Then number decides: "The cats ... it was soft", and
"The cats ... they were tired".
"""

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

LIVING = "cat dog horse bird cow rabbit goat lion duck pig hen bear monkey tiger boy girl baby king"
THINGS = "mat chair bed roof grass floor blanket sofa rug table bench carpet pillow stone wall box"
PLACES = (
    "sat on, slept on, rested on, lay on, stood on, stayed on, sat near, slept near, rested near, "
    "stayed near, stood by, sat by, slept under, rested under, stayed under"
)
OF_THE_LIVING = "tired hungry sick sleepy thirsty lazy lonely nervous afraid"
OF_THINGS = "soft flat wooden comfortable empty smooth wide thick"
IRREGULAR = {"baby": "babies"}

DECOY = HeadId(5, 11)
"""It looks at the living, whichever of the two is meant: the lesson's decoy."""
LEAST_DECOY = 0.3
KEEPS = 0.6
"""Of its preference, in the turned sentence: no near tie with the half that is asked about."""
LEAST_NUMBER = 0.2
"""Some head has so much more for the noun that agrees in number."""


def _variant(living: str, place: str, thing: str, alive: str, inert: str) -> dict[str, str]:
    many = IRREGULAR.get(living, f"{living}s")
    end = f"{place} the {thing} because"
    return {
        "sentence": f"The {living} {end} it was {alive}.",
        "turned": f"The {living} {end} it was {inert}.",
        "it_sentence": f"The {many} {end} it was {inert}.",
        "they_sentence": f"The {many} {end} they were {alive}.",
        "living": living,
        "livings": many,
        "thing": thing,
    }


def _candidates() -> Iterator[dict[str, str]]:
    places = PLACES.split(", ")
    words = (LIVING.split(), places, THINGS.split(), OF_THE_LIVING.split(), OF_THINGS.split())
    for chosen in product(*words):
        yield _variant(*chosen)


def _gate(facts: Facts) -> Mapping[str, frozenset[HeadId]]:
    for text in ("sentence", "turned", "it_sentence", "they_sentence"):
        single_pieces(facts, facts.variant[text])

    def lean(of: str, against: str) -> np.ndarray:
        return facts.measure(of) - facts.measure(against)

    alive = lean("living", "thing")
    decoys = right_heads(alive, np.ones(alive.shape, bool), least=LEAST_DECOY)
    turned = lean("living_turned", "thing_turned")
    if DECOY not in decoys or any(turned[head] < KEEPS * alive[head] for head in decoys):
        raise Unfit("the decoy does not show.")
    number = lean("it_thing", "it_livings")
    clear_of(number, (LEAST_NUMBER, LEAST_NUMBER / 2))
    able = (number >= LEAST_NUMBER) & (lean("they_livings", "they_thing") >= KEEPS * number)
    if not able.any():
        raise Unfit("no head tells singular from plural.")
    if abs(facts.measure("living").mean() - facts.measure("thing").mean()) < 0.005:
        raise Unfit("the two means are nearly equal.")
    return {"decoy": decoys, "number_head": heads_of(number >= LEAST_NUMBER)}


PRONOUNS = Bank(
    slug="pronouns",
    columns=(
        "sentence",
        "turned",
        "it_sentence",
        "they_sentence",
        "living",
        "livings",
        "thing",
    ),
    first=_variant("cat", "sat on", "mat", "tired", "soft"),
    candidates=_candidates,
    gate=_gate,
)
