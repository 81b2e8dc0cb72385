"""How many are drawn in each community: as many as somebody says, or as many as an aim needs."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING, Final
from uuid import UUID

from questionnaires.text import Text
from survey_service.errors import BadInput
from survey_service.sampling.households import Households

if TYPE_CHECKING:
    from analysis.sampling import FieldAssumptions, PlannedSize

POWER: Final = 0.8  # with which an aim settles a target
LIKENESS: Final = 0.05  # of people of one grid, where nobody says better


class Aim(StrEnum):
    SIZE = "size"
    MARGIN = "margin"
    VERDICT = "verdict"


class SharedOut(StrEnum):
    """How a size is shared out over communities."""

    EQUAL = "equal"
    PROPORTIONAL = "proportional"
    SQUARE_ROOT = "square_root"


@dataclass(frozen=True, slots=True, kw_only=True)
class Target:
    """A share in 0..1 that communities are held to."""

    value: float
    at_least: bool
    name: Text


def grid_effect(answers: float, likeness: float) -> float:
    """What so many answers of one grid, alike by so much, do to the variance."""
    return 1 + (max(answers, 1.0) - 1) * likeness


@dataclass(frozen=True, slots=True, kw_only=True)
class Expected:
    """What is expected of the field, of every community alike. ``likeness``: within a grid, where grids are drawn."""

    response_rate: float
    eligibility_rate: float = 1.0
    design_effect: float = 1.0
    likeness: float = 0.0

    def completed(self, cases: int) -> int:
        return round(cases * self.response_rate * self.eligibility_rate)

    def effect(self, per_grid: float | None) -> float:
        """The design effect with so many cases in each grid that is drawn."""
        if per_grid is None:
            return self.design_effect
        answers = per_grid * self.response_rate * self.eligibility_rate
        return self.design_effect * grid_effect(answers, self.likeness)

    def field(self, per_grid: float | None = None) -> FieldAssumptions:
        from analysis.sampling import FieldAssumptions

        return FieldAssumptions(
            design_effect=self.effect(per_grid),
            response_rate=self.response_rate,
            eligibility_rate=self.eligibility_rate,
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """``size``, ``shared_out`` and ``least`` are of the aim of a size; ``margin`` of that of a margin, in 0..1;
    ``target`` and ``level`` of that of a verdict. Communities of at most ``whole`` are asked whole, beside the rest."""

    aim: Aim
    size: int = 0
    shared_out: SharedOut = SharedOut.EQUAL
    least: int = 0
    margin: float = 0.1
    target: Target | None = None
    level: float | None = None  # that is expected, in 0..1
    whole: int = 0


def sizes_of(
    households: Households, wanted: Wanted, expected: Expected, *, per_grid: int | None = None
) -> dict[UUID, int]:
    """Of every community with a list. BadInput where the lists, or the aim, do not allow it."""
    listed = households.count()
    whole = {area_id: count for area_id, count in listed.items() if count <= wanted.whole}
    rest = {area_id: count for area_id, count in listed.items() if area_id not in whole}
    if wanted.aim is Aim.SIZE:
        return whole | (_shared_out(rest, wanted) if rest else {})
    planned = _planned(wanted, expected, per_grid)
    assert planned.cases is not None
    cases = max(planned.cases, wanted.least)
    return whole | {area_id: min(cases, count) for area_id, count in rest.items()}


def _planned(wanted: Wanted, expected: Expected, per_grid: int | None) -> PlannedSize:
    from analysis.results import Goal
    from analysis.sampling import size_for_margin, size_for_verdict

    field = expected.field(per_grid)
    if wanted.aim is Aim.MARGIN:
        return size_for_margin(wanted.margin, field=field)
    if wanted.target is None or wanted.level is None:
        raise BadInput(
            zh="按判定来定户数，要有目标（在“修改这一期”里写），还要写预计的水平。",
            en="To settle a verdict there must be a target (under “change this wave”), and the level expected.",
        )
    goal = Goal(value=wanted.target.value, at_least=wanted.target.at_least)
    found = size_for_verdict(wanted.level, goal, power=POWER, field=field)
    if found.cases is None:
        raise BadInput(
            zh="预计的水平就是目标，或者目标是 0% 或 100%：抽多少户也判定不了。",
            en="The level expected is the target, or the target is 0 % or 100 %: no sample settles that.",
        )
    return found


def _shared_out(listed: Mapping[UUID, int], wanted: Wanted) -> dict[UUID, int]:
    """The size over the communities, at least so many in each."""
    from analysis.sampling import Allocation, Stratum, allocate

    there, least = sum(listed.values()), sum(min(wanted.least, count) for count in listed.values())
    if wanted.size > there:
        raise BadInput(
            zh=f"名单一共 {there:,}，抽不出 {wanted.size:,}。少抽一些，或者换一份更全的名单。",
            en=f"{there:,} are listed; {wanted.size:,} cannot be drawn. Draw fewer, or bring a fuller list.",
        )
    if wanted.size < least:
        raise BadInput(
            zh=f"每个社区至少 {wanted.least:,}，加起来是 {least:,}，多于一共要抽的 {wanted.size:,}。",
            en=f"At least {wanted.least:,} in each make {least:,}, more than the {wanted.size:,} to draw in all.",
        )
    strata = [Stratum(name=str(area_id), population=count) for area_id, count in listed.items()]
    counts = allocate(wanted.size, strata, Allocation(wanted.shared_out.value), minimum=wanted.least)
    return dict(zip(listed, counts, strict=True))
