"""Which cells to code or hide so that one can move far enough, at the least cost: where tables cross, by a program.

A linear program moves cells up and down so that every sum still holds. Within what a reader must think possible a move
is free; beyond it costs by the respondents who lose their figure, less where the cell can be coded than where it must
be hidden, so small parts are preferred to wholes (Kelly, Golden & Assad 1992, Networks 22(4)).
"""

from __future__ import annotations

import numpy as np
from scipy.sparse import csr_array

from analysis.arrays import FloatArray, IntArray
from analysis.cells import Cells
from analysis.coding import widest_end
from analysis.disclosure_bounds import Sums, cheapest_moves
from analysis.hiding import Hiding

_SMALL = 10.0  # cost of hiding any cell, in respondents, beside its own
_CODING = 0.1  # what coding costs of hiding
_MOVED = 1e-7
Partners = list[tuple[int, float | None]]


def cheapest(cell: int, cells: Cells, sums: Sums, hiding: Hiding, ways: list[tuple[float, float]]) -> Partners | None:
    """The cells to change and the ends of their bands (None: to hide); None where nothing makes room."""
    program = _Program(cell, cells, sums, hiding)
    best: tuple[float, Partners] | None = None
    for down, up in ways:
        part = float(cells.part_of(cell))
        if part + down < -1e-9 or part + up > 1 + 1e-9:
            continue
        moves = [program.move(step) for step in (down, up) if step]
        made = [move for move in moves if move is not None]
        cost = sum(move[0] for move in made)
        if len(made) == len(moves) and (best is None or cost < best[0] - 1e-9):
            partners: dict[int, float | None] = {}
            for one, end in (pair for move in made for pair in move[1]):
                partners[one] = end if one not in partners or end is None else partners[one]
            best = cost, list(partners.items())
    return None if best is None else best[1]


class _Columns:
    """Of some cells: free moves up and down, then those within a band, then those beyond, with what each costs."""

    def __init__(self, near: IntArray, cells: Cells, hiding: Hiding, *, few: bool) -> None:
        part, size, given = cells.part_of(near), cells.size[near], hiding.of(near)
        rooms = given.rooms(part)
        free = rooms.up, -rooms.down
        self.band = np.where(cells.bounded[near], widest_end(part), np.nan)
        high, banded = part >= 0.5, np.isfinite(self.band)
        fixed = given.fixed | (size <= 0)
        beyond = np.where(fixed, 0.0, 1 - part - free[0]), np.where(fixed, 0.0, part - free[1])
        coded = (
            np.where(banded, np.where(high, 1 - part, 1 - self.band - part), 0.0) - free[0],
            np.where(banded, np.where(high, part - self.band, part), 0.0) - free[1],
        )
        inside = [np.clip(one, 0.0, most) for one, most in zip(coded, beyond, strict=True)]
        outside = [np.clip(most - one, 0.0, None) for one, most in zip(inside, beyond, strict=True)]
        self.most: FloatArray = np.stack([*free, *inside, *outside])
        cost = (_SMALL + size) * size
        coding = (1.0 if few else _CODING) * cost
        self.costs: FloatArray = np.stack([np.zeros(len(near)), np.zeros(len(near)), coding, coding, cost, cost])


class _Program:
    """Begins with the sums about the cell, and takes in those that its answer breaks.

    With fewer sums a program can only be cheaper: an answer that keeps the others too is the cheapest of all.
    """

    def __init__(self, cell: int, cells: Cells, sums: Sums, hiding: Hiding) -> None:
        self.cell, self.cells, self.sums, self.hiding = cell, cells, sums, hiding
        self.few = bool(hiding.few[cell])
        self.rows = sums.touching(sums.within(sums.touching(np.array([cell]))))

    def move(self, step: float) -> tuple[float, Partners] | None:
        """Cost, and what must be opened; None where nothing makes room."""
        while True:
            near = self.sums.within(self.rows)
            columns = _Columns(near, self.cells, self.hiding, few=self.few)
            moved = self._moved(near, columns, step)
            if moved is None:
                return None
            broken = self._broken(near, moved)
            if not len(broken):
                break
            self.rows = np.union1d(self.rows, broken)
        coded, hidden = moved[2] + moved[3] > _MOVED, moved[4] + moved[5] > _MOVED
        found: Partners = [
            (int(near[one]), None if hidden[one] else float(columns.band[one]))
            for one in np.flatnonzero(coded | hidden)
        ]
        return float((moved * columns.costs).sum()), found

    def _moved(self, near: IntArray, columns: _Columns, step: float) -> FloatArray | None:
        """(6, cells) the cheapest moves that keep ``rows``."""
        at = int(np.searchsorted(near, self.cell))
        most = columns.most.copy()
        least = np.zeros_like(most)
        most[:, at] = 0.0
        least[0 if step > 0 else 1, at] = most[0 if step > 0 else 1, at] = abs(step)
        used = np.flatnonzero(most.ravel() > 0)
        sign = np.where(used // len(near) % 2, -1.0, 1.0)
        solved = cheapest_moves(
            columns.costs.ravel()[used],
            csr_array(self.sums.matrix(near[used % len(near)], self.rows) * sign),
            least.ravel()[used],
            most.ravel()[used],
        )
        if solved is None:
            return None
        moved = np.zeros(most.size)
        moved[used] = solved
        return moved.reshape(most.shape)

    def _broken(self, near: IntArray, moved: FloatArray) -> IntArray:
        """The sums beside ``rows`` that the moves do not keep."""
        net = moved[::2].sum(axis=0) - moved[1::2].sum(axis=0)
        moving = np.flatnonzero(net != 0)
        others = np.setdiff1d(self.sums.touching(near[moving]), self.rows, assume_unique=True)
        left = self.sums.matrix(near[moving], others) @ net[moving]
        return np.asarray(others[np.abs(left) > _MOVED])
