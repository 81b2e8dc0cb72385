"""Tests and models that a plan names: as its file, computed by the wave's weights, shown where they may be."""

from __future__ import annotations

import re
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from fastapi.testclient import TestClient

import analysis
from analysis.association import TestResult, difference_test
from analysis.case_columns import Labels
from analysis.engine.figures import frame_and_design
from analysis.plan import AnalysisPlan, KindOfTest, PlanError, PlannedTest, from_document, to_document
from analysis.problems import DataProblem
from questionnaires.text import Text
from survey_service.analyses import plan_tests, planned_results
from survey_service.analyses.plan_yaml import as_yaml
from survey_service.analyses.service import WaveEstimates
from survey_service.analyses.untested_words import why_untested
from survey_service.analyses.wave_analysis import columns_and_register
from survey_service.database import Database
from survey_service.releases import service as releases
from tests.service.signed_in import csrf, get, sign_in
from tests.service.test_changes import EACH, first
from tests.service.test_opening_figures import HERE, closed
from tests.service.test_opening_figures import reviewed as under_review
from tests.service.test_releases import reviewed
from tests.service.world import World

__all__ = ["closed", "first", "reviewed", "under_review"]
CROSSTAB = PlannedTest(kind=KindOfTest.CROSSTAB, outcome="overall", by=("know",))
DIFFERENCE = PlannedTest(kind=KindOfTest.DIFFERENCE, outcome="awareness", by=("sex",))
TREND = PlannedTest(kind=KindOfTest.TREND, outcome="awareness", by=("age",))
LOGISTIC = PlannedTest(kind=KindOfTest.LOGISTIC, outcome="awareness", by=("age", "sex"))


