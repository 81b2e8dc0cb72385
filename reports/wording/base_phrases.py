"""What is said where one figure stands over two bases."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from questionnaires.text import Text

BASE_PHRASES: Final[Mapping[str, Text]] = {
    "own_base": Text("上面的数字，分母是{own}{n}；", "Base of the figure above: {own}{n}; "),
    "of_so_many": Text("（{n} 人）", " (n {n})"),
    "second_base": Text(
        "{name}的是 {value}（{n} 人，{level}% 置信区间 {interval}）。",
        "{name}: {value} (n {n}, {level}% CI {interval}).",
    ),
    "second_base_hidden": Text("{name}的不单独公布。", "{name}: not published alone."),
    "judged_by_own": Text("是否达标只看上面的数字。", " The verdict goes by the figure above alone."),
}
