"""Words for what the way of asking did, where it was dealt by lot."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from questionnaires.text import Text

MODE_PHRASES: Final[Mapping[str, Text]] = {
    "modes_dealt": Text(
        "每户先用{modes}，由抽签决定，所以两种答案的差别来自方式：怎么问，也包括谁肯答。",
        "Whether a household was first asked {modes} was drawn by lot, so a difference comes from the way itself: "
        "how it asks, and who answers it.",
    ),
    "mode_or": Text("或", " or "),
    "mode_sized": Text("{mode}（n {size}）", "{mode} (n {size})"),
    "mode_differs": Text(
        "全市{name}：先用{mode}的 {value}，先用{usual}的 {base}，相差 {by}（{interval}）",
        "{name} in the city: {value} of those first asked {mode}, {base} of those first asked {usual}, {by} apart "
        "({interval})",
    ),
    "mode_alike": Text("{names}没有查出差别", "no difference was found in {names}"),
}

FIRST_ASKED: Final[Mapping[str, Text]] = {
    "face_to_face": Text("入户面访", "face to face"),
    "telephone": Text("电话访问", "by telephone"),
    "paper": Text("纸质问卷", "on paper"),
    "web_invited": Text("网上邀请", "by an invitation to the web"),
}
"""Modes in which a household may be asked first."""
