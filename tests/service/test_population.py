"""The synthetic residents: exactly as many as the plan says, in households where an adult can be asked."""

from __future__ import annotations

import numpy as np
import pytest

from survey_service.demonstration.city import STREETS, CommunityPlan, community_code
from survey_service.demonstration.population import listing, next_birthday, settle

PLANS = [
    (community_code(street, position), plan)
    for street in STREETS
    for position, plan in enumerate(street.communities, start=1)
]


def test_the_city_is_the_one_that_was_asked_for() -> None:
    assert [len(street.communities) for street in STREETS] == [4, 4, 4, 1]
    assert sum(plan.grids for street in STREETS[:3] for plan in street.communities) == 48
    assert (STREETS[3].communities[0].grids, STREETS[3].communities[0].grids_drawn) == (30, 10)
    first = STREETS[0].communities[0]
    assert (first.name_zh, first.households, first.people) == ("万寿桥社区", 1534, 3290)
    assert len({code for code, _ in PLANS}) == 13
    assert all(len(code) == 12 for code, _ in PLANS)


@pytest.mark.parametrize(("code", "plan"), PLANS, ids=[plan.name_en for _, plan in PLANS])
def test_households_and_people_are_those_of_the_plan(code: str, plan: CommunityPlan) -> None:
    residents = settle(code, plan, topics=3, rng=np.random.default_rng(1))
    assert sum(residents.counts().values()) == plan.people
    assert sum(residents.households_by_grid()) == plan.households
    assert min(residents.households_by_grid()) > 10
    adults = np.bincount(residents.household[residents.adult], minlength=plan.households)
    assert adults.min() >= 1
    assert residents.age[residents.adult].min() >= 18
    lists = listing(residents, rng=np.random.default_rng(2))
    addresses = [address for grid in lists for address in grid.addresses]
    assert len({address.id for address in addresses}) == len(addresses)
    assert sum(address.adults for address in addresses) == int(residents.adult.sum())
    assert sum(address.household is not None for address in addresses) == plan.households


def test_the_next_birthday_gives_every_adult_the_same_chance() -> None:
    _, plan = PLANS[0]
    residents = settle("1", plan, topics=1, rng=np.random.default_rng(3))
    adults = np.bincount(residents.household[residents.adult], minlength=plan.households)
    pairs = np.flatnonzero(adults == 2)
    chosen = [next_birthday(residents, int(household), day=200) for household in pairs]
    first = [int(np.flatnonzero((residents.household == household) & residents.adult)[0]) for household in pairs]
    share = np.mean([one == other for one, other in zip(chosen, first, strict=True)])
    assert abs(share - 0.5) < 4 * np.sqrt(0.25 / len(pairs))
    for household, person in zip(pairs[:20], chosen, strict=False):
        members = np.flatnonzero((residents.household == household) & residents.adult)
        waits = (residents.birthday[members] - 200) % 365
        assert residents.birthday[person] == residents.birthday[members[waits.argmin()]]
