"""How the columns of an export are called that no question yields, and what their codes mean."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from analysis.dispositions import Disposition
from analysis.plan import PlannedMargin
from questionnaires.model import Sex
from questionnaires.text import Text
from survey_service.analyses.plan_fields import said_margin
from survey_service.models import Mode
from survey_service.surveys.mode_words import MODES

LABELS: Final[Mapping[str, Text]] = {
    "row": Text("行号（为本次导出随机编的）", "Number of the row, drawn for this export"),
    "community": Text("社区", "Community"),
    "street": Text("街道", "Street"),
    "stratum": Text("抽样层", "Stratum of the sample"),
    "psu": Text("初级抽样单元", "Primary sampling unit"),
    "household": Text(
        "抽中的户或单位（为本次导出重新编号）", "Household or other unit drawn, numbered anew for this export"
    ),
    "adults": Text("户内成人数（抽样框）", "Adults of the household, by the frame"),
    "adults_weighed": Text("户内成人数（问到的，没说的按中位数）", "Adults of the household, as told or the median"),
    "probability": Text("各级合计的抽中概率", "Probability of selection over all stages"),
    "outcome": Text("调查结果（AAPOR）", "Outcome (AAPOR)"),
    "mode": Text("作答方式", "Mode of the answer"),
    "answered": Text("是否有计入的答卷", "Whether there is a counted response"),
    "weighting_class": Text("无应答调整的加权类（合并后）", "Weighting class of nonresponse, as joined"),
    "eligibility": Text("情况不明的按几成合格计（e）", "Share e of cases of unknown eligibility that count"),
    "age": Text("校准用的年龄组", "Age group as the margins count it"),
    "sex": Text("校准用的性别", "Sex as the margins count it"),
    "age_drawn": Text("年龄是否补上的", "Whether the age was drawn"),
    "sex_drawn": Text("性别是否补上的", "Whether the sex was drawn"),
    "weight_design": Text("设计权数", "Design weight"),
    "weight_nonresponse": Text("无应答调整后的权数", "Weight after nonresponse"),
    "weight_calibrated": Text("校准后的权数（截断前）", "Weight after calibration, before trimming"),
    "weight_trimmed": Text(
        "最后一次校准前的权数（截断的已截断）", "Weight before the last calibration, trimmed where it was"
    ),
    "weight_final": Text("最终权数", "Final weight"),
}
YES_NO: Final = ((0, Text("否", "No")), (1, Text("是", "Yes")))
OUTCOMES: Final[Mapping[Disposition, Text]] = {
    Disposition.COMPLETE: Text("完成", "Complete"),
    Disposition.PARTIAL: Text("部分完成", "Partial"),
    Disposition.REFUSAL: Text("拒访", "Refusal"),
    Disposition.NON_CONTACT: Text("联系不上", "No contact"),
    Disposition.OTHER_NONRESPONSE: Text("其他原因未答", "Other nonresponse"),
    Disposition.UNKNOWN_HOUSEHOLD: Text("不知是否有人住", "Not known whether anyone lives there"),
    Disposition.UNKNOWN_PERSON: Text("不知是否有合格的人", "Not known whether anyone is eligible"),
    Disposition.NOT_ELIGIBLE: Text("不合格", "Not eligible"),
}
MODE_WORDS: Final[Mapping[str, Text]] = {
    **{mode.value: words for mode, words in MODES.items()},
    Mode.WEB_OPEN.value: Text("公开二维码", "Open code"),
    Mode.PAPER_OPEN.value: Text("没有编号的纸质", "Paper without a case"),
    Mode.IMPORT_OPEN.value: Text("导入", "Imported"),
}
SEXES: Final[Mapping[str, Text]] = {Sex.MALE.value: Text("男", "Male"), Sex.FEMALE.value: Text("女", "Female")}

FAST, STRAIGHT, ALIKE, BURST = "fast", "straight", "alike", "burst"
MARKS: Final[Mapping[str, Text]] = {
    FAST: Text("答得太快", "faster than a second an answer"),
    STRAIGHT: Text("一列到底", "one option all the way down"),
    ALIKE: Text("与本社区另一份答卷完全相同", "all answers those of another response of the community"),
    BURST: Text("同一分钟本社区来了多份", "came in a minute that brought the community many"),
}


def marks_words() -> Text:
    """A response may bear several, with semicolons between them."""
    zh = "；".join(f"{name} {words.zh}" for name, words in MARKS.items())
    en = "; ".join(f"{name} {words.en}" for name, words in MARKS.items())
    return Text(f"质量标记（{zh}）", f"Marks of quality ({en})")


def stage_words(what: str, stage: int) -> Text:
    """Of the columns that there is one of for each stage; ``stage`` counts from 1, the outermost."""
    zh, en = {
        "unit": ("抽样单元", "Unit"),
        "population": ("本层这一级的总单元数", "Units of the stratum"),
        "probability": ("抽中概率", "Probability of selection"),
    }[what]
    return Text(f"第 {stage} 级{zh}", f"{en}, stage {stage}")


def margin_words(margin: PlannedMargin) -> Text:
    said = said_margin(margin)
    return Text(f"校准的类（合并后）：{said.zh}", f"Cell of the margin as joined: {said.en}")


def pair_words(name: Text, which: str) -> Text:
    """Of the numerator (y) or denominator (x) of an indicator."""
    zh, en = {"y": ("分子", "numerator"), "x": ("分母", "denominator")}[which]
    return Text(f"{name.zh}：{zh}", f"{name.en or name.zh}: {en}")
