"""Variance of a sum over cells by linearisation, over every declared stage.

For influence values z per cell, summed to totals t_u of the units u of a stage, a group g (a stratum within one unit of
the stage above) of n_g units out of N_g adds

    phi_g (1 - f_g) n_g / (n_g - 1) sum_u (t_u - mean t)^2,      f_g = n_g / N_g,

where phi_g is the product of the sampling fractions of the stages above. Without population sizes phi is 0 below stage
one: the ultimate cluster. Source: Särndal, Swensson & Wretman (1992), section 4.3; R's survey::svyrecvar.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from analysis.arrays import BoolArray, FloatArray, IntArray, combine_codes, first_rows, sum_by
from analysis.design import Stage, SurveyDesign
from analysis.problems import DataProblem, LonelyPsuError
from analysis.results import LonelyPsu

_ALL_DRAWN = 1e-7  # a sampling fraction this near to 1 is a census of the group, as in R
DOMAIN_POLICIES = (LonelyPsu.ADJUST, LonelyPsu.AVERAGE)
"""What can be done about a stratum with a single PSU in a domain; R has the same two."""


@dataclass(frozen=True, slots=True, eq=False, kw_only=True)
class _Level:
    """One stage, seen from the cells."""

    from_below: IntArray | None  # (cells of the level below,) where each is added; None: the same cells
    cells: int
    divisor: FloatArray | None  # (cells,) multiplicity: a cell of m equal units holds m times one unit's total
    pair: IntArray  # (cells,) the domain x group a cell lies in
    pair_domain: IntArray  # (pairs,)
    pair_group: IntArray  # (pairs,)
    pair_units: FloatArray  # (pairs,) n_g
    pair_absent: FloatArray  # (pairs,) units of the group without a cell in the domain: observed zeros
    factor: FloatArray  # (pairs,) phi (1 - f) n / (n - 1)
    factor_without_fpc: FloatArray  # (pairs,) n / (n - 1)
    adjusted: FloatArray  # (pairs,) 1 - f where a single unit is centred on the mean of all, else 0
    adjusted_without_fpc: FloatArray  # (pairs,) the same with f = 0


@dataclass(frozen=True, slots=True, eq=False, kw_only=True)
class Variance:
    """The variance of sums over cells, for many sums at once. Made by ``variance_of_cells``."""

    levels: tuple[_Level, ...]  # stage one first
    domains: int
    psus: FloatArray  # (domains,) PSUs of the whole design, those without a member of the domain too
    stretch: FloatArray  # (domains,) strata / strata with a variance, under the policy ``average``; else 1
    averaged: FloatArray | None  # (pairs of stage one,) 1 in a stratum with a single PSU, under ``average`` only
    in_domains: LonelyPsu | None  # adjust or average: also for strata with a single PSU that has a member of the domain
    fractions: tuple[FloatArray, ...]  # per stage (groups,), see ``sampling_fractions``
    absent_adjusted: tuple[FloatArray, FloatArray]  # (domains,) 1 - f of single-PSU strata without a member; f = 0
    notes: tuple[str, ...]
    first_unit: IntArray  # (cells of stage one,) the PSU of each
    first_domain: IntArray  # (cells of stage one,)

    def to_first(self, values: FloatArray) -> FloatArray:
        """A row of cell sums, added up to the cells of stage one."""
        for level in reversed(self.levels):
            if level.from_below is not None:
                values = sum_by(level.from_below, values, level.cells)
        return values

    def of(self, influence: FloatArray, counts: FloatArray | None = None) -> tuple[FloatArray, FloatArray]:
        """Variances with and without finite population correction, each (k, domains), of rows (k, cells).

        ``counts`` (k, cells), respondents: under ``average`` only strata with one of them count, as in R, and they say
        where one PSU of several has a member of the domain. NaN where every such stratum has a single PSU.
        """
        with_fpc, without = np.zeros((2, len(influence), self.domains))
        for number, values in enumerate(influence):
            with_fpc[number] = self._of_row(values, None if counts is None else counts[number], without[number])
        return with_fpc, without

    def corrected(self, influence: FloatArray, counts: FloatArray | None = None) -> FloatArray:
        """The first of the two alone, in half the time."""
        rows = [(values, None if counts is None else counts[number]) for number, values in enumerate(influence)]
        return np.stack([self._of_row(*row) for row in rows]) if rows else np.zeros((0, self.domains))

    def _of_row(self, values: FloatArray, counts: FloatArray | None, without: FloatArray | None = None) -> FloatArray:
        """With finite population correction, (domains,); the one without it is written into ``without``."""
        found = np.zeros(self.domains)
        for depth in range(len(self.levels) - 1, -1, -1):
            level = self.levels[depth]
            if level.from_below is not None:
                values = sum_by(level.from_below, values, level.cells)
            squares, total = _squares(level, values)
            if depth == 0 and counts is not None and self.in_domains is not None:
                squares = self._with_lonely_of_domains(level, squares, total, counts)
            part = self._by_domain(level, level.factor * squares)
            if depth == 0:
                stretch = self.stretch if counts is None else self.stretch_over(counts)
                apart = self._apart(level, total)
                part = part * stretch
                if apart is not None:
                    part += self._single(level.adjusted, self.absent_adjusted[0], level, apart)
                if without is not None:
                    without[:] = self._by_domain(level, level.factor_without_fpc * squares) * stretch
                    if apart is not None:
                        without += self._single(level.adjusted_without_fpc, self.absent_adjusted[1], level, apart)
            found += part
        return found

    def stretch_over(self, counts: FloatArray) -> FloatArray:
        """``stretch`` over the strata with a respondent among ``counts`` (cells,); NaN where none has a variance."""
        first = self.levels[0]
        alone = self.averaged
        if self.in_domains is LonelyPsu.AVERAGE:
            alone = self._alone_in_domain(counts) + (0.0 if alone is None else alone)
        if alone is None:
            return self.stretch
        seen = sum_by(first.pair, self.to_first(counts) > 0, len(first.pair_domain)) > 0
        return _stretch(self._by_domain(first, seen.astype(np.float64)), self._by_domain(first, alone * seen))

    def _alone_in_domain(self, counts: FloatArray) -> FloatArray:
        """1 for strata of several PSUs, not all drawn, of which one has a respondent among ``counts``, (pairs,)."""
        first = self.levels[0]
        members = np.where(self.to_first(counts) > 0, 1.0 if first.divisor is None else first.divisor, 0.0)
        seen = sum_by(first.pair, members, len(first.pair_domain))
        return np.asarray((seen == 1) & (first.pair_units > 1) & (first.factor > 0), dtype=np.float64)

    def _with_lonely_of_domains(
        self, level: _Level, squares: FloatArray, total: FloatArray, counts: FloatArray
    ) -> FloatArray:
        """Squares of strata that are lonely in a domain: about the mean of all PSUs, or none, which ``average`` mends.

        As R does with options(survey.adjust.domain.lonely = TRUE): the one PSU and the zeros of the others.
        """
        alone = self._alone_in_domain(counts) > 0
        if self.in_domains is LonelyPsu.AVERAGE:
            return np.where(alone, 0.0, squares)
        centre = self._centre(level, total)[level.pair_domain]
        return np.where(alone, (total - centre) ** 2 + (level.pair_units - 1) * centre**2, squares)

    def _centre(self, level: _Level, total: FloatArray) -> FloatArray:
        """The mean total of all PSUs of the design, (domains,)."""
        return self._by_domain(level, total) / np.maximum(self.psus, 1)

    def _by_domain(self, level: _Level, values: FloatArray) -> FloatArray:
        return sum_by(level.pair_domain, values, self.domains)

    def _apart(self, level: _Level, total: FloatArray) -> tuple[FloatArray, FloatArray] | None:
        """Squares of single-PSU strata about the mean PSU total, as survey 4.5 (4.1-1 does not centre), (pairs,), and
        of what a single PSU without a member of the domain has, an observed zero, (domains,).

        The mean is over all PSUs of the design. None where no single PSU is centred.
        """
        if not (level.adjusted_without_fpc.any() or self.absent_adjusted[1].any()):
            return None
        centre = self._centre(level, total)
        return (total - centre[level.pair_domain]) ** 2, centre**2

    def _single(
        self, adjusted: FloatArray, absent: FloatArray, level: _Level, apart: tuple[FloatArray, FloatArray]
    ) -> FloatArray:
        return self._by_domain(level, adjusted * apart[0]) + absent * apart[1]

    def touched(self, counts: FloatArray) -> tuple[FloatArray, FloatArray]:
        """PSUs and strata with at least one observation, each (k, domains), of counts per cell (k, cells)."""
        psus = np.zeros((len(counts), self.domains))
        strata = np.zeros((len(counts), self.domains))
        first = self.levels[0]
        for number, values in enumerate(counts):
            if number and np.array_equal(values, counts[number - 1]):  # items that everyone answered
                psus[number], strata[number] = psus[number - 1], strata[number - 1]
                continue
            seen = self.to_first(values) > 0
            units = np.where(seen, 1.0 if first.divisor is None else first.divisor, 0.0)
            per_pair = sum_by(first.pair, units, len(first.pair_domain))
            psus[number] = self._by_domain(first, per_pair)
            strata[number] = self._by_domain(first, (per_pair > 0).astype(np.float64))
        return psus, strata


def _stretch(strata: FloatArray, single: FloatArray) -> FloatArray:
    """The strata's number over that of those with a variance; NaN where there is none of them, 1 without strata."""
    stretch = np.where(strata > 0, np.nan, 1.0)
    np.divide(strata, strata - single, out=stretch, where=strata > single)
    return stretch


