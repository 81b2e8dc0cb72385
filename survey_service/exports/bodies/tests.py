"""The tests and models of the plan, from the exported columns alone.

Needs numpy, pandas, and beside it the script of the figures, whose weights, design and intervals these are.
``python <this file>`` writes a table to the standard output.
"""

from __future__ import annotations

import math
import sys
from collections.abc import Callable, Mapping, Sequence
from importlib.util import module_from_spec, spec_from_file_location
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

SETTINGS: dict[str, Any] = {}  # written by the export

COLUMNS = (
    "value",
    "standard_error",
    "low",
    "high",
    "statistic",
    "numerator_degrees_of_freedom",
    "degrees_of_freedom",
    "p_value",
    "respondents",
)
Line = dict[str, Any]


class NoTest(Exception):
    """Why one cannot be made."""


def script_of_figures() -> Any:
    """The script beside this one: its name is no name of a module."""
    spec = spec_from_file_location("figures", Path(__file__).parent / SETTINGS["figures"])
    assert spec is not None
    assert spec.loader is not None
    found = module_from_spec(spec)
    spec.loader.exec_module(found)
    return found


class Wave:
    """Who answered, the design, and the variables that tests name."""

    def __init__(self, script: Any) -> None:
        self.script = script
        self.people, self.design = script.prepared()
        self.weight: np.ndarray = self.design.weight

    def classes(self, name: str) -> np.ndarray:
        """The place of everybody's class in its order; -1 where there is none."""
        own = SETTINGS["variables"][name]
        place = {code: number for number, code in enumerate(own["codes"])}
        found = self.people[own["column"]].map(place).fillna(-1).to_numpy(dtype=np.int64)
        if own["drawn"] is not None:  # drawn for the margins: nobody answered so
            found = np.where(self.people[own["drawn"]] == "1", -1, found)
        return np.asarray(found)

    def label(self, name: str, place: int) -> str:
        return str(SETTINGS["variables"][name]["labels"][place])

    def outcome(self, name: str) -> np.ndarray:
        one = SETTINGS["outcomes"][name]
        y, x = (self.script.numbers(self.people, one[which]) for which in ("y", "x"))
        with np.errstate(divide="ignore", invalid="ignore"):
            return np.where(x > 0, y / x, np.nan)

    def freedom(self, used: np.ndarray) -> int:
        return int(self.design.touched(used)[1])

    def covariance(self, z: np.ndarray, used: np.ndarray) -> np.ndarray:
        """Of the sums of w z over the rows; z (rows, k) is 0 outside ``used``. Stage by stage, as the variance is."""
        design = self.design
        x = (z if design.margins is None else design.margins.residual(z)) * self.weight[:, None]
        found = np.zeros((x.shape[1], x.shape[1]))
        inclusion = np.ones(len(x))
        for stage, (unit, group) in enumerate(zip(design.units, design.groups, strict=True)):
            first = np.unique(unit, return_index=True)[1]
            totals = np.stack([np.bincount(unit, weights=column) for column in x.T], axis=1)
            inside, n = group[first], design.drawn[stage][first]
            means = np.stack([np.bincount(inside, weights=column) for column in totals.T], axis=1)[inside] / n[:, None]
            left = 1 - design.fraction(stage)[first]
            left = np.where(left < self.script.ALL_DRAWN, 0.0, left)
            factor = np.where(n > 1, n / np.maximum(n - 1, 1), 0.0) * left * inclusion[first]
            part = ((totals - means) * factor[:, None]).T @ (totals - means)
            found += part if stage else self._lonely(part, totals, first, used)
            inclusion = inclusion * design.fraction(stage)
        return found

    def _lonely(self, part: np.ndarray, totals: np.ndarray, first: np.ndarray, used: np.ndarray) -> np.ndarray:
        design, rule = self.design, self.script.SETTINGS["lonely_psu"]
        lonely = design.lonely[first]
        if rule == "adjust" and lonely.any():
            apart = totals - totals.mean(axis=0)
            return np.asarray(part + (apart * ((1 - design.fraction(0)[first]) * lonely)[:, None]).T @ apart)
        if rule == "average" and lonely.any():
            strata = len(np.unique(design.stratum[used]))
            single = len(np.unique(design.stratum[used & design.lonely]))
            return part * (strata / (strata - single) if strata > single else math.nan)
        return part

    # ------------------------------------------------------------ a line of the table

    def by_t(self, term: str, value: float, variance: float, freedom: int, size: int) -> Line:
        error = math.sqrt(max(variance, 0.0))
        statistic = value / error if error > 0 else math.nan
        half = self.script.t_quantile(self.script.SETTINGS["level"], freedom) * error
        return {
            "term": term,
            "value": value,
            "standard_error": error,
            "low": value - half,
            "high": value + half,
            "statistic": statistic,
            "degrees_of_freedom": freedom,
            "p_value": self.by_chance(statistic**2, 1, freedom),
            "respondents": size,
        }

    def by_chance(self, statistic: float, above: float, below: float) -> float:
        """How often F with these degrees of freedom is at least so large."""
        if not (below > 0 and statistic >= 0):
            return math.nan
        return float(self.script.beta_share(below / (below + above * statistic), below / 2, above / 2))


