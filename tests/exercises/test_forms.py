"""A right answer is right whatever its form; a near miss is none in any form.

Every form is given to every question of every exercise that has a place for it.
"""

import collections
import dataclasses
import json
from decimal import Decimal
from fractions import Fraction
from functools import cache
from pathlib import Path
from types import MappingProxyType

import numpy as np
import pytest

from grader.attention import HeadId
from grader.questions import (
    MIME,
    Outcome,
    bundle,
    card_text,
    encode_answer,
    judge_outputs,
    load_exercise,
)
from grader.questions.answer import Unsendable
from grader.questions.judging import model_of
from support.perturb import leaves, placed
from support.right_answers import right_answers

EXERCISES = sorted(
    path.parent for path in Path(__file__).parents[2].glob("exercises/*/questions.toml")
)
AT_LEAST = 150


@cache
def exercise(folder):
    return load_exercise(folder)


def torch():
    return pytest.importorskip("torch", reason="torch is not installed")


def is_number(value) -> bool:
    return isinstance(value, (int, float)) and not isinstance(value, bool)


def is_whole(value) -> bool:
    return isinstance(value, int) and not isinstance(value, bool)


def every(test, change):
    """Return what changes every part of an answer that passes `test`."""

    def changed(value):
        found = value
        if not isinstance(value, dict):
            return change(value) if test(value) else NotImplemented
        paths = [path for path, leaf in leaves(value) if path and test(leaf)]
        for path in paths:
            leaf = found
            for key in path:
                leaf = leaf[key]
            found = placed(found, path, change(leaf))
        return found if paths else NotImplemented

    return changed


def whole_answer(change):
    return lambda value: change(value) if isinstance(value, dict) else NotImplemented


def heads(change):
    """Return what changes an answer that names a head."""
    return lambda value: (
        change(value, value["layer"], value["head"])
        if isinstance(value, dict) and {"layer", "head"} <= set(value)
        else NotImplemented
    )


def rounded(decimals):
    return lambda x: round(x, decimals) if isinstance(x, float) else x


def arrays(change):
    return every(lambda v: isinstance(v, np.ndarray) and v.dtype.kind == "f", change)


numbers = lambda change: every(is_number, change)  # noqa: E731
wholes = lambda change: every(is_whole, change)  # noqa: E731
lists = lambda change: every(lambda v: isinstance(v, list) and len(v) > 0, change)  # noqa: E731
yes_no = lambda change: every(lambda v: isinstance(v, bool), change)  # noqa: E731
texts = lambda change: every(lambda v: isinstance(v, str), change)  # noqa: E731


def _namedtuple(value):
    return collections.namedtuple("Answer", value)(**value)


def _dataclass(value):
    return dataclasses.make_dataclass("Answer", value)(**value)


def _without(value, *keys):
    return {k: v for k, v in value.items() if k not in keys}


