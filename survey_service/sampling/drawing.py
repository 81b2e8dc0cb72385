"""A sample drawn from a list: which households are cases, which wait in reserve, with every stage's probability.

Every grid is a stratum (a community, where the list has no grids) and its households are drawn systematically in the
order of the list; the reserves are replicates of the same draw. Where the list knows the adults, choosing one of them
is the last stage: in the weight, and no stage of the variance.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any
from uuid import UUID

from survey_service.models import ADULT_STAGE, Mode
from survey_service.sampling.households import Households

if TYPE_CHECKING:
    from analysis.sampling import Sample, SampledCase

# Each use of chance has a stream of its own, so that an option more does not draw other households.
_CASES, _MODES = range(2)


@dataclass(frozen=True, slots=True, kw_only=True)
class Drawing:
    """What is to be drawn. ``sizes``: households of each community; ``modes``: shares that add up to 1."""

    sizes: Mapping[UUID, int]
    reserves: int
    reserve_share: float
    modes: Mapping[Mode, float]
    seed: int


@dataclass(frozen=True, slots=True, kw_only=True)
class DrawnHousehold:
    """One household of the sample or of its reserves. ``replicate``: 0 is asked from the start."""

    area_id: UUID
    serial: int  # within its community
    stratum: str
    psu: str
    stages: tuple[Mapping[str, Any], ...]
    inclusion_probability: float
    first_mode: Mode
    replicate: int
    place: int  # in the list


def shared_out(households: Households, size: int, *, equal: bool, least: int) -> dict[UUID, int]:
    """``size`` households over the communities: in proportion to their lists, or as many in each.

    ValueError where the lists are too short for it.
    """
    from analysis.sampling import Allocation, Stratum, allocate

    lists = households.count()
    strata = [Stratum(name=str(area_id), population=count) for area_id, count in lists.items()]
    allocation = Allocation.EQUAL if equal else Allocation.PROPORTIONAL
    counts = allocate(size, strata, allocation, minimum=least)
    return dict(zip(lists, counts, strict=True))


def draw(households: Households, drawing: Drawing) -> list[DrawnHousehold]:
    """Main sample and reserves, in the order of walking within each. The same seed draws the same."""
    import numpy as np

    from analysis.sampling import Reserves, draw_stratified

    strata, sizes, home = _strata(households, drawing.sizes)
    sample = draw_stratified(
        households.units,
        strata,
        sizes,
        release_groups={stratum: str(area_id) for stratum, area_id in home.items()},
        reserves=Reserves(replicates=drawing.reserves, share=drawing.reserve_share),
        rng=np.random.default_rng([drawing.seed, _CASES]),
    )
    modes = _first_modes(sample, drawing)
    serial: Counter[str] = Counter()
    found = []
    for case, mode in zip(sample.cases, modes, strict=True):
        serial[case.release_stratum] += 1
        found.append(_household(case, households, mode, serial[case.release_stratum]))
    return found


def _household(case: SampledCase, households: Households, mode: Mode, serial: int) -> DrawnHousehold:
    stages = [_stage(one) for one in case.stages]
    probability = case.inclusion_probability
    if households.adults is not None:
        adults = households.adults[case.position]
        stages.append(
            {"unit": ADULT_STAGE, "population": adults, "sampled": 1, "probability": 1 / adults, "variance": False}
        )
        probability /= adults
    return DrawnHousehold(
        area_id=households.communities[case.position],
        serial=serial,
        stratum=case.stratum,
        psu=case.psu,
        stages=tuple(stages),
        inclusion_probability=probability,
        first_mode=mode,
        replicate=case.replicate,
        place=case.position,
    )


def _stage(stage: Any) -> dict[str, Any]:
    return {
        "unit": stage.unit,
        "population": stage.population,
        "sampled": stage.sampled,
        "probability": stage.probability,
        "variance": stage.variance,
    }


def _strata(households: Households, sizes: Mapping[UUID, int]) -> tuple[list[str], dict[str, int], dict[str, UUID]]:
    """Stratum of every household, how many of each, and the community that it lies in."""
    from analysis.sampling import over_strata

    strata = list(households.grids or map(str, households.communities))
    home = dict(zip(strata, households.communities, strict=True))
    lists = Counter(strata)
    found: dict[str, int] = {}
    for area_id, size in sizes.items():
        found |= over_strata(size, {stratum: lists[stratum] for stratum, of in home.items() if of == area_id})
    return strata, found, home


def _first_modes(sample: Sample, drawing: Drawing) -> Sequence[Mode]:
    """Modes by lot within community and batch."""
    import numpy as np

    from analysis.sampling import dealt

    chance = np.random.default_rng([drawing.seed, _MODES])
    groups: dict[tuple[str, int], list[int]] = defaultdict(list)
    for place, case in enumerate(sample.cases):
        groups[case.release_stratum, case.replicate].append(place)
    shares = {mode.value: share for mode, share in drawing.modes.items()}
    assigned = [next(iter(drawing.modes))] * len(sample.cases)
    for places in groups.values():
        for place, mode in zip(places, dealt(len(places), shares, len(sample.cases), chance), strict=True):
            assigned[place] = Mode(mode)
    return assigned
