"""A 通报 in the layout of GB/T 9704-2012, to be completed in WPS or Word: what an office fills in stands in ［］.

A4, margins 37, 35, 28 and 26 mm, 22 lines of 28 characters; the mark of the sender in red, 方正小标宋 for it and the
title, 黑体 for headings, 仿宋 for the text, fonts named and never shipped; pages numbered outside; room for the seal.
"""

from __future__ import annotations

import math
from typing import Any, Final

from docx.document import Document
from docx.enum.text import WD_ALIGN_PARAGRAPH, WD_LINE_SPACING, WD_TAB_ALIGNMENT
from docx.oxml import OxmlElement
from docx.oxml.ns import qn
from docx.shared import Mm, Pt, RGBColor
from docx.text.paragraph import Paragraph

from reports.content import AreaSummary
from reports.story.circular import Circular, circular
from reports.word import package
from reports.word.parts import Piece, add_field, add_pieces
from reports.word.styles import Font, name_fonts
from reports.wording.circular import told

TITLE: Final = Font("方正小标宋简体", "Times New Roman")
BODY: Final = Font("仿宋_GB2312", "Times New Roman")
HEADING: Final = Font("黑体", "Times New Roman")
SONG: Final = Font("宋体", "Times New Roman")
THREE: Final = 16.0  # pt: 三号
TWO: Final = 22.0  # 二号
FOUR: Final = 14.0  # 四号
MARK: Final = 42.0  # of the sender
RED: Final = "FF0000"
BLACK: Final = "000000"
LINES: Final = 22
CHARACTERS: Final = 28  # of a line
AREA_WIDTH: Final = 156.0  # mm
AREA_HEIGHT: Final = 225.0  # mm
LINE: Final = AREA_HEIGHT / 25.4 * 72 / LINES  # pt
SEAL_LINES: Final = 3


def circular_docx(summary: AreaSummary) -> bytes:
    """The draft for a street or the city; the same summary gives the same bytes."""
    made = circular(summary)
    document = package.empty_document("zh")
    package.describe(document, made.of)
    document.core_properties.title = package.plain(made.title)
    _page(document)
    _head(document, made)
    _text(document, made.opening)
    for part in made.parts:
        _text(document, part.heading, font=HEADING)
        for paragraph in part.paragraphs:
            _text(document, paragraph)
    _end(document, made)
    return package.packed(document)


def _page(document: Document) -> None:
    """Margins, the grid of lines and characters, and the number of the page: odd at the right, even at the left."""
    normal: Any = document.styles["Normal"]
    name_fonts(normal.element.get_or_add_rPr(), BODY)
    normal.font.size = Pt(THREE)
    section = document.sections[0]
    section.page_width, section.page_height = Mm(210), Mm(297)
    section.top_margin, section.bottom_margin = Mm(37), Mm(35)
    section.left_margin, section.right_margin = Mm(28), Mm(26)
    section.header_distance, section.footer_distance = Mm(15), Mm(24)
    for old in section._sectPr.findall(qn("w:docGrid")):
        section._sectPr.remove(old)
    grid = OxmlElement("w:docGrid")
    grid.set(qn("w:type"), "lines")
    grid.set(qn("w:linePitch"), f"{LINE * 20:.0f}")
    section._sectPr.append(grid)
    # Not by a grid of characters: LibreOffice counts it from another size than WPS and Word do.
    closer = OxmlElement("w:spacing")
    closer.set(qn("w:val"), f"{math.floor((AREA_WIDTH / 25.4 * 72 / CHARACTERS - THREE) * 20)}")
    normal.element.get_or_add_rPr().insert_element_before(closer, "w:w", "w:kern", "w:position", "w:sz", "w:lang")
    document.settings.odd_and_even_pages_header_footer = True
    for foot, side in ((section.footer, WD_ALIGN_PARAGRAPH.RIGHT), (section.even_page_footer, WD_ALIGN_PARAGRAPH.LEFT)):
        line = foot.paragraphs[0]
        line.alignment = side
        _indented(line, "right" if side == WD_ALIGN_PARAGRAPH.RIGHT else "left", 100)
        add_pieces(line, (Piece("— "),))
        add_field(line, "PAGE")
        add_pieces(line, (Piece(" —"),))
        for run in line.runs:
            _set(run, SONG, FOUR)


