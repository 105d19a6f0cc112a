"""Measure what minilm-qa answers: on held-out questions of QAMR, on invented ones, on a file.

``python -m grader.qa.training.evaluate --qamr FOLDER`` prints one JSON object. A file of questions
looks like ``questions.toml``; answers are empty where the context does not tell.
"""

import argparse
import json
import random
import sys
import tomllib
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from grader.models.known import MINILM_QA
from grader.models.model_folder import file_sha256
from grader.qa.reader import load_reader
from grader.qa.training.generate import Example, Generator
from grader.qa.training.qamr import Contexts, Qamr, read_qamr
from grader.qa.training.squad_scores import best_f1, exact

N_GENERATED = 400
GENERATED_SEED = 1_000_003
"""Far from the seeds of training."""
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
            "f1": round(best_f1(span.text, example.answers), 4),
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
    result: dict[str, Any] = {"n": len(told)}
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


def from_file(path: Path) -> tuple[list[Example], list[str]]:
    """Read a file of paragraphs with their questions; return the kinds of the questions too."""
    paragraphs = tomllib.loads(path.read_text(encoding="utf-8"))["paragraph"]
    asked = [(p, question) for p in paragraphs for question in p["questions"]]
    examples = [
        Example(question["question"], " ".join(p["text"].split()), tuple(question["answers"]), -1)
        for p, question in asked
    ]
    return examples, [question.get("kind", "plain") for _, question in asked]


def natural(reader, folder: Path, part: str) -> dict:
    """Return the figures on one part of QAMR."""
    qamr = read_qamr(folder).part(part)
    result = {}
    for name, choose in (("qamr_sentences", on_sentences), ("qamr_paragraphs", on_paragraphs)):
        examples, sentence_ids = choose(qamr)
        result[name] = summary(answer_all(reader, examples), sentence_ids)
    return result


def invented(reader) -> dict:
    """Return the figures on examples of words, and of facts, that training never draws."""
    result = {}
    for name, new_facts in (("generated_new_words", False), ("generated_new_facts", True)):
        generator = Generator(GENERATED_SEED, held_out_words=True, held_out_facts=new_facts)
        examples = [generator.example() for _ in range(N_GENERATED)]
        result[name] = summary(answer_all(reader, examples))
    return result


def main(argv: list[str] | None = None) -> int:
    """Read the options, measure, print."""
    parser = argparse.ArgumentParser(description="Measure what minilm-qa answers.")
    parser.add_argument("--adapter", type=Path, default=MINILM_QA.adapter)
    parser.add_argument("--qamr", type=Path, help="the folder of QAMR's tables")
    parser.add_argument("--part", default="held out", choices=["held out", "choosing"])
    parser.add_argument("--file", type=Path, action="append", default=[])
    parser.add_argument("--failures", type=Path, help="where to write the files' wrong answers")
    options = parser.parse_args(argv)
    reader = load_reader(options.adapter)
    figures: dict[str, Any] = {"adapter_sha256": file_sha256(options.adapter)}
    if options.qamr:
        figures |= natural(reader, options.qamr, options.part)
    figures |= invented(reader)
    failures = []
    for path in options.file:
        examples, kinds = from_file(path)
        records = answer_all(reader, examples)
        figures[path.stem] = summary(records)
        failures += [
            {"set": path.stem, "kind": kind} | record
            for kind, record in zip(kinds, records, strict=True)
            if not record["exact"]
        ]
    if options.failures:
        text = json.dumps(failures, ensure_ascii=False, indent=1)
        options.failures.write_text(text + "\n", encoding="utf-8")
    print(json.dumps(figures, indent=1))
    return 0


if __name__ == "__main__":
    sys.exit(main())
