"""Complementary suppression: what else must be hidden so that no hidden count can be had by subtraction.

After it no hidden count can be bounded within three: the range that a reader can work out
(``analysis.disclosure_bounds``, with all sums and what the marks say) is wider than that.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from functools import cached_property
from typing import Generic

import numpy as np
from scipy.sparse import csr_array

from analysis.disclosure_bounds import Count, Family, Node, Range, implied, ranges
from analysis.results import Domain

PROTECTION = 3.0
"""Width, in respondents, that the range of a hidden count must exceed."""


_SMALL_COST = 10.0  # of hiding any count, in respondents, beside its own size


class CannotProtect(ValueError):
    """A count that must be hidden follows from figures that were published before."""


def families(hierarchy: Mapping[Domain, Domain], present: Iterable[Domain]) -> list[Family[Domain]]:
    """The families among the domains that are present.

    Children of one parent make it up together when they are divided by the same columns: a street's communities are one
    family, its age groups another. A level that is left out of the table does not hide the sum: its parts then belong
    to the next level that is there.
    """
    there = dict.fromkeys(present)
    children: dict[tuple[Domain, tuple[str, ...]], list[Domain]] = {}
    for domain in there:
        for parent in _wholes(domain, hierarchy, there):
            children.setdefault((parent, tuple(column for column, _ in domain)), []).append(domain)
    return [Family(parent, tuple(parts)) for (parent, _), parts in children.items()]


def _wholes(domain: Domain, hierarchy: Mapping[Domain, Domain], there: Collection[Domain]) -> list[Domain]:
    """What ``domain`` is a part of: its parent, and where tables cross, the same group of the area above.

    The 60-year-olds of a community are a part of the community, and of the 60-year-olds of its street.
    """
    found: list[Domain] = []
    for place in range(len(domain), 0, -1):
        above, rest = hierarchy.get(domain[:place]), domain[place:]
        while above is not None and (*above, *rest) not in there:
            above = hierarchy.get(above)
        if above is not None and (*above, *rest) != domain:
            found.append((*above, *rest))
    return list(dict.fromkeys(found))


def hide_complements(
    groups: Sequence[Family[Node]],
    hidden: Collection[Node],
    counts: Mapping[Node, Count],
    *,
    guarded: Callable[[Node], bool] | None = None,
    fixed: Collection[Node] = (),
    least_together: float = 0.0,
) -> set[Node]:
    """The further counts to hide, few and small ones; ties by their order.

    ``counts``: all counts that are shown or hidden, with the prior of each for the case that it is hidden.
    ``guarded``: which hidden ones must be protected (default: all, also those that are hidden here). ``fixed``:
    counts that readers know already. ``least_together``: hidden parts of a whole that is shown are as good as one
    figure for all of them, so together they must come to that. Raises CannotProtect where ``fixed`` gives one away.
    """
    closed = dict.fromkeys(node for node in hidden if node in counts)
    search = _Search(groups, counts, fixed)
    while True:
        narrow, found = _narrow(groups, closed, counts, guarded)
        if narrow:
            more = {node: search.beside(node, closed, found) for node in search.apart(narrow)}
        else:
            thin = [family for family in groups if _is_thin(family, closed, counts, least_together)]
            more = {family.parent: search.smallest(family, closed) for family in thin}
        if not more:
            return set(closed) - set(hidden)
        for node, further in more.items():
            # What was added for another may have freed it: then nothing is cheaper than nothing.
            for one in further if further is not None else search.cheapest(node, closed):
                closed[one] = None


def _is_narrow(found: Range, count: Count) -> bool:
    """Whether the sums bound it within three. A prior that is no wider itself asks only not to be narrowed."""
    needed = min(PROTECTION, count.prior[1] - count.prior[0] - 1e-6)
    return found[1] - found[0] <= needed + 1e-6


def _narrow(
    groups: Sequence[Family[Node]],
    closed: Collection[Node],
    counts: Mapping[Node, Count],
    guarded: Callable[[Node], bool] | None,
) -> tuple[list[Node], dict[Node, Range]]:
    """Hidden counts that are bounded within three, and all ranges. The exact look only where the quick one finds
    none."""
    asked = [node for node in closed if guarded is None or guarded(node)]
    found = ranges(groups, closed, counts, exact=())
    narrow = [node for node in asked if _is_narrow(found[node], counts[node])]
    if not narrow:
        found = ranges(groups, closed, counts, exact=asked)
        narrow = [node for node in asked if _is_narrow(found[node], counts[node])]
    return narrow, found


def _is_thin(
    family: Family[Node], closed: Collection[Node], counts: Mapping[Node, Count], least_together: float
) -> bool:
    """Whether the hidden parts of a shown whole have too few respondents even together."""
    if family.parent not in counts or family.parent in closed:
        return False
    inside = [counts[child].value for child in family.children if child in closed]
    return 0 < sum(inside) < least_together


class _Search(Generic[Node]):
    """Looks for the next counts to hide."""

    def __init__(self, groups: Sequence[Family[Node]], counts: Mapping[Node, Count], fixed: Collection[Node]) -> None:
        self.counts = counts
        self.fixed = fixed
        self.groups = [family for family in groups if family.parent in counts]
        self.of_node: dict[Node, list[Family[Node]]] = {}
        for family in self.groups:
            for member in (*family.children, family.parent):
                self.of_node.setdefault(member, []).append(family)
        # In a tree of tables a count is a part of one whole only; then what hides it best is beside it.
        parts = [child for family in self.groups for child in family.children]
        self.is_tree = len(set(parts)) == len(parts)
        self.wholes = {family.parent for family in self.groups}
        self.nodes = [node for node in self.of_node if node in counts]
        self.place = {node: number for number, node in enumerate(self.nodes)}

    @cached_property
    def matrix(self) -> csr_array:
        """One row a sum, one column for a rise and one for a fall of every count."""
        rows, columns, signs = [], [], []
        for row, family in enumerate(self.groups):
            for member, sign in (*((child, 1.0) for child in family.children), (family.parent, -1.0)):
                if member in self.place:
                    rows += [row, row]
                    columns += [self.place[member], self.place[member] + len(self.nodes)]
                    signs += [sign, -sign]
        return csr_array((signs, (rows, columns)), shape=(len(self.groups), 2 * len(self.nodes)))

    @cached_property
    def rooms(self) -> tuple[list[Range], list[Range]]:
        """How far every count could rise and fall."""
        rises = [(0.0, self._room(node, 1)) for node in self.nodes]
        return rises, [(0.0, self._room(node, -1)) for node in self.nodes]

    def apart(self, narrow: Sequence[Node]) -> list[Node]:
        """Narrow counts that share no family: what protects one of a family often protects the other."""
        chosen: list[Node] = []
        touched: set[int] = set()
        for node in narrow:
            near = {id(family) for family in self.of_node.get(node, [])}
            if not near & touched:
                chosen.append(node)
                touched |= near
        return chosen

    def beside(self, node: Node, closed: Collection[Node], found: Mapping[Node, Range]) -> list[Node] | None:
        """In a tree of tables the smallest part beside it, not itself a whole, that frees ``node``; None: it takes
        more."""
        if not self.is_tree:
            return None
        for family in self.of_node.get(node, []):
            if not self._is_bound(family, node, found):
                continue
            for candidate in self._shown(family, closed):
                known = {**found, candidate: self.counts[candidate].prior}
                if candidate not in self.wholes and not self._is_bound(family, node, known):
                    return [candidate]
        return None

    def smallest(self, family: Family[Node], closed: Collection[Node]) -> list[Node]:
        """The smallest part that is still shown, else the whole."""
        free = self._shown(family, closed)
        if not free:
            raise _cannot(family.parent)
        return free[:1]

    def cheapest(self, node: Node, closed: Collection[Node]) -> list[Node]:
        """The counts to hide so that ``node`` could as well be larger or smaller by more than three, at the least cost.

        A linear program moves the hidden counts up and down so that every sum still holds; to move a count that is
        shown costs by its size, so small parts are preferred to wholes (Kelly, Golden & Assad 1992, Networks 22(4)).
        """
        count = self.counts[node]
        steps = (PROTECTION + 1.0, 0.0), (0.0, PROTECTION + 1.0), ((PROTECTION + 1) / 2, (PROTECTION + 1) / 2)
        best: tuple[float, list[Node]] | None = None
        for up, down in steps:
            if count.value + up > count.prior[1] or count.value - down < count.prior[0]:
                continue
            moves = [self._move(node, step, closed) for step in (up, -down) if step]
            if any(move is None for move in moves):
                continue
            cost = sum(move[0] for move in moves if move is not None)
            if best is None or cost < best[0] - 1e-9:
                best = cost, list(dict.fromkeys(one for move in moves if move is not None for one in move[1]))
        if best is None:
            raise _cannot(node)
        return best[1]

    def _move(self, node: Node, step: float, closed: Collection[Node]) -> tuple[float, list[Node]] | None:
        """Cost, and the shown counts that must move with it; None where nothing makes room."""
        from scipy.optimize import linprog

        nodes = self.nodes
        if node not in self.place:
            return 0.0, []
        costs = np.array([0.0 if one in closed else _SMALL_COST + self.counts[one].value for one in nodes])
        ups, downs = list(self.rooms[0]), list(self.rooms[1])
        at, size = self.place[node], abs(step)
        ups[at], downs[at] = ((size, size), (0.0, 0.0)) if step > 0 else ((0.0, 0.0), (size, size))
        solved = linprog(  # type: ignore[call-overload]  # the stubs know no sparse constraints
            np.concatenate([costs, costs]),
            A_eq=self.matrix,
            b_eq=np.zeros(len(self.groups)),
            bounds=[*ups, *downs],
            method="highs",
        )
        if solved.x is None or solved.fun is None:
            return None
        moved = np.asarray(solved.x)[: len(nodes)] + np.asarray(solved.x)[len(nodes) :]
        needed = [one for one, amount in zip(nodes, moved, strict=True) if amount > 1e-6 and one not in closed]
        return float(solved.fun), needed

    def _room(self, node: Node, sign: int) -> float:
        count = self.counts[node]
        if node in self.fixed:
            return 0.0
        return max(0.0, count.prior[1] - count.value if sign > 0 else count.value - count.prior[0])

    def _is_bound(self, family: Family[Node], node: Node, known: Mapping[Node, Range]) -> bool:
        low, high = implied(family, node, known, self.counts)
        least, most = self.counts[node].prior
        return _is_narrow((max(low, least), min(high, most)), self.counts[node])

    def _shown(self, family: Family[Node], closed: Collection[Node]) -> list[Node]:
        """Parts that could be hidden, the smallest first, then the whole. A part of nobody hides nothing."""
        parts = [child for child in family.children if self._may_hide(child, closed)]
        parts.sort(key=lambda child: self.counts[child].value)
        return [*parts, *([family.parent] if self._may_hide(family.parent, closed) else [])]

    def _may_hide(self, node: Node, closed: Collection[Node]) -> bool:
        if node not in self.counts or node in closed or node in self.fixed:
            return False
        return self.counts[node].prior[0] < self.counts[node].prior[1]


def _cannot(node: object) -> CannotProtect:
    return CannotProtect(
        f"{node} must be hidden, but follows from figures that were published in an earlier release; "
        "leave the figures of its area out of this one"
    )
