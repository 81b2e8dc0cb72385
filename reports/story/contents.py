"""The first page of several reports that are bound as one: of what release they are, and on which page each begins."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from reports.blocks import Cell, Column, ColumnKind, Masthead, Row, Story, Table
from reports.content import AreaSummary, CommunitySummary, SectorSummary
from reports.story.community import story_of
from reports.story.places import is_city
from reports.wording import facts
from reports.wording.phrases import say

Summary = CommunitySummary | AreaSummary


def contents_story(summaries: Sequence[Summary], pages: Sequence[int], language: str) -> Story:
    """``pages``: on which page of the whole each begins. The summaries are of one release."""
    first = summaries[0]
    imprint, city = first.imprint, first.city.name.in_language(language)
    title, wave = say(language, "set_title"), imprint.wave.in_language(language)
    masthead = Masthead(
        overline=imprint.survey.in_language(language),
        title=title,
        programme=f"{imprint.questionnaire.in_language(language)}　{wave}",
        meta=(
            city,
            say(language, "field_period", period=facts.period(imprint.field_start, imprint.field_end, language)),
        ),
        statutory=facts.statutory(imprint, language),
        colon=say(language, "colon"),
    )
    rows = tuple(
        Row((Cell(one.place.name.in_language(language)), Cell(kind(one, language)), Cell(str(page))))
        for one, page in zip(summaries, pages, strict=True)
    )
    contents = Table(
        title=say(language, "set_contents"),
        unit="",
        columns=(
            Column(say(language, "set_report"), share=2.0),
            Column(say(language, "set_kind"), share=1.0),
            Column(say(language, "set_page"), ColumnKind.FIGURE),
        ),
        rows=rows,
        pitch=5,
    )
    made = story_of(imprint, first.place, (masthead, contents), language, "")
    head = f"{city}　{wave}　{title}"
    return replace(
        made,
        title=f"{city} {wave} {title} {imprint.questionnaire.in_language(language)}",
        running_head=head,
        foot_left=head,
        keywords=(imprint.release_number,),
    )


def kind(one: Summary, language: str) -> str:
    if isinstance(one, CommunitySummary):
        return say(language, "community_report")
    if isinstance(one, SectorSummary):
        return say(language, "sector_report")
    return say(language, "city_report" if is_city(one) else "street_report")
