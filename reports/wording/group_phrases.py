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
    "p_below": Text("p < {p}", "p < {p}"),
    "p_value": Text("p = {p}", "p = {p}"),
}
