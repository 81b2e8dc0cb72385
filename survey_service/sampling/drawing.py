"""A sample drawn from a list: which households are cases, which wait in reserve, with every stage's probability.

Every grid is a stratum (a community, where the list has no grids) and its households are drawn systematically in the
order of the list; or grids are drawn first, then households within them. A community of which every household is wanted
is asked whole. The reserves are replicates of the same draw. Where the list knows the adults and one of them answers,
choosing that one is the last stage: in the weight, and no stage of the variance.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any
from uuid import UUID

from survey_service.models import ADULT_STAGE, Mode, SelectionWithin
from survey_service.sampling.households import Households

if TYPE_CHECKING:
    from analysis.sampling import Sample, SampledCase

# Each use of chance has a stream of its own, so that an option more does not draw other households.
_CASES, _MODES, _GRIDS, _KISH = range(4)


@dataclass(frozen=True, slots=True, kw_only=True)
class GridsFirst:
    """Grids are drawn first. ``per_grid``: households in each; ``by_size``: in proportion to their households."""

    per_grid: int
    by_size: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Drawing:
    """What is to be drawn. ``sizes``: households of each community; ``modes``: shares that add up to 1."""

    sizes: Mapping[UUID, int]
    reserves: int
    reserve_share: float
    modes: Mapping[Mode, float]
    seed: int
    grids: GridsFirst | None = None
    within: SelectionWithin = SelectionWithin.NEXT_BIRTHDAY
    names: Mapping[UUID, str] = field(default_factory=dict)  # of communities, where one is a stratum

    def name(self, area_id: UUID) -> str:
        return self.names.get(area_id, str(area_id))


class SmallGrids(ValueError):
    """Grids with fewer households than are to be drawn in each. ``grids``: name and households."""

    def __init__(self, grids: Sequence[tuple[str, int]], per_grid: int) -> None:
        super().__init__(f"{len(grids)} grids have fewer than {per_grid} households")
        self.grids, self.per_grid = grids, per_grid


@dataclass(frozen=True, slots=True, kw_only=True)
class DrawnHousehold:
    """One household of the sample or of its reserves. ``replicate``: 0 is asked from the start."""

    area_id: UUID
    serial: int  # within its community
    stratum: str
    psu: str
    stages: tuple[Mapping[str, Any], ...]
    inclusion_probability: float
    first_mode: Mode
    replicate: int
    place: int  # in the list
    kish_table: str | None = None


def draw(households: Households, drawing: Drawing) -> list[DrawnHousehold]:
    """Main sample and reserves, in the order of walking within each. The same seed draws the same.

    SmallGrids where grids are drawn in proportion to size and some have too few households.
    """
    grids_of = _grids_drawn(households, drawing)
    in_every_grid = {area: size for area, size in drawing.sizes.items() if area not in grids_of}
    samples = [_every_grid(households, drawing, in_every_grid)] if in_every_grid else []
    if grids_of:
        samples.append(_some_grids(households, drawing, grids_of))
    cases = [case for sample in samples for case in sample.cases]
    modes = _first_modes(cases, drawing)
    tables = _kish_tables(len(cases), drawing)
    serial: Counter[UUID] = Counter()
    found = []
    for case, mode, table in zip(cases, modes, tables, strict=True):
        area_id = households.communities[case.position]
        serial[area_id] += 1
        found.append(_household(case, households, drawing.within, mode, (serial[area_id], table)))
    return found


def _household(
    case: SampledCase, households: Households, within: SelectionWithin, mode: Mode, given: tuple[int, str | None]
) -> DrawnHousehold:
    """``given``: its serial and its Kish table."""
    stages = [_stage(one) for one in case.stages]
    probability = case.inclusion_probability
    serial, table = given
    if households.adults is not None and within is not SelectionWithin.ANY:
        adults = households.adults[case.position]
        chosen, stood_for = adult_stage(adults, table)
        stages.append(chosen)
        probability /= stood_for
    return DrawnHousehold(
        area_id=households.communities[case.position],
        serial=serial,
        stratum=case.stratum,
        psu=case.psu,
        stages=tuple(stages),
        inclusion_probability=probability,
        first_mode=mode,
        replicate=case.replicate,
        place=case.position,
        kish_table=table,
    )


def adult_stage(adults: int, table: str | None) -> tuple[dict[str, Any], float]:
    """One of so many adults as a stage of a case, and how many adults that one stands for: all of them, or 1 / the
    chance by the Kish table of the case, which with five and from seven on is the table's own."""
    from analysis.sampling import KishTable, kish_chance

    stood_for = adults if table is None else 1 / kish_chance(KishTable(table), adults)
    stage = {"unit": ADULT_STAGE, "population": adults, "sampled": 1, "probability": 1 / stood_for, "variance": False}
    return stage, stood_for


def _stage(stage: Any) -> dict[str, Any]:
    return {
        "unit": stage.unit,
        "population": stage.population,
        "sampled": stage.sampled,
        "probability": stage.probability,
        "variance": stage.variance,
    }


