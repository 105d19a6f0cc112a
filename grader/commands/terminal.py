"""Talking to the person at the terminal: results go to stdout, talk to stderr."""

import argparse
import json
import sys
import time


def talk(line: str) -> None:
    """Say something to the person; stdout is for results."""
    print(_plain(line), file=sys.stderr, flush=True)


def answer(arguments: argparse.Namespace, data: dict, lines: str) -> None:
    """Print the result: one object with ``--json``, lines for a person otherwise."""
    if arguments.json:
        # a file's name may hold bytes that are no text
        print(json.dumps(data, ensure_ascii=False).encode("utf-8", "replace").decode())
    elif lines:
        print("\n".join(_plain(line) for line in lines.split("\n")))


def _plain(text: str) -> str:
    """Return `text` without what could act on a terminal: names and reasons are students'."""
    text = text.encode("utf-8", "replace").decode()
    return "".join(c if c.isprintable() or c == "\t" else "\ufffd" for c in text)


class Progress:
    """Says how far a batch is, how fast it goes and how long it will take."""

    def __init__(self):
        self.started = time.monotonic()
        self.last = 0.0

    def __call__(self, done: int, total: int, name: str) -> None:
        """Say that `done` of `total` are done, `name` the last; at most once a second."""
        now = time.monotonic()
        if done < total and now - self.last < 1:
            return
        self.last = now
        rate = done / max(now - self.started, 1e-6)
        left = (total - done) / rate
        talk(f"{done}/{total}  {rate * 60:.0f} a minute  {left:.0f} s left  {name}")
