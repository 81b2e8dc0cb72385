"""The sentences about method, each made of the plan and of what was done by it; none is a constant."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final, Protocol

import numpy as np

from analysis.case_columns import CaseColumns
from analysis.engine.figures import with_adult_stage
from analysis.engine.margins import Calibrated
from analysis.engine.run import Weighed
from analysis.plan import Adults, AnalysisPlan, NoCalibration, Unit
from questionnaires.draw_weights import Resting
from questionnaires.text import Text
from survey_service.analyses.plan_fields import said_margin
from survey_service.analyses.plan_words import KINDS, WHY_NONE
from survey_service.analyses.wave_columns import WaveColumns
from survey_service.models import ListedUnit
from survey_service.sampling.unit_words import UNITS

_AS_ONE: Final = 1e-9


class WeighedWave(Protocol):
    """What the sentences are made of: figures or not, a wave that was weighed by a plan."""

    @property
    def cases(self) -> WaveColumns: ...

    @property
    def plan(self) -> AnalysisPlan: ...

    @property
    def weights(self) -> Weighed: ...

    @property
    def plan_changes(self) -> tuple[str, ...]: ...


def weighting_words(estimates: WeighedWave, unit: ListedUnit = ListedUnit.HOUSEHOLD) -> Text:
    """``unit``: what stood on the list that was drawn from."""
    columns = estimates.cases.columns
    zh, en = "先按抽中概率加权", "Weights start from the selection probabilities"
    if columns.adults_known:
        zh += "，含户内成人数"
        en += ", the number of adults in the household included"
    elif estimates.plan.base_weight.adults is Adults.ASKED:
        asked = _asked(columns)
        zh += asked.zh
        en += asked.en
    elif unit is not ListedUnit.HOUSEHOLD:
        zh += f"；权数是{UNITS[unit].one.zh}的权数"
        en += f"; they are weights of {UNITS[unit].many}"
    else:
        zh += "；抽样框里没有户内成人数，权数是户的权数"
        en += "; the frame has no number of adults, so they are weights of households"
    nonresponse, calibration, changed = (
        _nonresponse(estimates),
        _calibration(estimates),
        _changed(estimates.plan_changes),
    )
    blocks = _blocks(estimates)
    zh, en = (
        f"{zh}{nonresponse.zh}。{calibration.zh}{blocks.zh}{changed.zh}",
        f"{en}{nonresponse.en}. {calibration.en}{blocks.en}{changed.en}",
    )
    return Text(zh, en)


def _asked(columns: CaseColumns) -> Text:
    """That the adults were asked, and what stands for those who did not say."""
    answered, told = columns.responded.sum(), columns.adults_of_households_told()
    zh = "；抽样框里没有户内成人数，是问到的：每户一人，抽中机会是成人数分之一，成人数在无应答调整以后乘进权数"
    en = (
        "; the frame has no number of adults, so households were asked: one of so many answers, and the number "
        "comes into the weight after the adjustment for nonresponse"
    )
    if told < answered:
        zh += f"；{answered - told} 户没有说，按本社区的中位数计"
        en += f"; {answered - told} did not say and count with the median of their community"
    return Text(zh, en)


def _blocks(estimates: WeighedWave) -> Text:
    """Which parts of the questionnaire were drawn for each person, and what an answer in them counts."""
    if not _by_draw(estimates):
        return Text("", "")
    said_zh, said_en = "", ""
    for draw in estimates.cases.questionnaire.draws:
        own_zh, own_en = ("和本人有关的部分", "the parts that concern them") if draw.by_person else ("", "")
        count = len(draw.blocks)
        said_zh += f"“{draw.label.zh}”由抽签定，每人从{own_zh or f' {count} 个部分'}里答 {draw.take} 个，"
        said_zh += "答案按抽中概率的倒数再加权，人数只算答了的人。"
        said_en += f" “{draw.label.en or draw.label.zh}” is drawn by lot: each person is asked {draw.take} of "
        said_en += (
            f"{own_en or f'{count} parts'}; answers are weighted by the inverse of that probability as well, and "
        )
        said_en += "only those who were asked are counted."
    return Text(said_zh, said_en)


def _by_draw(estimates: WeighedWave) -> bool:
    """Whether a figure of the plan rests on blocks that were drawn for each person."""
    questionnaire, wanted = estimates.cases.questionnaire, estimates.plan.indicators
    resting = Resting(questionnaire)
    return any(resting.rests(one) for one in questionnaire.indicators if not wanted or one.id in wanted)


def _nonresponse(estimates: WeighedWave) -> Text:
    if not adjusted_for_nonresponse(estimates):
        zh, en = (
            "抽中的合格户都答了，不用调整无应答",
            "every eligible case answered, so that nothing is adjusted for nonresponse",
        )
        if _nobody_answered_somewhere(estimates):
            zh, en = f"有答卷的社区里，{zh}", f"where anybody answered {en}"
        return Text(f"；{zh}", f"; {en}")
    zh, en = "；再以网格为加权类调整无应答", ", and are adjusted for nonresponse by grid"
    if any(record.collapsed for record in estimates.weights.field.records.values()):
        least = estimates.plan.nonresponse.minimum_respondents
        zh += f"，完成不足 {least} 份的网格并入本社区相邻的网格"
        en += (
            f"; a grid with fewer than {least} completed questionnaires is joined with a neighbour in the same "
            "community"
        )
    return Text(zh, en)


def _nobody_answered_somewhere(estimates: WeighedWave) -> bool:
    columns = estimates.cases.columns
    answered = np.unique(columns.community.codes[columns.respondents])
    return len(answered) < len(columns.communities_asked)


def adjusted_for_nonresponse(estimates: WeighedWave) -> bool:
    """Whether anybody carries the weight of somebody who did not answer."""
    records = estimates.weights.field.records.values()
    return any(each.factor > 1 + _AS_ONE for record in records for each in record.classes)


def _calibration(estimates: WeighedWave) -> Text:
    plan, found = estimates.plan.calibration, estimates.weights.calibrated
    if found is None:
        why = WHY_NONE[plan.why_none or NoCalibration.BY_CHOICE]
        return Text(f"未做人口校准：{why.zh}。", f"They are not calibrated to the population: {why.en}.")
    kind = KINDS.get(plan.register_kind, Text("登记人口", "the register"))
    day = f"{plan.register_as_of} " if plan.register_as_of else ""
    margins = [said_margin(one) for one in plan.margins]
    zh = f"最后校准到{day}{kind.zh}：{'、'.join(one.zh for one in margins)}"
    en = f"They are calibrated to {kind.en}{' of ' + day.strip() if day else ''}: "
    en += ", ".join(one.en for one in margins)
    zh, en = f"{zh}。", f"{en}."
    for said in (_joined(found), _drawn(found), _trimmed(found)):
        zh += said.zh
        en += f" {said.en}" if said.en else ""
    return Text(zh, en)


def _joined(found: Calibrated) -> Text:
    count = len(found.calibration.auxiliaries.collapsed)
    if not count:
        return Text("", "")
    return Text(f"人数不够的类与相邻的类合并 {count} 次。", f"Categories with too few answers were joined: {count}.")


def _drawn(found: Calibrated) -> Text:
    count = int(found.drawn_rows.sum())
    if not count:
        return Text("", "")
    return Text(
        f"{count} 人没有填年龄或性别，校准时按本社区其他受访人随机补上，只用于校准。",
        f"For {count} who gave no age or sex it was drawn from other respondents of the same community, for the "
        "margins only.",
    )


def _trimmed(found: Calibrated) -> Text:
    done = found.trimming
    if done is None:
        return Text("", "")
    return Text(
        f"{done.trimmed} 个超过本社区中位权数 {done.median_multiple:g} 倍的权数作了截断，截下的部分留在本社区。",
        f"Weights above {done.median_multiple:g} times the median of their community were trimmed ({done.trimmed}); "
        "what was cut off stays in the community.",
    )


def _changed(reasons: Sequence[str]) -> Text:
    """Whoever changes the plan after a look at the figures says so to the reader."""
    if not reasons:
        return Text("", "")
    why_zh = "；".join(one.rstrip("。.；;") for one in reasons)
    why_en = "; ".join(one.rstrip("。.；;") for one in reasons)
    times = "once" if len(reasons) == 1 else f"{len(reasons)} times"
    return Text(
        f"结果打开以后，分析方案改过 {len(reasons)} 次，原因：{why_zh}。",
        f" After the figures were opened the analysis plan was changed {times}, because: {why_en}.",
    )


def variance_words(estimates: WeighedWave, unit: ListedUnit = ListedUnit.HOUSEHOLD) -> Text:
    columns, plan = estimates.cases.columns, estimates.plan
    several = len(columns.units) > 1
    zh, en = ("、逐级抽样", ", every stage of selection") if several else ("", "")
    zh, en = f"区间计入分层{zh}、不等概率", f"Intervals count stratification{en} and unequal probabilities"
    adults = columns.adults if columns.adults_known else columns.adults_of_respondents()
    if with_adult_stage(columns, plan) and bool((adults > 1).any()):
        zh += "；一户只访一人，户这一级不作有限总体修正"
        en += "; one adult of a household is asked, so households take no finite population correction"
    elif _by_draw(estimates):
        zh += "；有的部分抽着问，最后一级不作有限总体修正"
        en += "; parts of the questionnaire are drawn, so the last stage takes no finite population correction"
    else:
        zh += "和有限总体的影响"
        en += " and finite populations"
    if estimates.weights.calibrated is not None:
        zh += "；校准带来的精度已计入"
        en += "; the precision that the margins give is counted"
    zh, en = f"{zh}。", f"{en}."
    if adjusted_for_nonresponse(estimates):
        zh += "无应答调整按已定的系数处理。"
        en += " The nonresponse adjustment is taken as given."
    if plan.unit is Unit.HOUSEHOLD and not UNITS[unit].person:
        zh += f"数字说的是{'户' if unit is ListedUnit.HOUSEHOLD else UNITS[unit].one.zh}，不是人。"
        en += f" The figures are about {UNITS[unit].many}, not persons."
    return Text(zh, en)
