"""The data of ``city_draw``: a list of households with what each would answer, and who was drawn from it on a page.

Four communities: two of many grids of unequal size, one of which has a grid that is sure to be drawn; one of three
grids; one so small that it is asked whole. A batch of reserves is released in two of them.
"""

from __future__ import annotations

from collections import Counter
from pathlib import Path
from uuid import UUID

import numpy as np
import pandas as pd

from survey_service.models import Mode, SelectionWithin
from survey_service.sampling.drawing import Drawing, GridsFirst, draw
from survey_service.sampling.households import Households
from survey_service.sampling.sizes import Aim, Expected, SharedOut, Wanted, sizes_of

HERE = Path(__file__).parent / "city_draw"
COMMUNITIES = ("110101000001", "110101000002", "110101000003", "110101000004")
GRIDS = (
    (30, 18, 55, 24, 41, 33, 20, 62, 27, 38, 45, 22, 36, 29),
    (25, 310, 31, 40, 28, 52, 19, 35, 44, 23, 37, 30),
    (70, 55, 48),
    (14, 12, 10),
)
SIZE, PER_GRID, WHOLE, RESERVES, SEED = 144, 8, 40, 1, 20261130
RELEASED = (COMMUNITIES[0], COMMUNITIES[2])
DESIGNS = ("by_size", "simple")
ASKED = {
    "listed_unit": "household",
    "aim": "size",
    "size": str(SIZE),
    "response": "80",
    "allocation": "equal",
    "least": "0",
    "whole": str(WHOLE),
    "per_grid": str(PER_GRID),
    "within": "next_birthday",
    "reserves": str(RESERVES),
    "paper": "50",
    "seed": str(SEED),
}


def frame(seed: int) -> pd.DataFrame:
    """Every household: where it is, its adults, whether it would answer and what."""
    rng = np.random.default_rng(seed)
    rows = []
    for community, grids in zip(COMMUNITIES, GRIDS, strict=True):
        level = rng.normal(0.4, 0.4)
        for grid, households in enumerate(grids, start=1):
            shift = rng.normal(0, 0.6)
            for one in range(households):
                adults = int(rng.integers(1, 3, endpoint=True))
                knows = rng.random() < 1 / (1 + np.exp(-(level + shift)))
                # The first two of every grid answer, so that each class has somebody.
                rows.append(
                    {
                        "household": f"{community[-3:]}-{grid:02d}-{one:03d}",
                        "community": community,
                        "grid": f"{community[-3:]}-{grid:02d}",
                        "adults": adults,
                        "answers": int(rng.random() < 0.85),
                        "know": "1" if knows else "2",
                        "overall": str(rng.choice(["1", "2", "3"], p=[0.5, 0.3, 0.2])),
                    }
                )
    return pd.DataFrame(rows)


def drawn(listed: pd.DataFrame) -> pd.DataFrame:
    """Household and batch of every one drawn, by design: what the page draws from the same list and seed."""
    ids = {community: UUID(int=place) for place, community in enumerate(COMMUNITIES)}
    households = Households(
        units=tuple(listed["household"]),
        communities=tuple(ids[one] for one in listed["community"]),
        grids=tuple(listed["grid"]),
        adults=tuple(listed["adults"]),
    )
    wanted = Wanted(aim=Aim.SIZE, size=SIZE, shared_out=SharedOut.EQUAL, whole=WHOLE)
    sizes = sizes_of(households, wanted, Expected(response_rate=0.8), per_grid=PER_GRID)
    parts = []
    for design in DESIGNS:
        found = draw(
            households,
            Drawing(
                sizes=sizes,
                reserves=RESERVES,
                reserve_share=0.25,
                modes={Mode.PAPER: 0.5, Mode.WEB_INVITED: 0.5},
                seed=SEED,
                grids=GridsFirst(per_grid=PER_GRID, by_size=design == "by_size"),
                within=SelectionWithin.NEXT_BIRTHDAY,
                names={area_id: code for code, area_id in ids.items()},
            ),
        )
        units = [next(stage for stage in reversed(one.stages) if stage["unit"] != "adult")["unit"] for one in found]
        batches = [one.replicate for one in found]
        parts.append(pd.DataFrame({"design": design, "household": units, "batch": batches}))
    return pd.concat(parts)


def write() -> None:
    listed = frame(SEED)
    assert Counter(listed["household"]).most_common(1)[0][1] == 1
    listed.to_csv(HERE / "frame.csv", index=False)
    drawn(listed).to_csv(HERE / "drawn.csv", index=False)


if __name__ == "__main__":
    write()
