"""The cards of the headline indicators: verdict, figure, interval, target, reason."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import replace

from reports import style
from reports.blocks import Card, Cards
from reports.layout.setting import OPTICAL_MIDDLE, Setter
from reports.marks import Fill, Frame, Mark, Stroke, Words, moved, spoken
from reports.structure import Node
from reports.style import U
from reports.wording.verdicts import verdict_word

ROW_GAP = 5 * U
SIGN_STEP = 9.4  # pt between the signs of communities
ACROSS = 4  # cards to a row at most; the rows are as even as they can be


def cards(setter: Setter, block: Cards, width: float) -> tuple[Frame, ...]:
    """One frame per row of cards; a row is as high as its highest card."""
    across = math.ceil(len(block.cards) / math.ceil(len(block.cards) / ACROSS))
    card_width = (width - (across - 1) * style.GUTTER) / across
    rows = [block.cards[i : i + across] for i in range(0, len(block.cards), across)]
    frames: list[Frame] = []
    for number, row in enumerate(rows):
        beside = all(beside_fits(setter, each, card_width) for each in block.cards)
        drawn = [card(setter, each, card_width, beside=beside) for each in row]
        height = max(frame.height for frame in drawn)
        marks: list[Mark] = []
        for i, frame in enumerate(drawn):
            marks.extend(moved(frame.marks, i * (card_width + style.GUTTER), 0))
        last = number == len(rows) - 1
        frames.append(Frame(height + (0 if last else ROW_GAP), tuple(marks)))
    if block.legend or block.note:
        frames[-1] = with_legend(setter, block, frames[-1], width)
    return tuple(frames)


def beside_fits(setter: Setter, block: Card, width: float) -> bool:
    """Whether an area's card has room for the verdict beside the name; all cards do as one."""
    return word_width(setter, block, style.CARD_WORD_SMALL) + setter.width(style.CARD_NAME, block.name) + 6 <= width


def card(setter: Setter, block: Card, width: float, *, beside: bool) -> Frame:
    """A community's card, or an area's with its count of communities."""
    colour = style.VERDICT_COLOUR[block.verdict] if block.verdict else style.MARKS
    bar: Mark = Fill(0, -style.CARD_BAR / 2, width, style.CARD_BAR, colour)
    if block.counts:
        marks, y = area_card(setter, block, width, beside=beside)
    elif width > style.columns_width(6) + 1:
        marks, y = wide_card(setter, block, width)
    else:
        marks, y = narrow_card(setter, block, width)
    return Frame(y, (bar, *marks))


def word_marks(setter: Setter, block: Card, x: float, y: float, role: style.Role) -> list[Mark]:
    """The verdict's sign and word from ``x``."""
    if block.verdict is None:
        return [setter.left(style.READING, block.word, x, y)] if block.word else []
    colour = style.VERDICT_COLOUR[block.verdict]
    radius = role.size * 0.36
    reach = setter.sign_reach(block.verdict, radius)
    ink = colour if block.verdict.value != "not_published" else style.GREY
    word = setter.composer.line(role.span(block.word, colour=ink))
    return [
        *setter.sign(block.verdict, x + reach, y - OPTICAL_MIDDLE * role.size, radius),
        Words(x + 2 * reach + role.size * 0.26, y, word),
    ]


def word_width(setter: Setter, block: Card, role: style.Role) -> float:
    reach = setter.sign_reach(block.verdict, role.size * 0.36) if block.verdict else 0.0
    return 2 * reach + role.size * 0.26 + setter.width(role, block.word)


def figure_marks(setter: Setter, block: Card, y: float, role: style.Role) -> tuple[list[Mark], float]:
    """The large figure with its unit, and where it ends."""
    line = setter.composer.line(role.span(block.figure))
    node = Node(kind="P")
    marks: list[Mark] = [replace(setter.flush(line, 0, y), node=node)]
    end = line.width
    if block.unit and block.figure != "—":
        unit = setter.left(style.CARD_UNIT, block.unit, end + 0.8, y)
        marks.append(replace(unit, node=node))
        end = unit.x + unit.line.width
    return marks, end


def figure_role(setter: Setter, block: Card, width: float) -> style.Role:
    """The largest size at which the figure fits."""
    sizes = (style.CARD_FIGURE_SMALL, style.CARD_WORD)
    for role in sizes if block.counts else (style.CARD_FIGURE, *sizes):
        if setter.width(role, block.figure) + setter.width(style.CARD_UNIT, block.unit) + 2 <= width:
            return role
    return style.CARD_WORD_SMALL


