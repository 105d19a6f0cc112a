"""Measure what minilm-qa answers: on held-out questions of QAMR, on invented ones, on a file.

``python -m grader.models.qa.evaluate --qamr FOLDER`` prints one JSON object. A file of questions
looks like ``questions.toml``; answers are empty where the context does not tell.
"""

import argparse
import json
import random
import sys
import tomllib
from collections.abc import Sequence
from pathlib import Path

import torch

from grader.models.qa import ADAPTER
from grader.models.qa.generate import Example, Generator
from grader.models.qa.measures import best_f1, exact
from grader.models.qa.qamr import Contexts, Qamr, read_qamr
from grader.models.qa.reader import load_reader

N_GENERATED = 400
RESAMPLES = 2000


def answer_all(reader, examples: Sequence[Example]) -> list[dict]:
    """Return for each example what was asked and answered, and how good that is."""
    spans = reader.find([e.question for e in examples], [e.context for e in examples])
    return [
        {
            "question": example.question,
            "context": example.context,
            "answers": list(dict.fromkeys(example.answers)),
            "answered": span.text,
            "margin": round(span.margin, 3),
            "exact": exact(span.text, example.answers),
            "f1": best_f1(span.text, example.answers),
            "forced": exact(span.best, example.answers) if example.answers else None,
        }
        for example, span in zip(examples, spans, strict=True)
    ]


def summary(records: list[dict], groups: Sequence[str] | None = None) -> dict:
    """Return the figures of a set, with 95 % intervals by resampling its groups.

    Args:
        records: of `answer_all`.
        groups: what each record belongs to: questions on one sentence are not independent.
    """
    told = [r for r in records if r["answers"]]
    untold = [r for r in records if not r["answers"]]
    result = {"n": len(told)}
    if told:
        keys = [
            g for g, r in zip(groups or range(len(records)), records, strict=True) if r["answers"]
        ]
        for measure in ("exact", "f1"):
            result[measure] = _mean([r[measure] for r in told])
            result[f"{measure}_interval"] = interval([r[measure] for r in told], keys)
        result["said_none"] = _mean([not r["answered"] for r in told])
        result["exact_if_forced"] = _mean([r["forced"] for r in told])
    if untold:
        result["n_unanswerable"] = len(untold)
        result["unanswerable_refused"] = _mean([r["exact"] for r in untold])
    return result


def _mean(values: Sequence[float]) -> float:
    return round(sum(values) / len(values), 4)


def interval(values: Sequence[float], keys: Sequence) -> list[float]:
    """Return the 2.5th and 97.5th percentile of the mean over resampled groups.

    Args:
        values: one number a record.
        keys: which group each record belongs to.
    """
    groups: dict = {}
    for value, key in zip(values, keys, strict=True):
        total = groups.setdefault(key, [0.0, 0])
        total[0] += value
        total[1] += 1
    pairs, draws = list(groups.values()), random.Random(0)
    means = []
    for _ in range(RESAMPLES):
        drawn = draws.choices(pairs, k=len(pairs))
        means.append(sum(t for t, _ in drawn) / sum(n for _, n in drawn))
    means.sort()
    return [round(means[int(q * RESAMPLES)], 4) for q in (0.025, 0.975)]


def on_sentences(qamr: Qamr) -> tuple[list[Example], list[str]]:
    """Return every question in the context of its own sentence alone, with the sentences' ids."""
    examples = [
        Example(i.question, qamr.sentences[i.sentence_id], i.answers, i.start) for i in qamr.items
    ]
    return examples, [i.sentence_id for i in qamr.items]


def on_paragraphs(qamr: Qamr, n_items: int = 800) -> tuple[list[Example], list[str]]:
    """Return questions in contexts of one to seven sentences, some without an answer."""
    draws = random.Random(0)
    items = draws.sample(qamr.items, min(n_items, len(qamr.items)))
    contexts = Contexts(qamr, draws)
    return [contexts.example(item) for item in items], [item.sentence_id for item in items]


def from_file(path: Path) -> list[Example]:
    """Read a file of paragraphs with their questions."""
    return [
        Example(asked["question"], " ".join(paragraph["text"].split()), tuple(asked["answers"]), -1)
        for paragraph in tomllib.loads(path.read_text(encoding="utf-8"))["paragraph"]
        for asked in paragraph["questions"]
    ]


def measure(reader, options: argparse.Namespace) -> tuple[dict, dict[str, list[dict]]]:
    """Return the figures of every set, and the records behind them."""
    sets: dict[str, tuple[list[Example], list[str] | None]] = {}
    if options.qamr:
        part = read_qamr(options.qamr).part(options.part)
        sets["qamr_sentences"] = on_sentences(part)
        sets["qamr_paragraphs"] = on_paragraphs(part)
    for name, choice in {
        "generated_new_words": {"held_out_words": True},
        "generated_new_facts": {"held_out_words": True, "held_out_facts": True},
    }.items():
        generator = Generator(1_000_003, **choice)
        sets[name] = [generator.example() for _ in range(N_GENERATED)], None
    for path in options.file:
        sets[path.stem] = from_file(path), None
    records = {name: answer_all(reader, examples) for name, (examples, _) in sets.items()}
    figures = {name: summary(records[name], groups) for name, (_, groups) in sets.items()}
    return figures, records


def main(argv: list[str] | None = None) -> int:
    """Read the options, measure, print."""
    parser = argparse.ArgumentParser(description="Measure what minilm-qa answers.")
    parser.add_argument("--adapter", type=Path, default=ADAPTER)
    parser.add_argument("--qamr", type=Path, help="the folder of QAMR's tables")
    parser.add_argument("--part", default="held out", choices=["held out", "choosing"])
    parser.add_argument("--file", type=Path, action="append", default=[])
    parser.add_argument("--records", type=Path, help="where to write every answer, as JSON")
    options = parser.parse_args(argv)
    torch.set_num_threads(1)
    figures, records = measure(load_reader(options.adapter), options)
    if options.records:
        options.records.write_text(json.dumps(records, ensure_ascii=False, indent=1))
    print(json.dumps(figures, indent=1))
    return 0


if __name__ == "__main__":
    sys.exit(main())
