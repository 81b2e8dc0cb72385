"""No line of method is a constant: each sentence follows from the plan and from what was done to these rows.

Waves of an invented city are run through the engine with one thing different each, and the sentences are read.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import replace
from functools import cache
from types import SimpleNamespace
from typing import cast

import numpy as np
import pytest

from analysis.case_columns import CaseColumns
from analysis.engine.run import Weighed, weigh
from analysis.plan import (
    AnalysisPlan,
    MarginOf,
    MarginWithin,
    NoCalibration,
    Nonresponse,
    PlannedCalibration,
    PlannedMargin,
    Trimming,
    VarianceRules,
)
from questionnaires.model import Questionnaire
from questionnaires.text import Text
from survey_service.analyses.method_words import variance_words, weighting_words
from survey_service.analyses.plan_words import KINDS, WHY_NONE
from survey_service.analyses.plans import KnownPopulation, default_plan
from survey_service.analyses.service import WaveEstimates
from survey_service.analyses.summaries import method_of
from tests.service.world import QUESTIONNAIRE
from tests.simulated import waves
from tests.spec.questionnaires import drawn

SHAPE = waves.Shape(streets=2, communities=3, households=60, issued=10)
LANGUAGES = ("zh", "en")


@cache
def rows(shape: waves.Shape) -> tuple[CaseColumns, KnownPopulation]:
    of = waves.city(shape, 1)
    known = KnownPopulation(register=of.register(), kind="usual_residents", as_of="2026-05-31", lower_age=18)
    return waves.wave(of, 2), known


def told(
    shape: waves.Shape = SHAPE,
    *,
    columns: Callable[[CaseColumns], CaseColumns] = lambda found: found,
    known: Callable[[KnownPopulation], KnownPopulation] = lambda found: found,
    plan: Callable[[AnalysisPlan], AnalysisPlan] = lambda found: found,
    changes: tuple[str, ...] = (),
    asked: Questionnaire = QUESTIONNAIRE,
) -> tuple[Text, Text, Weighed]:
    """Both blocks of method, and the weights that they are about: of the default plan, but for what is given."""
    found, population = rows(shape)
    found, population = columns(found), known(population)
    chosen = plan(default_plan(found, population))
    weighed = weigh(chosen, found, population.register)
    cases = SimpleNamespace(columns=found, questionnaire=asked)
    estimates = cast("WaveEstimates", SimpleNamespace(plan=chosen, cases=cases, weights=weighed, plan_changes=changes))
    method = method_of({}, estimates)
    assert (method.weighting, method.variance) == (weighting_words(estimates), variance_words(estimates))
    return method.weighting, method.variance, weighed


def without_adults(found: CaseColumns) -> CaseColumns:
    return replace(found, adults=np.full(found.cases, np.nan))


def no_register(why: NoCalibration) -> Callable[[KnownPopulation], KnownPopulation]:
    return lambda _: KnownPopulation(register=None, why_none=why)


def calibrated_to(*margins: PlannedMargin) -> Callable[[AnalysisPlan], AnalysisPlan]:
    return lambda plan: replace(plan, calibration=replace(plan.calibration, margins=margins, why_none=None))


def says(words: Text, zh: str, en: str, *, yes: bool = True) -> None:
    assert (zh in words.zh) is yes, (zh, words.zh)
    assert (en in words.en) is yes, (en, words.en)


def test_adults_of_the_household() -> None:
    weighting, variance, _ = told()
    says(weighting, "含户内成人数", "the number of adults in the household included")
    says(variance, "一户只访一人", "one adult of a household is asked")
    says(variance, "数字说的是户", "about households, not persons", yes=False)
    weighting, variance, _ = told(columns=without_adults)
    says(weighting, "权数是户的权数", "they are weights of households")
    says(weighting, "未做人口校准：权数是户的权数", "not calibrated to the population: the weights are of households")
    says(weighting, "含户内成人数", "the number of adults in the household included", yes=False)
    says(variance, "一户只访一人", "one adult of a household is asked", yes=False)
    says(variance, "数字说的是户，不是人。", "The figures are about households, not persons.")


def test_households_of_one_adult_are_asked_whole() -> None:
    alone = told(columns=lambda found: replace(found, adults=np.ones(found.cases)))[1]
    says(alone, "一户只访一人", "one adult of a household is asked", yes=False)
    says(alone, "有限总体", "finite populations")
    before = told(plan=lambda plan: replace(plan, variance=VarianceRules(adult_stage=False)))[1]
    says(before, "一户只访一人", "one adult of a household is asked", yes=False)


@pytest.mark.parametrize("why", [one for one in NoCalibration if one is not NoCalibration.HOUSEHOLDS])
def test_why_nothing_is_calibrated(why: NoCalibration) -> None:
    weighting, variance, _ = told(known=no_register(why))
    says(weighting, f"未做人口校准：{WHY_NONE[why].zh}。", f"not calibrated to the population: {WHY_NONE[why].en}.")
    says(weighting, "最后校准到", "They are calibrated to", yes=False)
    says(variance, "校准带来的精度", "the precision that the margins give", yes=False)


def test_the_register_by_its_kind_and_day() -> None:
    for kind in ("usual_residents", "actual_population"):
        weighting, variance, _ = told(known=lambda found, kind=kind: replace(found, kind=kind, as_of="2025-12-31"))
        says(weighting, f"校准到2025-12-31 {KINDS[kind].zh}", f"calibrated to {KINDS[kind].en} of 2025-12-31")
        says(variance, "校准带来的精度已计入", "the precision that the margins give is counted")


def test_the_margins_of_the_plan() -> None:
    communities = PlannedMargin(of=MarginOf.COMMUNITY, minimum_respondents=1)
    says(told()[0], "各社区成年人口、全市年龄乘性别", "the adults of every community, age by sex of the city")
    weighting = told(plan=calibrated_to(communities))[0]
    says(weighting, "各社区成年人口。", "the adults of every community.")
    says(weighting, "年龄", "age by sex", yes=False)
    streets = PlannedMargin(of=MarginOf.SEX, within=MarginWithin.STREET)
    says(told(plan=calibrated_to(communities, streets))[0], "各街道性别", "sex of every street")


def test_trimming_says_how_many_and_where() -> None:
    says(told()[0], "截断", "trimmed", yes=False)  # nothing was above five times the median
    weighting, _, weighed = told(plan=lambda plan: replace(plan, trimming=Trimming(median_multiple=1.5)))
    assert weighed.calibrated is not None
    assert weighed.calibrated.trimming is not None
    count = weighed.calibrated.trimming.trimmed
    assert count > 0
    says(
        weighting,
        f"{count} 个超过本社区中位权数 1.5 倍的权数作了截断",
        f"1.5 times the median of their community were trimmed ({count})",
    )
    says(
        told(plan=lambda plan: replace(plan, trimming=Trimming(median_multiple=None)))[0], "截断", "trimmed", yes=False
    )


def test_classes_that_were_joined_with_the_least_of_the_plan() -> None:
    for least, joined in ((1, False), (8, True), (30, True)):
        weighting, _, weighed = told(
            plan=lambda plan, least=least: replace(plan, nonresponse=Nonresponse(minimum_respondents=least))
        )
        assert any(record.collapsed for record in weighed.field.records.values()) is joined
        says(weighting, f"完成不足 {least} 份的网格", f"a grid with fewer than {least} completed", yes=joined)


def test_who_answered_is_nobody_to_be_adjusted_for() -> None:
    everybody = replace(SHAPE, willing=99.0)
    weighting, variance, weighed = told(everybody)
    assert max(each.factor for one in weighed.field.records.values() for each in one.classes) == pytest.approx(1.0)
    says(weighting, "抽中的合格户都答了", "every eligible case answered")
    says(weighting, "再以网格为加权类", "are adjusted for nonresponse", yes=False)
    says(weighting, "并入本社区相邻的网格", "is joined with a neighbour", yes=False)
    says(variance, "无应答调整按已定的系数处理", "The nonresponse adjustment is taken as given", yes=False)
    weighting, variance, _ = told()
    says(weighting, "以网格为加权类调整无应答", "adjusted for nonresponse by grid")
    says(variance, "无应答调整按已定的系数处理", "The nonresponse adjustment is taken as given")


def test_ages_that_were_not_answered() -> None:
    says(told(replace(SHAPE, missing=0.0))[0], "随机补上", "was drawn from other respondents", yes=False)
    weighting, _, weighed = told(replace(SHAPE, missing=0.1))
    assert weighed.calibrated is not None
    count = int(weighed.calibrated.drawn_rows.sum())
    assert count > 0
    says(weighting, f"{count} 人没有填年龄或性别", f"For {count} who gave no age or sex")


def test_categories_that_were_joined() -> None:
    def least(count: int) -> Callable[[AnalysisPlan], AnalysisPlan]:
        communities = PlannedMargin(of=MarginOf.COMMUNITY, minimum_respondents=1)
        return calibrated_to(communities, PlannedMargin(of=MarginOf.AGE_SEX, minimum_respondents=count))

    says(told(plan=least(1))[0], "相邻的类合并", "were joined", yes=False)
    weighting, _, weighed = told(plan=least(30))
    assert weighed.calibrated is not None
    times = len(weighed.calibrated.calibration.auxiliaries.collapsed)
    assert times > 0
    says(weighting, f"与相邻的类合并 {times} 次", f"with too few answers were joined: {times}")


def test_stages_of_the_draw() -> None:
    says(told()[1], "逐级抽样", "every stage of selection", yes=False)
    says(told(replace(SHAPE, drawn_grids=2))[1], "逐级抽样", "every stage of selection")


def test_changes_after_the_lock() -> None:
    says(told()[0], "分析方案改过", "the analysis plan was changed", yes=False)
    once = told(changes=("人口数更正",))[0]
    says(once, "分析方案改过 1 次，原因：人口数更正。", "the analysis plan was changed once, because: 人口数更正.")
    says(told(changes=("甲。", "乙"))[0], "改过 2 次，原因：甲；乙。", "changed 2 times, because: 甲; 乙.")


def test_no_sentence_stands_in_every_wave() -> None:
    """Whatever is said of one wave is not said of some other."""
    variants = [
        told(),
        told(columns=without_adults),
        told(known=no_register(NoCalibration.TOO_OLD)),
        told(replace(SHAPE, willing=99.0, drawn_grids=2)),
        told(
            replace(SHAPE, missing=0.0), plan=lambda plan: replace(plan, nonresponse=Nonresponse(minimum_respondents=1))
        ),
    ]
    for block in (0, 1):
        for language in LANGUAGES:
            texts = [getattr(cast("Text", variant[block]), language) for variant in variants]
            sentences = [{one.strip() for one in re.split(r"[。；]|\. |; ", text) if one.strip(" .")} for text in texts]
            assert not set.intersection(*sentences), (block, language)


def test_a_plan_by_choice_says_so() -> None:
    def none(plan: AnalysisPlan) -> AnalysisPlan:
        return replace(plan, calibration=PlannedCalibration(margins=(), why_none=NoCalibration.BY_CHOICE))

    says(
        told(plan=none)[0],
        "未做人口校准：分析方案选择不校准。",
        "not calibrated to the population: the plan chose none.",
    )


@pytest.mark.parametrize("by_person", [True, False])
def test_blocks_that_were_drawn(by_person: bool) -> None:
    asked = drawn.questionnaire(by_person=by_person)
    weighting, _, _ = told(asked=asked)
    among = "和本人有关的部分" if by_person else "4 个部分"
    assert f"每人从{among if by_person else ' ' + among}里答 2 个" in weighting.zh
    assert "按抽中概率的倒数再加权" in weighting.zh
    assert "each person is asked 2 of" in weighting.en
    households = lambda plan: replace(plan, variance=VarianceRules(adult_stage=False))  # noqa: E731
    assert "最后一级不作有限总体修正" in told(asked=asked, plan=households)[1].zh
    without = told(asked=asked, plan=lambda plan: replace(plan, indicators=("none",)))[0]
    assert "抽签" not in without.zh, "of a plan without such figures nothing is said"
