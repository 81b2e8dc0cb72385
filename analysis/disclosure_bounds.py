"""What a reader can work out of figures that are not printed exactly: sums that hold, and what is known of each.

Every cell has a room: how far below and above its true place on the scale a reader must think it possible, by its print
alone (nothing where it is printed, a band where it is coded, the whole scale where it is hidden). A sum says that
weights times these distances come to 0. Passing limits along sums narrows the rooms; where sums form no circle that is
exact. Where they do (tables crossed with each other) it may come out too wide; there a ray that stays in all rooms
proves some width, and two linear programs give the range.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from itertools import count

import numpy as np
from scipy.sparse import csr_array
from scipy.sparse.csgraph import connected_components

from analysis.arrays import BoolArray, FloatArray, IntArray

_MOST_PASSES = 200
_EXACT = 1e-9
_PRESOLVED = 3000  # moves of a program from which on looking it over beforehand pays
_NEAR = 300  # cells that are enough to hide among
_NEIGHBOURS = 60  # cells from which on a neighbourhood is worth a program


@dataclass(frozen=True, slots=True, eq=False)
class Rooms:
    """By cell, on the scale 0..1, seen from the true place: ``down`` at most 0, ``up`` at least 0."""

    down: FloatArray
    up: FloatArray

    @property
    def open(self) -> IntArray:
        return np.flatnonzero(self.up - self.down > _EXACT)


@dataclass(frozen=True, slots=True, eq=False)
class Places:
    """Where each code stands, in the order of the places; few codes are asked for."""

    order: IntArray
    ends: IntArray  # (codes + 1,)

    @staticmethod
    def of(codes: IntArray, count: int) -> Places:
        ends = np.concatenate([[0], np.cumsum(np.bincount(codes, minlength=count))])
        return Places(np.argsort(codes, kind="stable"), ends)

    def __getitem__(self, code: int) -> list[int]:
        found: list[int] = self.order[self.ends[code] : self.ends[code + 1]].tolist()
        return found


@dataclass(eq=False)
class Sums:
    """Sums over cells as a list of terms: in sum ``row[i]`` the cell ``cell[i]`` counts ``factor[i]``."""

    row: IntArray
    cell: IntArray
    factor: FloatArray
    count: int  # sums
    cells: int

    @cached_property
    def rows_of(self) -> Places:
        """Cell -> its terms."""
        return Places.of(self.cell, self.cells)

    @cached_property
    def terms_of(self) -> Places:
        """Sum -> its terms."""
        return Places.of(self.row, self.count)

    def narrowed(self, rooms: Rooms) -> Rooms:
        """Rooms after limits were passed along all sums; exact where these form no circle."""
        down, up = rooms.down.copy(), rooms.up.copy()
        terms = np.flatnonzero(np.isin(self.cell, rooms.open) & (self.factor != 0))
        row, cell, factor = self.row[terms], self.cell[terms], self.factor[terms]
        for _ in range(_MOST_PASSES):
            ends = factor * down[cell], factor * up[cell]
            least, most = np.minimum(*ends), np.maximum(*ends)
            rest_least = np.bincount(row, least, self.count)[row] - least
            rest_most = np.bincount(row, most, self.count)[row] - most
            one, other = -rest_most / factor, -rest_least / factor
            before = down.copy(), up.copy()
            np.maximum.at(down, cell, np.minimum(np.minimum(one, other), 0.0))
            np.minimum.at(up, cell, np.maximum(np.maximum(one, other), 0.0))
            if np.abs(before[0] - down).max(initial=0) <= 1e-7 and np.abs(before[1] - up).max(initial=0) <= 1e-7:
                break
        return Rooms(down, up)

    def left(self, term: int, rooms: Rooms, changed: dict[int, tuple[float, float]]) -> tuple[float, float]:
        """What one sum alone leaves to the cell of ``term``, where ``changed`` cells have other rooms."""
        least = most = 0.0
        for other in self.terms_of[int(self.row[term])]:
            if other != term:
                cell, factor = int(self.cell[other]), float(self.factor[other])
                low, high = changed.get(cell) or (float(rooms.down[cell]), float(rooms.up[cell]))
                least += min(factor * low, factor * high)
                most += max(factor * low, factor * high)
        factor = float(self.factor[term])
        if factor == 0:
            return -1.0, 1.0
        ends = -most / factor, -least / factor
        return min(ends), max(ends)

    def circles(self, rooms: Rooms) -> list[tuple[IntArray, IntArray]]:
        """Parts of the sums over open cells that contain a circle: their cells and their sums."""
        opened = rooms.open
        is_open = np.zeros(self.cells, dtype=bool)
        is_open[opened] = True
        terms = np.flatnonzero(is_open[self.cell] & (self.factor != 0))
        if not len(terms):
            return []
        graph = csr_array(
            (np.ones(len(terms)), (self.cell[terms], self.cells + self.row[terms])),
            shape=(self.cells + self.count,) * 2,
        )
        _, label = connected_components(graph, directed=False)
        links = np.bincount(label[self.cell[terms]], minlength=label.max() + 1)
        cells = np.bincount(label[opened], minlength=label.max() + 1)
        used = np.unique(self.row[terms])
        rows = np.bincount(label[self.cells + used], minlength=label.max() + 1)
        return [
            (opened[label[opened] == part], used[label[self.cells + used] == part])
            for part in np.flatnonzero((links > cells + rows - 1) & (links > 0))
        ]

    @cached_property
    def lines(self) -> csr_array:
        """(sums, cells), without the terms that count nothing."""
        return _without_zeros(csr_array((self.factor, (self.row, self.cell)), shape=(self.count, self.cells)))

    @cached_property
    def columns(self) -> csr_array:
        """(cells, sums)."""
        return csr_array(self.lines.T.tocsr())

    def matrix(self, cells: IntArray, rows: IntArray) -> csr_array:
        """Terms of ``rows`` and ``cells``, (rows, cells)."""
        return csr_array(self.lines[rows][:, cells])

    def touching(self, cells: IntArray) -> IntArray:
        """The sums that any of the cells is in."""
        return np.unique(_members(self.columns, cells)).astype(np.int64)

    def within(self, rows: IntArray) -> IntArray:
        """The cells of any of the sums."""
        return np.unique(_members(self.lines, rows)).astype(np.int64)

    def near(self, cell: int, cost: FloatArray, many: int) -> IntArray:
        """The cells about one that are reached over three sums, and further as long as these are few; of sums with more
        than ``many`` cells only the whole, of those that the cell itself is in the cheapest too."""
        near = np.array([cell], dtype=np.int64)
        length = np.diff(self.lines.indptr)
        for step in count():
            rows, before = self.touching(near), len(near)
            far = rows[length[rows] > many]
            found = [near, self.within(rows[length[rows] <= many])]
            for row in far.tolist():
                place = slice(self.lines.indptr[row], self.lines.indptr[row + 1])
                those, factor = self.lines.indices[place].astype(np.int64), self.lines.data[place]
                found.append(those[factor < 0])
                if step == 0:
                    found.append(those[np.argsort(cost[those], kind="stable")[:many]])
            near = np.unique(np.concatenate(found)).astype(np.int64)
            if len(near) == before or (step >= 2 and len(near) >= _NEAR):
                break
        return near

    def around(self, cell: int, usable: BoolArray) -> Iterator[tuple[IntArray, IntArray, IntArray]]:
        """Ever larger neighbourhoods among ``usable`` cells, up to all that hangs together with the cell.

        Of each its cells, the sums of which no usable cell lies outside, and all that touch it. In the last these are
        the same.
        """
        near, wanted = np.array([cell], dtype=np.int64), _NEIGHBOURS
        touching = self.touching(near)
        while True:
            inside, before = touching, len(near)
            near = self.within(inside)
            near = near[usable[near]]
            touching = self.touching(near)
            if len(near) == before or len(near) >= wanted:
                yield near, inside, touching
                wanted = 3 * len(near)
            if len(near) == before:
                return


def _members(lines: csr_array, rows: IntArray) -> IntArray:
    """The columns of any of the rows, one after the other."""
    first, last = lines.indptr[rows], lines.indptr[rows + 1]
    length = last - first
    place = np.arange(int(length.sum())) - np.repeat(np.cumsum(length) - length, length)
    return np.asarray(lines.indices[np.repeat(first, length) + place])


def _without_zeros(lines: csr_array) -> csr_array:
    lines.eliminate_zeros()
    return lines


def proven(matrix: FloatArray, down: FloatArray, up: FloatArray, asked: IntArray) -> tuple[FloatArray, FloatArray]:
    """A range that each asked cell surely has: moved along least-squares rays that keep all sums.

    A ray moves the other cells in proportion to their squared room, once the whole of it and once the smaller side
    alone (so that what stands at the end of its room stays there); it is followed each way until a room ends. No
    further than the true range, and mostly far enough.
    """
    least, most = np.zeros(len(asked)), np.zeros(len(asked))
    for room in (up - down, np.minimum(up, -down)):
        fall, rise = _along(_rays(matrix, room**2, asked), down, up)
        least, most = np.minimum(least, -fall), np.maximum(most, rise)
    return least, most


def _rays(matrix: FloatArray, room: FloatArray, asked: IntArray) -> FloatArray:
    """One column per asked cell, which it moves by 1; a column of zeros where it cannot move."""
    scaled = matrix * room
    inverse = np.linalg.pinv(scaled @ matrix.T, rcond=1e-11, hermitian=True)
    own = matrix[:, asked]
    # The others make up for what the cell itself does; its own part of the ray is replaced by 1.
    answer = inverse @ own
    rays = -(scaled.T @ answer)
    free = 1 + rays[asked, np.arange(len(asked))]  # 1 where the cell has no room in ``room``
    rays = np.where(free > 1e-9, rays / np.where(free > 1e-9, free, 1.0), 0.0)
    rays[asked, np.arange(len(asked))] = 1.0
    kept = np.abs(matrix @ rays).max(axis=0, initial=0.0) < 1e-8
    return np.where(kept, rays, 0.0)


def _along(rays: FloatArray, down: FloatArray, up: FloatArray) -> tuple[FloatArray, FloatArray]:
    """How far each ray can be followed against its direction and along it."""
    rays = np.where(np.abs(rays) < 1e-9, 0.0, rays)
    with np.errstate(divide="ignore", invalid="ignore"):
        rise = np.where(rays > 0, up[:, None] / rays, np.where(rays < 0, down[:, None] / rays, np.inf)).min(axis=0)
        fall = np.where(rays > 0, -down[:, None] / rays, np.where(rays < 0, -up[:, None] / rays, np.inf)).min(axis=0)
    moved = rays.any(axis=0)
    return np.where(moved, fall, 0.0), np.where(moved, rise, 0.0)


def by_programs(
    matrix: csr_array | FloatArray, down: FloatArray, up: FloatArray, asked: int | IntArray
) -> tuple[FloatArray, FloatArray]:
    """The moves of all cells with the least and with the greatest of one; that cell's own are its exact range. Several
    may be asked for that no sums connect."""
    goal = np.zeros(len(down))
    goal[asked] = 1.0
    return furthest(matrix, down, up, -goal), furthest(matrix, down, up, goal)


def furthest(matrix: csr_array | FloatArray, down: FloatArray, up: FloatArray, goal: FloatArray) -> FloatArray:
    """The moves within their rooms that all sums allow and of which ``goal`` makes most."""
    moves = cheapest_moves(-goal, csr_array(matrix), down, up)
    # No move at all satisfies every sum, so only rounding can make a program infeasible.
    return np.zeros(len(down)) if moves is None else moves


def cheapest_moves(cost: FloatArray, sums: csr_array, least: FloatArray, most: FloatArray) -> FloatArray | None:
    """Of the moves between two limits that all sums allow those that cost least; None where there are none."""
    from scipy.optimize import Bounds, LinearConstraint, milp

    # Without whole numbers this is the linear program of ``linprog``, with a third of what that adds to each.
    moves = milp(
        cost,
        constraints=LinearConstraint(sums, 0.0, 0.0),
        bounds=Bounds(least, most),
        options={"presolve": len(cost) > _PRESOLVED},
    ).x
    return None if moves is None else np.asarray(moves)
