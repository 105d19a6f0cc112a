"""Train the adapter of minilm-qa.

``python -m grader.qa.training.train --qamr FOLDER --out adapter.safetensors`` draws every example
and every first value from one seed and takes a fixed number of steps, at most an hour on two cores
with bfloat16 arithmetic. A second run on the same machine gives the same file, and so does a run
that was stopped and is taken up again: started anew with the same options, it goes on where it was
last kept.
"""

import argparse
import random
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import torch
from torch import nn
from torch.nn import functional

from grader.models import find_model
from grader.network import load_network
from grader.qa import adapter
from grader.qa.spans import context_mask, span_tokens, windows
from grader.qa.training.generate import Example, Generator
from grader.qa.training.qamr import Contexts, Qamr, read_qamr

BATCH = 24
STEPS = 1800
WARM_UP = 100
LEARNING_RATE = 1.5e-3
GENERATED = 0.25
"""The share of examples that are invented; the others are QAMR's."""
LAST_RATE = 0.01
BUCKETS = 16


def examples(qamr: Qamr, seed: int, generated: float) -> Iterator[Example]:
    """Yield training examples without end; each question of QAMR comes once in a round."""
    draws = random.Random(seed)
    contexts, generator = Contexts(qamr, draws), Generator(seed)
    while True:
        items = list(qamr.items)
        draws.shuffle(items)
        for item in items:
            while draws.random() < generated:
                yield generator.example()
            yield contexts.example(item)


def batches(source: Iterator[Example], seed: int) -> Iterator[list[Example]]:
    """Yield batches of like lengths, so that little of a batch is padding."""
    draws = random.Random(seed)
    while True:
        drawn = [next(source) for _ in range(BATCH * BUCKETS)]
        drawn.sort(key=lambda example: len(example.question) + len(example.context))
        cut = [drawn[i : i + BATCH] for i in range(0, len(drawn), BATCH)]
        draws.shuffle(cut)
        yield from cut


def loss_of(network, reader, batch: list[Example], precision: torch.dtype) -> torch.Tensor:
    """Return the mean cross entropy of the starts and the ends; [CLS] stands for no answer.

    Args:
        network: the one that learns.
        reader: the same model in numpy, for its tokens.
        batch: questions with their answers.
        precision: of the products.
    """
    rows = [(tokens, one) for one in batch for tokens in windows(reader, one.question, one.context)]
    wanted = torch.tensor(
        [
            (0, 0)
            if one.start < 0
            else span_tokens(tokens, one.start, one.start + len(one.answers[0]))
            for tokens, one in rows
        ]
    )
    longest = max(len(tokens) for tokens, _ in rows)

    def padded(numbers) -> torch.Tensor:
        filled = np.zeros((len(rows), longest), dtype=np.int64)
        for row, values in zip(filled, numbers, strict=True):
            row[: len(values)] = values
        return torch.from_numpy(filled)

    with torch.autocast("cpu", precision, enabled=precision != torch.float32):
        output = network(
            input_ids=padded(tokens.ids for tokens, _ in rows),
            token_type_ids=padded(tokens.type_ids for tokens, _ in rows),
            attention_mask=padded(np.ones(len(tokens)) for tokens, _ in rows),
        )
    elsewhere = padded(context_mask(tokens) for tokens, _ in rows) == 0
    elsewhere[:, 0] = False
    start = output.start_logits.float().masked_fill(elsewhere, -1e4)
    end = output.end_logits.float().masked_fill(elsewhere, -1e4)
    return (
        functional.cross_entropy(start, wanted[:, 0]) + functional.cross_entropy(end, wanted[:, 1])
    ) / 2


def rate(step: int, steps: int) -> float:
    """Return the share of the learning rate at a step: up in a line, then down in a line."""
    return min(1.0, (step + 1) / WARM_UP) * max(LAST_RATE, 1 - step / steps)


def train(options: argparse.Namespace) -> None:
    """Train as the options say and write the adapter."""
    torch.manual_seed(options.seed)
    base = find_model("minilm").path
    reader = load_network(base)
    network = adapter.build_network(base)
    learned = adapter.attach(network)
    network.train()
    parts = ("training",) if options.choosing else ("training", "choosing")
    qamr = read_qamr(options.qamr).part(*parts)
    drawn = batches(examples(qamr, options.seed, options.generated), options.seed)
    optimizer = torch.optim.AdamW(learned, lr=options.rate, weight_decay=0.01)
    precision = getattr(torch, options.precision)
    kept = options.out.with_suffix(".kept")
    first = take_up(kept, learned, optimizer)
    for _ in range(first):
        next(drawn)
    began, running = time.monotonic(), None
    for step in range(first, options.steps):
        for group in optimizer.param_groups:
            group["lr"] = options.rate * rate(step, options.steps)
        loss = loss_of(network, reader, next(drawn), precision)
        optimizer.zero_grad()
        loss.backward()
        torch.nn.utils.clip_grad_norm_(learned, 1.0)
        optimizer.step()
        running = loss.item() if running is None else 0.98 * running + 0.02 * loss.item()
        if (step + 1) % 100 == 0:
            took = time.monotonic() - began
            left = took / (step + 1 - first) * (options.steps - step - 1)
            print(
                f"step {step + 1} of {options.steps}: loss {running:.3f}, "
                f"{took:.0f} s, {left:.0f} s left",
                file=sys.stderr,
                flush=True,
            )
            keep(kept, step + 1, learned, optimizer)
    adapter.save(network, options.out)
    kept.unlink(missing_ok=True)


def keep(path: Path, step: int, learned: list[nn.Parameter], optimizer: torch.optim.AdamW) -> None:
    """Write all that the rest of a run depends on, in one step."""
    part = path.with_suffix(".part")
    torch.save({"step": step, "learned": learned, "optimizer": optimizer.state_dict()}, part)
    part.replace(path)


def take_up(path: Path, learned: list[nn.Parameter], optimizer: torch.optim.AdamW) -> int:
    """Go back to where a run was last kept; return how many steps it had taken, 0 without one."""
    if not path.exists():
        return 0
    state = torch.load(path)
    with torch.no_grad():
        for parameter, value in zip(learned, state["learned"], strict=True):
            parameter.copy_(value)
    optimizer.load_state_dict(state["optimizer"])
    return state["step"]


def main(argv: list[str] | None = None) -> int:
    """Read the options and train."""
    parser = argparse.ArgumentParser(description="Train the adapter of minilm-qa.")
    parser.add_argument("--qamr", type=Path, required=True, help="the folder of QAMR's tables")
    parser.add_argument("--out", type=Path, required=True, help="the adapter to write")
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--steps", type=int, default=STEPS)
    parser.add_argument("--rate", type=float, default=LEARNING_RATE)
    parser.add_argument("--generated", type=float, default=GENERATED)
    parser.add_argument("--precision", choices=["bfloat16", "float32"], default="bfloat16")
    parser.add_argument(
        "--choosing", action="store_true", help="keep the sentences for choosing settings out"
    )
    train(parser.parse_args(argv))
    return 0


if __name__ == "__main__":
    sys.exit(main())
