"""How a sample was drawn, in sentences of method: made of the rows, and of what the wave keeps of its list."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from analysis.case_columns import CaseColumns
from questionnaires.text import Text
from survey_service.models import Case, ListedUnit, SelectionWithin, Wave
from survey_service.sampling.unit_words import UNITS, WITHIN

_SURE: Final = 1 - 1e-9


@dataclass(frozen=True, slots=True, kw_only=True)
class DrawnAs:
    """What the rows do not tell. ``released``: cases that came from reserves."""

    unit: ListedUnit = ListedUnit.HOUSEHOLD
    within: SelectionWithin = SelectionWithin.NEXT_BIRTHDAY
    released: int = 0


def drawn_as(session: Session, wave: Wave) -> DrawnAs:
    released = session.scalar(
        select(func.count())
        .select_from(Case)
        .where(Case.survey_id == wave.survey_id, Case.wave_id == wave.id, Case.reserve_replicate > 0)
    )
    return DrawnAs(unit=wave.listed_unit, within=wave.selection_within, released=released or 0)


def draw_words(columns: CaseColumns, drawn: DrawnAs) -> Text:
    """Empty for a sample of households from every grid or community, of which the manager's words say enough."""
    parts = [_units(drawn), _stages(columns, drawn), _whole(columns, drawn), _released(drawn), _within(drawn)]
    said = [one for one in parts if one.zh]
    return Text("".join(one.zh for one in said), " ".join(one.en for one in said))


def _units(drawn: DrawnAs) -> Text:
    if drawn.unit is ListedUnit.HOUSEHOLD:
        return Text("")
    words = UNITS[drawn.unit]
    return Text(f"样本从{words.register.zh}里抽。", f"The sample was drawn from a {words.register.en}.")


def _stages(columns: CaseColumns, drawn: DrawnAs) -> Text:
    """Of communities whose grids stand for others."""
    if len(columns.units) < 2:
        return Text("")
    words = UNITS[drawn.unit]
    # Below a case's last stage its unit is the same again, 1 of 1.
    staged = np.array(
        [
            columns.units[0].names[first] != columns.units[1].names[second]
            for first, second in zip(columns.units[0].codes, columns.units[1].codes, strict=True)
        ]
    )
    if not staged.any():
        return Text("")
    if np.isinf(columns.populations[0][staged]).any():
        return Text(
            f"分两阶段抽：先按{words.how_many.zh}的比例抽网格（PPS），再在抽中的网格里等距抽{words.one.zh}；"
            "网格之间的误差按有放回抽取计算。",
            f"Two stages: grids with probability proportional to their size (PPS), then {words.many} within them at "
            "equal distances; the variance takes grids as drawn with replacement.",
        )
    return Text(
        f"分两阶段抽：先随机抽网格，再在抽中的网格里等距抽{words.one.zh}；两个阶段的误差都算在内。",
        f"Two stages: grids at random, then {words.many} within them at equal distances; the variance has both.",
    )


def _whole(columns: CaseColumns, drawn: DrawnAs) -> Text:
    """Communities of which every unit was visited, and how many of those answered."""
    chance = columns.probability * np.where(np.isnan(columns.adults), 1.0, columns.adults)
    if drawn.within is SelectionWithin.ANY:
        chance = columns.probability
    sure = np.minimum.reduceat(*_by_community(columns, chance)) >= _SURE if columns.cases else np.zeros(0, bool)
    asked = columns.communities_asked[sure]
    if not len(asked):
        return Text("")
    inside = np.isin(columns.community.codes, asked)
    answers, cases = int(columns.responded[inside].sum()), int(inside.sum())
    words, share = UNITS[drawn.unit], f"{answers / cases:.0%}"
    one = "有 1 个社区" if len(asked) == 1 else f"有 {len(asked)} 个社区"
    return Text(
        f"{one}每一{words.counter}都访问，抽中概率是 1，{words.counted(answers).zh}（{share}）收到了答卷；"
        "没有答的可能不一样，这几个数字也有误差。",
        f"In {len(asked)} {'community' if len(asked) == 1 else 'communities'} every {words.one.en} was asked "
        f"(probability 1); {answers:,} ({share}) answered, and who did not may differ.",
    )


def _by_community(columns: CaseColumns, values: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Values sorted by community, and where each of those asked begins, in their order."""
    order = np.argsort(columns.community.codes, kind="stable")
    return values[order], np.searchsorted(columns.community.codes[order], columns.communities_asked)


def _released(drawn: DrawnAs) -> Text:
    if not drawn.released:
        return Text("")
    words = UNITS[drawn.unit]
    return Text(
        f"调查中按批放出备用样本 {words.counted(drawn.released).zh}，概率按放出后的样本重算，先抽的一个也没有换掉。",
        f"During the field {words.counted(drawn.released).en} in reserve were released in whole batches; probabilities "
        "are those of the larger sample, and nobody was replaced.",
    )


def _within(drawn: DrawnAs) -> Text:
    """The next birthday is the usual rule, of which the manager's words say enough."""
    who = WITHIN[drawn.within]
    if drawn.within is SelectionWithin.KISH:
        return Text(f"一户只问一位：{who.zh}。", f"{who.en} was asked in each household.")
    if drawn.within is SelectionWithin.ANY and drawn.unit is ListedUnit.HOUSEHOLD:
        return Text(f"一户一份，由{who.zh}回答。", f"{who.en} answered for the household.")
    return Text("")
