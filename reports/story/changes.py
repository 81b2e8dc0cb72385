"""What changed since the wave before and since the first: rows of the card; below, what could have been found."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from analysis.results import ChangeVerdict, PublishedChange
from questionnaires.text import Text
from reports.blocks import Block, Notes
from reports.content import Changes, Place, Trend
from reports.story.common import Measured
from reports.wording import changes as words
from reports.wording import verdicts
from reports.wording.phrases import say

_FOUND: Final = {ChangeVerdict.RISEN: "risen_by", ChangeVerdict.FALLEN: "fallen_by"}


def rows_of(changes: Changes | None, trend: Trend | None, each: Measured, place: Place) -> tuple[tuple[str, str], ...]:
    """比2026年第三季度: 升 3（1–6）; and since the first wave that is comparable, where that is another. No row where
    either wave does not show the figure."""
    told: list[tuple[Text, PublishedChange]] = []
    if changes is not None and (found := changes.of(place.domain, each.indicator.id)) is not None:
        told.append((changes.since, found))
    if trend is not None and (over := trend.of(place.domain, each.indicator.id)) and over.since_first is not None:
        told.append((trend.waves[over.first], over.since_first))
    return tuple(
        (
            say(each.language, "since", wave=words.label(wave, each.language)),
            words.short(one, each.figures, each.language),
        )
        for wave, one in told
    )


def sentence(changes: Changes | None, own: Sequence[Measured], place: Place, language: str) -> tuple[str, ...]:
    """What changed: only changes that were found are named; the others are counted, and so is what is not compared."""
    if changes is None:
        return ()
    found, unchanged = [], 0
    for each in own:
        one = changes.of(place.domain, each.indicator.id)
        if one is not None and one.difference is not None and one.verdict in _FOUND:
            by = words.amount(abs(one.difference), one, each.figures, language)
            found.append(say(language, _FOUND[one.verdict], name=verdicts.in_sentence(each.name, language), by=by))
        elif one is not None and one.verdict is ChangeVerdict.NO_DETECTABLE_CHANGE:
            unchanged += 1
    compared = len(found) + unchanged
    if not compared:
        return ()
    parts = list(found)
    if unchanged:
        parts.append(say(language, "rest_unchanged" if found else "all_unchanged", count=unchanged))
    if compared < len(own):
        parts.append(say(language, "uncompared", count=len(own) - compared))
    told = say(language, "comma" if language == "zh" else "semicolon").join(parts)
    return (say(language, "changed_since", wave=words.since(changes.since, language), parts=told),)


def detectable(changes: Changes | None, own: Sequence[Measured], place: Place, language: str) -> tuple[str, ...]:
    """No change found is a result: how large one would have been found, of the figures of which none was."""
    if changes is None:
        return ()
    parts = []
    for each in own:
        found = changes.of(place.domain, each.indicator.id)
        if found is None or found.verdict is not ChangeVerdict.NO_DETECTABLE_CHANGE or found.detectable is None:
            continue
        by = words.amount(found.detectable, found, each.figures, language)
        parts.append(say(language, "detectable", name=verdicts.in_sentence(each.name, language), by=by))
    return (say(language, "none_found", parts=say(language, "comma").join(parts)),) if parts else ()


def blocks(changes: Changes | None, own: Sequence[Measured], place: Place, language: str) -> list[Block]:
    """The same as small print."""
    lines = detectable(changes, own, place, language)
    return [Notes(lines)] if lines else []
