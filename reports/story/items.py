"""Items of an area, the worst first: only those that may stand in an order do, the others follow as they were asked."""

from __future__ import annotations

from collections.abc import Sequence

from questionnaires.indicators import Indicator
from reports.content import AreaSummary, CommunitySummary
from reports.story import common
from reports.story.common import Measured
from reports.wording import facts, tiers, verdicts
from reports.wording.figures import Unit
from reports.wording.phrases import say


def item_groups(summary: CommunitySummary | AreaSummary, language: str) -> list[list[Measured]]:
    """Indicators that belong together and are measured alike, worst first; those that stand in no order last, as in the
    questionnaire. Of two units, or where a high figure is good here and bad there, none is lower than another."""
    by_group: dict[str, list[Indicator]] = {}
    for indicator in summary.indicators:
        if indicator.group is not None and not indicator.headline:
            by_group.setdefault(indicator.group, []).append(indicator)
    return [
        sorted(part, key=worst_first)
        for group in by_group.values()
        for part in alike(common.measured(summary.table, summary.place, group, language))
    ]


def alike(group: Sequence[Measured]) -> list[list[Measured]]:
    """Those of one unit, scale and direction, in order."""
    return [
        some
        for part in common.split_by_unit(group).values()
        for some in (
            [each for each in part if not ascending_is_bad(each)],
            [each for each in part if ascending_is_bad(each)],
        )
        if some
    ]


def meaning(group: Sequence[Measured], language: str) -> str:
    """What their figures are shares of, in the words of their definitions; "" where these are of several kinds."""
    if any(each.figures.unit is not Unit.PERCENT for each in group):
        return ""
    told = facts.meaning_of_all([each.indicator.definition.in_language(language) for each in group], language)
    return verdicts.in_sentence(told, language)


def unit_of(group: Sequence[Measured], language: str, *, told: Sequence[Measured] = ()) -> str:
    """The unit of a table of items with what it means, unless it stands above a table of ``told`` already."""
    unit, means = verdicts.unit_word(group[0].figures.unit, language), meaning(group, language)
    if not means or (told and means == meaning(told, language)):
        return say(language, "unit", unit=unit)
    return say(language, "unit_means", unit=unit, meaning=means)


def worst_first(each: Measured) -> tuple[bool, float]:
    cell = each.cell
    if not tiers.comparable(cell) or cell.value is None:
        return (True, 0.0)
    return (False, -cell.value if ascending_is_bad(each) else cell.value)


def ascending_is_bad(each: Measured) -> bool:
    """True where a high figure is the bad one: a target that says at most."""
    return each.indicator.target is not None and each.indicator.target.sense == "at_most"


def same_figure(one: Measured, other: Measured) -> bool:
    """As they are printed; or both all or none, of which the printed limits go by how many were asked."""
    printed = (common.value_words(each.cell, each.figures) for each in (one, other))
    return one.cell.value == other.cell.value or len(set(printed)) == 1


def any_coarse(group: Sequence[Measured]) -> bool:
    """Whether some figure is shown, but too uncertain, or told by an end only, to stand in an order."""
    return any(each.cell.suppression is None and not tiers.comparable(each.cell) for each in group)
