"""Scripts beside an exported CSV say what the engine says, whatever the design: R's survey and numpy are the referees.

``test_demonstration`` holds them against the record of a release.
"""

from __future__ import annotations

import json
import re
import subprocess
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.special import betainc, betaincinv, stdtrit

from analysis.case_columns import CaseColumns, Labels, PopulationRegister
from analysis.estimation.intervals import all_alike_limit, share_limits
from analysis.plan import (
    Adults,
    AnalysisPlan,
    BaseWeight,
    Group,
    MarginOf,
    MarginWithin,
    NoCalibration,
    PlannedCalibration,
    PlannedMargin,
    Trimming,
    VarianceRules,
)
from analysis.results import SHARE_INTERVALS, IntervalMethod, LonelyPsu
from analysis.weighting.records import CalibrationMethod
from survey_service.database import Database
from survey_service.exports import scripts
from survey_service.exports.bodies import estimates
from survey_service.exports.formats import Format
from survey_service.settings import Settings
from tests import exported_scripts
from tests.service.exported_wave import exported_wave, written
from tests.simulated import exported
from tests.simulated.waves import SEXES, Shape, city, wave

LANGUAGES = ("R", "py")
SMALL = Shape(streets=2, communities=3, grids=3, households=60, issued=12, indicators=1)
THIN = replace(SMALL, grids=4, issued=2)  # strata with a single respondent
CENSUS = replace(SMALL, households=20, issued=20)
TWO_STAGES = replace(SMALL, drawn_grids=2, issued=30)
NONE = PlannedCalibration(margins=(), why_none=NoCalibration.BY_CHOICE)
HOUSEHOLDS = VarianceRules(adult_stage=False)


def margin(of: MarginOf, within: MarginWithin = MarginWithin.CITY) -> PlannedMargin:
    return PlannedMargin(of=of, within=within, minimum_respondents=1 if of is MarginOf.COMMUNITY else 5)


WITHIN_STREETS = PlannedCalibration(
    margins=(
        margin(MarginOf.COMMUNITY),
        margin(MarginOf.AGE, MarginWithin.STREET),
        margin(MarginOf.SEX),
    ),
    method=CalibrationMethod.LINEAR,
)
ONE_MARGIN = PlannedCalibration(margins=(margin(MarginOf.COMMUNITY),), method=CalibrationMethod.POSTSTRATIFY)
AVERAGE = VarianceRules(lonely_psu=LonelyPsu.AVERAGE)
EVERY = (Group.AGE, Group.SEX)
DESIGNS: dict[str, tuple[Shape, AnalysisPlan]] = {
    "trimmed, with groups": (SMALL, AnalysisPlan(trimming=Trimming(median_multiple=2.0), groups=EVERY)),
    "trimmed to what margins allow": (SMALL, AnalysisPlan(trimming=Trimming(median_multiple=1.6))),
    "single PSUs, nothing calibrated": (THIN, AnalysisPlan(calibration=NONE)),
    "two stages, households corrected": (TWO_STAGES, AnalysisPlan(variance=HOUSEHOLDS)),
    "margins within streets": (SMALL, AnalysisPlan(calibration=WITHIN_STREETS)),
    "adults as told": (SMALL, AnalysisPlan(base_weight=BaseWeight(adults=Adults.ASKED))),
    "one margin": (SMALL, AnalysisPlan(calibration=ONE_MARGIN)),
    "single PSUs": (THIN, AnalysisPlan()),
    "single PSUs averaged": (THIN, AnalysisPlan(variance=AVERAGE)),
    "single PSUs averaged, nothing calibrated": (THIN, AnalysisPlan(variance=AVERAGE, calibration=NONE)),
    "two thin stages": (
        replace(THIN, drawn_grids=3, issued=3),
        AnalysisPlan(variance=HOUSEHOLDS, calibration=NONE),
    ),
    "a census of households": (CENSUS, AnalysisPlan(variance=HOUSEHOLDS, calibration=NONE)),
}
ORDINARY = (
    "trimmed, with groups",
    "adults as told",
    "single PSUs, nothing calibrated",
    "two stages, households corrected",
)


def in_chinese(columns: CaseColumns, register: PopulationRegister) -> tuple[CaseColumns, PopulationRegister]:
    """With sexes as a register of ours names them."""
    words = dict(zip(SEXES, ("女", "男"), strict=True))
    sex = Labels(columns.groups["sex"].codes, tuple(words[name] for name in columns.groups["sex"].names))
    cells = {(area, age, words[name]): people for (area, age, name), people in register.cells.items()}
    return (
        replace(columns, groups={**columns.groups, "sex": sex}),
        replace(register, cells=cells, sexes=tuple(words[name] for name in register.sexes)),
    )