def _rest(whole: float, part: FloatArray) -> FloatArray:
    rest = whole - part
    return np.where(rest > 1e-9 * max(whole, 1.0), rest, 0.0)


def _squares(level: _Level, values: FloatArray) -> tuple[FloatArray, FloatArray]:
    """Per pair: the sum of squares of unit totals about their mean, and the sum of unit totals."""
    pairs = len(level.pair_domain)
    total = sum_by(level.pair, values, pairs)
    mean = total / level.pair_units
    if level.divisor is None:
        apart = values - mean[level.pair]
        squares = sum_by(level.pair, apart * apart, pairs)
    else:
        apart = values / level.divisor - mean[level.pair]
        squares = sum_by(level.pair, level.divisor * apart * apart, pairs)
    return squares + level.pair_absent * mean * mean, total


def variance_of_cells(
    design: SurveyDesign,
    cell_unit: IntArray,
    cell_domain: IntArray,
    domains: int,
    lonely_psu: LonelyPsu,
    *,
    in_domains: bool = False,
) -> Variance:
    """Works out factors and maps once for cells (unit of the last stage, domain).

    ``in_domains``: the policy (adjust or average) also where one PSU of a stratum has members of the domain.

    Raises LonelyPsuError under the policy ``fail`` where a stratum has one PSU and is not a census.
    """
    fractions, notes = sampling_fractions(design)
    inclusion = _inclusion_above(design, fractions)
    lonely = _lonely_groups(design, fractions[0], lonely_psu)
    deepest = max(number for number in range(len(design.stages)) if number == 0 or inclusion[number].any())
    units, domain_of = cell_unit, cell_domain
    levels: list[_Level] = []
    climbed: IntArray | None = None
    for number in range(len(design.stages) - 1, -1, -1):
        stage = design.stages[number]
        if number < len(design.stages) - 1:
            parents_of = design.stages[number + 1].parent_of_unit
            assert parents_of is not None
            parents = parents_of[units]
            above, count = combine_codes(parents, stage.units, domain_of, domains)
            first = first_rows(above, count)
            units, domain_of = parents[first], domain_of[first]
            climbed = above if climbed is None else above[climbed]
        if number <= deepest:
            adjusts = lonely if number == 0 and lonely_psu is LonelyPsu.ADJUST else None
            levels.append(
                _level(stage, units, domain_of, domains, fractions[number], inclusion[number], adjusts, climbed)
            )
            climbed = None
    levels.reverse()
    top = levels[0]
    averaged = lonely[top.pair_group] if lonely_psu is LonelyPsu.AVERAGE and lonely.any() else None
    stretch = np.ones(domains)
    if averaged is not None:
        stretch = _stretch(sum_by(top.pair_domain, None, domains), sum_by(top.pair_domain, averaged, domains))
    adjusted = lonely if lonely_psu is LonelyPsu.ADJUST else np.zeros_like(lonely)
    return Variance(
        levels=tuple(levels),
        domains=domains,
        psus=np.full(domains, design.stages[0].sample_size.sum()),
        stretch=stretch,
        averaged=averaged,
        in_domains=lonely_psu if in_domains and lonely_psu in DOMAIN_POLICIES else None,
        fractions=tuple(fractions),
        absent_adjusted=(
            _rest(float((adjusted * (1 - fractions[0])).sum()), sum_by(top.pair_domain, top.adjusted, domains)),
            _rest(float(adjusted.sum()), sum_by(top.pair_domain, top.adjusted_without_fpc, domains)),
        ),
        notes=(*design.notes, *notes),
        first_unit=units,
        first_domain=domain_of,
    )


