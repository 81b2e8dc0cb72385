"""Sectors: the services that a questionnaire has rated one by one, each of which gets the city's figures of its own.

A definition says which they are by listing their indicators in a group of ``GROUPS``: 供电 is its rate, and whatever
else is made of the same question, as a score.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final

from questionnaires.indicators import Indicator, beside_of
from questionnaires.text import Text

GROUPS: Final = ("must_check", "sectors")
BESIDE: Final = "~"  # between the code of an area and the id of a sector in it


@dataclass(frozen=True, slots=True)
class Sector:
    """``indicators``: the one by which it is held against the others of its group, then what else is made of the same
    question."""

    id: str
    name: Text
    indicators: tuple[Indicator, ...]
    among: tuple[Indicator, ...]  # that one of every sector of its group, in the order of the questionnaire


def sectors_of(indicators: Iterable[Indicator]) -> tuple[Sector, ...]:
    """Those that a questionnaire with these indicators rates, in their order."""
    every = [one for one in indicators if beside_of(one.id) is None]
    groups = {group: tuple(one for one in every if one.group == group) for group in GROUPS}
    return tuple(
        Sector(
            id=one.id,
            name=one.name,
            indicators=(one, *(each for each in every if each is not one and _of_same_question(each, one))),
            among=groups[group],
        )
        for one in every
        for group in GROUPS
        if one.group == group
    )


def sector_code(area_code: str, sector: str) -> str:
    """By which its sheet is addressed: 330100~power; the area's own without a sector."""
    return f"{area_code}{BESIDE}{sector}" if sector else area_code


def _of_same_question(each: Indicator, one: Indicator) -> bool:
    return bool(one.variables) and each.group not in (None, *GROUPS) and each.variables == one.variables
