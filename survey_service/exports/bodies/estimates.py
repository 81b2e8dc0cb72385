"""Every figure of the wave with its standard error, from the exported columns alone.

Needs numpy and pandas. Weights are rebuilt step by step and held against those of the file; no figure stands here or
there. ``python <this file>`` writes a table to the standard output.
"""

from __future__ import annotations

import math
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

SETTINGS: dict[str, Any] = {}  # written by the export

ALL_DRAWN = 1e-7  # a sampling fraction this near to 1 is a census
REACHED = 1e-6
AT_ONCE = 5_000_000  # rows x figures that are in memory together
AREAS = ("community", "street", "age", "sex")
FIGURES = ("value", "standard_error", "low", "high", "respondents", "degrees_of_freedom")
BY = {"community": ["community"], "street": ["street"], "city": []}


# ---------------------------------------------------------------- the rows


def read(name: str) -> pd.DataFrame:
    """All as text: area codes have twelve digits and are no numbers."""
    return pd.read_csv(Path(__file__).parent / name, dtype=str, encoding="utf-8-sig")


def numbers(table: pd.DataFrame, name: str) -> np.ndarray:
    return pd.to_numeric(table[name]).to_numpy(dtype=np.float64)


def codes(*columns: Any) -> np.ndarray:
    """Whole numbers for the combinations of the columns."""
    keys = pd.DataFrame({number: np.asarray(column) for number, column in enumerate(columns)})
    return keys.groupby(list(keys.columns), sort=False, dropna=False).ngroup().to_numpy()


def spread(values: np.ndarray, by: np.ndarray) -> np.ndarray:
    """The sum of its group beside every row."""
    return np.asarray(np.bincount(by, weights=values)[by])


# ---------------------------------------------------------------- weights, step by step


def after_nonresponse(cases: pd.DataFrame) -> np.ndarray:
    """1 / probability; a case that is not eligible leaves, one nobody knows about counts with the share e of its
    community; within a class (joined already where it was small) those who answered carry the weight of those who did
    not. Where the adults of a household were asked, all of this is of households, and their number comes in last."""
    answered = numbers(cases, "answered") == 1
    unknown, ineligible = (cases["outcome"].isin(SETTINGS[name]) for name in ("unknown", "ineligible"))
    eligible = np.where(unknown, numbers(cases, "eligibility"), ~ineligible)
    carried = np.nan_to_num(eligible / numbers(cases, "probability"))
    group = codes(cases["community"], cases["weighting_class"])
    with np.errstate(divide="ignore", invalid="ignore"):
        return np.asarray(carried * spread(carried, group) / spread(carried * answered, group))


class Margins:
    """A column for every cell of every margin, and what the population has there."""

    def __init__(self, people: pd.DataFrame) -> None:
        known = read(SETTINGS["margins_file"])
        parts, totals = [], []
        for name in SETTINGS["margins"]:
            mine = known[known["margin"] == name]
            parts.append((people[name].to_numpy()[:, None] == mine["cell"].to_numpy()[None, :]).astype(np.float64))
            totals.append(pd.to_numeric(mine["population"]).to_numpy(dtype=np.float64))
        self.cells, self.totals = np.concatenate(parts, axis=1), np.concatenate(totals)
        self.before = np.ones(len(people))
        self._inverse: np.ndarray | None = None  # of the cross products, with the weights before

    def met(self, weight: np.ndarray) -> np.ndarray:
        """The nearest weights that meet every margin: w F(x' lambda), lambda by Newton's method (Deville & Sarndal
        1992); F is exp for raking, 1 + u for the linear distance."""
        raking = SETTINGS["calfun"] == "raking"
        u = np.zeros(len(weight))
        for _ in range(100):
            now = weight * (np.exp(u) if raking else 1 + u)
            gap = self.totals - self.cells.T @ now
            if np.abs(gap / np.maximum(self.totals, 1e-300)).max() < 1e-13:
                break
            slope = weight * (np.exp(u) if raking else 1.0)
            step = np.linalg.pinv(self.cells.T @ (self.cells * slope[:, None]), hermitian=True) @ gap
            u = u + self.cells @ step
        return np.asarray(weight * (np.exp(u) if raking else 1 + u))

    def residual(self, z: np.ndarray) -> np.ndarray:
        """What the margins do not explain of the columns of z, by a regression with the weights before."""
        if self._inverse is None:  # the weights before are settled by now
            self._inverse = np.linalg.pinv(self.cells.T @ (self.cells * self.before[:, None]), hermitian=True)
        return np.asarray(z - self.cells @ (self._inverse @ (self.cells.T @ (z * self.before[:, None]))))