# ------------------------------------------------------------------ every grid a stratum


def _every_grid(households: Households, drawing: Drawing, sizes: Mapping[UUID, int]) -> Sample:
    import numpy as np

    from analysis.sampling import Reserves, draw_stratified, over_strata

    strata = list(households.grids or map(drawing.name, households.communities))
    home = dict(zip(strata, households.communities, strict=True))
    lists = Counter(strata)
    inside: dict[UUID, dict[str, int]] = defaultdict(dict)
    for stratum, area_id in home.items():
        inside[area_id][stratum] = lists[stratum]
    of_strata: dict[str, int] = {}
    for area_id, size in sizes.items():
        of_strata |= over_strata(size, inside[area_id])
    return draw_stratified(
        households.units,
        strata,
        of_strata,
        release_groups={stratum: drawing.name(area_id) for stratum, area_id in home.items()},
        reserves=Reserves(replicates=drawing.reserves, share=drawing.reserve_share),
        rng=np.random.default_rng([drawing.seed, _CASES]),
    )


# ------------------------------------------------------------------ grids first


def grids_for(size: int, grids: int, per_grid: int) -> int:
    """How many grids a community's households come from: two at least, from which a variance can be had."""
    return min(grids, max(2, round(size / per_grid)))


def _grids_drawn(households: Households, drawing: Drawing) -> dict[UUID, int]:
    """Grids to draw by community; one of which all grids, or all households, are wanted has them all."""
    if drawing.grids is None or households.grids is None:
        return {}
    inside: dict[UUID, set[str]] = defaultdict(set)
    for area_id, grid in zip(households.communities, households.grids, strict=True):
        inside[area_id].add(grid)
    listed = households.count()
    found = {}
    for area_id, size in drawing.sizes.items():
        grids = grids_for(size, len(inside[area_id]), drawing.grids.per_grid)
        if 0 < size < listed[area_id] and grids < len(inside[area_id]):
            found[area_id] = grids
    return found


def _some_grids(households: Households, drawing: Drawing, grids_of: Mapping[UUID, int]) -> Sample:
    import numpy as np

    from analysis.sampling import GridDraw, GridStage, Reserves, draw_two_stage

    assert drawing.grids is not None
    grids = grid_names(households)
    if drawing.grids.by_size:
        _refuse_small_grids(households, grids, drawing.grids.per_grid, grids_of)
    drawn = {drawing.name(area_id): count for area_id, count in grids_of.items()}
    return draw_two_stage(
        households.units,
        list(map(drawing.name, households.communities)),
        grids,
        GridStage(
            drawn=drawn,
            per_grid=drawing.grids.per_grid,
            by=GridDraw.BY_SIZE if drawing.grids.by_size else GridDraw.SIMPLE,
        ),
        reserves=Reserves(replicates=drawing.reserves, share=drawing.reserve_share),
        rng=np.random.default_rng([drawing.seed, _GRIDS]),
    )


def grid_names(households: Households) -> Sequence[str]:
    """Grids as primary units: none may bear the number of a household, which is a primary unit elsewhere."""
    assert households.grids is not None
    if set(households.grids).isdisjoint(households.units):
        return households.grids
    return [f"网格 {grid}" for grid in households.grids]


def _refuse_small_grids(
    households: Households, grids: Sequence[str], per_grid: int, grids_of: Mapping[UUID, int]
) -> None:
    """Where one has fewer households than are drawn in each, its households would not have the chance of the others."""
    home = dict(zip(grids, households.communities, strict=True))
    small = [(grid, count) for grid, count in Counter(grids).items() if count < per_grid and home[grid] in grids_of]
    if small:
        raise SmallGrids(small, per_grid)


# ------------------------------------------------------------------ modes and Kish tables, by lot


def _first_modes(cases: Sequence[SampledCase], drawing: Drawing) -> Sequence[Mode]:
    """Modes by lot within community and batch."""
    import numpy as np

    from analysis.sampling import dealt

    chance = np.random.default_rng([drawing.seed, _MODES])
    groups: dict[tuple[str, int], list[int]] = defaultdict(list)
    for place, case in enumerate(cases):
        groups[case.release_stratum, case.replicate].append(place)
    shares = {mode.value: share for mode, share in drawing.modes.items()}
    assigned = [next(iter(drawing.modes))] * len(cases)
    for places in groups.values():
        for place, mode in zip(places, dealt(len(places), shares, len(cases), chance), strict=True):
            assigned[place] = Mode(mode)
    return assigned


def _kish_tables(count: int, drawing: Drawing) -> Sequence[str | None]:
    import numpy as np

    from analysis.sampling import assign_kish_tables

    if drawing.within is not SelectionWithin.KISH:
        return [None] * count
    return [table.value for table in assign_kish_tables(count, np.random.default_rng([drawing.seed, _KISH]))]
