"""Paragraphs, legends and small print."""

from __future__ import annotations

from reports import style
from reports.blocks import Notes, Prose
from reports.layout.setting import OPTICAL_MIDDLE, Setter
from reports.marks import Frame, Mark, Stroke, below
from reports.style import Role, U

PARAGRAPH_GAP = 1.4 * U


def prose(setter: Setter, block: Prose, width: float) -> Frame:
    """A section of running text; the legend of verdicts stands after the first paragraph."""
    head = setter.section_head(block.title, "", width)
    marks: list[Mark] = []
    y = 5 * U
    for number, text in enumerate(block.paragraphs):
        words, count = setter.paragraph(style.BODY, text, width, y=y, justify=True)
        marks.extend(words)
        y += count * style.BODY.leading + PARAGRAPH_GAP
        if number == 0 and block.legend:
            legend, y = legend_marks(setter, block, width, y)
            marks.extend(legend)
            y += PARAGRAPH_GAP
    return below(head, Frame(y - style.BODY.leading - PARAGRAPH_GAP + U, tuple(marks)))


def legend_marks(setter: Setter, block: Prose, width: float, y: float) -> tuple[list[Mark], float]:
    """Sign, word in its colour, meaning; the meanings begin in one column where the width allows."""
    marks: list[Mark] = []
    longest = max(setter.width(style.BODY, word, bold=True) for _, word, _ in block.legend)
    column = 10 + longest + 8
    beside = all(column + setter.width(style.BODY, meaning) <= width for _, _, meaning in block.legend)
    for verdict, word, meaning in block.legend:
        colour = style.VERDICT_COLOUR[verdict] if verdict in style.VERDICT_SIGN else style.GREY
        marks.extend(setter.sign(verdict, 3.4, y - OPTICAL_MIDDLE * style.BODY.size, 3.0))
        marks.append(setter.left(Role(8.5, 4 * U, True, colour), word, 10, y))
        if not beside:
            y += 3.2 * U
        words, count = setter.paragraph(style.BODY, meaning, width - (column if beside else 10), x=column if beside else 10, y=y)
        marks.extend(words)
        y += count * style.BODY.leading
    return marks, y


def small_print(setter: Setter, block: Notes, width: float) -> Frame:
    """Notes, under a thin rule where asked for."""
    notes = setter.notes(block.lines, width)
    if not block.ruled:
        return notes
    rule = Frame(1.2 * U, (Stroke(0, 0, width, 0, style.RULE_HEAD, style.RULE),))
    return below(rule, notes)
