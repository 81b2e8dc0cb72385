"""Where everything that is read back stands on a printed form: boxes, fields for handwriting, corner marks, QR code.

Millimetres from the top left corner of the page. The value is stored with what was printed, so that forms of an
earlier edition are read by the geometry they were drawn with; its hash stands in every QR code.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any, Final

FORMAT: Final = 2
FIRST_FORMAT: Final = 1
PAGE: Final = (210.0, 297.0)
BOX: Final = 3.8  # outer side of a box to tick
BOX_LINE: Final = 0.3
CLEAR: Final = 1.2  # around a box nothing else is printed
CORNER: Final = 5.0  # side of a corner mark
INSET: Final = 8.0  # of corner marks from the edges of the page
QR_AT: Final = (16.0, 8.0)
QR_SIDE: Final = 18.0
# Centres of the corner marks: top left, top right, bottom right, bottom left.
CORNERS: Final = tuple(
    (x, y)
    for x, y in (
        (INSET + CORNER / 2, INSET + CORNER / 2),
        (PAGE[0] - INSET - CORNER / 2, INSET + CORNER / 2),
        (PAGE[0] - INSET - CORNER / 2, PAGE[1] - INSET - CORNER / 2),
        (INSET + CORNER / 2, PAGE[1] - INSET - CORNER / 2),
    )
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Box:
    """One box to tick; ``x`` and ``y`` are its top left corner, its side is ``Geometry.box``."""

    page: int
    variable: str
    code: str
    x: float
    y: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """A field for handwriting: always read by a person."""

    page: int
    variable: str
    kind: str  # number, date, time, place, ranks, text
    x: float
    y: float
    width: float
    height: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Geometry:
    """What one edition of a form looks like to a reader."""

    definition_sha256: str  # of the questionnaire version; with the names of a wave in its texts, of both
    languages: str  # "zh", "en", "zh-en"
    pages: int
    boxes: tuple[Box, ...]
    entries: tuple[Entry, ...]
    box: float = BOX  # side of its boxes

    def to_json(self) -> dict[str, Any]:
        """Format 1 is what was always stored, and its hash stands on paper; format 2 adds the side of the boxes."""
        stored = {"format": FORMAT, **asdict(self)}
        if self.box == BOX:
            del stored["box"]
            return {**stored, "format": FIRST_FORMAT}
        return stored

    @property
    def sha256(self) -> str:
        # The hash stands on paper that was printed: not the canonical text, this one escapes what is not ASCII.
        text = json.dumps(self.to_json(), sort_keys=True, separators=(",", ":"))
        return hashlib.sha256(text.encode()).hexdigest()


def from_json(stored: Mapping[str, Any]) -> Geometry:
    """The value that ``to_json`` wrote; ValueError for another format."""
    if stored.get("format") not in (FIRST_FORMAT, FORMAT):
        raise ValueError(f"a form's geometry of format {stored.get('format')!r}; this version reads up to {FORMAT}")
    return Geometry(
        definition_sha256=stored["definition_sha256"],
        languages=stored["languages"],
        pages=stored["pages"],
        boxes=tuple(Box(**box) for box in stored["boxes"]),
        entries=tuple(Entry(**entry) for entry in stored["entries"]),
        box=stored.get("box", BOX),
    )