def name_marks(setter: Setter, block: Card, width: float) -> tuple[list[Mark], float]:
    """The indicator's name, on as many lines as it needs, and the baseline of the last."""
    words, count = setter.paragraph(style.CARD_NAME, block.name, width, y=5 * U, node=Node(kind="H3"))
    return list(words), 5 * U + (count - 1) * style.CARD_NAME.leading


def rows_marks(
    setter: Setter, rows: Sequence[tuple[str, str]], x: float, width: float, y: float
) -> tuple[list[Mark], float]:
    """Label and value, on one line where both fit, with hairlines between; returns the last baseline."""
    marks: list[Mark] = []
    sizes = value_sizes(setter, rows, width)
    for i, (label, value) in enumerate(rows):
        if i:
            marks.append(Stroke(x, y - 2.95 * U, x + width, y - 2.95 * U, style.RULE_ROW, style.HAIRLINE))
        node = Node(kind="P")
        words, count = setter.paragraph(style.NOTE, label, width, x=x, y=y, node=node)
        marks += words
        y += (count - 1) * style.NOTE.leading
        room = width - setter.width(style.NOTE, label) - 4
        fitting = [role for role in sizes if setter.width(role, value) <= room]
        if count > 1 or not fitting:
            y += style.NOTE.leading
        role = fitting[0] if fitting else style.SMALL
        lines = setter.lines([role.span(value)], width)
        for number, line in enumerate(lines):
            y += role.leading if number else 0.0
            marks.append(Words(x + width - line.width, y, line, node))
        y += 4.2 * U
    if rows:
        marks.append(Stroke(x, y - 2.95 * U, x + width, y - 2.95 * U, style.RULE_ROW, style.HAIRLINE))
    return marks, y - 4.2 * U


def value_sizes(setter: Setter, rows: Sequence[tuple[str, str]], width: float) -> tuple[style.Role, ...]:
    """The larger size only where every value has room in it, or in none: figures below each other are of one size."""
    rooms = [(value, width - setter.width(style.NOTE, label) - 4) for label, value in rows]
    beside = [(value, room) for value, room in rooms if setter.width(style.SMALL, value) <= room]
    large = all(setter.width(style.ROW, value) <= room for value, room in beside)
    return (style.ROW, style.SMALL) if large else (style.SMALL,)


def reason_marks(setter: Setter, block: Card, x: float, width: float, y: float) -> tuple[list[Mark], float]:
    marks: list[Mark] = []
    for text in block.reasons:
        words, count = setter.paragraph(style.NOTE, text, width, x=x, y=y)
        marks.extend(words)
        y += count * style.NOTE.leading
    return marks, y - style.NOTE.leading


def narrow_card(setter: Setter, block: Card, width: float) -> tuple[list[Mark], float]:
    """Name, verdict, figure, rows and reasons one under the other."""
    marks, y = name_marks(setter, block, width)
    if block.word:
        y += 6 * U
        role = style.CARD_WORD
        if word_width(setter, block, role) > width:
            role = style.CARD_WORD_SMALL
        marks += word_marks(setter, block, 0, y, role)
    y += 9 * U
    figure, _ = figure_marks(setter, block, y, figure_role(setter, block, width))
    marks += figure
    rows, y = rows_marks(setter, (*block.rows, *block.further), 0, width, y + 5.2 * U)
    marks += rows
    reasons, y = reason_marks(setter, block, 0, width, y + 4.1 * U)
    return marks + reasons, y + U


def wide_card(setter: Setter, block: Card, width: float) -> tuple[list[Mark], float]:
    """One indicator alone: figure at the left, rows and reasons at the right."""
    half = (width - 3 * style.GUTTER) / 2
    right = width - half
    marks, y = name_marks(setter, block, half)
    y += 6 * U
    marks += word_marks(setter, block, 0, y, style.CARD_WORD)
    y += 9 * U
    figure, _ = figure_marks(setter, block, y, style.CARD_FIGURE)
    marks += figure
    rows, below = rows_marks(setter, (*block.rows, *block.further), right, half, 5 * U)
    marks += rows
    reasons, below = reason_marks(setter, block, right, half, below + 4.1 * U)
    return marks + reasons, max(y, below) + U


