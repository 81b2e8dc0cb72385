"""Runs, paragraphs, fields and tables: the little of Word that the files need, written without the library's detours
(it looks through a whole table for each of its cells)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final

from docx.document import Document
from docx.oxml import OxmlElement
from docx.oxml.ns import qn
from docx.shared import Pt, RGBColor
from docx.text.paragraph import Paragraph

from reports import style
from reports.word.package import plain
from reports.word.styles import TABLE_SIZE

TWIPS: Final = 20  # of a point
LEAST_ROWS: Final = 3  # of a table on either side of the end of a page


@dataclass(frozen=True, slots=True)
class Piece:
    """Text of one look."""

    text: str
    bold: bool = False
    colour: str = ""
    size: float | None = None  # pt, where it is not that of what stands around it


@dataclass(frozen=True, slots=True)
class Box:
    """One cell of a table: a paragraph for each tuple of pieces."""

    lines: tuple[tuple[Piece, ...], ...]
    right: bool = False
    indent: bool = False
    shade: int = 0  # of style.SHADES


@dataclass(frozen=True, slots=True)
class Grid:
    """A table: the first ``heads`` rows repeat on every page; ``widths`` in pt; ``tinted`` rows are sums of others."""

    widths: tuple[float, ...]
    rows: tuple[tuple[Box, ...], ...]
    heads: int = 1
    tinted: frozenset[int] = frozenset()


def add_pieces(paragraph: Paragraph, pieces: Sequence[Piece], size: float | None = None) -> Paragraph:
    for piece in pieces:
        run = paragraph.add_run(plain(piece.text))
        if piece.bold:
            run.bold = True
        if piece.colour:
            run.font.color.rgb = RGBColor.from_string(piece.colour[1:])
        if (chosen := piece.size or size) is not None:
            run.font.size = Pt(chosen)
    return paragraph


def add_field(paragraph: Paragraph, code: str) -> None:
    """A number that the reader's program fills in: PAGE, NUMPAGES."""
    for kind in ("begin", "code", "separate", "shown", "end"):
        run: Any = paragraph.add_run()._r
        if kind == "code":
            told = OxmlElement("w:instrText")
            told.text = f" {code} "
        elif kind == "shown":
            told = OxmlElement("w:t")
            told.text = "1"
        else:
            told = OxmlElement("w:fldChar")
            told.set(qn("w:fldCharType"), kind)
        run.append(told)


def add_grid(document: Document, grid: Grid) -> None:
    """The table where the document ends now."""
    table = _element("w:tbl")
    properties = _inside(table, "w:tblPr")
    _inside(properties, "w:tblW", w=_twips(sum(grid.widths)), type="dxa")
    borders = _inside(properties, "w:tblBorders")
    for side in ("top", "bottom", "insideH"):
        strong = side != "insideH"
        colour = style.INK if strong else style.RULE
        _inside(borders, f"w:{side}", val="single", sz="8" if strong else "4", space="0", color=colour[1:])
    _inside(properties, "w:tblLayout", type="fixed")
    margins = _inside(properties, "w:tblCellMar")
    for side in ("left", "right"):
        _inside(margins, f"w:{side}", w="60", type="dxa")
    columns = _inside(table, "w:tblGrid")
    for width in grid.widths:
        _inside(columns, "w:gridCol", w=_twips(width))
    for number, row in enumerate(grid.rows):
        _add_row(table, grid, number, row)
    document.element.body.insert_element_before(table, "w:sectPr")


def _add_row(table: Any, grid: Grid, number: int, row: Sequence[Box]) -> None:
    drawn = _inside(table, "w:tr")
    properties = _inside(drawn, "w:trPr")
    _inside(properties, "w:cantSplit")
    head = number < grid.heads
    if head:
        _inside(properties, "w:tblHeader")
    keep = kept_with_next(grid, number)
    for width, box in zip(grid.widths, row, strict=True):
        cell = _inside(drawn, "w:tc")
        about = _inside(cell, "w:tcPr")
        _inside(about, "w:tcW", w=_twips(width), type="dxa")
        if head or number in grid.tinted:
            _inside(about, "w:shd", val="clear", color="auto", fill=style.TINT[1:])
        elif box.shade:
            _inside(about, "w:shd", val="clear", color="auto", fill=style.SHADES[box.shade][1:])
        _inside(about, "w:vAlign", val="bottom" if head else "top")
        for line in box.lines or ((),):
            _add_line(cell, line, box, bold=head, keep=keep)


def kept_with_next(grid: Grid, number: int) -> bool:
    """No row stands alone at the foot or the head of a page, and none that sums up others without the first of them."""
    last = len(grid.rows) - 1
    begins, ends = number < grid.heads + LEAST_ROWS - 1, number > last - LEAST_ROWS
    return number < last and (begins or ends or number in grid.tinted)


def _add_line(cell: Any, line: Sequence[Piece], box: Box, *, bold: bool, keep: bool) -> None:
    paragraph = _inside(cell, "w:p")
    properties = _inside(paragraph, "w:pPr")
    if keep:
        _inside(properties, "w:keepNext")
    _inside(properties, "w:spacing", before="20", after="20")
    if box.indent:
        _inside(properties, "w:ind", left=_twips(TABLE_SIZE))
    if box.right:
        _inside(properties, "w:jc", val="right")
    for piece in line:
        run = _inside(paragraph, "w:r")
        look = _inside(run, "w:rPr")
        if bold or piece.bold:
            _inside(look, "w:b")
        if piece.colour:
            _inside(look, "w:color", val=piece.colour[1:])
        _inside(look, "w:sz", val=f"{(piece.size or TABLE_SIZE) * 2:.0f}")
        text = _inside(run, "w:t")
        text.text = plain(piece.text)
        text.set("{http://www.w3.org/XML/1998/namespace}space", "preserve")


def _element(name: str) -> Any:
    return OxmlElement(name)


def _inside(parent: Any, name: str, **attributes: str) -> Any:
    made = _element(name)
    for key, value in attributes.items():
        made.set(qn(f"w:{key}"), value)
    parent.append(made)
    return made


def _twips(points: float) -> str:
    return f"{points * TWIPS:.0f}"
