"""Every route with every parameter that it reads: what the tests of whole classes of holes walk along."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from fastapi.dependencies.models import Dependant
from fastapi.routing import RouteContext

from tests.security.test_routes import PUBLIC, filled, signatures
from tests.service.world import World

TEMPLATES = Path(__file__).parents[2] / "survey_service" / "web" / "templates"
UNSEEN = {"csrf"}  # not a value of anybody's: without it nothing is read at all


@dataclass(frozen=True, slots=True)
class Stop:
    """One route of the walk."""

    method: str
    path: str
    route: RouteContext

    @property
    def public(self) -> bool:
        return (self.method, self.path) in PUBLIC

    @property
    def in_path(self) -> list[str]:
        return re.findall(r"\{(\w+)\}", self.path)

    @property
    def in_query(self) -> list[str]:
        return read(self.route.dependant, "query_params")

    @property
    def in_body(self) -> list[str]:
        """Named fields; a route that reads its form by itself is sent every field that some page of ours has."""
        return sorted({*read(self.route.dependant, "body_params"), *fields_of_pages()} - UNSEEN)

    def address(self, world: World, **instead: str) -> str:
        """The address of a record of the small city; ``instead`` stands in the place of some of its parts."""
        path = self.path
        for name, value in instead.items():
            path = path.replace(f"{{{name}}}", value)
        return filled(path, world) if "{" in path else path


def read(dependant: Dependant, what: str) -> list[str]:
    """Names of what a route reads, by itself or by what it depends on."""
    own = [one.alias for one in getattr(dependant, what)]
    return [*own, *(name for inner in dependant.dependencies for name in read(inner, what))]


@cache
def fields_of_pages() -> frozenset[str]:
    """Names of boxes in the pages of the staff and of residents."""
    pages = "".join(path.read_text(encoding="utf-8") for path in sorted(TEMPLATES.rglob("*.html")))
    return frozenset(re.findall(r'name="([A-Za-z_]\w*)"', pages))


def stops() -> Iterator[Stop]:
    for method, path, route in signatures():
        yield Stop(method, path, route)
