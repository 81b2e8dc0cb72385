"""What a release says of the survey's indices over its waves, for programs."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from typing import Annotated, Any, Literal

from pydantic import Field

from survey_service.api.published_changes import place
from survey_service.api.shapes import Shape


class IndexPartOut(Shape):
    wave: str
    indicator: str
    weight: Annotated[float, Field(description="Of 1.")]


class IndexFigureOut(Shape):
    area: str
    level: Literal["community", "street", "city"]
    value: Annotated[str, Field(description="Of 100 points, as printed; empty where a part is hidden.")]
    interval: str


class IndexOut(Shape):
    key: str
    name: Annotated[dict[str, str], Field(description="zh and en.")]
    source: Annotated[str, Field(description="Where the weights come from.")]
    parts: list[IndexPartOut]
    releases: Annotated[dict[str, str | None], Field(description="By wave the release that was taken; null: this one.")]
    errors_added: Annotated[
        bool, Field(description="Waves share units of their samples: errors were added, the interval is the widest.")
    ]
    figures: Annotated[list[IndexFigureOut], Field(description="Of your areas and those above them.")]


def indices(kept: Sequence[Mapping[str, Any]], codes: Collection[str], city: str) -> list[IndexOut]:
    """As a release keeps them; ``codes``: areas that may be told."""
    return [
        IndexOut(
            key=one["index"]["key"],
            name=one["index"]["name"],
            source=one["index"]["source"],
            parts=[IndexPartOut(**part) for part in one["index"]["parts"]],
            releases={wave: None if found is None else found["number"] for wave, found in one["releases"].items()},
            errors_added=one["errors_added"],
            figures=[figure for figure in map(_figure(city), one["figures"]) if figure.area in codes],
        )
        for one in kept
    ]


def _figure(city: str) -> Any:
    def made(one: Mapping[str, Any]) -> IndexFigureOut:
        level, code, _ = place(one["domain"], city)
        return IndexFigureOut(area=code, level=level, value=one["value"], interval=one["interval"])

    return made
