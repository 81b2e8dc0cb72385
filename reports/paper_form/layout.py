"""The form page by page: what is printed on every copy, and the geometry that a reader of scans asks.

The place of a box depends on the questionnaire and the languages alone. What a wave adds (the statutory header) and
what a copy adds (serial, code, case) stand in reserved places of the page head and move nothing.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from questionnaires.model import Questionnaire
from questionnaires.text import Text
from reports import style
from reports.fonts import Typeface, TypeSettings, typeface
from reports.layout.setting import Setter
from reports.marks import Fill, Mark, Stroke, Words
from reports.paper_form.blocks import Block, Hand, Spot, stacked, tick_box
from reports.paper_form.density import DENSITIES, LARGE, MM, SHEET, USUAL
from reports.paper_form.drawn_blocks import Notices
from reports.paper_form.geometry import CORNER, CORNERS, PAGE, QR_AT, QR_SIDE, Box, Entry, Geometry
from reports.paper_form.kinds import PRINTED
from reports.paper_form.questions import WIDTH
from reports.paper_form.skips import numbered
from reports.paper_form.words import say
from reports.typesetting.composer import Composer, Line, Span

LEFT = 15 * MM
FIRST_TOP = 37 * MM  # page one: below the statutory header and the serial
NEXT_TOP = 31 * MM
BOTTOM = 280.5 * MM
MOST_STRETCH = 5.0 * MM  # by which a gap may grow to fill its page
TITLE_X = (QR_AT[0] + QR_SIDE + 4) * MM
TITLE_WIDTH = 88 * MM


@dataclass(frozen=True, slots=True, kw_only=True)
class FormPage:
    """One page of every copy; marks in pt from the top left corner of the page."""

    marks: tuple[Mark, ...]
    spots: tuple[Spot, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class FormLayout:
    questionnaire: Questionnaire
    languages: tuple[str, ...]
    face: Typeface
    pages: tuple[FormPage, ...]
    geometry: Geometry
    large: bool = False


def lay_out_form(
    questionnaire: Questionnaire,
    languages: tuple[str, ...],
    *,
    definition_sha256: str,
    large: bool = False,
    settings: TypeSettings | None = None,
) -> FormLayout:
    """The form of a questionnaire in one language or in Chinese with English; the roomiest setting on one sheet.

    A questionnaire too long for one sheet is set in the usual density on as many pages as it needs; so is one in
    ``large`` print, in its own.
    """
    face = typeface(languages[0], settings)
    setter = Setter(Composer(face), languages[0])
    densities = (LARGE,) if large else DENSITIES
    tries = [_pages(questionnaire, Hand(setter=setter, languages=languages, density=one)) for one in densities]
    most = SHEET if any(len(pages) <= SHEET for pages in tries) else len(tries[0 if large else USUAL])
    pages = next(pages for pages in tries if len(pages) <= most)
    return FormLayout(
        questionnaire=questionnaire,
        languages=languages,
        face=face,
        pages=tuple(
            FormPage(
                marks=(*_furniture(setter, questionnaire, languages, number, len(pages)), *block.marks),
                spots=block.spots,
            )
            for number, block in enumerate(pages, start=1)
        ),
        geometry=_geometry(definition_sha256, languages, pages, densities[0].box),
        large=large,
    )


def _geometry(definition_sha256: str, languages: tuple[str, ...], pages: Sequence[Block], box: float) -> Geometry:
    def mm(length: float) -> float:
        return round(length / MM, 2)

    return Geometry(
        definition_sha256=definition_sha256,
        languages="-".join(languages),
        pages=len(pages),
        boxes=tuple(
            Box(page=number, variable=tick.variable, code=tick.code, x=mm(tick.x), y=mm(tick.y))
            for number, block in enumerate(pages, start=1)
            for tick in block.ticks
        ),
        entries=tuple(
            Entry(
                page=number,
                variable=field.variable,
                kind=field.kind,
                x=mm(field.x),
                y=mm(field.y),
                width=mm(field.width),
                height=mm(field.height),
            )
            for number, block in enumerate(pages, start=1)
            for field in block.writings
        ),
        box=box,
    )


# ------------------------------------------------------------------ pages


def _pages(questionnaire: Questionnaire, hand: Hand) -> list[Block]:
    groups = _groups(_blocks(questionnaire, hand))
    return [
        _placed(groups[start:end], FIRST_TOP if start == 0 else NEXT_TOP, last=end == len(groups))
        for start, end in _breaks([(group.height, group.gap) for group in groups])
    ]


def _blocks(questionnaire: Questionnaire, hand: Hand) -> list[Block]:
    numbers = {one.question.id: one for one in numbered(questionnaire)}
    blocks = [_notice(questionnaire, hand)]
    drawn = Notices(questionnaire, numbers, hand)
    for section in questionnaire.sections:
        if section.round is not None and not section.round.printed:
            continue
        blocks += drawn.before(section.questions[:1])
        blocks.append(_section_title(section.title, hand))
        for question in section.questions:
            blocks += drawn.before([question])
            blocks += PRINTED[question.type](hand, numbers, question)
    return blocks


def _groups(blocks: Sequence[Block]) -> list[Block]:
    """Blocks that stay together are one: a section's title and its first question."""
    groups: list[Block] = []
    held: list[Block] = []
    for block in blocks:
        held.append(block)
        if not block.keep:
            groups.append(stacked(held, held[0].gap))
            held = []
    return groups


