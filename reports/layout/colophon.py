"""The small print at the end of a sheet, with the code to scan at its right."""

from __future__ import annotations

import segno

from reports import style
from reports.blocks import Colophon
from reports.layout.setting import Setter
from reports.marks import Frame, Squares, Stroke
from reports.structure import Node
from reports.style import U

SIDE = 13 * style.MILLIMETRE  # of the code: a phone reads squares of a third of a millimetre
QUIET = 4  # squares of white that readers need to its left


def colophon(setter: Setter, block: Colophon, width: float) -> Frame:
    """The lines under a rule; the code hangs from the same rule and the lines keep away from it."""
    rule = Stroke(0, 0, width, 0, style.RULE_HEAD, style.RULE)
    if not block.address:
        notes = setter.notes(block.lines, width)
        return Frame(1.2 * U + notes.height, (rule, *(mark.moved(0, 1.2 * U) for mark in notes.marks)))
    code = squares(block.address, width - SIDE, 2 * U)
    notes = setter.notes(block.lines, width - SIDE - 2 * QUIET * code.cell)
    height = max(1.2 * U + notes.height, 2 * U + SIDE)
    return Frame(height, (rule, *(mark.moved(0, 1.2 * U) for mark in notes.marks), code))


def squares(address: str, x: float, y: float) -> Squares:
    """The code of ``address``, its top left corner at (x, y), without its quiet zone."""
    modules = segno.make_qr(address, error="m", boost_error=False).matrix
    runs = []
    for row, cells in enumerate(modules):
        start = 0
        while start < len(cells):
            end = start
            while end < len(cells) and cells[end]:
                end += 1
            if end > start:
                runs.append((row, start, end))
            start = end + 1
    return Squares(x, y, SIDE / len(modules), tuple(runs), Node(kind="Figure", alt=address))
