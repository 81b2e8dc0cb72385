"""A story as a Word file: headings that make a table of contents, tables with heads that repeat, head and foot."""

from __future__ import annotations

from typing import Final, assert_never

from docx.document import Document
from docx.enum.text import WD_TAB_ALIGNMENT
from docx.oxml.ns import qn
from docx.shared import Pt
from docx.text.paragraph import Paragraph

from reports import style
from reports.blocks import (
    Answer,
    Block,
    Cards,
    Colophon,
    Columns,
    Comparison,
    Glossary,
    Masthead,
    Notes,
    PageBreak,
    Prose,
    Spare,
    Story,
    Table,
    Tiles,
)
from reports.content import AreaSummary, CommunitySummary, Verification
from reports.story import area_story, community_story
from reports.story.verification import verified
from reports.word import package
from reports.word.parts import Grid, Piece, add_field, add_grid, add_pieces
from reports.word.styles import ANSWER_SIZE, HEI, NOTE_STYLE, name_fonts, set_styles
from reports.word.tables import card_grids, comparison_grid, sign, table_grid, tile_grid

GAP: Final = "　"


def area_docx(
    summary: CommunitySummary | AreaSummary, language: str = "zh", verification: Verification | None = None
) -> bytes:
    """The report of a community, a street or the city in ``language``: what its PDF says, as a Word file."""
    made = community_story if isinstance(summary, CommunitySummary) else area_story
    return story_docx(verified(made(summary, language), verification, scanned=False))  # type: ignore[arg-type]


def story_docx(story: Story) -> bytes:
    """The same story gives the same bytes. Where a PDF breaks its page this does not: a reader's fonts decide that."""
    document = package.empty_document(story.language)
    set_styles(document)
    package.describe(document, story)
    _head_and_foot(document, story)
    for block in story.blocks:
        _add(document, block)
    return package.packed(document)


def _add(document: Document, block: Block) -> None:
    match block:
        case Masthead():
            _masthead(document, block)
        case Answer():
            _answer(document, block)
        case Cards():
            for grid in card_grids(block):
                _grid(document, grid)
            legend = [(*sign(verdict), Piece(words)) for verdict, words in block.legend]
            _note(document, *_with_gaps(legend), Piece(GAP if legend and block.note else ""), Piece(block.note))
        case Comparison():
            _heading(document, block.title, block.unit_in_words or block.unit)
            if block.lead:
                _styled(document, "Normal", Piece(block.lead))
            _grid(document, comparison_grid(block))
            _notes(document, block.notes)
        case Table():
            _table(document, block)
        case Tiles():
            _heading(document, block.title, block.unit)
            _grid(document, tile_grid(block))
            legend = [(*sign(tile.verdict), Piece(words)) for tile, words in block.legend]
            _note(document, *_with_gaps(legend))
            _notes(document, block.in_words or block.notes)
        case Prose():
            _prose(document, block)
        case Notes():
            _notes(document, block.lines)
        case Colophon():
            _notes(document, (*block.lines, block.address))
        case Glossary():
            _heading(document, block.title)
            for term, meaning in block.entries:
                _note(document, Piece(term, bold=True), Piece(GAP), Piece(meaning))
        case Columns():
            for side in block.sides:
                for inner in side.blocks:
                    _add(document, inner)
        case Spare():
            for inner in block.blocks:
                _add(document, inner)
        case PageBreak():
            pass
        case _:
            assert_never(block)


def _masthead(document: Document, block: Masthead) -> None:
    _styled(document, "Subtitle", Piece(block.overline))
    _styled(document, "Title", Piece(block.title))
    _styled(document, "Normal", Piece(block.programme))
    for line in block.meta:
        _note(document, Piece(line))
    for name, value in block.statutory:
        _note(document, Piece(name), Piece(block.colon), Piece(value))


def _answer(document: Document, block: Answer) -> None:
    paragraph = document.add_paragraph()
    paragraph.paragraph_format.space_before = Pt(8)
    add_pieces(paragraph, (Piece(block.sentence),), ANSWER_SIZE)
    name_fonts(paragraph.runs[0]._r.get_or_add_rPr(), HEI)
    _notes(document, block.in_words or block.reading)


def _table(document: Document, block: Table) -> None:
    if block.title:
        _heading(document, block.title, block.unit_in_words or block.unit)
    if block.lead:
        _styled(document, "Normal", Piece(block.lead))
    if block.rows:
        _grid(document, table_grid(block))
    _notes(document, block.notes)


def _prose(document: Document, block: Prose) -> None:
    if block.title:
        _heading(document, block.title)
    for place, text in enumerate(block.paragraphs):
        _styled(document, "Normal", Piece(text))
        for verdict, word, meaning in block.legend if place == 0 else ():
            _styled(document, "Normal", *sign(verdict), Piece(word, bold=True), Piece(GAP), Piece(meaning))


def _heading(document: Document, title: str, unit: str = "") -> None:
    _styled(document, "Heading 1", Piece(title))
    if unit:
        paragraph = _note(document, Piece(unit))
        paragraph.paragraph_format.keep_with_next = True


def _grid(document: Document, grid: Grid) -> None:
    add_grid(document, grid)
    gap = document.add_paragraph()  # two tables without a paragraph between are one
    gap.paragraph_format.space_after = Pt(0)
    gap.paragraph_format.line_spacing = Pt(6)


def _notes(document: Document, lines: tuple[str, ...]) -> None:
    for line in lines:
        _note(document, Piece(line))


def _note(document: Document, *pieces: Piece) -> Paragraph:
    return _styled(document, NOTE_STYLE, *pieces)


def _styled(document: Document, name: str, *pieces: Piece) -> Paragraph:
    """A paragraph of that style; the last one again where there is nothing to say."""
    said = [piece for piece in pieces if piece.text]
    if not said:
        return document.paragraphs[-1]
    return add_pieces(document.add_paragraph(style=name), said)


def _with_gaps(groups: list[tuple[Piece, ...]]) -> list[Piece]:
    pieces: list[Piece] = []
    for group in groups:
        pieces += [Piece(GAP), *group] if pieces else group
    return pieces


def _head_and_foot(document: Document, story: Story) -> None:
    section = document.sections[0]
    section.different_first_page_header_footer = True
    for name in ("Header", "Footer"):  # the template's stops are those of another page
        for stops in document.styles[name].element.get_or_add_pPr().findall(qn("w:tabs")):
            stops.getparent().remove(stops)
    head = section.header.paragraphs[0]
    _at_right(head)
    add_pieces(head, (Piece(f"{story.running_head}\t{story.running_title}"),))
    for foot in (section.first_page_footer, section.footer):
        note = foot.paragraphs[0]
        add_pieces(note, (Piece(story.page_note),))
        line = foot.add_paragraph(style="Footer")
        _at_right(line)
        add_pieces(line, (Piece(f"{story.foot_left}{GAP}{story.foot_middle}\t"),))
        before, _, rest = story.page_of.partition("{page}")
        between, _, after = rest.partition("{pages}")
        add_pieces(line, (Piece(before),))
        add_field(line, "PAGE")
        add_pieces(line, (Piece(between),))
        add_field(line, "NUMPAGES")
        add_pieces(line, (Piece(after),))


def _at_right(paragraph: Paragraph) -> None:
    """What follows a tab stands at the right edge."""
    stops = paragraph.paragraph_format.tab_stops
    stops.add_tab_stop(Pt(style.TEXT_WIDTH), WD_TAB_ALIGNMENT.RIGHT)