def _level(
    stage: Stage,
    units: IntArray,
    domain_of: IntArray,
    domains: int,
    fraction: FloatArray,
    inclusion: FloatArray,
    lonely: FloatArray | None,
    from_below: IntArray | None,
) -> _Level:
    group = stage.group_of_unit[units]
    pair, pairs = combine_codes(domain_of, domains, group, stage.groups)
    first = first_rows(pair, pairs)
    pair_group = group[first]
    size = stage.sample_size[pair_group]
    divisor = None if stage.multiplicity is None else stage.multiplicity[units]
    present = sum_by(pair, divisor, pairs)
    inflation = np.where(size > 1, size / np.maximum(size - 1, 1), 0.0)
    left = 1 - fraction[pair_group]
    left[left < _ALL_DRAWN] = 0.0
    return _Level(
        from_below=from_below,
        cells=len(units),
        divisor=divisor,
        pair=pair,
        pair_domain=domain_of[first],
        pair_group=pair_group,
        pair_units=size,
        pair_absent=size - present,
        factor=inclusion[pair_group] * left * inflation,
        factor_without_fpc=inflation,
        adjusted=np.zeros(pairs) if lonely is None else lonely[pair_group] * left,
        adjusted_without_fpc=np.zeros(pairs) if lonely is None else lonely[pair_group],
    )


