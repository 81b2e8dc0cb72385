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
_MANY = 20  # cells of a sum of which no neighbourhood takes more, until nothing is found in it
Partners = list[tuple[int, float | None]]


def cheapest(cell: int, cells: Cells, sums: Sums, hiding: Hiding, ways: list[tuple[float, float]]) -> Partners | None:
    """The cells to change and the ends of their bands (None: to hide); None where nothing makes room."""
    cost = np.where(hiding.hidden | hiding.coded, 0.0, np.where(hiding.fixed, np.inf, cells.size))
    near: IntArray = np.empty(0, dtype=np.int64)
    many = _MANY
    while True:
        before, near = len(near), sums.near(cell, cost, many)
        if len(near) == before:
            return None
        found = _within(_Program(cell, near, cells, sums, hiding), float(cells.part_of(cell)), ways)
        if found is not None:
            return found
        many *= 8


def _within(program: _Program, part: float, ways: list[tuple[float, float]]) -> Partners | None:
    best: tuple[float, Partners] | None = None
    for down, up in sorted(ways, key=lambda way: sum(step != 0 for step in way)):
        if down and up and best is not None:
            break
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
    """The cheapest moves within a neighbourhood, nothing outside of which moves: what it finds every sum allows."""

    def __init__(self, cell: int, near: IntArray, cells: Cells, sums: Sums, hiding: Hiding) -> None:
        self.near, self.at = near, int(np.searchsorted(near, cell))
        self.columns = _Columns(near, cells, hiding, few=bool(hiding.few[cell]))
        self.matrix = sums.matrix(near, sums.touching(near)).tocsc()

    def move(self, step: float) -> tuple[float, Partners] | None:
        """Cost, and what must be opened; None where nothing makes room."""
        moved = self._moved(step)
        if moved is None:
            return None
        coded, hidden = moved[2] + moved[3] > _MOVED, moved[4] + moved[5] > _MOVED
        found: Partners = [
            (int(self.near[one]), None if hidden[one] else float(self.columns.band[one]))
            for one in np.flatnonzero(coded | hidden)
        ]
        return float((moved * self.columns.costs).sum()), found

    def _moved(self, step: float) -> FloatArray | None:
        """(6, cells) the moves."""
        most = self.columns.most.copy()
        least = np.zeros_like(most)
        most[:, self.at] = 0.0
        least[0 if step > 0 else 1, self.at] = most[0 if step > 0 else 1, self.at] = abs(step)
        used = np.flatnonzero(most.ravel() > 0)
        sign = np.where(used // len(self.near) % 2, -1.0, 1.0)
        solved = cheapest_moves(
            self.columns.costs.ravel()[used],
            csr_array(self.matrix[:, used % len(self.near)] * sign),
            least.ravel()[used],
            most.ravel()[used],
        )
        if solved is None:
            return None
        moved = np.zeros(most.size)
        moved[used] = solved
        return moved.reshape(most.shape)
