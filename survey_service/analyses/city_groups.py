"""The groups of the city as its sheet and the statistician's page take them."""

from __future__ import annotations

from reports.content import GroupOfCity, Groups
from survey_service.analyses.group_words import group_name, kind_name
from survey_service.analyses.service import WaveEstimates


def groups_of_city(estimates: WaveEstimates) -> Groups | None:
    """Every group of the city that has figures, in the order of the plan; None where it names none."""
    questionnaire = estimates.cases.questionnaire
    found = tuple(
        GroupOfCity(
            kind=kind_name(by, questionnaire),
            name=group_name(by, label, questionnaire),
            domain=table.domain(column),
        )
        for by, table in estimates.analysis.groups.items()
        for column, label in enumerate(table.labels)
    )
    return Groups(groups=found, told=estimates.groups) if found else None
