"""From lists to cases: main sample and reserves in one draw, the chance of every stage kept with every case.

Two designs. **Stratified**: units drawn from each stratum's list. **Two stages**: grids drawn with probability
proportional to their households, then households within them. Reserves are random replicates of the same draw; they are
released whole, per stratum, in their order, and then every case of the stratum, the first ones too, has the probability
(issued + released) / N: no first case leaves the sample because a reserve came in.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from enum import StrEnum
from math import prod

import numpy as np
import pandas as pd

from analysis.arrays import IntArray
from analysis.sampling.allocation import Stratum, allocate
from analysis.sampling.selection import Selected, inclusion_probabilities, pps_systematic, simple_random, systematic


class ListDraw(StrEnum):
    SIMPLE = "simple"
    SYSTEMATIC = "systematic"  # in the order of the list


class GridDraw(StrEnum):
    BY_SIZE = "by_size"  # with probability proportional to the households (PPS): no correction from a count of grids
    SIMPLE = "simple"  # every grid of a stratum the same chance


@dataclass(frozen=True, slots=True, kw_only=True)
class GridStage:
    """The first of two stages: so many grids of each stratum, and so many households of each grid that is drawn."""

    drawn: Mapping[str, int]  # stratum -> grids
    per_grid: int | Mapping[str, int]  # of all strata, or by stratum
    by: GridDraw = GridDraw.BY_SIZE

    def __post_init__(self) -> None:
        if (least := min(self.households.values(), default=1)) < 1:
            raise ValueError(f"{least} households per grid: at least 1 is needed")

    @property
    def households(self) -> Mapping[str, int]:
        """By stratum."""
        return self.per_grid if isinstance(self.per_grid, Mapping) else dict.fromkeys(self.drawn, self.per_grid)


@dataclass(frozen=True, slots=True, kw_only=True)
class Reserves:
    """So many replicates beside the main sample, each a share of it (rounded up, at least one unit)."""

    replicates: int = 0
    share: float = 0.25

    def __post_init__(self) -> None:
        if self.replicates < 0 or not 0 < self.share <= 1:
            raise ValueError("replicates are 0 or more, and the share of one is above 0 and at most 1")

    def size(self, main: int) -> int:
        return int(np.ceil(self.share * main - 1e-9)) if main else 0


@dataclass(frozen=True, slots=True, kw_only=True)
class StageDraw:
    """One stage of one case. ``population`` is None where units had unequal chances: it is no basis for a
    correction."""

    unit: str
    population: int | None
    sampled: int
    probability: float
    variance: bool = True  # False: in the weight, but not a stage of the variance


@dataclass(frozen=True, slots=True, kw_only=True)
class SampledCase:
    number: str  # stratum and serial in drawn order
    position: int  # row of the frame
    unit: str
    release_stratum: str  # reserves are released for all of it
    stratum: str  # of the variance: a grid drawn with certainty is one of its own
    psu: str
    stages: tuple[StageDraw, ...]
    replicate: int  # 0: main sample
    substitute_for: str | None = None  # the number of the case it stands for

    @property
    def is_psu(self) -> bool:
        """Whether the unit itself is the first stage that the variance counts."""
        return not any(stage.variance for stage in self.stages[:-1])

    @property
    def inclusion_probability(self) -> float:
        """Over all stages, with what is issued by now."""
        return prod(stage.probability for stage in self.stages)


@dataclass(frozen=True, slots=True, eq=False, kw_only=True)
class Sample:
    """All cases of a draw, reserves too. Only ``issued`` ones are visited and have a probability to weight by."""

    cases: tuple[SampledCase, ...]
    lists: Mapping[tuple[str, str], IntArray]  # (stratum, last cluster or "") -> frame rows the last stage drew from
    units: tuple[str, ...]  # of every row of the frame
    released: Mapping[str, int] = field(default_factory=dict)  # stratum -> replicates released

    def issued(self) -> tuple[SampledCase, ...]:
        """Main sample, released replicates, and substitutes marked as such."""
        return tuple(case for case in self.cases if case.replicate <= self.released.get(case.release_stratum, 0))

    def release(self, stratum: str, replicates: int) -> Sample:
        """The sample after the first ``replicates`` reserves of one stratum are released; it can only grow."""
        there = {case.replicate for case in self.cases if case.release_stratum == stratum}
        if not there:
            raise ValueError(f"there is no stratum {stratum!r} in this sample")
        before, most = self.released.get(stratum, 0), max(there)
        if not before <= replicates <= most:
            raise ValueError(
                f"{stratum}: {replicates} replicates cannot be released; "
                f"{before} are released already, {most} were drawn"
            )
        counts = self._counts(stratum, replicates)
        cases = tuple(
            _with_last_stage(case, counts[_list_of(case)]) if case.release_stratum == stratum else case
            for case in self.cases
        )
        return replace(self, cases=cases, released={**self.released, stratum: replicates})

    def _counts(self, stratum: str, replicates: int) -> dict[tuple[str, str], int]:
        counts: dict[tuple[str, str], int] = {}
        for case in self.cases:
            if case.release_stratum == stratum and case.substitute_for is None:
                inside = case.replicate <= replicates
                counts[_list_of(case)] = counts.get(_list_of(case), 0) + inside
        return counts

    def substitute(self, number: str, rng: np.random.Generator) -> Sample:
        """A case to ask in place of one that failed, where a city insists: marked, and counted as nobody's response.

        It is drawn at random from the units of the same list that are in no replicate. It carries the probability of
        the case it stands for, not one of its own; the first case keeps its disposition and its place in the
        denominator.
        """
        stands_for = next((case for case in self.issued() if case.number == number), None)
        if stands_for is None:
            raise ValueError(f"there is no issued case {number!r}")
        if stands_for.substitute_for is not None:
            raise ValueError(f"{number} is a substitute itself; it has none")
        if any(case.substitute_for == number for case in self.cases):
            raise ValueError(f"{number} has a substitute already")
        taken = {case.position for case in self.cases}
        free = [int(row) for row in self.lists[_list_of(stands_for)] if int(row) not in taken]
        if not free:
            raise ValueError(f"{number}: every unit of its list is in the sample or its reserves")
        row = free[int(rng.integers(len(free)))]
        last = replace(stands_for.stages[-1], unit=self.units[row])
        case = replace(
            stands_for,
            number=f"{number}S",
            position=row,
            unit=self.units[row],
            psu=self.units[row] if stands_for.is_psu else stands_for.psu,
            stages=(*stands_for.stages[:-1], last),
            substitute_for=number,
        )
        return replace(self, cases=(*self.cases, case))

    def frame(self, cases: Sequence[SampledCase] | None = None) -> pd.DataFrame:
        """One row per case, with the columns of every stage and the design weight so far."""
        chosen = self.cases if cases is None else tuple(cases)
        rows = []
        for case in chosen:
            row: dict[str, object] = {
                "case": case.number,
                "unit": case.unit,
                "stratum": case.stratum,
                "psu": case.psu,
                "replicate": case.replicate,
                "substitute_for": case.substitute_for or "",
            }
            for number, stage in enumerate(case.stages, start=1):
                row |= {
                    f"stage_{number}_unit": stage.unit,
                    f"stage_{number}_population": stage.population,
                    f"stage_{number}_sampled": stage.sampled,
                    f"stage_{number}_probability": stage.probability,
                }
            row["inclusion_probability"] = case.inclusion_probability
            row["household_weight"] = 1 / case.inclusion_probability
            rows.append(row)
        return pd.DataFrame(rows)


def draw_stratified(
    units: Sequence[str],
    strata: Sequence[str],
    sizes: Mapping[str, int],
    *,
    release_groups: Mapping[str, str] | None = None,
    method: ListDraw = ListDraw.SYSTEMATIC,
    reserves: Reserves | None = None,
    rng: np.random.Generator,
) -> Sample:
    """``sizes`` units of each stratum's list, in frame order. A stratum missing from ``sizes`` gets nobody.

    ``release_groups``: stratum -> the community whose reserves are numbered and released together; else each its own.

    Raises ValueError where a stratum is unknown or its list is too short. A list too short for all reserves gives the
    replicates that fit whole.
    """
    reserves = reserves or Reserves()
    rows_of = _rows_by(strata)
    _known(sizes, rows_of)
    cases: list[SampledCase] = []
    lists: dict[tuple[str, str], IntArray] = {}
    for stratum in rows_of:
        main = sizes.get(stratum, 0)
        if main == 0:
            continue
        rows = rows_of[stratum]
        lists[(stratum, "")] = rows
        chosen, replicate = _with_reserves(f"stratum {stratum}", len(rows), main, reserves, method, rng)
        for place, number in zip(chosen, replicate, strict=True):
            unit = units[int(rows[place])]
            stage = StageDraw(unit=unit, population=len(rows), sampled=main, probability=main / len(rows))
            group = stratum if release_groups is None else release_groups.get(stratum, stratum)
            cases.append(_case(group, stratum, unit, int(rows[place]), unit, (stage,), number))
    return Sample(cases=_numbered(cases), lists=lists, units=tuple(units))


def draw_two_stage(
    units: Sequence[str],
    strata: Sequence[str],
    grids: Sequence[str],
    first: GridStage,
    *,
    method: ListDraw = ListDraw.SYSTEMATIC,
    reserves: Reserves | None = None,
    rng: np.random.Generator,
) -> Sample:
    """Grids with probability proportional to their households, then as many households of each.

    Every household has then the same chance, n m / N. A grid so large that it is drawn with certainty becomes a stratum
    of its own whose households are PSUs, and gets as many households as that same chance gives it. Drawn simply, grids
    have one chance and their households others: few where the grid is large.
    """
    reserves = reserves or Reserves()
    rows_of = _rows_by(strata)
    _known(first.drawn, rows_of)
    cases: list[SampledCase] = []
    lists: dict[tuple[str, str], IntArray] = {}
    for stratum, rows in rows_of.items():
        wanted = first.drawn.get(stratum, 0)
        if wanted == 0:
            continue
        inside = {name: rows[places] for name, places in _rows_by([grids[int(row)] for row in rows]).items()}
        if wanted > len(inside):
            raise ValueError(f"stratum {stratum}: {wanted} grids cannot be drawn from {len(inside)}")
        for drawn in _grids(inside, wanted, first.households[stratum], first.by, rng):
            home = f"{stratum}/{drawn.name}" if drawn.certain else stratum
            lists[(home, "" if drawn.certain else drawn.name)] = drawn.rows
            list_name, there = f"grid {drawn.name}", len(drawn.rows)
            chosen, replicate = _with_reserves(list_name, there, drawn.size, reserves, method, rng)
            for spot, number in zip(chosen, replicate, strict=True):
                row = int(drawn.rows[spot])
                unit = units[row]
                last = StageDraw(unit=unit, population=there, sampled=drawn.size, probability=drawn.size / there)
                psu = unit if drawn.certain else drawn.name
                cases.append(_case(stratum, home, psu, row, unit, (drawn.stage, last), number))
    return Sample(cases=_numbered(cases), lists=lists, units=tuple(units))


@dataclass(frozen=True, slots=True, eq=False, kw_only=True)
class _Grid:
    """A grid that was drawn."""

    name: str
    rows: IntArray  # of the frame
    size: int  # households to draw in it
    certain: bool  # a stratum of its own
    stage: StageDraw


def _grids(
    inside: Mapping[str, IntArray], wanted: int, per_grid: int, grid_draw: GridDraw, rng: np.random.Generator
) -> list[_Grid]:
    names = list(inside)
    households = np.array([len(inside[name]) for name in names], dtype=np.float64)
    if grid_draw is GridDraw.BY_SIZE:
        first = pps_systematic(households, wanted, rng)
        sizes, population, certain = _households(first, households, wanted, per_grid), None, first.certainty
    else:
        first = simple_random(len(names), wanted, rng)
        sizes = [min(int(households[place]), per_grid) for place in first.positions]
        # All of them drawn are no strata: their count says already that nothing varies among them.
        population, certain = len(names), np.zeros(wanted, dtype=bool)
    return [
        _Grid(
            name=names[int(place)],
            rows=inside[names[int(place)]],
            size=size,
            certain=bool(sure),
            stage=StageDraw(
                unit=names[int(place)],
                population=population,
                sampled=wanted,
                probability=float(probability),
                variance=not sure,
            ),
        )
        for place, probability, sure, size in zip(first.positions, first.probability, certain, sizes, strict=True)
    ]


def _households(first: Selected, households: np.ndarray, wanted: int, per_grid: int) -> list[int]:
    """Households of each drawn grid: ``per_grid``, of a grid drawn with certainty its part at the others' rate."""
    every = inclusion_probabilities(households, wanted)
    others = every < 1
    # The chance of a household in a grid that was not certain; with certain grids alone the share of the whole.
    if others.any():
        rate = float(per_grid * every[others][0] / households[others][0])
    else:
        rate = wanted * per_grid / float(households.sum())
    sizes = []
    for place, certain in zip(first.positions, first.certainty, strict=True):
        there = int(households[place])
        sizes.append(min(there, max(1, round(rate * there)) if certain else per_grid))
    return sizes