def _head(document: Document, made: Circular) -> None:
    mark = _line(document, told("mark_of_sender"), font=TITLE, size=MARK, colour=RED, at=WD_ALIGN_PARAGRAPH.CENTER)
    mark.paragraph_format.line_spacing = Pt(MARK * 1.4)
    _line(document, "")
    number = _line(document, told("number_of_document", year=made.year), at=WD_ALIGN_PARAGRAPH.CENTER)
    _ruled(number, "bottom", RED, 12)
    _line(document, "")
    title = _line(document, made.title, font=TITLE, size=TWO, at=WD_ALIGN_PARAGRAPH.CENTER)
    title.paragraph_format.line_spacing = Pt(TWO * 1.5)
    _line(document, "")
    _line(document, told("addressees"))


def _end(document: Document, made: Circular) -> None:
    _line(document, "")
    _text(document, made.attached)
    for _ in range(SEAL_LINES):
        _line(document, "").paragraph_format.keep_with_next = True
    sender = _line(document, told("sender"), at=WD_ALIGN_PARAGRAPH.RIGHT)
    sender.paragraph_format.keep_with_next = True
    day = _line(document, told("day_of_document"), at=WD_ALIGN_PARAGRAPH.RIGHT)
    for one in (sender, day):
        _indented(one, "right", 400)
    _line(document, "")
    copies = _line(document, told("copies"), size=FOUR)
    copies.paragraph_format.keep_with_next = True  # a box of two lines, not parted between pages
    _ruled(copies, "top", BLACK, 8)
    _indented(copies, "firstLine", 100)
    printed = _line(document, f"{told('printed_by')}\t{told('printed_on')}", size=FOUR)
    _ruled(printed, "bottom", BLACK, 8)
    _indented(printed, "firstLine", 100)
    printed.paragraph_format.tab_stops.add_tab_stop(Mm(AREA_WIDTH - 5), WD_TAB_ALIGNMENT.RIGHT)


def _text(document: Document, words: str, *, font: Font = BODY) -> Paragraph:
    """A paragraph of the text: two characters in, on the grid of lines."""
    paragraph = _line(document, words, font=font)
    _indented(paragraph, "firstLine", 200)
    return paragraph


def _line(
    document: Document,
    words: str,
    *,
    font: Font = BODY,
    size: float = THREE,
    colour: str = "",
    at: WD_ALIGN_PARAGRAPH | None = None,
) -> Paragraph:
    paragraph = document.add_paragraph()
    shape = paragraph.paragraph_format
    shape.space_before = shape.space_after = Pt(0)
    shape.line_spacing_rule, shape.line_spacing = WD_LINE_SPACING.EXACTLY, Pt(LINE)
    if at is not None:
        paragraph.alignment = at
    if words:
        run = paragraph.add_run(package.plain(words))
        _set(run, font, size)
        if colour:
            run.font.color.rgb = RGBColor.from_string(colour)
    return paragraph


def _set(run: Any, font: Font, size: float) -> None:
    name_fonts(run._r.get_or_add_rPr(), font)
    run.font.size = Pt(size)


def _indented(paragraph: Paragraph, side: str, hundredths: int) -> None:
    """In by so many hundredths of a character, which is how WPS counts."""
    indent = paragraph._p.get_or_add_pPr().get_or_add_ind()
    indent.set(qn(f"w:{side}Chars"), str(hundredths))
    indent.set(qn(f"w:{side}"), f"{hundredths / 100 * THREE * 20:.0f}")


def _ruled(paragraph: Paragraph, side: str, colour: str, eighths: int) -> None:
    """A rule above or below a paragraph, so many eighths of a point thick."""
    properties = paragraph._p.get_or_add_pPr()
    borders = OxmlElement("w:pBdr")
    rule = OxmlElement(f"w:{side}")
    for name, value in (("val", "single"), ("sz", str(eighths)), ("space", "6"), ("color", colour)):
        rule.set(qn(f"w:{name}"), value)
    borders.append(rule)
    properties.insert_element_before(borders, "w:shd", "w:tabs", "w:suppressAutoHyphens", "w:spacing", "w:ind", "w:jc")
