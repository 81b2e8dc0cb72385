"""The tables of closed questions as a file: the columns and formats of a release's figures (``figure_files``)."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime

from questionnaires.text import Text
from survey_service.analyses.question_shown import QuestionTable, QuestionTables
from survey_service.exports.figures import Figure, ReleaseFigures

_NOTHING = Text("", "")
_NOT_RELEASED = Text("没有签发，只供统计员核对", "Not released: for the statistician")
_UNIT = Text("%", "%")


def as_figures(tables: QuestionTables, names: tuple[Text, Text], at: datetime) -> ReleaseFigures:
    """``names`` of survey and wave; ``at``: when it was computed, in the zone of the city."""
    about = [
        (Text("调查", "Survey"), names[0]),
        (Text("调查期", "Wave"), names[1]),
        (Text("状态", "State"), _NOT_RELEASED),
        (Text("计算日期", "Computed on"), Text(f"{at:%Y-%m-%d}", f"{at:%Y-%m-%d}")),
        (Text("区间", "Intervals"), Text(f"{tables.level:.0%}", f"{tables.level:.0%}")),
        (Text("分母", "Base"), Text("回答了这一题的人，加权", "those who answered the question, weighted")),
    ]
    for one in tables.tables:
        if one.missing:
            zh = "，".join(f"{why.zh} {count}" for why, count in one.missing)
            en = ", ".join(f"{why.in_language('en')} {count}" for why, count in one.missing)
            head = Text(f"{one.variable} 没有答案的", f"{one.variable}: without an answer")
            about.append((head, Text(f"{zh}（份，不加权）", f"{en} (questionnaires, unweighted)")))
    figures = tuple(figure for one in tables.tables for figure in _figures(one))
    return ReleaseFigures(about=tuple(about), figures=figures, number="", signed_at=at)


def _figures(table: QuestionTable) -> Iterator[Figure]:
    for area in table.areas:
        for one in area.shares:
            yield Figure(
                level=area.level,
                area=area.code,
                area_name=area.name,
                group=None,
                group_key="",
                indicator=f"{table.variable}={one.option}",
                name=Text(
                    f"{table.text.zh}：{one.name.zh}", f"{table.text.in_language('en')}: {one.name.in_language('en')}"
                ),
                unit=_UNIT,
                figure=one.printed,
                value=one.value,
                low=one.low,
                high=one.high,
                decimals=one.decimals,
                respondents=area.respondents,
                target="",
                verdict=_NOTHING,
                mark=one.mark,
                remark=_NOTHING,
            )
