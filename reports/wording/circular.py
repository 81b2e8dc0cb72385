"""Fixed sentences of a 通报, a document that Chinese offices send in Chinese only: it has no English."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Final

from analysis.results import Verdict
from reports.wording.figures import NOTHING, count
from reports.wording.verdicts import names_joined, verdict_word

CIRCULAR: Final[Mapping[str, str]] = {
    "title_city": "关于{wave}{questionnaire}结果的通报",
    "title_street": "关于{place}{wave}{questionnaire}结果的通报",
    "opening": (
        "{period}，开展了{questionnaire}（{survey}），范围为{place}{extent}，{response}。{of_whom}现将结果通报如下。"
    ),
    "of_whom": "{told}。",
    "extent_city": "{streets} 个街道（镇）、{communities} 个社区",
    "extent_street": "{communities} 个社区",
    "overall": "总体结果",
    "mend": "先改什么",
    "mend_item": "{name} {value}（{level}% 置信区间 {interval}）",
    "mend_named": "{title}：{items}。",
    "by_street": "各街道（镇）情况",
    "by_community": "各社区情况",
    "remarks": "有关说明",
    "heading": "{number}、{told}",
    "none_found": "没有查出变化",
    "no_order": "以上按区划代码列出，不作排名。",
    "attached": "附件：{place}{wave}报告（发布号 {number}，{day}发布）",
    "source": "本通报的数字均摘自发布号 {number} 的报告，以报告为准。",
    # what the office fills in
    "mark_of_sender": "［发文机关标志］",
    "number_of_document": "［机关代字］〔{year}〕　　号",
    "addressees": "［主送机关］：",
    "sender": "［发文机关署名］",
    "day_of_document": "　　　　年　　月　　日",
    "copies": "抄送：［抄送机关］。",
    "printed_by": "［印发机关］",
    "printed_on": "　　　　年　　月　　日印发",
}
_SPACE: Final = re.compile("(?<=[\u3000-\u9fff\uff00-\uffef≥≤]) +| +(?=[\u3000-\u9fff\uff00-\uffef≥≤])")


def closed(text: str) -> str:
    """Without the spaces around figures, which a document of an office does not have: 目标≥90.0%."""
    return _SPACE.sub("", text)


def headings(keys: Sequence[str]) -> list[str]:
    """一、总体结果; 二、先改什么: numbered in the order in which they stand."""
    return [told("heading", number=number, told=told(key)) for number, key in zip("一二三四", keys, strict=False)]


def told(key: str, **values: object) -> str:
    return CIRCULAR[key].format(**values)


def figure(
    name: str, words: str, beside: Sequence[tuple[str, str]], verdict: str, since: Sequence[tuple[str, str]]
) -> str:
    """知晓率 93.6%（95% 置信区间 91.9–95.0%；目标 ≥ 90.0%），达标；比2026年第二季度升 3（1–6）。"""
    held = "；".join(f"{label} {value}" for label, value in beside)
    start = name if words == NOTHING else f"{name} {words}"
    text = f"{start}（{held}）" if held else start
    judged = f"{text}，{verdict}" if verdict else text
    return "；".join((judged, *(f"{label}{value}" for label, value in since))) + "。"


def places_by_verdict(name: str, groups: Mapping[Verdict, Sequence[str]]) -> str:
    """满意率：达标 2 个（甲街道、乙街道）；尚不能判定 1 个（丙镇）。"""
    parts = [
        f"{verdict_word(verdict, 'zh')} {count(len(names))} 个（{names_joined(names, 'zh')}）"
        for verdict, names in groups.items()
        if names
    ]
    return f"{name}：{'；'.join(parts)}。"


def places_by_figure(name: str, told_of: Sequence[tuple[str, str, str]]) -> str:
    """平均分：甲街道 81.2 分（79.0–83.4）、乙镇不单独公布。 Place, figure, interval; a hidden figure has neither."""
    hidden = verdict_word(Verdict.NOT_PUBLISHED, "zh")
    parts = [f"{place} {words}（{interval}）" if interval else f"{place}{hidden}" for place, words, interval in told_of]
    return f"{name}：{'、'.join(parts)}。"
