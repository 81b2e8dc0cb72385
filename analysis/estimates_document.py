"""Estimates as a plain document (JSON) and back: the contract between ``survey-service estimate`` and ``report``.

Floats keep full precision; what cannot be estimated is null, with a note that says why.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
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
        **({"dominated": True} if estimate.dominated else {}),
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


class NotEstimates(ValueError):
    """A document that holds no estimates; ``faults`` has every place that cannot be read, one sentence each."""

    def __init__(self, faults: Sequence[str]) -> None:
        super().__init__("; ".join(faults))
        self.faults = tuple(faults)


def from_document(document: object) -> Estimates:
    """The estimates of a document that ``to_document`` made, or an older one of its kind. NotEstimates names every
    place that cannot be read."""
    if not isinstance(document, Mapping) or not isinstance(document.get("estimates"), list):
        raise NotEstimates(["has no list “estimates”"])
    faults: list[str] = []
    estimates: list[Estimate] = []
    for place, entry in enumerate(document["estimates"]):
        try:
            estimates.append(_read(entry))
        except (KeyError, TypeError, ValueError, AttributeError) as fault:
            faults.append(f"estimates[{place}] {_said(fault)}")
    design = None
    try:
        design = DesignSummary(**{name: int(document["design"][name]) for name in DesignSummary.__dataclass_fields__})
    except (KeyError, TypeError, ValueError) as fault:
        faults.append(f"“design” lacks {fault}")
    if design is None or faults:
        raise NotEstimates(faults)
    return Estimates(design=design, estimates=tuple(estimates), notes=tuple(map(str, document.get("notes", ()))))


def _said(fault: Exception) -> str:
    return f"lacks {fault}" if isinstance(fault, KeyError) else str(fault)


def _read(entry: object) -> Estimate:
    """One entry. What an older document does not say follows from it: the scale, whether all answered alike."""
    if not isinstance(entry, Mapping):
        raise ValueError("is no estimate but a bare value")
    statistic = Statistic(entry["statistic"])
    value, low, high = (_number(entry, name) for name in ("value", "ci_low", "ci_high"))
    interval = None
    if low is not None and high is not None:
        level = _number(entry, "level")
        if level is None:
            raise ValueError("has limits but no level")
        interval = Interval(low=low, high=high, level=level, method=IntervalMethod(entry["interval"]))
    share = statistic is Statistic.PROPORTION
    certain = share and value is not None and low == high == value
    scale = entry.get("scale", (0.0, 1.0) if share else None)
    freedom, category = entry["degrees_of_freedom"], entry["category"]
    return Estimate(
        statistic=statistic,
        variable=str(entry["variable"]),
        category=None if category is None else str(category),
        domain=tuple((str(column), str(label)) for column, label in entry["domain"].items()),
        value=value,
        standard_error=_number(entry, "standard_error"),
        interval=interval,
        degrees_of_freedom=None if freedom is None else int(freedom),
        sample_size=int(entry["sample_size"]),
        design_effect=_number(entry, "design_effect"),
        effective_sample_size=_number(entry, "effective_sample_size"),
        all_alike=bool(entry.get("all_alike", share and value in (0.0, 1.0))),
        complete_enumeration=bool(entry.get("complete_enumeration", certain)),
        dominated=bool(entry.get("dominated", False)),
        scale=None if scale is None else (float(scale[0]), float(scale[1])),
        notes=tuple(map(str, entry.get("notes", ()))),
    )


def _number(entry: Mapping[str, Any], name: str) -> float | None:
    given = entry[name]
    if given is None:
        return None
    if isinstance(given, bool) or not isinstance(given, int | float):
        raise ValueError(f"has {name} {given!r}, which is not a number")
    return float(given)
