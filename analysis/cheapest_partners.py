"""Which cells to code or hide so that one can move far enough, at the least cost: where tables cross, by a program.

A linear program moves cells up and down so that every sum still holds. Within what a reader must think possible a move
is free; beyond it costs by the respondents who lose their figure, less where the cell can be coded than where it must
be hidden, so small parts are preferred to wholes (Kelly, Golden & Assad 1992, Networks 22(4)).
"""

from __future__ import annotations

import numpy as np
from scipy.sparse import csr_array, hstack

from analysis.arrays import FloatArray, IntArray
from analysis.cells import Cells
from analysis.coding import widest_end
from analysis.disclosure_bounds import Sums
from analysis.hiding import Hiding

_SMALL = 10.0  # cost of hiding any cell, in respondents, beside its own
_CODING = 0.1  # what coding costs of hiding
_MOVED = 1e-7
Partners = list[tuple[int, float | None]]


def cheapest(cell: int, cells: Cells, sums: Sums, hiding: Hiding, ways: list[tuple[float, float]]) -> Partners | None:
    """The cells to change and the ends of their bands (None: to hide); None where nothing makes room."""
    near, rows = _near(cell, cells, sums)
    program = _Program(near, rows, cells, sums, hiding, few=bool(hiding.few[cell]))
    best: tuple[float, Partners] | None = None
    for down, up in ways:
        part = float(cells.part[cell])
        if part + down < -1e-9 or part + up > 1 + 1e-9:
            continue
        moves = [program.move(cell, step) for step in (down, up) if step]
        made = [move for move in moves if move is not None]
        cost = sum(move[0] for move in made)
        if len(made) == len(moves) and (best is None or cost < best[0] - 1e-9):
            partners: dict[int, float | None] = {}
            for one, end in (pair for move in made for pair in move[1]):
                partners[one] = end if one not in partners or end is None else partners[one]
            best = cost, list(partners.items())
    return None if best is None else best[1]


def _near(cell: int, cells: Cells, sums: Sums) -> tuple[IntArray, IntArray]:
    """The cells of the same variable, and the sums between them."""
    variable = cells.keys[cells.key[cell]][0]
    keys = np.array([key[0] == variable for key in cells.keys])
    inside = keys[cells.key]
    rows = np.unique(sums.row[inside[sums.cell]])
    return np.flatnonzero(inside), rows


class _Program:
    """Columns: free moves up and down, then those within a band, then those beyond."""

    def __init__(self, near: IntArray, rows: IntArray, cells: Cells, sums: Sums, hiding: Hiding, *, few: bool) -> None:
        self.near = near
        self.place = {int(one): number for number, one in enumerate(near)}
        part = cells.part[near]
        rooms = hiding.rooms(cells.part)
        self.free = rooms.up[near], -rooms.down[near]
        band = np.where(cells.bounded[near], widest_end(part), np.nan)
        high = part >= 0.5
        fixed = hiding.fixed[near] | (cells.size[near] <= 0)
        beyond = np.where(fixed, 0.0, 1 - part - self.free[0]), np.where(fixed, 0.0, part - self.free[1])
        coded = (
            np.where(np.isfinite(band), np.where(high, 1 - part, 1 - band - part), 0.0) - self.free[0],
            np.where(np.isfinite(band), np.where(high, part - band, part), 0.0) - self.free[1],
        )
        self.band = band
        self.inside = [np.clip(one, 0.0, most) for one, most in zip(coded, beyond, strict=True)]
        self.outside = [np.clip(most - one, 0.0, None) for one, most in zip(self.inside, beyond, strict=True)]
        cost = (_SMALL + cells.size[near]) * cells.size[near]
        coding = (1.0 if few else _CODING) * cost
        self.costs = np.concatenate([np.zeros(2 * len(near)), coding, coding, cost, cost])
        line = np.full(sums.count, -1)
        line[rows] = np.arange(len(rows))
        column = np.full(sums.cells, -1)
        column[near] = np.arange(len(near))
        terms = np.flatnonzero((line[sums.row] >= 0) & (column[sums.cell] >= 0))
        one = csr_array(
            (sums.factor[terms], (line[sums.row[terms]], column[sums.cell[terms]])), shape=(len(rows), len(near))
        )
        self.matrix = csr_array(hstack([one, -one, one, -one, one, -one]))

    def move(self, cell: int, step: float) -> tuple[float, Partners] | None:
        """Cost, and what must be opened; None where nothing makes room."""
        from scipy.optimize import linprog

        count, at = len(self.near), self.place[cell]
        limits = [*self.free, *self.inside, *self.outside]
        most: FloatArray = np.stack(limits)
        least = np.zeros_like(most)
        most[:, at] = 0.0
        least[0 if step > 0 else 1, at] = most[0 if step > 0 else 1, at] = abs(step)
        solved = linprog(  # type: ignore[call-overload]  # the stubs know no sparse constraints
            self.costs,
            A_eq=self.matrix,
            b_eq=np.zeros(self.matrix.shape[0]),
            bounds=np.stack([least.ravel(), most.ravel()], axis=1),
            method="highs",
        )
        if solved.x is None or solved.fun is None:
            return None
        moved = np.asarray(solved.x).reshape(6, count)
        coded, hidden = moved[2] + moved[3] > _MOVED, moved[4] + moved[5] > _MOVED
        found: Partners = [
            (int(self.near[one]), None if hidden[one] else float(self.band[one]))
            for one in np.flatnonzero(coded | hidden)
        ]
        return float(solved.fun), found