def sampling_fractions(design: SurveyDesign) -> tuple[list[FloatArray], tuple[str, ...]]:
    """Per stage (groups,); 0 where a single later unit sends the stratum above to the ultimate cluster, with a note."""
    fractions = [stage.sampling_fraction.copy() for stage in design.stages]
    fallen = 0
    for number in range(len(design.stages) - 1, 0, -1):
        stage, above = design.stages[number], design.stages[number - 1]
        single = (stage.sample_size == 1) & (fractions[number] < 1 - _ALL_DRAWN)
        if not single.any():
            continue
        parents = stage.parent_of_unit
        assert parents is not None
        groups = np.unique(above.group_of_unit[np.unique(parents[single[stage.group_of_unit]])])
        groups = groups[fractions[number - 1][groups] > 0]
        fractions[number - 1][groups] = 0.0
        fallen += len(groups)
    if not fallen:
        return fractions, ()
    return fractions, (
        f"in {fallen} {'stratum' if fallen == 1 else 'strata'} of an earlier stage a unit has one drawn unit below it, "
        "which shows nothing of how those differ: the variance there is that of the ultimate cluster, without finite "
        "population correction",
    )


def _inclusion_above(design: SurveyDesign, fractions: list[FloatArray]) -> list[FloatArray]:
    """phi per group and stage: the product of the sampling fractions of the stages above."""
    inclusion = [np.ones(design.stages[0].groups)]
    for number in range(1, len(design.stages)):
        stage, above = design.stages[number], design.stages[number - 1]
        assert stage.parent_of_unit is not None
        parent = stage.parent_of_unit[first_rows(stage.group_of_unit, stage.groups)]
        group = above.group_of_unit[parent]
        inclusion.append(inclusion[number - 1][group] * fractions[number - 1][group])
    return inclusion


def lonely_strata(design: SurveyDesign, fraction: FloatArray) -> BoolArray:
    """Strata of stage one with a single PSU that is not all there is, shape (groups,)."""
    return np.asarray((design.stages[0].sample_size == 1) & (fraction < 1 - _ALL_DRAWN))


def _lonely_groups(design: SurveyDesign, fraction: FloatArray, policy: LonelyPsu) -> FloatArray:
    """1 for strata of stage one with a single PSU out of several, shape (groups,)."""
    first = design.stages[0]
    lonely = lonely_strata(design, fraction)
    if lonely.any() and policy is LonelyPsu.FAIL:
        raise LonelyPsuError([_alone(design) if first.groups == 1 else _single_psus(design, np.flatnonzero(lonely))])
    return np.asarray(lonely, dtype=np.float64)


def _alone(design: SurveyDesign) -> DataProblem:
    who = "there is one respondent" if design.elements_are_psus else "all respondents lie in one PSU"
    return DataProblem(
        column="data",
        rows=(),
        message=f"{who}, and one PSU shows nothing of how PSUs differ",
        remedy="A sampling error needs two PSUs or more; for the estimate without one choose remove for lonely PSUs.",
    )


def _single_psus(design: SurveyDesign, groups: IntArray) -> DataProblem:
    first = design.stages[0]
    names = [design.stratum_names[group] for group in groups]
    shown = ", ".join(names[:10]) + (" …" if len(names) > 10 else "")
    rows = np.flatnonzero(np.isin(first.group_of_unit[first.unit_of_row], groups))
    return DataProblem(
        column=design.stratum_column or "strata",
        rows=tuple(int(row) for row in rows[:5]),
        message=f"{len(names)} {'stratum has' if len(names) == 1 else 'strata have'} a single PSU: {shown}",
        remedy="Join them with a neighbour; give population sizes where all PSUs were drawn; or choose certainty, "
        "adjust, average or remove for lonely PSUs.",
    )