FORMS = {
    "as it is": lambda v: v,
    "float64": numbers(np.float64),
    "float32": numbers(lambda x: np.float32(x) if isinstance(x, float) else np.int32(x)),
    "float16": numbers(lambda x: np.float16(x) if isinstance(x, float) else np.int16(x)),
    "longdouble": numbers(np.longdouble),
    "Decimal": numbers(lambda x: Decimal(str(x))),
    "Fraction": numbers(lambda x: Fraction(x)),
    "3 decimals": numbers(rounded(3)),
    "4 decimals": numbers(rounded(4)),
    "5 decimals": numbers(rounded(5)),
    "6 decimals": numbers(rounded(6)),
    "0-d arrays": numbers(np.array),
    "one-element arrays": numbers(lambda x: np.array([x])),
    "1 x 1 arrays": numbers(lambda x: np.array([[x]])),
    "one-element lists": numbers(lambda x: [x]),
    "one-element tuples": numbers(lambda x: (x,)),
    "0-d longdouble arrays": numbers(lambda x: np.array(x, dtype=np.longdouble)),
    "0-d object arrays": numbers(lambda x: np.array(x, dtype=object)),
    "torch scalars": numbers(lambda x: torch().tensor(x, dtype=torch().float64)),
    "torch one-element": numbers(lambda x: torch().tensor([x], dtype=torch().float64)),
    "torch with a gradient": numbers(
        lambda x: torch().tensor(float(x), requires_grad=True, dtype=torch().float64)
    ),
    "big-endian": numbers(lambda x: np.array(x, dtype=">f8")),
    "texts": numbers(str),
    "texts with spaces": numbers(lambda x: f" {x}\u00a0"),
    "full-width texts": numbers(
        lambda x: "".join(chr(ord(c) + 0xFEE0) if "!" <= c <= "~" else c for c in str(x))
    ),
    "whole floats": wholes(float),
    "uint8": wholes(np.uint8),
    "uint64": wholes(np.uint64),
    "int arrays": wholes(lambda x: np.array([x], dtype=np.int8)),
    "np.bool_": yes_no(np.bool_),
    "bool arrays": yes_no(lambda b: np.array([b])),
    "torch bools": yes_no(lambda b: torch().tensor(b)),
    "yes": yes_no(lambda b: "yes" if b else "no"),
    "Yes.": yes_no(lambda b: "Yes." if b else "No."),
    "True as text": yes_no(str),
    "是": yes_no(lambda b: "是" if b else "否"),
    "1 and 0": yes_no(int),
    "np.int64 of a comparison": yes_no(lambda b: np.int64(b)),
    "spaces around": texts(lambda s: f"  {s} \n"),
    "no-break spaces": texts(lambda s: s.replace(" ", "\u00a0")),
    "wide spaces": texts(lambda s: s.replace(" ", "\u3000")),
    "a zero-width space": texts(lambda s: f"\ufeff{s}\u200b"),
    "np.str_": texts(np.str_),
    "0-d text arrays": texts(lambda s: np.array(s)),
    "texts in lists": every(lambda v: isinstance(v, str), lambda s: [s]),
    "tuples": lists(tuple),
    "arrays for lists": every(
        lambda v: isinstance(v, list) and v and all(map(is_number, v)), np.array
    ),
    "nested lists": arrays(lambda a: a.tolist()),
    "nested tuples": arrays(lambda a: tuple(a.tolist())),
    "lists of arrays": arrays(list),
    "lists of tensors": arrays(lambda a: [torch().tensor(x) for x in a]),
    "float64 arrays": arrays(lambda a: a.astype(np.float64)),
    "float16 arrays": arrays(lambda a: a.astype(np.float16)),
    "longdouble arrays": arrays(lambda a: a.astype(np.longdouble)),
    "big-endian arrays": arrays(lambda a: a.astype(">f4")),
    "Fortran arrays": arrays(np.asfortranarray),
    "arrays of 3 decimals": arrays(lambda a: np.round(a, 3)),
    "arrays of 4 decimals": arrays(lambda a: np.round(a, 4)),
    "arrays of 5 decimals": arrays(lambda a: np.round(a.astype(np.float64), 5)),
    "arrays of 6 decimals": arrays(lambda a: np.round(a.astype(np.float64), 6)),
    "arrays of 5 digits": arrays(lambda a: np.vectorize(lambda x: float(f"{x:.5g}"))(a)),
    "rounded single precision": arrays(lambda a: np.round(a.astype(np.float32), 4)),
    "matrices": arrays(lambda a: np.matrix(a) if a.ndim == 2 else a),
    "masked arrays without a mask": arrays(np.ma.array),
    "tensors": arrays(lambda a: torch().tensor(a.astype(np.float32))),
    "half tensors": arrays(lambda a: torch().tensor(a.astype(np.float32)).half()),
    "tensors with a gradient": arrays(
        lambda a: torch().tensor(a.astype(np.float32), requires_grad=True)
    ),
    "sparse tensors": arrays(lambda a: torch().tensor(a.astype(np.float32)).to_sparse()),
    "an extra key": whole_answer(lambda v: v | {"remark": "worked out twice"}),
    "an extra array": whole_answer(lambda v: v | {"row": np.zeros(3)}),
    "a key still empty": whole_answer(lambda v: v | {"remark": ...}),
    "capital keys": whole_answer(lambda v: {k.upper(): x for k, x in v.items()}),
    "keys with spaces": whole_answer(lambda v: {f" {k} ": x for k, x in v.items()}),
    "keys with hyphens": whole_answer(lambda v: {k.replace("_", "-"): x for k, x in v.items()}),
    "named tuples": whole_answer(_namedtuple),
    "dataclasses": whole_answer(_dataclass),
    "OrderedDict": whole_answer(collections.OrderedDict),
    "defaultdict": whole_answer(lambda v: collections.defaultdict(int, v)),
    "mapping proxies": whole_answer(MappingProxyType),
    "another order": whole_answer(lambda v: dict(reversed(v.items()))),
    "L5H11": heads(lambda v, a, b: v | {"head": f"L{a}H{b}"}),
    "L5H11 alone": heads(lambda v, a, b: _without(v, "layer") | {"head": f"l{a}h{b}"}),
    "HeadId": heads(lambda v, a, b: _without(v, "layer") | {"head": HeadId(layer=a, head=b)}),
    "a pair": heads(lambda v, a, b: _without(v, "layer") | {"head": (a, b)}),
    "a pair of an argmax": heads(lambda v, a, b: _without(v, "layer") | {"head": np.array([a, b])}),
    "L5 and H11": heads(lambda v, a, b: v | {"layer": f"L{a}", "head": f"H{b}"}),
    "layer 5, head 11": heads(lambda v, a, b: v | {"layer": f"layer {a}", "head": f"head {b}"}),
    "the one number alone": lambda v: (
        next(iter(v.values())) if isinstance(v, dict) and len(v) == 1 else NotImplemented
    ),
    "a choice in a dict": lambda v: {"choice": v} if isinstance(v, str) else NotImplemented,
    "a choice in capitals": lambda v: v.upper() if isinstance(v, str) else NotImplemented,
    "a choice in quotes": lambda v: f"“{v}”" if isinstance(v, str) else NotImplemented,
    "a choice with spaces": lambda v: v.replace("_", " ") if isinstance(v, str) else NotImplemented,
}


