"""Synthetic residents: households by grid, ages, sexes, birthdays, and what each would answer.

Every adult has one fixed draw per question, so that his answer is decided before anybody asks: the truth of the city
is counted over all of them, and a sample can be held against it.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from survey_service.demonstration.city import AGE_GROUPS, AGES, SEXES, CommunityPlan
from survey_service.sampling.service import Address, GridList

FIRST_ADULT_GROUP = 1
DAYS = 365

# Of the people of an ordinary community, by AGE_GROUPS; and of those who head a household.
PEOPLE_BY_AGE = np.array([0.165, 0.155, 0.245, 0.230, 0.150, 0.055])
HEADS_BY_AGE = np.array([0.0, 0.12, 0.28, 0.30, 0.21, 0.09])


@dataclass(frozen=True, slots=True, kw_only=True)
class Residents:
    """The people of one community; arrays with one entry per person, ordered by household."""

    code: str
    plan: CommunityPlan
    household: NDArray[np.int64]  # index of the household
    age: NDArray[np.int64]
    age_group: NDArray[np.int64]  # index in AGE_GROUPS
    sex: NDArray[np.int64]  # index in SEXES
    birthday: NDArray[np.int64]  # day of the year, 0..364
    fate: NDArray[np.float64]  # person x topic: uniform draws that decide every answer
    household_grid: NDArray[np.int64]  # per household: index of its grid
    vacant_grid: NDArray[np.int64]  # per empty address: index of its grid

    @property
    def adult(self) -> NDArray[np.bool_]:
        return self.age_group >= FIRST_ADULT_GROUP

    @property
    def in_the_first_wave(self) -> Residents:
        """The same people, as they answered then."""
        return replace(self, plan=self.plan.in_the_first_wave)

    def grid_code(self, grid: int) -> str:
        return f"{self.code}-{grid + 1:02d}"

    def counts(self) -> Mapping[tuple[str, str], int]:
        """People by (sex, age group), those under 18 too."""
        return {
            (sex, group): int(np.sum((self.sex == sex_index) & (self.age_group == group_index)))
            for sex_index, sex in enumerate(SEXES)
            for group_index, group in enumerate(AGE_GROUPS)
        }

    def households_by_grid(self) -> list[int]:
        return [int(count) for count in np.bincount(self.household_grid, minlength=self.plan.grids)]


def settle(code: str, plan: CommunityPlan, *, topics: int, rng: np.random.Generator) -> Residents:
    """The residents of one community: exactly its households and its people, each household with an adult."""
    sizes = 1 + rng.multinomial(plan.people - plan.households, np.full(plan.households, 1 / plan.households))
    household = np.repeat(np.arange(plan.households), sizes)
    first = np.concatenate(([0], np.cumsum(sizes)[:-1]))
    group = rng.choice(len(AGE_GROUPS), size=plan.people, p=_tilted(PEOPLE_BY_AGE, plan.old))
    group[first] = rng.choice(len(AGE_GROUPS), size=plan.households, p=_tilted(HEADS_BY_AGE, plan.old))
    lowest, highest = np.array(AGES).T
    age = rng.integers(lowest[group], highest[group] + 1)
    vacant = round(plan.households * plan.vacant / (1 - plan.vacant))
    shares = rng.dirichlet(np.full(plan.grids, 40.0))
    return Residents(
        code=code,
        plan=plan,
        household=household,
        age=age,
        age_group=group,
        sex=rng.integers(0, 2, size=plan.people),
        birthday=rng.integers(0, DAYS, size=plan.people),
        fate=rng.random((plan.people, topics)),
        household_grid=np.sort(rng.choice(plan.grids, size=plan.households, p=shares)),
        vacant_grid=rng.choice(plan.grids, size=vacant, p=shares),
    )


def _tilted(shares: NDArray[np.float64], old: float) -> NDArray[np.float64]:
    """Age shares with those over 60 times 1 + old, the rest scaled to make a whole."""
    tilted = shares.copy()
    tilted[4:] *= 1 + old
    tilted[:4] *= (1 - tilted[4:].sum()) / tilted[:4].sum()
    return tilted


def listing(residents: Residents, *, rng: np.random.Generator) -> list[GridList]:
    """The address lists of a community, grid by grid in walking order, empty flats among the others.

    An address is named by its grid and its place in the walk; ``household`` leads back to who lives there.
    """
    adults = np.bincount(residents.household[residents.adult], minlength=residents.plan.households)
    lists = []
    for grid in range(residents.plan.grids):
        there = np.flatnonzero(residents.household_grid == grid)
        empty = int(np.sum(residents.vacant_grid == grid))
        doors = rng.permutation(np.concatenate((there, np.full(empty, -1))))
        code = residents.grid_code(grid)
        lists.append(
            GridList(
                code=code,
                addresses=[
                    Address(
                        id=f"{code}-{place:04d}",
                        adults=int(adults[door]) if door >= 0 else 0,
                        household=int(door) if door >= 0 else None,
                    )
                    for place, door in enumerate(doors.tolist(), start=1)
                ],
            )
        )
    return lists


def next_birthday(residents: Residents, household: int, *, day: int) -> int:
    """The adult of a household whose birthday comes next after ``day`` of the year: an index of a person."""
    members = np.flatnonzero((residents.household == household) & residents.adult)
    waiting = (residents.birthday[members] - day) % DAYS
    return int(members[np.argmin(waiting)])