def _breaks(sizes: Sequence[tuple[float, float]]) -> list[tuple[int, int]]:
    """Which groups stand on which page: fewest pages, then the most even filling."""
    count = len(sizes)
    best: list[tuple[int, float, int]] = [(0, 0.0, 0)] + [(10**6, 0.0, 0)] * count
    for end in range(1, count + 1):
        for start in range(end - 1, -1, -1):
            free = BOTTOM - (FIRST_TOP if start == 0 else NEXT_TOP)
            used = sum(height + (gap if place else 0) for place, (height, gap) in enumerate(sizes[start:end]))
            if used > free and end - start > 1:
                break
            cost = best[start][1] + max(free - used, 0.0) ** 2
            found = (best[start][0] + 1, cost, start)
            if found[:2] < best[end][:2]:
                best[end] = found
    breaks: list[tuple[int, int]] = []
    end = count
    while end:
        start = best[end][2]
        breaks.append((start, end))
        end = start
    return breaks[::-1]


def _placed(groups: Sequence[Block], top: float, *, last: bool) -> Block:
    """The groups below each other from ``top``; gaps grow to fill the page, on the last one less."""
    used = sum(group.height + (group.gap if place else 0) for place, group in enumerate(groups))
    extra = min(max(BOTTOM - top - used, 0.0) / max(len(groups) - 1, 1), MOST_STRETCH * (0.7 if last else 1.0))
    grown = [replace(g, gap=g.gap + extra) for g in groups]
    return stacked(grown, 0.0).moved(LEFT, top)


def _section_title(title: Text, hand: Hand) -> Block:
    role = hand.density.role(hand.density.question, bold=True, colour=style.ACCENT)
    line = hand.setter.composer.line(*hand.spans(title, role, bold=True))
    height = role.leading + 0.6 * MM
    rule = Stroke(0, height, WIDTH, height, 0.8, style.ACCENT)
    gap = (hand.density.gap + 1.2) * MM
    return Block(
        height=height + hand.density.gap * MM * 0.6, marks=(Words(0, role.size, line), rule), gap=gap, keep=True
    )


def _notice(questionnaire: Questionnaire, hand: Hand) -> Block:
    """Why, who asks, how long it is kept, whom to ask; then how to fill in, with the boxes drawn."""
    notice, density = questionnaire.notice, hand.density
    role = density.role(density.note)
    parts: list[Block] = []
    for language in hand.languages:
        said = [notice.purpose.in_language(language)]
        if body := notice.body.in_language(language):
            said.append(say("body", language, body=body))
        if notice.minutes:
            said.append(say("minutes", language, minutes=notice.minutes))
        said += [notice.retention.in_language(language), notice.contact.in_language(language)]
        joined = ("" if language == "zh" else " ").join(filter(None, said))
        parts.append(hand.paragraph([role.span(joined)], role, WIDTH))
    parts += [_how_to(hand, language, first=place == 0) for place, language in enumerate(hand.languages)]
    return stacked(parts, 0.0)


