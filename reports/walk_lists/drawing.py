"""Walking lists as one PDF, A4 upright: rows high enough to be written into, every grid on pages of its own."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from reports import style
from reports.fonts import TypeSettings
from reports.layout.setting import Setter
from reports.marks import Fill, Mark, Stroke, Words
from reports.sheets import open_sheet
from reports.style import Role
from reports.walk_lists.content import Grid, Household, Round
from reports.walk_lists.words import say

MM: Final = style.MILLIMETRE
LEFT: Final = 14 * MM
RIGHT: Final = style.PAGE_WIDTH - 12 * MM
TOP: Final = 34 * MM  # of the table
ROW: Final = 9.6 * MM
ROWS: Final = 24  # of a page
COLUMNS: Final = (  # name, width in mm; the door takes what is left
    ("place", 8.0),
    ("door", 0.0),
    ("number", 22.0),
    ("told", 27.0),
    ("first", 16.0),
    ("second", 16.0),
    ("third", 16.0),
    ("note", 15.0),
)
PADDING: Final = 1.4 * MM
HEAD: Final = Role(8, 11, colour=style.GREY)


def walk_list_pdf(about: Round, grids: Sequence[Grid], *, settings: TypeSettings | None = None) -> bytes:
    sheet = open_sheet(about.language, settings)
    sheet.describe(
        title=say("title", about.language),
        author=about.title.in_language(about.language),
        subject=about.wave.in_language(about.language),
    )
    for grid in grids:
        pages = [grid.households[start : start + ROWS] for start in range(0, len(grid.households), ROWS)]
        for page, households in enumerate(pages, 1):
            marks = _head(sheet.setter, about, grid, page, len(pages))
            marks += _table(sheet.setter, about.language, households, (page - 1) * ROWS)
            sheet.draw(marks + _foot(sheet.setter, about.language))
            sheet.canvas.showPage()
    return sheet.finish()


def _head(setter: Setter, about: Round, grid: Grid, page: int, pages: int) -> list[Mark]:
    language = about.language
    name, small = Role(15, 20, bold=True), Role(8.5, 12, colour=style.GREY)
    where = "　".join(part for part in (grid.community.in_language(language), grid.name.in_language(language)) if part)
    survey = f"{about.title.in_language(language)} · {about.wave.in_language(language)}"
    count = grid.counted.in_language(language)
    printed = say("printed", language, time=f"{about.printed_at:%Y-%m-%d %H:%M}")
    numbered = say("page", language, page=page, pages=pages)
    return [
        setter.left(small, survey, LEFT, 13 * MM),
        setter.right(small, f"{printed}　{numbered}", RIGHT, 13 * MM),
        setter.left(name, where, LEFT, 22 * MM),
        setter.right(Role(11, 15), f"{say('title', language)}　{count}", RIGHT, 22 * MM),
    ]


def _places() -> list[tuple[str, float, float]]:
    """Every column with its left edge and its width, in pt."""
    fixed = sum(width for _, width in COLUMNS) * MM
    found, x = [], LEFT
    for name, millimetres in COLUMNS:
        width = millimetres * MM or RIGHT - LEFT - fixed
        found.append((name, x, width))
        x += width
    return found


def _table(setter: Setter, language: str, households: Sequence[Household], before: int) -> list[Mark]:
    places = _places()
    bottom = TOP + ROW * len(households)
    marks: list[Mark] = [Fill(LEFT, TOP - 6 * MM, RIGHT - LEFT, 6 * MM, style.TINT)]
    for name, x, _ in places:
        marks.append(setter.left(HEAD, say(name, language), x + PADDING, TOP - 1.9 * MM))
    for _, x, _ in places[1:]:
        marks.append(Stroke(x, TOP - 6 * MM, x, bottom, style.RULE_ROW, style.RULE))
    marks.append(Stroke(LEFT, TOP, RIGHT, TOP, style.RULE_HEAVY, style.INK))
    for row, one in enumerate(households):
        top = TOP + row * ROW
        marks += _row(setter, language, one, before + row + 1, top)
        marks.append(Stroke(LEFT, top + ROW, RIGHT, top + ROW, style.RULE_ROW, style.RULE))
    return marks


def _row(setter: Setter, language: str, one: Household, place: int, top: float) -> list[Mark]:
    colour = style.GREY if one.settled else style.INK
    told = one.told.in_language(language)
    cells = {
        "place": (f"{place}", 9.0),
        "door": (one.door or "–", 11.0),
        "number": (one.number, 8.5),
        "told": (f"– {told}" if one.settled else told, 8.5),
    }
    marks: list[Mark] = []
    for name, x, width in _places():
        if name in cells:
            text, size = cells[name]
            marks += _cell(setter, text, (size, colour), x + PADDING, top, width - 1.6 * PADDING)
    return marks


def _cell(setter: Setter, text: str, look: tuple[float, str], x: float, top: float, width: float) -> list[Mark]:
    """Text in the middle of a row: smaller where it needs to be, then on two lines, three. ``look``: size, colour."""
    size, colour = look
    for smaller, most in ((1.0, 1), (0.9, 1), (0.82, 1), (0.82, 2), (0.7, 2), (0.55, 3)):
        role = Role(size * smaller, size * smaller * 1.2, colour=colour)
        lines = setter.lines([role.span(text)], width)
        if len(lines) <= most:
            break
    y = top + (ROW - len(lines) * role.leading) / 2 + role.leading * 0.78
    return [Words(x, y + place * role.leading, line) for place, line in enumerate(lines)]


def _foot(setter: Setter, language: str) -> list[Mark]:
    small = Role(8.5, 12)
    y = style.PAGE_HEIGHT - 20 * MM
    marks: list[Mark] = []
    for key, role in (("marks", small), ("give_back", Role(8.5, 12, bold=True))):
        for line in setter.lines([role.span(say(key, language))], RIGHT - LEFT):
            marks.append(Words(LEFT, y, line))
            y += role.leading
    return marks
