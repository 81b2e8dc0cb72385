"""Which figures confidentiality hides or codes, and why.

Hidden for their own sake: figures of fewer than ten respondents, those in which one respondent's number makes up a
total (``analysis.estimation.dominance``), and points that are all alike in the middle of their scale, or ratios that
are, of fewer than thirty. Coded for theirs: the ends of the scale of fewer than thirty (``analysis.coding``). Coded or
hidden for the sake of others: what would give one of them away by a sum, over every level that is published together,
and what was published before.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

import numpy as np

from analysis.apart import search
from analysis.arrays import BoolArray, FloatArray
from analysis.cells import Cells, Place
from analysis.coding import end_for, side_of
from analysis.complementary_suppression import CannotProtect
from analysis.disclosure_bounds import Rooms
from analysis.families import Related, ties
from analysis.hiding import Hiding
from analysis.printed_figures import steps_of
from analysis.results import Coding, Domain, PublicationRule, PublishableCell, PublishableTable, Suppression
from analysis.two_bases import hide_seconds

_KEPT = (
    Suppression.FEW_RESPONDENTS,
    Suppression.DOMINATED,
    Suppression.COMPLEMENTARY,
    Suppression.GROUP_DISCLOSURE,
    Suppression.NOT_PUBLISHED,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Before:
    """What earlier releases of the wave showed, coded and hid.

    What was hidden once stays hidden, what was coded stays coded. What was shown is known, and can hide nothing: also
    where a correction changed it, since the change often follows from that of a sum.
    """

    shown: frozenset[Place] = frozenset()
    hidden: frozenset[Place] = frozenset()
    coded: Mapping[Place, float] = field(default_factory=dict)  # inner end of the upper band, on the scale 0..1

    @classmethod
    def of(cls, tables: Iterable[PublishableTable]) -> Before:
        shown: set[Place] = set()
        hidden: set[Place] = set()
        coded: dict[Place, float] = {}
        for table in tables:
            for row in table.rows:
                for cell in row.cells:
                    place = (row.domain, (cell.variable, cell.category))
                    if cell.suppression is not None and cell.suppression in _KEPT:
                        hidden.add(place)
                    elif cell.coded is not None:
                        coded.setdefault(place, _end(cell))
                    elif cell.value is not None:
                        shown.add(place)
        return cls(shown=frozenset(shown), hidden=frozenset(hidden), coded=coded)


def _end(cell: PublishableCell) -> float:
    assert cell.value is not None
    assert cell.scale is not None
    part = (cell.value - cell.scale[0]) / (cell.scale[1] - cell.scale[0])
    return part if cell.coded is Coding.AT_LEAST else 1 - part


@dataclass(frozen=True, slots=True, eq=False)
class Confidential:
    """How confidentiality lets each cell be given, and why where it is not as it would be printed."""

    hiding: Hiding
    reasons: Mapping[int, Suppression]


def confidential(
    cells: Cells,
    weak: BoolArray,
    rule: PublicationRule,
    hierarchy: Mapping[Domain, Domain],
    before: Before,
    related: Related,
) -> Confidential:
    """``weak``: cells that will not be shown for another reason. ``related``: figures that follow from each other.
    Raises CannotProtect where earlier releases give one away."""
    place = [cells.place(number) for number in range(len(cells))] if before.shown or before.hidden else []
    fixed = np.array([one in before.shown for one in place] or [False] * len(cells), dtype=bool)
    hidden_before = np.array([one in before.hidden for one in place] or [False] * len(cells), dtype=bool)
    few = cells.size < rule.minimum_respondents
    _still_open(cells, few & fixed & ~hidden_before & (cells.size > 0))
    few |= _of_parts(cells, few, related) & ~(fixed & ~hidden_before)  # what is out is out
    end = np.where(few, np.nan, end_for(cells.size))
    small = cells.size < rule.group_disclosure_below
    side = side_of(cells.part, np.where(np.isnan(end), 2.0, end))
    for number, one in enumerate(place):
        if one in before.coded and not few[number]:
            end[number] = before.coded[one]
            side[number] = side_of(cells.part[[number]], end[[number]])[0]
            hidden_before[number] |= side[number] == 0
            small[number] = True
    coded = small & (side != 0) & ~np.isnan(cells.value) & cells.bounded
    # A mean that was published before its total was asked about stays: the figure is out.
    dominated = cells.dominated & ~few & ~(fixed & ~hidden_before)
    middle = cells.alike & small & ~coded & ~few & ~cells.complete & (cells.bounded | cells.ratio)
    own = few | dominated | middle
    tied = ties(cells, hierarchy)
    hiding = Hiding(
        end=np.where(coded, end, np.nan),
        side=side,
        hidden=own | weak | hidden_before | np.isnan(cells.value),
        few=own,
        dominated=dominated,
        fixed=fixed & ~hidden_before,
        slack=_slack(cells),
    )
    added = search(cells, tied, hiding, least=rule.minimum_respondents, below=rule.group_disclosure_below)
    added |= hide_seconds(cells, hiding, tied, related.one_sum)
    found = dict.fromkeys([*added, *np.flatnonzero(hidden_before).tolist()], Suppression.COMPLEMENTARY)
    for those, reason in (
        (middle, Suppression.GROUP_DISCLOSURE),
        (dominated, Suppression.DOMINATED),
        (few, Suppression.FEW_RESPONDENTS),
    ):
        found |= dict.fromkeys(np.flatnonzero(those).tolist(), reason)
    return Confidential(hiding, found)


def _of_parts(cells: Cells, few: BoolArray, related: Related) -> BoolArray:
    """Indices with a part of few: any part follows from the others and the index."""
    found, at = np.zeros(len(cells), dtype=bool), cells.at()
    place = {name: number for number, (name, category) in enumerate(cells.keys) if category is None}
    for index, parts in related.parts.items():
        keys = [place[name] for name in (index, *parts) if name in place]
        if len(keys) == len(parts) + 1:
            line = at[:, keys]
            whole = line[(line >= 0).all(axis=1)]
            found[whole[:, 0]] |= few[whole[:, 1:]].any(axis=1) & (cells.size[whole[:, 0]] > 0)
    return found


def _slack(cells: Cells) -> Rooms:
    """How far a print leaves the place on the scale open, in whole respondents.

    Whoever knows how many answered knows which shares whole numbers of them can give: a print leaves nothing open where
    one whole number fits it, as below a thousand. All alike is told as such.
    """
    steps = steps_of(cells, np.zeros(len(cells), dtype=bool))
    width = cells.most - cells.least
    half, printed = 0.5 / steps.factor, steps.nearest(cells.value)
    size = np.maximum(cells.size, 1)
    told = cells.alike | cells.complete | ~cells.bounded | np.isnan(cells.value)

    def open_by(distance: FloatArray) -> FloatArray:
        whole = np.floor(np.nan_to_num(distance) / width * size + 1e-9)
        return np.where(told, 0.0, np.clip(whole, 0.0, None) / size)

    down, up = open_by(cells.value - printed + half), open_by(printed + half - cells.value)
    return Rooms(-np.minimum(down, cells.part), np.minimum(up, 1 - cells.part))


def _still_open(cells: Cells, shown: BoolArray) -> None:
    """What an earlier release showed cannot be hidden in a later one: the old figure and the sums give the new one."""
    for number in np.flatnonzero(shown).tolist():
        raise CannotProtect(cells.place(number))
