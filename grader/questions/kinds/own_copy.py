"""A story of one's own with an invented name that is copied, and is not without some heads.

::

    kind = "own_copy"
    not_these = ["{sentence}"]
    heads = ["L18H6", "L17H4"]   # those that are silenced
    fewest = 3                   # pieces of the name
    max_pieces = 64
    most = 0.5                   # of the later pieces that may still be guessed without the heads

The text ends with the name, which stands in it once before. The answer: ``text``; ``name``;
``pieces``, how many tokens it has; ``whole`` and ``broken``, the share of its pieces but the first
that are the likeliest next token at the end of the text, with all heads and without these.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

import numpy as np

from grader.attention import HeadId
from grader.errors import GraderError
from grader.questions.authoring import Table
from grader.questions.facts import Facts
from grader.questions.kinds import fields
from grader.questions.kinds.base import Finding, Kind, Scope, failed, passed
from grader.questions.kinds.given_texts import GivenTexts, read_given
from grader.questions.kinds.judged import judge_numbers, one_by_one
from grader.questions.kinds.own_text import is_word, read_text, refuse_long
from grader.questions.messages import say


@dataclass(frozen=True)
class Parameters:
    """What the story must have, and which heads are silenced."""

    given: GivenTexts
    heads: tuple[HeadId, ...]
    fewest: int
    max_pieces: int
    most: float


class OwnCopy(Kind):
    """A name that is copied, and what is left of it without some heads."""

    name = "own_copy"
    hints = ("all_pieces", "few_pieces", "not_copied", "not_broken", "percent")
    stated = ("few_pieces", "not_copied", "not_broken")
    max_bytes = 8 * 1024

    def read(self, table: Table, scope: Scope) -> Parameters:
        """Return what the story must have."""
        heads = []
        for name in table.texts("heads"):
            try:
                heads.append(HeadId.parse(name))
            except GraderError as error:
                table.problem(f"{name!r} in [{table.name}]: {error}", "heads")
        return Parameters(
            read_given(table, scope),
            tuple(heads),
            int(table.number("fewest", 3, low=2, high=10)),
            int(table.number("max_pieces", 64, low=6, high=64)),
            table.number("most", 0.5, low=0.0, high=1.0),
        )

    def criteria(self, parameters: Parameters) -> list[str]:
        """Return the story and its numbers."""
        return ["story", "numbers"]

    def together(self, parameters: Any) -> list[str]:
        """Return what rests on numbers, which a loop could find one by one."""
        return ["numbers"]

    def judge(self, parameters: Parameters, value: Any, facts: Facts) -> Iterable[Finding]:
        """Yield whether the name is copied and breaks, and whether the numbers are right."""
        answer = fields.mapping(value, ["text", "name", "pieces", "whole", "broken"], facts)
        try:
            text, n = _story(parameters, answer, facts)
            whole = _copied(facts, text, n)
            broken = _copied(facts, text, n, tuple(map(tuple, parameters.heads)))
        except fields.FieldError as error:
            yield failed("story", error.reason, error.hint)
            yield failed("numbers", say("own.sentence_first"))
            return
        later = slice(1, None)
        truth = {"whole": whole[later].mean(), "broken": broken[later].mean()}
        if truth["whole"] < 1:
            yield failed("story", say("own_copy.not_copied"), "not_copied")
        elif truth["broken"] > parameters.most + 1e-9:
            yield failed("story", say("own_copy.not_broken"), "not_broken", 0.5)
        else:
            yield passed("story")
        every = {"whole": whole.mean(), "broken": broken.mean()}
        yield from one_by_one({"numbers": lambda: _numbers(answer, n, truth, every)})


def _story(parameters: Parameters, answer: dict, facts: Facts) -> tuple[str, int]:
    """Return the text, and how many tokens the name at its end has.

    Raises:
        FieldError: the text or the name is not as asked.
    """
    text, name = read_text(answer, "text", "text"), fields.text(answer, "name")
    if not is_word(name):
        raise fields.FieldError(say("own.word", field="name"))
    parameters.given.refuse(text, "text", facts)
    refuse_long(text, "text", parameters.max_pieces, facts)
    if text.count(name) != 2 or not text.endswith(f" {name}"):
        raise fields.FieldError(say("own_copy.twice", name=name))
    n = facts.n_pieces(f" {name}")  # as it stands behind the story
    if n < parameters.fewest:
        reason = say("own.few_pieces", word=name, least=parameters.fewest)
        raise fields.FieldError(reason, "few_pieces")
    return text, n


def _copied(facts: Facts, text: str, n: int, silent: tuple = ()) -> np.ndarray:
    """Return, for each of the last n tokens, whether it is the likeliest one."""
    ids, likeliest = np.asarray(facts.model.likeliest(text, silent))
    return (likeliest[-n - 1 : -1] == ids[-n:]).astype(np.float64)


def _numbers(answer: dict, n: int, truth: dict, all_pieces: dict) -> Finding:
    if (got := fields.whole(answer, "pieces")) != n:
        return failed("numbers", say("own_copy.pieces", got=got))
    truths = {
        key: (right, [("all_pieces", [all_pieces[key]]), ("percent", [100 * right])])
        for key, right in truth.items()
    }
    return judge_numbers("numbers", answer, truths)