def cut_off(weight: np.ndarray, limit: np.ndarray, community: np.ndarray) -> np.ndarray:
    """At most the limit each; what is cut off goes to the others of the community."""
    total = spread(weight, community)
    for _ in range(20):
        high = weight >= limit * (1 - 1e-15)
        weight = np.where(high, limit, weight)
        rest = spread(weight * ~high, community)
        factor = np.divide(total - spread(weight * high, community), rest, out=np.ones_like(rest), where=rest > 0)
        weight = np.where(high, weight, weight * factor)
        if not (weight > limit).any():
            break
    return weight


def calibrated(people: pd.DataFrame, before: np.ndarray, margins: Margins) -> tuple[np.ndarray, np.ndarray]:
    """Weights calibrated, and trimmed where the plan says so; margins and limit take turns until both hold."""
    margins.before = before
    first = final = margins.met(before)
    if SETTINGS["trim"] is None:
        return first, final
    community = codes(people["community"])
    limit = SETTINGS["trim"] * pd.Series(first).groupby(community).transform("median").to_numpy()
    for _ in range(20):
        if not (final > limit * (1 + REACHED)).any():
            break
        margins.before = cut_off(final, limit, community)
        final = margins.met(margins.before)
    return first, final


def hold_against_the_file(people: pd.DataFrame, step: str, mine: np.ndarray) -> None:
    theirs = numbers(people, step)
    worst = np.nanmax(np.abs(mine - theirs) / np.maximum(np.abs(theirs), 1e-300))
    sys.stderr.write(f"{step}: largest relative difference from the file {worst:.1e}\n")
    if worst > 1e-8:
        raise SystemExit(f"weights differ from those of the file: {step}")


# ---------------------------------------------------------------- the design and its variance


