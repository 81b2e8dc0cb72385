"""Visits that devices hand in: each for itself, once, and settled as if noted on a page."""

from __future__ import annotations

from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest
from fastapi.testclient import TestClient
from sqlalchemy import func, select, update

from survey_service.audit import verify
from survey_service.audit.chain import chains
from survey_service.database import Database
from survey_service.models import Case, Disposition, Visit, VisitSource, Wave, WaveState
from tests.service.programs import Program
from tests.service.test_api_captures import WAVE, outcomes
from tests.service.world import NOW, World

pytestmark = pytest.mark.both_databases


def visit(number: str, place: int, code: str = "2.24", **fields: Any) -> dict[str, Any]:
    at = (NOW - timedelta(hours=3)).isoformat()
    return {"id": str(UUID(int=place)), "case": number, "code": code, "at": at, **fields}


def test_a_batch_is_stored_each_for_itself_and_once(client: TestClient, database: Database, world: World) -> None:
    device = Program(client, database, "interviewer")
    one, two, three = world.case_numbers[:3]
    later = (NOW + timedelta(days=1)).isoformat()
    sent = [
        visit(one, 1),
        visit(two, 2, "2.111"),
        visit(two, 2, "2.111"),  # twice in one batch
        visit("9999-999", 3),
        visit(three, 4, "1.1"),
        visit(three, 5, "7.77"),
        visit(three, 6, at=later),
        visit(three, 7, "2.25", appointment_at=later),
        visit(three, 8, "2.25", appointment_at="2026-12-31T10:00:00+08:00"),
        visit(one, 9, "5.1", mode="telephone"),
    ]
    answer = device.post(f"{WAVE}/visits", {"visits": sent})
    assert answer.status_code == 200, answer.text
    assert outcomes(answer.json()["results"]) == [
        ("stored", None),
        ("stored", None),
        ("already", None),
        ("refused", "E219"),
        ("refused", "E172"),
        ("refused", "E172"),
        ("refused", "E173"),
        ("stored", None),
        ("refused", "E176"),
        ("refused", "E172"),
    ]
    again = device.post(f"{WAVE}/visits", {"visits": [visit(one, 1), visit(one, 2, "2.112")]}).json()["results"]
    assert outcomes(again) == [("already", None), ("conflict", "E233")]
    with database.reading.begin() as session:
        assert session.scalar(select(func.count()).select_from(Visit)) == 3
        assert set(session.scalars(select(Visit.source))) == {VisitSource.PROGRAM}
        refused = session.get_one(Case, (world.survey_id, world.case_ids[1]))
        assert (refused.outcome_code, refused.disposition) == ("2.111", Disposition.REFUSAL)
        for chain in chains(session):
            verify(session, chain)


def test_a_wave_under_review_takes_no_visits(client: TestClient, database: Database, world: World) -> None:
    with database.writing.begin() as session:
        session.execute(update(Wave).values(state=WaveState.UNDER_REVIEW))
    device = Program(client, database, "interviewer")
    answer = device.post(f"{WAVE}/visits", {"visits": [visit(world.case_numbers[0], 1)]})
    assert (answer.status_code, answer.json()["error"]["code"]) == (409, "E171")
