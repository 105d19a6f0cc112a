"""Handing in late: when something was due, how late it came, what that takes off. Pure functions.

Points say how good an answer is. What lateness takes off is told apart from them, everywhere.
"""

import math
import re
import zoneinfo
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta, timezone, tzinfo

from grader.errors import CourseError

DAY = 24 * 60 * 60
POLICIES = ("none", "per day", "cut-off")


@dataclass(frozen=True)
class LatePolicy:
    """``[late]`` of course.toml."""

    policy: str = "none"
    """``none`` takes nothing off, ``per day`` a share for each day begun, ``cut-off`` all."""
    per_day: float = 0.1
    """The share of the points that each day begun takes off."""
    most: float = 1.0
    """The largest share that days take off."""
    grace_minutes: float = 0.0
    """Within these nothing is late; after them lateness counts from the due time."""
    cut_off_days: float | None = None
    """Later than this nothing counts; None: never, but for the policy ``cut-off``: at once."""


@dataclass(frozen=True)
class Lateness:
    """How late one submission is."""

    status: str
    """``on time``, ``late``, ``unknown`` (no hand-in time) or ``no due date``."""
    seconds: float | None = None
    """After the due time; None for what is late by an unknown time, or not known to be late."""

    @property
    def days(self) -> int | None:
        """Days begun after the due time."""
        return None if self.seconds is None else math.ceil(self.seconds / DAY)


def lateness(
    handed_in: datetime | None,
    due: datetime | None,
    policy: LatePolicy,
    told: bool | None = None,
) -> Lateness:
    """Return how late something is that was handed in then.

    Args:
        handed_in: with a time zone; None where nobody knows.
        due: with a time zone, an extension counted in; None where there is no due time.
        policy: for its grace.
        told: what the platform says without a time: late or not; None where it says nothing.
    """
    if due is None:
        return Lateness("no due date")
    if handed_in is None:
        if told is None:
            return Lateness("unknown")
        return Lateness("late") if told else Lateness("on time", 0.0)
    seconds = (handed_in - due).total_seconds()
    if seconds <= policy.grace_minutes * 60:
        return Lateness("on time", 0.0)
    return Lateness("late", seconds)


def taken_off(policy: LatePolicy, points: float, late: Lateness) -> float:
    """Return what lateness takes off `points`: 0..points, two decimals.

    Late by an unknown time takes nothing off: a person decides, and is told.
    """
    if policy.policy == "none" or late.status != "late" or late.seconds is None:
        return 0.0
    points = max(points, 0.0)
    limit = policy.cut_off_days
    if policy.policy == "cut-off":
        limit = limit or 0.0
    if limit is not None and late.seconds > limit * DAY:
        return points
    if policy.policy == "cut-off":
        return 0.0
    share = min(policy.per_day * (late.days or 0), policy.most, 1.0)
    return min(round(points * share, 2), points)


def read_zone(name: str) -> tzinfo:
    """Return the time zone of a name (``Asia/Shanghai``) or an offset (``+08:00``).

    Raises:
        CourseError: there is none of that name here.
    """
    found = re.fullmatch(r"([+-])(\d\d):(\d\d)", name)
    if found:
        minutes = int(found[2]) * 60 + int(found[3])
        if minutes < 24 * 60:
            return timezone(timedelta(minutes=minutes if found[1] == "+" else -minutes))
    if name == "UTC":
        return UTC
    try:
        return zoneinfo.ZoneInfo(name)
    except (zoneinfo.ZoneInfoNotFoundError, ValueError, TypeError, OSError):
        raise CourseError(
            f'there is no time zone "{name}" on this machine; write an offset, for example '
            'timezone = "+08:00".'
        ) from None
