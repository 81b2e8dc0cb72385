"""Which ranges are wide enough where sums run in circles, without a program for every cell.

Whatever cells do in one move that all sums allow, each of them can do: one program's answer is a proof for all cells
that it moves, and stays one as long as rooms only grow. So rays are tried first, then programs that move as many of the
doubtful cells as they can at once. What is left is looked at in neighbourhoods: moves within one are moves of the
whole, and a range that is too narrow by the sums inside one is so by all of them. Only what neither settles is asked of
all that hangs together; what is found is the same as if everything had been.
"""

from __future__ import annotations

import numpy as np
from scipy.sparse import csr_array

from analysis.arrays import FloatArray, IntArray
from analysis.disclosure_bounds import Rooms, Sums, by_programs, furthest, proven
from analysis.hiding import Guards

_LARGEST = 1500  # cells for which rays are sought: the matrix is square
_TOGETHER = 6  # programs for all doubtful cells at once, each way
_WORTH = 0.1  # share of them that one has to settle for another to be tried
_ENDS = 1e-9


class Proofs:
    """By cell how far down and up it surely can be moved, as far as that was asked for."""

    def __init__(self, sums: Sums) -> None:
        self.sums = sums
        self.known = Rooms(np.zeros(sums.cells), np.zeros(sums.cells))
        self.down, self.up = np.zeros(sums.cells), np.zeros(sums.cells)
        self._open = np.zeros(sums.cells, dtype=bool)

    def begin(self, known: Rooms) -> None:
        """With these rooms; what was proven is kept where none is smaller than before."""
        before, self.known = self.known, known
        if (known.down > before.down + _ENDS).any() or (known.up < before.up - _ENDS).any():
            self.down[:] = 0.0
            self.up[:] = 0.0
        self._open = known.up - known.down > _ENDS

    def narrow(self, cells: IntArray, rows: IntArray, asked: IntArray, guards: Guards) -> IntArray:
        """Of ``asked`` those whose range is too narrow. ``cells`` and ``rows``: all that hangs together."""
        asked = self._doubtful(asked, guards)
        if len(asked):
            matrix = self.sums.matrix(cells, rows)
            if len(cells) <= _LARGEST:
                down, up = self.known.down[cells], self.known.up[cells]
                self._note(asked, *proven(matrix.toarray(), down, up, np.searchsorted(cells, asked)))
            for _ in range(_TOGETHER):
                asked = self._doubtful(asked, guards)
                if not len(asked):
                    break
                self._together(cells, matrix, asked, guards)
                if len(self._doubtful(asked, guards)) >= (1 - _WORTH) * len(asked):
                    break
        return np.array([cell for cell in asked.tolist() if self._too_narrow(cell, guards)], dtype=np.int64)

    def _doubtful(self, asked: IntArray, guards: Guards) -> IntArray:
        return asked[guards.missed(asked, self.down[asked], self.up[asked])]

    def _note(self, cells: IntArray, down: FloatArray, up: FloatArray) -> None:
        self.down[cells] = np.minimum(self.down[cells], down)
        self.up[cells] = np.maximum(self.up[cells], up)

    def _together(self, cells: IntArray, matrix: csr_array, asked: IntArray, guards: Guards) -> None:
        """Moves as many as possible as far as they need, up and then down."""
        place = np.searchsorted(cells, asked)
        for sign in (1.0, -1.0):
            down, up = self.known.down[cells].copy(), self.known.up[cells].copy()
            lacking_up = np.maximum(guards.up[asked], guards.width[asked] + self.down[asked])
            lacking_down = np.maximum(-guards.down[asked], guards.width[asked] - self.up[asked])
            lacking = np.maximum(lacking_up if sign > 0 else lacking_down, 0.0)
            goal = np.zeros(len(cells))
            goal[place] = np.where(lacking > 0, sign / np.maximum(lacking, 1e-3), 0.0)
            if sign > 0:
                up[place] = np.where(lacking > 0, np.minimum(up[place], lacking), up[place])
            else:
                down[place] = np.where(lacking > 0, np.maximum(down[place], -lacking), down[place])
            moves = furthest(matrix, down, up, goal)
            self._note(cells, moves, moves)

    def _too_narrow(self, cell: int, guards: Guards) -> bool:
        one = np.array([cell])
        for near, inside, touching in self.sums.around(cell, self._open):
            if not len(self._doubtful(one, guards)):
                return False
            at = int(np.searchsorted(near, cell))
            down, up = self.known.down[near], self.known.up[near]
            if len(inside) < len(touching):
                least, most = by_programs(self.sums.matrix(near, inside), down, up, at)
                if guards.missed(one, least[[at]], most[[at]])[0]:
                    return True
            for moves in by_programs(self.sums.matrix(near, touching), down, up, at):
                self._note(near, moves, moves)
        return bool(len(self._doubtful(one, guards)))
