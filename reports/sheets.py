"""A PDF whose marks are placed from the page's own corner: forms, posters, letters. Reports have a frame instead."""

from __future__ import annotations

import io
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

import segno

from reports import style
from reports.embedding import EmbeddedFont
from reports.fonts import Typeface, TypeSettings, Weight, typeface
from reports.layout.setting import Setter
from reports.marks import Mark
from reports.pdf import Information, PlainCanvas, number, operators
from reports.typesetting.composer import Composer
from reports.wording.facts import LANGUAGE_TAGS, PRODUCER


@dataclass(slots=True, kw_only=True)
class Sheet:
    """A PDF being made, without a date of its own: the same input gives the same bytes."""

    face: Typeface
    language: str
    size: tuple[float, float]  # of a page, pt
    file: io.BytesIO = field(default_factory=io.BytesIO)
    canvas: Any = field(init=False)
    fonts: dict[Weight, EmbeddedFont] = field(init=False)
    setter: Setter = field(init=False)

    def __post_init__(self) -> None:
        self.canvas = PlainCanvas(
            self.file,
            pagesize=self.size,
            pageCompression=1,
            invariant=1,
            pdfVersion=(1, 5),
            lang=LANGUAGE_TAGS[self.language],
        )
        self.fonts = {weight: EmbeddedFont(self.face, weight) for weight in Weight}
        self.setter = Setter(Composer(self.face), self.language)

    def describe(self, *, title: str, author: str, subject: str) -> None:
        canvas = self.canvas
        canvas.setTitle(title)
        canvas.setAuthor(author)
        canvas.setSubject(subject)
        canvas.setCreator(PRODUCER)
        canvas.setProducer(PRODUCER)
        canvas.setViewerPreference("DisplayDocTitle", "true")
        canvas._doc.info.__class__ = Information
        canvas._doc.info.dated = False

    def draw(self, marks: Sequence[Mark]) -> None:
        """The reports' margins are taken off, for ``operators`` adds them."""
        self.canvas._code.extend(
            operators(mark.moved(-style.MARGIN_SIDE, -style.MARGIN_TOP), self.fonts) for mark in marks
        )

    def draw_qr(self, payload: str, x: float, y: float, side: float, *, error: str = "q") -> None:
        """The code without its quiet zone, its top left corner at (x, y) from the top of an A4 page, in pt."""
        self.canvas._code.append(qr_operators(payload, x, y, side, error=error))

    def finish(self) -> bytes:
        for font in self.fonts.values():
            font.add_to(self.canvas._doc)
        self.canvas.save()
        self.face.save()
        return self.file.getvalue()


def open_sheet(language: str, settings: TypeSettings | None, *, size: tuple[float, float] | None = None) -> Sheet:
    """FontFault where a font file that the settings name cannot be used."""
    return Sheet(
        face=typeface(language, settings), language=language, size=size or (style.PAGE_WIDTH, style.PAGE_HEIGHT)
    )


def qr_operators(payload: str, x: float, y: float, side: float, *, error: str) -> str:
    """The code as one filled path: squares beside each other show no seams."""
    modules = segno.make_qr(payload, error=error, boost_error=False).matrix
    cell = side / len(modules)
    top = style.PAGE_HEIGHT - y
    path = []
    for row, cells in enumerate(modules):
        start = 0
        while start < len(cells):
            end = start
            while end < len(cells) and cells[end]:
                end += 1
            if end > start:
                left, bottom = x + start * cell, top - (row + 1) * cell
                path.append(f"{number(left)} {number(bottom)} {number((end - start) * cell)} {number(cell)} re")
            start = end + 1
    return f"0 0 0 rg {' '.join(path)} f"
