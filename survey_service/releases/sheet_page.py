"""The sheet of an area as a web page, made of the same blocks as its PDF: for phones, and to be read aloud.

``sheet`` is called by name in the process beside the server: the summaries of a release hold every area.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING, Any
from uuid import UUID

from fastapi import APIRouter
from starlette.requests import Request
from starlette.responses import Response

from questionnaires.text import Text
from survey_service.accounts import rights
from survey_service.accounts.staff_pages import staff_page
from survey_service.dependencies import Reading, Running
from survey_service.errors import NotFound
from survey_service.models import Taken
from survey_service.processes.beside import computed
from survey_service.releases import queries
from survey_service.releases.openings import NotesOpenings
from survey_service.releases.routes import ReleaseReader, find_release, sheet_of
from survey_service.services import Services
from survey_service.web.languages import language_of

if TYPE_CHECKING:
    from reports.blocks import Axis, Range, Story, Table, Tile
    from reports.style import Role

router = APIRouter()

WIDTH, EDGE = 240.0, 12.0  # of a drawn interval at least, in px, and what its dot and the ends of its axis keep free
DIGIT = 7.0  # px of a figure on an axis, at most
LETTER = 30.0  # units of a map: size of a name on it
WIDE_FROM = 0x2E80  # letters that take a whole square
MOST_BESIDE = 4  # columns of figures that a phone shows beside each other
SIGNS = {
    "reached": ("●", "reached"),
    "not_reached": ("▲", "missed"),
    "cannot_tell": ("◆", "unsure"),
    "cannot_reach": ("◇", "unsure"),
    "not_published": ("—", "quiet"),
}
"""Verdict -> its sign and its class; as in the reports."""


@dataclass(frozen=True, slots=True)
class Sheet:
    """The story of one area, and the words of the verdicts beside whose signs no word stands."""

    story: Story
    words: dict[str, str]


@dataclass(frozen=True, slots=True)
class Drawn:
    """An interval in per cent of the width of its picture; ``told`` is what it shows, in words."""

    low: float
    high: float
    dot: float | None
    target: float | None
    told: str


@dataclass(frozen=True, slots=True)
class Label:
    """Where sign and name stand on a map, in its units."""

    x: int
    sign: int
    name: int
    named: bool


class _Screen:
    """How wide the figures of an axis are on a screen."""

    def width(self, role: Role, text: str) -> float:
        return DIGIT * len(text)


def sheet(running: Services, survey_id: UUID, release_id: UUID, area_code: str, language: str) -> Sheet:
    """What the PDF of that area says, from what was kept of the signature; NotFound where it holds no such area."""
    from analysis.results import Verdict
    from reports.content import CommunitySummary
    from reports.story import area_story, community_story
    from reports.story.verification import verified
    from reports.wording.verdicts import verdict_word
    from survey_service.releases.sheet_codes import verification
    from survey_service.releases.word import summary_of

    found = summary_of(running, survey_id, release_id, area_code)
    story = community_story(found, language) if isinstance(found, CommunitySummary) else area_story(found, language)
    words = {verdict.value: verdict_word(verdict, language) for verdict in Verdict}
    return Sheet(verified(story, verification(found, running.settings), scanned=False), words)


@router.get("/releases/{number}/sheets/{area_code}")
def page(
    request: Request,
    running: Running,
    reading: Reading,
    person: ReleaseReader,
    openings: NotesOpenings,
    number: str,
    area_code: str,
) -> Response:
    """404 for an area that is not the person's, and for one that the release has no sheet of.

    In the language of the page where the area has a PDF in it, else in that of its PDF: no words that nobody released.
    """
    with reading.begin() as session:
        release, survey, wave = find_release(session, person, number)
        visible = person.visible(*rights.READ_RELEASES)
        documents = [one for one, _ in queries.visible_documents_of(session, release, area_code, visible)]
        if not documents:
            raise NotFound
        files = [(one.language, one.pages) for one in documents]
        opened = next((one for one in documents if one.language == language_of(request)), documents[0])
        others = queries.sheets_of_area(session, survey.id, opened.area_id, opened.sector)
        newest = queries.newest_number(session, survey.id, wave.id)
        which, wave_name, one = (release.survey_id, release.id), Text(wave.name_zh, wave.name_en), sheet_of(opened)
        may_share = person.may("SHARE_SHEETS") and queries.is_among(
            session, opened.area_id, person.visible(*rights.SHARE_SHEETS)
        )
    openings.note(one, Taken.PAGE)
    made: Sheet = computed(running, f"{__name__}:sheet", *which, area_code, one.language)
    context = {
        "number": number,
        "area_code": area_code,
        "wave_name": wave_name,
        "files": files,
        "later": newest if newest != number else "",
        "others": [other for other in others if other.number != number],
        "may_share": may_share,
        **drawn_with(made),
    }
    return staff_page(request, running, person, "staff/sheet.html", context, section="surveys")


def drawn_with(made: Sheet) -> dict[str, Any]:
    """What the template of the blocks asks for."""
    from reports.outlines import path_of

    return {
        "sheet": made,
        "story": made.story,
        "signs": SIGNS,
        "kind": lambda block: type(block).__name__,
        "drawn": drawn,
        "ticks": ticks,
        "folds": folds,
        "interval": interval,
        "path": path_of,
        "labelled": labelled,
    }


def labelled(tile: Tile) -> Label:
    """Where the sign of an outline stands, and below it the name where that has room."""
    from reports.outlines import widest

    room = widest(tile.rings, 2.4 * LETTER)
    wide = sum(LETTER if ord(letter) > WIDE_FROM else LETTER * 0.58 for letter in tile.name)
    if room is not None and room[1] - room[0] > wide:
        middle, y = (room[0] + room[1]) / 2, room[2]
        return Label(round(middle), round(y - 0.2 * LETTER), round(y + LETTER), named=True)
    left, right, y = widest(tile.rings, LETTER) or widest(tile.rings, 0) or (0.0, 0.0, 0.0)
    return Label(round((left + right) / 2), round(y + 0.4 * LETTER), 0, named=False)


def interval(ends: tuple[str, str]) -> str:
    """As it is printed: 92.1–98.6."""
    from reports.wording.figures import joined

    return joined(*ends)


def drawn(shown: Range, axis: Axis, target: float | None = None) -> Drawn:
    """Where the ends, the estimate and the target lie on the axis; what the drawing says, by its ends as printed."""
    from reports.wording.figures import outwards

    on = axis.target if target is None else target
    return Drawn(
        low=place_on(axis, shown.low),
        high=place_on(axis, shown.high),
        dot=None if shown.dot is None else place_on(axis, shown.dot),
        target=None if on is None else place_on(axis, on),
        told=interval(outwards(shown.low, shown.high)),
    )


def place_on(axis: Axis, value: float) -> float:
    """In per cent of the width of a picture."""
    share = (value - axis.low) / (axis.high - axis.low)
    return round((EDGE + min(max(share, 0.0), 1.0) * (WIDTH - 2 * EDGE)) / WIDTH * 100, 2)


@lru_cache(maxsize=256)
def ticks(axis: Axis) -> tuple[tuple[float, str], ...]:
    """The figures of an axis that have room on the narrowest picture, as the reports choose them, with their places."""
    from reports.charts import Scale
    from reports.layout.axes import labelled

    if not axis.ticks:
        return ()
    return tuple((place_on(axis, value), text) for value, text in labelled(_Screen(), Scale(axis, EDGE, WIDTH - EDGE)))


def folds(block: Table) -> str:
    """How a table is laid out on a phone: ``drawn`` is a line of figures with the drawing below, ``told`` a line for
    each cell with the head of its column, ``pairs`` two of these side by side. "": as it is; shades are compared across
    a row, and what has too many of them goes sideways."""
    kinds = [column.kind.value for column in block.columns]
    if kinds == ["text", "chart", "figure", "interval", "figure"]:
        return "drawn"
    if "shaded" in kinds or kinds == ["text", "text"]:
        return ""
    if "chart" in kinds or "text" in kinds[1:] or any(one.interval for row in block.rows for one in row.cells):
        return "told"
    return "pairs" if len(kinds) > MOST_BESIDE else ""
