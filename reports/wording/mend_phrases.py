"""Words for what to mend first. Part of ``phrases``."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from questionnaires.text import Text

MEND_PHRASES: Final[Mapping[str, Text]] = {
    "mend_title": Text("先改这{count}件", "To mend first: {count} {count:item|items}"),
    "mend_named": Text("先改这{count}件：{names}。", "Mend {count} first: {names}."),
    "mend_street": Text("{place}先改这{count}件：{names}。", "In {place} mend {count} first: {names}."),
    "mend_lowest": Text(
        "{shown} 项评价里最低的{count}项，由低到高。", "The {count} lowest of {shown} {shown:item|items}, lowest first."
    ),
    "mend_highest": Text(
        "{shown} 项占比里最高的{count}项，由高到低。",
        "The {count} highest of {shown} {shown:item|items}, highest first.",
    ),
    "mend_same": Text(
        "另有 {count} 项与末一项数字相同，没有列出。",
        "Not listed, with the same figure as the last: {count}.",
    ),
    "mend_by_importance": Text(
        "“全市优先改进”的排在前面：全市看，它与{outcome}的关联大、做得比各项平均差，在本地又和最差的一项分不开。"
        "其余按本地数字由差到好。关联不等于因果。",
        "“City’s priority” comes first: in the whole city it goes with {outcome} more than the others do and is done "
        "worse, and here it cannot be told from the worst. The rest stand by the figures here, worst first. What goes "
        "together need not be cause and effect.",
    ),
    "mend_weak": Text(
        "全市看，各项合起来只说明{outcome}差异的 {explained}，排不出哪项更要紧，这里只看评价。",
        "City-wide the items go with only {explained} of the differences in {outcome}, too little to order them by "
        "importance.",
    ),
    "mend_left_out": Text(
        "误差大、只公布到一端或不单独公布的 {count} 项高低未知，不在其列：{names}。",
        "{count} not among them (large error, or not fully published): {names}.",
    ),
    "mend_left_out_more": Text(
        "误差大、只公布到一端或不单独公布的 {count} 项高低未知，不在其列：{names}等。",
        "{count} not among them (large error, or not fully published): {names} and others.",
    ),
    "mend_none": Text(
        "{count} 项里能完整公布的只有 {shown} 项，分不出先改哪几件。",
        "{shown} of {count} {count:item|items} fully published: what to mend first cannot be told.",
    ),
    "mend_nothing": Text(
        "{count} 项评价都误差大或不单独公布，分不出先改哪几件。",
        "Of {count} {count:item|items} none is fully published: what to mend first cannot be told.",
    ),
    "mend_priority": Text("全市优先改进", "City’s priority"),
    "mend_small": Text("全市看关联小", "matters less city-wide"),
    "mend_large": Text("全市看关联大", "matters more city-wide"),
    "mend_untold": Text("关联大小说不准", "importance not told"),
}
