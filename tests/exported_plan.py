"""Runs the plan of an export as a statistician does, and holds what comes out against figures."""

from __future__ import annotations

import json
import math
from collections.abc import Iterable, Mapping
from pathlib import Path

from typer.testing import CliRunner

from analysis.estimates_document import from_document
from analysis.results import Domain, Estimates
from survey_service.commands import app

Place = tuple[Domain, str]
Figures = Mapping[Place, tuple[float | None, ...]]
LAST_DIGIT = 1e-11


def analysed(folder: Path, csv: str) -> Figures:
    """What ``survey-service analyse plan.yaml <csv>`` prints, before the publication rule."""
    arguments = ["analyse", str(folder / "plan.yaml"), str(folder / csv), "--raw", "--format", "json"]
    done = CliRunner().invoke(app, arguments)
    assert done.exit_code == 0, done.output
    return raw_figures(map(from_document, json.loads(done.stdout)["figures"].values()))


def raw_figures(tables: Iterable[Estimates]) -> Figures:
    """Value, standard error, limits, degrees of freedom, respondents and design effect, by domain and indicator, of
    whatever somebody answered."""
    return {
        (one.domain, one.variable): (
            one.value,
            one.standard_error,
            None if one.interval is None else one.interval.low,
            None if one.interval is None else one.interval.high,
            one.degrees_of_freedom,
            one.sample_size,
            one.design_effect,
        )
        for table in tables
        for one in table.estimates
        if one.sample_size
    }


def differing(own: Figures, found: Figures) -> list[Place]:
    assert set(own) == set(found)
    return [
        place for place in own if not all(_same(one, two) for one, two in zip(own[place], found[place], strict=True))
    ]


def _same(one: float | None, other: float | None) -> bool:
    if one is None or other is None:
        return one is other
    return math.isclose(one, other, rel_tol=LAST_DIGIT, abs_tol=LAST_DIGIT)