def outcome_of(question, variant, value, model):
    encoded = encode_answer(value)
    about = model_of(question, model).sha256
    sent = bundle(question.id, 0, about, json.loads(json.dumps(encoded)))
    outputs = [{"output_type": "display_data", "data": {MIME: sent}}]
    return judge_outputs(question, 0, variant, json.dumps(outputs), model)


def forms_of(folder):
    """(name of the answer, its question, form, the right answer in that form) of an exercise."""
    answers, _ = right_answers(folder)
    for name, value in answers.items():
        for form, change in FORMS.items():
            if (changed := change(value)) is not NotImplemented:
                yield name, exercise(folder).questions[name], form, changed


@pytest.mark.parametrize("folder", EXERCISES, ids=lambda folder: folder.name)
@pytest.mark.filterwarnings("ignore::PendingDeprecationWarning")  # np.matrix
def test_a_right_answer_is_right_in_every_form(folder, model):
    _, variant = right_answers(folder)
    wrong = []
    for name, question, form, changed in forms_of(folder):
        got = outcome_of(question, variant, changed, model)
        if got.points != question.points:
            wrong.append((name, form, card_text(got, question, "en")))
    assert not wrong, "\n".join(map(str, wrong[:10]))


@pytest.mark.filterwarnings("ignore::PendingDeprecationWarning")  # np.matrix
def test_these_were_enough_forms(capsys):
    tried = {
        (question.kind, form) for folder in EXERCISES for _, question, form, _ in forms_of(folder)
    }
    with capsys.disabled():
        print(f"\n{len(tried)} forms of right answers over the kinds of question")
    assert len(tried) >= AT_LEAST


OFF = {"number": 0.0025, "whole": 1}


