import json
import pickle
import tracemalloc

import pytest

from grader.grading.limits import Limits
from grader.grading.run.cluster_worker import answer
from grader.grading.run.job import Job
from grader.grading.run.job_bytes import (
    BadBytes,
    pack,
    pack_jobs,
    printable,
    unpack,
    unpack_jobs,
    unpack_results,
)
from support.courses import in_process
from support.hostile_worker import BYTES

CELL = {"metadata": {}, "outputs": [], "execution_count": None}
JOB = Job(
    name="mini",
    notebook={
        "cells": [
            CELL | {"cell_type": "code", "source": 'student = "bob"'},
            CELL | {"cell_type": "code", "source": "x = 1"},
            CELL
            | {
                "cell_type": "code",
                "source": 'check("mini.pick", "keys")',
                "metadata": {"nbgrader": {"grade_id": "pick_check"}},
            },
        ],
        "metadata": {},
        "nbformat": 4,
        "nbformat_minor": 5,
    },
    files={},
    questions={"pick_check": ("mini.pick", None)},
    provisioner="confined",
    limits=Limits(notebook_output=1 << 20, answer=1 << 20),
)
PACKED = pack_jobs([JOB])
RUN = pickle.dumps(in_process)
SLOW = {"more than anything", "lists", "zeros without end"}
"""Made of hundreds of MB; the long test has them."""


def test_what_an_honest_worker_gives_is_what_came_of_the_job():
    told = unpack_results(answer(RUN, PACKED), [JOB], PACKED)
    assert told["executed"] == in_process([JOB])


def test_an_error_of_a_workers_comes_back_as_words():
    told = unpack_results(answer(pickle.dumps(len), b""), [JOB], b"")
    assert "BadBytes" in told["error"]


@pytest.mark.parametrize("attack", sorted(BYTES.keys() - SLOW))
def test_bytes_that_no_job_came_to_are_refused_or_made_harmless(attack):
    data = BYTES[attack]("", RUN, PACKED)
    if attack == "markup and names":
        told = unpack_results(data, [JOB], PACKED)
        assert "script" not in json.dumps(told["executed"][0].notebook)
        assert told["worker"] == "w [2J"
    elif attack in ("another grader", "an error with an escape"):
        told = unpack_results(data, [JOB], PACKED)
        assert told["grader"].isprintable()
        assert told.get("error", "").isprintable()
    elif attack != "a number":  # the relay lets bytes through, nothing else
        with pytest.raises(BadBytes, match="worker"):
            unpack_results(data, [JOB], PACKED)


@pytest.mark.parametrize(
    "text",
    [
        b"[" * 300_000,
        b'{"a":' * 300_000,
        b"[" + b"[]," * 1_000_000 + b"1]",
        b'"",' * 1_000_000,
        b'"' + rb"\"" * 1_900_000,
        b"1" * 10**7,
    ],
)
def test_what_unpacks_to_too_much_is_refused_before_anything_is_built(text):
    import zlib

    data = zlib.compress(text)
    tracemalloc.start()
    try:
        with pytest.raises(BadBytes):
            unpack(data, 4 << 20, values=50_000)
        assert tracemalloc.get_traced_memory()[1] < 16 << 20
    finally:
        tracemalloc.stop()


def test_brackets_in_a_text_are_no_depth_and_commas_no_values():
    data = {"a": "[" * 1000 + '\\"' + "{," * 1000}
    assert unpack(pack(data), 1 << 16, values=10) == data


def test_names_twice_and_numbers_that_are_none_are_refused():
    import zlib

    for text in (b'{"a":1,"a":2}', b"[NaN]", b"[Infinity]", b"", b"\xff"):
        with pytest.raises(BadBytes):
            unpack(zlib.compress(text), 1 << 10)


def test_jobs_are_the_coordinators_and_come_as_they_are():
    assert unpack_jobs(PACKED) == [JOB]


def test_a_terminal_shows_a_workers_words_as_one_line():
    assert printable("a\x1b[2J\nb\u202ec" + "d" * 200, 12) == "a [2J b cddd"
    assert printable(17) == "?"
