"""A list of households to draw from: number, community, grid, adults, door. No name and no telephone is read."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from enum import unique
from typing import Final
from uuid import UUID

from survey_service.models import Area
from survey_service.sampling.households import Households
from survey_service.surveys import household_doors
from survey_service.tabular.problems import ProblemKind, TableProblem, by_cause, excerpt
from survey_service.uploads.records import Column, Record

COLUMNS: Final = (
    Column(name="household", heads=("户编号", "编号", "户号", "household", "unit"), needed=True),
    Column(name="community", heads=("社区代码", "社区", "代码", "community", "code"), needed=True),
    Column(name="grid", heads=("网格", "网格代码", "网格号", "grid")),
    Column(name="adults", heads=("成年人数", "成年人", "18岁以上人数", "adults")),
)
LONGEST: Final = 40  # characters of a household's number and of a grid
MOST_ADULTS: Final = 20


@unique
class InHouseholds(ProblemKind):
    NO_NUMBER = (
        "户编号要写，最多 40 个字[[，这里是“{seen}”]]",
        "每一户用自己的编号。",
        "a number of at most 40 characters is needed[[, this is “{seen}”]]",
        "Every household has its own number.",
    )
    TWICE = (
        "户编号“{seen}”和第 {other} 行相同",
        "同一户只留一行。",
        "“{seen}” is the number of row {other} too",
        "Keep one row for each household.",
    )
    NO_COMMUNITY = (
        "“{seen}”不是这一期的社区",
        "写社区的代码，或者和系统里一样的名称。",
        "“{seen}” is no community of this wave",
        "Write its code, or its name as it stands here.",
    )
    GRID_IN_TWO = (
        "网格“{seen}”在第 {other} 行属于另一个社区",
        "一个网格只在一个社区里。",
        "grid “{seen}” lies in another community in row {other}",
        "A grid lies in one community.",
    )
    SOME_WITHOUT_GRID = (
        "这一行没有写网格，别的行写了",
        "要么都写，要么都不写。",
        "no grid is written here, and others have one",
        "Write it in every row, or in none.",
    )
    NO_ADULTS = (
        "“{seen}”不是成年人数",
        "写 1 到 20 的整数；不知道各户人数，就整列都不要。",
        "“{seen}” is no number of adults",
        "Write a whole number from 1 to 20; where it is not known, leave the whole column out.",
    )


def by_code_and_name(areas: Sequence[Area]) -> dict[str, UUID]:
    """Codes, and the names that only one community has."""
    names = Counter(area.name_zh for area in areas)
    known = {area.name_zh: area.id for area in areas if names[area.name_zh] == 1}
    return known | {area.code: area.id for area in areas}


def judge_households(
    records: Sequence[Record], known: Mapping[str, UUID]
) -> tuple[Households | None, list[TableProblem]]:
    """The list, or every problem. ``known``: communities of the wave by code and by name."""
    reader = _Reader(known, any(one.get("grid") for one in records), any(one.get("adults") for one in records))
    rows = [reader.row(record) for record in records]
    doors = [household_doors.door_of(record) for record in records]
    reader.problems += household_doors.judge_column(records, doors)
    for record, door in zip(records, doors, strict=True):
        reader.problems += household_doors.judge_door(record, door)
    if reader.problems:
        return None, by_cause(reader.problems)
    kept = [row for row in rows if row is not None]
    return (
        Households(
            units=tuple(row[0] for row in kept),
            communities=tuple(row[1] for row in kept),
            grids=tuple(row[2] for row in kept) if reader.with_grids else None,
            adults=tuple(row[3] for row in kept) if reader.with_adults else None,
            doors=tuple(doors) if any(doors) else None,
        ),
        [],
    )


class _Reader:
    def __init__(self, known: Mapping[str, UUID], with_grids: bool, with_adults: bool) -> None:
        self.known, self.with_grids, self.with_adults = known, with_grids, with_adults
        self.problems: list[TableProblem] = []
        self._first: dict[str, int] = {}
        self._home: dict[str, tuple[UUID, int]] = {}

    def row(self, record: Record) -> tuple[str, UUID, str, int] | None:
        before = len(self.problems)
        unit, grid = record.get("household").strip(), record.get("grid").strip()
        if not unit or len(unit) > LONGEST:
            self._tell(record, InHouseholds.NO_NUMBER, "household", seen=excerpt(unit))
        elif (first := self._first.setdefault(unit.upper(), record.row)) != record.row:
            self._tell(record, InHouseholds.TWICE, "household", seen=excerpt(unit), other=first)
        community = self.known.get(record.get("community").strip())
        if community is None:
            self._tell(record, InHouseholds.NO_COMMUNITY, "community", seen=excerpt(record.get("community")))
        elif self.with_grids:
            self._grid(record, grid, community)
        adults = self._adults(record)
        if len(self.problems) > before or community is None:
            return None
        return unit, community, grid, adults

    def _grid(self, record: Record, grid: str, community: UUID) -> None:
        if not grid or len(grid) > LONGEST:
            self._tell(record, InHouseholds.SOME_WITHOUT_GRID, "grid")
            return
        home, first = self._home.setdefault(grid, (community, record.row))
        if home != community:
            self._tell(record, InHouseholds.GRID_IN_TWO, "grid", seen=excerpt(grid), other=first)

    def _adults(self, record: Record) -> int:
        if not self.with_adults:
            return 0
        typed = record.get("adults").strip()
        if typed.isascii() and typed.isdigit() and 1 <= int(typed) <= MOST_ADULTS:
            return int(typed)
        self._tell(record, InHouseholds.NO_ADULTS, "adults", seen=excerpt(typed))
        return 0

    def _tell(self, record: Record, kind: InHouseholds, column: str, **values: str | int) -> None:
        self.problems.append(record.problem(kind, column, **values))
