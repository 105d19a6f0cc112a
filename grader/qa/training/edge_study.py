"""Look at minilm-qa's attention from the question word to the answer, then cut it.

``python -m grader.qa.training.edge_study --qamr FOLDER`` prints one JSON object: how often the best
head of the base model and of the tuned model looks from "who" to the answer, and what the span
logits lose when that edge is cut, when the opposite edge is cut, and when as many random edges are
cut. Heads are chosen on one part of QAMR and reported on another, which no training saw.
"""

import argparse
import json
import random
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from grader.models import find_model
from grader.models.known import MINILM_QA
from grader.network import Tokens, load_network
from grader.qa.edges import Cut
from grader.qa.reader import Reader, load_reader
from grader.qa.spans import span_tokens, windows
from grader.qa.training.evaluate import interval
from grader.qa.training.qamr import Qamr, read_qamr
from grader.qa.training.squad_scores import exact

N_CONTROLS = 5
N_CUT = 200
"""Held-out examples in which edges are cut."""
N_CHOOSING = 80
"""Examples on which the head of the opposite edge is chosen: 72 cuts each."""


@dataclass(frozen=True)
class Case:
    """One question on one sentence, as tokens."""

    sentence_id: str
    tokens: Tokens
    who: int
    """The position of the question word."""
    question: tuple[int, ...]
    context: tuple[int, ...]
    answer: tuple[int, ...]


def cases(reader: Reader, qamr: Qamr) -> list[Case]:
    """Return the questions with "who" that the model answers rightly on their own sentence."""
    chosen = [i for i in qamr.items if "who" in i.question.lower().split()]
    texts = [qamr.sentences[i.sentence_id] for i in chosen]
    spans = reader.find([i.question for i in chosen], texts)
    result = []
    for item, text, span in zip(chosen, texts, spans, strict=True):
        start = text.find(span.text)
        if not span.text or not exact(span.text, item.answers):
            continue
        tokens = windows(reader.network, item.question, text)[0]
        first, last = span_tokens(tokens, start, start + len(span.text))
        if first:
            result.append(
                Case(
                    sentence_id=item.sentence_id,
                    tokens=tokens,
                    who=tokens.names.index("who"),
                    question=tokens.places(0),
                    context=tokens.places(1),
                    answer=tuple(range(first, last + 1)),
                )
            )
    return result


def who_hits(network, found: list[Case]) -> tuple[np.ndarray, np.ndarray]:
    """Return for each case and head whether "who" looks most at the answer, and how much it does.

    Most among the tokens of the context: "case layer head" of 0 and 1, "case layer head" of weight.
    """
    hits, weights = [], []
    for case in found:
        row = network.attend(case.tokens)[:, :, case.who]
        top = row[:, :, list(case.context)].argmax(-1) + case.context[0]
        hits.append((top >= case.answer[0]) & (top <= case.answer[-1]))
        weights.append(row[:, :, list(case.answer)].sum(-1))
    return np.stack(hits).astype(float), np.stack(weights)


def logits(network, case: Case, *cuts: Cut) -> np.ndarray:
    """Return start and end logits: "2 token"."""
    return network.run(case.tokens, cuts).logits.T


def span_logit(values: np.ndarray, case: Case) -> float:
    """Return the start logit of the answer's first token and the end logit of its last, summed."""
    return float(values[0, case.answer[0]] + values[1, case.answer[-1]])


def best_head(scores: np.ndarray) -> tuple[int, int]:
    """Return layer and head of the highest of "layer head"."""
    layer, head = np.unravel_index(scores.argmax(), scores.shape)
    return int(layer), int(head)


def report(values, found: list[Case]) -> dict:
    """Return the mean over cases and its interval, resampled by sentence."""
    values = [float(v) for v in values]
    groups = [case.sentence_id for case in found]
    return {"mean": round(sum(values) / len(values), 4), "interval": interval(values, groups)}


def looking(reader: Reader, base, choosing: list[Case], held_out: list[Case]) -> dict:
    """Return hit@1 of the best head, before and after tuning."""
    result: dict[str, Any] = {
        "n": len(held_out),
        "n_choosing": len(choosing),
        "chance": round(float(np.mean([len(c.answer) / len(c.context) for c in held_out])), 4),
    }
    for name, network in (("before", base), ("after", reader.network)):
        chosen_on, _ = who_hits(network, choosing)
        layer, head = best_head(chosen_on.mean(0))
        hits, weights = who_hits(network, held_out)
        result[name] = {
            "head": f"L{layer}H{head}",
            "hit_at_1": report(hits[:, layer, head], held_out),
            "weight": report(weights[:, layer, head], held_out),
        }
    return result


