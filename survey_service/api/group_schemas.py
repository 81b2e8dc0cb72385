"""What a release says of the groups of its city, for programs."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, Any

from pydantic import Field

from survey_service.api.shapes import Shape


class GroupContrastOut(Shape):
    variable: str
    by: Annotated[str, Field(description="Kind of group: age, sex, mode, or question:<id>.")]
    group: str
    verdict: Annotated[str, Field(description="higher, lower or no_detectable_difference, than everybody else.")]
    difference: Annotated[float, Field(description="The group less everybody else.")]
    low: float
    high: float
    digits: int | None = None


class GroupsTogetherOut(Shape):
    variable: str
    by: str
    p_value: Annotated[float, Field(description="That all groups of the kind are alike, to three decimals.")]


class GroupsOut(Shape):
    contrasts: list[GroupContrastOut]
    equalities: list[GroupsTogetherOut]


def groups(kept: Mapping[str, Any]) -> GroupsOut:
    """As a release keeps them: of the whole city, which whoever may read any of it may read, or of a street."""
    contrasts = []
    for one in kept["contrasts"]:
        by, group = one["domain"][-1]
        contrasts.append(
            GroupContrastOut(
                by=by,
                group=group,
                **{name: one[name] for name in GroupContrastOut.model_fields if name in one},
            )
        )
    return GroupsOut(contrasts=contrasts, equalities=[GroupsTogetherOut(**one) for one in kept["equalities"]])
