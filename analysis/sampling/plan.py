"""What a sample will be able to say, before the field: per community and overall, as a table and as a curve.

The interval foretold is the one that will be printed (Korn-Graubard; with the penalty for few degrees of freedom
where those are told), and the publication rule is asked in advance: in which tier a community will be told is known
before it is visited.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from analysis.estimation.intervals import all_alike_limit, clopper_pearson, penalty
from analysis.results import PublicationRule, Reliability, Tier
from analysis.sampling.sample_size import FieldAssumptions, PlannedSize, margin_of, size_for_margin


@dataclass(frozen=True, slots=True, kw_only=True)
class Prospect:
    """What so many completed questionnaires would show. Shares in 0..1."""

    completed: int
    cases: int
    share: float
    margin: float  # half the normal interval
    low: float  # of the interval that is printed
    high: float
    effective_sample_size: float
    tier: Tier  # how firmly a share at this level will be told; a share nearer to 0 or 1 has a narrower interval
    warnings: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class AreaProspect:
    """One community, or the whole ("")."""

    name: str
    prospect: Prospect


@dataclass(frozen=True, slots=True, kw_only=True)
class AreaField:
    """One community before the field."""

    name: str
    field: FieldAssumptions
    share: float = 0.5


def prospect(
    completed: int,
    *,
    share: float = 0.5,
    level: float = 0.95,
    field: FieldAssumptions | None = None,
    rule: PublicationRule | None = None,
    degrees_of_freedom: float | None = None,
) -> Prospect:
    """Margin, foretold interval, and what the publication rule would say to it.

    ``degrees_of_freedom``: grids drawn less strata, where they are few: the interval is the wider for it.
    """
    field, rule = field or FieldAssumptions(), rule or PublicationRule()
    if completed < 1:
        raise ValueError(f"{completed} completed questionnaires show nothing; at least 1 is needed")
    low, high = _interval(completed, share, level, field, degrees_of_freedom)
    effective = min(float(completed), completed / field.design_effect)
    return Prospect(
        completed=completed,
        cases=field.cases(completed),
        share=share,
        margin=margin_of(completed, share=share, level=level, field=field),
        low=low,
        high=high,
        effective_sample_size=effective,
        tier=tier_of(completed, effective, high - low, rule),
        warnings=_warnings(completed, effective, high - low, rule),
    )


def margin_table(
    sizes: Sequence[int],
    *,
    share: float = 0.5,
    level: float = 0.95,
    field: FieldAssumptions | None = None,
    rule: PublicationRule | None = None,
) -> tuple[Prospect, ...]:
    """Size against margin, one row per size; sizes above the population are left out."""
    field = field or FieldAssumptions()
    return tuple(
        prospect(size, share=share, level=level, field=field, rule=rule)
        for size in sizes
        if field.population is None or size <= field.population
    )


def margin_curve(
    *,
    share: float = 0.5,
    level: float = 0.95,
    field: FieldAssumptions | None = None,
    smallest: int = 10,
    largest: int = 2000,
    points: int = 60,
) -> tuple[tuple[int, float], ...]:
    """(completed, margin) at sizes that grow by a constant factor: for a chart whose curve is smooth where it bends."""
    field = field or FieldAssumptions()
    end = largest if field.population is None else min(largest, field.population)
    start = min(smallest, end)
    sizes = dict.fromkeys(int(size) for size in np.unique(np.round(np.geomspace(start, end, points))))
    return tuple((size, margin_of(size, share=share, level=level, field=field)) for size in sizes)


def sizes_for_areas(
    areas: Sequence[AreaField], margin: float, *, level: float = 0.95
) -> tuple[tuple[str, PlannedSize], ...]:
    """Completed questionnaires per community for the same margin in each."""
    return tuple(
        (area.name, size_for_margin(margin, share=area.share, level=level, field=area.field)) for area in areas
    )


def prospects(
    areas: Sequence[AreaField],
    completed: Sequence[int],
    *,
    level: float = 0.95,
    rule: PublicationRule | None = None,
) -> tuple[AreaProspect, ...]:
    """What an allocation shows per community, then for the whole ("") as a stratified sample.

    Margin of the whole: z sqrt(sum of W_h^2 d_h p_h q_h / n_h (1 - f_h)), W_h the community's part of the adults. Every
    community needs a population for it; a community without a sample leaves the whole unknown, and it is left out.
    """
    if len(areas) != len(completed):
        raise ValueError(f"{len(areas)} areas beside {len(completed)} sizes: one each is needed")
    rows = [
        AreaProspect(
            name=area.name, prospect=prospect(size, share=area.share, level=level, field=area.field, rule=rule)
        )
        for area, size in zip(areas, completed, strict=True)
        if size
    ]
    if all(completed) and all(area.field.population is not None for area in areas):
        rows.append(AreaProspect(name="", prospect=_whole(areas, completed, level, rule or PublicationRule())))
    return tuple(rows)


def _whole(areas: Sequence[AreaField], completed: Sequence[int], level: float, rule: PublicationRule) -> Prospect:
    populations = np.array([area.field.population for area in areas], dtype=np.float64)
    part = populations / populations.sum()
    margins = np.array(
        [
            margin_of(size, share=area.share, level=level, field=area.field)
            for area, size in zip(areas, completed, strict=True)
        ]
    )
    size = int(sum(completed))
    share = float(part @ np.array([area.share for area in areas]))
    # Margins are z times standard errors, so their squares add up as variances do; simple: the same size without
    # strata.
    margin = float(np.sqrt((part**2 * margins**2).sum()))
    simple = margin_of(size, share=share, level=level)
    effect = (margin / simple) ** 2 if simple > 0 and margin > 0 else 1.0
    field = FieldAssumptions(design_effect=effect)
    low, high = _interval(size, share, level, field) if margin > 0 else (share, share)
    effective = min(float(size), size / effect)
    cases = sum(area.field.cases(one) for area, one in zip(areas, completed, strict=True))
    return Prospect(
        completed=size,
        cases=cases,
        share=share,
        margin=margin,
        low=low,
        high=high,
        effective_sample_size=effective,
        tier=tier_of(size, effective, high - low, rule),
        warnings=_warnings(size, effective, high - low, rule),
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class Part:
    """One stratum of a larger area. ``size``: what it counts in the whole, as its households."""

    size: float
    completed: int
    design_effect: float = 1.0


def pooled(
    parts: Sequence[Part],
    *,
    degrees_of_freedom: float | None = None,
    share: float = 0.5,
    level: float = 0.95,
    rule: PublicationRule | None = None,
) -> Prospect | None:
    """What strata say together, of a share that is the same in each; None where one of them has nobody."""
    if not parts or any(part.completed < 1 for part in parts):
        return None
    whole, completed = sum(part.size for part in parts), sum(part.completed for part in parts)
    variance = sum((part.size / whole) ** 2 * part.design_effect / part.completed for part in parts)
    field = FieldAssumptions(design_effect=completed * variance)
    return prospect(completed, share=share, level=level, field=field, rule=rule, degrees_of_freedom=degrees_of_freedom)


def _interval(
    completed: int, share: float, level: float, field: FieldAssumptions, degrees_of_freedom: float | None = None
) -> tuple[float, float]:
    """Clopper-Pearson at the size that gives the same variance: n / d, larger where the list is nearly exhausted, less
    where few grids say how much they differ."""
    if field.population is not None and completed >= field.population:
        return share, share
    correction = 1.0
    if field.population is not None:
        correction = (field.population - completed) / (field.population - 1)
    size = np.array([completed / (field.design_effect * correction)])
    if degrees_of_freedom is not None:
        if degrees_of_freedom < 1:
            return 0.0, 1.0  # one grid shows nothing of how grids differ
        size = size * penalty(np.array([max(completed, 2.0)]), np.array([degrees_of_freedom]), level)
    if share in (0.0, 1.0):
        limit = float(all_alike_limit(size, size - 1, level)[0]) if size[0] > 1 else 0.0
        return (limit, 1.0) if share == 1.0 else (0.0, 1 - limit)
    low, high = clopper_pearson(np.array([share]), size, level)
    return float(low[0]), float(high[0])


def tier_of(completed: int, effective: float, width: float, rule: PublicationRule) -> Tier:
    """How firmly a figure with that effective sample and that width of its interval (share of the scale) is told."""
    if completed < rule.minimum_respondents:
        return Tier.NOT_ALONE
    if effective >= rule.minimum_effective_sample and width < rule.widest_interval:
        return Tier.SHOWN
    if rule.reliability is Reliability.SUPPRESS:
        return Tier.NOT_ALONE
    too_wide = rule.reliability is Reliability.TIERS and width > rule.widest_coarse_interval
    return Tier.NOT_ALONE if too_wide else Tier.COARSE


def _warnings(completed: int, effective: float, width: float, rule: PublicationRule) -> tuple[str, ...]:
    """Why a figure will not be told firmly."""
    tier = tier_of(completed, effective, width, rule)
    if tier is Tier.SHOWN:
        return ()
    if completed < rule.minimum_respondents:
        return (f"not alone: fewer than {rule.minimum_respondents} respondents",)
    found = []
    if effective < rule.minimum_effective_sample:
        found.append(f"effective sample {math.floor(effective)} below {rule.minimum_effective_sample:g}")
    if width >= rule.widest_interval:
        found.append(f"interval {width:.0%} wide")
    return (f"{'coarse' if tier is Tier.COARSE else 'not alone'}: {', '.join(found)}",)