@pytest.fixture
def estimates(database: Database, first: World) -> WaveEstimates:
    """Sixty answers; age and sex as a register would tell them."""
    with database.reading.begin() as session:
        found = releases.prepare(session, first.survey_id, first.wave_id).estimates
    places = np.arange(2 * EACH)
    groups = {
        "age": Labels.of(["18-59" if place % 2 else "60+" for place in places]),
        "sex": Labels.of(["female" if place // 2 % 2 else "male" for place in places]),
    }
    columns = replace(found.cases.columns, groups=groups)
    return replace(found, cases=replace(found.cases, columns=columns))


def with_tests(estimates: WaveEstimates, *tests: PlannedTest) -> WaveEstimates:
    rule = replace(estimates.plan.rule, group_disclosure_below=30)
    return replace(estimates, plan=replace(estimates.plan, tests=tests, rule=rule))


def test_a_plan_without_tests_is_written_as_before_there_were_any(estimates: WaveEstimates) -> None:
    plan = estimates.plan
    assert "tests" not in to_document(plan)
    asked = replace(plan, tests=(CROSSTAB, LOGISTIC))
    assert from_document(to_document(asked)) == asked
    assert "tests:\n  - kind: crosstab\n    outcome: overall\n    by:\n      - know" in as_yaml(asked)


@pytest.mark.parametrize(
    "given",
    [
        {"kind": "crosstab", "outcome": "overall", "by": []},
        {"kind": "trend", "outcome": "overall", "by": ["age", "sex"]},
        {"kind": "logistic", "outcome": "overall", "by": ["age", "age"]},
        {"kind": "anova", "outcome": "overall", "by": ["age"]},
    ],
)
def test_a_test_that_is_none_is_named(estimates: WaveEstimates, given: dict[str, object]) -> None:
    with pytest.raises(PlanError, match=r"tests\[0\]"):
        from_document({**to_document(estimates.plan), "tests": [given]})


def test_every_kind_says_what_the_library_says(estimates: WaveEstimates) -> None:
    """Of ages and sexes of thirty each: the same frame, the same design, handed to the library itself."""
    given = with_tests(estimates, DIFFERENCE, TREND, LOGISTIC)
    difference, trend, model = planned_results.results(given)
    columns, plan = given.cases.columns, replace(given.plan, groups=())
    frame, design = frame_and_design(columns, given.weights.final, None, (), plan)
    place = columns.indicators.index("awareness")
    frame["y"] = columns.numerators[place] / columns.denominators[place]
    frame["sex"] = columns.groups["sex"].categorical()
    alone: TestResult = difference_test(frame, design, "y", "sex", lonely_psu=plan.variance.lonely_psu)
    assert f"t({alone.denominator_degrees_of_freedom:.0f}) = {alone.statistic:.2f}" in difference.said.zh
    assert difference.title.zh == "两组之差（t 检验）：知晓率，按性别"
    men, women = (frame["y"][frame["sex"] == one].mean() for one in ("male", "female"))  # weights are alike here
    assert re.match(rf"男减女：{'−' if men < women else ''}\d", difference.said.zh), difference.said.zh
    assert difference.said.en.startswith("Men less Women: ")
    assert re.search(r"百分点，t\(\d+\) = ", trend.said.zh)
    assert [one.name.zh for one in model.coefficients] == ["年龄：60 岁以上", "性别：男"]
    assert "对照：年龄：18–59 岁；性别：女。" in model.said.zh
    assert "Held against: Age: 18–59; Sex: Women." in model.said.en
    assert model.of_coefficients is not None
    assert model.of_coefficients.en == "odds ratio"


def test_a_crosstab_has_shares_and_rao_scott_where_every_class_is_large_enough(estimates: WaveEstimates) -> None:
    by_age = PlannedTest(kind=KindOfTest.CROSSTAB, outcome="know", by=("age",))
    shown, few = planned_results.results(with_tests(estimates, by_age, CROSSTAB))
    assert [row.name.zh for row in shown.rows] == ["18–59 岁", "60 岁以上"]
    assert shown.said.zh.startswith("F(")
    assert few.rows == ()  # sixteen do not know
    assert "不足 30 人" in few.said.zh


def test_what_cannot_be_computed_says_why_and_stops_nothing(estimates: WaveEstimates) -> None:
    nothing = PlannedTest(kind=KindOfTest.DIFFERENCE, outcome="awareness", by=("overall",))
    missing, found = planned_results.results(with_tests(estimates, replace(nothing, by=("q99",)), DIFFERENCE))
    assert "q99" in missing.said.zh
    assert "t(" in found.said.zh


def test_why_there_is_no_test_is_said_in_both_languages(estimates: WaveEstimates) -> None:
    ages = Labels.of([("18-39", "40-59", "60+")[place % 3] for place in range(2 * EACH)])
    one_sex = Labels.of(["male"] * (2 * EACH))
    columns = replace(estimates.cases.columns, groups={"age": ages, "sex": one_sex})
    given = with_tests(
        replace(estimates, cases=replace(estimates.cases, columns=columns)),
        replace(DIFFERENCE, by=("age",)),
        PlannedTest(kind=KindOfTest.CROSSTAB, outcome="know", by=("sex",)),
        replace(DIFFERENCE, outcome="nothing"),
    )
    assert [one.said.zh for one in planned_results.results(given)] == [
        "两组之差要正好两组，“年龄”有 3 组；几组的，请用趋势或回归。",
        "“性别”只出现了 1 类回答，至少要两类。",
        "“nothing”不是可以用的指标或单选题。",
    ]


def test_every_reason_of_the_library_has_its_words() -> None:
    """The messages are read from its source: a new one without words is found here."""
    root = Path(analysis.__file__).parent
    source = "".join((root / name).read_text("utf-8") for name in ("association.py", "regression.py"))
    messages = re.findall(r'message=f?"([^"]+)"', source) + re.findall(r'_refused\([^"]*?, "([^"]+)"', source)
    said = [re.sub(r"\{len\(present\)\}", "3", one) for one in messages]
    assert len(said) >= 6
    for one in said:
        words = why_untested(DataProblem(column="x", rows=(), message=one, remedy=""), Text("甲", "A"))
        assert not words.zh.startswith("算不出"), one


def test_a_file_that_names_what_there_is_not_is_refused_by_name(database: Database, first: World) -> None:
    with database.reading.begin() as session:
        given = columns_and_register(session, first.survey_id, first.wave_id)
    tests = (replace(CROSSTAB, outcome="awareness"), replace(DIFFERENCE, by=("nobody",)))
    plan: AnalysisPlan = replace(given.plan, tests=tests)
    assert plan_tests.unknown_variables(plan, given) == ["awareness", "nobody"]


def test_the_page_of_questions_shows_them(client: TestClient, under_review: World) -> None:
    sign_in(client, "statistician")
    page = get(client, f"{HERE}/plan")
    text = client.get(f"{HERE}/plan.yaml").text + as_yaml_of(CROSSTAB)
    sent = {"by": "file", "csrf": csrf(page)}
    answer = client.post(
        f"{HERE}/plan", data=sent, files={"file": ("p.yaml", text.encode())}, headers={"Accept": "text/html"}
    )
    assert answer.status_code == 200, answer.text
    assert "列联表（Rao–Scott 检验）：总体满意，按 知道创建" in answer.text


def as_yaml_of(one: PlannedTest) -> str:
    return f"tests:\n  - kind: {one.kind}\n    outcome: {one.outcome}\n    by: [{', '.join(one.by)}]\n"
