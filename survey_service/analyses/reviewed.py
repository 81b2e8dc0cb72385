"""What the statistician's page shows, as values. They are computed in another process than the server's, which takes
them in without importing the statistics."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from analysis.results import ResponseRates
from questionnaires.indicators import Indicator
from questionnaires.text import Text
from survey_service.analyses.beside_shown import BesideShown


@dataclass(frozen=True, slots=True)
class Check:
    """One diagnostic: fine or to be looked at, what was found, and in a sentence why it matters."""

    fine: bool
    name: Text
    value: str
    why: Text


@dataclass(frozen=True, slots=True)
class Bar:
    """An interval as SVG coordinates; ``mark`` is the path of the verdict's shape, "" where no point may be drawn."""

    line: str
    mark: str
    goal: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """One area in the table of one indicator. Percentages or points as printed; empty where hidden."""

    name: Text
    level: str  # city, street, community
    verdict: str  # of analysis.results.Verdict, or empty
    needed: str  # respondents from which a result could reach the target; empty where this result could
    value: str
    interval: str
    sample_size: int
    degrees_of_freedom: str
    design_effect: str
    bar: Bar | None
    change: Text | None  # since the wave before, as it may be published; None where neither may be told
    beside: str  # the same over the second base, with its respondents; empty where there is none
    hidden: Text | None  # why it will not be published: for the statistician, nowhere else
    unreliable: bool
    review: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class ModeLine:
    """One indicator of the city among those to whom a mode was assigned first; ``apart``: less the first line's."""

    name: Text
    sample_size: int
    value: str
    interval: str
    apart: Text | None  # None in the first line, and where it cannot be told


@dataclass(frozen=True, slots=True, kw_only=True)
class GroupLine:
    """One group of the city; as printed, empty where hidden."""

    name: Text
    sample_size: int
    value: str
    interval: str
    unreliable: bool
    hidden: Text | None  # why it will not be published
    apart: Text | None  # less everybody else; None where it may not be told


@dataclass(frozen=True, slots=True, kw_only=True)
class GroupFigures:
    """The groups of one kind; ``together``: whether they differ at all."""

    kind: Text
    lines: tuple[GroupLine, ...]
    together: Text | None


@dataclass(frozen=True, slots=True, kw_only=True)
class HeldLine:
    """One area against what it is part of, and the ranks that it may have; "" and None where not told."""

    name: Text
    level: str  # street, community
    to_street: Text | None
    to_city: Text | None
    rank: str


@dataclass(frozen=True, slots=True, kw_only=True)
class HeldAgainst:
    """Areas by one indicator, and which items of its group cannot be told from the lowest of the city."""

    lines: tuple[HeldLine, ...]
    items: Text | None


@dataclass(frozen=True, slots=True, kw_only=True)
class TrendLine:
    """One area over the waves: each figure as that wave printed it, empty where it showed none or did not ask."""

    name: Text
    level: str
    values: tuple[str, ...]
    since_first: Text | None


@dataclass(frozen=True, slots=True, kw_only=True)
class TrendTable:
    """``breaks``: per wave, why it is not compared with those before it; None where it is. ``first``: name of the wave
    that ``since_first`` of the lines is from; None where that is the wave before."""

    waves: tuple[Text, ...]
    breaks: tuple[Text | None, ...]
    first: Text | None
    lines: tuple[TrendLine, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Figures:
    """The table of one indicator."""

    indicator: Indicator
    target: str
    unit: Text
    since: Text | None  # name of the wave that change is from; None where there is none
    second_base: Text | None  # its name, where the indicator has one
    ticks: tuple[tuple[str, str, str], ...]  # x, anchor, words
    judged: int  # areas of which a verdict was asked
    wrong: str  # verdicts that chance alone would get wrong, were every level exactly the target
    lines: tuple[Line, ...]
    modes: tuple[ModeLine, ...] = ()  # none where all were asked in one
    groups: tuple[GroupFigures, ...] = ()  # of the city, where the plan asks for them
    street_groups: tuple[tuple[Text, tuple[Text, ...]], ...] = ()  # street, and a sentence for each kind of group
    held: HeldAgainst | None = None  # figures against each other
    trend: TrendTable | None = None  # None where no wave before asked for it


@dataclass(frozen=True, slots=True, kw_only=True)
class Review:
    """The page's own part; ``figures`` is None until somebody has opened them."""

    checks: Sequence[Check]
    rates: ResponseRates
    recorded: bool
    version: Any
    indicators: Sequence[Indicator]
    figures: Figures | None
    beside: BesideShown | None  # with the figures
    snapshot: str
    rows_key: str  # of the rows that it was computed from
    plan_sha256: str
