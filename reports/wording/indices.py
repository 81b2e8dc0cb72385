"""What is said of an index over several waves."""

from __future__ import annotations

from typing import Final

from reports.content import IndexOfArea
from reports.wording.changes import since
from reports.wording.phrases import say

MOST_NAMED: Final = 4
"""More parts are counted: the weights stand on the page of the survey's indices and in the release."""


def sentence(index: IndexOfArea, language: str) -> str:
    """年度满意指数：78.3（76.0–80.6），满分 100；2026年第二季度满意率占 50%，2026年第三季度满意率占 50%。"""
    waves = list(dict.fromkeys(one.wave for one in index.parts))
    if len(index.parts) <= MOST_NAMED:
        made = say(language, "comma").join(
            say(
                language,
                "index_part",
                wave=since(one.wave, language),
                indicator=one.indicator.in_language(language),
                weight=f"{one.weight * 100:g}",
            )
            for one in index.parts
        )
    else:
        first, last = (since(one, language) for one in (waves[0], waves[-1]))
        made = say(language, "index_parts", first=first, last=last, count=len(index.parts))
    return say(
        language,
        "index_widest" if index.widest else "index_line",
        name=index.name.in_language(language),
        value=index.value,
        interval=index.interval,
        made=made,
    )
