"""From a list of addresses to cases: which households are asked, with the probability of every stage kept.

Two designs. **All grids**: each grid is a stratum and households are drawn systematically in it; the household is the
primary sampling unit. **Some grids**: grids are primary sampling units drawn from a community's list, then households
within them. In both one adult of each household is asked, the one with the next birthday; that stage is in the
weight, but the household is the last stage of the variance.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any
from uuid import UUID

from sqlalchemy import insert
from sqlalchemy.orm import Session

from analysis.sampling import Stratum, allocate, simple_random, systematic
from survey_service import audit
from survey_service.ids import new_id
from survey_service.models import ADULT_STAGE, Case, Disposition, Mode

if TYPE_CHECKING:
    import numpy as np

LEAST = 2  # households in a stratum: the fewest from which a variance can be had


@dataclass(frozen=True, slots=True, kw_only=True)
class Address:
    """One address of the list. ``adults``: how many the household register shows; 0 where nobody is registered."""

    id: str
    adults: int
    household: int | None = None  # the lister's own key, handed through; None: nobody lives there


@dataclass(frozen=True, slots=True, kw_only=True)
class GridList:
    """The addresses of one grid, in walking order."""

    code: str
    addresses: Sequence[Address]


@dataclass(frozen=True, slots=True, kw_only=True)
class Drawn:
    """One household in the sample, before it is a case."""

    address: Address
    stratum: str
    psu: str
    stages: tuple[dict[str, Any], ...]
    inclusion_probability: float
    first_mode: Mode


def draw_in_every_grid(
    grids: Sequence[GridList], size: int, *, paper_share: float, rng: np.random.Generator
) -> list[Drawn]:
    """``size`` households over all grids in proportion to their addresses, systematically within each grid."""
    drawn = []
    strata = [Stratum(name=grid.code, population=len(grid.addresses)) for grid in grids]
    for grid, count in zip(grids, allocate(size, strata, minimum=LEAST), strict=True):
        for position in systematic(len(grid.addresses), count, rng).positions:
            address = grid.addresses[position]
            household = _stage(address.id, len(grid.addresses), count)
            drawn.append(_drawn(address, grid.code, address.id, (household,)))
    return _assign_modes(drawn, paper_share, rng)


def draw_in_some_grids(
    community_code: str,
    grids: Sequence[GridList],
    *,
    grids_drawn: int,
    size_per_grid: int,
    paper_share: float,
    rng: np.random.Generator,
) -> list[Drawn]:
    """Grids by simple random sampling from the community's list, then households systematically within each."""
    drawn = []
    for chosen in simple_random(len(grids), grids_drawn, rng).positions:
        grid = grids[chosen]
        first = _stage(grid.code, len(grids), grids_drawn)
        count = min(size_per_grid, len(grid.addresses))
        for position in systematic(len(grid.addresses), count, rng).positions:
            address = grid.addresses[position]
            household = _stage(address.id, len(grid.addresses), count)
            drawn.append(_drawn(address, community_code, grid.code, (first, household)))
    return _assign_modes(drawn, paper_share, rng)


def add_cases(
    session: Session,
    survey_id: UUID,
    wave_id: UUID,
    area_id: UUID,
    drawn: Iterable[Drawn],
    *,
    number_prefix: str,
    at: datetime,
    by: audit.Actor,
) -> list[UUID]:
    """Make cases of a draw, numbered in its order; returns their ids. One audit row names how many and where."""
    rows = [
        {
            "survey_id": survey_id,
            "id": new_id(),
            "wave_id": wave_id,
            "area_id": area_id,
            "number": f"{number_prefix}-{serial:04d}",
            "stratum": one.stratum,
            "psu": one.psu,
            "stages": list(one.stages),
            "inclusion_probability": one.inclusion_probability,
            "first_mode": one.first_mode,
            "reserve_replicate": 0,
            "disposition": Disposition.UNKNOWN,
        }
        for serial, one in enumerate(drawn, start=1)
    ]
    session.execute(insert(Case), rows)
    audit.record(
        session,
        survey_id=survey_id,
        at=at,
        by=by,
        action="cases.drawn",
        record=audit.Rows(f"wave {wave_id}", wave_id),
        detail={"area": str(area_id), "cases": len(rows)},
    )
    return [row["id"] for row in rows]  # type: ignore[misc]  # a row mixes types; its id is a UUID


def _stage(unit: str, population: int, sampled: int, *, variance: bool = True) -> dict[str, Any]:
    return {
        "unit": unit,
        "population": population,
        "sampled": sampled,
        "probability": sampled / population,
        "variance": variance,
    }


def _drawn(address: Address, stratum: str, psu: str, stages: tuple[dict[str, Any], ...]) -> Drawn:
    # An empty register does not prove an empty flat: the address is visited as if one adult lived there.
    every = (*stages, _stage(ADULT_STAGE, max(address.adults, 1), 1, variance=False))
    probability = 1.0
    for stage in every:
        probability *= stage["probability"]
    return Drawn(
        address=address,
        stratum=stratum,
        psu=psu,
        stages=every,
        inclusion_probability=probability,
        first_mode=Mode.WEB_INVITED,
    )


def _assign_modes(drawn: Sequence[Drawn], paper_share: float, rng: np.random.Generator) -> list[Drawn]:
    """The first mode by lot, before the field: so that a difference between modes is not one between people."""
    on_paper = set(rng.permutation(len(drawn))[: round(paper_share * len(drawn))].tolist())
    return [
        Drawn(
            address=one.address,
            stratum=one.stratum,
            psu=one.psu,
            stages=one.stages,
            inclusion_probability=one.inclusion_probability,
            first_mode=Mode.PAPER if index in on_paper else Mode.WEB_INVITED,
        )
        for index, one in enumerate(drawn)
    ]