# ---------------------------------------------------------------- the tests


def rao_scott(wave: Wave, a: np.ndarray, b: np.ndarray) -> Line:
    """Second order (Rao & Scott 1984): Pearson's statistic over the mean design effect of its contrasts."""
    used = (a >= 0) & (b >= 0) & (wave.weight > 0)
    rows, across = np.unique(a[used]), np.unique(b[used])
    if len(rows) < 2 or len(across) < 2:
        raise NoTest("two classes are needed")
    cell = np.where(used, np.searchsorted(rows, a) * len(across) + np.searchsorted(across, b), -1)
    inside = (cell[:, None] == np.arange(len(rows) * len(across))).astype(np.float64)
    weight = wave.weight * used
    share = weight @ inside / weight.sum()
    z = np.where(used[:, None], (inside - share) / weight.sum(), 0.0)
    row, column = np.divmod(np.arange(inside.shape[1]), len(across))
    mains = np.concatenate([row[:, None] == np.arange(len(rows)), column[:, None] == np.arange(len(across))], axis=1)
    crossed = (row[:, None, None] == np.arange(1, len(rows))[:, None]) & (
        column[:, None, None] == np.arange(1, len(across))
    )
    contrasts = crossed.reshape(len(row), -1).astype(np.float64)
    contrasts -= mains @ (np.linalg.pinv(mains.astype(np.float64)) @ contrasts)
    inverse = np.divide(1.0, share, out=np.zeros_like(share), where=share > 0)
    scaled, size = contrasts * inverse[:, None], int(used.sum())
    delta = np.linalg.solve(contrasts.T @ scaled / size, scaled.T @ wave.covariance(z, used) @ scaled)
    trace, square = float(np.trace(delta)), float((delta * delta.T).sum())
    freedom = wave.freedom(used)
    if trace <= 1e-12 or freedom < 1:
        raise NoTest("the sampling units show no variation")
    table = share.reshape(len(rows), len(across))
    expected = table.sum(axis=1, keepdims=True) * table.sum(axis=0, keepdims=True)
    statistic = size * float(((table - expected) ** 2 / expected).sum()) / trace
    above = trace**2 / square
    return {
        "term": "",
        "statistic": statistic,
        "numerator_degrees_of_freedom": above,
        "degrees_of_freedom": above * freedom,
        "p_value": wave.by_chance(statistic, above, above * freedom),
        "respondents": size,
    }


def crosstab(wave: Wave, one: Mapping[str, Any]) -> list[Line]:
    [by], script = one["by"], wave.script
    a, b = wave.classes(one["outcome"]), wave.classes(by)
    found = [rao_scott(wave, a, b)]
    for place in np.unique(b[(b >= 0) & (a >= 0) & (wave.weight > 0)]).tolist():
        of_class = wave.label(by, place)
        for option in range(len(SETTINGS["variables"][one["outcome"]]["codes"])):
            answered = pd.DataFrame({"y": (a == option) * 1.0, "x": np.where(a >= 0, 1.0, np.nan)})
            share = script.Indicator({"y": "y", "x": "x", "share": True, "scale": (0.0, 1.0)}, answered)
            share.missing = bool((a < 0).any())
            at = script.Point(share, wave.design, b == place, bool((b < 0).any()))
            v, v0 = (float(part[0]) for part in wave.design.variance(at.z[:, None], at.rows[:, None]))
            made = script.figure(at, v, v0, wave.design.margins is not None)
            found.append(
                {
                    "term": f"{by}={of_class}: {one['outcome']}={wave.label(one['outcome'], option)}",
                    "value": made.value,
                    "standard_error": made.se,
                    "low": made.low,
                    "high": made.high,
                    "degrees_of_freedom": made.df,
                    "respondents": made.n,
                }
            )
    return found


def difference(wave: Wave, one: Mapping[str, Any]) -> list[Line]:
    [by] = one["by"]
    y, place = wave.outcome(one["outcome"]), wave.classes(by)
    used = ~np.isnan(y) & (place >= 0) & (wave.weight > 0)
    groups = np.unique(place[used]).tolist()
    if len(groups) != 2:
        raise NoTest("a difference is of two groups")
    z, means = np.zeros(len(y)), []
    for sign, group in zip((-1, 1), groups, strict=True):
        rows = used & (place == group)
        weight = wave.weight * rows
        means.append(float(weight[rows] @ y[rows] / weight.sum()))
        z += np.where(rows, sign * (y - means[-1]) / weight.sum(), 0.0)
    term = f"{wave.label(by, groups[1])} - {wave.label(by, groups[0])}"
    variance = float(wave.covariance(z[:, None], used)[0, 0])
    return [wave.by_t(term, means[1] - means[0], variance, wave.freedom(used), int(used.sum()))]


