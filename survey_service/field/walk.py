"""Cases in the order of walking, and the list on paper that goes along."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import groupby
from typing import Protocol
from uuid import UUID

from questionnaires.text import Text
from reports.walk_lists.content import Grid, Household, Round
from survey_service.field.case_list import CaseRow
from survey_service.field.queries import WHOLE
from survey_service.fieldwork.overdue import WAITS
from survey_service.fieldwork.words import CLASSES, outcome_words
from survey_service.models import ListedUnit, Survey, Wave
from survey_service.sampling.unit_words import UNITS
from survey_service.services import Services
from survey_service.surveys.planning_queries import walked

NOT_YET = Text("还没去过", "not visited")


def in_order(rows: Sequence[CaseRow], places: Mapping[str, int]) -> list[CaseRow]:
    """By community, grid and order of walking; by number where the list had no doors, and nobody knows that order."""
    order = {name: place for place, name in enumerate(dict.fromkeys(row.community_zh for row in rows))}
    return sorted(rows, key=lambda row: (order[row.community_zh], walked(row.grid, places.get(row.number), row.number)))


class InGrid(Protocol):
    """A case of any list."""

    @property
    def grid(self) -> tuple[str, str]: ...
    @property
    def community_zh(self) -> str: ...


def code_of(grid: tuple[str, str]) -> str:
    """The grid that was drawn, else the stratum."""
    stratum, psu = grid
    return psu or stratum


@dataclass(frozen=True, slots=True)
class GridNames:
    """What grids are called. ``by_code``: those of the tree of areas; else a grid is called what its list calls it."""

    by_code: Mapping[str, Text]

    def of(self, name: str) -> Text:
        """Empty for a community that is one list: beside a household its grid is told, or nothing."""
        found = self.by_code.get(name, Text(name, name))
        return Text("", "") if _is_id(name) or found is WHOLE else found

    def __call__(self, row: InGrid) -> Text:
        """Empty where a community is one list."""
        name = code_of(row.grid)
        return Text("", "") if name == row.community_zh else self.of(name)


def grids(rows: Sequence[CaseRow], doors: Mapping[str, str], named: GridNames, unit: ListedUnit) -> list[Grid]:
    """``rows`` in their order, a list for every grid."""
    together = groupby(rows, key=lambda row: (row.community_zh, row.grid))
    return [_grid(list(many), doors, named, unit) for _, many in together]


def about(survey: Survey, wave: Wave, running: Services, now: datetime, language: str) -> Round:
    return Round(
        title=Text(survey.title_zh, survey.title_en),
        wave=Text(wave.name_zh, wave.name_en),
        printed_at=now.astimezone(running.settings.zone),
        language=language,
    )


def draw(running: Services, round_: Round, lists: Sequence[Grid]) -> bytes:
    """Called by name in the process beside the server."""
    from reports.walk_lists.drawing import walk_list_pdf

    return walk_list_pdf(round_, lists, settings=running.settings.type_settings)


def _grid(rows: Sequence[CaseRow], doors: Mapping[str, str], named: GridNames, unit: ListedUnit) -> Grid:
    first = rows[0]
    return Grid(
        community=Text(first.community_zh, first.community_en),
        name=named(first),
        counted=UNITS[unit].counted(len(rows)),
        households=[
            Household(
                number=row.number,
                door=doors.get(row.number, ""),
                told=_told(row, unit),
                settled=row.disposition not in WAITS,
                visits=row.visits,
            )
            for row in rows
        ],
    )


def _told(row: CaseRow, unit: ListedUnit) -> Text:
    if row.disposition in WAITS and not row.visits and row.outcome_code is None:
        return NOT_YET
    said = outcome_words(row.outcome_code, row.outcome_mode, unit) if row.outcome_code and row.outcome_mode else None
    return said or CLASSES[row.disposition]


def _is_id(name: str) -> bool:
    try:
        UUID(name)
    except ValueError:
        return False
    return True
