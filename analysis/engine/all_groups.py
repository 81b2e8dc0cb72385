"""Groups of the city and of its streets held against everybody else: nothing else of a wave rests on them, so that
they can be made elsewhere while the figures of areas are."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass

from analysis.arrays import FloatArray
from analysis.auxiliaries import Calibration
from analysis.case_columns import CaseColumns
from analysis.engine.figures import Asked
from analysis.engine.groups import GroupTable, group_tables
from analysis.engine.street_groups import StreetGroups, street_groups
from analysis.plan import AnalysisPlan
from analysis.second_processor import elsewhere, processors

_WORTH = 1_000_000
"""Answers (respondents by indicators) from which on another process is worth its start."""


@dataclass(frozen=True, slots=True, eq=False, kw_only=True)
class Grouped:
    """What all figures of groups are made of."""

    columns: CaseColumns
    weight: FloatArray  # (respondents,)
    calibration: Calibration | None
    indicators: Sequence[Asked]
    plan: AnalysisPlan


@dataclass(frozen=True, slots=True, eq=False, kw_only=True)
class Groups:
    """By name of the group, and by street."""

    city: dict[str, GroupTable]
    streets: dict[str, tuple[StreetGroups, ...]]


def groups_of(given: Grouped) -> Groups:
    of = (given.columns, given.weight, given.calibration, given.indicators, given.plan)
    return Groups(city=group_tables(*of), streets=street_groups(*of))


@contextmanager
def groups_meanwhile(given: Grouped) -> Iterator[Callable[[], Groups]]:
    """Calling what is given waits for them; of a small wave, or with one processor, they are made then."""
    large = len(given.weight) * len(given.indicators) >= _WORTH and bool(given.plan.groups)
    with elsewhere(groups_of, [given], shared=large and processors() > 1) as found:
        yield lambda: found()[0]
