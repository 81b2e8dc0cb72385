"""PDF of a story: the same input gives the same bytes, every font is embedded, every text can be copied.

``community_pdf``, ``area_pdf``, ``domain_pdf`` and ``estimates_pdf`` are what other packages call.
"""

from __future__ import annotations

import io
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from functools import lru_cache
from itertools import count
from typing import Any, Final

from reportlab import rl_config
from reportlab.pdfbase import pdfdoc
from reportlab.pdfgen import canvas as reportlab_canvas

from analysis.results import Domain
from reports import style
from reports.blocks import Masthead, Story
from reports.content import AreaSummary, CommunitySummary, EstimatesSummary, SectorSummary, Verification
from reports.embedding import EmbeddedFont
from reports.fonts import Typeface, TypeSettings, Weight, typeface
from reports.layout.pages import Frames, Numbering, Page, lay_out, pages_of
from reports.layout.setting import Setter
from reports.marks import Disc, Fill, Mark, Shape, Squares, Stroke, Words
from reports.story import area_story, community_story, domain_story, estimates_story, spares
from reports.story.places import is_city
from reports.story.verification import verified
from reports.tagging import Tree
from reports.typesetting.composer import Piece, composer
from reports.wording.facts import LANGUAGE_TAGS, PRODUCER

# Streams as they are: written as letters, each takes a fourth more, and a tenth of the time of a sheet.
rl_config.useA85 = 0
CURVE: Final = 0.5523  # handle of a quarter circle drawn by a cubic


class PlainCanvas(reportlab_canvas.Canvas):
    """reportlab's canvas without the first font it sets on every page: that would be an unembedded Helvetica."""

    def _make_preamble(self) -> None:
        self._preamble = "1 0 0 1 0 0 cm"


class Information(pdfdoc.PDFInfo):
    """What the file says of itself; without a date where none is known, rather than with a false one."""

    dated = True

    def format(self, document: Any) -> Any:
        entries: dict[str, Any] = {
            "Title": pdfdoc.PDFString(self.title),
            "Author": pdfdoc.PDFString(self.author),
            "Subject": pdfdoc.PDFString(self.subject),
            "Keywords": pdfdoc.PDFString(self.keywords),
            "Creator": pdfdoc.PDFString(self.creator),
            "Producer": pdfdoc.PDFString(self.producer),
        }
        if self.dated:
            entries["CreationDate"] = entries["ModDate"] = pdfdoc.PDFDate(ts=document._timeStamp)
        return pdfdoc.PDFDictionary(entries).format(document)


def community_pdf(
    summary: CommunitySummary,
    language: str = "zh",
    settings: TypeSettings | None = None,
    verification: Verification | None = None,
) -> bytes:
    """The report of one community on two pages."""
    return drawn(community_typeset(summary, language, settings, verification))


def community_typeset(
    summary: CommunitySummary,
    language: str = "zh",
    settings: TypeSettings | None = None,
    verification: Verification | None = None,
) -> Typeset:
    """Of what would take a third page, spare blocks are left out and named, then the chart breaks over the pages, then
    the code to scan goes, of which the letters stay, last the definitions."""
    story = verified(community_story(summary, language), verification)
    typed = (
        story
        if verification is None
        else verified(community_story(summary, language), replace(verification, address=""))
    )
    found = spares.narrower(story, typed, fits(style.COMMUNITY_PAGES, language, settings))
    if found is None:
        found = on_fewest(spares.flowing(story), style.COMMUNITY_PAGES, language, settings)
    return typeset_story(found, settings)


def area_pdf(
    summary: AreaSummary,
    language: str = "zh",
    settings: TypeSettings | None = None,
    verification: Verification | None = None,
) -> bytes:
    """The report of a street, of the city or of a sector in it."""
    return drawn(area_typeset(summary, language, settings, verification))


def area_typeset(
    summary: AreaSummary,
    language: str = "zh",
    settings: TypeSettings | None = None,
    verification: Verification | None = None,
) -> Typeset:
    """Of what would cost more pages than the sheet should have, what is spare goes."""
    story = verified(area_story(summary, language), verification)
    most = style.CITY_PAGES if is_city(summary) else style.STREET_PAGES
    if isinstance(summary, SectorSummary):
        most = style.SECTOR_PAGES
    found = spares.fullest(story, fits(most, language, settings))
    return typeset_story(on_fewest(story, most, language, settings) if found is None else found, settings)


def on_fewest(story: Story, most: int, language: str, settings: TypeSettings | None) -> Story:
    """What cannot do with ``most`` pages, such as a correction that lists many figures, takes as few as it can, and
    those are filled."""
    setter, frames = _setting(typeface(language, settings), language)
    least = spares.fitted(story, 0)
    needed = max(pages_of(least, setter, frames), most)
    return spares.fullest(story, fits(needed, language, settings)) or least


