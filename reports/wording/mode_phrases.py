"""Words for what the way of asking did, where it was dealt by lot."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from questionnaires.text import Text

MODE_PHRASES: Final[Mapping[str, Text]] = {
    "modes_dealt": Text(
        "先用{modes}，由抽签决定，所以两种答案的差别来自方式：怎么问，也包括谁肯答。",
        "Whether a case was first asked {modes} was drawn by lot, so a difference comes from the way itself: "
        "how it asks, and who answers it.",
    ),
    "mode_or": Text("或", " or "),
    "mode_sized": Text("{mode}（n {size}）", "{mode} (n {size})"),
    "mode_differs": Text(
        "全市{name}：先用{mode}的 {value}，先用{usual}的 {base}，相差 {by}（{interval}）",
        "{name} in the city: {value} of those first asked {mode}, {base} of those first asked {usual}, {by} apart "
        "({interval})",
    ),
    "modes_in_short": Text(
        "先用哪种方式由抽签定；全市{parts}。",
        "Which way a case was asked first was drawn by lot; in the city {parts}.",
    ),
    "mode_higher": Text(
        "{name}先用{mode}的比先用{usual}的高 {by}（{interval}）",
        "{name} is {by} higher ({interval}) among those first asked {mode} than {usual}",
    ),
    "mode_lower": Text(
        "{name}先用{mode}的比先用{usual}的低 {by}（{interval}）",
        "{name} is {by} lower ({interval}) among those first asked {mode} than {usual}",
    ),
    "mode_none": Text("各项没有查出差别", "no difference was found"),
    "mode_alike": Text("{names}没有查出差别", "no difference was found in {names}"),
    # by the mode that a sampled household may be asked first
    "first_face_to_face": Text("当面访问", "face to face"),
    "first_telephone": Text("电话访问", "by telephone"),
    "first_paper": Text("纸质问卷", "on paper"),
    "first_web_invited": Text("网上邀请", "by an invitation to the web"),
}
