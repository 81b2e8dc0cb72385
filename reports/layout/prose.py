"""Paragraphs, legends and small print."""

from __future__ import annotations

from dataclasses import replace

from reports import style
from reports.blocks import Glossary, Notes, Prose
from reports.layout.setting import OPTICAL_MIDDLE, Setter
from reports.marks import Frame, Mark, Stack, Stroke, below, moved
from reports.structure import Node
from reports.style import U

PARAGRAPH_GAP = 1.0 * U


def prose(setter: Setter, block: Prose, width: float) -> Stack:
    """A section of running text, a frame for each paragraph; the legend of verdicts stands after the first."""
    head = setter.section_head(block.title, "", width)
    frames: list[Frame] = []
    first = 5 * U - setter.body.leading  # from the baseline of the title
    for number, text in enumerate(block.paragraphs):
        y = setter.body.leading + (0.0 if number else first)
        words, count = setter.paragraph(setter.body, text, width, y=y, justify=True)
        y += count * setter.body.leading + PARAGRAPH_GAP
        if number == 0 and block.legend:
            legend, y = legend_marks(setter, block, width, y)
            words = (*words, *legend)
            y += PARAGRAPH_GAP
        last = number == len(block.paragraphs) - 1
        frames.append(Frame(y - setter.body.leading - (PARAGRAPH_GAP - U if last else 0.0), tuple(words)))
    frames[0] = below(head, frames[0])
    return Stack(tuple(frames))


def legend_marks(setter: Setter, block: Prose, width: float, y: float) -> tuple[list[Mark], float]:
    """Sign, word in its colour, meaning; the meanings begin in one column where the width allows."""
    marks: list[Mark] = []
    longest = max(setter.width(setter.body, word, bold=True) for _, word, _ in block.legend)
    column = 11 + longest + 8
    beside = all(column + setter.width(setter.body, meaning) <= width for _, _, meaning in block.legend)
    for verdict, word, meaning in block.legend:
        colour = style.VERDICT_COLOUR[verdict] if verdict in style.VERDICT_SIGN else style.GREY
        marks.extend(setter.sign(verdict, 4.1, y - OPTICAL_MIDDLE * setter.body.size, 3.0))
        node = Node(kind="P")
        marks.append(replace(setter.left(replace(setter.body, bold=True, colour=colour), word, 11, y), node=node))
        if not beside:
            y += setter.body.leading
        words, count = setter.paragraph(
            setter.body, meaning, width - (column if beside else 11), x=column if beside else 11, y=y, node=node
        )
        marks.extend(words)
        y += count * setter.body.leading
    return marks, y


def small_print(setter: Setter, block: Notes, width: float) -> Frame:
    """Notes, under a thin rule where asked for."""
    notes = setter.notes(block.lines, width)
    if not block.ruled:
        return notes
    rule = Frame(1.2 * U, (Stroke(0, 0, width, 0, style.RULE_HEAD, style.RULE),))
    return below(rule, notes)


def glossary(setter: Setter, block: Glossary, width: float) -> Stack:
    """Pairs of entries side by side, one frame a pair, so that a long list breaks over pages."""
    column = (width - 2 * style.GUTTER) / 2
    head = setter.section_head(block.title, "", width)
    frames: list[Frame] = []
    for first in range(0, len(block.entries), 2):
        marks: list[Mark] = []
        most = 1
        for place, (term, meaning) in enumerate(block.entries[first : first + 2]):
            spans = [style.NOTE.span(f"{term}　", bold=True, colour=style.INK), style.NOTE.span(meaning)]
            words, count = setter.paragraph(style.NOTE, spans, column, y=3 * U)
            marks.extend(moved(words, place * (column + 2 * style.GUTTER), 0))
            most = max(most, count)
        frames.append(Frame(most * style.NOTE.leading + 0.5 * U, tuple(marks)))
    frames[0] = below(head, Frame(1.2 * U, ()), frames[0])
    return Stack(tuple(frames), below(head, Frame(1.2 * U, ())), 2)
