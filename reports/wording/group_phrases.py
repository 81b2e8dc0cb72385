"""Words for how a group stands to everybody else."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from questionnaires.text import Text

GROUP_PHRASES: Final[Mapping[str, Text]] = {
    "group_higher": Text("高 {by}（{interval}）", "higher by {by} ({interval})"),
    "group_lower": Text("低 {by}（{interval}）", "lower by {by} ({interval})"),
    "group_alike": Text("没有查出差别（{interval}）", "no difference found ({interval})"),
    "groups_differ": Text("各组合起来看有差别（{p}）", "the groups differ ({p})"),
    "groups_alike": Text("各组合起来看没有查出差别（{p}）", "no difference found between the groups ({p})"),
    "group_part": Text("{group}{words}", "{group} {words}"),
    "groups_rest": Text("其余各组没有查出差别", "no difference found of the others"),
    "groups_some": Text("{name}，按{kind}：{parts}。", "{name}, by {kind}: {parts}."),
    "groups_none": Text(
        "{name}，按{kind}：各组没有查出差别。", "{name}, by {kind}: no difference found between groups."
    ),
    "groups_how": Text(
        "各组都和其余的人比，括号里是 {level}% 置信区间；各组合起来看没有差别的，不逐组说。",
        "Each group is held against everybody else, with its {level}% confidence interval; no group is named where the "
        "groups together do not differ.",
    ),
    "p_below": Text("p < {p}", "p < {p}"),
    "p_value": Text("p = {p}", "p = {p}"),
}
