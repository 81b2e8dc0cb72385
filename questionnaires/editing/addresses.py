"""How an edit names what it changes: by the ids of the file, so that a name holds when something is moved.

``questionnaire``, ``section:ID``, ``question:ID``, ``option:QUESTION:CODE``, ``item:QUESTION:ITEM``, ``scale:ID``,
``choice:SCALE:CODE``, ``indicator:ID``, ``contradiction:ID``, ``rule:ID``,
``calculated:ID``.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, Final

from questionnaires.editing.document import CannotEdit, Way

LISTS: Final = {
    "indicator": "indicators",
    "calculated": "calculated",
    "contradiction": "contradictions",
    "rule": "rules",
}
"""Lists beside the sections, by what their items are called in an address."""


class Unknown(CannotEdit):
    """Nothing in the draft has this name."""


def way_to(data: Any, at: str) -> Way:
    """Where ``at`` stands; Unknown where nothing has that name."""
    found = ways(data).get(at)
    if found is None:
        raise Unknown(at)
    return found


def ways(data: Any) -> dict[str, Way]:
    """Every name of a draft, in the order of its text. Of two with one name the first counts."""
    found: dict[str, Way] = {}
    for at, way in _named(data):
        found.setdefault(at, way)
    return found


def _named(data: Any) -> Iterator[tuple[str, Way]]:
    yield "questionnaire", ()
    for name, scale in _fields(data, "scales").items():
        yield f"scale:{name}", ("scales", name)
        for number, option in _items(scale, "options"):
            yield f"choice:{name}:{option.get('code')}", ("scales", name, "options", number)
    for row, section in _items(data, "sections"):
        yield f"section:{section.get('id')}", ("sections", row)
        for column, question in _items(section, "questions"):
            way: Way = ("sections", row, "questions", column)
            yield f"question:{question.get('id')}", way
            for number, option in _items(question, "options"):
                yield f"option:{question.get('id')}:{option.get('code')}", (*way, "options", number)
            for number, item in _items(question, "items"):
                yield f"item:{question.get('id')}:{item.get('id')}", (*way, "items", number)
    for kind, name in LISTS.items():
        for number, one in _items(data, name):
            yield f"{kind}:{one.get('id')}", (name, number)


def _fields(data: Any, name: str) -> dict[str, Any]:
    found = data.get(name) if isinstance(data, dict) else None
    return found if isinstance(found, dict) else {}


def _items(data: Any, name: str) -> Iterator[tuple[int, dict[str, Any]]]:
    found = data.get(name) if isinstance(data, dict) else None
    if isinstance(found, list):
        yield from ((number, one) for number, one in enumerate(found) if isinstance(one, dict))


def nearest(data: Any, way: Way) -> tuple[str, Way]:
    """The innermost named thing that ``way`` lies in, and the rest of the way from there."""
    best: tuple[str, Way] = ("questionnaire", ())
    for at, one in ways(data).items():
        if way[: len(one)] == one and len(one) >= len(best[1]):
            best = (at, one)
    return best[0], way[len(best[1]) :]


def nameless(data: Any) -> list[str]:
    """Why a file cannot be edited by names: what has none, and names that stand twice. In words of this file."""
    seen: set[str] = set()
    found = []
    for at, _ in _named(data):
        if at in seen or at.endswith((":None", ":")):
            found.append(at)
        seen.add(at)
    return found
