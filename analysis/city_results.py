"""What is told of the whole city beside its figures, after the publication rule: frozen values, in the digits that are
printed. ``analysis.published_beside`` makes them; reports take them without knowing statistics."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class Priority(StrEnum):
    """An item by what goes with it and how it is done, each against the mean of all items."""

    MEND_FIRST = "mend_first"  # 优先改进: matters more than the mean, done worse
    KEEP = "keep"  # 继续保持: matters more, done better
    WATCH = "watch"  # 次要改进: matters less, done worse
    ENOUGH = "enough"  # 维持现状: matters less, done better


def priority_of(matters: bool, done_well: bool) -> Priority:
    if matters:
        return Priority.KEEP if done_well else Priority.MEND_FIRST
    return Priority.ENOUGH if done_well else Priority.WATCH


@dataclass(frozen=True, slots=True, kw_only=True)
class ModeFigure:
    """A figure among those to whom a mode was dealt first; ``difference`` is less that of the mode with most
    respondents, None in that one."""

    mode: str
    sample_size: int
    value: float
    difference: float | None = None
    low: float | None = None
    high: float | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class ModeEffect:
    """One headline by the mode that was dealt by lot: what asking otherwise does. ``digits`` as of a cell."""

    variable: str
    digits: int | None
    figures: tuple[ModeFigure, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class DriverFigure:
    """One item. ``share`` of the rate's variance that goes with it, in 0..1; ``priority`` only where that can be told
    from the mean of all items, and the items explain enough to speak of."""

    variable: str
    share: float
    low: float
    high: float
    performance: float  # the item's figure of the city, as printed
    priority: Priority | None


@dataclass(frozen=True, slots=True, kw_only=True)
class DriverFigures:
    """What goes with a rate: an association within people, no cause. The item with the largest share comes first."""

    outcome: str
    explained: float
    low: float
    high: float
    respondents: int  # who answered all of it
    judged: int  # who are in the rate's base
    items: tuple[DriverFigure, ...]
    left_out: tuple[str, ...]  # items of which nothing is said


@dataclass(frozen=True, slots=True, kw_only=True)
class SensitivityValue:
    variable: str
    value: float
    difference: float  # less the published figure


@dataclass(frozen=True, slots=True, kw_only=True)
class SensitivityFigures:
    """The headlines of the city with one step taken otherwise. ``left_out``: respondents who do not count in it."""

    kind: str  # of analysis.plan.Sensitivity
    left_out: int
    values: tuple[SensitivityValue, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class OpenShare:
    """Of the answers by open codes that are in an indicator's base. No sample: no error, and no weight."""

    variable: str
    answers: int
    value: float


@dataclass(frozen=True, slots=True, kw_only=True)
class CityResults:
    """Everything beside; empty where there is nothing to tell."""

    modes: tuple[ModeEffect, ...] = ()
    drivers: DriverFigures | None = None
    sensitivities: tuple[SensitivityFigures, ...] = ()
    open_answers: int = 0
    open_shares: tuple[OpenShare, ...] = ()
