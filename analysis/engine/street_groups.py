"""Each group of a street against everybody else of the street, and whether the groups of a kind differ there.

As ``engine.groups`` of the city: the covariance of a group and the rest, with what the margins explain taken off. One
pass for a group of all streets at once.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import pandas as pd

from analysis.arrays import FloatArray, IntArray
from analysis.case_columns import CaseColumns
from analysis.engine.figures import Respondents, inside
from analysis.estimation.differences import Differences, differences, fitted_domains
from analysis.estimation.equality import Equality, equal_in_sets
from analysis.estimation.estimate import Estimator
from analysis.estimation.small_sample import expected_of
from analysis.plan import AnalysisPlan, Level
from analysis.results import Domain

_STREET, _OWN, _REST, _INSIDE = "street", "own", "rest", "inside"


@dataclass(frozen=True, slots=True, eq=False, kw_only=True)
class StreetGroups:
    """Of one street and one kind of group: a row per indicator, a column per group; NaN where nothing can be said."""

    street: str
    by: str
    indicators: tuple[str, ...]
    labels: tuple[str, ...]
    weight: FloatArray  # (indicators, groups), weighted number of those who answered
    difference: FloatArray  # less the rest of the street
    standard_error: FloatArray  # counts what means and margins took out of it
    linearised_error: FloatArray  # of R's survey
    low: FloatArray
    high: FloatArray
    degrees_of_freedom: FloatArray
    p_value: FloatArray  # (indicators,): that all groups are alike

    def domain(self, column: int) -> Domain:
        """As in the table ``street.<by>``."""
        return ((_STREET, self.street), (self.by, self.labels[column]))


def in_streets(columns: CaseColumns, plan: AnalysisPlan) -> bool:
    """Whether there are any."""
    return bool(plan.groups) and Level.STREET in plan.levels and len(columns.streets) > 1


def street_groups(columns: CaseColumns, of: Respondents) -> dict[str, tuple[StreetGroups, ...]]:
    """By street, of the groups that the plan names and of which two or more answered there. Of a city with a single
    street, or a plan without streets, none: they would be the city's."""
    if not in_streets(columns, of.plan):
        return {}
    found: dict[str, tuple[StreetGroups, ...]] = {}
    for by in of.plan.groups:
        if by in of.frame:
            for one in _Kind.of(of, by).streets():
                found[one.street] = (*found.get(one.street, ()), one)
    return found


@dataclass(frozen=True, slots=True, eq=False)
class _Kind:
    """All streets by one kind of group."""

    by: str
    indicators: tuple[str, ...]
    labels: tuple[str, ...]  # of the whole city, in their order
    estimator: Estimator  # by street and group
    fitted: tuple[FloatArray, FloatArray]  # of every domain: by how much its variance is too small, and its freedom
    against: Mapping[str, tuple[Mapping[str, int], Differences]]  # label -> place of a street, and its differences

    @staticmethod
    def of(given: Respondents, by: str) -> _Kind:
        answered, street = given.answered(by), given.frame[_STREET]
        estimator = given.estimator(_STREET, by, domains=pd.DataFrame({_STREET: street, by: answered}))
        occurring = {key[1][1] for key in estimator.domains.keys}
        labels = tuple(one for one in answered.cat.categories if one in occurring)
        against: dict[str, tuple[Mapping[str, int], Differences]] = {}
        expected = expected_of(estimator)
        compared = labels[:1] if len(labels) == 2 else labels
        for label in compared:
            domains = pd.DataFrame({_STREET: street, _INSIDE: inside(answered, label, (_REST, _OWN))})
            of_label = given.estimator(_STREET, _INSIDE, domains=domains)
            place = {(key[0][1], key[1][1]): number for number, key in enumerate(of_label.domains.keys)}
            both = [street for street, side in place if side == _OWN and (street, _REST) in place]
            first, second = (
                np.array([place[street, side] for street in both], dtype=np.int64) for side in (_REST, _OWN)
            )
            if both:
                # What margins fit is the same whatever the domains are.
                fitted = expected_of(of_label) if given.design.calibration is None else expected
                found = differences(of_label, first, second, fitted=fitted)[1]
                against[label] = ({name: number for number, name in enumerate(both)}, found)
        if len(labels) == 2 and labels[0] in against:  # of two groups one difference is the other's, turned round
            places, found = against[labels[0]]
            against[labels[1]] = places, found.turned()
        of_domains = fitted_domains(estimator, expected)
        return _Kind(by, tuple(one.id for one in given.indicators), labels, estimator, of_domains, against)

    def streets(self) -> list[StreetGroups]:
        places: dict[str, dict[str, int]] = {}
        for number, key in enumerate(self.estimator.domains.keys):
            places.setdefault(key[0][1], {})[key[1][1]] = number
        several = {name: inside for name, inside in places.items() if len(inside) > 1}
        sets = [self._places(inside) for inside in several.values()]
        tests = equal_in_sets(self.estimator, sets, self.fitted)
        return [
            self._street(name, inside, at, test)
            for (name, inside), at, test in zip(several.items(), sets, tests, strict=True)
        ]

    def _places(self, inside: Mapping[str, int]) -> IntArray:
        return np.array([inside[one] for one in self.labels if one in inside], dtype=np.int64)

    def _street(self, street: str, inside: Mapping[str, int], at: IntArray, test: Equality) -> StreetGroups:
        labels = tuple(one for one in self.labels if one in inside)

        def of(name: str) -> FloatArray:
            parts = [getattr(found, name)[:, place[street]] for place, found in map(self.against.__getitem__, labels)]
            return np.stack(parts, axis=1)

        return StreetGroups(
            street=street,
            by=self.by,
            indicators=self.indicators,
            labels=labels,
            weight=self.estimator.table().figures.weight[:, at],
            difference=of("value"),
            standard_error=of("standard_error"),
            linearised_error=of("linearised_error"),
            low=of("low"),
            high=of("high"),
            degrees_of_freedom=of("degrees_of_freedom"),
            p_value=test.p_value,
        )