def trend(wave: Wave, one: Mapping[str, Any]) -> list[Line]:
    y, place = wave.outcome(one["outcome"]), wave.classes(one["by"][0])
    used = ~np.isnan(y) & (place >= 0) & (wave.weight > 0)
    weight = np.where(used, wave.weight, 0.0) / wave.weight[used].sum()
    y = np.where(used, y, 0.0)
    apart, rest = place - weight @ place, y - weight @ y
    spread = float(weight @ apart**2)
    slope = float(weight @ (apart * rest)) / spread
    z = np.where(used, apart * (rest - slope * apart) / spread, 0.0) / wave.weight[used].sum()
    variance = float(wave.covariance(z[:, None], used)[0, 0])
    return [wave.by_t("slope", slope, variance, wave.freedom(used), int(used.sum()))]


def predictors(wave: Wave, one: Mapping[str, Any]) -> tuple[list[str], np.ndarray, np.ndarray]:
    """Names, columns, and who has a class in all. A class that nobody has is none: its column would be 0."""
    names, columns, used = ["(intercept)"], [np.ones(len(wave.people))], wave.weight > 0
    for by in one["by"]:
        place = wave.classes(by)
        used = used & (place >= 0)
        here = np.unique(place[place >= 0]).tolist()[1:]
        names += [f"{by}={wave.label(by, one)}" for one in here]
        columns += [(place == one).astype(np.float64) for one in here]
    return names, np.stack(columns, axis=1), used


def model(wave: Wave, one: Mapping[str, Any]) -> list[Line]:
    """Linear or logistic: the sandwich of the whole design (Binder 1983)."""
    y = wave.outcome(one["outcome"])
    names, x, used = predictors(wave, one)
    used = used & ~np.isnan(y)
    x, y, weight = np.where(used[:, None], x, 0.0), np.where(used, y, 0.0), np.where(used, wave.weight, 0.0)
    if np.linalg.matrix_rank(x[used]) < x.shape[1]:
        raise NoTest("the predictors determine one another")
    if one["kind"] == "logistic":
        beta, chance, information = _logistic(x, y, weight, used)
    else:
        information = x.T @ (x * weight[:, None])
        beta = np.linalg.solve(information, x.T @ (weight * y))
        chance = x @ beta
    z = np.linalg.solve(information, (x * np.where(used, y - chance, 0.0)[:, None]).T).T
    variances = np.diag(wave.covariance(z, used)).tolist()
    freedom, size = wave.freedom(used) + 1 - len(names), int(used.sum())
    return [
        wave.by_t(name, float(value), variance, freedom, size)
        for name, value, variance in zip(names, beta, variances, strict=True)
    ]


def _logistic(
    x: np.ndarray, y: np.ndarray, weight: np.ndarray, used: np.ndarray
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    if not np.isin(y[used], (0.0, 1.0)).all():
        raise NoTest("a logistic outcome is 0 or 1")
    mean = float(weight @ y / weight.sum())
    if not 0 < mean < 1:
        raise NoTest("everyone has the same outcome")
    beta = np.zeros(x.shape[1])
    beta[0] = math.log(mean / (1 - mean))
    for _ in range(50):
        chance = 1 / (1 + np.exp(-(x @ beta)))
        information = x.T @ (x * (weight * chance * (1 - chance))[:, None])
        step = np.linalg.solve(information, x.T @ (weight * (y - chance)))
        beta = beta + step
        if np.abs(x @ beta).max() > 30:
            break
        if np.abs(step).max() < 1e-13:
            chance = 1 / (1 + np.exp(-(x @ beta)))
            return beta, chance, x.T @ (x * (weight * chance * (1 - chance))[:, None])
    raise NoTest("a predictor separates the outcomes")


KINDS: Mapping[str, Callable[[Wave, Mapping[str, Any]], list[Line]]] = {
    "crosstab": crosstab,
    "difference": difference,
    "trend": trend,
    "linear": model,
    "logistic": model,
}


def lines_of(wave: Wave, tests: Sequence[Mapping[str, Any]]) -> list[Line]:
    found: list[Line] = []
    for number, one in enumerate(tests, start=1):
        head = {"test": number, "kind": one["kind"], "outcome": one["outcome"], "by": " ".join(one["by"])}
        try:
            lines = KINDS[one["kind"]](wave, one)
        except NoTest as why:
            sys.stderr.write(f"test {number}: {why}\n")
            lines = [{"term": ""}]
        found += [{**head, **line} for line in lines]
    return found


def main() -> None:
    lines = lines_of(Wave(script_of_figures()), SETTINGS["tests"])
    table = pd.DataFrame(lines, columns=["test", "kind", "outcome", "by", "term", *COLUMNS])
    table["respondents"] = table["respondents"].astype("Int64")
    table.to_csv(sys.stdout, index=False, float_format="%.12g")


if __name__ == "__main__":
    main()
