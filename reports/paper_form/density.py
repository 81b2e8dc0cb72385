"""How tightly a form is set: the roomiest that fits one sheet is taken; large print takes what it needs.

Type in pt, other measures in mm.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from reports import style
from reports.paper_form.geometry import BOX
from reports.style import Role

MM: Final = style.MILLIMETRE
SHEET: Final = 2  # pages: one sheet, both sides


@dataclass(frozen=True, slots=True, kw_only=True)
class Density:
    question: float  # type of the question, pt
    answer: float  # of options and rows
    note: float  # of hints and the notice
    option: float  # height of a line of options, mm
    row: float  # least height of a row of a matrix, mm
    line: float  # between lines for handwriting, mm
    gap: float  # least space between questions, mm
    leading: float = 1.42  # in sizes of type
    box: float = BOX  # side of a box to tick
    heads: float = 0.0  # of the heads of columns; as the notes where it is 0
    columns: float = 0.6  # most of a matrix's width that goes to its columns

    def role(self, size: float, *, bold: bool = False, colour: str = style.INK) -> Role:
        return Role(size, size * self.leading, bold, colour)


DENSITIES: Final = (
    Density(question=11.5, answer=10.5, note=9, option=7.4, row=7.6, line=9.5, gap=4.6),
    Density(question=11, answer=10, note=8.5, option=6.8, row=7.0, line=9, gap=3.6),
    Density(question=10.5, answer=9.5, note=8, option=6.3, row=6.4, line=8.5, gap=2.8),
    Density(question=10, answer=9, note=7.5, option=5.9, row=6.0, line=8, gap=2.0, leading=1.36),
    Density(question=9.5, answer=8.5, note=7.2, option=5.7, row=5.7, line=7.5, gap=1.5, leading=1.3),
)
# For eyes that need it: options in 14 pt, boxes that a shaking hand hits.
LARGE: Final = Density(
    question=15.5,
    answer=14,
    note=12,
    option=9.8,
    row=10.2,
    line=13,
    gap=5.0,
    leading=1.36,
    box=5.5,
    heads=10.5,
    columns=0.66,
)
USUAL: Final = 2  # for what no sheet holds: tighter type would only tire the eye
