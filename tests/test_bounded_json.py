import json
import tracemalloc

import pytest

from grader.bounded_json import TooMuch, loads

ROOM = {"longest": 1 << 22, "heaviest": 1 << 22}


def cost(data: bytes, parse) -> int:
    """Return the most bytes that parsing took at once, of which the text itself is no part."""
    tracemalloc.start()
    try:
        parse(data)
    except ValueError:
        pass
    finally:
        most = tracemalloc.get_traced_memory()[1]
        tracemalloc.stop()
    return most


@pytest.mark.parametrize(
    "value",
    [
        {"a": [1, -2.5, None, True, "x"], "b": {"c": []}},
        "[[[[{{{{" * 100,
        ['\\"[', "\\", '"', "\\\\", '[\\"'],
        [0.5] * 10_000,
        ["中文 🙂"],
        [],
        7,
    ],
)
def test_what_is_within_the_limits_is_parsed_as_ever(value):
    for ascii in (True, False):
        assert loads(json.dumps(value, ensure_ascii=ascii).encode(), **ROOM) == value


@pytest.mark.parametrize(
    ("data", "what"),
    [
        (b"[" * 101 + b"]" * 101, "deep"),
        (b'{"a":' * 101 + b"1" + b"}" * 101, "deep"),
        (b"[" * 10_000, "deep"),
        (b"[" + b"[]," * 100_000 + b"1]", "heavy"),
        (b"[" + b"{}," * 100_000 + b"1]", "heavy"),
        (b"[" + b"1," * 100_000 + b"1]", "heavy"),
        (b'{"a":' * 100_000, "heavy"),
        (b'"' + b"x" * (1 << 22) + b'"', "long"),
        (('"🙂' + "x" * (1 << 20) + '"').encode(), "long"),
        (('"é' + "x" * (1 << 21) + '"').encode(), "long"),
    ],
)  # fmt: skip
def test_what_is_too_much_is_not_parsed(data, what):
    with pytest.raises(TooMuch) as refused:
        loads(data, **ROOM)
    assert refused.value.what == what


@pytest.mark.parametrize(
    "data", [b"", b"[", b'"', b'"\\', b'{"a', b"\xff", b'["\xed\xa0\x80"]', b"nul"]
)
def test_what_is_no_json_is_a_value_error(data):
    with pytest.raises((json.JSONDecodeError, UnicodeDecodeError)):
        loads(data, **ROOM)


@pytest.mark.parametrize(
    "data",
    [
        b"[" + b"[]," * 1_000_000 + b"1]",
        b"[" + b'{"a":{}},' * 200_000 + b"1]",
        b'{"a":[' * 150_000,
        b'"' + b'\\"' * 1_000_000,
        b'"\\' * 1_000_000,
        b"[" + b'"a",' * 300_000 + b"1]",
    ],
)
def test_it_costs_a_few_times_what_the_limits_say(data):
    most = cost(data, lambda data: loads(data, **ROOM))
    assert most < 4 * (ROOM["longest"] + ROOM["heaviest"])


def test_the_parser_alone_would_cost_twenty_times_the_text():
    data = b"[" + b"[]," * 500_000 + b"1]"
    assert cost(data, json.loads) > 20 * len(data)
