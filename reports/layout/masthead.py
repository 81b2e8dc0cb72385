"""The top of page one and the answer under it."""

from __future__ import annotations

from dataclasses import replace

from reports import style
from reports.blocks import Answer, Masthead
from reports.layout.setting import Setter
from reports.marks import Frame, Mark, Stroke, Words
from reports.structure import Node
from reports.style import Role, U
from reports.typesetting.composer import Line

STATUTORY_GAP = 24.0


def masthead(setter: Setter, block: Masthead, width: float) -> Frame:
    """Overline, name, programme and meta line at the left, the statutory header at the right."""
    header = statutory(setter, block, width)
    taken = width - min((words.x for words in header), default=width)
    marks: list[Mark] = []
    free = width - taken - STATUTORY_GAP
    words, count = setter.paragraph(style.OVERLINE, block.overline, free, y=2.4 * U)
    marks.extend(words)
    role, lines = title_lines(setter, block.title, free)
    y = (11 if len(lines) == 1 else 10) * U + (count - 1) * style.OVERLINE.leading
    name = Node(kind="H1")
    for line in lines:
        marks.append(replace(setter.flush(line, 0, y), node=name))
        y += role.leading
    y = max(y - role.leading + 6 * U, 17 * U)
    words, count = setter.paragraph(style.PROGRAMME, block.programme, width, y=y)
    marks.extend(words)
    y += (count - 1) * style.PROGRAMME.leading + 4 * U
    meta = style.META if setter.language == "zh" else style.META_LATIN
    for text in meta_lines(setter, meta, block.meta, width):
        marks.append(setter.left(meta, text, 0, y))
        y += meta.leading
    # The name is read first, the header last.
    return Frame(max(y, style.FIRST_BODY), (*marks, *header))


def meta_lines(setter: Setter, role: Role, parts: tuple[str, ...], width: float) -> list[str]:
    """The parts side by side, a new line where the next does not fit; a part is broken where it alone is too long."""
    gap = "　　" if setter.language == "zh" else "　"
    lines: list[str] = []
    for part in parts:
        joined = f"{lines[-1]}{gap}{part}" if lines else part
        if lines and setter.width(role, joined) <= width:
            lines[-1] = joined
        elif setter.width(role, part) <= width:
            lines.append(part)
        else:
            lines += [line.text for line in setter.lines([role.span(part)], width)]
    return lines


def title_lines(setter: Setter, title: str, free: float) -> tuple[Role, tuple[Line, ...]]:
    """The name on one line if it can be, smaller or on two lines if not."""
    for role in (style.TITLE, style.TITLE_MEDIUM, style.TITLE_SMALL):
        lines = setter.lines([role.span(title)], free)
        if len(lines) == 1:
            return role, lines
    if len(lines) <= 2:
        return style.TITLE_SMALL, lines
    return style.TITLE_LONG, setter.lines([style.TITLE_LONG.span(title)], free)


def statutory(setter: Setter, block: Masthead, width: float) -> tuple[Words, ...]:
    """Labels and texts flush right by the longest line; a very long body's name is broken, not shrunk."""
    role = style.NOTE
    between = 0.0 if setter.language == "zh" else 3.0  # a full-width colon brings its own blank
    label_width = between + max((setter.width(role, label + block.colon) for label, _ in block.statutory), default=0.0)
    longest = width * 0.34
    broken = [(label, setter.lines([role.span(text, colour=style.INK)], longest)) for label, text in block.statutory]
    text_width = max((line.width for _, lines in broken for line in lines), default=0.0)
    x = width - text_width
    marks: list[Words] = []
    y = 2.4 * U
    for label, lines in broken:
        node = Node(kind="P")
        marks.append(replace(setter.left(role, label + block.colon, x - label_width, y), node=node))
        for line in lines:
            marks.append(Words(x, y, line, node))
            y += role.leading
    return tuple(marks)


def answer(setter: Setter, block: Answer, width: float) -> Frame:
    """A rule, the verdict in one sentence, and how to read it."""
    marks: list[Mark] = [Stroke(0, 0, width, 0, style.RULE_HEAVY, style.INK)]
    said = setter.verdict_sentence
    words, count = setter.paragraph(said, block.sentence, width, y=7 * U)
    marks.extend(words)
    y = 7 * U + (count - 1) * said.leading + 5 * U
    role = setter.reading
    for text in block.reading:
        words, count = setter.paragraph(role, text, width, y=y)
        marks.extend(words)
        y += count * role.leading
    return Frame(y - role.leading + U, tuple(marks), None)
