"""Whose a submission is: names that imitate others, and the platform's own numbers."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from grader.course.matching import Matcher
from grader.course.naming import Place, read_names
from grader.course.roster import Student

ROSTER = {
    s.id: s
    for s in (
        Student("0012", "0012", "三", "张", canvas_id="101"),
        Student("0013", "0013", "四", "李", canvas_id="102"),
        Student("ann", "ann", "Ann", "Lee", canvas_id="103"),
        Student("ann2", "ann2", "Ann", "Lee", canvas_id="104"),
        Student("bob", "bob", "Bob", "O'Neil", canvas_id="105"),
        Student("eve", "eve", "Eve", "Nothing", canvas_id="777"),
        Student("s-1", "s-1", "Jan", "'t Hooft"),
    )
}


def moodle(name, number="71", **known):
    place = Place(f"{name}_{number}", "mini.ipynb", name=name, number=number)
    return Matcher(ROSTER, **known).find(place, "moodle")


def plain(name):
    return Matcher(ROSTER).find(Place(name, "mini.ipynb", name=name), "plain")


@pytest.mark.parametrize(
    ("name", "student"),
    [
        ("张三", "0012"),
        ("三 张", "0012"),
        ("Bob O'Neil", "bob"),
        ("O’NEIL  bob", "bob"),
        ("Bob O'Neil 学号bob", "bob"),
        ("0012 张三", "0012"),
        ("张三0012", "0012"),
        ("Group 1-张三", "0012"),
        ("Ann Lee ann2", "ann2"),
        ("ann2-Ann Lee", "ann2"),
        ("Jan 't Hooft", "s-1"),
        ("张\u200b三\u200f", "0012"),
    ],
)
def test_a_moodle_name_finds_its_student(name, student):
    assert moodle(name).student == student


@pytest.mark.parametrize(
    "name",
    [
        "Eve 0012",
        "Eve Nothing 0012",
        "0012",
        "００１２",
        "0\u200b0\u200b12",
        "\u200f0012",
        "0012 0013",
        "0012 李四",
        "0012 张三 李四",
        "学号0012",
        "bob",
        "BOB",
        "ann",
        "Ann Lee",
        "张三 李四",
        "张三-李四",
        "0013-张三",
        "s-1",
        "Bоb O'Neil",  # a Cyrillic letter
        "Bob O'Neil 0012",
        "Bob",
        "O'Neil",
        "",
        " ",
        "\u200b",
    ],
)
def test_a_moodle_name_that_could_be_another_persons_finds_nobody(name):
    assert moodle(name).student is None


def test_moodles_own_number_decides_where_its_table_knows_it():
    numbers = {"71": "0012", "72": "eve"}
    assert moodle("Eve 0012", "72", numbers=numbers).student == "eve"
    assert moodle("张三", "72", numbers=numbers).student == "eve"
    stranger = moodle("张三", "99", numbers=numbers)
    assert stranger.student is None
    assert "0012 has the number 71 there" in stranger.why


def test_a_number_of_an_earlier_collection_is_no_ones_else():
    assert moodle("张三", "71", before={"0012": "71"}).student == "0012"
    assert moodle("张三", "99", before={"0012": "71"}).student is None
    assert moodle("张三", "99", before={"0012": "71"}, numbers={"99": "0012"}).student == "0012"


@pytest.mark.parametrize(
    ("name", "student"),
    [
        ("0012", "0012"),
        ("00１2", "0012"),
        ("0012-张三", "0012"),
        ("bob_Bob", "bob"),
        ("BOB", "bob"),
        ("mini (bob)", "bob"),
        ("Bob O’Neil", "bob"),
        ("s-1", "s-1"),
        ("张三_0012_1", "0012"),
    ],
)
def test_a_plain_folder_finds_its_student(name, student):
    assert plain(name).student == student


@pytest.mark.parametrize(
    "name", ["0012 0013", "0012-李四", "李四0012", "100120", "Ann Lee", "eve Bob O'Neil", "٠٠١٢"]
)
def test_a_plain_folder_that_could_be_two_peoples_finds_nobody(name):
    assert plain(name).student is None


def read(*names, ids=(), platform=None):
    return read_names(names, lambda folder: folder in ROSTER, ids or ROSTER, platform)


def test_canvas_names_are_read_as_canvas_writes_them():
    names = {
        "leeann_103_901_mini.ipynb": ("leeann", "103", 901, "mini.ipynb", False, False),
        "leeann_LATE_103_902_my_file.ipynb": ("leeann", "103", 902, "my_file.ipynb", True, False),
        "leeann_103_text.html": ("leeann", "103", 0, "text.html", False, True),
        "leeann_LATE_103_link.html": ("leeann", "103", 0, "link.html", True, True),
        "103_903_mini.ipynb": ("", "103", 903, "mini.ipynb", False, False),
        "anon_a1b2c_904_mini.ipynb": ("", "", 904, "mini.ipynb", False, False),
        "anon_12345_905_mini.ipynb": ("", "", 905, "mini.ipynb", False, False),
    }
    platform, found = read(*names)
    assert platform == "canvas"
    inside = read(*(f"submissions/{name}" for name in names))
    assert (inside[0], list(inside[1].values())) == ("canvas", list(found.values()))
    assert {
        n: (p.name, p.number, p.order, p.file, p.late, p.typed) for n, (p, *_) in found.items()
    } == names


def test_every_way_to_read_a_canvas_name_is_seen():
    _, found = read("x_105_777_901_a.ipynb", platform="canvas")
    assert [(p.name, p.number, p.file) for p in found["x_105_777_901_a.ipynb"]] == [
        ("x", "105", "901_a.ipynb"),
        ("x_105", "777", "a.ipynb"),
    ]


@pytest.mark.parametrize(
    "imitation",
    [
        "Bob O'Neil_5_assignsubmission_file_/mini.ipynb",
        "boboneil_105_{}_mini.ipynb",
        "bob/{}.ipynb",
    ],
)
def test_what_lies_in_somebodys_folder_makes_no_platform(imitation):
    inside = [f"eve/{imitation.format(n)}" for n in range(50)]
    platform, found = read("0012/mini.ipynb", "0013/mini.ipynb", *inside)
    assert platform == "plain"
    assert {places[0].person for places in found.values()} == {"0012", "0013", "eve"}
    for top in (
        "张三_71_assignsubmission_file_/mini.ipynb",
        "all/张三_71_assignsubmission_file_/x",
    ):
        platform, found = read(top, *(f"{top.rpartition('/')[0]}/{name}" for name in inside))
        assert platform == "moodle"
        assert {places[0].person for places in found.values()} == {"张三_71"}


def test_a_name_that_a_platform_does_not_give_is_not_read_as_a_plain_one():
    names = ["张三_71_assignsubmission_file_/a.ipynb", "李四_72_assignsubmission_file_/a.ipynb"]
    platform, found = read(*names, "0012/mini.ipynb")
    assert (platform, found["0012/mini.ipynb"]) == ("moodle", [])


def test_the_folder_around_a_class_is_nobodys_and_a_strangers_folder_is_the_strangers():
    def persons(*names):
        return [places[0].person for places in read(*names)[1].values()]

    assert persons("all/0012/a.ipynb", "all/bob/a.ipynb") == ["0012", "bob"]
    assert persons("all/0012.ipynb", "all/bob.ipynb") == ["0012.ipynb", "bob.ipynb"]
    assert persons("stranger/a.ipynb", "stranger/b.csv") == ["stranger", "stranger"]
    assert persons("0012/a.ipynb") == ["0012"]


def test_a_schools_own_pattern_that_looks_like_canvas_is_plain():
    names = ["张三_0012_1_mini.ipynb", "李四_0013_2_mini.ipynb"]
    assert read(*names)[0] == "plain"
    assert read("zhangsan_101_1_mini.ipynb", "lisi_102_2_mini.ipynb")[0] == "canvas"


WORDS = st.sampled_from(
    ["0012", "0013", "bob", "Bob", "O'Neil", "张三", "李四", "Ann", "Lee", "eve", " ", "-", "x"]
)


@settings(deadline=None, max_examples=300)
@given(st.lists(WORDS, max_size=5).map("".join), st.sampled_from(["moodle", "plain"]))
def test_whoever_is_found_is_the_only_one_whose_id_or_name_is_there(name, platform):
    matcher = Matcher(ROSTER)
    answer = matcher.find(Place(name, "mini.ipynb", name=name, number="9"), platform)
    if answer.student is None:
        return
    student = ROSTER[answer.student]
    others = set(ROSTER) - {answer.student}
    for other in others - ({"ann", "ann2"} if student.last_name == "Lee" else set()):
        assert f" {ROSTER[other].names[1]} " not in f" {name} "
        assert f" {other} " not in f" {name} " or answer.student in name or student.names[1] in name
