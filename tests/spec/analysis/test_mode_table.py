"""Figures by first mode: each is its own domain's, and their difference that of a contrast."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from analysis.case_columns import CaseColumns, Labels
from analysis.engine.figures import Respondents, requests_of, respondent_frame, survey_design
from analysis.engine.modes import FIRST_MODE, mode_table
from analysis.engine.run import weigh
from analysis.estimation.contrasts import Contrast, contrasts
from analysis.plan import AnalysisPlan
from tests.simulated.waves import Shape, asked, city, wave

SHAPE = Shape(streets=2, communities=3)
PLAN = AnalysisPlan()


def dealt(columns: CaseColumns, *names: str) -> CaseColumns:
    """Modes by turns, case by case."""
    codes = np.arange(columns.cases, dtype=np.int64) % len(names)
    return replace(columns, first_mode=Labels(codes, tuple(sorted(names))))


def test_modes_are_domains_and_their_differences_contrasts() -> None:
    of = city(SHAPE, 5)
    columns = dealt(wave(of, 6), "paper", "web_invited")
    found = weigh(PLAN, columns, of.register())
    assert found.calibrated is not None
    calibration = found.calibrated.calibration
    table = mode_table(columns, Respondents.of(columns, found.final, calibration, asked(SHAPE), PLAN))
    assert table is not None
    first, second = table.modes
    counted = {
        name: int((columns.first_mode.take(columns.respondents).codes == place).sum())
        for place, name in enumerate(("paper", "web_invited"))
    }
    assert dict(zip(table.modes, table.respondents.tolist(), strict=True)) == counted
    assert counted[first] >= counted[second]

    frame = respondent_frame(columns, found.final, asked(SHAPE), PLAN)
    frame[FIRST_MODE] = columns.first_mode.take(columns.respondents).categorical()
    design = replace(survey_design(columns, frame, PLAN), calibration=calibration)
    wanted = [Contrast("apart", {((FIRST_MODE, second),): 1.0, ((FIRST_MODE, first),): -1.0})]
    told = contrasts(
        frame, design, requests_of(asked(SHAPE)), wanted, by=(FIRST_MODE,), lonely_psu=PLAN.variance.lonely_psu
    )
    for row, one in enumerate(told.estimates):
        assert one.interval is not None
        mine = (table.difference[row, 1], table.difference_low[row, 1], table.difference_high[row, 1])
        assert mine == pytest.approx((one.value, one.interval.low, one.interval.high), rel=1e-9)
        assert table.value[row, 1] - table.value[row, 0] == pytest.approx(one.value)
    assert np.isnan(table.difference[:, 0]).all()


@pytest.mark.parametrize("names", [("paper",), ("paper", *(f"m{one}" for one in range(200)))], ids=["one", "few each"])
def test_one_mode_or_modes_of_a_handful_tell_nothing(names: tuple[str, ...]) -> None:
    of = city(SHAPE, 5)
    columns = dealt(wave(of, 6), *names)
    respondents = Respondents.of(columns, np.ones(len(columns.respondents)), None, asked(SHAPE), PLAN)
    assert mode_table(columns, respondents) is None
