from datetime import UTC, datetime, timedelta, timezone
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from grader.course.course import open_course
from grader.course.late import Lateness, LatePolicy, lateness, read_zone, taken_off
from grader.errors import CourseError

DUE = datetime(2026, 12, 1, 23, 59, tzinfo=UTC)
POLICIES = st.builds(
    LatePolicy,
    policy=st.sampled_from(["none", "per day", "cut-off"]),
    per_day=st.floats(0, 1),
    most=st.floats(0, 1),
    grace_minutes=st.floats(0, 600),
    cut_off_days=st.none() | st.floats(0, 30),
)
AFTER = st.timedeltas(timedelta(days=-3), timedelta(days=60))
POINTS = st.floats(0, 100).map(lambda x: round(x, 2))


def off(policy, points, after, due=DUE):
    return taken_off(policy, points, lateness(DUE + after, due, policy))


@settings(deadline=None)
@given(POLICIES, POINTS, AFTER)
def test_lateness_never_takes_more_than_the_points_nor_gives_any(policy, points, after):
    assert 0 <= off(policy, points, after) <= points


@settings(deadline=None)
@given(POLICIES, POINTS, AFTER, AFTER)
def test_later_never_costs_less(policy, points, one, other):
    early, late = sorted([one, other])
    assert off(policy, points, early) <= off(policy, points, late)


@settings(deadline=None)
@given(POLICIES, POINTS, AFTER, st.timedeltas(timedelta(0), timedelta(days=30)))
def test_an_extension_never_costs(policy, points, after, extension):
    assert off(policy, points, after, DUE + extension) <= off(policy, points, after)


@settings(deadline=None)
@given(POLICIES, POINTS, AFTER)
def test_in_time_costs_nothing_and_no_policy_takes_nothing(policy, points, after):
    assert off(policy, points, -abs(after)) == 0
    assert off(LatePolicy("none"), points, after) == 0


@pytest.mark.parametrize(
    ("policy", "after", "expected"),
    [
        (LatePolicy("per day", per_day=0.1), timedelta(minutes=1), 1),
        (LatePolicy("per day", per_day=0.1), timedelta(days=2), 2),
        (LatePolicy("per day", per_day=0.1), timedelta(days=2, seconds=1), 3),
        (LatePolicy("per day", per_day=0.1, most=0.5), timedelta(days=20), 5),
        (LatePolicy("per day", per_day=0.1, cut_off_days=7), timedelta(days=8), 10),
        (LatePolicy("per day", grace_minutes=10), timedelta(minutes=10), 0),
        (LatePolicy("cut-off"), timedelta(seconds=1), 10),
        (LatePolicy("cut-off", cut_off_days=1), timedelta(hours=23), 0),
        (LatePolicy("cut-off", cut_off_days=1), timedelta(days=1), 0),
        (LatePolicy("cut-off", cut_off_days=1), timedelta(days=1, seconds=1), 10),
        (LatePolicy("cut-off", cut_off_days=2), timedelta(days=1, hours=12), 0),
        (LatePolicy("per day", per_day=0.1, cut_off_days=7), timedelta(days=7), 7),
        (LatePolicy("per day", per_day=0.1, cut_off_days=7), timedelta(days=7, seconds=1), 10),
        (LatePolicy("per day", per_day=0.3, most=2.0), timedelta(days=5), 10),
        (LatePolicy("per day", per_day=0.1), timedelta(0), 0),
        # Within the grace nothing is late; after it lateness counts from the due time.
        (LatePolicy("per day", grace_minutes=10), timedelta(minutes=10, seconds=1), 1),
        (LatePolicy("per day", grace_minutes=1440), timedelta(days=1, seconds=1), 2),
    ],
)
def test_what_each_policy_takes_off_ten_points(policy, after, expected):
    assert off(policy, 10, after) == expected


def test_a_time_that_nobody_knows_costs_nothing_and_is_told():
    policy = LatePolicy("per day")
    assert lateness(None, DUE, policy).status == "unknown"
    assert lateness(None, DUE, policy, told=True).status == "late"
    assert lateness(None, DUE, policy, told=False).status == "on time"
    assert lateness(DUE, None, policy).status == "no due date"
    assert taken_off(policy, 10, lateness(None, DUE, policy, told=True)) == 0


def test_what_is_taken_off_has_two_decimals():
    policy = LatePolicy("per day", per_day=0.1)
    assert off(policy, 3.37, timedelta(days=1)) == 0.34
    assert off(policy, 3.32, timedelta(days=1)) == 0.33


def test_of_less_than_nothing_nothing_is_taken():
    assert off(LatePolicy("cut-off"), -1, timedelta(days=1)) == 0


def test_what_is_on_time_is_late_by_no_second():
    policy = LatePolicy("per day", grace_minutes=1)
    assert lateness(DUE + timedelta(seconds=60), DUE, policy) == Lateness("on time", 0.0)
    assert lateness(DUE + timedelta(seconds=61), DUE, policy) == Lateness("late", 61.0)
    assert lateness(None, DUE, policy, told=False) == Lateness("on time", 0.0)
    assert lateness(None, DUE, policy, told=True) == Lateness("late", None)


@pytest.mark.parametrize(
    ("seconds", "days"), [(None, None), (0.0, 0), (1.0, 1), (86400.0, 1), (86401.0, 2)]
)
def test_a_day_counts_from_its_first_second(seconds, days):
    assert Lateness("late", seconds).days == days


@pytest.mark.parametrize(
    ("name", "zone"),
    [
        ("UTC", UTC),
        ("+08:00", timezone(timedelta(hours=8))),
        ("-03:30", timezone(timedelta(hours=-3, minutes=-30))),
        ("+00:01", timezone(timedelta(minutes=1))),
        ("+23:59", timezone(timedelta(hours=23, minutes=59))),
        ("Asia/Shanghai", ZoneInfo("Asia/Shanghai")),
    ],
)
def test_a_zone_is_an_offset_or_a_name(name, zone):
    assert read_zone(name) == zone


@pytest.mark.parametrize(
    "name", ["+24:00", "-24:00", "8", "+8:00", "x+08:00", "+08:00x", "Mars", ""]
)
def test_what_is_no_zone_is_told_with_one_that_is(name):
    with pytest.raises(CourseError, match=r'no time zone .* write an offset, .*"[+]08:00"'):
        read_zone(name)


HEAD = 'course_id = "a"\nlanguage = "en"\nexercises = "."\n'


def test_a_due_time_is_in_the_courses_zone_and_an_extension_is_the_students_own(tmp_path):
    (tmp_path / "source" / "one").mkdir(parents=True)
    (tmp_path / "course.toml").write_text(
        HEAD + 'timezone = "+08:00"\n[due]\none = 2026-12-02 07:59:00\n'
        '[extension."007"]\none = 2026-12-05T00:00:00Z\n[late]\npolicy = "per day"\n'
    )
    course = open_course(tmp_path)
    assert course.due_for("one", "ann") == DUE
    assert course.due_for("one", "007") == datetime(2026, 12, 5, tzinfo=UTC)
    assert course.due_for("two", "007") is None
    assert course.late.policy == "per day"
