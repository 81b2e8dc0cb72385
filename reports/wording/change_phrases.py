"""Words for what changed since the wave before."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from questionnaires.text import Text
from reports.wording.rectified_phrases import RECTIFIED_PHRASES
from reports.wording.remark_phrases import REMARK_PHRASES

CHANGE_PHRASES: Final[Mapping[str, Text]] = {
    **RECTIFIED_PHRASES,
    **REMARK_PHRASES,
    "since": Text("比{wave}", "vs {wave}"),
    "detectable": Text("{name} {by}", "{name} {by}"),
    "none_found": Text(
        "没有查出变化，不等于没有变。份数这样多，变化到这么大才有八成把握查出来：{parts}。",
        "No change found is not no change: one this large would have been found with 80% probability: {parts}.",
    ),
    "rise": Text("升 {by}（{interval}）", "up {by} ({interval})"),
    "fall": Text("降 {by}（{interval}）", "down {by} ({interval})"),
    "no_change_found": Text("没有查出（{interval}）", "none found ({interval})"),
    "not_comparable": Text("口径不同，不作比较", "not comparable"),
    "change_not_estimable": Text("样本不足以估计变化", "change cannot be estimated"),
    "the definition differs": Text("题目或算法不同", "asked or made otherwise"),
    "the selection differs": Text("抽样办法不同", "selected otherwise"),
    "the frame differs": Text("抽样名册不同", "drawn from another list"),
    "the modes differ": Text("收集方式的份额不同", "other shares of modes"),
    "changed_since": Text("比{wave}，{parts}。", "Since {wave}: {parts}."),
    "risen_by": Text("{name}升 {by}", "{name} up {by}"),
    "fallen_by": Text("{name}降 {by}", "{name} down {by}"),
    "rest_unchanged": Text("其余能比较的 {count} 项没有查出变化", "no change found in {count} {count:other|others}"),
    "all_unchanged": Text("能比较的 {count} 项都没有查出变化", "no change found in any of the {count} compared"),
    "uncompared": Text("另有 {count} 项不能比较", "{count} not comparable"),
    "no_unit": Text("{number}", "{number}"),
    "percentage_points": Text("{number} 个百分点", "{number} percentage points"),
    "points": Text("{number} 分", "{number} points"),
}
