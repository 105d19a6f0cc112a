"""Make extractive questions from templates: a few invented sentences, a question, its answer.

Natural questions teach a model to read; invented ones teach it not to lean on what it knows. Their
names mean nothing, their facts are false, and two facts of one kind stand side by side, so that
only the sentence tells which of them is asked for.
"""

import random
import re
import tomllib
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

TEMPLATES = Path(__file__).with_name("templates.toml")

SLOT = re.compile(r"\{(?P<kind>[a-z_]+?)(?P<which>_\d)?(?:\.(?P<form>\w+))?\}")
ARTICLE = re.compile(r"^(an?|the) ")
COMMON = {"verb", "near", "count", "count_2"}
"""Too common to tell two sentences apart."""
ASKED_ALONE = {"spot", "near", "year", "month"}
"""Parts of a phrase that a question may be about: the year of a date."""
CHOICE = re.compile(r"\[([^]]*)\]")
FORMS = {"past": 0, "base": 1, "participle": 2, "0": 0, "1": 1, "2": 2}
SYLLABLES = [
    "ka", "lo", "mi", "ren", "tor", "vel", "sha", "du", "bri", "zen", "pa", "qui",
    "or", "an", "el", "gau", "ser", "ví", "dí", "só", "mar", "fen", "ost",
]  # fmt: skip
N_OTHERS = (0, 0, 1, 1, 2, 3)
"""How many other sentences stand around the one that answers, each as likely as the next."""
UNANSWERABLE = 0.12
SAME_FACT = 0.4
"""Chance that another sentence says the same kind of fact of somebody else."""


@dataclass(frozen=True)
class Example:
    """A question on a context; `answers` is empty where the context does not tell."""

    question: str
    context: str
    answers: tuple[str, ...]
    """The best one first, as written in the context."""
    start: int
    """Where the best answer starts in the context, in characters; -1 without an answer."""


@dataclass(frozen=True)
class Fact:
    """One invented sentence, and what can be asked of it."""

    template: dict
    sentence: str
    questions: tuple[tuple[str, tuple[str, ...], frozenset[str]], ...]
    """Question, answers, and the drawn words that the question names."""


class Generator:
    """Draws examples; the same seed draws the same ones.

    Args:
        seed: of the draws.
        held_out_words: draw names and things that training never sees.
        held_out_facts: ask about kinds of facts that training never sees.
    """

    def __init__(self, seed: int, *, held_out_words: bool = False, held_out_facts: bool = False):
        templates = tomllib.loads(TEMPLATES.read_text(encoding="utf-8"))
        self.random = random.Random(seed)
        self.words = {
            kind: _part(listed.split() if isinstance(listed, str) else listed, held_out_words)
            for kind, listed in templates["words"].items()
        }
        self.phrases = templates["phrases"]
        self.facts = [f for f in templates["fact"] if f.get("held_out", False) == held_out_facts]

    def example(self) -> Example:
        """Return the next example."""
        while True:
            fact = self._fact(self.random.choice(self.facts))
            if fact.questions:
                break
        question, answers, named = self.random.choice(fact.questions)
        unanswerable = self.random.random() < UNANSWERABLE
        n_others = max(self.random.choice(N_OTHERS), int(unanswerable))
        avoid = named if not unanswerable else named | {answers[0]}
        sentences = [self._other(fact.template, avoid) for _ in range(n_others)]
        if self.random.random() < 0.15:
            question = question.rstrip("?")
        if unanswerable:
            return Example(question, " ".join(sentences), (), -1)
        place = self.random.randint(0, n_others)
        sentences.insert(place, fact.sentence)
        context = " ".join(sentences)
        start = len(" ".join([*sentences[:place], ""]))
        start += fact.sentence.lower().index(answers[0].lower())
        return Example(question, context, answers, start)

    def _fact(self, template: dict) -> Fact:
        drawn: dict[str, str] = {}
        sentence = self._fill(self.random.choice(template["sentences"]), drawn)
        sentence = sentence[0].upper() + sentence[1:]
        said = set(drawn)
        questions = []
        for asked, *answers in template["questions"]:
            # A question may name only what the sentence says.
            if not _slots(asked) <= said:
                continue
            found = tuple(
                text
                for answer in answers
                if _slots(answer) <= said
                and (text := self._fill(answer, drawn)).lower() in sentence.lower()
            )
            if found:
                question = self._fill(asked, drawn)
                question = question[0].upper() + question[1:]
                named = {
                    ARTICLE.sub("", drawn[slot]) for slot in _slots(asked) if slot not in COMMON
                }
                questions.append((question, found, frozenset(named)))
        return Fact(template, sentence, tuple(questions))

    def _other(self, template: dict, avoid: frozenset[str]) -> str:
        """Return a sentence that says nothing of what the question names."""
        same = self.random.random() < SAME_FACT
        while True:
            other = self._fact(template if same else self.random.choice(self.facts)).sentence
            if not any(word.lower() in other.lower() for word in avoid):
                return other
            same = False

    def _fill(self, text: str, drawn: dict[str, str]) -> str:
        text = CHOICE.sub(lambda match: self.random.choice(match[1].split("|")), text)
        text = SLOT.sub(self._replace(drawn), text)
        return re.sub(r"\b([Aa]) (?=[aeiouAEIOU])", r"\1n ", text)

    def _replace(self, drawn: dict[str, str]) -> Callable[[re.Match], str]:
        def replace(slot: re.Match) -> str:
            key = slot["kind"] + (slot["which"] or "")
            while key not in drawn:
                inner: dict[str, str] = {}
                value = self._draw(slot["kind"], inner)
                if value not in drawn.values():
                    drawn[key] = value
                    drawn.update({k: v for k, v in inner.items() if k in ASKED_ALONE})
            value, form = drawn[key], slot["form"]
            if form == "the":
                return ARTICLE.sub("the ", value)
            return value.split("/")[FORMS[form]] if form else value

        return replace

    def _draw(self, kind: str, inner: dict[str, str]) -> str:
        """Return something of that kind; what it is made of is added to `inner`."""
        if kind == "year":
            return str(self.random.randint(1700, 2023))
        if kind == "day":
            return str(self.random.randint(1, 28))
        if kind == "number":
            return str(self.random.randint(2, 900))
        if kind == "made_up":
            return "".join(self.random.choices(SYLLABLES, k=self.random.randint(2, 3))).capitalize()
        if kind in self.phrases:
            return self._fill(self.random.choice(self.phrases[kind]), inner)
        return self.random.choice(self.words[kind])


def _slots(text: str) -> set[str]:
    return {slot["kind"] + (slot["which"] or "") for slot in SLOT.finditer(text)}


def _part(words: list[str], held_out: bool) -> list[str]:
    """Return the last quarter of a list, which is held out, or the rest."""
    cut = len(words) - len(words) // 4
    return words[cut:] if held_out else words[:cut]
