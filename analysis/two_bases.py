"""One sum over two bases: what is told of the second must not give away what either hides.

Whoever knows both bases has one figure from the other. So the second is told where both are told as they are, else it
is hidden, its number of people with it: without that the sum, which the first tells, divides by nothing known. The
first is never touched, for targets are held against it. That the base of a hidden second does not follow by
subtraction from those of its neighbours, at least two are hidden of every sum, and among these at least two people who
did not add to the sum, and two who are in the wider base alone.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from analysis.arrays import FloatArray, IntArray
from analysis.cells import Cells
from analysis.families import Ties
from analysis.hiding import PROTECTED_END, Hiding


def hide_seconds(cells: Cells, hiding: Hiding, ties: Ties, pairs: Sequence[tuple[str, str]]) -> set[int]:
    """Changes ``hiding``; the cells that were hidden. ``pairs``: variables, the one whose base is wider first. What was
    published before stays: it is out."""
    before = hiding.hidden.copy()
    place = {key: number for number, key in enumerate(cells.keys)}
    at = cells.at()
    for names in pairs:
        keys = [place[name, None] for name in names if (name, None) in place]
        if len(keys) == 2:
            lines = at[:, keys]
            _hide(cells, hiding, ties, lines[(lines >= 0).all(axis=1)])
    return set(np.flatnonzero(hiding.hidden & ~before).tolist())


def _hide(cells: Cells, hiding: Hiding, ties: Ties, lines: IntArray) -> None:
    first, second = lines.T
    secret = (hiding.hidden | hiding.coded)[lines].any(axis=1)
    hiding.hidden[second[secret & ~hiding.fixed[second]]] = True
    against, beyond = np.zeros(len(cells)), np.zeros(len(cells))
    against[second] = cells.size[second] * (1 - cells.part[second])  # who did not add to the sum
    beyond[second] = cells.size[first] - cells.size[second]  # who is in the wider base alone
    own = np.zeros(len(cells), dtype=bool)
    own[second] = True
    rows = np.unique(ties.sums.row[own[ties.sums.cell]]).tolist()
    members = {row: ties.sums.cell[ties.sums.terms_of[row]] for row in rows if ties.whole[row] >= 0}
    moved = True
    while moved:
        moved = False
        for row, those in members.items():
            one = _next(cells, hiding, those, int(ties.whole[row]), (against, beyond))
            if one is not None:
                hiding.hidden[one] = moved = True


def _next(
    cells: Cells, hiding: Hiding, those: IntArray, whole: int, open_by: tuple[FloatArray, FloatArray]
) -> int | None:
    """What else must be hidden of one sum: its smallest part, then the whole; None where enough is."""
    found = those[hiding.hidden[those] & (cells.size[those] > 0)]
    enough = len(found) >= 2 and (
        bool(hiding.hidden[whole]) or all(one[found].sum() >= PROTECTED_END for one in open_by)
    )
    if not len(found) or enough:
        return None
    free = [int(one) for one in those if not hiding.hidden[one] and not hiding.fixed[one] and cells.size[one] > 0]
    return min(free, key=lambda one: (one == whole, cells.size[one], one), default=None)
