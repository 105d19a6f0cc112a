"""Laws of whose a submission is, over drawn archives."""

from collections import Counter

from hypothesis import given, settings
from hypothesis import strategies as st

from grader.course.archive import Member
from grader.course.claims import settle
from grader.course.matching import Matcher
from grader.course.naming import read_names
from grader.course.roster import Student

ROSTER = {
    s.id: s
    for s in (
        Student("0012", "0012", "三", "张", canvas_id="101"),
        Student("bob", "bob", "Bob", "O'Neil", canvas_id="105"),
        Student("eve", "eve", "Eve", "Nothing", canvas_id="777"),
    )
}
WORDS = st.sampled_from(
    [
        *(
            "0012",
            "００12",
            "张三",
            "bob",
            "Bob O'Neil",
            "boboneil",
            "Eve Nothing",
            "evenothing",
            "BOB",
        ),
        *("x", "105", "777", "LATE", "71", "72", " ", "_", "-", "/", "\u200b", "\u200f"),
        *("_71_assignsubmission_file_", "_105_901_", "mini.ipynb", "mini-1.ipynb", "a.csv"),
    ]
)
NAMES = st.lists(st.lists(WORDS, min_size=1, max_size=5).map("".join), min_size=1, max_size=8)


@settings(deadline=None, max_examples=300)
@given(NAMES, st.sampled_from([None, "moodle", "canvas", "plain"]), st.booleans())
def test_each_file_is_one_students_or_listed_and_no_student_has_two_submissions(
    names, platform, empty
):
    students = {} if empty else ROSTER
    names = list(dict.fromkeys(names))
    members = [Member(name, 1, bytes) for name in names]
    platform, reading = read_names(names, lambda folder: folder in students, students, platform)
    claims = settle(platform, members, reading, Matcher(students), "mini")
    files = [m.name for s in claims.taken.values() for _, m in s.files]
    files += [m.name for s, _ in claims.left for _, m in s.files]
    files += [name for name, _ in claims.strange]
    assert Counter(files) == Counter(names)
    assert all(why for _, why in claims.left)
    for submission in claims.taken.values():
        folders = {place.person for place, _ in submission.files if not place.loose}
        loose = [place for place, _ in submission.files if place.loose]
        assert len(folders) + bool(loose) == 1
        assert sum(".ipynb" in place.file for place in loose) <= 1


@settings(deadline=None, max_examples=300)
@given(NAMES, st.sampled_from(["Bob O'Neil", "0012", "eve"]))
def test_whatever_is_beside_two_claims_on_one_student_neither_is_taken(names, who):
    first, second = f"{who}/mini.ipynb", f"{who} \u200b/mini.ipynb"
    names = list(dict.fromkeys([first, second, *names]))
    members = [Member(name, 1, bytes) for name in names]
    _, reading = read_names(names, lambda folder: False, ROSTER, "plain")
    claims = settle("plain", members, reading, Matcher(ROSTER), "mini")
    taken = {m.name for s in claims.taken.values() for _, m in s.files}
    assert not taken & {first, second}
