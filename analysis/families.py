"""Which cells make up which: the sums that hold between the cells of all tables that leave together."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field
from itertools import combinations
from typing import Final

import numpy as np

from analysis.arrays import FloatArray, IntArray
from analysis.cells import Cells
from analysis.disclosure_bounds import Sums
from analysis.results import Domain


@dataclass(frozen=True, slots=True)
class Family:
    """A whole and the parts that make it up."""

    parent: Domain
    children: tuple[Domain, ...]


def families(hierarchy: Mapping[Domain, Domain], present: Iterable[Domain]) -> list[Family]:
    """The families among the domains that are present.

    Children of one parent make it up together when they are divided by the same columns: a street's communities are one
    family, its age groups another. A level that is left out of the table does not hide the sum: its parts then belong
    to the next level that is there.
    """
    there = dict.fromkeys(present)
    known = Wholes(hierarchy, there)
    children: dict[tuple[Domain, tuple[str, ...]], list[Domain]] = {}
    for domain in there:
        for parent in known.of(domain):
            children.setdefault((parent, tuple(column for column, _ in domain)), []).append(domain)
    return [Family(parent, tuple(parts)) for (parent, _), parts in children.items()]


class Wholes:
    """What every domain is a part of.

    Its area's parent, by ``hierarchy``, and where tables cross, the same group of the area above: the 60-year-olds of a
    community are a part of the 60-year-olds of its street. And whatever is divided by fewer of its columns: they are a
    part of the community too, whether the hierarchy says so or not. Only the next ones are given.
    """

    def __init__(self, hierarchy: Mapping[Domain, Domain], there: Collection[Domain]) -> None:
        self.hierarchy, self.there = hierarchy, there
        self._of: dict[Domain, tuple[Domain, ...]] = {}
        self._further: dict[Domain, frozenset[Domain]] = {}

    def of(self, domain: Domain) -> tuple[Domain, ...]:
        if domain not in self._of:
            self._of[domain] = ()  # a hierarchy that turns in a circle ends here
            found = dict.fromkeys((*self._above(domain), *self._coarser(domain)))
            further = {above for whole in found for above in self._all_above(whole)}
            self._of[domain] = tuple(whole for whole in found if whole not in further)
        return self._of[domain]

    def _above(self, domain: Domain) -> Iterable[Domain]:
        for place in range(len(domain), 0, -1):
            above, rest = self.hierarchy.get(domain[:place]), domain[place:]
            while above is not None and (*above, *rest) not in self.there:
                above = self.hierarchy.get(above)
            if above is not None and (*above, *rest) != domain:
                yield (*above, *rest)

    def _coarser(self, domain: Domain) -> Iterable[Domain]:
        for columns in range(len(domain) - 1, -1, -1):
            for chosen in combinations(domain, columns):
                if chosen in self.there:
                    yield chosen

    def _all_above(self, domain: Domain) -> frozenset[Domain]:
        if domain not in self._further:
            found = self.of(domain)
            self._further[domain] = frozenset(found).union(*(self._all_above(whole) for whole in found))
        return self._further[domain]


@dataclass(frozen=True, slots=True, kw_only=True)
class Related:
    """Variables whose figures follow from each other in one area or group."""

    one_sum: tuple[tuple[str, str], ...] = ()
    """Pairs that divide the same sum by two bases; each variable is the second of one pair at most."""
    parts: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    """Index -> what it is the weighted sum of."""


NOT_RELATED: Final = Related()


@dataclass(frozen=True, slots=True, eq=False)
class Ties:
    """The sums, and of each its whole; -1 where the whole is no cell but everybody: shares of one question."""

    sums: Sums
    whole: IntArray


def ties(cells: Cells, hierarchy: Mapping[Domain, Domain]) -> Ties:
    """Every sum over cells: areas and groups that make up a whole, categories that make up everybody.

    A part counts by the weighted number of its answers, or where that is not known by their plain number; then in a
    weighted sample the sums are those of a sample that is not.
    """
    at = cells.at()
    place = {domain: number for number, domain in enumerate(cells.domains)}
    rows: list[IntArray] = []
    members: list[IntArray] = []
    factors: list[FloatArray] = []
    whole: list[int] = []
    for family in families(hierarchy, cells.domains):
        together = at[[place[domain] for domain in (*family.children, family.parent)]]
        parent = together[-1]
        together = together[:, (parent >= 0) & cells.additive[parent] & (together[:-1] >= 0).any(axis=0)]
        there = together.T >= 0  # sum by sum, the whole last
        rows.append(len(whole) + np.nonzero(there)[0])
        members.append(together.T[there])
        factors.append(_factors(cells, together).T[there])
        whole += together[-1].tolist()
    for several in _categories(cells, at):
        rows.append(np.full(len(several), len(whole)))
        members.append(several)
        factors.append(np.ones(len(several)))
        whole.append(-1)
    if not whole:
        return Ties(Sums(np.empty(0, np.int64), np.empty(0, np.int64), np.empty(0), 0, len(cells)), np.empty(0, int))
    row, cell, factor = np.concatenate(rows), np.concatenate(members), np.concatenate(factors)
    return Ties(Sums(row, cell, factor, len(whole), len(cells)), np.array(whole, dtype=np.int64))


def _factors(cells: Cells, together: IntArray) -> FloatArray:
    """What each cell counts in its sum, (members, sums) with the whole last and -1 for no cell; the largest is 1."""
    size = np.where(together >= 0, cells.size[together], 0.0)
    weight = np.where(size > 0, cells.weight[together], 0.0)
    weight = np.where(np.isnan(weight).any(axis=0), size, weight)
    factor = weight * (cells.most - cells.least)[together]
    factor[-1] *= -1
    return np.asarray(factor / np.maximum(np.abs(factor).max(axis=0, initial=0.0), 1e-300))


def _categories(cells: Cells, at: IntArray) -> Iterable[IntArray]:
    """Categories of one variable whose shares make up the whole of a domain."""
    variables: dict[str, list[int]] = {}
    for number, (variable, category) in enumerate(cells.keys):
        if category is not None:
            variables.setdefault(variable, []).append(number)
    for keys in variables.values():
        if len(keys) > 1:
            for line in at[:, keys]:
                several = line[line >= 0]
                if len(several) > 1 and abs(np.nansum(cells.value[several]) - 1) < 1e-9:
                    yield several
