"""The form as a PDF: what every copy shares is drawn once, each copy adds its serial, its codes and its case.

``blank_pdf`` is one form without a serial, to be looked at; ``batch_pdf`` is a cover sheet and the copies.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Final

from questionnaires.formalities import LEGAL_KINDS, LegalKind
from questionnaires.model import Header
from questionnaires.text import Text
from reports import style
from reports.layout.setting import Setter
from reports.marks import Mark, Words
from reports.paper_form.cover import Cover, cover_marks
from reports.paper_form.density import MM
from reports.paper_form.drawn_blocks import own_list
from reports.paper_form.geometry import PAGE, QR_AT, QR_SIDE
from reports.paper_form.layout import FormLayout
from reports.paper_form.words import say
from reports.sheets import Sheet
from reports.typesetting.composer import Span
from reports.wording.facts import day

RIGHT: Final = 195 * MM
# Width, size and leading of the statutory marks, beside the title: the first with which they end above the serial.
STATUTORY: Final = (
    (56 * MM, 8.0, 10.6),
    (62 * MM, 8.0, 10.6),
    (62 * MM, 7.0, 9.2),
    (62 * MM, 6.0, 7.6),
    (62 * MM, 5.5, 6.6),
    (62 * MM, 5.0, 5.6),
)
STATUTORY_OF_BOTH: Final = ((56 * MM, 7.0, 9.2), (62 * MM, 7.0, 9.2), *STATUTORY[3:])
STATUTORY_TOP: Final = 8 * MM
STATUTORY_END: Final = 27.9 * MM  # of their last line
SERIAL_BASE: Final = 32 * MM
NEED_NOT_BASE: Final = 35.8 * MM  # below the serial, above the first line of the form
RETURN_BASE: Final = 284.6 * MM
RETURN_WIDTH: Final = 172 * MM  # between the lower corner marks
SMALLEST: Final = 6.0
QR: Final = (QR_AT[0] * MM, QR_AT[1] * MM, QR_SIDE * MM)
Watch = Callable[[int, int], None]


@dataclass(frozen=True, slots=True, kw_only=True)
class Return:
    """To whom a form goes back, and the last day; what is not known is not said."""

    body: Text | None = None
    day: date | None = None


NOWHERE: Final = Return()
NO_COMMUNITY: Final = Text("")


@dataclass(frozen=True, slots=True, kw_only=True)
class Copy:
    """One form as it is printed."""

    serial: str = ""  # in groups, as people read it; empty on a blank form
    codes: tuple[str, ...] = ()  # what the QR code of each page holds
    community: Text = NO_COMMUNITY
    case_number: str = ""
    drawn: Mapping[str, Sequence[str]] = field(default_factory=dict)  # draw -> blocks that this copy names
    sampled: bool = True  # False: handed out to whoever wishes; the form says so
    whom: Text | None = None  # who of a drawn household answers


def blank_pdf(layout: FormLayout, header: Header, drawn: Mapping[str, Sequence[str]] | None = None) -> bytes:
    """The form without a serial: to be looked at, approved and shown, never to be filled in. ``drawn``: as one copy
    would name its blocks."""
    return batch_pdf(layout, header, [Copy(drawn=drawn or {})], cover=None)


def batch_pdf(
    layout: FormLayout,
    header: Header,
    copies: Sequence[Copy],
    *,
    cover: Cover | None,
    back: Return = NOWHERE,
    watch: Watch | None = None,
) -> bytes:
    """The cover sheet (a sheet of its own: its back stays empty) and then every copy, each from an odd page on."""
    sheet = _open(layout, header)
    canvas = sheet.canvas
    for place, page in enumerate(layout.pages, start=1):
        canvas.beginForm(f"page{place}")
        sheet.draw(page.marks)
        if place == 1:
            sheet.draw(_statutory(sheet.setter, header, layout.languages))
            sheet.draw(_need_not(sheet.setter, header, layout.languages))
        sheet.draw(_return(sheet.setter, layout, back))
        canvas.endForm()
    if cover is not None:
        sheet.draw(cover_marks(sheet.setter, cover, layout.languages, len(layout.pages)))
        canvas.showPage()
        canvas.showPage()
    for done, copy in enumerate(copies):
        if watch is not None:
            watch(done, len(copies))
        for place in range(1, len(layout.pages) + 1):
            canvas.doForm(f"page{place}")
            sheet.draw(_own(sheet.setter, layout.languages, copy, place))
            if place == 1 and copy.whom is not None:
                sheet.draw(_whom(sheet.setter, header, layout.languages, copy.whom))
            for spot in layout.pages[place - 1].spots:
                sheet.draw(list(own_list(sheet.setter, spot, copy.drawn.get(spot.draw, ()))))
            if copy.codes:
                sheet.draw_qr(copy.codes[place - 1], *QR)
            canvas.showPage()
        if len(layout.pages) % 2 and len(copies) > 1:
            canvas.showPage()  # printed on both sides, the next form begins on a new sheet
    return sheet.finish()


def _open(layout: FormLayout, header: Header) -> Sheet:
    language = layout.languages[0]
    sheet = Sheet(face=layout.face, language=language, size=(PAGE[0] * MM, PAGE[1] * MM))
    sheet.describe(
        title=layout.questionnaire.title.in_language(language),
        author=header.issuing_body,
        subject=header.form_number,
    )
    # Printed at its true size, or the marks are not where the reader expects them by a few per cent.
    sheet.canvas.setViewerPreference("PrintScaling", "None")
    return sheet


def _statutory(setter: Setter, header: Header, languages: Sequence[str]) -> list[Mark]:
    """表号, 制定机关, 批准文号, 有效期至 at the top right, as the rules for official surveys ask."""
    both = len(languages) > 1
    values = [
        ("form_number", header.form_number),
        ("issuing_body", header.issuing_body),
        ("approval_number", header.approval_number),
        ("valid_until", " ".join(filter(None, (_day(header.valid_until, language) for language in languages)))),
    ]
    if header.legal_kind is not LegalKind.UNSTATED:
        values.append(("legal_kind", " ".join(_kind(header.legal_kind, language) for language in languages)))
    labels = [(_label(key, languages), text) for key, text in values]
    for width, size, leading in STATUTORY_OF_BOTH if both else STATUTORY:
        role = style.Role(size, leading)
        # A full-width colon brings its own blank.
        label_width = max(setter.width(role, label) for label, _ in labels) + (0 if languages == ("zh",) else 3)
        broken = [(label, setter.lines([role.span(text)], width - label_width)) for label, text in labels]
        rows = sum(max(len(lines), 1) for _, lines in broken)
        if STATUTORY_TOP + size + (rows - 1) * leading <= STATUTORY_END:
            break
    widest = max([line.width for _, lines in broken for line in lines] + [16 * MM])
    x = RIGHT - 4.5 * MM - widest
    marks: list[Mark] = []
    y = STATUTORY_TOP + size
    for label, lines in broken:
        marks.append(setter.left(role, label, x - label_width, y))
        for line in lines:
            marks.append(Words(x, y, line))
            y += leading
        if not lines:
            y += leading
    return marks


def _whom(setter: Setter, header: Header, languages: Sequence[str], whom: Text) -> list[Mark]:
    """Who of the household answers, above the first line: on the line that says that nobody need, where it does."""
    before = sum(mark.line.width + 3 * MM for mark in _need_not(setter, header, languages) if isinstance(mark, Words))
    said = "　".join(whom.in_language(language) for language in languages)
    x, size = QR_AT[0] * MM + before, 8.5
    spans = [Span(said, size, style.INK, bold=True)]
    while setter.composer.width(*spans) > RIGHT - x and size > SMALLEST:
        size -= 0.25
        spans = [Span(said, size, style.INK, bold=True)]
    return [Words(x, NEED_NOT_BASE, setter.composer.line(*spans))]


def _need_not(setter: Setter, header: Header, languages: Sequence[str]) -> list[Mark]:
    """That nobody need answer, in plain words where people begin to read; the kind stands in the corner, small."""
    if header.legal_kind is not LegalKind.POLL:
        return []
    said = "　".join(say("need_not", language) for language in languages)
    line = setter.composer.line(Span(said, 8.5, style.INK, bold=True))
    return [Words(QR_AT[0] * MM, NEED_NOT_BASE, line)]


def _day(on: date | None, language: str) -> str:
    return day(on, language) if on else ""


def _kind(kind: LegalKind, language: str) -> str:
    """Of a poll the paper says that nobody need answer; of a statistical survey that would not be true."""
    return say("poll", language) if kind is LegalKind.POLL else LEGAL_KINDS[kind].in_language(language)


def _label(key: str, languages: Sequence[str]) -> str:
    """With two languages their colon stands once, at the end."""
    words = "  ".join(say(key, language) for language in languages)
    return words + say("colon", languages[-1])


def _return(setter: Setter, layout: FormLayout, back: Return) -> list[Mark]:
    """At the foot of every page, where no box stands: to whom the form goes back and until when."""
    key = {(True, True): "return_both", (False, True): "return_day", (True, False): "return_body"}.get(
        (back.body is not None, back.day is not None)
    )
    if key is None:
        return []
    said = [
        say(
            key,
            language,
            day=_day(back.day, language),
            body=back.body.in_language(language) if back.body else "",
        )
        for language in layout.languages
    ]
    size = (11.0 if layout.large else 9.0) * (0.8 if len(said) > 1 else 1.0)
    spans = [Span("  ".join(said), size, style.INK, bold=True)]
    while setter.composer.width(*spans) > RETURN_WIDTH and size > SMALLEST:
        size -= 0.5
        spans = [Span("  ".join(said), size, style.INK, bold=True)]
    line = setter.composer.line(*spans)
    return [Words(PAGE[0] / 2 * MM - line.width / 2, RETURN_BASE, line)]


def _own(setter: Setter, languages: Sequence[str], copy: Copy, page: int) -> list[Mark]:
    """What this copy adds to a page: the serial at the right, community and case below the title."""
    base = SERIAL_BASE if page == 1 else 14 * MM
    edge = RIGHT - (0 if page == 1 else 4.5 * MM)  # beside the corner mark, or below it
    marks: list[Mark] = []
    if copy.serial:
        label = Span("  ".join(say("serial", language) for language in languages) + "  ", 8, style.GREY)
        line = setter.composer.line(label, Span(copy.serial, 13, style.INK, bold=True))
        marks.append(Words(edge - line.width, base, line))
    said = ["  ".join(dict.fromkeys(name for language in languages if (name := copy.community.in_language(language))))]
    if copy.case_number:
        said += [say("case", language, number=copy.case_number) for language in languages]
    if not copy.sampled:
        said += [say("open", language) for language in languages]
    if any(said):
        role = style.Role(8.5 if page == 1 else 8, 12)
        x = QR_AT[0] * MM if page == 1 else (QR_AT[0] + QR_SIDE + 4) * MM
        marks.append(setter.left(role, "　".join(filter(None, said)), x, base if page == 1 else 25.5 * MM))
    return marks
