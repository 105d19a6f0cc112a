import json

import pytest

from grader.errors import CourseError
from grader.grading.store import hash_chain
from grader.grading.store.hash_chain import START, append_line, find_faults, fits, head, read_lines


@pytest.fixture
def path(tmp_path):
    file = tmp_path / "lines.jsonl"
    for word in ("one", "two", "three"):
        append_line(file, {"schema": 2, "word": word})
    return file


def found(path, check=lambda data: None):
    return [(fault.line, fault.how) for fault in find_faults(path, check)]


def forged(body: dict) -> bytes:
    """Return a line with a hash that fits, as anybody can make one."""
    import hashlib

    text = json.dumps(body, separators=(",", ":")).encode()
    return b'{"hash":"' + hashlib.sha256(text).hexdigest().encode() + b'",' + text[1:]


def test_what_was_appended_is_whole_and_the_head_is_the_last_hash(path):
    lines = list(read_lines(path))
    assert [line.number for line in lines] == [1, 2, 3]
    assert all(fits(line.text) for line in lines)
    assert found(path) == []
    assert head(path) == json.loads(lines[-1].text)["hash"]


CHANGES = {
    "every line end": (
        lambda a, b, c: b"\r\n".join([a, b, c, b""]),
        [(1, "line ends"), (2, "line ends"), (3, "line ends")],
    ),
    "one line end": (lambda a, b, c: b"%b\n%b\r\n%b\n" % (a, b, c), [(2, "line ends")]),
    "the last bytes": (lambda a, b, c: b"%b\n%b\n%b" % (a, b, c[:-9]), [(3, "cut")]),
    "a mark": (lambda a, b, c: b"\xef\xbb\xbf%b\n%b\n%b\n" % (a, b, c), [(1, "mark")]),
    "UTF-16": (
        lambda a, b, c: b"%b\n%b\n%b\n" % (a, b.decode().encode("utf-16"), c),
        [(2, "illegible")],
    ),
    "a list": (lambda a, b, c: b"%b\n[]\n%b\n%b\n" % (a, b, c), [(2, "illegible")]),
    "a number": (lambda a, b, c: b"%b\n%b\n%b\n17\n" % (a, b, c), [(4, "illegible")]),
    "null": (lambda a, b, c: b"null\n%b\n%b\n%b\n" % (a, b, c), [(1, "illegible")]),
    "an empty line": (lambda a, b, c: b"%b\n%b\n\n%b\n" % (a, b, c), [(3, "illegible")]),
    "an empty last line": (lambda a, b, c: b"%b\n%b\n%b\n\n" % (a, b, c), [(4, "illegible")]),
    "rubbish behind": (lambda a, b, c: b"%b\n%b #\n%b\n" % (a, b, c), [(2, "illegible")]),
    "a space behind": (lambda a, b, c: b"%b\n%b \n%b\n" % (a, b, c), [(2, "changed")]),
    "no UTF-8": (lambda a, b, c: b"%b\n%b\n%b\n\xff\xfe\n" % (a, b, c), [(4, "illegible")]),
    "NaN": (
        lambda a, b, c: b"%b\n%b\n%b\n" % (a, b.replace(b'"two"', b"NaN"), c),
        [(2, "illegible")],
    ),
    "a name twice": (
        lambda a, b, c: b"%b\n%b\n%b\n" % (a, b.replace(b'"word"', b'"schema":2,"word"'), c),
        [(2, "illegible")],
    ),
    "a long number": (
        lambda a, b, c: b"%b\n%b\n%b\n" % (a, b.replace(b"two", b"9" * 5000), c),
        [(2, "changed")],
    ),
    "deep": (lambda a, b, c: b"%b\n%b\n%b\n" % (a, b'{"a":' * 99_999, c), [(2, "illegible")]),
    "the order": (lambda a, b, c: b"%b\n%b\n%b\n" % (b, a, c), [(1, "moved"), (2, "moved")]),
    "the first": (lambda a, b, c: b"%b\n%b\n" % (b, c), [(1, "moved")]),
    "its number": (
        lambda a, b, c: b"%b\n%b\n" % (a, forged({"previous": json.loads(a)["hash"], "number": 7})),
        [(2, "moved")],
    ),
    "the one before": (
        lambda a, b, c: b"%b\n%b\n" % (a, forged({"previous": START, "number": 2})),
        [(2, "moved")],
    ),
    "a text as number": (lambda a, b, c: b"%b\n" % forged({"number": "1"}), [(1, "moved")]),
}


@pytest.mark.parametrize("change", CHANGES)
def test_a_line_that_is_not_as_it_was_written_is_named(path, change):
    changed, faults = CHANGES[change]
    path.write_bytes(changed(*(line.text for line in read_lines(path))))
    try:
        assert set(faults) <= set(found(path))
        assert found(path)[0] == faults[0]
        head(path)
    finally:
        append_line(path, {"schema": 2, "word": "four"})  # never an exception


def test_a_line_that_is_too_long_is_named_and_never_held(path, monkeypatch):
    monkeypatch.setattr(hash_chain, "MAX_LINE", 1 << 17)
    whole = path.read_bytes()
    path.write_bytes(whole + b"x" * (1 << 20) + b"\n")
    assert found(path) == [(4, "long")]
    assert max(len(line.text) for line in read_lines(path)) == (1 << 17) + 1
    path.write_bytes(whole + b"x" * (1 << 20))
    assert found(path) == [(4, "cut")]


def test_a_last_line_that_lacks_only_its_end_counts_and_gets_it_back(path):
    path.write_bytes(path.read_bytes()[:-1])
    assert found(path) == []
    assert append_line(path, {"schema": 2, "word": "four"})["number"] == 4
    assert found(path) == []
    assert len(list(read_lines(path))) == 4


def test_what_a_crash_left_is_cut_off_by_the_next_line(path):
    path.write_bytes(path.read_bytes()[:-9])
    assert append_line(path, {"schema": 2, "word": "again"})["number"] == 3
    assert found(path) == []


def test_an_object_that_no_line_holds_is_named_though_its_hash_fits(path):
    def check(data):
        if data["word"] == "two":
            raise ValueError

    assert found(path, check) == [(2, "illegible")]


def test_what_is_no_file_is_refused(tmp_path):
    with pytest.raises(CourseError, match="is no file"):
        list(read_lines(tmp_path))
    assert list(read_lines(tmp_path / "nothing")) == []