def area_card(setter: Setter, block: Card, width: float, *, beside: bool) -> tuple[list[Mark], float]:
    """Name and verdict on one line, figure with interval and target, and one sign per community."""
    role = style.CARD_WORD_SMALL
    marks, y = name_marks(setter, block, width)
    if beside:
        marks += word_marks(setter, block, width - word_width(setter, block, role), y, role)
    else:
        y += 4.5 * U
        marks += word_marks(setter, block, 0, y, role)
    y += 8.4 * U
    small = style.SMALL
    values = [value if i == 0 else f"{label} {value}" for i, (label, value) in enumerate(block.rows)]
    beside_figure = max((setter.width(small, value) for value in values), default=0.0) + 4
    figure, end = figure_marks(setter, block, y, figure_role(setter, block, width - beside_figure))
    marks += figure
    if beside_figure + end > width:
        y += 4 * U
    for i, value in enumerate(values):
        right = setter.right(
            small if i == 0 else style.NOTE, value, width, y - (len(values) - 1 - i) * 3.4 * U - 0.4 * U
        )
        marks.append(right)
    y += 3.2 * U
    marks.append(Stroke(0, y, width, y, style.RULE_ROW, style.HAIRLINE))
    if block.further:
        rows, y = rows_marks(setter, block.further, 0, width, y + 3.2 * U)
        marks += rows
        y += 1.25 * U
    signs, y = sign_marks(setter, block, width, y + 3.2 * U)
    marks += signs
    reasons, y = reason_marks(setter, block, 0, width, y + 3.6 * U)
    return marks + reasons, y + (U if block.reasons else 3.6 * U)


def sign_marks(setter: Setter, block: Card, width: float, y: float) -> tuple[list[Mark], float]:
    """One sign per community where they fit on the line, and the number under each kind."""
    total = sum(count for _, count in block.counts)
    step = min(SIGN_STEP, width / max(total, 1))
    marks: list[Mark] = []
    if step < 6:
        return count_marks(setter, block, width, y)
    x = step / 2
    for verdict, count in block.counts:
        for i in range(count):
            marks.extend(setter.sign(verdict, x + i * step, y, 2.9))
        middle = x + (count - 1) * step / 2
        word = setter.composer.line(
            style.Role(style.ROW.size, 3 * U, True, style.VERDICT_COLOUR[verdict]).span(str(count))
        )
        number = Words(middle - word.width / 2, y + 4.6 * U, word)
        marks.extend(spoken((number,), f"{verdict_word(verdict, setter.language)} {count}"))
        x += count * step
    return marks, y + 4.6 * U


def count_marks(setter: Setter, block: Card, width: float, y: float) -> tuple[list[Mark], float]:
    """Many communities: one sign and the number of each kind."""
    marks: list[Mark] = []
    place = width / max(len(block.counts), 1)
    for i, (verdict, count) in enumerate(block.counts):
        x = i * place
        marks.extend(setter.sign(verdict, x + 4.2, y, 2.9))
        word = setter.composer.line(
            style.Role(style.ROW.size, 3 * U, True, style.VERDICT_COLOUR[verdict]).span(str(count))
        )
        number = Words(x + 11, y + OPTICAL_MIDDLE * style.ROW.size, word)
        marks.extend(spoken((number,), f"{verdict_word(verdict, setter.language)} {count}"))
    return marks, y + U


def with_legend(setter: Setter, block: Cards, frame: Frame, width: float) -> Frame:
    """The last row of cards with the meaning of the signs under it, broken over lines where it must."""
    y, x = frame.height + 2.5 * U, 0.0
    marks: list[Mark] = list(frame.marks)
    if block.note:
        words = setter.left(style.NOTE, block.note, 0, y)
        marks.append(words)
        x = words.line.width + 8
    for verdict, text in block.legend:
        need = 10 + setter.width(style.NOTE, text)
        if x and x + need > width:
            x, y = 0.0, y + style.NOTE.leading + 1
        marks.extend(setter.sign(verdict, x + 3.8, y - OPTICAL_MIDDLE * style.NOTE.size, 3.0))
        marks.append(setter.left(style.NOTE, text, x + 10, y))
        x += need + 12
    return Frame(y + 0.5 * U, tuple(marks))
