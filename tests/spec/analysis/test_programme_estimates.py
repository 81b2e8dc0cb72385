"""Every indicator of a programme becomes an estimate with an interval that stays within what it can be."""

from __future__ import annotations

import pandas as pd
import pytest

from analysis.design import SurveyDesign
from analysis.estimation import Ratio, estimate
from questionnaires.indicators import SHARES, Indicator, IndicatorKind
from tests.programmes import KEYS, programme
from tests.spec.questionnaires.test_programmes import of_many

# Conditions, pooled rows, numbers without a scale; the others in make soak.
TRIED = ("merchants",)


def scale_of(indicator: Indicator) -> tuple[float, float] | None:
    if indicator.kind in SHARES:
        return (0.0, 1.0)
    if indicator.kind is IndicatorKind.NET:
        return (-1.0, 1.0)
    points = indicator.scores.values()
    return (min(points), max(points)) if points else None


@pytest.mark.parametrize(
    "key", [*TRIED, *(pytest.param(key, marks=pytest.mark.soak) for key in KEYS if key not in TRIED)]
)
def test_every_indicator_becomes_an_estimate(key: str) -> None:
    counted = [one for one in programme(key).indicators if one.kind is not IndicatorKind.INDEX]
    people = of_many(key)
    columns = {
        f"{one.id}{suffix}": [float("nan") if (pair := person[one.id]) is None else pair[place] for person in people]
        for one in counted
        for place, suffix in enumerate((".y", ".x"))
    }
    frame = pd.DataFrame({"grid": [number % 6 for number in range(len(people))], **columns})
    design = SurveyDesign.from_frame(frame, clusters=["grid"])
    requests = [Ratio(f"{one.id}.y", f"{one.id}.x", one.id, scale_of(one)) for one in counted]
    found = {one.variable: one for one in estimate(frame, design, requests).estimates}
    assert set(found) == {one.id for one in counted}
    for one in counted:
        each, pairs = found[one.id], [pair for person in people if (pair := person[one.id]) is not None]
        assert each.value == pytest.approx(sum(y for y, _ in pairs) / sum(x for _, x in pairs)), one.id
        assert each.sample_size == len(pairs), one.id
        assert each.interval is not None, one.id
        assert each.interval.low <= each.value <= each.interval.high, one.id
        low, high = scale_of(one) or (float("-inf"), float("inf"))
        assert low <= each.interval.low, one.id
        assert each.interval.high <= high, one.id
