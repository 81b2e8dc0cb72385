"""What changed since the wave before: a row of the card, and below the cards what could have been found."""

from __future__ import annotations

from collections.abc import Sequence

from analysis.results import ChangeVerdict
from reports.blocks import Block, Notes
from reports.content import Changes, Place
from reports.story.common import Measured
from reports.wording import changes as words
from reports.wording.phrases import say


def row_of(changes: Changes | None, each: Measured, place: Place) -> tuple[str, str] | None:
    """比2026年第三季度: 升 3（1–6）; None where either wave does not show the figure."""
    found = None if changes is None else changes.of(place.domain, each.indicator.id)
    if changes is None or found is None:
        return None
    label = say(each.language, "since", wave=changes.since.in_language(each.language))
    return label, words.short(found, each.figures, each.language)


def blocks(changes: Changes | None, own: Sequence[Measured], place: Place, language: str) -> list[Block]:
    """No change found is a result: how large one would have been found, of the figures of which none was."""
    if changes is None:
        return []
    parts = []
    for each in own:
        found = changes.of(place.domain, each.indicator.id)
        if found is None or found.verdict is not ChangeVerdict.NO_DETECTABLE_CHANGE or found.detectable is None:
            continue
        by = words.amount(found.detectable, found, each.figures, language)
        parts.append(say(language, "detectable", name=each.name, by=by))
    if not parts:
        return []
    return [Notes((say(language, "none_found", parts=say(language, "comma").join(parts)),))]