def fits(most: int, language: str, settings: TypeSettings | None) -> spares.Fits:
    """Whether a story has room on so many pages."""
    setter, frames = _setting(typeface(language, settings), language)
    return lambda story: pages_of(story, setter, frames) <= most


def domain_pdf(
    summary: EstimatesSummary, domain: Domain, language: str = "zh", settings: TypeSettings | None = None
) -> bytes:
    """The estimates of one domain of any data file. KeyError when the summary does not hold it."""
    return story_pdf(domain_story(summary, domain, language), settings)


def estimates_pdf(summary: EstimatesSummary, language: str = "zh", settings: TypeSettings | None = None) -> bytes:
    """All domains of any data file side by side."""
    return story_pdf(estimates_story(summary, language), settings)


def story_pdf(story: Story, settings: TypeSettings | None = None) -> bytes:
    """The story as a PDF file. FontFault when a font file that the settings name cannot be used."""
    return drawn(typeset_story(story, settings))


@dataclass(frozen=True, slots=True)
class Typeset:
    """A story with every mark in its place, not yet a file."""

    story: Story
    face: Typeface
    pages: tuple[Page, ...]


def typeset_story(story: Story, settings: TypeSettings | None = None, numbering: Numbering | None = None) -> Typeset:
    """With all its spare blocks. ``numbering``: of its pages, where they stand in a larger whole."""
    story = spares.whole(story)
    face = typeface(story.language, settings)
    setter, frames = _setting(face, story.language)
    return Typeset(story, face, lay_out(story, setter, frames, numbering))


@lru_cache(maxsize=8)
def _setting(face: Typeface, language: str) -> tuple[Setter, Frames]:
    """What the documents of a process share: lines that were set and blocks that were laid out."""
    return Setter(composer(face), language), Frames()


def drawn(typeset: Typeset) -> bytes:
    return written(typeset.story, [typeset])


def written(about: Story, parts: Sequence[Typeset]) -> bytes:
    """One file of several documents in one language, ``about`` being what it says of itself."""
    face = parts[0].face
    fonts = {weight: EmbeddedFont(face, weight) for weight in Weight}
    file = io.BytesIO()
    canvas = PlainCanvas(
        file,
        pagesize=(style.PAGE_WIDTH, style.PAGE_HEIGHT),
        pageCompression=1,
        invariant=1,
        pdfVersion=(1, 5),
        lang=LANGUAGE_TAGS[about.language],
    )
    describe(canvas, about)
    tree, pages = Tree(), count(1)
    for part in parts:
        if len(parts) > 1:
            tree.begin_part()
        for place, page in enumerate(part.pages):
            name = name_of(part.story) if place == 0 and len(parts) > 1 else ""
            draw_page(canvas, page, next(pages), fonts, tree, part=name if len(parts) > 1 else None)
            canvas.showPage()
    document: Any = getattr(canvas, "_doc")  # noqa: B009  # the stubs hide it
    tree.add_to(document)
    for font in fonts.values():
        font.add_to(document)
    canvas.save()
    face.save()
    return file.getvalue()


def name_of(story: Story) -> str:
    """What a document is called in the outline of the whole."""
    return next((block.title for block in story.blocks if isinstance(block, Masthead)), story.title)


def describe(canvas: Any, story: Story) -> None:
    """What the file says of itself; its date is the release's."""
    canvas.setTitle(story.title)
    canvas.setSubject(story.subject)
    canvas.setAuthor(story.author)
    canvas.setCreator(PRODUCER)
    canvas.setProducer(PRODUCER)
    canvas.setKeywords(", ".join(story.keywords))
    canvas.setViewerPreference("DisplayDocTitle", "true")
    canvas._doc.info.__class__ = Information
    if story.year_month_day is None:
        canvas._doc.info.dated = False
        return
    year, month, day = story.year_month_day
    stamp = canvas._doc._timeStamp
    moment = datetime(year, month, day, tzinfo=UTC)
    stamp.t, stamp.lt = moment.timestamp(), moment.timetuple()
    stamp.YMDhms = tuple(moment.timetuple())[:6]


def draw_page(
    canvas: Any,
    page: Page,
    number: int,
    fonts: dict[Weight, EmbeddedFont],
    tree: Tree,
    *,
    part: str | None = None,
) -> None:
    """The marks of one page as operators, and its bookmarks. ``part``: the document begins here by that name; "" where
    it goes on, whose sections stand below its name; None where it is the whole."""
    canvas._code.extend(tree.page(page.marks, lambda mark: operators(mark, fonts)))
    if part:
        canvas.bookmarkHorizontalAbsolute(f"p{number}", style.PAGE_HEIGHT)
        canvas.addOutlineEntry(part, f"p{number}", 0, closed=True)
    for place, (title, y) in enumerate(page.bookmarks):
        key = f"p{number}-{place}"
        canvas.bookmarkHorizontalAbsolute(key, style.PAGE_HEIGHT - style.MARGIN_TOP - y + 6)
        canvas.addOutlineEntry(title, key, 0 if part is None else 1, 0)


