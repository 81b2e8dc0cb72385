"""A plan in words: every field has its line, every way to fail its sentence in both languages, and YAML says it all."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import fields, is_dataclass, replace
from typing import Any

import numpy as np
import pytest

from analysis.case_columns import CaseColumns, PopulationRegister
from analysis.engine.run import weigh
from analysis.plan import (
    AnalysisPlan,
    MarginOf,
    MarginWithin,
    NoCalibration,
    PlanError,
    PlannedCalibration,
    PlannedMargin,
    from_document,
    to_document,
)
from analysis.problems import DesignError
from analysis.weighting.records import CalibrationMethod
from questionnaires.text import Text
from survey_service.analyses.plan_cells import cell_words
from survey_service.analyses.plan_fields import differences
from survey_service.analyses.plan_problems import troubles, unreadable
from survey_service.analyses.plan_yaml import as_yaml
from survey_service.outside import plans as outside
from tests.simulated import waves

HAN = re.compile(r"[\u4e00-\u9fff]")
SHAPE = waves.Shape(streets=2, communities=2, grids=2, households=60, issued=10)
COMMUNITY = PlannedMargin(of=MarginOf.COMMUNITY, minimum_respondents=1)
OTHER: Mapping[str, Any] = {  # another value, where the type does not tell one
    "tests": [{"kind": "crosstab", "outcome": "q5", "by": ["q11"]}],
    "unit": "household",
    "base_weight.adults": "not_known",
    "eligibility.by": "community",
    "calibration.method": "linear",
    "calibration.why_none": None,
    "calibration.register_kind": "usual_residents",
    "calibration.register_as_of": "2026-01-01",
    "calibration.register_lower_age": 16,
    "trimming.median_multiple": None,
    "variance.lonely_psu": "average",
    "indicators": ["awareness"],
    "levels": ["city"],
    "groups": ["age"],
    "sensitivity": ["unweighted"],
    "interval": "wilson",
    "level": 0.9,
    "rule.reliability": "flag",
}
WITH = {"calibration.register_as_of": "register_kind", "calibration.register_lower_age": "register_kind"}


def leaves(value: Any, place: str = "") -> Iterator[str]:
    for one in fields(value):
        inner, path = getattr(value, one.name), f"{place}.{one.name}" if place else one.name
        if is_dataclass(inner):
            yield from leaves(inner, path)
        else:
            yield path


def changed(plan: AnalysisPlan, path: str) -> AnalysisPlan:
    *above, name = path.split(".")
    holder = plan
    for one in above:
        holder = getattr(holder, one)
    old = getattr(holder, name)
    if path == "calibration.margins":
        new: Any = (COMMUNITY,)
    elif path in OTHER:
        document = to_document(plan)
        inner = document
        for one in above:
            inner = inner[one]
        inner[name] = OTHER[path]
        if path == "unit":
            document["base_weight"]["adults"] = "not_known"
            document["calibration"] |= {"margins": [], "why_none": "households"}
        if path == "base_weight.adults":
            document |= {"unit": "household"}
            document["calibration"] |= {"margins": [], "why_none": "households"}
        if path == "calibration.why_none":
            document["calibration"] |= {"margins": [], "why_none": "too_old"}
        if path in WITH:
            document["calibration"]["register_kind"] = "usual_residents"
        return from_document(document)
    elif isinstance(old, bool):
        new = not old
    else:
        new = old + 1 if isinstance(old, int) else old / 2
    holder = replace(holder, **{name: new})
    for one, parent in zip(reversed(above), [plan] * len(above), strict=True):
        holder = replace(parent, **{one: holder})
    return holder


@pytest.mark.parametrize("path", list(leaves(AnalysisPlan())))
def test_a_change_of_any_field_is_seen(path: str) -> None:
    before = AnalysisPlan()
    if path in WITH:
        before = replace(before, calibration=replace(before.calibration, register_kind="usual_residents"))
    found = differences(before, changed(before, path))
    assert found, path
    for one in found:
        for said in (one.name, one.before, one.after):
            assert said.zh
            assert said.en
        assert not HAN.search(one.name.en + one.before.en + one.after.en), one


def test_two_plans_alike_differ_in_nothing() -> None:
    assert differences(AnalysisPlan(), AnalysisPlan()) == ()


# ------------------------------------------------------------------ YAML


@pytest.mark.parametrize("path", list(leaves(AnalysisPlan())))
def test_a_plan_comes_back_from_its_file(path: str) -> None:
    plan = changed(AnalysisPlan(), path)
    read = outside.read(as_yaml(plan).encode())
    assert read.fault is None
    assert from_document(read.document) == plan


# ------------------------------------------------------------------ what keeps weights from being made


def wave() -> tuple[CaseColumns, PopulationRegister]:
    of = waves.city(SHAPE, 1)
    return waves.wave(of, 2), of.register()


def planned(*margins: PlannedMargin, **given: Any) -> AnalysisPlan:
    return AnalysisPlan(calibration=PlannedCalibration(margins=margins, **given))


def sex(within: MarginWithin = MarginWithin.CITY) -> PlannedMargin:
    return PlannedMargin(of=MarginOf.SEX, within=within, minimum_respondents=0)


def nobody(columns: CaseColumns) -> CaseColumns:
    none = np.zeros(0)
    return replace(
        columns,
        responded=np.zeros(columns.cases, dtype=bool),
        numerators=none.reshape(len(columns.indicators), 0),
        denominators=none.reshape(len(columns.indicators), 0),
        groups={},
    )


def all_of(columns: CaseColumns, group: str, code: int) -> CaseColumns:
    labels = columns.groups[group]
    return replace(columns, groups={**columns.groups, group: replace(labels, codes=np.full_like(labels.codes, code))})


def without(register: PopulationRegister, sex: str) -> PopulationRegister:
    """Those of one sex counted as the other."""
    return replace(
        register,
        cells={
            key: 0.0 if key[2] == sex else count + register.cells[key[0], key[1], sex]
            for key, count in register.cells.items()
        },
    )


def more(register: PopulationRegister) -> PopulationRegister:
    return replace(register, cells={key: count * 2 for key, count in register.cells.items()})


def failures() -> dict[str, tuple[AnalysisPlan, CaseColumns, PopulationRegister | None]]:
    columns, register = wave()
    return {
        "还没有一份有效的抽样答卷": (AnalysisPlan(), nobody(columns), register),
        "现在没有能用的人口数": (AnalysisPlan(), columns, None),
        "没有一个人同时填了年龄和性别": (AnalysisPlan(), all_of(columns, "age", -1), register),
        "问卷里没有能与人口数对上的这道题": (planned(COMMUNITY, sex()), replace(columns, groups={}), register),
        "各项约束的总人数不一致": (planned(COMMUNITY, sex()), columns, more(register)),
        "没有一份答卷": (planned(COMMUNITY, sex()), all_of(columns, "sex", 0), register),
        "的人口数是 0": (planned(COMMUNITY, sex()), columns, without(register, "male")),
        "这种校准方法用不了": (planned(COMMUNITY, sex(), method=CalibrationMethod.LOGIT), columns, register),
        "这种校准方法用不了这些约束": (
            planned(COMMUNITY, sex(), method=CalibrationMethod.POSTSTRATIFY),
            columns,
            register,
        ),
    }


@pytest.mark.parametrize("said", list(failures()))
def test_what_cannot_be_carried_out_is_told_in_both_languages(said: str) -> None:
    plan, columns, register = failures()[said]
    with pytest.raises(ValueError) as failed:  # noqa: PT011 -- of any kind: each must have its words
        weigh(plan, columns, register)
    found = troubles(failed.value, {})
    assert said in found[0].what.zh, found
    for one in found:
        assert HAN.search(one.what.zh)
        assert "这个方案算不了" not in one.what.zh, "passed on in English alone"
        assert one.remedy.zh
        assert not HAN.search(one.what.en + one.remedy.en)


@pytest.mark.parametrize(
    ("message", "zh"),
    [
        (
            "the weights do not meet the margins after 9 iterations: sex=male stands at 12.5 instead of 13 (gap 0.1)",
            "调不到人口数：“男”停在 12.5，应为 13。",
        ),
        ("linear calibration makes 4 weights negative", "线性校准让 4 个权数变成负数。"),
    ],
)
def test_what_is_hard_to_bring_about_is_read_by_its_message(message: str, zh: str) -> None:
    from analysis.problems import DataProblem

    error = DesignError([DataProblem(column="x", rows=(), message=message, remedy="")])
    assert troubles(error, {})[0].what.zh == zh


def test_whatever_else_fails_is_passed_on() -> None:
    assert "something new" in troubles(ValueError("something new"), {})[0].what.zh


def test_every_fault_of_a_file_has_its_chinese() -> None:
    whole = to_document(AnalysisPlan())
    for wrong in (
        {"format": 1},
        {**whole, "unit": "person"},
        {**whole, "weights": {}},
        {**whole, "level": "high"},
        {**whole, "level": 2.0},
        {**whole, "levels": "city"},
        {**whole, "rule": 3},
        {**whole, "interval": "woodruff"},
        {**whole, "unit": "household"},
        {**whole, "base_weight": {"adults": "not_known"}},
        {**whole, "calibration": {"margins": []}},
        {**whole, "calibration": {"margins": [{}]}},
        [],
    ):
        with pytest.raises(PlanError) as failed:
            from_document(wrong)  # type: ignore[arg-type]
        said = unreadable(failed.value)
        assert HAN.search(said.zh)
        assert "读不懂" not in said.zh, said
        assert not HAN.search(said.en)


# ------------------------------------------------------------------ categories


@pytest.mark.parametrize(
    ("cell", "zh", "en"),
    [
        ("community=11", "观澜社区", "Guanlan"),
        ("sex=male, age=18-29", "男，18–29 岁", "men, 18–29"),
        ("sex=female, age=60-74 + sex=female, age=75+", "女，60–74 岁、75 岁及以上", "women: 60–74, 75 and over"),
        ("street and sex=11 and male, age=18-29", "观澜社区，男，18–29 岁", "Guanlan, men, 18–29"),
        ("age=18-29 + age=30-44", "18–29 岁、30–44 岁", "18–29, 30–44"),
    ],
)
def test_a_category_in_words(cell: str, zh: str, en: str) -> None:
    assert cell_words(cell, {"11": Text("观澜社区", "Guanlan")}) == Text(zh, en)


def test_why_none_is_no_margin() -> None:
    plan = replace(AnalysisPlan(), calibration=PlannedCalibration(margins=(), why_none=NoCalibration.TOO_OLD))
    (one,) = differences(AnalysisPlan(), plan)
    assert one.path == "calibration.margins"
    assert one.after == Text("不校准：人口数超过两年", "none: the register is more than two years old")
