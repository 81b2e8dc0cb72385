"""How groups of respondents are called: the kinds that a plan may ask for, and the groups of each."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from analysis.plan import Group
from questionnaires.text import Text
from reports.content import GroupOfCity, Groups
from survey_service.analyses.service import WaveEstimates

KINDS: Final[Mapping[str, Text]] = {
    Group.AGE.value: Text("年龄", "Age"),
    Group.SEX.value: Text("性别", "Sex"),
}
_NAMES: Final[Mapping[tuple[str, str], Text]] = {
    (Group.SEX.value, "male"): Text("男", "Men"),
    (Group.SEX.value, "female"): Text("女", "Women"),
}


def group_name(by: str, label: str) -> Text:
    """Of an age group its years."""
    if by == Group.AGE.value:
        plus = label.removesuffix("+")
        return Text(f"{plus} 岁以上" if plus != label else f"{label.replace('-', '–')} 岁", label.replace("-", "–"))
    return _NAMES[by, label]


def groups_of_city(estimates: WaveEstimates) -> Groups | None:
    """Every group of the city that has figures, in the order of the plan; None where it names none."""
    found = tuple(
        GroupOfCity(kind=KINDS[by], name=group_name(by, label), domain=table.domain(column))
        for by, table in estimates.analysis.groups.items()
        for column, label in enumerate(table.labels)
    )
    return Groups(groups=found, told=estimates.groups) if found else None
