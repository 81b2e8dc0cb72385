"""The shapes of what a release tells of the waves before it."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field

from survey_service.api.shapes import Shape


class ChangeOut(Shape):
    """What was published of the change of one figure since an earlier wave of the survey."""

    since: Annotated[str, Field(description="Number of the release it is from.")]
    area: Annotated[str, Field(description="Code of the area.")]
    level: Literal["community", "street", "city"]
    group: Annotated[dict[str, str], Field(description="As of a row.", default_factory=dict)]
    variable: str
    verdict: Annotated[
        str, Field(description="risen, fallen, no_detectable_change, or not_comparable: then there are reasons.")
    ]
    difference: float | None = None
    low: float | None = None
    high: float | None = None
    detectable: Annotated[
        float | None, Field(description="The change that would have been found with a probability of 80 %.")
    ] = None
    digits: int | None = None
    reasons: Annotated[list[str], Field(default_factory=list)]


class TrendOut(Shape):
    """Which released waves may stand in a row with this one. Their figures stand in their own releases."""

    releases: Annotated[list[str], Field(description="Numbers, the oldest first; at most eleven.")]
    breaks: Annotated[
        dict[str, dict[str, list[str]]],
        Field(
            description="By indicator: releases that are not compared with those before them, and why. This one stands "
            "under its own number."
        ),
    ]
