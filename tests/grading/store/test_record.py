import json
from dataclasses import asdict

import pytest

from grader.course.course import Course
from grader.errors import CourseError
from grader.grading.store.blobs import NotKept, keep, kept, kept_questions
from grader.grading.store.hash_chain import append_line
from grader.grading.store.record import (
    START,
    Entry,
    append,
    broken,
    head,
    read_entries,
    read_record,
    record_path,
    results_hash,
)


@pytest.fixture
def course(tmp_path):
    return Course(path=tmp_path, course_id="c", language="en", exercises=tmp_path)


def entry(student="ann", exercise="mini", **rest):
    empty = dict.fromkeys(("notebook", "key", "submission", "material", "grader", "model"), "")
    return Entry(
        student, exercise, **empty, variant_id=student, verdicts={}, stock={}, written={}, **rest
    )


def lines(course):
    return record_path(course).read_bytes().splitlines()


def write(course, lines):
    record_path(course).write_bytes(b"".join(line + b"\n" for line in lines))


def test_each_entry_names_the_one_before(course):
    first, second = append(course, entry()), append(course, entry("bob"))
    assert (first.number, first.previous) == (1, START)
    assert (second.number, second.previous) == (2, first.hash)
    assert head(course) == second.hash
    assert broken(course) is None
    assert list(read_entries(course)) == [first, second]


def test_an_empty_record_is_whole(course):
    assert (head(course), broken(course), read_record(course, "mini")) == (START, None, {})


def test_the_last_entry_of_a_student_is_the_present_grade(course):
    append(course, entry(seconds=1.0))
    append(course, entry(exercise="maxi"))
    again = append(course, entry(seconds=2.0))
    assert read_record(course, "mini") == {"ann": again}


@pytest.mark.parametrize(
    ("change", "found"),
    [
        (
            lambda a, b, c: [a, b.replace(b'"confined":false', b'"confined":true'), c],
            (2, "changed"),
        ),
        (lambda a, b, c: [a, c], (2, "moved")),
        (lambda a, b, c: [a, c, b], (2, "moved")),
        (lambda a, b, c: [a, b, b, c], (3, "moved")),
        (lambda a, b, c: [a, b[:50], c], (2, "illegible")),
        (lambda a, b, c: [b"[]", b, c], (1, "illegible")),
        (lambda a, b, c: [a, json.dumps({"schema": 2}).encode(), c], (2, "changed")),
    ],
)
def test_the_first_entry_that_was_tampered_with_is_named(course, change, found):
    for student in ("ann", "bob", "eve"):
        append(course, entry(student))
    write(course, change(*lines(course)))
    assert broken(course) == found


def test_an_entry_written_anew_with_its_hash_is_found_by_the_next(course):
    for student in ("ann", "bob"):
        append(course, entry(student))
    _, second = lines(course)
    record_path(course).unlink()
    append(course, entry("mal"))
    write(course, [*lines(course), second])
    assert broken(course) == (2, "moved")


def test_what_a_crash_left_of_an_entry_is_no_entry_and_the_next_takes_its_place(course):
    append(course, entry())
    whole = record_path(course).read_bytes()
    append(course, entry("bob"))
    torn = record_path(course).read_bytes()[:-20]
    record_path(course).write_bytes(torn)
    assert list(read_record(course, "mini")) == ["ann"]
    assert broken(course) is None
    append(course, entry("eve"))
    assert record_path(course).read_bytes().startswith(whole)
    assert list(read_record(course, "mini")) == ["ann", "eve"]
    assert broken(course) is None


def test_a_line_longer_than_a_block_is_found_from_the_end(course):
    first = append(course, entry(fault="x" * 200_000))
    assert append(course, entry("bob")).previous == first.hash


def test_a_record_from_before_the_chain_goes_on_as_one(course):
    old = asdict(entry(schema=1))
    for name in ("hash", "previous", "number"):
        del old[name]
    write(course, [json.dumps(old).encode()])
    append(course, entry("bob"))
    assert broken(course) is None
    assert list(read_record(course, "mini")) == ["ann", "bob"]
    write(course, [lines(course)[0].replace(b"ann", b"eve"), lines(course)[1]])
    assert broken(course) == (2, "moved")


@pytest.mark.parametrize(
    "change",
    [
        {"verdicts": []},
        {"verdicts": {"a": 1}},
        {"stock": {"a": {}}},
        {"confined": 1},
        {"seconds": "1"},
        {"kernels": True},
        {"notes": {}},
        {"cause": None},
        {"student": 7},
    ],
)
def test_a_line_whose_fields_are_of_another_kind_is_no_entry_and_is_named(course, caplog, change):
    append(course, entry())
    data = asdict(entry("mal")) | change
    for name in ("hash", "previous", "number"):
        del data[name]
    append_line(record_path(course), data)  # its hash fits
    append(course, entry("eve"))
    assert list(read_record(course, "mini")) == ["ann", "eve"]
    assert ":2 cannot be read" in caplog.text
    assert broken(course) == (2, "illegible")


def test_a_newer_graders_record_is_refused(course):
    write(course, [json.dumps(asdict(entry(schema=99))).encode()])
    with pytest.raises(CourseError, match="newer grader"):
        read_record(course, "mini")


def test_results_hash_forgets_time_and_place_and_nothing_else(course):
    append(course, entry(seconds=1.0, worker="a", at="then"))
    before = results_hash(course, "mini")
    append(course, entry(seconds=2.0, worker="b", at="now"))
    assert results_hash(course, "mini") == before
    append(course, entry(stored="x"))
    assert results_hash(course, "mini") != before


def test_what_is_kept_comes_back_by_its_hash(course):
    name = keep(course, b"answers")
    assert keep(course, b"answers") == name
    assert kept(course, name) == b"answers"


@pytest.mark.parametrize("damage", [lambda p: p.unlink(), lambda p: p.write_bytes(b"x")])
def test_what_is_kept_no_more_says_so(course, damage):
    name = keep(course, b"{}")
    damage(course.path / "kept" / name[:2] / f"{name}.z")
    with pytest.raises(NotKept, match="missing or damaged"):
        kept_questions(course, name)
