"""Words for what residents wrote in their own."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from questionnaires.text import Text

REMARK_PHRASES: Final[Mapping[str, Text]] = {
    "remarks": Text("居民的话：{question}", "In residents' own words, on “{question}”"),
    "remark": Text("“{words}”", "“{words}”"),
    "remark_theme": Text("主题", "Theme"),
    "remark_count": Text("条数", "Answers"),
    "remark_words": Text("居民的话", "In residents' words"),
    "remark_rest": Text("其他和没有归类的", "Other, and without a theme"),
    "remarks_note": Text(
        "选自居民在问卷里写的话，照登原文；〔略〕处划去了可能认出人的内容。这几句不代表全体居民。",
        "Chosen from what residents wrote, in their own language; where 〔略〕 stands, what might say who it was is "
        "struck. These few speak for themselves, not for all residents.",
    ),
    "remarks_counted": Text(
        "条数是从 {n} 条意见里数的，没有加权，不代表全体居民；不到 5 条的主题并入“其他和没有归类的”。",
        "Counted in {n} {n:answer|answers}, not weighted and not representative; themes with fewer than 5 stand "
        "under the others.",
    ),
    "spare_remarks": Text("居民的话", "Residents' words"),
}
