"""The statistician's tables of groups: figures of the city by age, sex and what else the plan asks for, as they may be
published, each against everybody else, and whether the groups of a kind differ at all."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from itertools import groupby

from analysis.results import Domain, PublishableCell, PublishedContrast
from questionnaires.indicators import Indicator
from questionnaires.text import Text
from reports.content import GroupOfCity, Groups
from reports.story import groups as group_story
from reports.wording import figures as column
from reports.wording import groups as group_phrases
from reports.wording import tiers
from survey_service.analyses.city_groups import groups_of_city, groups_of_street
from survey_service.analyses.reviewed import GroupFigures, GroupLine
from survey_service.analyses.service import WaveEstimates

Why = Callable[[Domain, PublishableCell], Text | None]
"""Why a cell is hidden, in words; None where it is shown."""


def group_figures(
    estimates: WaveEstimates, variable: str, written: column.Figures, sizes: Mapping[Domain, int], why: Why
) -> tuple[GroupFigures, ...]:
    """One table a kind of group. ``sizes``: respondents by domain."""
    groups = groups_of_city(estimates)
    if groups is None:
        return ()
    rows = {row.domain: row for row in estimates.table.rows}
    found = []
    for kind, inside in groupby(groups.groups, key=lambda one: one.kind):
        shown = [one for one in inside if one.domain in rows]  # the gate leaves out a kind that it cannot protect
        if not shown:
            continue
        found.append(
            GroupFigures(
                kind=kind,
                lines=tuple(
                    _line(estimates, one, rows[one.domain].cell(variable), written, sizes, why) for one in shown
                ),
                together=_together(estimates, shown[0].domain[0][0], variable),
            )
        )
    return tuple(found)


def _line(
    estimates: WaveEstimates,
    group: GroupOfCity,
    cell: PublishableCell,
    written: column.Figures,
    sizes: Mapping[Domain, int],
    why: Why,
) -> GroupLine:
    told = cell.suppression is None
    return GroupLine(
        name=group.name,
        sample_size=sizes.get(group.domain, 0),
        value=(tiers.coded(cell, written) or written.value(cell)) if told else "",
        interval=column.joined(*written.interval(cell)) if told else "",
        unreliable=cell.unreliable or tiers.coarse(cell),
        hidden=why(group.domain, cell),
        apart=_apart(estimates.groups.of(group.domain, cell.variable), written),
    )


def _apart(contrast: PublishedContrast | None, written: column.Figures) -> Text | None:
    if contrast is None:
        return None
    return Text(group_phrases.short(contrast, written, "zh"), group_phrases.short(contrast, written, "en"))


def _together(estimates: WaveEstimates, by: str, variable: str) -> Text | None:
    p_value = estimates.groups.p_value(by, variable)
    if p_value is None:
        return None
    level = estimates.table.level
    return Text(group_phrases.together(p_value, level, "zh"), group_phrases.together(p_value, level, "en"))


def street_sentences(
    estimates: WaveEstimates, indicator: Indicator, written: column.Figures
) -> tuple[tuple[Text, tuple[Text, ...]], ...]:
    """Of every street of which anything may be told, what its sheet says of its groups."""
    found = []
    for street, _ in estimates.cases.streets:
        groups = groups_of_street(estimates, street.code)
        lines = () if groups is None else _of_street(groups, indicator, written, estimates.table.level)
        if lines:
            found.append((Text(street.name_zh, street.name_en), lines))
    return tuple(found)


def _of_street(groups: Groups, indicator: Indicator, written: column.Figures, level: float) -> tuple[Text, ...]:
    zh, en = (
        group_story.of_rate(groups, (indicator.id, indicator.name.in_language(language)), written, level, language)
        for language in ("zh", "en")
    )
    return tuple(Text(*both) for both in zip(zh, en, strict=True))
