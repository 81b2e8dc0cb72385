"""Which ranges are wide enough where sums run in circles, without a program for every cell.

Whatever cells do in one move that all sums allow, each of them can do: one program's answer is a proof for all cells
that it moves, and stays one as long as rooms only grow. So rays are tried first, then programs that move as many of the
doubtful cells as they can at once. What is left is looked at in neighbourhoods: moves within one are moves of the
whole, and a range that is too narrow by the sums inside one is so by all of them. Only what neither settles is asked of
all that hangs together; what is found is the same as if everything had been. Parts that no sum connects are asked
about in one program.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from typing import TypeAlias

import numpy as np
from scipy.sparse import csr_array

from analysis.arrays import FloatArray, IntArray
from analysis.disclosure_bounds import Rooms, Sums, by_programs, furthest, proven
from analysis.hiding import Guards

_LARGEST = 1500  # cells for which rays are sought: the matrix is square
_TOGETHER = 6  # programs for all doubtful cells at once, each way
_WORTH = 0.1  # share of them that one has to settle for another to be tried
_AT_ONCE = 1500  # cells that one program moves
_SMALL = 300  # cells of a part of which ranges are sought without neighbourhoods
_ENDS = 1e-9
Part: TypeAlias = tuple[IntArray, IntArray]


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

    def narrow(self, parts: Sequence[Part], guards: Guards) -> IntArray:
        """The cells whose range is too narrow. ``parts``: of all that hangs together the cells and the sums; what
        several parts ask for is asked in one program, for none moves the other."""
        for part, asked in self._asking(parts, guards):
            if len(part[0]) <= _LARGEST:
                down, up = self.known.down[part[0]], self.known.up[part[0]]
                matrix = self.sums.matrix(*part).toarray()
                self._note(asked, *proven(matrix, down, up, np.searchsorted(part[0], asked)))
        self._at_once(parts, guards, lambda asked: asked)
        self._at_once([part for part in parts if len(part[0]) > _SMALL], guards, self._apart)
        found = [self._one_by_one(several, guards) for several in _batches(self._asking(parts, guards))]
        return np.concatenate([*found, np.empty(0, dtype=np.int64)])

    def _at_once(self, parts: Sequence[Part], guards: Guards, chosen: Callable[[IntArray], IntArray]) -> None:
        """Of every part the ``chosen`` among its doubtful cells, again as long as it settles enough of them."""
        for _ in range(_TOGETHER):
            asking = self._asking(parts, guards)
            for several in _batches([(part, chosen(asked)) for part, asked in asking]):
                self._together(several, guards)
            left = {id(part): len(asked) for part, asked in self._asking(parts, guards)}
            parts = [part for part, asked in asking if 0 < left.get(id(part), 0) < (1 - _WORTH) * len(asked)]

    def _asking(self, parts: Sequence[Part], guards: Guards) -> list[tuple[Part, IntArray]]:
        """Parts with doubtful cells, and these."""
        doubtful = np.zeros(self.sums.cells, dtype=bool)
        doubtful[self._doubtful(guards.asked, guards)] = True
        return [(part, asked) for part in parts if len(asked := part[0][doubtful[part[0]]])]

    def _apart(self, asked: IntArray) -> IntArray:
        """Cells that share no sum, so that none stands in another's way: the first, and of the others what may be."""
        touched: set[int] = set()
        found = []
        for cell in asked.tolist():
            near = set(self.sums.touching(np.array([cell])).tolist())
            if not near & touched:
                found.append(cell)
                touched |= near
        return np.array(found, dtype=np.int64)

    def _one_by_one(self, several: Sequence[tuple[Part, IntArray]], guards: Guards) -> IntArray:
        """Of the doubtful cells those that are too narrow: of every small part one at once, with its exact range."""
        large = [cell for part, asked in several if len(part[0]) > _SMALL for cell in asked.tolist()]
        narrow = [cell for cell in large if self._too_narrow(cell, guards)]
        small = {place: part for place, (part, _) in enumerate(several) if len(part[0]) <= _SMALL}
        waiting = {place: several[place][1] for place in small}
        while waiting:
            asked = {place: int(those[0]) for place, those in waiting.items()}
            cells, matrix = self._joined([small[place] for place in asked])
            at = np.searchsorted(cells, list(asked.values()))
            least, most = by_programs(matrix, self.known.down[cells], self.known.up[cells], at)
            for moves in (least, most):
                self._note(cells, moves, moves)
            for place, cell, one in zip(asked, asked.values(), at.tolist(), strict=True):
                if guards.missed(np.array([cell]), least[[one]], most[[one]])[0]:
                    narrow.append(cell)
                waiting[place] = self._doubtful(waiting[place][1:], guards)
            waiting = {place: those for place, those in waiting.items() if len(those)}
        return np.array(narrow, dtype=np.int64)

    def _joined(self, parts: Sequence[Part]) -> tuple[IntArray, csr_array]:
        cells, rows = (np.sort(np.concatenate(those)) for those in zip(*parts, strict=True))
        return cells, self.sums.matrix(cells, rows)

    def _doubtful(self, asked: IntArray, guards: Guards) -> IntArray:
        return asked[guards.missed(asked, self.down[asked], self.up[asked])]

    def _note(self, cells: IntArray, down: FloatArray, up: FloatArray) -> None:
        self.down[cells] = np.minimum(self.down[cells], down)
        self.up[cells] = np.maximum(self.up[cells], up)

    def _together(self, several: Sequence[tuple[Part, IntArray]], guards: Guards) -> None:
        """Moves as many as possible as far as they need, up and then down."""
        cells, matrix = self._joined([part for part, _ in several])
        asked = np.concatenate([those for _, those in several])
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
        if not len(self._doubtful(one, guards)):
            return False
        for near, inside, touching in self.sums.around(cell, self._open):
            down, up = self.known.down[near], self.known.up[near]
            at = int(np.searchsorted(near, cell))
            for moves in by_programs(self.sums.matrix(near, touching), down, up, at):
                self._note(near, moves, moves)
            if not len(self._doubtful(one, guards)):
                return False
            if len(inside) < len(touching):
                least, most = by_programs(self.sums.matrix(near, inside), down, up, at)
                if guards.missed(one, least[[at]], most[[at]])[0]:
                    return True
        return bool(len(self._doubtful(one, guards)))


def _batches(asking: Sequence[tuple[Part, IntArray]]) -> Iterator[list[tuple[Part, IntArray]]]:
    """Parts for one program each time, small ones together."""
    several: list[tuple[Part, IntArray]] = []
    for one in asking:
        if several and sum(len(part[0]) for part, _ in [*several, one]) > _AT_ONCE:
            yield several
            several = []
        several.append(one)
    if several:
        yield several
