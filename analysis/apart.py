"""What else must be coded or hidden, sought by itself for cells that no sum connects.

Sums are of one variable, or of the categories of one question; so what is sought for one moves no other, and half of
them can be sought on another processor. The reader knows of no connection that this search does not see: figures that
follow from each other in another way are looked at afterwards, over all (``analysis.two_bases``).
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, fields, replace

import numpy as np
from scipy.sparse import csr_array
from scipy.sparse.csgraph import connected_components

from analysis.arrays import IntArray
from analysis.cells import Cells
from analysis.complementary_suppression import CannotProtect, Search
from analysis.disclosure_bounds import Sums
from analysis.families import Ties
from analysis.hiding import Hiding
from analysis.second_processor import answers, processors

_WORTH = 200_000
"""Cells from which on another process is worth its start, two seconds of a processor."""


@dataclass(frozen=True, slots=True, eq=False)
class Apart:
    """Cells that no sum connects with any other, and the rule for them."""

    cells: Cells
    ties: Ties
    hiding: Hiding
    least: int
    below: int


@dataclass(frozen=True, slots=True, eq=False)
class Sought:
    """How the cells are given now, which of them were added, and whether one cannot be protected."""

    hiding: Hiding
    added: IntArray
    open: int | None  # the cell


def search(cells: Cells, tied: Ties, hiding: Hiding, *, least: int, below: int) -> set[int]:
    """Changes ``hiding``; the cells that were added to it. Raises CannotProtect where what is fixed gives one away."""
    connected = list(_connected(cells, tied))
    pieces = [Apart(_those(cells, own), _within(tied, own), hiding.of(own), least, below) for own in connected]
    added: set[int] = set()
    shared = len(cells) >= _WORTH and processors() > 1
    for own, found in zip(connected, answers(sought, pieces, shared=shared), strict=True):
        if found.open is not None:
            raise CannotProtect(cells.place(int(own[found.open])))
        hiding.end[own], hiding.side[own], hiding.hidden[own] = found.hiding.end, found.hiding.side, found.hiding.hidden
        added.update(own[found.added].tolist())
    return added


def sought(piece: Apart) -> Sought:
    """Of one piece."""
    found = Search(piece.cells, piece.ties, piece.hiding, least=piece.least, below=piece.below)
    try:
        found.run()
    except CannotProtect as error:
        return Sought(piece.hiding, np.empty(0, dtype=np.int64), _number(piece.cells, error))
    return Sought(piece.hiding, np.array(sorted(found.added), dtype=np.int64), None)


def _number(cells: Cells, error: CannotProtect) -> int:
    domain, key = error.place
    at = (cells.domain == cells.domains.index(domain)) & (cells.key == cells.keys.index(key))
    return int(np.flatnonzero(at)[0])


def _connected(cells: Cells, tied: Ties) -> Iterator[IntArray]:
    """Cells of variables that sums connect, in the order of the variables; without those of variables in no sum."""
    count = len(cells.keys)
    key = cells.key[tied.sums.cell]
    first = np.full(tied.sums.count, count, dtype=np.int64)
    np.minimum.at(first, tied.sums.row, key)
    links = csr_array((np.ones(len(key)), (key, first[tied.sums.row])), shape=(count, count))
    _, label = connected_components(links, directed=False)
    order = np.argsort(label[cells.key], kind="stable")
    ends = np.cumsum(np.bincount(label[cells.key], minlength=label.max(initial=-1) + 1))
    yield from (own for own in np.split(order, ends[:-1]) if len(own))


def _those(cells: Cells, own: IntArray) -> Cells:
    """Without their estimates, which no search looks at."""
    columns = {
        one.name: getattr(cells, one.name)[own]
        for one in fields(cells)
        if isinstance(getattr(cells, one.name), np.ndarray)
    }
    return replace(cells, estimates=(), **columns)


def _within(tied: Ties, own: IntArray) -> Ties:
    sums = tied.sums
    place = np.full(sums.cells, -1, dtype=np.int64)
    place[own] = np.arange(len(own))
    terms = np.flatnonzero(place[sums.cell] >= 0)
    rows, row = np.unique(sums.row[terms], return_inverse=True)
    whole = tied.whole[rows]
    return Ties(
        Sums(row, place[sums.cell[terms]], sums.factor[terms], len(rows), len(own)),
        np.where(whole >= 0, place[np.maximum(whole, 0)], -1),
    )
