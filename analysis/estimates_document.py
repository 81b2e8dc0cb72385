"""Estimates as a plain document (JSON) and back: the contract between ``survey-service estimate`` and ``report``.

Floats keep full precision; what cannot be estimated is null, with a note that says why.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from analysis.results import DesignSummary, Estimate, Estimates, Interval, IntervalMethod, Statistic

if TYPE_CHECKING:
    from analysis.association import TestResult


def to_document(estimates: Estimates) -> dict[str, Any]:
    """``{"design": {...}, "estimates": [...], "notes": [...]}``."""
    design = estimates.design
    return {
        "design": {
            "strata": design.strata,
            "psus": design.psus,
            "degrees_of_freedom": design.degrees_of_freedom,
            "sample_size": design.sample_size,
        },
        "estimates": [_estimate(estimate) for estimate in estimates.estimates],
        "notes": list(estimates.notes),
    }


def _estimate(estimate: Estimate) -> dict[str, Any]:
    interval = estimate.interval
    return {
        "statistic": str(estimate.statistic),
        "variable": estimate.variable,
        "category": estimate.category,
        "domain": dict(estimate.domain),
        "value": estimate.value,
        "standard_error": estimate.standard_error,
        "ci_low": None if interval is None else _finite(interval.low),
        "ci_high": None if interval is None else _finite(interval.high),
        "level": None if interval is None else interval.level,
        "interval": None if interval is None else str(interval.method),
        "degrees_of_freedom": estimate.degrees_of_freedom,
        "design_effect": estimate.design_effect,
        "sample_size": estimate.sample_size,
        "effective_sample_size": estimate.effective_sample_size,
        # What protection goes by: without them a mean of points whose answers are all alike would pass as any other.
        "scale": None if estimate.scale is None else list(estimate.scale),
        "all_alike": estimate.all_alike,
        "complete_enumeration": estimate.complete_enumeration,
        "notes": list(estimate.notes),
    }


def test_document(test: TestResult) -> dict[str, Any]:
    """One test as an entry of ``"tests"``."""
    return {
        "test": test.name,
        "variables": test.variables,
        "statistic": test.statistic,
        "numerator_degrees_of_freedom": test.numerator_degrees_of_freedom,
        "denominator_degrees_of_freedom": test.denominator_degrees_of_freedom,
        "p_value": test.p_value,
        "sample_size": test.sample_size,
    }


def _finite(limit: float) -> float | None:
    """A one-sided interval of an unbounded quantity has one limit."""
    return limit if math.isfinite(limit) else None


def from_document(document: Mapping[str, Any]) -> Estimates:
    """The estimates of a document that ``to_document`` made. Raises KeyError or ValueError for any other."""
    design = document["design"]
    return Estimates(
        design=DesignSummary(
            strata=int(design["strata"]),
            psus=int(design["psus"]),
            degrees_of_freedom=int(design["degrees_of_freedom"]),
            sample_size=int(design["sample_size"]),
        ),
        estimates=tuple(_read(entry) for entry in document["estimates"]),
        notes=tuple(str(note) for note in document["notes"]),
    )


def _read(entry: Mapping[str, Any]) -> Estimate:
    statistic = Statistic(entry["statistic"])
    value, low, high = (_float(entry[name]) for name in ("value", "ci_low", "ci_high"))
    interval = None
    if low is not None and high is not None:
        method = IntervalMethod(entry["interval"])
        interval = Interval(low=low, high=high, level=float(entry["level"]), method=method)
    share = statistic is Statistic.PROPORTION
    certain = share and value is not None and low == high == value
    # A document of before these were written says of shares alone what it must.
    scale = entry.get("scale", (0.0, 1.0) if share else None)
    freedom = entry["degrees_of_freedom"]
    return Estimate(
        statistic=statistic,
        variable=str(entry["variable"]),
        category=None if entry["category"] is None else str(entry["category"]),
        domain=tuple((str(column), str(label)) for column, label in entry["domain"].items()),
        value=value,
        standard_error=_float(entry["standard_error"]),
        interval=interval,
        degrees_of_freedom=None if freedom is None else int(freedom),
        sample_size=int(entry["sample_size"]),
        design_effect=_float(entry["design_effect"]),
        effective_sample_size=_float(entry["effective_sample_size"]),
        all_alike=bool(entry.get("all_alike", share and value in (0.0, 1.0))),
        complete_enumeration=bool(entry.get("complete_enumeration", certain)),
        scale=None if scale is None else (float(scale[0]), float(scale[1])),
        notes=tuple(str(note) for note in entry["notes"]),
    )


def _float(value: Any) -> float | None:
    return None if value is None else float(value)
