"""What is told of the city beside its figures: kept with a release, read back, and sent to programs alike."""

from __future__ import annotations

from typing import Any

import pytest

from analysis.city_results import (
    CityResults,
    DriverFigure,
    DriverFigures,
    ModeEffect,
    ModeFigure,
    OpenShare,
    Priority,
    SensitivityFigures,
    SensitivityValue,
)
from questionnaires.canonical_json import Form
from survey_service.analyses.city_told import modes_by_lot
from survey_service.api.beside_schemas import BesideOut
from survey_service.models import Wave
from survey_service.releases.read_back import read_back

EVERYTHING = CityResults(
    modes=(
        ModeEffect(
            variable="awareness",
            digits=1,
            figures=(
                ModeFigure(mode="paper", sample_size=1012, value=0.933),
                ModeFigure(
                    mode="web_invited", sample_size=859, value=0.901, difference=-0.032, low=-0.061, high=-0.002
                ),
            ),
        ),
    ),
    drivers=DriverFigures(
        outcome="satisfaction",
        explained=0.31,
        low=0.25,
        high=0.37,
        respondents=1122,
        judged=1871,
        items=(
            DriverFigure(
                variable="dogs", share=0.2, low=0.15, high=0.25, performance=0.63, priority=Priority.MEND_FIRST
            ),
            DriverFigure(variable="waste", share=0.11, low=0.05, high=0.17, performance=0.76, priority=None),
        ),
        left_out=("markets",),
    ),
    sensitivities=(
        SensitivityFigures(
            kind="unweighted",
            left_out=0,
            values=(SensitivityValue(variable="awareness", value=0.92, difference=0.001),),
        ),
    ),
    open_answers=117,
    open_shares=(OpenShare(variable="awareness", answers=117, value=0.957),),
)


def test_what_a_release_keeps_is_read_back_and_is_the_shape_of_the_api() -> None:
    kept = Form(digits=12).plain(EVERYTHING)
    assert read_back(CityResults, kept) == EVERYTHING
    assert BesideOut.model_validate(kept).model_dump(mode="json") == kept
    nothing = Form(digits=12).plain(CityResults())
    assert BesideOut.model_validate(nothing).model_dump(mode="json") == nothing


@pytest.mark.parametrize(
    ("plan", "by_lot"),
    [
        ({}, False),
        ({"draw": {"file": "cases.csv", "adults_known": True}}, False),
        ({"draw": {"file": "list.csv", "seed": 7}}, True),
        ({"draw": {"modes_by_lot": True}}, True),
        ({"draw": {"seed": 7, "modes_by_lot": False}}, False),
    ],
    ids=["no sample", "a file with modes", "drawn here before it was written down", "dealt", "not dealt"],
)
def test_modes_are_dealt_where_the_service_dealt_them(plan: dict[str, Any], by_lot: bool) -> None:
    assert modes_by_lot(Wave(plan=plan)) is by_lot
