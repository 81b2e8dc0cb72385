"""Fixed sentences of an edition that corrects another. Part of ``phrases``."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from questionnaires.text import Text

CORRECTION_PHRASES: Final[Mapping[str, Text]] = {
    "verify_code": Text("核验码　{code}", "Verification code {code}"),
    "verify_typed": Text(
        "核验码　{code}　　打开 {door} 填这个码，查这一版是不是现行版",
        "Verification code {code}: type it at {door} to see whether this edition is in force",
    ),
    "verify_at": Text(
        "核验码　{code}　　扫右边的码，或者打开 {door} 填这个码，查这一版是不是现行版",
        "Verification code {code}: scan it at the right, or type it at {door}, to see whether this edition is in force",
    ),
    "edition_corrects": Text("第 {edition} 版，更正 {number}", "Edition {edition}, corrects {number}"),
    "what_was_corrected": Text("这一版更正了什么", "What this edition corrects"),
    "corrects": Text(
        "这是第 {edition} 版，更正 {date}发布的 {number}。那一版仍然可以查阅，数字以这一版为准。",
        "This is edition {edition}; it corrects {number} of {date}. That edition can still be read; the figures in "
        "force are these.",
    ),
    "corrected_because": Text("更正的原因：{reason}", "Why it was corrected: {reason}"),
    "nothing_printed_changed": Text(
        "这份报告里的 {count} 个数字，印出来都和上一版一样。",
        "All {count} {count:figure|figures} of this report are printed as in the edition before.",
    ),
    "figures_changed": Text(
        "这份报告的 {count} 个数字里，有 {changed} 个印出来和上一版不同：",
        "Of {count} {count:figure|figures} of this report {changed} {changed:is|are} printed otherwise than in the "
        "edition before:",
    ),
    "and_more_changed": Text(
        "另有 {count} 个，见发布页的“两版对照”。", "{count} more stand on the page of the release."
    ),
    "where": Text("地区", "Area"),
    "which_indicator": Text("指标", "Indicator"),
    "in_edition": Text("第 {edition} 版", "Edition {edition}"),
}