def as_told(columns: CaseColumns) -> CaseColumns:
    """The same where the list knew no adults, and all who answered but every twentieth told them."""
    told = np.where(columns.responded, columns.adults, np.nan)
    told[columns.respondents[::20]] = np.nan
    unknown = np.full(columns.cases, np.nan)
    return replace(columns, adults=unknown, told=told, probability=columns.probability * columns.adults)


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize(
    "name", [pytest.param(one, marks=() if one in ORDINARY else pytest.mark.soak) for one in DESIGNS]
)
def test_a_script_computes_what_the_engine_does(name: str, language: str, tmp_path: Path) -> None:
    if language == "R":
        exported_scripts.skip_without_r()
    shape, plan = DESIGNS[name]
    of = city(shape, 1)
    columns, register = in_chinese(exported.mixed(wave(of, 2)), of.register())
    if plan.base_weight.adults is Adults.ASKED:
        columns = as_told(columns)
    found = exported.export(tmp_path, columns, register, plan)
    wanted = exported_scripts.of_tables(found.tables.values())
    script = tmp_path / f"{exported.STEM}.{language}"
    text = script.read_text(encoding="utf-8")
    script.write_text(re.sub(r"(?im)^(at_once\b.*?)5_?000_?000", r"\g<1>700", text), encoding="utf-8")
    assert script.read_text(encoding="utf-8") != text, "in parts, as a large wave is"
    kinds = {key[4] for key in wanted}
    assert kinds == {one.id for one in exported.MIXED}
    exported_scripts.assert_same(exported_scripts.run(script), wanted)


def test_trimming_and_drawn_ages_were_met_above() -> None:
    shape, plan = DESIGNS["trimmed, with groups"]
    of = city(shape, 1)
    columns = exported.mixed(wave(of, 2))
    found = exported.engine.run(plan, columns, exported.MIXED, of.register()).weighed.calibrated
    assert found is not None
    assert found.trimming is not None
    assert found.trimming.trimmed > 0
    assert found.drawn_rows.any()


@pytest.mark.parametrize("language", LANGUAGES)
def test_weights_that_are_not_those_of_the_columns_end_the_script(tmp_path: Path, language: str) -> None:
    if language == "R":
        exported_scripts.skip_without_r()
    of = city(THIN, 1)
    exported.export(tmp_path, exported.mixed(wave(of, 2)), of.register(), AnalysisPlan())
    known = tmp_path / scripts.MARGINS
    lines = known.read_text().splitlines()
    cell, _, people = lines[1].rpartition(",")
    known.write_text("\n".join([lines[0], f"{cell},{float(people) * 1.5}", *lines[2:]]) + "\n")
    program = exported_scripts.PROGRAMS[language]
    done = subprocess.run(
        [program, str(tmp_path / f"{exported.STEM}.{language}")], capture_output=True, text=True, check=False
    )
    assert done.returncode != 0
    assert done.stdout == ""


@pytest.mark.parametrize("backend", ["sqlite"], indirect=True)
def test_a_wave_of_the_service_brings_its_scripts_with_the_csv(
    database: Database, settings: Settings, tmp_path: Path
) -> None:
    """Whatever people wrote, and though nothing was calibrated: single PSUs, a dozen cases."""
    given_wave = exported_wave(database, settings)
    files = {one.name for one in written(database, given_wave.world, tmp_path, Format.CSV)}
    assert {"2026Q3.csv", "2026Q3.R", "2026Q3.py"} <= files
    assert scripts.MARGINS not in files
    by_python = exported_scripts.run(tmp_path / "2026Q3.py")
    assert {key[4] for key in by_python} == {one.id for one in given_wave.world.questionnaire.indicators}
    if exported_scripts.r_is_there():
        exported_scripts.assert_same(exported_scripts.run(tmp_path / "2026Q3.R"), by_python)
    assert not {one.name for one in written(database, given_wave.world, tmp_path / "x", Format.PARQUET)} & {
        "2026Q3.R",
        "2026Q3.py",
    }


# ------------------------------------------------------------------ the functions of the script for Python


@given(a=st.floats(0.05, 3000), b=st.floats(0.05, 3000), tail=st.sampled_from([0.005, 0.025, 0.5, 0.95, 0.975]))
def test_the_beta_function_of_the_script_is_that_of_scipy(a: float, b: float, tail: float) -> None:
    x = float(betaincinv(a, b, tail))
    assert estimates.beta_quantile(tail, a, b) == pytest.approx(x, rel=1e-9, abs=1e-12)
    assert estimates.beta_share(x, a, b) == pytest.approx(float(betainc(a, b, x)), rel=1e-9, abs=1e-12)