def _how_to(hand: Hand, language: str, *, first: bool) -> Block:
    """How to tick and how to correct, on one line with drawn examples; then what keeps the sheet readable."""
    density = hand.density
    role = density.role(density.note)
    side, pitch = density.box * MM, max(role.leading, density.box * MM) + 0.4 * MM
    x, base = 0.0, role.size + 1.2 * MM
    height = role.leading + 1.6 * MM
    marks: list[Mark] = []
    for key, drawing in (("how_to_tick", _ticked), ("how_to_correct", _corrected)):
        line = hand.setter.composer.line(Span(say(key, language), role.size, style.INK, bold=first))
        if x and x + line.width + 1.2 * MM + drawing(0, 0, side)[1] > WIDTH:
            x, base, height = 0.0, base + pitch, height + pitch
        marks.append(Words(x, base, line))
        x += line.width + 1.2 * MM
        drawn, width = drawing(x, base - role.size * 0.36 - side / 2, side)
        marks += drawn
        x += width + 4 * MM
    last = hand.setter.composer.line(role.span(say("how_to_skip", language)))
    if x + last.width <= WIDTH:
        marks.append(Words(x, base, last))
        return Block(height=height, marks=tuple(marks))
    marks.append(Words(0, base + role.leading + 0.4 * MM, last))
    return Block(height=height + role.leading, marks=tuple(marks))


def _ticked(x: float, y: float, side: float) -> tuple[list[Mark], float]:
    marks: list[Mark] = [*tick_box(x, y, side)]
    marks.append(Stroke(x + side * 0.2, y + side * 0.5, x + side * 0.45, y + side * 0.82, 1.2, style.INK))
    marks.append(Stroke(x + side * 0.43, y + side * 0.82, x + side * 0.95, y + side * 0.02, 1.2, style.INK))
    return marks, side


def _corrected(x: float, y: float, side: float) -> tuple[list[Mark], float]:
    marks: list[Mark] = [*tick_box(x, y, side), Fill(x, y, side, side, style.INK)]
    further, width = _ticked(x + side + 2 * MM, y, side)
    return [*marks, *further], side + 2 * MM + width


# ------------------------------------------------------------------ what stands on every page


def _furniture(
    setter: Setter, questionnaire: Questionnaire, languages: tuple[str, ...], number: int, pages: int
) -> list[Mark]:
    marks: list[Mark] = [
        Fill((x - CORNER / 2) * MM, (y - CORNER / 2) * MM, CORNER * MM, CORNER * MM, "#000000") for x, y in CORNERS
    ]
    marks += _title(setter, questionnaire, languages, first=number == 1)
    role = style.Role(8, 11, colour=style.GREY)
    foot = "　".join(say("page", language, page=number, pages=pages) for language in languages)
    marks.append(setter.centred(role, foot, PAGE[0] / 2 * MM, 288 * MM))
    return marks


def _title(setter: Setter, questionnaire: Questionnaire, languages: tuple[str, ...], *, first: bool) -> list[Mark]:
    """The title beside the code: large on page one, small on the others."""
    marks: list[Mark] = []
    y = 8 * MM
    for place, language in enumerate(languages):
        text = questionnaire.title.in_language(language)
        lines: tuple[Line, ...] = ()
        for size in ((17, 15, 13.5, 12) if place == 0 else (10, 9)) if first else (10,) if place == 0 else (8,):
            lines = setter.lines([Span(text, size, style.INK, bold=place == 0)], TITLE_WIDTH)
            if len(lines) == 1 or (len(lines) == 2 and size <= 15):
                break
        for line in lines:
            y += line.size * 1.12
            marks.append(Words(TITLE_X, y, line))
            y += line.size * 0.25
    return marks
