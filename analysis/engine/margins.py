"""From the register and the plan to weights that meet the margins, with what had to be drawn, joined and trimmed.

City margins of age and sex lower the error of the city and raise that of a small community; therefore they are the
default, and margins within streets or communities a choice. Age or sex that was not answered is drawn from weighted
respondents of the same community, with a seed: leaving those respondents out would take the community's weight away.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd

from analysis.arrays import BoolArray, FloatArray, IntArray, sum_by
from analysis.auxiliaries import Auxiliaries, Calibration
from analysis.case_columns import CaseColumns, Labels, PopulationRegister
from analysis.plan import AnalysisPlan, MarginOf, MarginWithin, PlannedMargin
from analysis.problems import DataProblem, DesignError
from analysis.weighting import CalibrationRecord, Margin, calibrate, read_margins

_ROUNDS = 20
_REACHED = 1e-6

COMMUNITY, STREET, AGE, SEX = "community", "street", "age", "sex"


@dataclass(frozen=True, slots=True, kw_only=True)
class TrimmingDone:
    median_multiple: float
    trimmed: int  # weights above the limit of their community before
    moved: float  # sum of what was cut off in the first round, adults
    rounds: int
    left: int  # above the limit still, where the margins need them


@dataclass(frozen=True, slots=True, kw_only=True)
class MarginCell:
    """One cell of a margin: the register beside the respondents, before and after."""

    margin: str
    cell: str
    population: float  # share, as the two below
    unweighted: float
    before: float
    after: float
    respondents: int


@dataclass(frozen=True, slots=True, eq=False, kw_only=True)
class Calibrated:
    """One entry per respondent."""

    weight: FloatArray  # final
    before_trimming: FloatArray  # as calibrated the first time
    calibration: Calibration  # for the variance
    record: CalibrationRecord  # of the last calibration
    cells: tuple[MarginCell, ...]
    groups: Mapping[str, Labels]  # age, sex as the margins count them, drawn where it was not answered
    drawn: Mapping[str, int]  # age, sex -> how many were not answered and drawn
    drawn_rows: BoolArray  # (respondents,) age or sex was drawn
    trimming: TrimmingDone | None


def calibrated(
    columns: CaseColumns, weights: FloatArray, plan: AnalysisPlan, register: PopulationRegister
) -> Calibrated:
    """``weights`` (respondents,) before. DesignError or CalibrationError naming margin and cell where they cannot be
    met."""
    rows = columns.respondents
    community = columns.community.take(rows)
    groups, drawn_rows, drawn = _completed(columns, community, weights, plan)
    frame = pd.DataFrame(
        {
            COMMUNITY: community.categorical(),
            STREET: columns.street.take(rows).categorical(),
            **{name: labels.categorical() for name, labels in groups.items()},
        }
    )
    auxiliaries = _auxiliaries(frame, columns, plan, register)
    method = plan.calibration.method
    first, record = calibrate(weights, auxiliaries, method=method)
    final, before, trimming = first, weights, None
    if plan.trimming.median_multiple is not None:
        final, before, record, trimming = _trimmed(first, weights, record, community, auxiliaries, plan)
    return Calibrated(
        weight=final,
        before_trimming=first,
        calibration=Calibration(weight_before=before, auxiliaries=auxiliaries),
        record=record,
        cells=_cells(auxiliaries, weights, final),
        groups=groups,
        drawn=drawn,
        drawn_rows=drawn_rows,
        trimming=trimming,
    )


# ------------------------------------------------------------------ age and sex that were not answered


def _completed(
    columns: CaseColumns, community: Labels, weights: FloatArray, plan: AnalysisPlan
) -> tuple[dict[str, Labels], BoolArray, dict[str, int]]:
    """Age and sex of every respondent; where one is missing, both are those of a respondent drawn by weight among
    those of the same community (else street, else city) who agree in what was answered."""
    names = [name for name in (AGE, SEX) if name in columns.groups and _asked_for(name, plan)]
    groups = {name: columns.groups[name] for name in names}
    lacking = np.zeros(len(weights), dtype=bool)
    for labels in groups.values():
        lacking |= labels.codes < 0
    counted = {name: count for name, labels in groups.items() if (count := int((labels.codes < 0).sum()))}
    if not lacking.any():
        return groups, lacking, counted
    if all(name in columns.drawn for name in names):
        return {name: columns.drawn[name] for name in names}, lacking, counted
    rng = np.random.default_rng(plan.calibration.seed)
    codes = {name: labels.codes.copy() for name, labels in groups.items()}
    donors = np.flatnonzero(~lacking & (weights > 0))
    if not len(donors):
        raise DesignError(
            [
                DataProblem(
                    column="/".join(names),
                    rows=(),
                    message="nobody answered both, so that nothing can be drawn where it is missing",
                    remedy="Leave the margin of age and sex out of the plan.",
                )
            ]
        )
    pools = _Pools(donors, community.codes, columns.street_of_community)
    for row in np.flatnonzero(lacking):
        for pool in pools.near(int(community.codes[row])):
            agree = np.ones(len(pool), dtype=bool)
            for values in codes.values():
                if values[row] >= 0:
                    agree &= values[pool] == values[row]
            if agree.any():
                pool = pool[agree]
                break
        else:
            pool = donors
        share = weights[pool] / weights[pool].sum()
        donor = int(pool[np.searchsorted(np.cumsum(share), rng.random(), side="right").clip(0, len(pool) - 1)])
        for name, values in codes.items():
            if values[row] < 0:
                values[row] = groups[name].codes[donor]
    completed = {name: Labels(codes[name], groups[name].names) for name in names}
    return completed, lacking, counted


def _asked_for(group: str, plan: AnalysisPlan) -> bool:
    of = {AGE: (MarginOf.AGE, MarginOf.AGE_SEX), SEX: (MarginOf.SEX, MarginOf.AGE_SEX)}[group]
    return any(margin.of in of for margin in plan.calibration.margins)


class _Pools:
    """Donors of a community, of its street, and of the city, in that order."""

    def __init__(self, donors: IntArray, community: IntArray, street_of: IntArray) -> None:
        self.everyone = donors
        self.street_of = street_of
        self.community = _grouped(donors, community[donors], len(street_of))
        self.street = _grouped(donors, street_of[community[donors]], int(street_of.max()) + 1)

    def near(self, community: int) -> tuple[IntArray, ...]:
        return self.community[community], self.street[int(self.street_of[community])], self.everyone


def _grouped(rows: IntArray, codes: IntArray, size: int) -> list[IntArray]:
    order = np.argsort(codes, kind="stable")
    ends = np.searchsorted(codes[order], np.arange(size + 1))
    return [rows[order[ends[code] : ends[code + 1]]] for code in range(size)]


# ------------------------------------------------------------------ margins


def _auxiliaries(
    frame: pd.DataFrame, columns: CaseColumns, plan: AnalysisPlan, register: PopulationRegister
) -> Auxiliaries:
    """The blocks of every margin; categories with too few answers are joined, and it is said which."""
    asked = [columns.community.names[code] for code in columns.communities_asked]
    street = {
        name: columns.streets[columns.street_of_community[code]] for code, name in enumerate(columns.community.names)
    }
    margins = [_margin(margin, asked, street, register) for margin in plan.calibration.margins]
    _agree(margins)
    for margin in margins:
        for name in (*margin.variables, *([margin.within] if margin.within else [])):
            columns_of = name.split(_AND)
            # A column that nobody asked for is a problem of the margin, told by its reader.
            if name not in frame.columns and all(one in frame.columns for one in columns_of):
                frame[name] = _beside(frame, columns_of)
    parts = [
        read_margins(frame, [margin], minimum_respondents=planned.minimum_respondents)
        for margin, planned in zip(margins, plan.calibration.margins, strict=True)
    ]
    return Auxiliaries(
        rows=len(frame),
        blocks=tuple(block for part in parts for block in part.blocks),
        collapsed=tuple(said for part in parts for said in part.collapsed),
    )


_AND = " and "


def _beside(frame: pd.DataFrame, names: Sequence[str]) -> pd.Series[str]:
    """Labels of several columns as one."""
    found = frame[names[0]].astype(str)
    for name in names[1:]:
        found = found + _AND + frame[name].astype(str)
    return found


def _agree(margins: Sequence[Margin]) -> None:
    """Every margin is of one population."""
    sums = {margin.name: sum(total for _, total in margin.totals) for margin in margins}
    first = next(iter(sums), "")
    apart = [name for name, total in sums.items() if abs(total - sums[first]) > _REACHED * max(sums[first], 1.0)]
    if apart:
        raise DesignError(
            [
                DataProblem(
                    column=name,
                    rows=(),
                    message=f"the margin sums to {sums[name]:,.10g}, the margin {first} to {sums[first]:,.10g}",
                    remedy="Margins of one population have one total: take them from one register and day.",
                )
                for name in apart
            ]
        )


def _margin(
    planned: PlannedMargin, asked: Sequence[str], street: Mapping[str, str], register: PopulationRegister
) -> Margin:
    """Ages are joined within a sex, and within the part of the city that the margin is given for, never across."""
    if planned.of is MarginOf.COMMUNITY:
        ordered = sorted(asked, key=lambda name: (street[name], name))
        return Margin.of(COMMUNITY, {name: register.adults[name] for name in ordered})
    by_sex = planned.of is not MarginOf.AGE
    by_age = planned.of is not MarginOf.SEX
    inside = {name: _area(planned.within, name, street) for name in asked}
    totals = {
        (area, sex, age): 0.0
        for area in sorted(set(inside.values()))
        for sex in (register.sexes if by_sex else ("",))
        for age in (register.age_groups if by_age else ("",))
    }
    for (community, age, sex), persons in register.cells.items():
        if community in inside:
            totals[inside[community], sex if by_sex else "", age if by_age else ""] += persons
    variable = AGE if by_age else SEX
    parts = [
        *([] if planned.within is MarginWithin.CITY else [planned.within.value]),
        *([SEX] if by_sex and by_age else []),
    ]
    if not parts:
        return Margin.of(variable, {(age if by_age else sex): total for (_, sex, age), total in totals.items()})
    keyed: dict[tuple[str, ...], float] = {}
    for (area, sex, age), total in totals.items():
        label = _AND.join(
            [*([] if planned.within is MarginWithin.CITY else [area]), *([sex] if by_sex and by_age else [])]
        )
        keyed[label, age if by_age else sex] = total
    return Margin.crossed((variable,), keyed, within=_AND.join(parts))


def _area(within: MarginWithin, community: str, street: Mapping[str, str]) -> str:
    match within:
        case MarginWithin.CITY:
            return ""
        case MarginWithin.STREET:
            return street[community]
        case MarginWithin.COMMUNITY:
            return community


def _cells(auxiliaries: Auxiliaries, before: FloatArray, after: FloatArray) -> tuple[MarginCell, ...]:
    found: list[MarginCell] = []
    ones = np.ones(auxiliaries.rows)
    for block in auxiliaries.blocks:
        counts = block.sums(ones)
        sums = [block.totals, counts, block.sums(before), block.sums(after)]
        population, unweighted, first, last = (values / values.sum() for values in sums)
        found += [
            MarginCell(
                margin=block.margin,
                cell=cell,
                population=float(population[place]),
                unweighted=float(unweighted[place]),
                before=float(first[place]),
                after=float(last[place]),
                respondents=int(counts[place]),
            )
            for place, cell in enumerate(block.columns)
        ]
    return tuple(found)


# ------------------------------------------------------------------ trimming


def _trimmed(
    first: FloatArray,
    before: FloatArray,
    record: CalibrationRecord,
    community: Labels,
    auxiliaries: Auxiliaries,
    plan: AnalysisPlan,
) -> tuple[FloatArray, FloatArray, CalibrationRecord, TrimmingDone | None]:
    """Weights above the limit are cut, what is cut off goes to the others of the community, and the margins again.

    Returns the final weights, the weights before the last calibration, its record, and what was done; None: nothing
    was above.
    """
    multiple = plan.trimming.median_multiple
    assert multiple is not None
    limit = multiple * _medians(first, community)[community.codes]
    above = first > limit * (1 + _REACHED)
    if not above.any():
        return first, before, record, None
    current, last = first, before
    rounds = 0
    while rounds < _ROUNDS and (current > limit * (1 + _REACHED)).any():
        rounds += 1
        last = _cut(current, limit, community)
        current, record = calibrate(last, auxiliaries, method=plan.calibration.method)
    done = TrimmingDone(
        median_multiple=multiple,
        trimmed=int(above.sum()),
        moved=float((first[above] - limit[above]).sum()),
        rounds=rounds,
        left=int((current > limit * (1 + _REACHED)).sum()),
    )
    return current, last, record, done


def _medians(weights: FloatArray, community: Labels) -> FloatArray:
    """Median weight of every community; 0 without a respondent."""
    size = len(community.names)
    order = np.lexsort((weights, community.codes))
    ends = np.searchsorted(community.codes[order], np.arange(size + 1))
    ordered = weights[order]
    count = np.diff(ends)
    low = np.clip(ends[:-1] + (count - 1) // 2, 0, max(len(ordered) - 1, 0))
    high = np.clip(ends[:-1] + count // 2, 0, max(len(ordered) - 1, 0))
    return np.where(count > 0, (ordered[low] + ordered[high]) / 2, 0.0)


def _cut(values: FloatArray, limit: FloatArray, community: Labels) -> FloatArray:
    """At most the limit each, with the same sum in every community."""
    size = len(community.names)
    total = sum_by(community.codes, values, size)
    current = values.copy()
    for _ in range(_ROUNDS):
        high = current >= limit * (1 - 1e-15)
        current = np.where(high, limit, current)
        fixed = sum_by(community.codes, current * high, size)
        rest = sum_by(community.codes, current * ~high, size)
        factor = np.divide(total - fixed, rest, out=np.ones(size), where=rest > 0)
        current = np.where(high, current, current * factor[community.codes])
        if not (current > limit).any():
            break
    return current
