"""The map at the door names every room, and nothing that is not there."""

from __future__ import annotations

import re
from pathlib import Path

ROOT = Path(__file__).parents[2]
MAP = (ROOT / "docs" / "architecture.md").read_text(encoding="utf-8")
PACKAGES = ("questionnaires", "analysis", "reports", "survey_service")


def named() -> set[str]:
    """What stands in backquotes and looks like a place."""
    return {one for one in re.findall(r"`([\w./*-]+)`", MAP) if one.endswith(("/", ".py", ".md", ".po"))}


def test_every_room_is_on_the_map() -> None:
    rooms = {path.parent.name for path in (ROOT / "survey_service").glob("*/__init__.py")}
    modules = {path.name for path in (ROOT / "survey_service").glob("*.py")} - {"__init__.py"}
    assert {f"{room}/" for room in rooms} - named() == set()
    assert modules - named() == set()
    assert {f"tests/{path.parent.name}/" for path in (ROOT / "tests").glob("*/__init__.py")} - named() == set()


def test_what_is_on_the_map_is_there() -> None:
    """A path from the top or from a package; a bare name of a module anywhere in one."""
    places = [ROOT, *(ROOT / package for package in PACKAGES)]
    files = {path.name for package in PACKAGES for path in (ROOT / package).rglob("*.py")}

    def there(one: str) -> bool:
        return one in files or any((place / one).exists() or any(place.glob(one)) for place in places)

    assert {one for one in named() - {"*_work.py", "*_pages.py"} if not there(one)} == set()


def test_the_four_packages_of_the_flow_are_those_that_exist() -> None:
    flow = re.findall(r"^(\w+) +[A-Z]{3,}", MAP, flags=re.MULTILINE)
    assert sorted(flow) == sorted(PACKAGES)