class Design:
    """Units and groups of every stage (a group: the stratum, or the unit that a unit lies in), as codes."""

    def __init__(self, people: pd.DataFrame, weight: np.ndarray, margins: Margins | None) -> None:
        self.weight, self.margins = weight, margins
        self.stratum = codes(people["stratum"])
        path: list[Any] = []
        self.units: list[np.ndarray] = []
        for name in SETTINGS["units"]:
            path.append(people[name])
            self.units.append(codes(*path))
        self.groups = [self.stratum, *self.units[:-1]]
        # Empty: units had unequal chances and count as drawn with replacement.
        self.there = [np.nan_to_num(numbers(people, name), nan=np.inf) for name in SETTINGS["populations"]]
        if SETTINGS["adult_stage"]:
            # Where not all adults of a household were asked, households take no finite population correction.
            asked, group = spread((weight > 0) * 1.0, self.units[-1]), self.groups[-1]
            partly = spread(((asked > 0) & (asked < numbers(people, SETTINGS["adults"]))) * 1.0, group) > 0
            self.there[-1] = np.where(partly, np.inf, self.there[-1])
        # Of blocks that were drawn for each respondent others might have been drawn.
        self.there[-1] = np.where(SETTINGS["asked_in_part"], np.inf, self.there[-1])
        self.drawn = [self._distinct(unit, group) for unit, group in zip(self.units, self.groups, strict=True)]
        self.there = [np.maximum(there, drawn) for there, drawn in zip(self.there, self.drawn, strict=True)]
        for stage in range(len(self.units) - 1, 0, -1):
            # One unit shows nothing of how units differ: the stratum above goes to the ultimate cluster.
            single = (self.drawn[stage] == 1) & (self.fraction(stage) < 1 - ALL_DRAWN)
            above = self.groups[stage - 1]
            self.there[stage - 1][np.isin(above, above[single])] = np.inf
        self.everyone = np.all([self.fraction(stage) > 1 - ALL_DRAWN for stage in range(len(self.units))], axis=0)
        self.lonely = (self.drawn[0] == 1) & (self.fraction(0) < 1 - ALL_DRAWN)
        if SETTINGS["lonely_psu"] == "fail" and self.lonely.any():
            raise SystemExit("a stratum has a single PSU")

    @staticmethod
    def _distinct(unit: np.ndarray, group: np.ndarray) -> np.ndarray:
        first = np.unique(unit, return_index=True)[1]
        return np.asarray(np.bincount(group[first], minlength=int(group.max()) + 1)[group], dtype=np.float64)

    def fraction(self, stage: int) -> np.ndarray:
        return np.asarray(self.drawn[stage] / self.there[stage])

    def touched(self, rows: np.ndarray) -> tuple[int, int]:
        """Respondents, and degrees of freedom: PSUs less strata, of those with one."""
        psus, strata = np.unique(self.units[0][rows]), np.unique(self.stratum[rows])
        return int(rows.sum()), len(psus) - len(strata)

    def variance(self, z: np.ndarray, seen: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """Of the sums of w z over the rows, with and without finite population correction, one for every column."""
        x = (z if self.margins is None else self.margins.residual(z)) * self.weight[:, None]
        with_fpc, without = np.zeros(x.shape[1]), np.zeros(x.shape[1])
        inclusion = np.ones(len(x))
        for stage, (unit, group) in enumerate(zip(self.units, self.groups, strict=True)):
            first = np.unique(unit, return_index=True)[1]
            totals = np.stack([np.bincount(unit, weights=column) for column in x.T], axis=1)
            inside, n = group[first], self.drawn[stage][first]
            means = np.stack([np.bincount(inside, weights=column) for column in totals.T], axis=1)[inside] / n[:, None]
            squares = (totals - means) ** 2 * np.where(n > 1, n / np.maximum(n - 1, 1), 0.0)[:, None]
            left = 1 - self.fraction(stage)[first]
            left = np.where(left < ALL_DRAWN, 0.0, left)
            part = (squares * (left * inclusion[first])[:, None]).sum(axis=0)
            if stage == 0:
                without = squares.sum(axis=0)
                part, without = self._lonely(part, without, totals, first, seen)
            with_fpc += part
            inclusion = inclusion * self.fraction(stage)
        return with_fpc, without

    def _lonely(
        self, part: np.ndarray, without: np.ndarray, totals: np.ndarray, first: np.ndarray, seen: np.ndarray
    ) -> tuple[np.ndarray, np.ndarray]:
        """Strata with a single PSU: about the mean of all PSUs, or in the measure of the others."""
        lonely = self.lonely[first]
        if SETTINGS["lonely_psu"] == "adjust" and lonely.any():
            squares = (totals - totals.mean(axis=0)) ** 2 * lonely[:, None]
            left = 1 - self.fraction(0)[first]
            return part + (squares * left[:, None]).sum(axis=0), without + squares.sum(axis=0)
        if SETTINGS["lonely_psu"] == "average" and lonely.any():
            stretch = np.ones(len(part))
            for column in range(len(part)):
                rows = seen[:, column] if self.margins is None else np.ones(len(seen), dtype=bool)
                strata = len(np.unique(self.stratum[rows]))
                single = len(np.unique(self.stratum[rows & self.lonely]))
                stretch[column] = strata / (strata - single) if strata > single else np.nan
            return part * stretch, without * stretch
        return part, without


# ---------------------------------------------------------------- intervals


def beta_share(x: float, a: float, b: float) -> float:
    """I_x(a, b), the regularised incomplete beta function, by its continued fraction (Lentz)."""
    if x <= 0 or x >= 1:
        return float(x >= 1)
    if x > (a + 1) / (a + b + 2):
        return 1 - beta_share(1 - x, b, a)
    c, d = 1.0, 1 / (1 - (a + b) * x / (a + 1))
    h = d
    for m in range(1, 100_000):
        even = m * (b - m) * x / ((a + 2 * m - 1) * (a + 2 * m))
        odd = -(a + m) * (a + b + m) * x / ((a + 2 * m) * (a + 2 * m + 1))
        for term in (even, odd):
            d = 1 / (1 + term * d)
            c = 1 + term / c
            h *= c * d
        if abs(c * d - 1) < 1e-16:
            break
    front = math.lgamma(a + b) - math.lgamma(a) - math.lgamma(b) + a * math.log(x) + b * math.log1p(-x)
    return math.exp(front) * h / a


def beta_quantile(probability: float, a: float, b: float) -> float:
    """x with I_x(a, b) = probability: Newton's method, kept inside what halving knows."""
    if not (a > 0 and b > 0):
        return math.nan
    low, high, x = 0.0, 1.0, a / (a + b)
    constant = math.lgamma(a + b) - math.lgamma(a) - math.lgamma(b)
    for _ in range(200):
        apart = beta_share(x, a, b) - probability
        low, high = (low, x) if apart > 0 else (x, high)
        slope = math.exp(constant + (a - 1) * math.log(x) + (b - 1) * math.log1p(-x))
        moved = x - apart / slope if slope > 0 else -1.0
        moved = moved if low < moved < high else (low + high) / 2
        if abs(moved - x) <= 1e-15 * x or moved in (low, high):
            return moved
        x = moved
    return x


def t_quantile(level: float, df: float) -> float:
    """Two-sided; nan without degrees of freedom."""
    if not df > 0:
        return math.nan
    share = beta_quantile(level, 0.5, df / 2)
    return math.sqrt(df * share / (1 - share))


def clopper_pearson(p: float, n: float, level: float) -> tuple[float, float]:
    """Limits of n p out of n, which need not be whole numbers."""
    if math.isinf(n):  # nothing left to chance
        return p, p
    tail = (1 - level) / 2
    low = beta_quantile(tail, n * p, n * (1 - p) + 1) if p > 0 else 0.0
    return low, 1 - beta_quantile(tail, n * (1 - p), n * p + 1) if p < 1 else 1.0


def share_interval(method: str, p: float, v: tuple[float, float], n: int, df: int) -> tuple[float, float]:
    """Of a share strictly between 0 and 1; v: its variance with and without finite population correction."""
    level, t = SETTINGS["level"], t_quantile(SETTINGS["level"], df)
    effective = p * (1 - p) / v[0] if v[0] > 0 else math.inf
    match method:
        case "korn_graubard" | "beta":
            # Korn & Graubard (1998): the effective size, shrunk by the degrees of freedom, never above n but for what
            # the finite population correction is worth.
            shrunk = effective * (t_quantile(level, n - 1) / t) ** 2
            if method == "korn_graubard":
                gain = max(v[1] / v[0], 1.0) if v[0] > 0 else (math.inf if v[1] > 0 else 1.0)
                shrunk = min(shrunk, n * gain)
            return clopper_pearson(p, shrunk, level)
        case "wald":
            return p - t * math.sqrt(v[0]), p + t * math.sqrt(v[0])
        case "logit" | "xlogit":
            middle, half = math.log(p / (1 - p)), t * math.sqrt(v[0]) / (p * (1 - p))
            return 1 / (1 + math.exp(half - middle)), 1 / (1 + math.exp(-half - middle))
        case "wilson":
            a = 0.0 if math.isinf(effective) else t * t / effective
            half = math.sqrt(a * p * (1 - p) + a * a / 4)
            return (p + a / 2 - half) / (1 + a), (p + a / 2 + half) / (1 + a)
        case "arcsine":
            middle, half = math.asin(math.sqrt(p)), t * math.sqrt(v[0]) / (2 * math.sqrt(p * (1 - p)))
            return math.sin(max(middle - half, 0.0)) ** 2, math.sin(min(middle + half, math.pi / 2)) ** 2
    return profile(p, effective * (n - 1) / n, t, 0.0), profile(p, effective * (n - 1) / n, t, 1.0)


def profile(p: float, size: float, t: float, end: float) -> float:
    """A limit of the exact likelihood profile, by halving."""
    inner, outer = p, end
    for _ in range(80):
        middle = (inner + outer) / 2
        apart = p * math.log(p / middle) + (1 - p) * math.log((1 - p) / (1 - middle))
        inner, outer = (inner, middle) if 2 * size * apart > t * t else (middle, outer)
    return (inner + outer) / 2


def all_alike_limit(n: int, df: int) -> float:
    """Where all of n said yes: (alpha / 2)^(1 / n), n shrunk by the degrees of freedom. 30 of 30: 0.884."""
    level = SETTINGS["level"]
    ratio = min(t_quantile(level, n - 1) / t_quantile(level, df), 1.0)
    return float(((1 - level) / 2) ** (1 / (n * ratio**2)))


# ---------------------------------------------------------------- figures


class Indicator:
    """Its pairs, and whom it is asked of."""

    def __init__(self, one: Mapping[str, Any], people: pd.DataFrame) -> None:
        y, x = numbers(people, one["y"]), numbers(people, one["x"])
        self.rows = ~np.isnan(y) & ~np.isnan(x)
        if one["scale"] is not None:
            self.rows &= x > 0
        self.y, self.x = np.where(self.rows, y, 0.0), np.where(self.rows, x, 0.0)
        self.share, self.scale = one["share"], one["scale"] or (-math.inf, math.inf)
        self.missing = one["scale"] is None and not self.rows.all()
        told = self.y[self.rows]
        self.zero_one = bool((self.x[self.rows] == 1).all() and np.isin(told, (0, 1)).all())
        self.centre = told.sum() / self.x.sum() if self.x.sum() else 0.0


class Point:
    """One indicator in one domain: its ratio, and what its variance is the variance of."""

    def __init__(self, one: Indicator, design: Design, domain: np.ndarray, undecided: bool) -> None:
        w = design.weight
        self.of, self.rows = one, one.rows & domain & (w > 0)
        yes, below = one.y * self.rows, one.x * self.rows
        total = float(w @ below)
        self.n, self.df = design.touched(self.rows)
        self.value = float(w @ yes) / total if total else math.nan
        apart = yes - self.value * below
        squares = float(w @ apart**2)
        if one.zero_one:
            alike = not yes.any() or bool((yes == below).all())
        else:
            noise = w @ (yes - one.centre * below) ** 2
            alike = squares <= 1e-12 * noise + 1e-26 * one.centre**2 * float(w @ below**2)
        self.alike = bool(alike) and self.n > 0 and bool(total)
        self.z = apart / total if total and not self.alike else np.zeros(len(w))
        own = w[self.rows]
        squares = 0.0 if self.alike else squares
        self.simple = squares * own.sum() / (self.n - 1) / total**2 if self.n > 1 and total else math.nan
        self.drawn = bool(self.n and design.everyone[self.rows].all())
        equal = (own**2).sum() - 2 * own.sum() + self.n <= 1e-9 * max(self.n, 1)
        whole = not one.missing or self.n >= int((domain & (w > 0)).sum())
        self.complete = self.drawn and bool(equal) and whole and not undecided and bool(total)


class Figure:
    """Value, standard error and interval; nan where none can be given."""

    def __init__(self, value: float, n: int, df: int) -> None:
        self.value, self.n, self.df = value, n, df
        self.se = self.low = self.high = math.nan
        self.alike = self.complete = self.hidden = self.silent = False


def figure(at: Point, v: float, v0: float, calibrated_weights: bool) -> Figure:
    made, one = Figure(at.value, at.n, at.df), at.of
    made.alike, made.complete = at.alike, at.complete
    least = at.simple if at.simple > 0 else at.value**2 * 1e-12
    made.silent = not math.isnan(at.value) and not at.drawn and not at.alike and max(v, v0) <= 1e-12 * least
    if made.silent:
        v = v0 = 0.0
    made.hidden = not at.complete and (at.drawn or (v == 0 and v0 > 0 and not at.alike))
    known = not math.isnan(at.value + v) and not made.hidden
    if not known or not (at.df > 0 or at.complete):
        return made
    made.se = math.sqrt(v)
    if made.silent and not at.simple > 0:
        return made
    believed = at.simple if made.silent else v
    low, high = one.scale
    if at.complete:
        made.low = made.high = at.value
    elif at.alike:
        gap = 1 - all_alike_limit(at.n, at.df)
        if math.isfinite(low) and math.isfinite(high):
            made.low, made.high = at.value - (at.value - low) * gap, at.value + (high - at.value) * gap
    elif one.share:
        # The cap of Korn and Graubard says as much by itself where nothing was calibrated.
        capped = SETTINGS["interval"] == "korn_graubard" and not calibrated_weights
        pair = (v if capped else believed, v0)
        made.low, made.high = share_interval(SETTINGS["interval"], at.value, pair, at.n, at.df)
    else:
        half = t_quantile(SETTINGS["level"], at.df) * math.sqrt(believed)
        made.low, made.high = max(at.value - half, low), min(at.value + half, high)
    return made


def index(parts: Sequence[tuple[Figure, float]], v: float, touched: tuple[int, int], scale: Any) -> Figure:
    """A weighted sum of figures of one domain. A part whose variance says nothing adds its own half width."""
    made = Figure(sum(weight * part.value for part, weight in parts), *touched)
    if not any(math.isnan(part.se) for part, _ in parts):
        made.se = math.sqrt(v)
    squares = sum((weight * part.se) ** 2 for part, weight in parts if not math.isnan(part.se))
    cancels = squares > 0 and v <= 1e-12 * squares
    widths = [_width(parts, cancels, up=False), _width(parts, cancels, up=True)]
    if all(part.complete for part, _ in parts):
        made.low = made.high = made.value
    elif not any(math.isnan(part.low) or part.hidden for part, _ in parts) and made.df > 0:
        least, most = scale or (-math.inf, math.inf)
        half = t_quantile(SETTINGS["level"], made.df) ** 2 * v
        made.low = max(made.value - math.sqrt(half + widths[0]), least)
        made.high = min(made.value + math.sqrt(half + widths[1]), most)
    return made


def _width(parts: Sequence[tuple[Figure, float]], cancels: bool, *, up: bool) -> float:
    alike, mute = 0.0, 0.0
    for part, weight in parts:
        if part.complete or math.isnan(part.low):
            continue
        # A negative coefficient turns the part around.
        side = abs(weight) * (part.high - part.value if (weight >= 0) == up else part.value - part.low)
        if part.alike:
            alike += side**2
        elif part.silent or cancels:
            mute += side
    return alike + mute**2


def table(people: pd.DataFrame, design: Design, by: list[str]) -> list[dict[str, Any]]:
    """A line for every domain and indicator."""
    keys = people[by].fillna("")
    none = (keys == "").any(axis=1).to_numpy() if by else np.zeros(len(people), dtype=bool)
    domains = sorted(set(map(tuple, keys[~none].to_numpy().tolist()))) if by else [()]
    bases = {one["id"]: Indicator(one, people) for one in SETTINGS["indicators"] if not one["parts"]}
    lines: list[dict[str, Any]] = []
    at_once = max(1, AT_ONCE // (len(people) * len(SETTINGS["indicators"])))
    for start in range(0, len(domains), at_once):
        some = domains[start : start + at_once]
        everyone = np.ones(len(people), dtype=bool)
        inside = [(keys == list(one)).all(axis=1).to_numpy() if by else everyone for one in some]
        at = [{name: Point(base, design, rows, bool(none.any())) for name, base in bases.items()} for rows in inside]
        for domain, made in zip(some, figures(at, design), strict=True):
            area = {**dict.fromkeys(AREAS, ""), **dict(zip(by, domain, strict=True))}
            asked = [one["id"] for one in SETTINGS["indicators"]]
            lines += [{**area, "indicator": name, **_columns(made[name])} for name in asked]
    return lines


def figures(at: Sequence[Mapping[str, Point]], design: Design) -> list[dict[str, Figure]]:
    """By indicator, of every domain: one pass for the variances of all."""
    ordered = sorted(SETTINGS["indicators"], key=lambda one: bool(one["parts"]))  # indices stand on the others
    columns = [(row, one) for row in range(len(at)) for one in ordered]
    pairs = [_influence(at[row], one) for row, one in columns]
    z, seen = (np.stack(arrays, axis=1) for arrays in zip(*pairs, strict=True))
    made: list[dict[str, Figure]] = [{} for _ in at]
    for (row, one), (_, rows), v, v0 in zip(columns, pairs, *design.variance(z, seen), strict=True):
        if one["parts"]:
            parts = [(made[row][name], weight) for name, weight in one["parts"].items()]
            made[row][one["id"]] = index(parts, v, design.touched(rows), one["scale"])
        else:
            made[row][one["id"]] = figure(at[row][one["id"]], v, v0, design.margins is not None)
    return made


def _influence(at: Mapping[str, Point], one: Mapping[str, Any]) -> tuple[np.ndarray, np.ndarray]:
    """Of an indicator, or of an index: the weighted sum of its parts, for whoever answered any of them."""
    if not one["parts"]:
        return at[one["id"]].z, at[one["id"]].rows
    sums = sum(weight * at[name].z for name, weight in one["parts"].items())
    return np.asarray(sums), np.any([at[name].rows for name in one["parts"]], axis=0)


def _columns(one: Figure) -> dict[str, Any]:
    return dict(zip(FIGURES, (one.value, one.se, one.low, one.high, one.n, one.df), strict=True))


def prepared() -> tuple[pd.DataFrame, Design]:
    """Who answered, and the design with the weights rebuilt."""
    cases = read(SETTINGS["data"])
    cases["within"] = pd.to_numeric(cases[SETTINGS["adults"]]).fillna(1) if SETTINGS["adults_asked"] else 1
    answered = numbers(cases, "answered") == 1
    people = cases[answered].reset_index(drop=True)
    hold_against_the_file(people, "weight_design", numbers(people, "within") / numbers(people, "probability"))
    weight = after_nonresponse(cases)[answered] * numbers(people, "within")
    hold_against_the_file(people, "weight_nonresponse", weight)
    margins = Margins(people) if SETTINGS["margins"] else None
    if margins is not None:
        first, weight = calibrated(people, weight, margins)
        hold_against_the_file(people, "weight_calibrated", first)
        hold_against_the_file(people, "weight_trimmed", margins.before)
    hold_against_the_file(people, "weight_final", weight)
    return people, Design(people, weight, margins)


def main() -> None:
    people, design = prepared()
    lines = [line for level in SETTINGS["levels"] for line in table(people, design, BY[level])]
    for group in SETTINGS["groups"]:
        # Whose age or sex was not answered has one drawn for the margins, and belongs to no group.
        people[group] = people[group].where(people[f"{group}_drawn"] != "1")
        lines += table(people, design, [group]) + table(people, design, ["street", group])
    pd.DataFrame(lines).to_csv(sys.stdout, index=False, float_format="%.12g")


if __name__ == "__main__":
    main()
