"""Complementary suppression: what else must be coded or hidden so that no sum gives away what is coded or hidden.

Hidden figures of fewer than ten keep a range of at least ``min(n, 4)`` respondents; a coded end keeps two respondents,
so that no sum proves all, or all but one, alike. The range is what a reader can work out with every n, every weight
and every printed figure (``analysis.disclosure_bounds``). One respondent would do against a proof; two are asked for so
that the very need to code a street does not say that all of its parts were alike.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator

import numpy as np

from analysis.arrays import IntArray
from analysis.cells import Cells, Place
from analysis.cheapest_partners import cheapest
from analysis.coding import SLIM, WIDE, widest_end
from analysis.disclosure_bounds import Rooms
from analysis.doubtful_ranges import Proofs
from analysis.families import Ties
from analysis.hiding import EXACT, Guards, Hiding, Range


class CannotProtect(ValueError):
    """A figure that must be hidden follows from what was published before."""

    def __init__(self, place: Place) -> None:
        super().__init__(
            f"{place} must be hidden, but follows from figures that were published in an earlier release; "
            "leave the figures of its area out of this one"
        )
        self.place = place


class Search:
    """Codes and hides until every range is wide enough; the fewest and smallest first, ties by their order."""

    def __init__(self, cells: Cells, ties: Ties, hiding: Hiding, *, least: int, below: int) -> None:
        self.cells, self.sums, self.whole = cells, ties.sums, ties.whole
        self.hiding, self.least, self.below = hiding, least, below
        self.part = cells.part
        self.added: set[int] = set()
        self.tried: set[int] = set()
        self.proofs = Proofs(ties.sums)

    def run(self) -> None:
        """Changes ``hiding``. Raises CannotProtect where what is ``fixed`` gives something away."""
        while True:
            rooms = self.hiding.rooms(self.part)
            guards = Guards.of(self.cells, self.hiding, self.below)
            known = self.sums.narrowed(rooms)
            asked = guards.asked
            narrow = asked[guards.missed(asked, known.down[asked], known.up[asked])]
            if not len(narrow):
                narrow = self._in_circles(known, guards)
            if not len(narrow):
                thin = list(self._thin())
                if not thin:
                    return
                for sum_, whole in thin:
                    self._hide(self._smallest(sum_, whole))
                continue
            for cell in self._apart(narrow):
                self._free(int(cell), guards, known)

    def _in_circles(self, known: Rooms, guards: Guards) -> IntArray:
        """Narrow cells among those whose limits were only passed along a circle."""
        self.proofs.begin(known)
        return self.proofs.narrow(self.sums.circles(known), guards)

    def _thin(self) -> Iterator[tuple[int, int]]:
        """Sums whose hidden parts come to too few even together: they are as good as one figure for all of them."""
        hiding, sums, size = self.hiding, self.sums, self.cells.size
        if not sums.count:
            return
        child = self.whole[sums.row] != sums.cell
        open_ = (hiding.hidden | hiding.coded)[sums.cell] & child & (self.whole[sums.row] >= 0)
        together = np.bincount(sums.row, size[sums.cell] * open_, sums.count)
        few = np.bincount(sums.row, (hiding.hidden & hiding.few)[sums.cell] * open_ * size[sums.cell], sums.count) > 0
        shown = ~(hiding.hidden | hiding.coded)[np.maximum(self.whole, 0)] & (self.whole >= 0)
        for row in np.flatnonzero(few & shown & (together < self.least)).tolist():
            yield row, int(self.whole[row])

    def _smallest(self, row: int, whole: int) -> int:
        """The smallest part that is still shown, else the whole."""
        for cell in self._shown_parts(row):
            return cell
        if self.hiding.fixed[whole]:
            raise CannotProtect(self.cells.place(whole))
        return whole

    def _shown_parts(self, row: int) -> list[int]:
        members = [int(self.sums.cell[term]) for term in self.sums.terms_of[row]]
        parts = [cell for cell in members if cell != self.whole[row] and self._may_hide(cell)]
        return sorted(parts, key=lambda cell: self.cells.size[cell])

    def _may_hide(self, cell: int) -> bool:
        return bool(self.cells.size[cell] > 0 and not self.hiding.hidden[cell] and not self.hiding.fixed[cell])

    def _apart(self, narrow: IntArray) -> list[int]:
        """Narrow cells that share no sum: what protects one of a family often protects the other."""
        chosen: list[int] = []
        touched: set[int] = set()
        for cell in narrow.tolist():
            near = {int(self.sums.row[term]) for term in self.sums.rows_of[cell]}
            if not near & touched:
                chosen.append(cell)
                touched |= near
        return chosen

    def _free(self, cell: int, guards: Guards, known: Rooms) -> None:
        """What is cheapest in the sums that bind it; where that was not enough before, what a program finds."""
        if cell not in self.tried:
            self.tried.add(cell)
            if self._beside(cell, guards, known):
                return
        found = cheapest(cell, self.cells, self.sums, self.hiding, list(guards.moves(cell, float(self.part[cell]))))
        if found is None:
            raise CannotProtect(self.cells.place(cell))
        if not found:  # what was added for another may have freed it
            self.tried.discard(cell)
        for partner, end in found:
            self._give(partner, end)

    def _beside(self, cell: int, guards: Guards, known: Rooms) -> bool:
        """Opens what frees ``cell`` in each sum that binds it; False where something does not."""
        one = np.array([cell])
        for term in self.sums.rows_of[cell]:
            changed: dict[int, Range] = {}
            chosen: list[tuple[int, float | None]] = []
            for partner, end in [(-1, None), *self._candidates(cell, term)]:
                if partner >= 0:
                    room = self._mobile(partner, end, term, known)
                    before = changed.get(partner, (0.0, 0.0))
                    if room[1] - room[0] <= before[1] - before[0] + EXACT:
                        continue
                    changed[partner] = room
                    chosen = [*(pair for pair in chosen if pair[0] != partner), (partner, end)]
                low, high = self.sums.left(term, known, changed)
                low, high = max(low, -float(self.part[cell])), min(high, 1 - float(self.part[cell]))
                if not guards.missed(one, np.array([low]), np.array([high]))[0]:
                    break
            else:
                return False
            for partner, end in self._needed(cell, term, guards, known, chosen, changed):
                self._give(partner, end)
        return True

    def _needed(
        self,
        cell: int,
        term: int,
        guards: Guards,
        known: Rooms,
        chosen: list[tuple[int, float | None]],
        changed: dict[int, Range],
    ) -> list[tuple[int, float | None]]:
        """``chosen`` without those that later ones made needless."""
        one = np.array([cell])
        for pair in list(chosen[:-1]):
            without = {partner: room for partner, room in changed.items() if partner != pair[0]}
            low, high = self.sums.left(term, known, without)
            low, high = max(low, -float(self.part[cell])), min(high, 1 - float(self.part[cell]))
            if not guards.missed(one, np.array([low]), np.array([high]))[0]:
                changed = without
                chosen = [other for other in chosen if other != pair]
        return chosen

    def _candidates(self, cell: int, term: int) -> Iterable[tuple[int, float | None]]:
        """Neighbours and how to give them, in the order in which they are tried.

        For a coded end the whole coded, its parts coded, its parts hidden; for the few parts hidden. To hide a whole is
        dear: a program then looks for what is cheaper further away.
        """
        row = int(self.sums.row[term])
        whole = int(self.whole[row])
        parts = [part for part in self._shown_parts(row) if part != cell]
        open_whole = [whole] if whole >= 0 and whole != cell and self._may_hide(whole) else []
        found: list[tuple[int, float | None]] = []
        if not self.hiding.few[cell]:
            for one in (*open_whole, *parts):
                if not self.hiding.coded[one]:
                    found += [(one, end) for end in self._ends(one)]
        return [*found, *((one, None) for one in parts)]

    def _ends(self, cell: int) -> list[float]:
        if not self.cells.bounded[cell]:
            return []
        slim = float(widest_end(self.part[[cell]])[0])
        return [end for end in (SLIM, WIDE) if end <= slim + EXACT]

    def _mobile(self, cell: int, end: float | None, term: int, known: Rooms) -> Range:
        """How far a neighbour could move if it were given so, by the other sums that it is in."""
        part = float(self.part[cell])
        low, high = -part, 1 - part
        if end is not None and part >= 0.5:
            low = min(end - part, 0.0)
        elif end is not None:
            high = max(1 - end - part, 0.0)
        for other in self.sums.rows_of[cell]:
            if other != term and self.sums.row[other] != self.sums.row[term]:
                least, most = self.sums.left(other, known, {})
                low, high = max(low, min(least, 0.0)), min(high, max(most, 0.0))
        return low, high

    def _give(self, cell: int, end: float | None) -> None:
        if end is None:
            self._hide(cell)
        elif not self.hiding.hidden[cell]:
            self.hiding.end[cell] = end
            self.hiding.side[cell] = 1 if self.part[cell] >= 0.5 else -1
            self.added.add(cell)

    def _hide(self, cell: int) -> None:
        self.hiding.hidden[cell] = True
        self.added.add(cell)
