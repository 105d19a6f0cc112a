"""Read QAMR: natural questions on sentences of Wikipedia and Wikinews, with up to three answers.

QAMR (Michael et al. 2018, MIT licence) is not part of the project: its folder is named by the user
and holds ``wiki-sentences.tsv`` and the filtered ``dev.tsv`` and ``test.tsv``.
"""

import hashlib
import random
from collections import Counter
from dataclasses import dataclass
from pathlib import Path

from grader.qa.training.generate import Example
from grader.qa.training.squad_scores import f1

BRACKETS = {
    "-LRB-": "(", "-RRB-": ")", "-LSB-": "[", "-RSB-": "]", "-LCB-": "{", "-RCB-": "}",
    "``": '"', "''": '"',
}  # fmt: skip
NO_SPACE_BEFORE = {
    *",.;:?!)]}%", "'s", "n't", "'", "'re", "'ve", "'ll", "'d", "'m",
}  # fmt: skip
N_OTHERS = (0, 0, 1, 1, 2, 3, 4, 5, 6)
"""How many sentences stand around the one asked about, each as likely as the next."""
UNANSWERABLE = 0.12
SAME_PAGE = 0.8
"""Chance that the other sentences are of the same page, while it has any."""


@dataclass(frozen=True)
class Item:
    """A question on one sentence."""

    sentence_id: str
    question: str
    answers: tuple[str, ...]
    """What people answered, the writer of the question first; pieces of the sentence."""
    start: int
    """Where the answer that agrees best with the others starts in the sentence."""
    end: int


@dataclass(frozen=True)
class Qamr:
    """Sentences by id, and the questions asked about some of them."""

    sentences: dict[str, str]
    items: tuple[Item, ...]

    def part(self, *names: str) -> "Qamr":
        """Return the sentences of some parts (see `part_of`) with their questions."""
        return Qamr(
            {i: text for i, text in self.sentences.items() if part_of(i) in names},
            tuple(item for item in self.items if part_of(item.sentence_id) in names),
        )


def part_of(sentence_id: str) -> str:
    """Return the part of the data a sentence is in; it depends on nothing but its id.

    One sentence in twelve is "held out": no training sees it, nor any choice of a setting. One in
    twelve is for "choosing" settings.
    """
    twelfth = int(hashlib.sha256(sentence_id.encode()).hexdigest(), 16) % 12
    return {0: "held out", 1: "choosing"}.get(twelfth, "training")


def read_qamr(folder: Path) -> Qamr:
    """Read the sentences and every question whose writer's answer is one run of words."""
    spelled = {}
    for line in (folder / "wiki-sentences.tsv").read_text(encoding="utf-8").splitlines():
        sentence_id, text = line.split("\t")
        spelled[sentence_id] = detokenize(text.split())
    items = []
    for name in ("dev.tsv", "test.tsv"):
        for line in (folder / name).read_text(encoding="utf-8").splitlines():
            columns = line.split("\t")
            if columns[0] in spelled:
                item = _item(columns, *spelled[columns[0]])
                if item:
                    items.append(item)
    return Qamr({i: text for i, (text, _) in spelled.items()}, tuple(items))


def _item(columns: list[str], text: str, places: list[tuple[int, int]]) -> Item | None:
    written = [columns[6], *(column.partition(":")[2] for column in columns[7:9])]
    runs = [sorted(int(token) for token in answer.split()) for answer in written]
    whole = [run for run in runs if run and run == list(range(run[0], run[-1] + 1))]
    if not whole or whole[0] != runs[0]:
        return None
    spans = [(places[run[0]][0], places[run[-1]][1]) for run in runs if run]
    answers = tuple(text[a:b] for a, b in spans)
    # The answer to learn is the one that agrees best with all; of equals, the shorter.
    together = Counter(answers)
    agreed = [(places[run[0]][0], places[run[-1]][1]) for run in whole]
    start, end = max(
        agreed,
        key=lambda s: (sum(n * f1(text[slice(*s)], a) for a, n in together.items()), s[0] - s[1]),
    )
    return Item(columns[0], columns[5].strip(), answers, start, end)


def detokenize(tokens: list[str]) -> tuple[str, list[tuple[int, int]]]:
    """Join the tokens of a treebank as one would write them; tell where each one stands."""
    text, places, quoted = "", [], False
    for raw in tokens:
        token = BRACKETS.get(raw, raw)
        spaced = bool(text) and token not in NO_SPACE_BEFORE and not text.endswith(tuple("([{$#"))
        if token == '"':
            spaced &= not quoted
            quoted = not quoted
        elif text.endswith('"') and quoted:
            spaced = False
        text += " " if spaced else ""
        places.append((len(text), len(text) + len(token)))
        text += token
    return text, places


class Contexts:
    """Puts questions into contexts of one to seven sentences, some of which do not answer."""

    def __init__(self, qamr: Qamr, generator: random.Random):
        self.qamr = qamr
        self.random = generator
        self.ids = sorted(qamr.sentences)
        self.pages: dict[str, list[str]] = {}
        for sentence_id in self.ids:
            self.pages.setdefault(_page(sentence_id), []).append(sentence_id)

    def example(self, item: Item, *, n_others: int | None = None) -> Example:
        """Return the question in a context of its sentence and some others."""
        n_others = self.random.choice(N_OTHERS) if n_others is None else n_others
        if self.random.random() < UNANSWERABLE:
            return self._without(item, max(n_others, 1))
        chosen = self._others(item, n_others)
        # Sentences of one page stand in the order of the page, the others around them.
        chosen.insert(self.random.randint(0, len(chosen)), item.sentence_id)
        place = chosen.index(item.sentence_id)
        texts = [self.qamr.sentences[i] for i in chosen]
        start = len(" ".join([*texts[:place], ""])) + item.start
        sentence = texts[place]
        agreed = sentence[item.start : item.end]
        answers = (agreed, *(a for a in dict.fromkeys(item.answers) if a != agreed))
        return Example(item.question, " ".join(texts), answers, start)

    def _without(self, item: Item, n_others: int) -> Example:
        """Return the question in a context that holds none of its answers."""
        for attempt in range(8):
            texts = [self.qamr.sentences[i] for i in self._others(item, n_others, attempt > 3)]
            context = " ".join(texts)
            if not any(answer.lower() in context.lower() for answer in item.answers):
                break
        return Example(item.question, context, (), -1)

    def _others(self, item: Item, n_others: int, far: bool = False) -> list[str]:
        page = [i for i in self.pages[_page(item.sentence_id)] if i != item.sentence_id]
        chosen: list[str] = []
        if not far and self.random.random() < SAME_PAGE:
            chosen = self.random.sample(page, min(n_others, len(page)))
        while len(chosen) < n_others:
            other = self.random.choice(self.ids)
            if other != item.sentence_id and other not in chosen:
                chosen.append(other)
        return chosen


def _page(sentence_id: str) -> str:
    return ":".join(sentence_id.split(":")[:3])