def last_layer(reader: Reader, held_out: list[Case]) -> dict:
    """Return the largest change of any score of the context when edges of the last layer are cut.

    Those from "who" to the answer, and those from the whole question to the whole context; the
    score of [CLS], which says that there is no answer, counts with the context.
    """
    network, last = reader.network, reader.network.config.n_layers - 1
    result = {"n": len(held_out), "who_to_answer": 0.0, "question_to_context": 0.0}
    for case in held_out:
        whole, seen = logits(network, case), [0, *case.context]
        for name, queries, keys in (
            ("who_to_answer", [case.who], case.answer),
            ("question_to_context", case.question, case.context),
        ):
            change = np.abs(logits(network, case, Cut(queries, keys, [last])) - whole)[:, seen]
            result[name] = max(result[name], float(change.max()))
    return result


def cutting(reader: Reader, choosing: list[Case], held_out: list[Case]) -> dict:
    """Return what cuts in all layers, or in one head, take from the span logits."""
    network, draws = reader.network, random.Random(0)
    held_out = draws.sample(held_out, min(N_CUT, len(held_out)))
    choosing = draws.sample(choosing, min(N_CHOOSING, len(choosing)))
    last = network.config.n_layers - 1
    heads = [(i, j) for i in range(last + 1) for j in range(network.config.n_heads)]
    drops = np.zeros((last + 1, network.config.n_heads))
    for case in choosing:
        whole = span_logit(logits(network, case), case)
        for layer, head in heads:
            cut = Cut(case.answer, [case.who], [layer], [head])
            drops[layer, head] += whole - span_logit(logits(network, case, cut), case)
    layer, head = best_head(drops)
    rows: dict[str, list[float]] = {
        name: []
        for name in (
            "who_to_answer_all_layers",
            "answer_to_who_one_head",
            "answer_to_who",
            "answer_to_random_token",
            "answer_to_question",
            "answer_to_random_tokens",
        )
    }
    for case in held_out:
        uncut = logits(network, case)
        others = [token for token in case.context if token not in case.answer]

        def drop(keys, layers=None, heads=None, case=case, whole=whole):
            cut = Cut(case.answer, keys, layers, heads)
            return span_logit(whole, case) - span_logit(logits(network, case, cut), case)

        def control(n_keys, others=others, drop=drop):
            n_keys = min(n_keys, len(others))
            drawn = [drop(draws.sample(others, n_keys)) for _ in range(N_CONTROLS)]
            return sum(drawn) / N_CONTROLS

        everywhere = logits(network, case, Cut([case.who], case.answer))
        rows["who_to_answer_all_layers"].append(
            span_logit(uncut, case) - span_logit(everywhere, case)
        )
        rows["answer_to_who_one_head"].append(drop([case.who], [layer], [head]))
        rows["answer_to_who"].append(drop([case.who]))
        rows["answer_to_random_token"].append(control(1))
        rows["answer_to_question"].append(drop(case.question))
        rows["answer_to_random_tokens"].append(control(len(case.question)))
    span = [span_logit(logits(network, case), case) for case in held_out]
    result: dict[str, Any] = {"n": len(held_out), "span_logit": report(span, held_out)}
    result["answer_to_who_head"] = f"L{layer}H{head}"
    for name in rows:
        result[name] = report(rows[name], held_out)
    for edge, by_chance in (
        ("answer_to_who", "answer_to_random_token"),
        ("answer_to_question", "answer_to_random_tokens"),
    ):
        over = np.array(rows[edge]) - np.array(rows[by_chance])
        result[f"{edge}_over_control"] = report(over, held_out)
        result[f"{edge}_over_control"]["share_above_0"] = round(float((over > 0).mean()), 4)
    return result


def main(argv: list[str] | None = None) -> int:
    """Read the options, measure, print."""
    parser = argparse.ArgumentParser(description="Study minilm-qa's attention.")
    parser.add_argument("--adapter", type=Path, default=MINILM_QA.adapter)
    parser.add_argument("--qamr", type=Path, required=True, help="the folder of QAMR's tables")
    options = parser.parse_args(argv)
    reader, qamr = load_reader(options.adapter), read_qamr(options.qamr)
    choosing, held_out = (cases(reader, qamr.part(name)) for name in ("choosing", "held out"))
    result = {
        "looking": looking(reader, load_network(find_model("minilm").path), choosing, held_out),
        "last_layer": last_layer(reader, held_out),
        "cutting": cutting(reader, choosing, held_out),
    }
    print(json.dumps(result, indent=1))
    return 0


if __name__ == "__main__":
    sys.exit(main())
