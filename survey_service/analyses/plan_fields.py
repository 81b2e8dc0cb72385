"""A plan field by field in words, and what differs between two of them. Every field has its line: a test changes each.

Texts of what the plan says; what was done by it is said in ``method_words``.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from types import MappingProxyType
from typing import Final

from analysis.plan import AnalysisPlan, Group, MarginOf, NoCalibration, PlannedMargin, PlannedTest, question_of_group
from questionnaires.text import Text
from reports.wording.phrases import METHODS
from survey_service.analyses.plan_words import (
    ADULTS,
    ELIGIBILITY,
    GROUPS,
    KINDS,
    LEVELS,
    LONELY,
    MARGIN,
    METHOD_OF_CALIBRATION,
    NO,
    RELIABILITY,
    SENSITIVITY,
    TESTS,
    UNIT,
    WHY_NONE,
    WITHIN,
    YES,
)

TESTS_PATH: Final = "tests"


@dataclass(frozen=True, slots=True)
class PlanField:
    """One line of a plan."""

    path: str  # calibration.margins
    name: Text
    said: Text


@dataclass(frozen=True, slots=True)
class Difference:
    path: str
    name: Text
    before: Text
    after: Text


Names = Mapping[str, Text]
"""What variables of tests are called; one that is not in it is called by its own name."""


def plan_fields(plan: AnalysisPlan, names: Names = MappingProxyType({})) -> tuple[PlanField, ...]:
    """Every field, in the order in which figures are made."""
    found = [PlanField(path, name, say(plan)) for path, (name, say) in _FIELDS.items()]
    return tuple(replace(one, said=_tests(plan, names)) if one.path == TESTS_PATH else one for one in found)


def differences(
    before: AnalysisPlan, after: AnalysisPlan, names: Names = MappingProxyType({})
) -> tuple[Difference, ...]:
    """The lines that read otherwise."""
    pairs = zip(plan_fields(before, names), plan_fields(after, names), strict=True)
    return tuple(Difference(one.path, one.name, one.said, two.said) for one, two in pairs if one.said != two.said)


# ------------------------------------------------------------------ how a field is said


def said_margin(planned: PlannedMargin) -> Text:
    """A margin as it is called in sentences: age by sex of the city."""
    what, where = MARGIN[planned.of], WITHIN[planned.within]
    if planned.of is MarginOf.COMMUNITY:
        return what
    return Text(f"{where.zh}{what.zh}", f"{what.en} {where.en}")


def said_group(group: str) -> Text:
    """Of a question its id, as the file of the plan has it."""
    question = question_of_group(group)
    return GROUPS[Group(group)] if question is None else Text(f"{question} 题的回答", f"answers to {question}")


def said_test(planned: PlannedTest, names: Names = MappingProxyType({})) -> Text:
    """Which test, of what, by what."""
    kind = TESTS[planned.kind]
    outcome, *by = (names.get(one, Text(one, one)) for one in (planned.outcome, *planned.by))
    english = ", ".join(one.in_language("en") for one in by)
    return Text(
        f"{kind.zh}：{outcome.zh}，按 {'、'.join(one.zh for one in by)}",
        f"{kind.en}: {outcome.in_language('en')} by {english}",
    )


def _tests(plan: AnalysisPlan, names: Names = MappingProxyType({})) -> Text:
    return joined([said_test(one, names) for one in plan.tests])


def _margins(plan: AnalysisPlan) -> Text:
    if not plan.calibration.margins:
        why = WHY_NONE[plan.calibration.why_none or NoCalibration.BY_CHOICE]
        return Text(f"不校准：{why.zh}", f"none: {why.en}")
    said = []
    for one in plan.calibration.margins:
        words, least = said_margin(one), one.minimum_respondents
        said.append(Text(f"{words.zh}（每类至少 {least} 份）", f"{words.en} (at least {least} in a category)"))
    return joined(said)


def _register(plan: AnalysisPlan) -> Text:
    found = plan.calibration
    if not found.register_kind:
        return NO
    kind = KINDS.get(found.register_kind, Text(found.register_kind, found.register_kind))
    zh, en = kind.zh, kind.en
    if found.register_as_of:
        zh, en = f"{zh}，{found.register_as_of}", f"{en} of {found.register_as_of}"
    if found.register_lower_age is not None:
        zh, en = f"{zh}，{found.register_lower_age} 岁起", f"{en}, from {found.register_lower_age} years"
    return Text(zh, en)


def _trimming(plan: AnalysisPlan) -> Text:
    multiple = plan.trimming.median_multiple
    if multiple is None:
        return Text("不截断", "none")
    return Text(
        f"超过本社区中位权数 {multiple:g} 倍的截到这里", f"to {multiple:g} times the median weight of the community"
    )


def _classes(plan: AnalysisPlan) -> Text:
    least = plan.nonresponse.minimum_respondents
    return Text(
        f"以网格为加权类，完成不足 {least} 份的与本社区相邻的合并",
        f"by grid; one with fewer than {least} is joined with a neighbour of its community",
    )


def _indicators(plan: AnalysisPlan) -> Text:
    if not plan.indicators:
        return Text("问卷里的全部指标", "all of the questionnaire")
    return Text("、".join(plan.indicators), ", ".join(plan.indicators))


def _pooled(plan: AnalysisPlan) -> Text:
    if plan.pooled == 1:
        return Text("不合", "none")
    return Text(f"连这一期最多 {plan.pooled} 期", f"at most {plan.pooled}, this one the last")


def _percent(share: float) -> Text:
    return Text(f"{share * 100:g}%", f"{share * 100:g}%")


def _number(value: float) -> Text:
    return Text(f"{value:g}", f"{value:g}")


def _yes(value: bool) -> Text:
    return YES if value else NO


def joined(said: Sequence[Text], empty: Text = NO) -> Text:
    """Several in one line."""
    if not said:
        return empty
    return Text("；".join(one.zh for one in said), "; ".join(one.en for one in said))


_FIELDS: Final[dict[str, tuple[Text, Callable[[AnalysisPlan], Text]]]] = {
    "unit": (Text("数字说的是", "Figures are about"), lambda plan: UNIT[plan.unit]),
    "base_weight.adults": (Text("户内成人数", "Adults of the household"), lambda plan: ADULTS[plan.base_weight.adults]),
    "eligibility.by": (
        Text("不知道合不合格的", "Cases of unknown eligibility"),
        lambda plan: ELIGIBILITY[plan.eligibility.by],
    ),
    "eligibility.design_weighted": (
        Text("估计合格比例时按设计权数", "Eligible share by design weight"),
        lambda plan: _yes(plan.eligibility.design_weighted),
    ),
    "nonresponse.minimum_respondents": (Text("无应答调整", "Nonresponse adjustment"), _classes),
    "calibration.margins": (Text("人口校准", "Calibration"), _margins),
    "calibration.method": (
        Text("校准方法", "Method of calibration"),
        lambda plan: METHOD_OF_CALIBRATION[plan.calibration.method],
    ),
    "calibration.register": (Text("校准用的人口数", "Register"), _register),
    "calibration.seed": (
        Text("补年龄、性别用的随机种子", "Seed for drawing age and sex"),
        lambda plan: _number(plan.calibration.seed),
    ),
    "trimming.median_multiple": (Text("权数截断", "Trimming"), _trimming),
    "variance.lonely_psu": (
        Text("只有一个单元的层", "Strata with one unit"),
        lambda plan: LONELY[plan.variance.lonely_psu],
    ),
    "variance.adult_stage": (
        Text("户内抽一人算一级抽样", "One adult of a household is a stage"),
        lambda plan: _yes(plan.variance.adult_stage),
    ),
    "indicators": (Text("指标", "Indicators"), _indicators),
    "levels": (Text("哪几级有数字", "Figures of"), lambda plan: joined([LEVELS[one] for one in plan.levels])),
    "groups": (
        Text("另外按人群列表", "Tables by group"),
        lambda plan: joined([said_group(one) for one in plan.groups]),
    ),
    "sensitivity": (
        Text("敏感性", "Sensitivity"),
        lambda plan: joined([SENSITIVITY[one] for one in plan.sensitivity]),
    ),
    "pooled": (Text("几期合起来看", "Waves put together"), _pooled),
    TESTS_PATH: (Text("另做的检验和模型", "Tests and models"), _tests),
    "interval": (Text("区间", "Interval"), lambda plan: METHODS[plan.interval]),
    "level": (Text("置信水平", "Confidence level"), lambda plan: _percent(plan.level)),
    "rule.reliability": (Text("误差大的数字", "Imprecise figures"), lambda plan: RELIABILITY[plan.rule.reliability]),
    "rule.minimum_respondents": (
        Text("少于几份不公布", "Not published below"),
        lambda plan: _number(plan.rule.minimum_respondents),
    ),
    "rule.group_disclosure_below": (
        Text("少于几份时 0% 和 100% 不照印", "0 and 100 % not printed as such below"),
        lambda plan: _number(plan.rule.group_disclosure_below),
    ),
    "rule.minimum_effective_sample": (
        Text("有效样本至少", "Effective sample at least"),
        lambda plan: _number(plan.rule.minimum_effective_sample),
    ),
    "rule.widest_interval": (
        Text("区间最宽", "Widest interval"),
        lambda plan: _percent(plan.rule.widest_interval),
    ),
    "rule.widest_coarse_interval": (
        Text("仅供参考的区间最宽", "Widest interval of a figure shown coarsely"),
        lambda plan: _percent(plan.rule.widest_coarse_interval),
    ),
    "rule.review_below_degrees_of_freedom": (
        Text("自由度少于几个要细看", "To be looked at below degrees of freedom"),
        lambda plan: _number(plan.rule.review_below_degrees_of_freedom),
    ),
}
