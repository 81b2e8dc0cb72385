"""Where a sector stands among the others, what changed of it; and on the city's sheet how many reached their target."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from analysis.comparisons import PublishedItems
from analysis.results import ChangeVerdict, Verdict
from questionnaires.sectors import sectors_of
from reports.blocks import Block, Prose
from reports.content import AreaSummary, SectorSummary
from reports.story import changes, common
from reports.story.common import Measured
from reports.wording import changes as change_words
from reports.wording import verdicts
from reports.wording.comparisons import quoted
from reports.wording.phrases import say

NAMED_MOST: Final = 8
MOVED: Final = (ChangeVerdict.RISEN, ChangeVerdict.FALLEN)


def among(summary: SectorSummary, each: Measured, language: str) -> Prose:
    """Of the sectors of its kind: which end it can be told from."""
    title = say(language, "sector_among")
    found = (
        None if summary.comparisons is None else summary.comparisons.items_of(summary.place.domain, each.indicator.id)
    )
    if found is None:
        return Prose(title, (say(language, "sector_not_among", name=named(each.name, language)),))
    names = {one.id: one.name.in_language(language) for one in summary.among}
    paragraphs = [standing(found, each.indicator.id, names, language)]
    if found.untold:
        paragraphs.append(say(language, "sector_left_out", count=found.untold))
    error = f"{(1 - summary.table.level) * 100:g}"
    return Prose(title, (*paragraphs, say(language, "sector_how", error=error)))


def standing(found: PublishedItems, own: str, names: dict[str, str], language: str) -> str:
    """A sentence, and where some cannot be told apart at one end which those are."""
    low, high = found.with_lowest, found.with_highest
    told = {
        "count": len(found.items),
        "name": named(names[own], language),
        "low": named(names[low[0]], language),
        "high": named(names[high[0]], language),
    }
    if low == (own,) or high == (own,):
        return say(language, "sector_lowest" if low == (own,) else "sector_highest", **_only(told, "count", "name"))
    if own in low and own in high:
        return say(language, "sector_anywhere", **_only(told, "count", "name"))
    if own not in low and own not in high:
        return say(language, "sector_between", **told)
    some, end = (low, told["high"]) if own in low else (high, told["low"])
    phrase = "sector_with_lowest" if own in low else "sector_with_highest"
    sentence = say(language, phrase, some=len(some), end=end, **_only(told, "count", "name"))
    if len(some) > NAMED_MOST:
        return sentence
    these = say(language, "sector_these", some=len(some), names=listed([names[one] for one in some], language))
    return f"{sentence}{'' if language == 'zh' else ' '}{these}"


def listed(names: Sequence[str], language: str) -> str:
    """中小学、幼儿园 is one of them."""
    return verdicts.names_joined([quoted(name, language) for name in names], language)


def _only(told: dict[str, object], *keys: str) -> dict[str, object]:
    return {key: told[key] for key in keys}


def named(name: str, language: str) -> str:
    """As it stands inside a sentence; the Chinese phrases quote it themselves."""
    return verdicts.in_sentence(name, language)


def changed(summary: SectorSummary, own: Sequence[Measured], language: str) -> tuple[str, ...]:
    """What changed since the wave before; that no change was found; or why nothing is compared."""
    found = summary.changes
    if found is None:
        return (say(language, "sector_no_wave"),)
    told = [one for each in own if (one := found.of(summary.place.domain, each.indicator.id)) is not None]
    if any(one.verdict in MOVED for one in told):
        return changes.sentence(found, own, summary.place, language)
    wave = change_words.since(found.since, language)
    unchanged = any(one.verdict is ChangeVerdict.NO_DETECTABLE_CHANGE for one in told)
    return (say(language, "sector_unchanged" if unchanged else "sector_no_change", wave=wave),)


def counted(summary: AreaSummary, language: str, *, judged: bool) -> list[Block]:
    """On the sheet of the city: how many sectors with a target got which verdict, and which missed it. ``judged``: the
    headlines have targets too, so that the sheet says elsewhere what a verdict is."""
    every = [one for sector in sectors_of(summary.indicators) for one in sector.indicators[:1]]
    with_target = [one for one in every if one.target is not None]
    own = common.measured(summary.table, summary.place, with_target, language)
    given = [verdicts.shown_verdict(each.cell) for each in own]
    response = common.response_of(summary.samples.get(summary.place.code), summary.caution)
    if not own or response.very_low:
        return []
    parts = say(language, "comma").join(
        say(language, "counted", word=verdicts.verdict_word(one, language), count=given.count(one))
        for one in verdicts.ORDER
        if given.count(one)
    )
    said = [say(language, "sectors_counted", count=len(own), parts=parts)]
    missed = [each.name for each in own if verdicts.shown_verdict(each.cell) is Verdict.NOT_REACHED]
    if missed:
        said.append(say(language, "sectors_missed", names=listed(missed, language)))
    if not judged:
        said += common.reading(summary.table, language, judged=True)
    return [Prose(say(language, "sectors_title"), tuple(said))]
