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
from reports.typesetting.composer import Line, Span
from reports.wording.facts import period

SIDE: Final = 46 * MM
QR_TOP: Final = 150 * MM  # below the fold of a C5 envelope
LETTER_QR: Final = (RIGHT - SIDE, QR_TOP, SIDE)
GUTTER: Final = 10 * MM
TITLE: Final = 91 * MM
BESIDE_CODE: Final = 138 * MM
SIGNED: Final = 233 * MM

# Window envelopes for mail within the country (the standard beside GB/T 1416): a window of 100 x 40 mm, its left edge
# 25 mm from the envelope's, its top 30 mm (DL, ZL) or 40 mm (C5) from the envelope's. Folded A4 is smaller than the
# envelope and slides in it: what is seen wherever it lies, in a DL folded twice and in a C5 folded once, is
# WINDOW; what is seen anywhere at all reaches from SEEN[0] to SEEN[1], and nothing else stands there.
WINDOW: Final = (28 * MM, 42 * MM, 103 * MM, 57.5 * MM)  # left, top, right, bottom
SEEN: Final = (17.5 * MM, 81.5 * MM)
FOLDS: Final = ((99 * MM, 4 * MM), (148.5 * MM, 2.5 * MM), (198 * MM, 4 * MM))  # where, and how long the mark is
SIZES: Final = (12.5, 11, 10, 9, 8, 7, 6)  # of the community's name in the window; the rest follows
FOLD_MARK: Final = 4 * MM  # from the edge of the paper


def letter_marks(setter: Setter, occasion: Occasion, letter: Letter) -> list[Mark]:
    language = occasion.language
    zh = language == "zh"
    body = Role(11.5 if zh else 10.5, 20 if zh else 15)
    marks = _head(setter, occasion, letter)
    y = TITLE
    title = _said(letter, "letter_title", language)
    role = fitting(setter, title, RIGHT - LEFT, (22, 20, 18))
    marks.append(setter.flush(setter.composer.line(role.span(title)), LEFT, y))
    y += 12 * MM
    marks.append(setter.left(body, _said(letter, "dear", language), LEFT, y))
    y += body.leading * (1.1 if zh else 1.4)
    community = letter.community.in_language(language)
    why = ("　　" if zh else "") + _said(letter, "why", language, community=community)
    for line in setter.lines([body.span(why)], RIGHT - LEFT, justify=True):
        marks.append(Words(LEFT, y, line))
        y += body.leading
    y = max(y + 4 * MM, BESIDE_CODE)
    width = RIGHT - LEFT - SIDE - GUTTER
    for name, text in _paragraphs(occasion, letter):
        spans = [Span(name, body.size, style.INK, bold=True), body.span(text)]
        for line in setter.lines(spans, width, justify=True):
            marks.append(Words(LEFT, y, line))
            y += body.leading
        y += body.leading * 0.45
    marks += _below_the_code(setter, occasion, letter)
    return marks + _signed(setter, occasion, max(y + 6 * MM, SIGNED), body) + statutory_marks(setter, occasion)


def _said(letter: Letter, key: str, language: str, **values: object) -> str:
    """A sentence to a household, or to what else stood on the list."""
    if letter.unit is None:
        return say(key, language, **values)
    return say(f"{key}.listed", language, unit=letter.unit.in_language(language), **values)


def _head(setter: Setter, occasion: Occasion, letter: Letter) -> list[Mark]:
    language = occasion.language
    body = occasion.notice.body.in_language(language)
    role = fitting(setter, body, RIGHT - LEFT, (15, 14, 13, 12, 11))
    marks: list[Mark] = [
        setter.left(role, body, LEFT, 13.5 * MM),
        Stroke(LEFT, 16.5 * MM, RIGHT, 16.5 * MM, 1.2, style.ACCENT),
    ]
    for y, length in FOLDS:
        marks.append(Stroke(FOLD_MARK, y, FOLD_MARK + length, y, 0.4, style.GREY))
    return marks + _in_the_window(setter, letter, language)


def _in_the_window(setter: Setter, letter: Letter, language: str) -> list[Mark]:
    """Community, door, number, as large as they go into what is seen wherever the letter lies."""
    left, top, right, bottom = WINDOW
    lines: list[tuple[Line, Role]] = []
    community = letter.community.in_language(language)
    for size in SIZES:
        name = fitting(setter, community, right - left, [one for one in SIZES if one <= size])
        where = Role(size * 0.92, size * 1.22)
        number = Role(max(size * 0.75, 7), size, colour=style.GREY)
        told = [(name, community)]
        if letter.household:
            told.append((where, letter.household))
        case = _said(letter, "case", language, number=letter.case_number)
        to = f"{_said(letter, 'to_the_household', language)}　{case}"
        told.append((number, to))
        lines = [(line, role) for role, text in told for line in setter.lines([role.span(text)], right - left)]
        if sum(role.leading for _, role in lines) <= bottom - top:
            break
    y = top
    marks: list[Mark] = []
    for line, role in lines:
        y += role.leading
        marks.append(Words(left, y - role.leading * 0.22, line))
    return marks


def _paragraphs(occasion: Occasion, letter: Letter) -> list[tuple[str, str]]:
    language, notice = occasion.language, occasion.notice
    kept = "secret_more_quoted" if occasion.quoted else "secret_more"
    timed = "how_more" if notice.minutes is not None else "how_more_untimed"
    told = [
        (say("how", language), _said(letter, timed, language, minutes=notice.minutes)),
        (
            say("when", language),
            say("when_more", language, period=period(occasion.opens_on, occasion.closes_on, language)),
        ),
        (say("secret", language), say(kept, language, retention=notice.retention.in_language(language))),
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
