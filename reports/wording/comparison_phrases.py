"""Words for figures held against each other: items of the same people, an area and its whole, sets of ranks."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from questionnaires.text import Text

COMPARISON_PHRASES: Final[Mapping[str, Text]] = {
    # items
    "items_of_firm": Text("只比误差较小的 {count} 项：", "Of the {count} with a small error: "),
    "lowest_alone": Text("{lowest}低于其余各项。", "{lowest} is below all the others."),
    "highest_alone": Text("{lowest}高于其余各项。", "{lowest} is above all the others."),
    "with_the_lowest": Text(
        "与最低的{lowest}分不开高低的还有：{others}。", "Too close to call with the lowest, {lowest}: {others}."
    ),
    "with_the_highest": Text(
        "与最高的{lowest}分不开高低的还有：{others}。", "Too close to call with the highest, {lowest}: {others}."
    ),
    "no_lowest": Text("哪一项最低，分不出来。", "Which of them is the lowest cannot be told."),
    "no_highest": Text("哪一项最高，分不出来。", "Which of them is the highest cannot be told."),
    "items_how": Text(
        "各项由同一批人回答，成对比较；各对合起来，误判的机会不超过 {error}%。区间重叠的两项，也可能分得开。",
        "The same people rated them, so they are compared in pairs; for all pairs together the chance of a wrong claim "
        "is at most {error}%. Two whose intervals overlap may still be told apart.",
    ),
    # an area and what it is part of
    "against": Text("比{place}，{parts}。", "Against {place}: {parts}."),
    "against_part": Text("{name}{words}", "{name} {words}"),
    "against_higher": Text("高 {by}（{interval}）", "higher by {by} ({interval})"),
    "against_lower": Text("低 {by}（{interval}）", "lower by {by} ({interval})"),
    "against_neither": Text("没有查出差别（{interval}）", "no difference found ({interval})"),
    # ranks
    "ranks_none": Text("{name}：{areas}分不出先后。", "{name}: of {areas} no two can be told apart."),
    "ranks_some": Text(
        "{name}：{areas}的名次范围，{sets}；其余都可能是 1–{last}。",
        "{name}: ranks of {areas}, {sets}; any of the others may be 1–{last}.",
    ),
    "ranks_all": Text("{name}：{areas}的名次范围，{sets}。", "{name}: ranks of {areas}, {sets}."),
    "ranks_set": Text("{place} {low}–{high}", "{place} {low}–{high}"),
    "ranks_one": Text("{place} {low}", "{place} {low}"),
    "ranks_how": Text(
        "名次 1 为最好；一句里的名次范围合起来有 {level}% 的把握。只比同一上级、同一类、满 {least} 份而且误差小的。",
        "Rank 1 is the best; the ranks of a sentence hold together with {level}% confidence. Only areas of one kind "
        "in one area, with {least} questionnaires or more and a small error, are compared.",
    ),
    "ranks_streets": Text(
        "按{name}分得出先后的社区，只在这些街道（镇）里有：{streets}。",
        "By {name}, communities can be told apart only within {streets}.",
    ),
    "ranks_nowhere": Text(
        "按{name}，同一街道（镇）里的社区都分不出先后。",
        "By {name}, no two communities of one street can be told apart.",
    ),
    "ranked_community": Text("{count} 个社区", "{count} {count:community|communities}"),
    "ranked_village": Text("{count} 个村", "{count} {count:village|villages}"),
    "ranked_street": Text("{count} 个街道（镇）", "{count} {count:street|streets}"),
    "ranked_areas": Text("{count} 个地区", "{count} {count:area|areas}"),
}
