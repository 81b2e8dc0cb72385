"""The letter to a sampled household: why it, who answers, how, until when, and one code that is its own."""

from __future__ import annotations

from typing import Final

from reports import style
from reports.invitations.content import Letter, Occasion
from reports.invitations.parts import LEFT, MM, RIGHT, fitting, statutory_marks, typed_address
from reports.invitations.words import say
from reports.layout.setting import Setter
from reports.marks import Mark, Stroke, Words
from reports.style import Role
from reports.typesetting.composer import Span
from reports.wording.facts import period

SIDE: Final = 46 * MM
QR_TOP: Final = 128 * MM
LETTER_QR: Final = (RIGHT - SIDE, QR_TOP, SIDE)
WINDOW: Final = (LEFT, 45 * MM)  # where the address stands: seen in a DL envelope's window
GUTTER: Final = 10 * MM


def letter_marks(setter: Setter, occasion: Occasion, letter: Letter) -> list[Mark]:
    language = occasion.language
    zh = language == "zh"
    body = Role(11.5 if zh else 10.5, 20 if zh else 15)
    marks = _head(setter, occasion, letter)
    y = 84 * MM
    title = say("letter_title", language)
    role = fitting(setter, title, RIGHT - LEFT, (22, 20, 18))
    marks.append(setter.flush(setter.composer.line(role.span(title)), LEFT, y))
    y += 11 * MM
    marks.append(setter.left(body, say("dear", language), LEFT, y))
    y += body.leading * (1.1 if zh else 1.4)
    community = letter.community.in_language(language)
    why = ("　　" if zh else "") + say("why", language, community=community)
    for line in setter.lines([body.span(why)], RIGHT - LEFT, justify=True):
        marks.append(Words(LEFT, y, line))
        y += body.leading
    y = max(y + 4 * MM, QR_TOP + 4 * MM)
    width = RIGHT - LEFT - SIDE - GUTTER
    for name, text in _paragraphs(occasion, letter):
        spans = [Span(name, body.size, style.INK, bold=True), body.span(text)]
        for line in setter.lines(spans, width, justify=True):
            marks.append(Words(LEFT, y, line))
            y += body.leading
        y += body.leading * 0.45
    marks += _below_the_code(setter, occasion, letter)
    return marks + _signed(setter, occasion, max(y + 6 * MM, 218 * MM), body) + statutory_marks(setter, occasion)


def _head(setter: Setter, occasion: Occasion, letter: Letter) -> list[Mark]:
    language = occasion.language
    body = occasion.notice.body.in_language(language)
    role = fitting(setter, body, RIGHT - LEFT, (15, 14, 13, 12, 11))
    marks: list[Mark] = [
        setter.left(role, body, LEFT, 22 * MM),
        Stroke(LEFT, 27 * MM, RIGHT, 27 * MM, 1.2, style.ACCENT),
    ]
    x, y = WINDOW
    name = Role(12.5, 18, bold=True)
    marks.append(setter.left(name, letter.community.in_language(language), x, y))
    where = Role(11, 15.5)
    for line in setter.lines([where.span(letter.household)], 85 * MM) if letter.household else ():
        y += name.leading if y == WINDOW[1] else where.leading
        marks.append(Words(x, y, line))
    number = Role(9, 12, colour=style.GREY)
    marks.append(setter.left(number, say("case", language, number=letter.case_number), x, y + 16))
    return marks


def _paragraphs(occasion: Occasion, letter: Letter) -> list[tuple[str, str]]:
    language, notice = occasion.language, occasion.notice
    timed = "how_more" if notice.minutes is not None else "how_more_untimed"
    told = [
        (say("how", language), say(timed, language, minutes=notice.minutes)),
        (
            say("when", language),
            say("when_more", language, period=period(occasion.opens_on, occasion.closes_on, language)),
        ),
        (say("secret", language), say("secret_more", language, retention=notice.retention.in_language(language))),
    ]
    if letter.whom is not None:
        told.insert(0, (say("whom", language), letter.whom.in_language(language)))
    return told


def _below_the_code(setter: Setter, occasion: Occasion, letter: Letter) -> list[Mark]:
    """What is typed instead: a household without a camera is a household too. The code is set large and whole."""
    language = occasion.language
    x, y, width = LETTER_QR
    small = Role(8.5, 12, colour=style.GREY)
    y += width + 9 * MM  # below the white that the code needs
    marks: list[Mark] = [setter.left(small, say("type_code", language), x, y)]
    y += small.leading
    typed = Role(8.5, 12)
    for line in setter.lines([typed.span(typed_address(letter.door))], width):
        marks.append(Words(x, y, line))
        y += typed.leading
    marks.append(setter.left(small, say("then_code", language), x, y))
    code = fitting(setter, letter.short_code, width, (17, 16, 15, 14))
    return [*marks, setter.left(code, letter.short_code, x, y + code.size * 1.25)]


def _signed(setter: Setter, occasion: Occasion, y: float, body: Role) -> list[Mark]:
    """Who asks, at the right as a letter ends, and whom to ring."""
    language, notice = occasion.language, occasion.notice
    marks: list[Mark] = [setter.right(body, notice.body.in_language(language), RIGHT, y)]
    contact = f"{say('contact', language)}　{notice.contact.in_language(language)}"
    role = Role(10.5, 15, bold=True)
    for row, line in enumerate(setter.lines([role.span(contact)], RIGHT - LEFT)):
        marks.append(Words(LEFT, y + 12 * MM + row * role.leading, line))
    return marks
