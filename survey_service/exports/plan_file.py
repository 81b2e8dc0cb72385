"""``plan.yaml`` and ``register.csv`` beside the rows: with them ``survey-service analyse`` gives the wave's figures."""

from __future__ import annotations

import csv
from dataclasses import asdict, replace
from pathlib import Path
from typing import Any, Final

from analysis.plan import OF_REGISTER
from questionnaires.indicators import SHARES, TOTALS, Indicator, IndicatorKind, Sense
from survey_service.analyses.plan_yaml import with_data
from survey_service.analyses.service import asked, scale
from survey_service.exports.csv_file import number_text
from survey_service.exports.dataset import Dataset
from survey_service.tabular.harmless import harmless

PLAN: Final = "plan.yaml"
_BESIDE: Final = ("beside", "numerator_of")
REGISTER: Final = "register.csv"


def write_plan(dataset: Dataset, path: Path) -> None:
    # Other groups, and tests, are made of answers as the service reads them; a file of rows has none.
    plan = replace(dataset.plan, groups=tuple(one for one in dataset.plan.groups if one in OF_REGISTER))
    path.write_text(with_data(plan, data_of(dataset)), encoding="utf-8")


def data_of(dataset: Dataset) -> dict[str, Any]:
    """Where the columns stand, as ``analysis.file_columns`` reads it."""
    there = {one.name for one in dataset.variables}
    stages = list(dataset.stages)
    own = ("community", "street", "stratum", "weighting_class", "probability", "outcome", "answered")
    found: dict[str, Any] = {name: name for name in own}
    found["units"] = stages
    found["populations"] = [f"population_{stage}" for stage in range(1, len(stages) + 1)]
    optional = ("adults", "age", "sex", "age_drawn", "sex_drawn")
    found |= {name: name for name in optional if name in there and (name != "adults" or dataset.adults_known)}
    if "adults_weighed" in there:
        found["adults_told"] = "adults_weighed"
    if dataset.register is not None:
        found["register"] = REGISTER
    figures = asked(dataset.indicators, dataset.questionnaire)
    found["indicators"] = [
        _indicator(one, dataset) | {name: value for name in _BESIDE if (value := getattr(figure, name)) is not None}
        for one, figure in zip(dataset.indicators, figures, strict=True)
    ]
    return found


def _indicator(one: Indicator, dataset: Dataset) -> dict[str, Any]:
    found: dict[str, Any] = {"id": one.id}
    if one.kind is IndicatorKind.INDEX:
        found["parts"] = [asdict(part) for part in one.parts]
    else:
        found["numerator"], found["denominator"] = dataset.names["y", one.id], dataset.names["x", one.id]
        found["share"] = one.kind in SHARES
        if one.kind in TOTALS:
            found["totals"] = True
    ends = scale(one, dataset.questionnaire)
    if ends is not None and not found.get("share"):
        found["lowest"], found["highest"] = ends
    if one.target is not None:
        found["target"], found["at_least"] = one.target.value, one.target.sense is Sense.AT_LEAST
    return found


def write_register(dataset: Dataset, path: Path) -> None:
    """The population of the margins: a row for every community, age group and sex."""
    assert dataset.register is not None
    known = dataset.register
    order = {name: place for place, name in enumerate((*known.age_groups, *known.sexes))}
    cells = sorted(known.cells.items(), key=lambda one: (one[0][0], order.get(one[0][1], 0), order.get(one[0][2], 0)))
    with path.open("w", encoding="utf-8-sig", newline="") as file:
        writer = csv.writer(file, lineterminator="\r\n")
        writer.writerow(["community", "age", "sex", "persons"])
        for (community, age, sex), persons in cells:
            writer.writerow([harmless(community), harmless(age), harmless(sex), number_text(persons)])
