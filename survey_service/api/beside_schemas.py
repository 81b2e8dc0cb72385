"""What a release says of the whole city beside its figures, for programs."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field

from survey_service.api.shapes import Shape


class ModeFigureOut(Shape):
    mode: str
    sample_size: int
    value: float
    difference: Annotated[float | None, Field(description="Less the first mode's; null in that one.")] = None
    low: float | None = None
    high: float | None = None


class ModeEffectOut(Shape):
    variable: str
    digits: Annotated[int | None, Field(description="Decimals of the per cent, or of the point.")]
    figures: Annotated[list[ModeFigureOut], Field(description="The mode with most respondents first.")]


class DriverOut(Shape):
    variable: str
    share: Annotated[float, Field(description="Of the rate's variance, 0..1; the items' shares add up to explained.")]
    low: float
    high: float
    performance: Annotated[float, Field(description="The item's own figure of the city.")]
    priority: Annotated[
        Literal["mend_first", "keep", "watch", "enough"] | None,
        Field(description="Null where the share cannot be told from the mean of all, or all explain too little."),
    ] = None


class DriversOut(Shape):
    """An association within people, no cause."""

    outcome: str
    explained: Annotated[float, Field(description="R squared of all items together, 0..1.")]
    low: float
    high: float
    respondents: Annotated[int, Field(description="Who answered all of it; no others are used.")]
    judged: Annotated[int, Field(description="Who are in the base of the rate.")]
    items: list[DriverOut]
    left_out: list[str]


class SensitivityValueOut(Shape):
    variable: str
    value: float
    difference: Annotated[float, Field(description="Less the published figure.")]


class SensitivityOut(Shape):
    kind: Annotated[str, Field(examples=["unweighted"])]
    left_out: Annotated[int, Field(description="Respondents who do not count in it.")]
    values: list[SensitivityValueOut]


class OpenShareOut(Shape):
    variable: str
    answers: int
    value: Annotated[float, Field(description="Unweighted. No sample: there is no error, and nothing is judged by it.")]


class BesideOut(Shape):
    modes: Annotated[
        list[ModeEffectOut], Field(description="Headlines by the mode asked first, only where it was dealt by lot.")
    ]
    drivers: DriversOut | None
    sensitivities: Annotated[list[SensitivityOut], Field(description="Headlines computed otherwise.")]
    open_answers: Annotated[int, Field(description="Answers outside the sample, counted beside.")]
    open_shares: list[OpenShareOut]
