"""The service's road, as an example to copy: one row per completed response -> estimates -> what may be published."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from analysis.design import SurveyDesign
from analysis.disclosure import protect
from analysis.estimation import Index, Ratio, estimate
from analysis.results import Domain, Goal, PublicationRule, PublishableTable, Suppression, Verdict

STREETS = {"S1": ("A", "B", "C"), "S2": ("D", "E")}
SIZE = {"A": 60, "B": 48, "C": 8, "D": 40, "E": 44}


def responses() -> pd.DataFrame:
    """Strata are community x grid, households are PSUs; y, x per indicator, NaN where someone is not in its base."""
    rng = np.random.default_rng(20260930)
    rows = []
    for street, communities in STREETS.items():
        for community in communities:
            for person in range(SIZE[community]):
                said_yes = 1.0 if community == "D" else float(rng.random() < 0.8)
                rows.append(
                    {
                        "city": "330100",
                        "street": street,
                        "community": community,
                        "stratum": f"{community}-{person % 4}",
                        "household": f"{community}-{person}",
                        "households_in_stratum": 300.0,
                        "weight": 300 / (SIZE[community] / 4) * (1 + person % 3),
                        "awareness_y": said_yes,
                        "awareness_x": 1.0,
                        "score_y": np.nan if person % 10 == 0 else rng.choice([100.0, 75.0, 55.0]),
                        "score_x": np.nan if person % 10 == 0 else 1.0,
                    }
                )
    return pd.DataFrame(rows)


AWARENESS = Ratio("awareness_y", "awareness_x", variable="awareness", scale=(0.0, 1.0))
SCORE = Ratio("score_y", "score_x", variable="satisfaction_score", scale=(0.0, 100.0))
INDEX = Index("index", parts=((AWARENESS, 50.0), (SCORE, 0.5)))


def community(name: str) -> Domain:
    return (("community", name),)


def street(name: str) -> Domain:
    return (("street", name),)


@pytest.fixture(scope="module")
def table() -> PublishableTable:
    frame = responses()
    design = SurveyDesign.from_frame(
        frame, weight="weight", strata=["stratum"], clusters=["household"], population_sizes=["households_in_stratum"]
    )
    wanted = [AWARENESS, SCORE, INDEX]
    city = estimate(frame, design, wanted)
    streets = estimate(frame, design, wanted, by=["street"])
    communities = estimate(frame, design, wanted, by=["community"])
    hierarchy = {community(child): street(parent) for parent, children in STREETS.items() for child in children}
    hierarchy |= {street(name): () for name in STREETS}
    return protect(
        city,
        streets,
        communities,
        rule=PublicationRule(),
        goals={"awareness": Goal(value=0.9)},
        hierarchy=hierarchy,
        response_rates={community("D"): 0.62},
        adults={community("D"): 2600},
    )


def test_every_level_is_one_row(table: PublishableTable) -> None:
    assert [row.domain for row in table.rows] == [
        (),
        street("S1"),
        street("S2"),
        *(community(name) for name in "ABCDE"),
    ]
    assert table.row(()).sample_size == sum(SIZE.values())


def test_few_respondents_are_hidden_and_the_next_smallest_with_them(table: PublishableTable) -> None:
    hidden, partner = table.row(community("C")), table.row(community("B"))
    assert (hidden.sample_size, partner.sample_size) == (SIZE["C"], SIZE["B"])  # how many answered is no secret
    assert {cell.suppression for cell in (*hidden.cells, *partner.cells)} == {Suppression.NOT_PUBLISHED}
    assert all(cell.value is None and cell.low is None and cell.sample_size is None for cell in hidden.cells)
    assert hidden.cell("awareness").verdict is Verdict.NOT_PUBLISHED
    assert table.row(community("A")).cell("awareness").value is not None


def test_everyone_said_yes_is_not_everyone(table: PublishableTable) -> None:
    cell = table.row(community("D")).cell("awareness")
    assert cell.all_alike
    assert cell.low is not None
    # 40 respondents in 4 strata: 36 degrees of freedom. Alone they would show at least 0.025^(1/40).
    assert 0.90 < cell.low < 0.025 ** (1 / 40)
    assert cell.high == 1.0
    assert cell.verdict is Verdict.REACHED


def test_the_index_lies_within_its_scale(table: PublishableTable) -> None:
    cell = table.row(()).cell("index")
    assert cell.scale == (0.0, 100.0)
    awareness, score = table.row(()).cell("awareness"), table.row(()).cell("satisfaction_score")
    assert awareness.value is not None
    assert score.value is not None
    assert cell.value == pytest.approx(50 * awareness.value + 0.5 * score.value)
