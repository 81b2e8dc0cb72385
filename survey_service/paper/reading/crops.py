"""Pictures of single fields, for the person who looks: upright, with every label and code that belongs to the field."""

from __future__ import annotations

import io
from itertools import pairwise
from typing import Any, Final

from reports.paper_form.geometry import Box, Entry
from survey_service.paper.reading.alignment import crop
from survey_service.paper.reading.images import Grey
from survey_service.paper.reading.ink import HEAD
from survey_service.paper.reading.page import PageReading

LEFT, RIGHT = 14.0, 196.0  # mm: a field has the page's whole width
ABOVE: Final = 3.0  # mm above and below the boxes: marks beside them
MARGIN: Final = 2.0  # mm around a field for handwriting
PIXELS_A_MM: Final = 5.0


def field_picture(image: Grey, page: PageReading, variable: str) -> bytes:
    """PNG of a closed field: its boxes with labels; a row of a matrix stands below the heads of its columns."""
    here = [box for box in page.edition.geometry.boxes if box.page == page.located.code.page]
    side = page.edition.geometry.box
    own = [box for box in here if box.variable == variable]
    top, bottom = min(box.y for box in own), max(box.y for box in own) + side
    parts = [_part(image, page, LEFT, top - ABOVE, RIGHT - LEFT, bottom - top + 2 * ABOVE)]
    first = _first_row(here, variable, top)
    if first is not None:
        parts.insert(0, _part(image, page, LEFT, first - HEAD, RIGHT - LEFT, HEAD - ABOVE / 2))
    return png(parts)


def entry_picture(image: Grey, page: PageReading, entry: Entry) -> bytes:
    """PNG of a field for handwriting."""
    width, height = entry.width + 2 * MARGIN, entry.height + 2 * MARGIN
    return png([_part(image, page, entry.x - MARGIN, entry.y - MARGIN, width, height)])


def _first_row(here: list[Box], variable: str, top: float) -> float | None:
    """Where the rows of the matrix begin below their heads; None for what is no row of a matrix."""
    question, _, item = variable.partition(".")
    if not item:
        return None
    rows = sorted({box.y for box in here if box.variable.partition(".")[0] == question and box.y <= top}, reverse=True)
    for row, above in pairwise(rows):
        if row - above > HEAD:
            return row
    return rows[-1]


def _part(image: Grey, page: PageReading, x: float, y: float, width: float, height: float) -> Any:
    right, down = page.flat.shift_at(x + width / 2, y + height / 2)
    return crop(image, page.located.matrix, x + right, y + down, width, height, PIXELS_A_MM)


def png(parts: list[Any]) -> bytes:
    """Pictures below each other as one."""
    from PIL import Image

    whole = Image.new("L", (max(part.width for part in parts), sum(part.height for part in parts)), 255)
    top = 0
    for part in parts:
        whole.paste(part, (0, top))
        top += part.height
    file = io.BytesIO()
    whole.save(file, "PNG", optimize=True)
    return file.getvalue()


def below_each_other(pictures: list[bytes]) -> bytes:
    """PNGs below each other as one: a field that was seen on several pictures."""
    from PIL import Image

    return png([Image.open(io.BytesIO(one)).convert("L") for one in pictures])
