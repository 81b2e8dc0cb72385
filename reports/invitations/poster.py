"""The poster of a community: a headline that reads from across the yard, one large code, three promises."""

from __future__ import annotations

from typing import Final

from reports import style
from reports.invitations.content import Occasion, Poster
from reports.invitations.parts import LEFT, MIDDLE, MM, RIGHT, centred, fitting, statutory_marks, typed_address
from reports.invitations.words import say
from reports.layout.setting import Setter
from reports.marks import Fill, Mark, Stroke, Words
from reports.style import Role
from reports.wording.facts import period

SIDE: Final = 84 * MM  # of the code: read from two metres by a cheap phone
QR_TOP: Final = 93 * MM
QUIET: Final = 9 * MM  # white around it, four modules and a little, up to the corners that frame it
POSTER_QR: Final = (MIDDLE - SIDE / 2, QR_TOP, SIDE)
BAND: Final = 62 * MM  # height of the coloured head
TEXT: Final = RIGHT - LEFT


def poster_marks(setter: Setter, occasion: Occasion, poster: Poster) -> list[Mark]:
    language = occasion.language
    marks: list[Mark] = [Fill(0, 0, style.PAGE_WIDTH, BAND, style.ACCENT)]
    marks += _head(setter, occasion)
    community = say("residents_of", language, community=poster.community.in_language(language))
    role = fitting(setter, community, TEXT, (22, 20, 18, 16, 14))
    lines = setter.lines([role.span(community)], TEXT)
    marks += centred(lines, role, BAND + 14.5 * MM - (len(lines) - 1) * role.leading / 2)
    marks += _frame(POSTER_QR[0] - QUIET, QR_TOP - QUIET, SIDE + 2 * QUIET)
    y = QR_TOP + SIDE + QUIET + 8.5 * MM
    scan = fitting(setter, say("scan", language), TEXT, (16, 15, 14, 13))
    marks += centred([setter.composer.line(scan.span(say("scan", language)))], scan, y)
    small = Role(9.5, 13, colour=style.GREY)
    y += 7 * MM
    typed = f"{say('or_type', language)}　{typed_address(poster.address)}"
    marks += centred(setter.lines([small.span(typed)], TEXT), small, y)
    marks += _promises(setter, occasion, y + 9 * MM)
    return marks + _foot(setter, occasion) + statutory_marks(setter, occasion)


def _head(setter: Setter, occasion: Occasion) -> list[Mark]:
    language = occasion.language
    headline = say("headline", language)
    role = fitting(setter, headline, TEXT, (44, 40, 36, 32, 28))
    line = setter.composer.line(role.span(headline, colour=style.WHITE))
    title = occasion.title.in_language(language)
    below = fitting(setter, title, TEXT, (15, 14, 13, 12, 11), bold=False)
    lines = setter.lines([below.span(title, colour=style.WHITE)], TEXT)
    body = Role(10.5, 14)
    issuer = setter.composer.line(body.span(occasion.notice.body.in_language(language), colour=style.WHITE))
    return [
        *centred([issuer], body, 17 * MM),
        *centred([line], role, 35 * MM),
        *centred(lines[:2], below, 48 * MM - (len(lines[:2]) - 1) * 4),
    ]


def _frame(x: float, y: float, side: float) -> list[Mark]:
    """Corners around the code: the eye and the phone find it at once."""
    arm, width = 14 * MM, 2.2
    far_x, far_y = x + side, y + side
    corners = ((x, y, 1, 1), (far_x, y, -1, 1), (x, far_y, 1, -1), (far_x, far_y, -1, -1))
    marks: list[Mark] = []
    for at_x, at_y, right, down in corners:
        # A half width over the corner closes the angle.
        marks.append(Stroke(at_x - right * width / 2, at_y, at_x + right * arm, at_y, width, style.ACCENT))
        marks.append(Stroke(at_x, at_y, at_x, at_y + down * arm, width, style.ACCENT))
    return marks


def _promises(setter: Setter, occasion: Occasion, top: float) -> list[Mark]:
    """Three columns: how long, that nobody is named, that it can be changed."""
    language, minutes = occasion.language, occasion.notice.minutes
    told = [("minutes", minutes is not None), ("anonymous", True), ("receipt", True)]
    kept = [key for key, said in told if said]
    gap = 8 * MM
    width = (TEXT - gap * (len(kept) - 1)) / len(kept)
    words = [say(key, language, minutes=minutes) for key in kept]
    name = min((fitting(setter, word, width, (14, 13, 12, 11)) for word in words), key=lambda role: role.size)
    more = Role(9.5, 14 if language == "zh" else 12.5, colour=style.GREY)
    marks: list[Mark] = []
    for place, (key, word) in enumerate(zip(kept, words, strict=True)):
        x = LEFT + place * (width + gap)
        marks.append(Stroke(x, top, x + width, top, 1.2, style.ACCENT))
        marks.append(setter.left(name, word, x, top + 8 * MM))
        for row, line in enumerate(setter.lines([more.span(say(f"{key}_more", language))], width)):
            marks.append(Words(x, top + 14.5 * MM + row * more.leading, line))
    return marks


def _foot(setter: Setter, occasion: Occasion) -> list[Mark]:
    """Until when and whom to ask; who has a letter uses the letter."""
    language = occasion.language
    open_days = period(occasion.opens_on, occasion.closes_on, language)
    role = fitting(setter, open_days, TEXT, (17, 16, 15, 14))
    y = style.PAGE_HEIGHT - 46 * MM
    marks = centred([setter.composer.line(role.span(open_days))], role, y)
    small = Role(10, 14)
    contact = f"{say('contact', language)}　{occasion.notice.contact.in_language(language)}"
    lines = setter.lines([small.span(contact)], TEXT)
    marks += centred(lines, small, y + 8 * MM)
    note = Role(9, 12, colour=style.GREY)
    below = y + 8 * MM + len(lines) * small.leading + 1 * MM
    return marks + centred(setter.lines([note.span(say("letter_first", language))], TEXT), note, below)
