"""Fonts by their role and the styles of a report: named as every Chinese office has them, never shipped.

A reader without a font takes one of its own; the text stays what it is.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Final

from docx.document import Document
from docx.enum.text import WD_LINE_SPACING
from docx.oxml import OxmlElement
from docx.oxml.ns import qn
from docx.shared import Mm, Pt, RGBColor

from reports import style


@dataclass(frozen=True, slots=True)
class Font:
    """The names for Han and for Latin letters."""

    han: str
    latin: str


SONG: Final = Font("宋体", "Times New Roman")
HEI: Final = Font("黑体", "Arial")


@dataclass(frozen=True, slots=True)
class Look:
    """How one style is set; sizes and gaps in pt."""

    font: Font
    size: float
    bold: bool = False
    colour: str = style.INK
    before: float = 0.0
    after: float = 0.0


STYLES: Final = {
    "Normal": Look(SONG, 10.5, after=4),
    "Title": Look(HEI, 24, colour=style.INK, after=2),
    "Subtitle": Look(HEI, 10.5, colour=style.ACCENT),
    "Heading 1": Look(HEI, 14, before=14, after=4),
    "Heading 2": Look(HEI, 11, before=8, after=2),
    "Quote": Look(SONG, 9, colour=style.GREY, after=3),
    "Header": Look(SONG, 8, colour=style.GREY),
    "Footer": Look(SONG, 8, colour=style.GREY),
}
ANSWER_SIZE: Final = 15.0
TABLE_SIZE: Final = 9.0
FIGURE_SIZE: Final = 18.0
NOTE_STYLE: Final = "Quote"


def name_fonts(properties: Any, font: Font) -> None:
    """Both names on a run or a style, without what a theme would say instead."""
    names = properties.find(qn("w:rFonts"))
    if names is not None:
        properties.remove(names)
    names = OxmlElement("w:rFonts")
    for slot in ("ascii", "hAnsi", "cs"):
        names.set(qn(f"w:{slot}"), font.latin)
    names.set(qn("w:eastAsia"), font.han)
    properties.insert(0, names)


def set_styles(document: Document) -> None:
    """The styles of a report, and a page of A4 with the margins of the PDF."""
    for name, look in STYLES.items():
        one: Any = document.styles[name]
        name_fonts(one.element.get_or_add_rPr(), look.font)
        one.font.size, one.font.bold, one.font.italic = Pt(look.size), look.bold, False
        one.font.color.rgb = RGBColor.from_string(look.colour[1:])
        shape = one.paragraph_format
        shape.space_before, shape.space_after = Pt(look.before), Pt(look.after)
        shape.line_spacing_rule = WD_LINE_SPACING.SINGLE
        properties = one.element.get_or_add_pPr()
        for drawn in properties.findall(qn("w:pBdr")):  # the template rules its titles in blue
            properties.remove(drawn)
    section = document.sections[0]
    section.page_width, section.page_height = Pt(style.PAGE_WIDTH), Pt(style.PAGE_HEIGHT)
    section.left_margin = section.right_margin = Mm(18)
    section.top_margin, section.bottom_margin = Mm(18), Mm(22)
    section.header_distance, section.footer_distance = Mm(9), Mm(9)
