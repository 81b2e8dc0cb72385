"""Scripts beside an exported CSV for the tests of a plan say what the engine says: R's survey is the referee."""

from __future__ import annotations

import math
import subprocess
from collections.abc import Iterator, Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest

from analysis.case_columns import CaseColumns
from analysis.engine.distributions import Answers
from analysis.engine.planned_tests import Tested, planned_tests
from analysis.engine.run import Analysis
from analysis.plan import AnalysisPlan, KindOfTest, PlannedTest, VarianceRules
from analysis.results import LonelyPsu
from survey_service.analyses.plan_history import change_plan
from survey_service.analyses.wave_analysis import columns_and_register
from survey_service.audit.chain import SERVICE
from survey_service.database import Database
from survey_service.exports.formats import Format
from survey_service.settings import Settings
from tests import exported_scripts
from tests.exported_scripts import PROGRAMS
from tests.service.exported_wave import exported_wave, written
from tests.service.test_export_scripts import LANGUAGES, NONE, SMALL, THIN, in_chinese
from tests.service.world import NOW, World
from tests.simulated import exported
from tests.simulated.waves import city, wave

FIGURES = (
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
TO = 1e-7
Line = tuple[float | None, ...]
K = KindOfTest
TESTS = (
    PlannedTest(kind=K.CROSSTAB, outcome="overall", by=("age",)),
    PlannedTest(kind=K.CROSSTAB, outcome="sex", by=("know",)),
    PlannedTest(kind=K.DIFFERENCE, outcome="points", by=("sex",)),
    PlannedTest(kind=K.TREND, outcome="amount", by=("age",)),
    PlannedTest(kind=K.LINEAR, outcome="amount", by=("age", "sex", "overall")),
    PlannedTest(kind=K.LOGISTIC, outcome="share", by=("age", "know")),
    PlannedTest(kind=K.DIFFERENCE, outcome="points", by=("age",)),  # of more than two groups: none
    PlannedTest(kind=K.LOGISTIC, outcome="points", by=("sex",)),  # of no yes or no: none
)
FULL = replace(SMALL, issued=40)  # no stratum has a single PSU, so that survey is asked
AVERAGE = VarianceRules(lonely_psu=LonelyPsu.AVERAGE)
PLANS = {
    "calibrated": (FULL, AnalysisPlan(tests=TESTS)),
    "two stages, nothing calibrated": (
        replace(FULL, drawn_grids=2, grids=4),
        AnalysisPlan(tests=TESTS, calibration=NONE),
    ),
    "single PSUs": (THIN, AnalysisPlan(tests=TESTS)),
    "single PSUs averaged": (THIN, AnalysisPlan(tests=TESTS, variance=AVERAGE, calibration=NONE)),
}


def questions(columns: CaseColumns) -> tuple[Answers, ...]:
    """To two questions of the small questionnaire; some gave no answer, and nobody chose the last option of one."""
    rng = np.random.default_rng(7)
    count = len(columns.respondents)
    said = columns.numerators[0]
    overall = np.where(rng.random(count) < 0.1, 3, np.where(rng.random(count) < 0.4 + 0.3 * said, 0, 1))
    some = tuple(frozenset({code}) for code in ("1", "2", "3"))
    return (
        Answers(id="overall", options=("1", "2", "3"), code=overall, answers=(*some, None)),
        Answers(id="know", options=("1", "2"), code=(rng.random(count) < 0.4).astype(np.int64), answers=some[:2]),
    )


def lines_of(found: Tested, number: int) -> Iterator[tuple[tuple[str, str], Line]]:
    """By number and term, as a script prints them."""
    one, nothing = str(number), (None,) * len(FIGURES)
    if found.problem is not None:
        yield (one, ""), nothing
    elif found.regression is not None:
        for each in found.regression.coefficients:
            numbers = (each.value, each.standard_error, each.low, each.high, each.statistic, None)
            more = (found.regression.degrees_of_freedom, each.p_value, found.regression.sample_size)
            yield (one, each.name), (*numbers, *more)
    elif found.test is not None:
        test, labels = found.test, found.labels[0]
        named = {K.DIFFERENCE: " - ".join(reversed(labels)), K.TREND: "slope"}
        numbers = (test.estimate, test.standard_error, test.low, test.high, test.statistic)
        more = (test.numerator_degrees_of_freedom, test.denominator_degrees_of_freedom, test.p_value, test.sample_size)
        yield (one, named.get(found.planned.kind, "")), (*numbers, *more)
        for share in () if found.shares is None else found.shares.estimates:
            [(by, of)] = share.domain
            limits = (None, None) if share.interval is None else (share.interval.low, share.interval.high)
            figures = (share.value, share.standard_error, *limits, None, None)
            term = f"{by}={of}: {found.planned.outcome}={share.category}"
            if share.sample_size:
                yield (one, term), (*figures, share.degrees_of_freedom, None, share.sample_size)


def by_the_engine(found: Analysis, columns: CaseColumns, plan: AnalysisPlan) -> Mapping[tuple[str, str], Line]:
    margins = found.weighed.calibrated
    calibration = None if margins is None else margins.calibration
    tested = planned_tests(columns, questions(columns), found.weighed.final, calibration, exported.MIXED, plan)
    return dict(line for number, one in enumerate(tested, start=1) for line in lines_of(one, number))


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize(
    "name", [pytest.param(one, marks=() if one == "calibrated" else pytest.mark.soak) for one in PLANS]
)
def test_a_script_computes_what_the_engine_does(name: str, language: str, tmp_path: Path) -> None:
    if language == "R":
        exported_scripts.skip_without_r()
    shape, plan = PLANS[name]
    of = city(shape, 1)
    columns, register = in_chinese(exported.mixed(wave(of, 2)), of.register())
    found = exported.export(tmp_path, columns, register, plan, questions=questions(columns))
    wanted = by_the_engine(found, columns, plan)
    table = exported_scripts.printed(tmp_path / f"{exported.STEM}-tests.{language}")
    printed = {
        (row["test"], row["term"]): tuple(float(row[one]) if row[one] else None for one in FIGURES)
        for row in table.to_dict("records")
    }
    assert set(printed) == set(wanted)
    assert {number for number, _ in wanted} == {str(number) for number in range(1, len(TESTS) + 1)}
    for key, line in wanted.items():
        for figure, told, figured in zip(FIGURES, printed[key], line, strict=True):
            known = figured is not None and not math.isnan(figured)
            assert (told is not None) == known, (key, figure, told, figured)
            if figure == "statistic" and (line[1] or 1.0) < 1e-9:
                continue  # of an error that is nothing but rounding
            if told is not None and figured is not None:
                assert abs(told - figured) <= TO * max(1.0, abs(figured)), (key, figure, told, figured)


def test_r_ends_where_its_own_package_says_otherwise(tmp_path: Path) -> None:
    exported_scripts.skip_without_r()
    of = city(FULL, 1)
    columns, register = in_chinese(exported.mixed(wave(of, 2)), of.register())
    plan = AnalysisPlan(tests=(TESTS[5],))
    exported.export(tmp_path, columns, register, plan, questions=questions(columns))
    script = tmp_path / f"{exported.STEM}-tests.R"
    text = script.read_text("utf-8")
    assert text.count("own * (y[used] - chance)") == 1
    script.write_text(text.replace("own * (y[used] - chance)", "own * (y[used] - chance) * 1.01"), "utf-8")
    done = subprocess.run([PROGRAMS["R"], str(script)], capture_output=True, text=True, check=False)
    assert done.returncode != 0
    assert "survey says otherwise: svyglm" in done.stderr


@pytest.mark.parametrize("backend", ["sqlite"], indirect=True)
def test_a_wave_whose_plan_has_tests_brings_their_scripts(
    database: Database, settings: Settings, tmp_path: Path
) -> None:
    """Whatever people wrote; a plan without tests has none."""
    given = exported_wave(database, settings)
    without = {one.name for one in written(database, given.world, tmp_path / "without", Format.CSV)}
    assert not {one for one in without if "tests" in one}
    plan = keep_tests(database, given.world)
    files = {one.name for one in written(database, given.world, tmp_path, Format.CSV)}
    assert {"2026Q3-tests.R", "2026Q3-tests.py"} <= files
    by_python = exported_scripts.printed(tmp_path / "2026Q3-tests.py")
    assert list(dict.fromkeys(by_python["kind"])) == [one.kind.value for one in plan.tests]
    names: dict[str, Any] = {"__name__": "read"}
    exec(compile((tmp_path / "2026Q3-tests.py").read_text("utf-8"), "tests.py", "exec"), names)
    told = names["SETTINGS"]["variables"]["by"]  # codes with letters are numbers in the file
    assert (told["codes"], told["labels"], told["drawn"]) == (["1", "2"], ["a", "b"], None)
    cases = pd.read_csv(tmp_path / "2026Q3.csv", dtype=str, encoding="utf-8-sig")
    assert set(cases[told["column"]].dropna()) == {"1", "2", "-9"}
    if exported_scripts.r_is_there():
        by_r = exported_scripts.printed(tmp_path / "2026Q3-tests.R")
        assert list(by_r["term"]) == list(by_python["term"])
        values = [table["value"].replace("", "nan").astype(float).to_numpy() for table in (by_r, by_python)]
        np.testing.assert_allclose(values[0], values[1], rtol=TO, atol=TO)


def keep_tests(database: Database, world: World) -> AnalysisPlan:
    """A plan with tests becomes that of the wave."""
    with database.writing.begin() as session:
        before = columns_and_register(session, world.survey_id, world.wave_id).plan
        of_wave = (
            PlannedTest(kind=K.CROSSTAB, outcome="know", by=("by",)),
            PlannedTest(kind=K.LINEAR, outcome=world.questionnaire.indicators[0].id, by=("overall",)),
        )
        after = replace(before, tests=of_wave)
        change_plan(session, world.survey_id, world.wave_id, before, after, reason="另做检验", at=NOW, by=SERVICE)
    return after
