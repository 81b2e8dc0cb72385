"""Maps that were handed in as GeoJSON, judged and made coarse by a child process."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from reports.content import Ring
from survey_service.outside.door import FORMS, Stopped, parsed


@dataclass(frozen=True, slots=True)
class OutlinedFeature:
    """One feature of the file: its properties as texts, its rings in the units of the map."""

    properties: Mapping[str, str]
    rings: tuple[Ring, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class OutlinedMap:
    """``problems``: codes with their values, and nothing else then; ``stopped``: why the child gave up, or ""."""

    width: int = 0
    height: int = 0
    features: Sequence[OutlinedFeature] = ()
    problems: Sequence[tuple[str, Mapping[str, Any]]] = ()
    stopped: str = ""


def read(content: bytes) -> OutlinedMap:
    try:
        with parsed("maps", content, FORMS, {}) as reply:
            first, *rest = reply.lines()
    except Stopped as stopped:
        return OutlinedMap(stopped=stopped.reason)
    if "problems" in first:
        return OutlinedMap(problems=[(one["code"], one["values"]) for one in first["problems"]])
    width, height = first["size"]
    features = [OutlinedFeature(one["properties"], rings_of(one["rings"])) for one in rest]
    return OutlinedMap(width=width, height=height, features=features)


def rings_of(plain: Sequence[Sequence[Sequence[int]]]) -> tuple[Ring, ...]:
    return tuple(tuple((x, y) for x, y in ring) for ring in plain)
