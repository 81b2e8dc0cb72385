"""Groups of the city and of its streets held against everybody else: nothing else of a wave rests on them, so that
those of the streets can be made elsewhere while the figures of areas and those of the city are."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass

from analysis.arrays import FloatArray
from analysis.auxiliaries import Calibration
from analysis.case_columns import CaseColumns
from analysis.engine.figures import Asked
from analysis.engine.groups import GroupTable, group_tables
from analysis.engine.street_groups import StreetGroups, in_streets, street_groups
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


@contextmanager
def groups_meanwhile(given: Grouped) -> Iterator[Callable[[], Groups]]:
    """Calling what is given makes those of the city and waits for those of the streets; of a small wave, or with one
    processor, these are made then too."""
    large = len(given.weight) * len(given.indicators) >= _WORTH and in_streets(given.columns, given.plan)
    with elsewhere(_of_streets, [given], shared=large and processors() > 1) as streets:
        yield lambda: Groups(city=group_tables(*_parts(given)), streets=streets()[0])


def _of_streets(given: Grouped) -> dict[str, tuple[StreetGroups, ...]]:
    return street_groups(*_parts(given))


def _parts(given: Grouped) -> tuple[CaseColumns, FloatArray, Calibration | None, Sequence[Asked], AnalysisPlan]:
    return given.columns, given.weight, given.calibration, given.indicators, given.plan
