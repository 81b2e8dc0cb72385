"""Invented cities as columns: people of known age, sex and opinion, a sample of their households, and who answers.

One city is drawn once; waves are drawn from it again and again, so that what an estimate says can be held against what
is true and against how much it varies from wave to wave.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from analysis.arrays import BoolArray, FloatArray, IntArray
from analysis.case_columns import DISPOSITIONS, CaseColumns, Labels, PopulationRegister
from analysis.dispositions import Disposition
from analysis.engine.figures import Asked

AGES = ("18-29", "30-44", "45-59", "60-74", "75+")
SEXES = ("female", "male")
_AGE_SHARES = np.array([0.20, 0.30, 0.25, 0.18, 0.07])
COMPLETE = DISPOSITIONS.index(Disposition.COMPLETE)
REFUSED = DISPOSITIONS.index(Disposition.REFUSAL)
UNKNOWN = DISPOSITIONS.index(Disposition.UNKNOWN_HOUSEHOLD)
NOT_ELIGIBLE = DISPOSITIONS.index(Disposition.NOT_ELIGIBLE)


@dataclass(frozen=True, slots=True, kw_only=True)
class Shape:
    """Of the city and of the sample."""

    streets: int = 6
    communities: int = 8  # of every street
    grids: int = 4  # of every community
    households: int = 120  # of every grid
    issued: int = 12  # households drawn in every grid
    indicators: int = 4
    missing: float = 0.02  # share who give no age, and of those who give no sex
    willing: float = -0.35  # how many answer, on the logit scale
    slope: float = 0.35  # how steeply response rises from one age group to the next, on the logit scale
    opinion: float = 0.25  # the same of the answers: where both rise, who answers is no picture of the city
    drawn_grids: int = 0  # of every community; 0: all of them are in the sample
    grid_spread: float = 0.0  # standard deviation of the answers from grid to grid, on the logit scale


@dataclass(frozen=True, slots=True, eq=False, kw_only=True)
class City:
    """Its adults, one entry each; households and grids are numbered through the city."""

    shape: Shape
    household: IntArray
    age: IntArray
    sex: IntArray
    probability: FloatArray  # (indicators, adults) of a yes
    yes: BoolArray  # (indicators, adults) what each would say
    adults_of: IntArray  # (households,)
    first_adult: IntArray  # (households,)

    @property
    def communities(self) -> int:
        return self.shape.streets * self.shape.communities

    @property
    def grid_of_household(self) -> IntArray:
        return np.repeat(np.arange(self.communities * self.shape.grids), self.shape.households)

    @property
    def community_of_adult(self) -> IntArray:
        return self.grid_of_household[self.household] // self.shape.grids

    def names(self) -> tuple[str, ...]:
        return tuple(f"c{number:05d}" for number in range(self.communities))

    def truth(self) -> FloatArray:
        """(indicators,) share of the city's adults."""
        return np.asarray(self.yes.mean(axis=1))

    def register(self) -> PopulationRegister:
        kinds = len(AGES) * len(SEXES)
        cells = np.bincount(
            (self.community_of_adult * len(AGES) + self.age) * len(SEXES) + self.sex,
            minlength=self.communities * kinds,
        ).reshape(self.communities, len(AGES), len(SEXES))
        names = self.names()
        return PopulationRegister(
            adults={name: float(cells[place].sum()) for place, name in enumerate(names)},
            cells={
                (name, age, sex): float(cells[place, a, s])
                for place, name in enumerate(names)
                for a, age in enumerate(AGES)
                for s, sex in enumerate(SEXES)
            },
            age_groups=AGES,
            sexes=SEXES,
        )


