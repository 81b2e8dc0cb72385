"""The comparison chart: one group of rows per indicator on an axis common to all."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from reports import style
from reports.blocks import Comparison, ComparisonGroup, ComparisonRow
from reports.charts import Scale, gridlines, interval_marks
from reports.layout.axes import axis_insets, axis_marks, labelled
from reports.layout.setting import OPTICAL_MIDDLE, Setter
from reports.layout.tables import align_on_dash, dash_place
from reports.marks import Frame, Mark, Stack, Stroke, Words, below, furniture
from reports.structure import Node, row_of
from reports.style import Role, U
from reports.typesetting.composer import Line

ROW = 4.1 * U
ROW_LATIN = 3.7 * U
LABEL_LEADING = style.SMALL.leading  # between the lines of a name too long for one
EDGE = 0.8 * U  # blank above and below the rows of an indicator
EDGE_LATIN = 0.6 * U
GAP = 10.0
SIGN_ROOM = 11.0
CELLS = 5  # of a row for whoever hears it: group, place, estimate, interval, n


class Places:
    """Where the columns of one comparison stand, in pt from the left."""

    def __init__(self, setter: Setter, block: Comparison, width: float) -> None:
        name = max(
            max(setter.width(style.SECTION_TITLE, group.name) for group in block.groups),
            max(
                (SIGN_ROOM + setter.width(style.ROW, group.word) for group in block.groups if group.verdict),
                default=0.0,
            ),
            max(setter.width(style.NOTE, group.target_label) for group in block.groups),
        )
        rows = [row for group in block.groups for row in group.rows]
        label = max(setter.width(style.ROW, row.name, bold=True) for row in rows)
        figures = max(setter.width(style.ROW, row.value, bold=True) for row in rows) + 7
        self.name_width = min(name, width * 0.2)
        self.label_x = self.name_width + GAP
        self.label_width = min(label, width * 0.2)
        self.n_x = width
        n_width = max(setter.width(style.ROW, row.n) for row in rows)
        self.interval_right = width - max(n_width, 14) - GAP
        intervals = [row.interval for row in rows if row.interval]
        low, high = dash_place(setter, intervals)
        interval_width = max(low + high, setter.width(style.NOTE, block.heads[1]))
        self.dash_x = self.interval_right - high
        self.value_x = self.interval_right - interval_width - GAP
        head = setter.width(style.NOTE, block.heads[0])
        left = self.label_x + self.label_width + GAP
        before, after = axis_insets(setter, block.axis)
        right = self.value_x - max(figures, head) - GAP
        self.scale = Scale(block.axis, left + max(before, 6), right - max(after - 4, 4))
        self.standing = tuple(value for value, _ in labelled(setter, self.scale))


def comparison(setter: Setter, block: Comparison, width: float) -> Stack:
    """A frame per indicator under a head that is repeated on a new page."""
    places = Places(setter, block, width)
    node = Node(kind="Table")
    title = setter.section_head(block.title, block.unit, width)
    axis = axis_head(setter, block, places, width, node)
    words, count = setter.paragraph(setter.body, block.lead, width, y=5 * U, justify=True)
    lead = Frame(5 * U + (count - 1) * setter.body.leading if block.lead else 0.0, words if block.lead else ())
    head, again = below(title, lead, axis), below(title, axis)
    frames = [group_frame(setter, group, places, width, node, first=i == 0) for i, group in enumerate(block.groups)]
    if block.notes:
        frames[-1] = below(frames[-1], setter.notes(block.notes, width))
    frames[0] = below(head, frames[0])
    return Stack(tuple(frames), again, 2)


def axis_head(setter: Setter, block: Comparison, places: Places, width: float, node: Node) -> Frame:
    """The figures of the axis and the heads of the columns."""
    y = 5 * U
    marks: list[Mark] = [*furniture(axis_marks(setter, places.scale, y))]
    _, cells = row_of(node, CELLS, head=True)
    ends = (places.value_x, places.interval_right, width)
    for cell, head, right in zip(cells[2:], block.heads, ends, strict=True):
        marks.append(replace(setter.right(style.NOTE, head, right, y), node=cell))
    marks.append(Stroke(0, y + 1.2 * U, width, y + 1.2 * U, style.RULE_HEAD, style.RULE))
    return Frame(y + 1.2 * U, tuple(marks))


def rows_of(node: Node, rows: int) -> tuple[Node, list[tuple[Node, ...]]]:
    """The cell of a group's name, which stands for all its rows, and of each row the others: place, estimate,
    interval, n."""
    first = Node(kind="TR", parent=node, cells=(("TH", "Row"), ("TH", "Row"), ("TD", ""), ("TD", ""), ("TD", "")))
    further = [Node(kind="TR", parent=node, cells=first.cells[1:]) for _ in range(rows - 1)]
    name = Node(kind="TH", parent=first, rows=rows)
    cells = [
        tuple(Node(kind=kind, parent=row, place=place) for place, (kind, _) in enumerate(row.cells))[-CELLS + 1 :]
        for row in (first, *further)
    ]
    return name, cells


def group_frame(
    setter: Setter, group: ComparisonGroup, places: Places, width: float, node: Node, *, first: bool
) -> Frame:
    """One indicator: its name and verdict, its rows, its target as a line across them."""
    pitch, edge = (ROW, EDGE) if setter.language == "zh" else (ROW_LATIN, EDGE_LATIN)
    first_baseline = edge + pitch / 2 + OPTICAL_MIDDLE * style.ROW.size
    name, cells = rows_of(node, len(group.rows))
    names, count = setter.paragraph(style.SECTION_TITLE, group.name, places.name_width, y=first_baseline, node=name)
    needed = count + (1 if group.verdict else 0) + (1 if group.target_label else 0)
    labels = [label_lines(setter, row.name, places.label_width, own=i == 0) for i, row in enumerate(group.rows)]
    heights = [pitch if len(lines) == 1 else len(lines) * LABEL_LEADING + U for _, lines in labels]
    wrapped = (count - 1) * max(style.SECTION_TITLE.leading - pitch, 0.0)  # what lines of a name need more than rows
    height = max(sum(heights), needed * pitch + wrapped) + 2 * edge
    scale = places.scale
    shown = any(row.range is not None for row in group.rows)
    marks: list[Mark] = list(gridlines(scale, places.standing, 0, height)) if shown else []
    if not first:
        marks.append(Stroke(0, 0, width, 0, style.RULE_ROW, style.HAIRLINE))
    marks.extend(names)
    y = first_baseline + count * pitch + wrapped
    if group.verdict is not None:
        marks.extend(setter.sign(group.verdict, 4.2, y - OPTICAL_MIDDLE * style.ROW.size, 3.2))
        colour = style.VERDICT_COLOUR[group.verdict] if group.verdict.value != "not_published" else style.GREY
        marks.append(replace(setter.left(replace(style.ROW, colour=colour), group.word, SIGN_ROOM, y), node=name))
        y += pitch
    if group.target_label:
        marks.append(replace(setter.left(style.NOTE, group.target_label, 0, y), node=name))
    middle = edge
    for i, row in enumerate(group.rows):
        middle += heights[i] / 2
        role, lines = labels[i]
        baseline = middle + OPTICAL_MIDDLE * role.size - (len(lines) - 1) * LABEL_LEADING / 2
        label, *figures = cells[i]
        marks.extend(Words(places.label_x, baseline + n * LABEL_LEADING, line, label) for n, line in enumerate(lines))
        if row.range is not None:
            marks.extend(interval_marks(scale, row.range, middle))
        marks.extend(figure_marks(setter, row, places, middle, figures, own=i == 0))
        middle += heights[i] / 2
    if group.target is not None and shown:
        x = scale.at(group.target)
        marks.append(Stroke(x, 0.5 * U, x, height - 0.5 * U, 0.9, style.INK))
    return Frame(height, tuple(marks))


def figure_marks(
    setter: Setter, row: ComparisonRow, places: Places, middle: float, cells: Sequence[Node], *, own: bool
) -> list[Mark]:
    """Estimate, interval and n of one row, in those cells."""
    estimate, interval, size = cells
    role = style.ROW if own else style.ROW_CONTEXT
    y = middle + OPTICAL_MIDDLE * role.size
    marks: list[Mark] = [replace(setter.right(role, row.value, places.value_x, y, bold=own), node=estimate)]
    if row.letter:
        marks.append(replace(setter.left(style.LETTER, row.letter, places.value_x + 1, y - 3), node=estimate))
    if row.interval:
        marks.append(replace(align_on_dash(setter, role, row.interval, places.dash_x, y), node=interval))
    if row.n:
        marks.append(replace(setter.right(role, row.n, places.n_x, y), node=size))
    return marks


def label_lines(setter: Setter, text: str, width: float, *, own: bool) -> tuple[Role, tuple[Line, ...]]:
    """A name on one line, or on several in the size of a note."""
    role = Role(style.ROW.size, ROW, bold=own, colour=style.INK if own else style.GREY)
    if setter.width(role, text) > width:
        role = replace(role, size=style.SMALL.size)
    return role, setter.lines([role.span(text)], width)
