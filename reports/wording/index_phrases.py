"""Words for indices over several waves."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from questionnaires.text import Text

INDEX_PHRASES: Final[Mapping[str, Text]] = {
    "index_title": Text("历次合成的指数", "Indices over the waves"),
    "index_line": Text(
        "{name}：{value}（{interval}），满分 100；{made}。", "{name}: {value} ({interval}) out of 100; {made}."
    ),
    "index_widest": Text(
        "{name}：{value}（{interval}），满分 100；{made}。各部分的样本有相同的单元，区间取最宽。",
        "{name}: {value} ({interval}) out of 100; {made}. Its samples share units, and the interval is the widest.",
    ),
    "index_part": Text("{wave}{indicator}占 {weight}%", "{weight}% {indicator} ({wave})"),
    "index_parts": Text(
        "{first}到{last}的 {count} 项，按权重合成", "by weight, of figures from {first} to {last}: {count}"
    ),
}
