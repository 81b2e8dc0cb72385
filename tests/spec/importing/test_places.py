"""A place in a table: in one cell, or latitude and longitude in columns of their own, as devices and maps export it."""

from __future__ import annotations

from uuid import uuid4

import pytest

from questionnaires.model import Questionnaire
from survey_service.importing.plan import Target
from survey_service.importing.prepare import Ground, prepare
from survey_service.importing.recognise import suggest
from survey_service.tabular.cells import read_cells
from tests.spec.questionnaires import test_place
from tests.spec.questionnaires.examples import loaded

COMMUNITY = uuid4()
HEADS = [
    ("near.latitude", "near.longitude", "near.accuracy"),
    ("_near_latitude", "_near_longitude", "_near_accuracy"),  # as KoboToolbox exports it
    ("near-Latitude", "near-Longitude", "near-Accuracy"),  # as ODK does
    ("2、在哪里—纬度", "2、在哪里—经度", "2、在哪里—误差（米）"),
]


@pytest.fixture(scope="module")
def questionnaire(tmp_path_factory: pytest.TempPathFactory) -> Questionnaire:
    return loaded(tmp_path_factory.mktemp("where"), test_place.DEFINITION)


def taken(questionnaire: Questionnaire, *rows: tuple[str, ...]) -> tuple[list[object], list[str], list[Target]]:
    """What is stored, what is wrong, and what the columns were taken for."""
    table = "\n".join("\t".join(row) for row in rows) + "\n"
    grid = read_cells("a.tsv", table.encode())
    plan = suggest(grid, questionnaire)
    ground = Ground(wave_id=uuid4(), cases={}, communities={"甲社区": COMMUNITY})
    done = prepare(grid, plan, questionnaire, ground)
    targets = [one.target for one in plan.columns]
    return [row.checked.canonical for row in done.rows], [one.in_language("zh") for one in done.problems], targets


@pytest.mark.parametrize("heads", HEADS, ids=[one[0] for one in HEADS])
def test_columns_of_latitude_and_longitude_are_one_answer(questionnaire: Questionnaire, heads: tuple[str, ...]) -> None:
    stored, problems, targets = taken(
        questionnaire,
        ("社区", *heads),
        ("甲社区", "30.657421", "104.065735", "12.4"),
        ("甲社区", "30.65", "104.06", ""),  # 30.650 and 104.060, as a spreadsheet shows them
    )
    assert targets[1:] == [Target.OPTION] * 3
    assert not problems
    assert stored == [{"near": "30.657,104.066,20"}, {"near": "30.650,104.060"}]


def test_half_a_place_is_none(questionnaire: Questionnaire) -> None:
    stored, problems, _ = taken(
        questionnaire, ("社区", *HEADS[0]), ("甲社区", "30.657421", "", ""), ("甲社区", "", "104.065735", "5")
    )
    assert not stored
    assert len(problems) == 2
    assert all("先纬度" in one for one in problems)


def test_a_place_in_one_cell(questionnaire: Questionnaire) -> None:
    stored, problems, _ = taken(questionnaire, ("社区", "在哪里"), ("甲社区", "30.657421 104.065735 500.1 4.0"))
    assert not problems
    assert stored == [{"near": "30.657,104.066,10"}]
