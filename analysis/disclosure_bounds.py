"""What a reader can work out about hidden counts from those that are shown: sums that hold, and what the marks say.

Each ``Family`` says that a whole is the sum of its parts. A hidden count lies somewhere in its ``prior`` (what the mark
beside it says); the sums narrow that to a range. Where the sums form no circle, passing limits along them is exact;
where they do (tables crossed with each other), two linear programs per count give the range.
"""

from __future__ import annotations

from collections.abc import Collection, Hashable, Mapping, Sequence
from dataclasses import dataclass
from typing import Generic, TypeVar

import numpy as np

Node = TypeVar("Node", bound=Hashable)
Range = tuple[float, float]
ENDLESS = 1e9  # no count of respondents comes near it
_EXACT = 1e-7
_MOST_PASSES = 200


@dataclass(frozen=True, slots=True)
class Family(Generic[Node]):
    """A whole and the parts that make it up."""

    parent: Node
    children: tuple[Node, ...]


@dataclass(frozen=True, slots=True)
class Count:
    """A count and what is known of it by its mark once it is hidden."""

    value: float
    prior: Range = (0.0, ENDLESS)


@dataclass(frozen=True, slots=True)
class _Sum(Generic[Node]):
    """sum of sign x count over the hidden = ``total``, which everyone can work out."""

    nodes: tuple[Node, ...]
    signs: tuple[float, ...]
    total: float


def ranges(
    families: Sequence[Family[Node]],
    hidden: Collection[Node],
    counts: Mapping[Node, Count],
    *,
    exact: Collection[Node] | None = None,
) -> dict[Node, Range]:
    """The range of every hidden count. Counts that are not in ``hidden`` are taken as shown.

    ``exact``: those whose range must be exact also where sums form circles (default: all); the others may come out too
    wide there. A family whose whole has no count gives nothing away.
    """
    sums = _sums(families, hidden, counts)
    found = {node: counts[node].prior for node in hidden}
    for nodes, inside in _components(hidden, sums):
        links = sum(len(one.nodes) for one in inside)
        acyclic = links == len(nodes) + len(inside) - 1
        narrowed = _passed_along(inside, {node: found[node] for node in nodes})
        found |= narrowed
        if not acyclic:
            asked = nodes if exact is None else [node for node in nodes if node in exact]
            found |= _by_programs(inside, narrowed, asked)
    return found


def implied(family: Family[Node], node: Node, known: Mapping[Node, Range], counts: Mapping[Node, Count]) -> Range:
    """The range that one family alone leaves to one of its hidden counts, given the ranges of the others."""
    sums = _sums([family], known, counts)
    if not sums or node not in sums[0].nodes:
        return 0.0, ENDLESS
    one = sums[0]
    return _left(one, one.nodes.index(node), known)


def _sums(families: Sequence[Family[Node]], hidden: Collection[Node], counts: Mapping[Node, Count]) -> list[_Sum[Node]]:
    found: list[_Sum[Node]] = []
    for family in families:
        if family.parent not in counts:
            continue
        signed = [(child, 1.0) for child in family.children if child in hidden]
        if family.parent in hidden:
            signed.append((family.parent, -1.0))
        if signed:
            total = sum(sign * counts[node].value for node, sign in signed)
            found.append(_Sum(tuple(node for node, _ in signed), tuple(sign for _, sign in signed), total))
    return found


def _components(hidden: Collection[Node], sums: Sequence[_Sum[Node]]) -> list[tuple[list[Node], list[_Sum[Node]]]]:
    """Hidden counts that are linked by sums, with those sums; counts without any are left out."""
    root = {node: node for node in hidden}

    def find(node: Node) -> Node:
        while root[node] != node:
            root[node] = root[root[node]]
            node = root[node]
        return node

    for one in sums:
        for node in one.nodes[1:]:
            root[find(node)] = find(one.nodes[0])
    parts: dict[Node, tuple[list[Node], list[_Sum[Node]]]] = {}
    for one in sums:
        parts.setdefault(find(one.nodes[0]), ([], []))[1].append(one)
    for node in hidden:
        if find(node) in parts:
            parts[find(node)][0].append(node)
    return list(parts.values())


def _left(one: _Sum[Node], place: int, known: Mapping[Node, Range]) -> Range:
    """What the others of a sum leave to the one at ``place``."""
    least = most = 0.0
    for other, (node, sign) in enumerate(zip(one.nodes, one.signs, strict=True)):
        if other != place:
            low, high = known[node]
            least += min(sign * low, sign * high)
            most += max(sign * low, sign * high)
    ends = one.signs[place] * (one.total - most), one.signs[place] * (one.total - least)
    return min(ends), max(ends)


def _passed_along(sums: Sequence[_Sum[Node]], known: dict[Node, Range]) -> dict[Node, Range]:
    for _ in range(_MOST_PASSES):
        changed = False
        for one in sums:
            for place, node in enumerate(one.nodes):
                low, high = known[node]
                least, most = _left(one, place, known)
                narrowed = max(low, least), min(high, most)
                if narrowed[0] > low + _EXACT or narrowed[1] < high - _EXACT:
                    known[node] = narrowed
                    changed = True
        if not changed:
            break
    return known


def _by_programs(sums: Sequence[_Sum[Node]], known: Mapping[Node, Range], asked: Sequence[Node]) -> dict[Node, Range]:
    """The exact range where sums form circles: the least and the greatest value that all of them allow."""
    if not asked:
        return {}
    from scipy.optimize import linprog
    from scipy.sparse import csr_array

    nodes = list(known)
    place = {node: number for number, node in enumerate(nodes)}
    rows = [row for row, one in enumerate(sums) for _ in one.nodes]
    columns = [place[node] for one in sums for node in one.nodes]
    signs = [sign for one in sums for sign in one.signs]
    matrix = csr_array((signs, (rows, columns)), shape=(len(sums), len(nodes)))
    totals = np.array([one.total for one in sums])
    limits = [known[node] for node in nodes]
    found: dict[Node, Range] = {}
    for node in asked:
        ends = []
        for sign in (1.0, -1.0):
            goal = np.zeros(len(nodes))
            goal[place[node]] = sign
            solution = linprog(  # type: ignore[call-overload]  # the stubs know no sparse constraints
                goal, A_eq=matrix, b_eq=totals, bounds=limits, method="highs"
            ).fun
            # The true counts satisfy every sum, so only rounding can make a program infeasible.
            ends.append(known[node][0 if sign > 0 else 1] if solution is None else sign * float(solution))
        found[node] = (ends[0], ends[1])
    return found
