"""A reader who has what stands beside the table as well: figures by mode, sums with other weights, contrasts."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np
from scipy.optimize import linprog

from analysis.arrays import FloatArray
from analysis.results import Domain, PublishableTable
from tests.spec.analysis.attacker import Attacker, Truth, parents_of

Ranges = dict[Domain, tuple[float, float]]
_SLACK = 1e-9


@dataclass
class Beside:
    """Linear sums of unknown shares, each within two limits: ``terms`` by unknown."""

    rows: list[tuple[dict[object, float], float, float]] = field(default_factory=list)

    def add(self, terms: Mapping[object, float], low: float, high: float) -> None:
        self.rows.append((dict(terms), low, high))


def table_sums(truth: Truth, there: Sequence[Domain]) -> Beside:
    """Every whole is the weighted mean of its parts, as far as all of them are known."""
    found, families = Beside(), dict[tuple[Domain, tuple[str, ...]], list[Domain]]()
    for domain in there:
        for parent in parents_of(domain):
            if parent in there:
                families.setdefault((parent, tuple(name for name, _ in domain)), []).append(domain)
    for (parent, _), parts in families.items():
        terms: dict[object, float] = {one: truth[one].weight / truth[parent].weight for one in parts}
        found.add(terms | {parent: -1.0}, 0.0, 0.0)
    return found


def ranges(truth: Truth, table: PublishableTable, attacker: Attacker, beside: Beside) -> Ranges:
    """What is possible of every guarded cell, in respondents; unknowns that the table does not have lie in 0..1."""
    sums = table_sums(truth, [row.domain for row in table.rows])
    rows = [*sums.rows, *beside.rows]
    unknowns = dict.fromkeys([*attacker.rooms, *(one for terms, *_ in rows for one in terms)])
    place = {one: number for number, one in enumerate(unknowns)}
    matrix = np.zeros((len(rows), len(place)))
    for number, (terms, *_) in enumerate(rows):
        for one, factor in terms.items():
            matrix[number, place[one]] = factor
    low, high = (np.array([row[side] for row in rows]) for side in (1, 2))
    rooms = [attacker.rooms.get(one, (0.0, 1.0)) for one in unknowns]  # type: ignore[call-overload]
    found: Ranges = {}
    for domain in attacker.guarded:
        goal: FloatArray = np.zeros(len(place))
        goal[place[domain]] = 1.0
        ends = []
        for sign in (1.0, -1.0):
            solved = linprog(
                sign * goal,
                A_ub=np.vstack([matrix, -matrix]),
                b_ub=np.concatenate([high, -low]) + _SLACK,
                bounds=rooms,
                method="highs",
            )
            assert solved.status == 0, solved.message
            ends.append(sign * float(solved.fun))
        found[domain] = ends[0] * truth[domain].size, ends[1] * truth[domain].size
    return found


def narrowed(before: Ranges, after: Ranges) -> list[Domain]:
    """By more than the slack of the sums."""
    return [one for one, (low, high) in before.items() if after[one][0] > low + 1e-4 or after[one][1] < high - 1e-4]
