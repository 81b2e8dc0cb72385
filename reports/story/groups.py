"""Groups of the city against everybody else, on its sheet: a sentence for each rate and kind of group."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import groupby

from reports.content import Groups
from reports.story.common import Measured
from reports.wording import groups as words


def sentences(groups: Groups | None, own: Sequence[Measured], level: float, language: str) -> list[str]:
    """Nothing of a kind of which a group is hidden or coded: then no test of all of them is published."""
    if groups is None:
        return []
    kinds = [list(inside) for _, inside in groupby(groups.groups, key=lambda one: one.domain[0][0])]
    notes = []
    for each in own:
        for inside in kinds:
            p_value = groups.told.p_value(inside[0].domain[0][0], each.indicator.id)
            if p_value is None:
                continue
            told = [
                (one.name.in_language(language), found)
                for one in inside
                if (found := groups.told.of(one.domain, each.indicator.id)) is not None
            ]
            kind = inside[0].kind.in_language(language)
            notes.append(words.sentence((each.name, kind), told, (p_value, level), each.figures, language))
    return [*notes, words.how(level, language)] if notes else []
