"""Every text of what is told, with what it stands in; and which of them say what is not known to be true."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import fields, is_dataclass
from enum import Enum

from reports.blocks import Axis, Story
from tests.spec.reports.recomputed.registry import CLAIMS, unproved
from tests.spec.reports.recomputed.sheet import Sheet, Where


def texts(value: object, inside: tuple[object, ...] = ()) -> Iterator[Where]:
    """Every text with what it stands in; not what an axis is marked with."""
    if isinstance(value, str):
        if not isinstance(value, Enum):
            yield Where(inside, value)
    elif isinstance(value, tuple):
        for one in value:
            yield from texts(one, inside)
    elif is_dataclass(value) and not isinstance(value, Axis):
        for each in fields(value):
            yield from texts(getattr(value, each.name), (*inside, value))


def texts_of(story: Story) -> list[Where]:
    return list(texts((story.blocks, story.title, story.page_note, story.running_head, story.running_title)))


def false_claims(sheet: Sheet, every: Iterable[Where], seen: Counter[str]) -> list[tuple[str, str]]:
    """Texts with what is left of them that claims something and is not known to be true."""
    found = []
    for where in every:
        left = unproved(where.text, where, sheet, seen)
        if CLAIMS[sheet.language].search(left):
            found.append((where.text, left))
    return found