def city(shape: Shape, seed: int) -> City:
    rng = np.random.default_rng(seed)
    households = shape.streets * shape.communities * shape.grids * shape.households
    adults_of = rng.choice([1, 2, 3, 4], size=households, p=[0.2, 0.5, 0.2, 0.1])
    household = np.repeat(np.arange(households), adults_of)
    first_adult = np.concatenate([[0], np.cumsum(adults_of)[:-1]])
    # The people of a household are of one age more often than not.
    head = rng.choice(len(AGES), size=households, p=_AGE_SHARES)
    own = rng.choice(len(AGES), size=len(household), p=_AGE_SHARES)
    age = np.where(rng.random(len(household)) < 0.6, head[household], own)
    sex = rng.integers(0, 2, size=len(household))
    community = household // (shape.grids * shape.households)
    level = np.linspace(0.2, 1.6, shape.indicators)[:, None]
    of_community = rng.normal(0, 0.35, size=(shape.indicators, shape.streets * shape.communities))
    logit = level + of_community[:, community] + shape.opinion * (age - 1.5)[None, :]
    if shape.grid_spread:
        grids = shape.streets * shape.communities * shape.grids
        logit = (
            logit + rng.normal(0, shape.grid_spread, size=(shape.indicators, grids))[:, household // shape.households]
        )
    probability = 1 / (1 + np.exp(-logit))
    return City(
        shape=shape,
        household=household,
        age=age,
        sex=sex,
        probability=probability,
        yes=rng.random(probability.shape) < probability,
        adults_of=adults_of,
        first_adult=first_adult,
    )


def asked(shape: Shape) -> tuple[Asked, ...]:
    return tuple(Asked(id=f"q{number + 1}") for number in range(shape.indicators))


def wave(of: City, seed: int) -> CaseColumns:
    """One wave: households drawn in every grid (or in drawn grids), one adult of each, who answers more often the older
    they are; a few addresses are empty, of some it stays unknown whether anybody lives there."""
    rng = np.random.default_rng(seed)
    shape = of.shape
    grids = of.communities * shape.grids
    if shape.drawn_grids:
        order = np.argsort(rng.random((of.communities, shape.grids)), axis=1)[:, : shape.drawn_grids]
        chosen = (np.arange(of.communities)[:, None] * shape.grids + np.sort(order, axis=1)).ravel()
        first_share = shape.drawn_grids / shape.grids
    else:
        chosen, first_share = np.arange(grids), 1.0
    drawn = np.argsort(rng.random((len(chosen), shape.households)), axis=1)[:, : shape.issued]
    household = (chosen[:, None] * shape.households + np.sort(drawn, axis=1)).ravel()
    grid = np.repeat(chosen, shape.issued)
    adults = of.adults_of[household]
    person = of.first_adult[household] + np.floor(rng.random(len(household)) * adults).astype(np.int64)
    willing = 1 / (1 + np.exp(-(shape.willing + shape.slope * (of.age[person] - 1.5) - 0.2 * (of.sex[person] == 1))))
    empty = rng.random(len(household)) < 0.04
    responded = (rng.random(len(household)) < willing) & ~empty
    unknown = ~responded & ~empty & (rng.random(len(household)) < 0.15)
    disposition = np.where(responded, COMPLETE, np.where(empty, NOT_ELIGIBLE, np.where(unknown, UNKNOWN, REFUSED)))
    fielded = _Fielded(grid, household, adults, responded, disposition, person[responded], first_share)
    return _columns(of, fielded, rng)


@dataclass(frozen=True, slots=True, eq=False)
class _Fielded:
    """One entry a case, but ``who``: the adults who answered."""

    grid: IntArray
    household: IntArray
    adults: IntArray
    responded: BoolArray
    disposition: IntArray
    who: IntArray
    first_share: float  # of the grids of a community that were drawn


def _columns(of: City, cases: _Fielded, rng: np.random.Generator) -> CaseColumns:
    shape = of.shape
    grid, household, who, responded = cases.grid, cases.household, cases.who, cases.responded
    community = grid // shape.grids
    grids = tuple(f"g{number:06d}" for number in range(of.communities * shape.grids))
    names = of.names()
    unit = Labels(
        np.searchsorted(np.unique(household), household), tuple(f"h{one:07d}" for one in np.unique(household))
    )
    in_grid = np.full(len(household), float(shape.households))
    several = shape.drawn_grids > 0
    age, sex = of.age[who].copy(), of.sex[who].copy()
    age[rng.random(len(who)) < shape.missing] = -1
    sex[rng.random(len(who)) < shape.missing] = -1
    return CaseColumns(
        community=Labels(community, names),
        street_of_community=np.repeat(np.arange(shape.streets), shape.communities),
        streets=tuple(f"s{number:04d}" for number in range(shape.streets)),
        stratum=Labels(community, names) if several else Labels(grid, grids),
        units=(Labels(grid, grids), unit) if several else (unit,),
        populations=(np.full(len(household), float(shape.grids)), in_grid) if several else (in_grid,),
        adults=cases.adults.astype(np.float64),
        weighting_class=Labels(grid, grids),
        probability=cases.first_share * shape.issued / shape.households / cases.adults,
        disposition=cases.disposition,
        first_mode=Labels(np.zeros(len(household), dtype=np.int64), ("paper",)),
        mode=Labels(np.where(responded, 0, -1), ("paper",)),
        responded=responded,
        indicators=tuple(one.id for one in asked(shape)),
        numerators=of.yes[:, who].astype(np.float64),
        denominators=np.ones((shape.indicators, len(who))),
        groups={"age": Labels(age, AGES), "sex": Labels(sex, SEXES)},
    )
