"""How a plan's choices are called on pages and in reports; every member of every choice has its words."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from analysis.plan import (
    Adults,
    EligibilityBy,
    Group,
    KindOfTest,
    Level,
    MarginOf,
    MarginWithin,
    NoCalibration,
    Sensitivity,
    Unit,
)
from analysis.results import LonelyPsu, Reliability
from analysis.weighting.records import CalibrationMethod
from questionnaires.text import Text

YES: Final = Text("是", "yes")
NO: Final = Text("没有", "none")

WHY_NONE: Final[Mapping[NoCalibration, Text]] = {
    NoCalibration.NONE_IMPORTED: Text("没有导入各社区的人口数", "no population of the communities was imported"),
    NoCalibration.COMMUNITIES_MISSING: Text(
        "不是每个社区都有人口数", "the population of some communities is not known"
    ),
    NoCalibration.HOUSEHOLD_REGISTER: Text(
        "人口数是户籍口径，不含外来人口，拿来校准反而会偏",
        "the register counts registered residents only; margins without migrants would add bias",
    ),
    NoCalibration.UNDECLARED: Text(
        "没有说明人口数是常住、实有还是户籍口径", "whom the register counts was not declared"
    ),
    NoCalibration.TOO_OLD: Text("人口数超过两年", "the register is more than two years old"),
    NoCalibration.MIXED: Text("各社区人口数的口径或日期不一", "the counts are of several kinds or days"),
    NoCalibration.STARTS_TOO_OLD: Text(
        "人口数的起始年龄高于调查对象", "the register begins at a higher age than the survey"
    ),
    NoCalibration.AGES_STRADDLE: Text(
        "人口数的年龄组跨过调查的起始年龄",
        "an age group of the register reaches across the age at which the survey begins",
    ),
    NoCalibration.AGES_MISSING: Text("人口数的年龄组不全", "age groups of the register are missing"),
    NoCalibration.UNEVEN_CELLS: Text(
        "各社区人口数的年龄组或性别不一致", "the communities are not counted in the same age groups and sexes"
    ),
    NoCalibration.HOUSEHOLDS: Text("权数是户的权数", "the weights are of households"),
    NoCalibration.NOT_IN_FORCE: Text("当时的方法没有校准", "the method of that time had none"),
    NoCalibration.BY_CHOICE: Text("分析方案选择不校准", "the plan chose none"),
}
MARGIN: Final[Mapping[MarginOf, Text]] = {
    MarginOf.COMMUNITY: Text("各社区成年人口", "the adults of every community"),
    MarginOf.AGE_SEX: Text("年龄乘性别", "age by sex"),
    MarginOf.AGE: Text("年龄", "age"),
    MarginOf.SEX: Text("性别", "sex"),
}
WITHIN: Final[Mapping[MarginWithin, Text]] = {
    MarginWithin.CITY: Text("全市", "of the city"),
    MarginWithin.STREET: Text("各街道", "of every street"),
    MarginWithin.COMMUNITY: Text("各社区", "of every community"),
}
KINDS: Final[Mapping[str, Text]] = {
    "usual_residents": Text("常住人口", "usual residents"),
    "actual_population": Text("实有人口", "the actual population"),
    "household_register": Text("户籍人口", "the household register"),
    "undeclared": Text("未说明口径的登记人口", "a register of undeclared kind"),
}
UNIT: Final[Mapping[Unit, Text]] = {
    Unit.ADULT: Text("成年人", "adults"),
    Unit.HOUSEHOLD: Text("户", "households"),
}
ADULTS: Final[Mapping[Adults, Text]] = {
    Adults.FRAME: Text("户内成人数取自抽样框", "adults of the household from the frame"),
    Adults.ASKED: Text("户内成人数是问到的", "adults of the household as it told them"),
    Adults.NOT_KNOWN: Text("户内成人数不知道", "adults of the household not known"),
}
ELIGIBILITY: Final[Mapping[EligibilityBy, Text]] = {
    EligibilityBy.CITY: Text("按全市已知的估计", "by the known cases of the city"),
    EligibilityBy.COMMUNITY: Text("按本社区已知的估计", "by the known cases of the community"),
}
GROUPS: Final[Mapping[Group, Text]] = {
    Group.AGE: Text("年龄", "age"),
    Group.SEX: Text("性别", "sex"),
    Group.MODE: Text("作答方式", "mode of answering"),
}
TESTS: Final[Mapping[KindOfTest, Text]] = {
    KindOfTest.CROSSTAB: Text("列联表（Rao–Scott 检验）", "crosstab with the Rao-Scott test"),
    KindOfTest.DIFFERENCE: Text("两组之差（t 检验）", "difference of two groups (t test)"),
    KindOfTest.TREND: Text("随各组次序的趋势", "trend over the order of the groups"),
    KindOfTest.LINEAR: Text("线性回归", "linear regression"),
    KindOfTest.LOGISTIC: Text("logistic 回归", "logistic regression"),
}
SENSITIVITY: Final[Mapping[Sensitivity, Text]] = {
    Sensitivity.UNWEIGHTED: Text("不加权", "unweighted"),
    Sensitivity.DESIGN_WEIGHT: Text("只按抽中概率", "by selection probability only"),
    Sensitivity.BEFORE_CALIBRATION: Text("校准以前", "before calibration"),
    Sensitivity.BEFORE_TRIMMING: Text("截断以前", "before trimming"),
    Sensitivity.WITHOUT_DRAWN_AGES: Text("去掉补过年龄、性别的人", "without those whose age or sex was drawn"),
    Sensitivity.WITHOUT_MARKED: Text("去掉带标记的答卷", "without marked answers"),
    Sensitivity.WITHOUT_COACHED: Text("去掉说有人教过的人", "without those who say they were coached"),
}
LEVELS: Final[Mapping[Level, Text]] = {
    Level.CITY: Text("全市", "the city"),
    Level.STREET: Text("各街道", "every street"),
    Level.COMMUNITY: Text("各社区", "every community"),
}
METHOD_OF_CALIBRATION: Final[Mapping[CalibrationMethod, Text]] = {
    CalibrationMethod.POSTSTRATIFY: Text("事后分层", "post-stratification"),
    CalibrationMethod.RAKING: Text("迭代比例调整（raking）", "raking"),
    CalibrationMethod.LINEAR: Text("线性（回归估计）", "linear (the regression estimator)"),
    CalibrationMethod.LOGIT: Text("logit", "logit"),
}
LONELY: Final[Mapping[LonelyPsu, Text]] = {
    LonelyPsu.FAIL: Text("不算，报错", "refused"),
    LonelyPsu.CERTAINTY: Text("当作必选，不计方差", "taken with certainty, without variance"),
    LonelyPsu.ADJUST: Text("与总平均比较", "held against the mean of all"),
    LonelyPsu.AVERAGE: Text("取其他层的平均方差", "the average variance of the other strata"),
    LonelyPsu.REMOVE: Text("不计", "left out"),
}
RELIABILITY: Final[Mapping[Reliability, Text]] = {
    Reliability.TIERS: Text(
        "分三档：照印；取整，注明“误差大，仅供参考”；不单独公布",
        "three tiers: shown; in whole per cent, marked as imprecise; not published alone",
    ),
    Reliability.SUPPRESS: Text("不公布", "left out"),
    Reliability.FLAG: Text("照印，注明误差大", "shown, marked as imprecise"),
}
