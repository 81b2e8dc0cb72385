"""What a release says of figures held against each other, for programs."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import Annotated, Any, Literal, TypeVar

from pydantic import Field

from survey_service.api.shapes import Shape

Out = TypeVar("Out", bound=Shape)


class ItemsOut(Shape):
    area: str
    group: Annotated[str, Field(description="Of the questionnaire's items that the same people rated.")]
    items: Annotated[list[str], Field(description="Indicators, from the lowest printed figure on.")]
    with_lowest: Annotated[list[str], Field(description="The lowest, and all that cannot be told from it.")]
    with_highest: list[str]
    untold: Annotated[int, Field(description="Items that are hidden, coded or coarse, and take no part.")]


class DifferenceOut(Shape):
    variable: str
    area: str
    whole: Annotated[str, Field(description="The area that it is part of.")]
    difference: Annotated[float, Field(description="Of the two printed figures.")]
    low: float
    high: float
    side: Annotated[Literal[-1, 0, 1], Field(description="1: shown to be higher; -1: lower; 0: neither.")]
    digits: int | None = None


class RankedOut(Shape):
    area: str
    low: int
    high: int


class RanksOut(Shape):
    variable: str
    within: str
    kind: str
    level: float
    ranked: Annotated[int, Field(description="Areas that were held against each other.")]
    areas: Annotated[list[RankedOut], Field(description="Of yours: the ranks that each may have, 1 the best.")]
    pairs_told_apart: int


class ComparisonsOut(Shape):
    items: list[ItemsOut]
    differences: list[DifferenceOut]
    ranks: list[RanksOut]


def comparisons(kept: Mapping[str, Any], codes: Collection[str], city: str) -> ComparisonsOut:
    """Of the areas in ``codes``, as a release keeps them; sets of ranks of other areas are left out."""

    def area(domain: list[list[str]]) -> str:
        return domain[0][1] if domain else city

    differences = [{**one, "area": area(one["domain"]), "whole": area(one["whole"])} for one in kept["differences"]]
    ranks = [
        {
            **one,
            "within": area(one["within"]),
            "ranked": len(one["areas"]),
            "areas": [{**each, "area": area(each["domain"])} for each in one["areas"] if area(each["domain"]) in codes],
        }
        for one in kept["ranks"]
    ]
    items = [{**one, "area": area(one["domain"])} for one in kept["items"]]
    return ComparisonsOut(
        items=[_made(ItemsOut, one) for one in items if one["area"] in codes],
        differences=[_made(DifferenceOut, one) for one in differences if one["area"] in codes],
        ranks=[
            _made(RanksOut, {**one, "areas": [_made(RankedOut, each) for each in one["areas"]]})
            for one in ranks
            if one["areas"]
        ],
    )


def _made(shape: type[Out], values: Mapping[str, Any]) -> Out:
    """What the record keeps beside the shape's own fields is left out."""
    return shape.model_validate({name: values[name] for name in shape.model_fields if name in values})
