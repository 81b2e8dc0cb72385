"""Tables: no vertical rules, no boxes; figures right-aligned, intervals aligned on their dash, rows kept over pages."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from reports import style
from reports.blocks import Cell, Column, ColumnKind, Row, Table, Tone
from reports.charts import gridlines, interval_marks
from reports.layout.axes import axis_insets, labelled
from reports.layout.heads import LEAST_GAP, LETTER_ROOM, Place, cell_places, head_frame
from reports.layout.setting import OPTICAL_MIDDLE, Setter
from reports.marks import Fill, Frame, Mark, Stack, Stroke, Words, below, part_of, spoken
from reports.structure import Node, row_of
from reports.style import Role, U
from reports.wording.figures import joined, outwards

GAP = 9.0
INDENT = 11.0
EDGE = 4.0  # blank inside a tinted row
SIGN_ROOM = 11.5
SIGNED = 37.0  # from the middle of a sign to the edge of its figure, in a wide column
NARROWEST_TEXT = 48.0
NARROWEST_CHART = 32.0
NARROWEST_FIELD = 34.0
FIELD_GAP = 1.5  # between two shaded fields
LEAST_ROWS = 3  # on either side of a break
CHART_GAP = 4.0  # between a chart and the figure that belongs to it


def table(setter: Setter, block: Table, width: float) -> Stack:
    """A frame per row; title and head are drawn again on each page."""
    node = Node(kind="Table")
    edge = EDGE if any(row.tone is Tone.STREET for row in block.rows) else 0.0
    places = lay_columns(setter, block, width, edge)
    title = setter.section_head(block.title, block.unit, width) if block.title else Frame(0.0, ())
    top = title
    if block.lead:
        words, count = setter.paragraph(style.LEAD, block.lead, width, y=5 * U, justify=True)
        top = below(title, Frame(5 * U + (count - 1) * style.LEAD.leading, words))
    head = below(top, head_frame(setter, block, places, width, node))
    repeated = below(title, head_frame(setter, block, places, width, node))
    frames = [
        row_frame(setter, block, row, places, width, node, last=i == len(block.rows) - 1)
        for i, row in enumerate(block.rows)
    ]
    if not frames:
        return Stack((head,))
    if block.notes:
        frames[-1] = below(frames[-1], Frame(1 * U, ()), setter.notes(block.notes, width))
    frames[0] = below(head, frames[0])
    if not block.bookmark:
        frames[0] = replace(frames[0], bookmark=None)
    return Stack(tuple(frames), replace(repeated, bookmark=None), LEAST_ROWS)


def lay_columns(setter: Setter, block: Table, width: float, edge: float) -> tuple[Place, ...]:
    """Widths by content; charts and texts with a share divide what is left; texts give way when it is not enough."""
    cells = [[row.cells[i] for row in block.rows] for i in range(len(block.columns))]
    needs = [column_need(setter, column, cells[i], block) for i, column in enumerate(block.columns)]
    shares = [column.share for column in block.columns]
    gaps = [gap_before(block.columns, i) for i in range(len(block.columns))]
    left_over = width - 2 * edge - sum(gaps) - sum(need for need, share in zip(needs, shares, strict=True) if not share)
    words = [longest_word(setter, those, block) for those in cells]
    least = sum(max(narrowest(column), word) for column, word in zip(block.columns, words, strict=True) if column.share)
    if left_over < least:
        needs = give_way(block.columns, needs, least - left_over)
        taken = sum(need for need, share in zip(needs, shares, strict=True) if not share)
        left_over = width - 2 * edge - sum(gaps) - taken
    if left_over < 0 and len(gaps) > 1:  # nothing gives way any more but the blank between
        gaps = [max(gap + left_over / (len(gaps) - 1), LEAST_GAP) if gap else gap for gap in gaps]
    total = sum(shares)
    if total:
        needs = [left_over * share / total if share else need for need, share in zip(needs, shares, strict=True)]
    # Without a column that takes what is left over, the figures are spread over the width.
    spread = 0.0 if total else max(left_over, 0.0) / max(len(needs) - 1, 1)
    places, x = [], edge
    for i, column in enumerate(block.columns):
        x += gaps[i] + (spread if i else 0.0)
        intervals = [cell.interval for cell in cells[i] if cell.interval]
        _, high = dash_place(setter, intervals)
        letters = any(cell.letter for cell in cells[i])
        dash = x + needs[i] - high - (LETTER_ROOM if letters else 0.0)
        place = Place(column, x, x + needs[i], dash, letters, axis_insets(setter, column.axis))
        if column.kind is ColumnKind.CHART:
            place = replace(place, standing=tuple(value for value, _ in labelled(setter, place.scale)))
        places.append(place)
        x += needs[i]
    return tuple(places)


def gap_before(columns: Sequence[Column], i: int) -> float:
    """Blank before a column; the figure of a chart stands close to it."""
    if i == 0:
        return 0.0
    if columns[i].kind is ColumnKind.SHADED and columns[i - 1].kind is ColumnKind.SHADED:
        return FIELD_GAP
    return CHART_GAP if columns[i - 1].kind is ColumnKind.CHART and columns[i].width is not None else GAP


def narrowest(column: Column) -> float:
    return {ColumnKind.CHART: NARROWEST_CHART, ColumnKind.SHADED: NARROWEST_FIELD}.get(column.kind, NARROWEST_TEXT)


def give_way(columns: Sequence[Column], needs: Sequence[float], excess: float) -> list[float]:
    """Text columns without a share narrow, the widest first, never below what two or three characters need: beside a
    long name a figure in words keeps its line."""
    texts = [i for i, column in enumerate(columns) if column.kind is ColumnKind.TEXT and not column.share]
    most = NARROWEST_TEXT
    wide = sorted((needs[i] for i in texts if needs[i] > most), reverse=True)
    for number, narrower in enumerate([*wide[1:], most], start=1):
        # So wide are the first few when they give all that is wanted: where the next is no wider, it gives nothing.
        level = (sum(wide[:number]) - excess) / number
        if wide and level >= narrower:
            most = level
            break
    return [min(need, most) if i in texts and need > NARROWEST_TEXT else need for i, need in enumerate(needs)]


def longest_word(setter: Setter, cells: Sequence[Cell], block: Table) -> float:
    """What a column needs for its longest word of letters, which has no place to break."""
    return max(
        (
            cell_width(setter, replace(cell, text=word), row)
            for cell, row in zip(cells, block.rows, strict=True)
            for word in cell.text.split()
            if word.isascii()
        ),
        default=0.0,
    )


def column_need(setter: Setter, column: Column, cells: Sequence[Cell], block: Table) -> float:
    """Natural width of a column in pt."""
    if column.width is not None:
        return column.width
    head = setter.width(style.NOTE, column.head, bold=bool(column.note)) + (
        4 + setter.width(style.NOTE, column.note) if column.note else 0
    )
    letters = LETTER_ROOM if any(cell.letter for cell in cells) else 0.0
    if column.kind is ColumnKind.INTERVAL:
        low, high = dash_place(setter, [cell.interval for cell in cells if cell.interval])
        return max(head, low + high + letters)
    widest = max((cell_width(setter, cell, row) for cell, row in zip(cells, block.rows, strict=True)), default=0.0)
    return max(head, widest + letters)


def cell_width(setter: Setter, cell: Cell, row: Row) -> float:
    bold = cell.bold or row.tone is not Tone.PLAIN
    width = setter.width(style.ROW, cell.text, bold=bold) + (INDENT if cell.indent else 0.0)
    return width + (SIGN_ROOM if cell.verdict is not None else 0.0)


def dash_place(setter: Setter, intervals: Sequence[tuple[str, str]]) -> tuple[float, float]:
    """Widest part up to and with the dash, and widest part after it."""
    low = max((setter.width(style.ROW, joined(a, b)[: -len(b)], bold=True) for a, b in intervals), default=0.0)
    high = max((setter.width(style.ROW, b, bold=True) for _, b in intervals), default=0.0)
    return low, high


def align_on_dash(
    setter: Setter, role: Role, interval: tuple[str, str], dash: float, y: float, *, bold: bool = False
) -> Words:
    """An interval as one text whose upper limit begins at ``dash``."""
    text = joined(*interval)
    line = setter.composer.line(role.span(text, bold=bold))
    return Words(dash - setter.width(role, text[: -len(interval[1])], bold=bold), y, line)


def row_frame(
    setter: Setter, block: Table, row: Row, places: Sequence[Place], width: float, node: Node, *, last: bool
) -> Frame:
    """One row of the table ``node``; as high as its longest text."""
    which = cell_places(block.columns)
    _, cells = row_of(node, which[-1] + 1)
    leading = setter.row.leading
    texts: list[tuple[Mark, ...]] = []
    lines_most = 1
    pitch = block.pitch * U
    for cell, place in zip(row.cells, places, strict=True):
        marks, count = text_marks(setter, cell, row, place, pitch)
        texts.append(part_of(cells[which[len(texts)]], marks))
        lines_most = max(lines_most, count)
    height = pitch + (lines_most - 1) * leading
    marks_all: list[Mark] = []
    if row.tone is Tone.STREET:
        marks_all.append(Fill(0, 0, width, height, style.TINT))
    for cell, place, at in zip(row.cells, places, which, strict=True):
        marks_all.extend(part_of(cells[at], chart_marks(cell, place, height, pitch / 2)))
        if cell.shade:
            field = Fill(place.left, 0.5, place.right - place.left, height - 1.0, style.SHADES[cell.shade])
            marks_all.append(field)
    for marks in texts:
        marks_all.extend(marks)
    bottom_width, bottom = (style.RULE_ROW, style.HAIRLINE)
    if last:
        bottom_width, bottom = (
            (style.RULE_HEAVY, style.INK) if row.tone is Tone.WHOLE else (style.RULE_HEAD, style.RULE)
        )
    marks_all.append(Stroke(0, height, width, height, bottom_width, bottom))
    if row.tone is Tone.WHOLE:
        marks_all.append(Stroke(0, 0, width, 0, style.RULE_HEAVY, style.INK))
    return Frame(height, tuple(marks_all), keep=row.tone is Tone.STREET)


def text_marks(setter: Setter, cell: Cell, row: Row, place: Place, pitch: float) -> tuple[tuple[Mark, ...], int]:
    """The words of one cell and how many lines they take."""
    bold = cell.bold or row.tone is not Tone.PLAIN
    role = replace(setter.row, colour=style.GREY) if cell.grey and not bold else setter.row
    y = pitch / 2 + OPTICAL_MIDDLE * role.size
    if place.column.kind is ColumnKind.INTERVAL and cell.interval:
        return (align_on_dash(setter, role, cell.interval, place.dash, y, bold=bold),), 1
    if place.column.kind is ColumnKind.TEXT:
        x = place.left + (INDENT if cell.indent else 0.0)
        marks: list[Mark] = []
        if cell.verdict is not None:
            marks.extend(setter.sign_alone(cell.verdict, x + 4.2, pitch / 2, 3.1))
            x += SIGN_ROOM
        spans = [role.span(cell.text, bold=bold)]
        words, count = setter.paragraph(role, spans, place.right - x, x=x, y=y)
        return (*marks, *words), max(count, 1)
    if place.column.kind is ColumnKind.SHADED:
        return field_marks(setter, cell, role, place, y, bold=bold or place.column.strong), 1
    marks_of = figure_marks(setter, cell, role, place, y, bold=bold)
    if cell.interval is None:
        return marks_of, 1
    small = style.SMALL if bold else replace(style.SMALL, colour=style.GREY)
    below_it = setter.right(small, joined(*cell.interval), place.edge, y + setter.row.leading - 1)
    return (*marks_of, below_it), 2


def field_marks(setter: Setter, cell: Cell, role: Role, place: Place, y: float, *, bold: bool) -> tuple[Mark, ...]:
    """A figure in the middle of its field, its letter behind it."""
    if not cell.text:
        return ()
    words = setter.centred(role, cell.text, (place.left + place.right) / 2, y, bold=bold)
    if not cell.letter:
        return (words,)
    return (words, setter.left(style.LETTER, cell.letter, words.x + words.line.width + 1, y - 3))


def figure_marks(setter: Setter, cell: Cell, role: Role, place: Place, y: float, *, bold: bool) -> tuple[Mark, ...]:
    """A figure at the right edge with its verdict before it and its letter behind it."""
    if not cell.text:
        return ()
    words = setter.right(role, cell.text, place.edge, y, bold=bold)
    marks: list[Mark] = [words]
    if cell.letter:
        marks.append(setter.left(style.LETTER, cell.letter, place.edge + 1, y - 3))
    if cell.verdict is not None and cell.text != "—":
        middle = y - OPTICAL_MIDDLE * role.size
        at = place.edge - SIGNED if place.column.note else place.left + 4.2
        marks.extend(setter.sign_alone(cell.verdict, at, middle, 3.1))
    return tuple(marks)


def chart_marks(cell: Cell, place: Place, height: float, middle: float) -> tuple[Mark, ...]:
    """Gridlines, target and interval of a chart column; the target runs through every row."""
    if place.column.kind is not ColumnKind.CHART:
        return ()
    scale = place.scale
    marks: list[Mark] = []
    if scale.axis.target is None:
        marks.extend(gridlines(scale, place.standing, 0, height))
    if cell.range is not None:
        told = joined(*outwards(cell.range.low, cell.range.high))
        marks.extend(spoken(interval_marks(scale, cell.range, middle), told, drawing=True))
    if scale.axis.target is not None:
        x = scale.at(scale.axis.target)
        marks.append(Stroke(x, 0, x, height, 0.75, style.INK))
    return tuple(marks)