def operators(mark: Mark, fonts: dict[Weight, EmbeddedFont]) -> str:
    """One mark as PDF operators; y turns upwards here and nowhere else."""
    match mark:
        case Stroke():
            start, end = f"{place_x(mark.x)} {place_y(mark.y)} m", f"{place_x(mark.to_x)} {place_y(mark.to_y)} l"
            return f"{colour(mark.colour)} RG {number(mark.width)} w {start} {end} S"
        case Fill():
            corner = f"{place_x(mark.x)} {place_y(mark.y + mark.height)}"
            return f"{colour(mark.colour)} rg {corner} {number(mark.width)} {number(mark.height)} re f"
        case Disc():
            path = circle(mark.x, mark.y, mark.radius)
            if mark.outline is None:
                return f"{colour(mark.colour)} rg {path} f"
            ink = f"{colour(mark.outline)} RG {number(mark.outline_width)} w"
            return f"{colour(mark.colour)} rg {ink} {path} B"
        case Squares():
            return squares(mark)
        case Shape():
            return shape(mark)
        case Words():
            return " ".join(shown(piece, mark.x, mark.y, fonts) for piece in mark.line.pieces)


def shown(piece: Piece, x: float, y: float, fonts: dict[Weight, EmbeddedFont]) -> str:
    """One text-showing operator. Gaps are kerns inside it, squeezes are narrower characters: no reader takes either for
    the end of a line."""
    span = piece.style
    font = fonts[span.weight]
    parts, run = [], ""
    for character, kern in zip(piece.text, piece.kerns, strict=True):
        if kern < -1e-9:
            parts.append(f"<{font.encode(run)}{font.squeezed(character, round(-kern * 1000))}>")
            run = ""
            continue
        run += character
        if abs(kern) > 1e-9:
            parts.append(f"<{font.encode(run)}> {number(-kern * 1000)}")
            run = ""
    if run:
        parts.append(f"<{font.encode(run)}>")
    at = f"1 0 0 1 {place_x(x + piece.x)} {place_y(y - span.rise)} Tm"
    return f"BT {colour(span.colour)} rg /{font.name} {number(span.size)} Tf {at} [{' '.join(parts)}] TJ ET"


def squares(mark: Squares) -> str:
    """One filled path: squares beside each other show no seams."""
    path = []
    for row, start, end in mark.runs:
        corner = f"{place_x(mark.x + start * mark.cell)} {place_y(mark.y + (row + 1) * mark.cell)}"
        path.append(f"{corner} {number((end - start) * mark.cell)} {number(mark.cell)} re")
    return f"0 0 0 rg {' '.join(path)} f"


def shape(mark: Shape) -> str:
    """One path of all rings, filled by the even-odd rule, its edge drawn."""
    path = []
    for ring in mark.rings:
        (first, *rest) = [f"{place_x(mark.x + x)} {place_y(mark.y + y)}" for x, y in ring]
        path.append(f"{first} m {' '.join(f'{one} l' for one in rest)} h")
    ink = f"{colour(mark.colour)} rg {colour(mark.outline)} RG {number(mark.outline_width)} w 1 j"
    return f"{ink} {' '.join(path)} B*"


def circle(x: float, y: float, radius: float) -> str:
    """A closed circle of four cubic curves."""
    quarter = radius * CURVE
    points = (
        ((x + radius, y - quarter), (x + quarter, y - radius), (x, y - radius)),
        ((x - quarter, y - radius), (x - radius, y - quarter), (x - radius, y)),
        ((x - radius, y + quarter), (x - quarter, y + radius), (x, y + radius)),
        ((x + quarter, y + radius), (x + radius, y + quarter), (x + radius, y)),
    )
    curves = [" ".join(f"{place_x(a)} {place_y(b)}" for a, b in curve) + " c" for curve in points]
    return f"{place_x(x + radius)} {place_y(y)} m {' '.join(curves)} h"


def place_x(x: float) -> str:
    return number(style.MARGIN_SIDE + x)


def place_y(y: float) -> str:
    return number(style.PAGE_HEIGHT - style.MARGIN_TOP - y)


def number(value: float) -> str:
    """At most three decimals, no exponent: enough for a thousandth of a point, the same on every machine."""
    text = f"{value:.3f}".rstrip("0").rstrip(".")
    return "0" if text in ("-0", "") else text


@lru_cache(maxsize=64)
def colour(code: str) -> str:
    """#RRGGBB as three shares."""
    return " ".join(number(int(code[i : i + 2], 16) / 255) for i in (1, 3, 5))
