"""Change between two waves of a survey, with the covariance of the PSUs that were asked in both.

Both waves stand in one frame (``join_waves``): where a stratum kept PSUs, its label and theirs are the same in both,
and the covariance follows; where it was drawn anew, each wave is a stratum of its own. "No detectable change" is a
result. Where definition, selection, frame or the shares of modes differ there is a difference of figures, but no
change.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd

from analysis.design import SurveyDesign
from analysis.estimation.differences import differences
from analysis.estimation.estimate import prepare_estimator
from analysis.estimation.options import Options
from analysis.estimation.requests import Request
from analysis.results import ChangeVerdict, Domain, Interval, IntervalMethod, LonelyPsu

MOST_MODE_DIFFERENCE = 0.10
"""Shares of modes that differ by more leave no change to speak of (10 points)."""


@dataclass(frozen=True, slots=True, kw_only=True)
class WaveConditions:
    """How a wave was asked: what must be equal for a change to be one."""

    definition: str  # of the indicator: its canonical form or hash
    selection: str
    frame: str
    mode_shares: Mapping[str, float]  # of the completed cases, by mode


@dataclass(frozen=True, slots=True, kw_only=True)
class TwoWaves:
    """How a frame that holds both waves says which row is of which."""

    column: str
    before: str
    after: str

    @property
    def labels(self) -> tuple[str, str]:
        return self.before, self.after


@dataclass(frozen=True, slots=True, kw_only=True)
class Change:
    variable: str
    category: str | None
    domain: Domain
    before: float | None
    after: float | None
    difference: float | None
    standard_error: float | None
    interval: Interval | None
    degrees_of_freedom: int | None
    verdict: ChangeVerdict
    reasons: tuple[str, ...] = ()  # why not comparable


def join_waves(before: pd.DataFrame, after: pd.DataFrame, *, waves: TwoWaves, stratum: str, psu: str) -> pd.DataFrame:
    """Both waves' rows in one frame with the column of ``waves``, strata labelled so that the design knows the overlap.

    A stratum in which no PSU was asked in both waves becomes two, named after the waves.
    """
    if waves.column in before.columns or waves.column in after.columns:
        raise ValueError(f"there is a column {waves.column!r} already; name the wave's column otherwise")
    frame = pd.concat([before, after], ignore_index=True)
    later = np.arange(len(frame)) >= len(before)
    frame[waves.column] = pd.Categorical.from_codes(later.astype(np.int8), pd.Index(list(waves.labels), dtype="str"))
    (strata, names), (units, unit_names) = (pd.factorize(frame[name].astype(str)) for name in (stratum, psu))
    pair = strata * len(unit_names) + units
    told = (strata >= 0) & (units >= 0)  # what is missing stays so, and the design says where
    met = np.intersect1d(pair[told & ~later], pair[told & later]) // max(len(unit_names), 1)
    alone = np.where(np.isin(strata, met), 0, 1 + later)
    for name, codes, labels in ((stratum, strata, names), (psu, units, unit_names)):
        every = [f"{label}{suffix}" for suffix in ("", *(f"@{wave}" for wave in waves.labels)) for label in labels]
        placed = np.where(codes < 0, -1, codes + alone * len(labels))
        frame[name] = pd.Categorical.from_codes(placed, pd.Index(every, dtype="str"))
        frame[name] = frame[name].cat.remove_unused_categories()
    return frame


def changes(
    frame: pd.DataFrame,
    design: SurveyDesign,
    requests: Sequence[Request],
    waves: TwoWaves,
    *,
    by: Sequence[str] = (),
    level: float = 0.95,
    lonely_psu: LonelyPsu = LonelyPsu.FAIL,
    conditions: tuple[WaveConditions, WaveConditions] | None = None,
) -> tuple[Change, ...]:
    """After minus before of every request, for the whole or every domain of ``by`` that both waves have.

    The interval is two-sided; the change is risen or fallen where it leaves 0 out. ``conditions`` of both waves, where
    given, must agree, or the verdict is that they cannot be compared.
    """
    options = Options(level=level, lonely_psu=lonely_psu)
    estimator = prepare_estimator(frame, design, requests, by=[*by, waves.column], options=options)
    place = {key: number for number, key in enumerate(estimator.domains.keys)}
    before, after = ((waves.column, label) for label in waves.labels)
    domains = [key[:-1] for key in place if key[-1] == after and (*key[:-1], before) in place]
    if not domains:
        raise ValueError(f"no domain was asked in both waves {waves.before!r} and {waves.after!r}")
    first, second = (
        np.array([place[(*domain, wave)] for domain in domains], dtype=np.int64) for wave in (before, after)
    )
    table, apart = differences(estimator, first, second)
    columns = (
        table.figures.value[:, first],
        table.figures.value[:, second],
        apart.value,
        apart.standard_error,
        apart.low,
        apart.high,
        apart.degrees_of_freedom,
    )
    reasons = () if conditions is None else differences_of(*conditions)
    rows = np.stack(columns, axis=2).tolist()
    return tuple(
        _change((quantity.variable, quantity.category, domain), rows[number][at], level, reasons)
        for at, domain in enumerate(domains)
        for number, quantity in enumerate(table.quantities)
    )


def differences_of(before: WaveConditions, after: WaveConditions) -> tuple[str, ...]:
    """Why two waves cannot be compared; nothing where they can."""
    found = [
        f"the {name} differs"
        for name in ("definition", "selection", "frame")
        if getattr(before, name) != getattr(after, name)
    ]
    modes = sorted({*before.mode_shares, *after.mode_shares})
    moved = [
        mode
        for mode in modes
        if abs(before.mode_shares.get(mode, 0.0) - after.mode_shares.get(mode, 0.0)) > MOST_MODE_DIFFERENCE + 1e-9
    ]
    if moved:
        found.append(f"the share of {', '.join(moved)} differs by more than {MOST_MODE_DIFFERENCE:.0%}")
    return tuple(found)


def _change(
    of: tuple[str, str | None, Domain], figures: Sequence[float], level: float, reasons: tuple[str, ...]
) -> Change:
    """``figures``: before, after, difference, standard error, low, high, degrees of freedom; NaN for none."""
    variable, category, domain = of
    before, after, difference, error, low, high = (None if one != one else one for one in figures[:-1])
    limits = (
        Interval(low=low, high=high, level=level, method=IntervalMethod.WALD)
        if low is not None and high is not None
        else None
    )
    return Change(
        variable=variable,
        category=category,
        domain=domain,
        before=before,
        after=after,
        difference=difference,
        standard_error=error,
        interval=limits,
        degrees_of_freedom=max(int(figures[-1]), 0),
        verdict=_verdict(limits, reasons),
        reasons=reasons,
    )


def _verdict(interval: Interval | None, reasons: tuple[str, ...]) -> ChangeVerdict:
    if reasons:
        return ChangeVerdict.NOT_COMPARABLE
    if interval is None:
        return ChangeVerdict.NOT_ESTIMABLE
    if interval.low > 0:
        return ChangeVerdict.RISEN
    return ChangeVerdict.FALLEN if interval.high < 0 else ChangeVerdict.NO_DETECTABLE_CHANGE
