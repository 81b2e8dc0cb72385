"""Where whoever knocks goes next, and why: one rule for the frame on top of the list and for the words in it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from math import ceil
from typing import ClassVar, Final
from uuid import UUID

from survey_service.field.door_queries import Door
from survey_service.fieldwork import overdue

LEAD: Final = timedelta(minutes=60)  # before an appointment, in which no other household is led to


class Why(StrEnum):
    AGREED = "agreed"  # the time that was agreed on today comes within ``LEAD``, or came and has not passed
    PASSED = "passed"  # it passed today
    OVERDUE = "overdue"
    ONWARDS = "onwards"  # in walking order, beyond the household that was visited last today
    WALK = "walk"  # in walking order from its beginning


@dataclass(frozen=True, slots=True)
class Late:
    """``days`` since somebody should have been there; ``quiet``: since anybody was, or since it was given to whoever
    holds it; None where a time was agreed on. Days of the city's calendar."""

    limit: ClassVar = overdue.QUIET_DAYS

    days: int
    quiet: int | None


@dataclass(frozen=True, slots=True)
class Next:
    door: Door
    why: Why
    least: int = 0  # times that those were visited among whom it is the first in walking order
    minutes: int = 0  # until the appointment, the last begun one counted; not above 0 once its time has come


def late(doors: Sequence[Door], now: datetime) -> dict[UUID, Late]:
    """Those that are overdue; ``now`` in the city's zone, whose calendar counts the days."""
    return {
        door.id: Late(overdue.days_late(due, now), None if door.appointment else _quiet(door, now))
        for door in doors
        if (due := door.overdue_since(now)) is not None
    }


def next_door(doors: Sequence[Door], lates: Mapping[UUID, Late], now: datetime) -> Next | None:
    """``doors`` in walking order. The first appointment of today that can still be kept and comes within ``LEAD``; else
    the first that passed today; else whatever is overdue longest; else of those visited least and without an
    appointment the first in walking order, on from the household that was visited last today. ``now`` in the city's
    zone."""
    today = agreed_today(doors, now)
    soon = [one for one in today if one[1].id not in lates and one[0] <= now + LEAD]
    if soon:
        return Next(soon[0][1], Why.AGREED, minutes=ceil((soon[0][0] - now) / timedelta(minutes=1)))
    passed = [one for one in today if one[1].id in lates]
    if passed:
        return Next(passed[0][1], Why.PASSED)
    due = [(at, place) for place, door in enumerate(doors) if (at := door.overdue_since(now)) is not None]
    if due:
        return Next(doors[min(due)[1]], Why.OVERDUE)
    return _walking(doors, now)


def agreed_today(doors: Sequence[Door], now: datetime) -> list[tuple[datetime, Door]]:
    """Appointments of today at households that wait, the earliest in front, with the local times; those passed too."""
    agreed = [(door.appointment.astimezone(now.tzinfo), door) for door in doors if door.appointment and not door.done]
    return sorted((one for one in agreed if one[0].date() == now.date()), key=lambda one: one[0])


def _walking(doors: Sequence[Door], now: datetime) -> Next | None:
    free = [place for place, door in enumerate(doors) if not door.done and not door.appointment]
    if not free:
        return None
    least = min(len(doors[place].visits) for place in free)
    fresh = [place for place in free if len(doors[place].visits) == least]
    here = _last_today(doors, now)
    beyond = [place for place in fresh if here is not None and place > here]
    return Next(doors[(beyond or fresh)[0]], Why.ONWARDS if beyond else Why.WALK, least)


def _last_today(doors: Sequence[Door], now: datetime) -> int | None:
    visited = [
        (door.last_visit_at, place)
        for place, door in enumerate(doors)
        if door.last_visit_at and door.last_visit_at.astimezone(now.tzinfo).date() == now.date()
    ]
    return max(visited)[1] if visited else None


def _quiet(door: Door, now: datetime) -> int | None:
    return overdue.days_late(door.since, now) if door.since else None
