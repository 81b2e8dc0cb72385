"""Posters (A4, or A3 from the same drawing) and letters (A4) as one PDF each, ready for the printer."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Final

from reports import style
from reports.fonts import TypeSettings
from reports.invitations.content import Letter, Occasion, Poster
from reports.invitations.letter import LETTER_QR, letter_marks
from reports.invitations.poster import POSTER_QR, poster_marks
from reports.sheets import Sheet, open_sheet

PAPERS: Final = {"a4": 1.0, "a3": 2**0.5}  # name -> scale of the drawing
Watch = Callable[[int, int], None]  # done, total


def posters_pdf(
    occasion: Occasion,
    posters: Sequence[Poster],
    *,
    paper: str = "a4",
    settings: TypeSettings | None = None,
    watch: Watch | None = None,
) -> bytes:
    """A page a community. ``paper`` is a key of ``PAPERS``."""
    scale = PAPERS[paper]
    sheet = _open(occasion, settings, scale)
    for done, poster in enumerate(posters):
        if watch is not None:
            watch(done, len(posters))
        if scale != 1:
            sheet.canvas.scale(scale, scale)
        sheet.draw(poster_marks(sheet.setter, occasion, poster))
        sheet.draw_qr(poster.address, *POSTER_QR, error="m")
        sheet.canvas.showPage()
    return sheet.finish()


def letters_pdf(
    occasion: Occasion,
    letters: Sequence[Letter],
    *,
    settings: TypeSettings | None = None,
    watch: Watch | None = None,
) -> bytes:
    """A page a household, to be folded twice: the address shows in the window of an envelope."""
    sheet = _open(occasion, settings, 1)
    for done, letter in enumerate(letters):
        if watch is not None:
            watch(done, len(letters))
        sheet.draw(letter_marks(sheet.setter, occasion, letter))
        sheet.draw_qr(letter.address, *LETTER_QR, error="m")
        sheet.canvas.showPage()
    return sheet.finish()


def _open(occasion: Occasion, settings: TypeSettings | None, scale: float) -> Sheet:
    size = (style.PAGE_WIDTH * scale, style.PAGE_HEIGHT * scale)
    sheet = open_sheet(occasion.language, settings, size=size)
    sheet.describe(
        title=occasion.title.in_language(occasion.language),
        author=occasion.header.issuing_body,
        subject=occasion.header.form_number,
    )
    return sheet
