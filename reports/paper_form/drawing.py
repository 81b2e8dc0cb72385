"""The form as a PDF: what every copy shares is drawn once, each copy adds its serial, its codes and its case.

``blank_pdf`` is one form without a serial, to be looked at; ``batch_pdf`` is a cover sheet and the copies.
"""

from __future__ import annotations

import io
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any, Final

import segno

from questionnaires.model import Header
from reports import style
from reports.embedding import EmbeddedFont
from reports.fonts import Weight
from reports.layout.setting import Setter
from reports.marks import Mark, Words
from reports.paper_form.cover import Cover, cover_marks
from reports.paper_form.density import MM
from reports.paper_form.geometry import PAGE, QR_AT, QR_SIDE
from reports.paper_form.layout import FormLayout
from reports.paper_form.words import say
from reports.pdf import Information, PlainCanvas, number, operators
from reports.typesetting.composer import Composer, Span
from reports.wording.facts import LANGUAGE_TAGS, PRODUCER, day

RIGHT: Final = 195 * MM
STATUTORY_WIDTH: Final = 56 * MM
SERIAL_BASE: Final = 32 * MM
Watch = Callable[[int, int], None]


@dataclass(frozen=True, slots=True, kw_only=True)
class Copy:
    """One form as it is printed."""

    serial: str = ""  # in groups, as people read it; empty on a blank form
    codes: tuple[str, ...] = ()  # what the QR code of each page holds
    community: str = ""
    case_number: str = ""
    sampled: bool = True  # False: handed out to whoever wishes; the form says so


@dataclass(slots=True)
class Sheet:
    """A PDF being made."""

    layout: FormLayout
    header: Header
    file: io.BytesIO = field(default_factory=io.BytesIO)
    canvas: Any = None
    fonts: dict[Weight, EmbeddedFont] = field(default_factory=dict)
    setter: Setter | None = None


def blank_pdf(layout: FormLayout, header: Header) -> bytes:
    """The form without a serial: to be looked at, approved and shown, never to be filled in."""
    return batch_pdf(layout, header, [Copy()], cover=None)


def batch_pdf(
    layout: FormLayout, header: Header, copies: Sequence[Copy], *, cover: Cover | None, watch: Watch | None = None
) -> bytes:
    """The cover sheet (a sheet of its own: its back stays empty) and then every copy, each from an odd page on."""
    sheet = _open(layout, header)
    canvas = sheet.canvas
    for place, page in enumerate(layout.pages, start=1):
        canvas.beginForm(f"page{place}")
        _draw(sheet, page.marks)
        if place == 1:
            _draw(sheet, _statutory(sheet))
        canvas.endForm()
    if cover is not None:
        assert sheet.setter is not None
        _draw(sheet, cover_marks(sheet.setter, cover, layout.languages, len(layout.pages)))
        canvas.showPage()
        canvas.showPage()
    for done, copy in enumerate(copies):
        if watch is not None:
            watch(done, len(copies))
        for place in range(1, len(layout.pages) + 1):
            canvas.doForm(f"page{place}")
            _draw(sheet, _own(sheet, copy, place))
            if copy.codes:
                canvas._code.append(qr_operators(copy.codes[place - 1]))
            canvas.showPage()
        if len(layout.pages) % 2 and len(copies) > 1:
            canvas.showPage()  # printed on both sides, the next form begins on a new sheet
    return _close(sheet)


def _open(layout: FormLayout, header: Header) -> Sheet:
    language = layout.languages[0]
    sheet = Sheet(layout=layout, header=header)
    sheet.canvas = PlainCanvas(
        sheet.file,
        pagesize=(PAGE[0] * MM, PAGE[1] * MM),
        pageCompression=1,
        invariant=1,
        pdfVersion=(1, 5),
        lang=LANGUAGE_TAGS[language],
    )
    canvas = sheet.canvas
    canvas.setTitle(layout.questionnaire.title.in_language(language))
    canvas.setAuthor(header.issuing_body)
    canvas.setSubject(header.form_number)
    canvas.setCreator(PRODUCER)
    canvas.setProducer(PRODUCER)
    canvas.setViewerPreference("DisplayDocTitle", "true")
    # Printed at its true size, or the marks are not where the reader expects them by a few per cent.
    canvas.setViewerPreference("PrintScaling", "None")
    canvas._doc.info.__class__ = Information
    canvas._doc.info.dated = False
    sheet.fonts = {weight: EmbeddedFont(layout.face, weight) for weight in Weight}
    sheet.setter = Setter(Composer(layout.face), language)
    return sheet


