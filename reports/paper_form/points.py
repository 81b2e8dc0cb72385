"""Points on paper: a box for each number in one row, the words of both ends below, what means missing at the right."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from questionnaires.model import Layout, Question
from questionnaires.points import apart_from, points_of
from questionnaires.text import Text
from reports import style
from reports.marks import Mark, Stroke, Words
from reports.paper_form.blocks import Block, Hand, Tick, tick_box
from reports.paper_form.density import MM
from reports.paper_form.geometry import CLEAR
from reports.paper_form.questions import AFTER_BOX, INDENT, INNER, Printer
from reports.paper_form.skips import Numbered

PITCH = 11 * MM  # from box to box
AFTER_ROW = 8 * MM


def by_layout(of_lists: Printer, of_points: Printer) -> Printer:
    def blocks(hand: Hand, numbers: Mapping[str, Numbered], question: Question) -> Iterator[Block]:
        return (of_points if question.layout is Layout.POINTS else of_lists)(hand, numbers, question)

    return blocks


def row_of_points(hand: Hand, question: Question) -> Block:
    density, points = hand.density, points_of(question)
    side = density.box * MM
    pitch = max(PITCH, side + 2 * CLEAR * MM)
    code_role, role = density.role(density.note), density.role(density.answer)
    box_y = code_role.size + 1.4 * MM
    marks: list[Mark] = []
    ticks: list[Tick] = []
    for place, option in enumerate(points):
        x = INDENT + place * pitch
        marks.append(hand.setter.centred(code_role, option.code, x + side / 2, code_role.size))
        marks += tick_box(x, box_y, side)
        ticks.append(Tick(variable=question.id, code=option.code, x=x, y=box_y))
    end = INDENT + (len(points) - 1) * pitch + side
    words, height = _end_words(hand, (points[0].label, points[-1].label), INDENT, end, box_y + side + 1.2 * MM)
    marks += words
    x, y = end + AFTER_ROW, box_y
    for option in apart_from(question):
        spans = [code_role.span(f"{option.code}  ", colour=style.GREY), *hand.spans(option.label, role)]
        width = side + AFTER_BOX + hand.width(spans)
        if x + width > INDENT + INNER:
            x, y = INDENT, height + (density.option * MM - side) / 2
            height += density.option * MM
        marks += tick_box(x, y, side)
        ticks.append(Tick(variable=question.id, code=option.code, x=x, y=y))
        base = y + side / 2 + role.size * 0.36
        marks.append(Words(x + side + AFTER_BOX, base, hand.setter.composer.line(*spans)))
        x += width + AFTER_ROW
    return Block(height=height, marks=tuple(marks), ticks=tuple(ticks))


def numbers_and_ends(hand: Hand, question: Question, centres: Sequence[float], column: float) -> Block:
    """The heads of a matrix of points: the words of both ends over all of them, then a number over each column."""
    role = hand.density.role(hand.density.heads or hand.density.note)
    points = points_of(question)
    marks: list[Mark] = []
    y = 0.0
    for option, centre in zip(question.options, centres, strict=True):
        if option.missing is not None:  # above the ends, from its column to the left: there it has room
            line = hand.setter.composer.line(*hand.spans(option.label, role))
            y += role.size * 1.25
            marks.append(Words(centre + column / 2 - line.width, y - role.size * 0.25, line))
    left, right = centres[0] - column / 2 + 1 * MM, centres[len(points) - 1] + column / 2 - 1 * MM
    words, y = _end_words(hand, (points[0].label, points[-1].label), left, right, y)
    base = y + role.size
    marks += words
    marks += [
        hand.setter.centred(role, option.code, centre, base)
        for option, centre in zip(question.options, centres, strict=True)
    ]
    height = base + 1.6 * MM
    marks.append(Stroke(INDENT, height, INDENT + INNER, height, 0.6, style.INK))
    return Block(height=height, marks=tuple(marks))


def _end_words(hand: Hand, ends: tuple[Text, Text], left: float, right: float, y: float) -> tuple[list[Mark], float]:
    """The words of the low end from the left, of the high one to the right, each in its half; and where they end."""
    role = hand.density.role(hand.density.note)
    leading = role.size * 1.25
    marks: list[Mark] = []
    most = 0
    for at_right, label in enumerate(ends):
        lines = [
            line
            for language in hand.languages
            for line in hand.setter.lines([role.span(label.in_language(language))], (right - left) / 2 - 3 * MM)
        ]
        for at, line in enumerate(lines):
            marks.append(Words(right - line.width if at_right else left, y + role.size + at * leading, line))
        most = max(most, len(lines))
    return marks, y + most * leading + 0.8 * MM
