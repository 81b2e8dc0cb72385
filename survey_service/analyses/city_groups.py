"""The groups of the city and of its streets as their sheets and the statistician's page take them."""

from __future__ import annotations

from collections.abc import Iterable

from analysis.engine.groups import GroupTable
from analysis.engine.street_groups import StreetGroups
from reports.content import GroupOfCity, Groups
from survey_service.analyses.group_words import group_name, kind_name
from survey_service.analyses.service import WaveEstimates


def groups_of_city(estimates: WaveEstimates) -> Groups | None:
    """Every group of the city that has figures, in the order of the plan; None where it names none."""
    found = _named(estimates, estimates.analysis.groups.values())
    return Groups(groups=found, told=estimates.groups) if found else None


def groups_of_street(estimates: WaveEstimates, street: str) -> Groups | None:
    """The same of one street; None where nothing of it may be told beside the figures."""
    told = estimates.street_groups.get(street)
    if told is None:
        return None
    return Groups(groups=_named(estimates, estimates.analysis.street_groups[street]), told=told)


def _named(estimates: WaveEstimates, tables: Iterable[GroupTable | StreetGroups]) -> tuple[GroupOfCity, ...]:
    questionnaire = estimates.cases.questionnaire
    return tuple(
        GroupOfCity(
            kind=kind_name(table.by, questionnaire),
            name=group_name(table.by, label, questionnaire),
            domain=table.domain(column),
        )
        for table in tables
        for column, label in enumerate(table.labels)
    )
