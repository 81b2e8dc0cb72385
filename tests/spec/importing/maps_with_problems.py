"""For every kind of problem of a map of a city, a file that has it."""

from __future__ import annotations

import io
import json
from collections.abc import Mapping, Sequence
from typing import Any

from survey_service.areas import map_file
from survey_service.areas.map_file import Community
from survey_service.areas.map_words import InMap
from survey_service.outside.children import maps as child
from survey_service.outside.children.bounds import Output
from survey_service.outside.maps import OutlinedFeature, OutlinedMap, rings_of
from survey_service.tabular.problems import ProblemKind, problem
from tests.spec.importing.read_here import Meets, Problems

SQUARE = [[105.0, 36.0], [105.1, 36.0], [105.1, 36.1], [105.0, 36.1], [105.0, 36.0]]
KNOWN = [Community("990181001001", "万寿桥社区", "Wanshouqiao Community"), Community("990181001002", "文昌阁社区", "")]


def feature(rings: Any, kind: str = "Polygon", **properties: object) -> dict[str, object]:
    named = properties or {"code": "990181001001", "name": "Wanshouqiao"}
    return {"type": "Feature", "properties": named, "geometry": {"type": kind, "coordinates": rings}}


def collection(*features: object, **further: object) -> bytes:
    return json.dumps({"type": "FeatureCollection", "features": features, **further}).encode()


def outlined(content: bytes) -> OutlinedMap:
    """Read in this process: the child has tests of its own."""
    written = io.BytesIO()
    child.answer({}, io.BytesIO(content), Output(written, 10_000_000))
    first, *rest = [json.loads(line) for line in written.getvalue().splitlines()]
    if "problems" in first:
        return OutlinedMap(problems=[(one["code"], one["values"]) for one in first["problems"]])
    features = [OutlinedFeature(one["properties"], rings_of(one["rings"])) for one in rest]
    return OutlinedMap(width=first["size"][0], height=first["size"][1], features=features)


def read(content: bytes) -> Meets:
    def problems() -> Problems:
        return [problem(InMap[code.upper()], **values) for code, values in outlined(content).problems]

    return problems


def judged(*features: object, number: str = "") -> Meets:
    return lambda: map_file.judge(outlined(collection(*features)), KNOWN, "", number, "").problems


def moved(east: float, north: float) -> Sequence[Sequence[float]]:
    return [[x + east, y + north] for x, y in SQUARE]


IN_MAP: Mapping[ProblemKind, Meets] = {
    InMap.TOO_LARGE: read(b" " * (child.MOST_BYTES + 1)),
    InMap.NO_JSON: read(b'{"type":\n oops}'),
    InMap.NO_UTF8: read('{"type": "名"}'.encode("gb18030")),
    InMap.NO_FINITE: read(b'{"type": NaN}'),
    InMap.NO_COLLECTION: read(b'{"type": "Topology"}'),
    InMap.TOO_MANY: read(collection(*[{}] * (child.MOST_FEATURES + 1))),
    InMap.OTHER_SYSTEM: read(collection({}, crs={"type": "name", "properties": {"name": "EPSG:4547"}})),
    InMap.NO_FEATURE: read(collection({"type": "Polygon"})),
    InMap.NO_POLYGON: read(collection(feature(SQUARE, "LineString"))),
    InMap.NO_RINGS: read(collection(feature([]))),
    InMap.SHORT_RING: read(collection(feature([SQUARE[:3]]))),
    InMap.OPEN_RING: read(collection(feature([SQUARE[:4]]))),
    InMap.NO_POSITION: read(collection(feature([[["a", 36.0], *SQUARE]]))),
    InMap.SWAPPED: read(collection(feature([[[north, east] for east, north in SQUARE]]))),
    InMap.NO_DEGREES: read(collection(feature([[[390000.0, 4000000.0], *SQUARE]]))),
    InMap.ELSEWHERE: read(collection(feature([moved(-100, 10)]))),
    InMap.TOO_WIDE: read(collection(feature([SQUARE]), feature([moved(10, 0)]))),
    InMap.FLAT: read(collection(feature([[[105.0, 36.0], [105.1, 36.0], [105.2, 36.0], [105.0, 36.0]]]))),
    InMap.STOPPED: lambda: [problem(InMap.STOPPED)],
    InMap.NONE_MATCHED: judged(feature([SQUARE], name="elsewhere")),
    InMap.BAD_NUMBER: judged(feature([SQUARE]), number="12345"),
}
