"""Adults that households told, in the weight after nonresponse, against R; and what must hold of it for any sample."""

from __future__ import annotations

import json
from dataclasses import replace
from functools import cache
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from analysis.case_columns import DISPOSITIONS, CaseColumns, Labels
from analysis.dispositions import Disposition
from analysis.engine.figures import Asked
from analysis.engine.run import run
from analysis.engine.weights import field_weights
from analysis.plan import Adults, AnalysisPlan, BaseWeight, NoCalibration, Nonresponse, PlannedCalibration
from survey_service.analyses.plans import default_plan

HERE = Path(__file__).parent / "city_told"
PLAN = AnalysisPlan(
    base_weight=BaseWeight(adults=Adults.ASKED),
    nonresponse=Nonresponse(minimum_respondents=1),
    calibration=PlannedCalibration(margins=(), why_none=NoCalibration.BY_CHOICE),
)


@cache
def columns() -> CaseColumns:
    frame = pd.read_csv(HERE / "data.csv", dtype={"community": str, "grid": str, "household": str})
    responded = frame["answered"].to_numpy() == 1
    kinds = [DISPOSITIONS.index(one) for one in (Disposition.REFUSAL, Disposition.COMPLETE)]
    grid = Labels.of(list(frame["grid"]))
    return CaseColumns(
        community=Labels.of(list(frame["community"])),
        street_of_community=np.zeros(frame["community"].nunique(), dtype=np.int64),
        streets=("S",),
        stratum=grid,
        units=(Labels.of(list(frame["household"])),),
        populations=(frame["households"].to_numpy(dtype=np.float64),),
        adults=np.full(len(frame), np.nan),
        told=frame["adults"].to_numpy(dtype=np.float64),
        weighting_class=grid,
        probability=frame["probability"].to_numpy(),
        disposition=np.where(responded, kinds[1], kinds[0]),
        first_mode=Labels(np.zeros(len(frame), dtype=np.int64), ("face_to_face",)),
        mode=Labels(np.where(responded, 0, -1), ("face_to_face",)),
        responded=responded,
        indicators=("satisfied",),
        numerators=frame.loc[responded, "satisfied"].to_numpy(dtype=np.float64)[None, :],
        denominators=np.ones((1, int(responded.sum()))),
        groups={},
    )


def test_weights_and_standard_errors_equal_r() -> None:
    expected = json.loads((HERE / "expected.json").read_text())
    found = run(PLAN, columns(), [Asked(id="satisfied")])
    np.testing.assert_allclose(found.weighed.final, expected["weights"], rtol=1e-12)
    (city,) = found.tables["city"].estimates().estimates
    ours = {one.domain[0][1]: one for one in found.tables["community"].estimates().estimates} | {"": city}
    assert len(expected["records"]) == len(ours) == 5
    for record in expected["records"]:
        one = ours[record["domain"]]
        assert one.value == pytest.approx(record["value"], rel=1e-12), record
        assert one.standard_error == pytest.approx(record["standard_error"], rel=1e-10), record


def test_without_the_adults_figures_are_of_households() -> None:
    assert columns().adults_told
    assert default_plan(columns()).base_weight.adults is Adults.ASKED
    few = columns().told
    assert few is not None
    half = replace(columns(), told=np.where(np.arange(len(few)) % 2, few, np.nan))
    assert default_plan(half).base_weight.adults is Adults.NOT_KNOWN
    assert default_plan(replace(columns(), told=None)).base_weight.adults is Adults.NOT_KNOWN


@given(st.lists(st.integers(1, 8), min_size=168, max_size=168))
def test_where_everybody_answers_a_told_number_weighs_as_one_of_the_list(adults: list[int]) -> None:
    """The list's number stands in the probability, the told one is multiplied last: with all answers they are one."""
    count = np.array(adults, dtype=np.float64)
    everybody = replace(
        columns(),
        responded=np.ones(len(count), dtype=np.bool_),
        disposition=np.full(len(count), DISPOSITIONS.index(Disposition.COMPLETE)),
    )
    told = field_weights(replace(everybody, told=count), PLAN)
    listed = field_weights(
        replace(everybody, told=None, adults=count, probability=everybody.probability / count),
        replace(PLAN, base_weight=BaseWeight(adults=Adults.FRAME)),
    )
    np.testing.assert_allclose(told.nonresponse_weight, listed.nonresponse_weight, rtol=1e-12)
    np.testing.assert_allclose(told.design_weight, listed.design_weight, rtol=1e-12)


@given(st.data())
def test_a_class_stands_for_its_households_however_many_adults_are_told(data: st.DataObject) -> None:
    """Divided by the told numbers the weights of every grid add up to the households of its list."""
    told = data.draw(st.lists(st.integers(1, 8), min_size=168, max_size=168))
    changed = replace(columns(), told=np.array(told, dtype=np.float64))
    weight = field_weights(changed, PLAN).nonresponse_weight / np.where(changed.responded, told, 1)
    for code in range(len(changed.stratum.names)):
        rows = changed.stratum.codes == code
        assert weight[rows].sum() == pytest.approx(changed.populations[0][rows][0])
