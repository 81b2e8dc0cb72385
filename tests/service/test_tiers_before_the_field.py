"""The page of a draft says in which tier each community will be told, and which targets it cannot reach."""

from __future__ import annotations

import re

import pytest
from fastapi.testclient import TestClient
from sqlalchemy import select

from survey_service.audit.chain import SERVICE
from survey_service.database import Database
from survey_service.models import Area, Case, WaveState
from survey_service.surveys import service as surveys
from survey_service.surveys.readiness import COARSE, NOT_ALONE, _needed, _out_of_reach, _outlook
from tests.service.signed_in import get, sign_in
from tests.service.world import NOW, QUESTIONNAIRE, World


@pytest.fixture
def backend() -> str:
    return "sqlite"


@pytest.mark.parametrize(
    ("expected", "tier"),
    [(0, NOT_ALONE), (9, NOT_ALONE), (10, NOT_ALONE), (12, COARSE), (22, COARSE), (44, COARSE), (47, "shown")],
)
def test_the_tier_follows_from_the_answers_expected(expected: int, tier: str) -> None:
    assert _outlook(expected, 1.0)[1] == tier


def test_nothing_is_foretold_where_nothing_is_expected() -> None:
    assert _outlook(None, 1.0) == (None, "")


@pytest.mark.parametrize(
    ("target", "needed"),
    [
        (0.90, 36),  # 0.025 ** (1 / 36) is 0.9026: 36 of 36
        (0.85, 30),  # from 30 on all alike is told by its limit, 0.884
        (0.70, 23),  # told as 90 % or more; of 0.9 x 23 the lower limit is 0.70
        (1.00, None),
    ],
)
def test_a_target_needs_so_many(target: float, needed: int | None) -> None:
    assert _needed(target) == needed


def test_targets_out_of_reach_are_told_with_how_many_it_takes() -> None:
    both = _out_of_reach(QUESTIONNAIRE, {}, (22, 33, 40))
    assert [(one.target, one.needed, one.communities, [name.zh for name in one.names]) for one in both] == [
        ("≥ 90%", 36, 2, ["知晓率"]),
        ("≥ 85%", 30, 1, ["满意率"]),
    ]
    own = {"satisfaction": {"value": 0.9, "sense": "at_least"}}
    [one] = _out_of_reach(QUESTIONNAIRE, own, (22,))
    assert [name.zh for name in one.names] == ["知晓率", "满意率"]
    assert _out_of_reach(QUESTIONNAIRE, own, (60,)) == ()
    most = {"awareness": {"value": 0.1, "sense": "at_most"}, "satisfaction": {"value": 1.0, "sense": "at_least"}}
    [one] = _out_of_reach(QUESTIONNAIRE, most, (22,))
    assert (one.target, one.needed) == ("≤ 10%", 36)


def test_the_page_of_a_draft_says_it(client: TestClient, database: Database, world: World) -> None:
    with database.writing.begin() as session:
        new = surveys.NewWave(
            key="2026Q4",
            name_zh="下一期",
            name_en="",
            questionnaire_version_id=world.version_id,
            opens_on=NOW.date(),
            closes_on=NOW.date(),
            header=None,
        )
        made = surveys.create_wave(session, world.survey_id, new, at=NOW, by=SERVICE)
        assert made.state is WaveState.DRAFT
        made.plan = {"response_rate": 0.5}
        wave_id = made.id
    with database.writing.begin() as session:  # cases by hand, apart from what the service did
        communities = session.scalars(select(Area).where(Area.kind == "community").order_by(Area.code)).all()
        pattern = session.scalars(select(Case)).first()
        assert pattern is not None
        for community, cases in zip(communities, (12, 44), strict=True):
            session.add_all(
                Case(
                    survey_id=world.survey_id,
                    wave_id=wave_id,
                    area_id=community.id,
                    number=f"{community.code[-4:]}-{number:03d}",
                    stratum=pattern.stratum,
                    psu=f"{community.code}-{number}",
                    stages=pattern.stages,
                    inclusion_probability=0.05,
                    first_mode=pattern.first_mode,
                )
                for number in range(cases)
            )
    sign_in(client, "manager")
    page = re.sub(r"\s+", " ", re.sub(r"<[^>]*>", "", get(client, f"/surveys/{world.survey_key}/waves/2026Q4")))
    assert "1 个社区预计份数太少，数字不单独公布，报告里印所在街道的。" in page
    assert "1 个社区预计份数少，误差大，仅供参考：只印整数，不排先后。" in page
    assert "知晓率 ≥ 90%：2 个社区照预计的份数，任何结果都不足以判定达标（至少需 36 份）。" in page
    assert "太少，不单独公布" in page
