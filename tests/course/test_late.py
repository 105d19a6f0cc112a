from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from grader.course.course import open_course
from grader.course.late import LatePolicy, lateness, taken_off

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