def _with_reserves(
    where: str, population: int, main: int, reserves: Reserves, method: ListDraw, rng: np.random.Generator
) -> tuple[IntArray, IntArray]:
    """Positions, and the replicate of each: one draw of main and reserves together, then dealt out at random."""
    if main > population:
        raise ValueError(f"{where}: {main} cannot be drawn from a list of {population}")
    size = reserves.size(main)
    replicates = min(reserves.replicates, (population - main) // size) if size else 0
    draw = simple_random if method is ListDraw.SIMPLE else systematic
    positions = draw(population, main + replicates * size, rng).positions
    dealt = np.repeat(np.arange(replicates + 1), [main] + [size] * replicates)
    if replicates:
        dealt = rng.permutation(dealt)
    order = np.lexsort((positions, dealt))
    return positions[order], dealt[order].astype(np.int64)


def _case(
    release: str, stratum: str, psu: str, row: int, unit: str, stages: tuple[StageDraw, ...], replicate: int
) -> SampledCase:
    return SampledCase(
        number="",
        position=row,
        unit=unit,
        release_stratum=release,
        stratum=stratum,
        psu=psu,
        stages=stages,
        replicate=int(replicate),
    )


def _numbered(cases: Sequence[SampledCase]) -> tuple[SampledCase, ...]:
    """Serials run within the stratum, main sample first, then replicate by replicate."""
    serial: dict[str, int] = {}
    numbered = []
    strata = list(dict.fromkeys(case.release_stratum for case in cases))
    place = {stratum: number for number, stratum in enumerate(strata)}
    for case in sorted(cases, key=lambda case: (place[case.release_stratum], case.replicate, case.position)):
        serial[case.release_stratum] = serial.get(case.release_stratum, 0) + 1
        numbered.append(replace(case, number=f"{case.release_stratum}-{serial[case.release_stratum]:04d}"))
    return tuple(numbered)


def _with_last_stage(case: SampledCase, sampled: int) -> SampledCase:
    last = case.stages[-1]
    assert last.population is not None, "the last stage is drawn with equal chances from a counted list"
    issued = replace(last, sampled=sampled, probability=sampled / last.population)
    return replace(case, stages=(*case.stages[:-1], issued))


def _list_of(case: SampledCase) -> tuple[str, str]:
    """The list that the last stage drew from: a grid, or the stratum where units are PSUs themselves."""
    return case.stratum, "" if case.is_psu else case.psu


def _rows_by(labels: Sequence[str]) -> dict[str, IntArray]:
    rows: dict[str, list[int]] = {}
    for row, label in enumerate(labels):
        rows.setdefault(label, []).append(row)
    return {label: np.array(places, dtype=np.int64) for label, places in rows.items()}


def _known(sizes: Mapping[str, int], rows_of: Mapping[str, IntArray]) -> None:
    unknown = [name for name in sizes if name not in rows_of]
    if unknown:
        raise ValueError(
            f"these strata are not in the frame: {', '.join(unknown[:5])}; it has {', '.join(list(rows_of)[:10])}"
        )
    negative = [name for name, size in sizes.items() if size < 0]
    if negative:
        raise ValueError(f"a size below 0 for {', '.join(negative[:5])}")


def as_strata(frame_strata: Sequence[str], deviations: Mapping[str, float] | None = None) -> list[Stratum]:
    """The strata of a frame with the length of their lists, for ``allocate``."""
    known = deviations or {}
    return [
        Stratum(name=name, population=len(rows), standard_deviation=known.get(name, 1.0))
        for name, rows in _rows_by(frame_strata).items()
    ]


__all__ = [
    "GridDraw",
    "GridStage",
    "ListDraw",
    "Reserves",
    "Sample",
    "SampledCase",
    "StageDraw",
    "allocate",
    "as_strata",
    "draw_stratified",
    "draw_two_stage",
]
