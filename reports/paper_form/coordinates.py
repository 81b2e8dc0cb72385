"""A place on paper: cells for the figures of latitude and longitude, as many as are kept."""

from __future__ import annotations

from questionnaires.kinds.place import GRAINS
from questionnaires.model import Question
from questionnaires.text import Text
from reports.marks import Mark
from reports.paper_form.blocks import Block, Hand, Writing
from reports.paper_form.density import MM
from reports.paper_form.questions import INDENT, after_field, figures

_PARTS = ((Text("纬度", "latitude"), 2), (Text("经度", "longitude"), 3))
_POINT = 3 * MM


def coordinates(hand: Hand, question: Question) -> Block:
    """One below the other: each has its word, its degrees, a point and its decimals."""
    density = hand.density
    role = density.role(density.answer)
    height = max(density.option + 1.2, 7.2) * MM
    start = INDENT + max(hand.width(hand.spans(words, role)) for words, _ in _PARTS) + 2 * MM
    marks: list[Mark] = []
    y = widest = 0.0
    for words, degrees in _PARTS:
        marks.append(after_field(hand, words, INDENT, y, height, role.size))
        x = start
        for count in (degrees, GRAINS[question.precision].decimals):
            if x > start:
                marks.append(hand.setter.left(density.role(14, bold=True), ".", x + 0.8 * MM, y + height - MM))
                x += _POINT
            cells, x = figures(x, y, count, height)
            marks += cells
        widest = max(widest, x)
        y += height + MM
    field = Writing(variable=question.id, kind="place", x=INDENT, y=0, width=widest - INDENT, height=y)
    return Block(height=y, marks=tuple(marks), writings=(field,))
