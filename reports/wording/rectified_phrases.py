"""Words for what was put right since the wave before."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from questionnaires.text import Text

RECTIFIED_PHRASES: Final[Mapping[str, Text]] = {
    "put_right": Text("{wave}列入整改的", "Put on the rectification list after {wave}"),
    "put_right_item": Text("事项", "Matter"),
    "put_right_state": Text("签发这天", "On the day of release"),
    "put_right_change": Text("这一期", "This wave"),
    "put_right_planned": Text("拟办", "planned"),
    "put_right_under_way": Text("在办", "under way"),
    "put_right_reported": Text("已办待核", "done, to be checked"),
    "put_right_returned": Text("退回", "returned"),
    "put_right_checked": Text("已核", "checked"),
    "put_right_held": Text("复查通过", "still in order when looked at again"),
    "put_right_told": Text("查出了变化：{by}", "a change was found: {by}"),
    "put_right_none_found": Text("没有查出变化", "no change was found"),
    "put_right_not_compared": Text("不能比较", "cannot be compared"),
    "put_right_no_figure": Text("不依据调查数字", "rests on no figure of the survey"),
    "put_right_note": Text(
        "没有查出变化，不等于没有变；查出了变化，也不说明是整改带来的。",
        "No change found does not mean that nothing changed; a change found does not show that this work brought it.",
    ),
    "put_right_more": Text("另有 {count} 项，见整改清单。", "{count} more stand on the rectification list."),
}
