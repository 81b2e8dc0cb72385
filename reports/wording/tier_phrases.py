"""Fixed sentences of what is told firmly, coarsely, by an end only, or not alone. Part of ``phrases``."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from questionnaires.text import Text

TIER_PHRASES: Final[Mapping[str, Text]] = {
    "cannot_reach": Text(
        "本社区有效问卷 {n} 份，任何结果都不足以判定达标（至少需 {needed} 份）。",
        "With {n} valid {n:questionnaire|questionnaires} no result could show the target reached; it takes at least "
        "{needed}.",
    ),
    "judged_by_chance": Text(
        "这份报告判定了 {judged} 次；即使真实水平都恰好等于目标，单凭偶然平均也会误判约 {wrong} 次。",
        "This report gives {judged} {judged:verdict|verdicts}; were every true level exactly its target, chance alone "
        "would get about {wrong} wrong.",
    ),
    "stands_for_it": Text(
        "{place}：{value}，{level}% 置信区间 {interval}。", "{place}: {value}, {level}% confidence interval {interval}."
    ),
    "item_stands": Text("{name} {value}（{interval}）", "{name} {value} ({interval})"),
    "items_stand_for": Text(
        "不单独公布的各项，看{place}：{items}。", "Items not published alone, in {place}: {items}."
    ),
    "coarse": Text("误差大，仅供参考。", "Large error: for orientation only."),
    "coarse_note": Text(
        "{sign} 误差大，仅供参考：只印整数，不排先后，不论最高最低。",
        "{sign} Large error, for orientation only: whole numbers, in no order, never called highest or lowest.",
    ),
    "coarse_everywhere": Text(
        "本社区有效问卷 {n} 份，误差大，各数字只印整数，仅供参考。",
        "{n} valid {n:questionnaire|questionnaires} here: the error is large; whole numbers, for orientation only.",
    ),
    "coded": Text("为保护受访人，只公布到“{end}”。", "To protect respondents it is told only as “{end}”."),
    "coded_note": Text(
        "“≥”“≤”：为保护受访人，只公布到这一端。",
        "“≥”, “≤”: told only to this end, to protect respondents.",
    ),
    "ends_note": Text(
        "“≥”“≤”：只给界限，或为保护受访人，或因受访者回答全部相同；样本中人人如此，不等于居民人人如此。",
        "“≥”, “≤”: a limit only, to protect respondents, or because everyone asked gave the same answer; the sample is "
        "not every resident.",
    ),
    "no_error_small": Text(
        "标准误、设计效应、有效样本量为“—”的，问卷不足 100 份或只公布到一端，只印整数。",
        "Standard error, design effect or effective n “—”: fewer than 100 answered, or told only to an end; whole "
        "numbers only.",
    ),
    "hidden_note": Text("“{sign}”　{why}", "“{sign}” {why}"),
    "items_title_plain": Text("各方面评价，按问卷次序", "All items, in the order of the questionnaire"),
    "items_title_firm": Text(
        "各方面评价：误差较小的由低到高，其余按问卷次序",
        "All items: those with a small error from the lowest, then the others",
    ),
    "items_title_firm_down": Text(
        "各项占比：误差较小的由高到低，其余按问卷次序",
        "All items: those with a small error from the highest, then the others",
    ),
    "items_note_firm": Text(
        "粗体为误差较小各项中估计值最低的{count}项。",
        "Bold: the {count} lowest of the estimates with a small error.",
    ),
    "area_rest_few": Text(
        "另有 {count} 个社区尚不能判定、份数不足或有数字不单独公布",
        "{count} undecided, with too few answers or not fully published",
    ),
    "area_each_few": Text(
        "{count} 个社区都还不能判定，或份数不足、有数字不单独公布",
        "{count} undecided, with too few answers or not fully published",
    ),
}