def _close(sheet: Sheet) -> bytes:
    document = sheet.canvas._doc
    for font in sheet.fonts.values():
        font.add_to(document)
    sheet.canvas.save()
    sheet.layout.face.save()
    return sheet.file.getvalue()


def _draw(sheet: Sheet, marks: Sequence[Mark]) -> None:
    """Marks from the page's own corner: the reports' margins are taken off, for ``operators`` adds them."""
    sheet.canvas._code.extend(
        operators(mark.moved(-style.MARGIN_SIDE, -style.MARGIN_TOP), sheet.fonts) for mark in marks
    )


def _statutory(sheet: Sheet) -> list[Mark]:
    """表号, 制定机关, 批准文号, 有效期至 at the top right, as the rules for official surveys ask."""
    assert sheet.setter is not None
    header, languages = sheet.header, sheet.layout.languages
    language = languages[0]
    values = (
        ("form_number", header.form_number),
        ("issuing_body", header.issuing_body),
        ("approval_number", header.approval_number),
        ("valid_until", _day(header.valid_until, language)),
    )
    size, leading = 8.0, 10.6
    role = style.Role(size, leading)
    labels = [(say(key, language) + say("colon", language), text) for key, text in values]
    # A full-width colon brings its own blank.
    label_width = max(sheet.setter.width(role, label) for label, _ in labels) + (0 if language == "zh" else 3)
    broken = [(label, sheet.setter.lines([role.span(text)], STATUTORY_WIDTH - label_width)) for label, text in labels]
    widest = max([line.width for _, lines in broken for line in lines] + [16 * MM])
    x = RIGHT - 4.5 * MM - widest
    marks: list[Mark] = []
    y = 8 * MM + size
    for label, lines in broken:
        marks.append(sheet.setter.left(role, label, x - label_width, y))
        for line in lines:
            marks.append(Words(x, y, line))
            y += leading
        if not lines:
            y += leading
    return marks


def _day(on: date | None, language: str) -> str:
    return day(on, language) if on else ""


def _own(sheet: Sheet, copy: Copy, page: int) -> list[Mark]:
    """What this copy adds to a page: the serial at the right, community and case below the title."""
    setter = sheet.setter
    assert setter is not None
    language = sheet.layout.languages[0]
    base = SERIAL_BASE if page == 1 else 14 * MM
    edge = RIGHT - (0 if page == 1 else 4.5 * MM)  # beside the corner mark, or below it
    marks: list[Mark] = []
    if copy.serial:
        label = Span(say("serial", language) + "  ", 8, style.GREY)
        line = setter.composer.line(label, Span(copy.serial, 13, style.INK, bold=True))
        marks.append(Words(edge - line.width, base, line))
    said = [copy.community] if copy.community else []
    if copy.case_number:
        said.append(say("case", language, number=copy.case_number))
    if not copy.sampled:
        said.append(say("open", language))
    if said:
        role = style.Role(8.5 if page == 1 else 8, 12)
        x = QR_AT[0] * MM if page == 1 else (QR_AT[0] + QR_SIDE + 4) * MM
        marks.append(setter.left(role, "　".join(said), x, base if page == 1 else 25.5 * MM))
    return marks


def qr_operators(payload: str) -> str:
    """The code as one filled path: squares beside each other show no seams."""
    modules = segno.make_qr(payload, error="q", boost_error=False).matrix
    side = QR_SIDE * MM / len(modules)
    left, top = QR_AT[0] * MM, PAGE[1] * MM - QR_AT[1] * MM
    path = []
    for row, cells in enumerate(modules):
        start = 0
        while start < len(cells):
            end = start
            while end < len(cells) and cells[end]:
                end += 1
            if end > start:
                x, y = left + start * side, top - (row + 1) * side
                path.append(f"{number(x)} {number(y)} {number((end - start) * side)} {number(side)} re")
            start = end + 1
    return f"0 0 0 rg {' '.join(path)} f"
