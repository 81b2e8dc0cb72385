"""Where whoever knocks goes next, and why: one rule for the frame on top of the list and for the words in it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from uuid import UUID

from survey_service.field.door_queries import Door
from survey_service.fieldwork import overdue


class Why(StrEnum):
    AGREED = "agreed"  # the time that was agreed on today has come
    OVERDUE = "overdue"
    ONWARDS = "onwards"  # in walking order, beyond the household that was visited last today
    WALK = "walk"  # in walking order from its beginning


@dataclass(frozen=True, slots=True)
class Late:
    """``days`` since somebody should have been there; ``quiet``: since anybody was, or since it was given to whoever
    holds it; None where a time was agreed on. Days of the city's calendar."""

    days: int
    quiet: int | None


@dataclass(frozen=True, slots=True)
class Next:
    door: Door
    why: Why
    least: int = 0  # times that those were visited among whom it is the first in walking order


def late(doors: Sequence[Door], now: datetime) -> dict[UUID, Late]:
    """Those that are overdue; ``now`` in the city's zone, whose calendar counts the days."""
    return {
        door.id: Late(overdue.days_late(due, now), None if door.appointment else _quiet(door, now))
        for door in doors
        if (due := door.overdue_since(now)) is not None
    }


def next_door(doors: Sequence[Door], lates: Mapping[UUID, Late], now: datetime) -> Next | None:
    """``doors`` in walking order. An appointment of today that is due; else whatever is overdue longest; else of those
    visited least and without an appointment the first in walking order, on from the household that was visited last
    today. ``now`` in the city's zone."""
    agreed = [(door.appointment, door) for door in doors if door.id in lates and door.appointment]
    today = [one for one in agreed if one[0].astimezone(now.tzinfo).date() == now.date()]
    if today:
        return Next(min(today, key=lambda one: one[0])[1], Why.AGREED)
    due = [(at, place) for place, door in enumerate(doors) if (at := door.overdue_since(now)) is not None]
    if due:
        return Next(doors[min(due)[1]], Why.OVERDUE)
    return _walking(doors, now)


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
