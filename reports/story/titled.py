"""The head of a sheet: whose report it is, of which survey and wave, and who was asked."""

from __future__ import annotations

from reports.blocks import Masthead
from reports.content import AreaSummary, CommunitySummary, Sample
from reports.story import correction
from reports.wording import facts
from reports.wording.phrases import say


def masthead_of(
    summary: CommunitySummary | AreaSummary, sample: Sample | None, where: str, report: str, language: str
) -> Masthead:
    """``where``: the line below the programme; ``report``: the phrase of what kind of report it is."""
    imprint = summary.imprint
    meta = (
        where,
        say(language, "field_period", period=facts.period(imprint.field_start, imprint.field_end, language)),
        *facts.of_whom(summary.method, language),
        facts.meta(sample, language),
        *correction.in_short(imprint, language),
    )
    return Masthead(
        overline=f"{imprint.survey.in_language(language)}　{say(language, report)}",
        title=summary.place.name.in_language(language),
        programme=f"{imprint.questionnaire.in_language(language)}　{imprint.wave.in_language(language)}",
        meta=tuple(text for text in meta if text),
        statutory=facts.statutory(imprint, language),
        colon=say(language, "colon"),
    )