@given(level=st.sampled_from([0.8, 0.9, 0.95, 0.99]), df=st.integers(1, 5000))
def test_the_t_quantile_of_the_script_is_that_of_scipy(level: float, df: int) -> None:
    assert estimates.t_quantile(level, df) == pytest.approx(float(stdtrit(df, (1 + level) / 2)), rel=1e-9)


SHARES = np.array([0.004, 0.31, 0.5, 0.86, 0.9931])
VARIANCES = np.array([1e-5, 2e-3, 1e-3, 4e-3, 2e-5])
SIZES, FREEDOM = np.array([250, 22, 60, 12, 400]), np.array([40, 3, 18, 1, 90])


def limits_of(method: IntervalMethod) -> tuple[np.ndarray, np.ndarray]:
    return share_limits(
        method, SHARES, VARIANCES, VARIANCES * 1.3, SIZES.astype(float), FREEDOM.astype(float), level=0.95
    )


@pytest.mark.parametrize("method", SHARE_INTERVALS)
def test_intervals_of_the_script_for_python_are_the_house_rules(
    method: IntervalMethod, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(estimates.SETTINGS, "level", 0.95)
    rows = zip(SHARES, VARIANCES, SIZES, FREEDOM, strict=True)
    found = [estimates.share_interval(method.value, p, (v, v * 1.3), n, df) for p, v, n, df in rows]
    np.testing.assert_allclose(np.array(found).T, limits_of(method), rtol=1e-9, atol=1e-12)
    assert estimates.all_alike_limit(30, 29) == pytest.approx(0.884, abs=5e-4)
    alike = all_alike_limit(np.array([30.0]), np.array([3.0]), 0.95)
    assert estimates.all_alike_limit(30, 3) == pytest.approx(alike[0], rel=1e-12)


def test_intervals_of_the_script_for_r_are_the_house_rules(tmp_path: Path) -> None:
    exported_scripts.skip_without_r()
    body = scripts.body("intervals.R")
    functions = body[
        body.index("t_of <- function") : body.index(
            "# ---------------------------------------------------------------- figures"
        )
    ]
    called = [
        f'print_of("{method.value}", share_interval("{method.value}", p, v, v * 1.3, n, df, 0.95))'
        for method in SHARE_INTERVALS
    ]
    program = [
        functions,
        *(
            f"{name} <- {scripts.in_r(values.tolist())}"
            for name, values in (("p", SHARES), ("v", VARIANCES), ("n", SIZES), ("df", FREEDOM))
        ),
        "print_of <- function(name, limits) cat(name, format(c(limits$low, limits$high), digits = 15), '\\n')",
        *called,
        "print_of('alike', list(low = all_alike_limit(30, 3, 0.95), high = NULL))",
    ]
    file = tmp_path / "intervals.R"
    file.write_text("\n".join(program), encoding="utf-8")
    done = subprocess.run(["Rscript", str(file)], capture_output=True, text=True, check=True)
    printed = {name: [float(one) for one in rest] for name, *rest in map(str.split, done.stdout.splitlines())}
    for method in SHARE_INTERVALS:
        np.testing.assert_allclose(printed[method.value], np.concatenate(limits_of(method)), rtol=1e-9, atol=1e-10)
    assert printed["alike"] == pytest.approx(all_alike_limit(np.array([30.0]), np.array([3.0]), 0.95).tolist())


# ------------------------------------------------------------------ settings


@pytest.mark.parametrize(
    ("value", "written_in_r"),
    [
        (None, "NULL"),
        (True, "TRUE"),
        ('单元"一"\\', '"\\u5355\\u5143\\"\\u4e00\\"\\\\"'),
        (0.1, "0.1"),
        ([], "character()"),
        (["a", "b"], 'c("a", "b")'),
        ({"a": None, "b-c": 2}, "list(`a` = NULL, `b-c` = 2)"),
        ([{"a": 1}], "list(\n  list(`a` = 1))"),
    ],
)
def test_plain_values_as_r_writes_them(value: object, written_in_r: str) -> None:
    assert scripts.in_r(value) == written_in_r


def test_the_head_for_python_is_read_back(tmp_path: Path) -> None:
    of = city(THIN, 1)
    exported.export(tmp_path, exported.mixed(wave(of, 2)), of.register(), AnalysisPlan())
    names: dict[str, object] = {"__name__": "read"}
    exec(compile((tmp_path / f"{exported.STEM}.py").read_text(encoding="utf-8"), "wave.py", "exec"), names)
    told = names["SETTINGS"]
    assert isinstance(told, dict)
    assert json.loads(json.dumps(told)) == told
    assert told["margins"] == ["margin_community", "margin_age_sex"]
    run: Callable[..., object] = names["main"]  # type: ignore[assignment]
    assert run.__name__ == "main"
