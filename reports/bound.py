"""Reports of one release as one file for a meeting: contents, pages numbered through, an outline in two levels."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import accumulate

from reports.content import AreaSummary, CommunitySummary, Verification
from reports.fonts import TypeSettings
from reports.layout.pages import Numbering
from reports.pdf import Typeset, area_typeset, community_typeset, typeset_story, written
from reports.story.contents import contents_story


@dataclass(frozen=True, slots=True)
class Bound:
    """One report of the set, with the code by which it is asked after."""

    summary: CommunitySummary | AreaSummary
    verification: Verification | None = None


def set_pdf(reports: Sequence[Bound], language: str = "zh", settings: TypeSettings | None = None) -> bytes:
    """The reports in this order, each as it is alone but for its page numbers. ValueError where there is none."""
    if not reports:
        raise ValueError("a set holds one report at least")
    alone = [_alone(one, language, settings) for one in reports]
    summaries = [one.summary for one in reports]
    cover = typeset_story(contents_story(summaries, [0] * len(alone), language), settings)
    begins = [*accumulate((len(one.pages) for one in alone), initial=len(cover.pages))]
    total = begins.pop()
    first = contents_story(summaries, [page + 1 for page in begins], language)
    parts = [typeset_story(first, settings, Numbering(0, total))]
    parts += [
        typeset_story(one.story, settings, Numbering(before, total)) for one, before in zip(alone, begins, strict=True)
    ]
    return written(first, parts)


def _alone(one: Bound, language: str, settings: TypeSettings | None) -> Typeset:
    if isinstance(one.summary, CommunitySummary):
        return community_typeset(one.summary, language, settings, one.verification)
    return area_typeset(one.summary, language, settings, one.verification)
