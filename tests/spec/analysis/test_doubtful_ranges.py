"""What neighbourhoods and moves at once settle is what two programs over everything would have found."""

from __future__ import annotations

import numpy as np
import pytest

from analysis import doubtful_ranges
from analysis.arrays import FloatArray, IntArray
from analysis.disclosure_bounds import Rooms, Sums, by_programs
from analysis.doubtful_ranges import Proofs
from analysis.hiding import Guards

LONG, WIDE = 40, 3  # of a table whose rows and columns add up: a circle at every rectangle


def table(rng: np.random.Generator, beside: int = 1) -> tuple[Sums, Rooms]:
    """Cells of which half are open, and the sums of their rows and columns; several tables side by side."""
    cell: IntArray = np.arange(LONG * WIDE * beside, dtype=np.int64)
    open_ = (rng.random(len(cell)) < 0.5).astype(np.float64)
    columns = LONG * beside + WIDE * (cell // (LONG * WIDE)) + cell % WIDE
    sums = Sums(
        row=np.concatenate([cell // WIDE, columns]),
        cell=np.concatenate([cell, cell]),
        factor=np.tile(rng.uniform(0.2, 1.0, len(cell)), 2),
        count=(LONG + WIDE) * beside,
        cells=len(cell),
    )
    return sums, Rooms(-open_ * rng.random(len(cell)), open_ * rng.random(len(cell)))


def guards_of(rng: np.random.Generator, cells: int) -> Guards:
    width: FloatArray = np.where(rng.random(cells) < 0.5, rng.uniform(0.05, 0.9, cells), 0.0)
    one_sided = ((width == 0) & (rng.random(cells) < 0.7)).astype(np.float64)
    return Guards(down=-one_sided * rng.uniform(0.0, 0.6, cells), up=np.zeros(cells), width=width)


@pytest.mark.parametrize(("beside", "small"), [(1, 10), (3, 300)])
@pytest.mark.parametrize("seed", range(4))
def test_the_same_ranges_are_too_narrow_as_by_programs_over_all_cells(
    seed: int, beside: int, small: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    """In neighbourhoods of one part, and of several parts at once."""
    monkeypatch.setattr(doubtful_ranges, "_SMALL", small)
    rng = np.random.default_rng(seed)
    sums, rooms = table(rng, beside)
    guards = guards_of(rng, sums.cells)
    proofs, settled = Proofs(sums), 0
    for _ in range(2):  # the second time with more room: what was proven still holds
        known = sums.narrowed(rooms)
        proofs.begin(known)
        parts = sums.circles(known)
        assert len(parts) == beside
        found = set(proofs.narrow(parts, guards).tolist())
        for cells, rows in parts:
            asked = cells[np.isin(cells, guards.asked)]
            matrix, down, up = sums.matrix(cells, rows), known.down[cells], known.up[cells]
            for one in asked.tolist():
                at = int(np.searchsorted(cells, one))
                least, most = (moves[[at]] for moves in by_programs(matrix, down, up, at))
                assert (one in found) == guards.missed(np.array([one]), least, most)[0]
                assert least[0] <= proofs.down[one] + 1e-6
                assert proofs.up[one] <= most[0] + 1e-6
                settled += 1
        rooms = Rooms(rooms.down * 1.2, rooms.up * 1.2)
    assert settled > 40


def test_a_room_that_became_smaller_takes_what_was_proven_with_it() -> None:
    rng = np.random.default_rng(1)
    sums, rooms = table(rng)
    proofs = Proofs(sums)
    proofs.begin(rooms)
    proofs.down[:], proofs.up[:] = rooms.down, rooms.up
    proofs.begin(Rooms(rooms.down, rooms.up * 1.1))
    assert proofs.up.max() > 0
    proofs.begin(Rooms(rooms.down, rooms.up))
    assert proofs.up.max() == 0
