"""Groups of the city or of a street against everybody else: a sentence for each rate and kind of group."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import groupby

from reports.content import Groups
from reports.story.common import Measured
from reports.wording import groups as words
from reports.wording.figures import Figures


def sentences(groups: Groups | None, own: Sequence[Measured], level: float, language: str) -> list[str]:
    """Nothing of a kind of which a group is hidden or coded: then no test of all of them is published."""
    if groups is None:
        return []
    notes = [
        line for each in own for line in of_rate(groups, (each.indicator.id, each.name), each.figures, level, language)
    ]
    return [*notes, words.how(level, language)] if notes else []


def of_rate(groups: Groups, of: tuple[str, str], figures: Figures, level: float, language: str) -> list[str]:
    """Of one rate, a line for each kind of group that is told. ``of``: its id and name."""
    variable, name = of
    notes = []
    for _, some in groupby(groups.groups, key=lambda one: one.domain[-1][0]):
        inside = list(some)
        p_value = groups.told.p_value(inside[0].domain[-1][0], variable)
        if p_value is None:
            continue
        told = [
            (one.name.in_language(language), found)
            for one in inside
            if (found := groups.told.of(one.domain, variable)) is not None
        ]
        kind = inside[0].kind.in_language(language)
        notes.append(words.sentence((name, kind), told, (p_value, level), figures, language))
    return notes
