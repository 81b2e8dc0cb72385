"""The heads of a table: names of columns, of indicators with their targets, the figures of axes; none over another."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from reports import style
from reports.blocks import Column, ColumnKind, Table
from reports.charts import Scale
from reports.layout.axes import axis_marks
from reports.layout.setting import Setter
from reports.marks import Frame, Mark, Stroke, Words, furniture, moved, part_of
from reports.structure import Node, row_of
from reports.style import Role, U

LETTER_ROOM = 5.0
LEAST_GAP = 3.0
CHART_NAME = Role(10.5, 3.4 * U, True)


@dataclass(frozen=True, slots=True)
class Place:
    """One column laid on the page: from ``left`` to ``right`` in pt; ``dash`` is where its intervals align."""

    column: Column
    left: float
    right: float
    dash: float = 0.0
    letters: bool = False
    insets: tuple[float, float] = (3.0, 3.0)  # blank at the ends of a chart: half of the first and last figure
    standing: tuple[float, ...] = ()  # the figures of a chart's axis that have room

    @property
    def scale(self) -> Scale:
        assert self.column.axis is not None
        return Scale(self.column.axis, self.left + self.insets[0], self.right - self.insets[1])

    @property
    def edge(self) -> float:
        """Right edge of the figures, letters standing behind it."""
        return self.right - (LETTER_ROOM if self.letters else 0.0)


def cell_places(columns: Sequence[Column]) -> list[int]:
    """In which cell each column stands for whoever hears the table: the figure of a chart is one with its chart."""
    places: list[int] = []
    for i, column in enumerate(columns):
        joins = i > 0 and not column.head and columns[i - 1].kind is ColumnKind.CHART
        places.append(places[-1] + (not joins) if places else 0)
    return places


def head_frame(setter: Setter, block: Table, places: Sequence[Place], width: float, node: Node) -> Frame:
    """Column heads, the figures of the axes, and the rule under them. Height: to the top of the first row."""
    if not block.head:
        return Frame(1.4 * U, (Stroke(0, 1.4 * U, width, 1.4 * U, style.RULE_HEAD, style.RULE),))
    titled = [i for i, place in enumerate(places) if place.column.axis and place.column.head]
    apart = any(head_width(setter, places[i].column) > room_over(places, i, width) for i in titled)
    wrapped = {
        i: shaded_head(setter, place) for i, place in enumerate(places) if place.column.kind is ColumnKind.SHADED
    }
    noted = [i for i, place in enumerate(places) if place.column.kind is ColumnKind.FIGURE and place.column.note]
    over = {i: noted_head(setter, places[i]) for i in noted}
    wrapped |= {
        i: right_head(setter, place, places[i - 1].right + LEAST_GAP)
        for i, place in enumerate(places)
        if i and place.column.kind in (ColumnKind.FIGURE, ColumnKind.INTERVAL) and i not in over
    }
    lines = max((count for _, count in wrapped.values()), default=1)
    y = (5 + (3.6 if titled else 0) + (3.2 if apart else 0)) * U + (lines - 1) * style.NOTE.leading
    y += max((count for _, count in over.values()), default=0) * CHART_NAME.leading
    marks: list[Mark] = []
    which = cell_places(block.columns)
    _, cells = row_of(node, which[-1] + 1, head=True)
    for i, place in enumerate(places):
        column = place.column
        named: Sequence[Mark]
        if column.kind is ColumnKind.CHART:
            marks.extend(furniture(axis_marks(setter, place.scale, y)))
            named = (
                chart_head(setter, place, y - 3.4 * U, room_over(places, i, width), apart=apart) if column.head else ()
            )
        elif i in over:
            named = moved(over[i][0], 0, y)
        elif i in wrapped:
            words, count = wrapped[i]
            named = moved(words, 0, y - (count - 1) * style.NOTE.leading)
        elif column.kind is ColumnKind.TEXT:
            named = (setter.left(style.NOTE, column.head, place.left, y),)
        else:
            named = (setter.right(style.NOTE, column.head, place.edge, y),)
        marks.extend(part_of(cells[which[i]], (mark for mark in named if heard(mark))))
    bottom = y + 1.1 * U
    marks.append(Stroke(0, bottom, width, bottom, style.RULE_HEAD, style.RULE))
    return Frame(bottom, tuple(marks))


def heard(mark: Mark) -> bool:
    """Whether there is a word in it: the head of many a column is empty."""
    return not isinstance(mark, Words) or bool(mark.line.text)


def shaded_head(setter: Setter, place: Place) -> tuple[tuple[Mark, ...], int]:
    """The head over a field, in lines in its middle; the last baseline of them is that of the other heads."""
    role = replace(style.NOTE, bold=place.column.strong)
    lines = setter.lines([role.span(place.column.head)], place.right - place.left)
    middle = (place.left + place.right) / 2
    return tuple(Words(middle - line.width / 2, i * role.leading, line) for i, line in enumerate(lines)), len(lines)


def right_head(setter: Setter, place: Place, left: float) -> tuple[tuple[Mark, ...], int]:
    """The head over figures, in lines at their right edge where the column before leaves no room for it in one."""
    right = place.edge if place.column.kind is ColumnKind.FIGURE else place.right
    one = setter.right(style.NOTE, place.column.head, right, 0.0)
    if one.x >= left - 0.01:
        return (one,), 1
    lines = setter.lines([style.NOTE.span(place.column.head)], right - left)
    leading = style.NOTE.leading
    return tuple(Words(right - line.width, i * leading, line) for i, line in enumerate(lines)), len(lines)


def head_width(setter: Setter, column: Column) -> float:
    """A chart's name and its target beside it."""
    note = setter.width(style.NOTE, column.note) + 5 if column.note else 0.0
    return setter.width(CHART_NAME, column.head) + note


def room_over(places: Sequence[Place], i: int, width: float) -> float:
    """From a chart's left edge to the next chart's: its head may stand over the figures that belong to it."""
    following = [place.left for place in places[i + 1 :] if place.column.kind is ColumnKind.CHART]
    return (following[0] - 4 if following else width) - places[i].left


def chart_head(setter: Setter, place: Place, y: float, room: float, *, apart: bool) -> list[Mark]:
    """The indicator's name in bold with its target in grey beside it, or under it where names are long."""
    column = place.column
    natural = setter.width(CHART_NAME, column.head)
    allowed = room if apart or not column.note else room - setter.width(style.NOTE, column.note) - 5
    role = CHART_NAME
    if natural > allowed:
        role = Role(max(CHART_NAME.size * allowed / natural, style.SMALLEST), CHART_NAME.leading, True)
    head = setter.left(role, column.head, place.left, y - (3.2 * U if apart and column.note else 0.0))
    marks: list[Mark] = [head]
    if column.note:
        marks.append(setter.left(style.NOTE, column.note, place.left + (0 if apart else head.line.width + 5), y))
    return marks


def noted_head(setter: Setter, place: Place) -> tuple[list[Mark], int]:
    """The indicator's name in bold over its figures, its target in grey below with the baseline at 0; how many lines
    the name takes."""
    width = place.right - place.left
    role = CHART_NAME
    lines = setter.lines([role.span(place.column.head)], width)
    if any(line.width > width for line in lines):
        role = replace(style.SMALL, bold=True)
        lines = setter.lines([role.span(place.column.head)], width)
    marks: list[Mark] = [
        Words(place.edge - line.width, (number - len(lines)) * role.leading, line) for number, line in enumerate(lines)
    ]
    return [*marks, setter.right(style.NOTE, place.column.note, place.edge, 0.0)], len(lines)