@pytest.mark.parametrize("folder", EXERCISES, ids=lambda folder: folder.name)
def test_a_near_miss_is_none_in_any_form(folder, model):
    """The form of a number never makes a wrong one right."""
    answers, variant = right_answers(folder)
    forms = ("as it is", "Decimal", "texts", "one-element arrays", "float32", "4 decimals")
    for name, value in answers.items():
        question = exercise(folder).questions[name]
        if not isinstance(value, dict) or question.kind in (
            "cuts",
            "span",
            "influence",
            "silenced",
        ):
            continue  # their tolerances are their own: see test_tolerance
        for path, leaf in leaves(value):
            if not path or not is_number(leaf):
                continue
            off = leaf + (1 if isinstance(leaf, int) else 0.0045)
            for form in forms:
                changed = FORMS[form](placed(value, path, off))
                got = outcome_of(question, variant, changed, model)
                assert got.points < question.points, (name, path, form)


class Series:
    """Stands for pandas', which need not be installed."""

    __module__ = "pandas.core.series"

    def __array__(self, dtype=None, copy=None):
        return np.zeros(3)


INSTEAD = {
    "a set": ({"a", "b"}, "sorted(...)"),
    "a frozenset": (frozenset([1]), "sorted(...)"),
    "keys": ({"a": 1}.keys(), "list(...)"),
    "values": ({"a": 1}.values(), "list(...)"),
    "items": ({"a": 1}.items(), "list(...)"),
    "a generator": ((x for x in "ab"), "list(...)"),
    "a map": (map(str, "ab"), "list(...)"),
    "a zip": (zip("ab", "cd", strict=True), "list(...)"),
    "a range": (range(3), "list(...)"),
    "a deque": (collections.deque([1]), "list(...)"),
    "a text array": (np.array(["a", "b"]), ".tolist()"),
    "an object array": (np.array([{}, []], dtype=object), ".tolist()"),
    "bytes": (b"abc", ".decode()"),
    "a complex number": (1j, ".real"),
    "a complex array": (np.array([1j]), ".real"),
    "dates": (np.array(["2026-11-29"], dtype="datetime64[D]"), ".astype"),
    "a masked array": (np.ma.masked_less(np.arange(3.0), 1), ".filled(0)"),
    "a function": (np.mean, "( )"),
    "a class": (dict, "( )"),
    "a Series": (Series(), ".to_numpy()"),
    "NaN": (float("nan"), "number"),
    "a huge number": (10**30, "64"),
    "keys that are numbers": ({1: 2}, "{1: 2}"[1]),
}


@pytest.mark.parametrize("name", INSTEAD)
def test_a_form_that_is_not_taken_is_refused_by_a_sentence_that_says_what_to_write(name):
    value, instead = INSTEAD[name]
    with pytest.raises(Unsendable) as caught:
        encode_answer({"mean": value})
    assert instead in str(caught.value)
    question = exercise(EXERCISES[-1]).questions["means"]
    sent = bundle(question.id, 0, "", caught.value.to_json())
    outputs = json.dumps([{"output_type": "display_data", "data": {MIME: sent}}])
    got = judge_outputs(question, 0, {}, outputs, None)
    assert got.outcome == Outcome.REFUSED
    for language in ("zh", "en"):
        said = card_text(got, question, language)
        assert "{" not in said
        assert "unsendable" not in said


def test_bfloat16_and_tensors_without_numbers_are_refused_by_such_sentences():
    with pytest.raises(Unsendable, match=r"model\.float\(\)"):
        encode_answer(torch().zeros(2, dtype=torch().bfloat16))
    with pytest.raises(Unsendable, match="no meta device"):
        encode_answer(torch().zeros(2, device="meta"))


def test_an_extra_key_is_named_on_the_card(model):
    folder = EXERCISES[-1]
    answers, variant = right_answers(folder)
    question = exercise(folder).questions["means"]
    value = _without(answers["means"], "mean_noun") | {"mean_nuon": 0.1}
    got = outcome_of(question, variant, value, model)
    assert "`mean_nuon` is not asked for" in card_text(got, question, "en")
    assert "题目没有要“mean_nuon”" in card_text(got, question, "zh")
    assert type(got).from_json(json.loads(json.dumps(got.to_json()))) == got
