"""Change between two waves of a survey, with the covariance of the PSUs that were asked in both.

Both waves stand in one frame (``join_waves``): where a stratum kept PSUs, its label and theirs are the same in both,
and the covariance follows; where it was drawn anew, each wave is a stratum of its own. "No detectable change" is a
result. Where definition, selection, frame or the shares of modes differ there is a difference of figures, but no
change.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import pandas as pd

from analysis.design import SurveyDesign
from analysis.estimation import estimate
from analysis.estimation.contrasts import Contrast, contrasts
from analysis.estimation.requests import Request
from analysis.results import ChangeVerdict, Domain, Estimate, Interval, LonelyPsu

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
    kept = {
        str(label)
        for label, units in before.groupby(stratum)[psu]
        if set(units) & set(after.loc[after[stratum] == label, psu])
    }
    parts = []
    for frame, label in ((before, waves.before), (after, waves.after)):
        part = frame.copy()
        part[waves.column] = label
        apart = ~part[stratum].astype(str).isin(kept)
        part[stratum] = part[stratum].astype(str)
        part[psu] = part[psu].astype(str)
        part.loc[apart, stratum] = part.loc[apart, stratum] + f"@{label}"
        part.loc[apart, psu] = part.loc[apart, psu] + f"@{label}"
        parts.append(part)
    return pd.concat(parts, ignore_index=True)


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
    single = estimate(frame, design, requests, by=[*by, waves.column], level=level, lonely_psu=lonely_psu).estimates
    of_wave = {(one.variable, one.category, one.domain): one for one in single}
    domains = dict.fromkeys(one.domain[:-1] for one in single if one.domain[-1][1] == waves.after)
    first, second = ((waves.column, label) for label in waves.labels)
    both = [domain for domain in domains if any(one.domain == (*domain, first) for one in single)]
    if not both:
        raise ValueError(f"no domain was asked in both waves {waves.before!r} and {waves.after!r}")
    wanted = [
        Contrast(str(place), {(*domain, second): 1.0, (*domain, first): -1.0}) for place, domain in enumerate(both)
    ]
    found = contrasts(frame, design, requests, wanted, by=[*by, waves.column], level=level, lonely_psu=lonely_psu)
    reasons = () if conditions is None else differences_of(*conditions)
    return tuple(_change(one, both[int(one.domain[0][1])], of_wave, waves, reasons) for one in found.estimates)


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
    difference: Estimate,
    domain: Domain,
    of_wave: Mapping[tuple[str, str | None, Domain], Estimate],
    waves: TwoWaves,
    reasons: tuple[str, ...],
) -> Change:
    before, after = (
        of_wave[(difference.variable, difference.category, (*domain, (waves.column, label)))].value
        for label in waves.labels
    )
    return Change(
        variable=difference.variable,
        category=difference.category,
        domain=domain,
        before=before,
        after=after,
        difference=difference.value,
        standard_error=difference.standard_error,
        interval=difference.interval,
        degrees_of_freedom=difference.degrees_of_freedom,
        verdict=_verdict(difference.interval, reasons),
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
