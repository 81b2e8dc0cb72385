"""Interviews that devices hand in: judged, stored once, each for itself."""

from __future__ import annotations

import json
from datetime import timedelta
from typing import Any

import pytest
from fastapi.testclient import TestClient
from sqlalchemy import func, select, update

from survey_service.audit import verify
from survey_service.audit.chain import SERVICE, chains
from survey_service.database import Database
from survey_service.models import Capture, Case, Disposition, Mode, Response, ResponseState, Role, Source, Wave
from survey_service.surveys import service as surveys
from survey_service.writer import Busy
from tests.service.conftest import TestClock
from tests.service.programs import Program, person_at, told
from tests.service.world import NOW, World

WAVE = "/surveys/satisfaction/waves/2026Q3"
ANSWERS = {"know": "1", "channels": ["1", "2"], "overall": "2", "aspects.parking": "1", "age": 44}


def interview(number: str, client_id: str, answers: dict[str, Any] | None = None, **fields: Any) -> dict[str, Any]:
    began = NOW - timedelta(minutes=9)
    return {
        "client_id": client_id,
        "case": number,
        "answers": ANSWERS if answers is None else answers,
        "started_at": began.isoformat(),
        "finished_at": (began + timedelta(minutes=7)).isoformat(),
        **fields,
    }


class Device:
    """An interviewer's device, which knows the version it asks."""

    def __init__(self, client: TestClient, database: Database, user: str = "interviewer") -> None:
        self.program = Program(client, database, user)
        self.sha256 = self.program.get(WAVE)["questionnaire"]["sha256"]

    def send(self, *captures: dict[str, Any]) -> Any:
        return self.program.post(f"{WAVE}/captures", {"questionnaire_sha256": self.sha256, "captures": list(captures)})

    def hand_in(self, *captures: dict[str, Any]) -> list[dict[str, Any]]:
        answer = self.send(*captures)
        assert answer.status_code == 200, answer.text
        return list(answer.json()["results"])


def outcomes(results: list[dict[str, Any]]) -> list[tuple[str, str | None]]:
    return [(one["outcome"], one["error"] and one["error"]["code"]) for one in results]


def test_a_batch_is_stored_each_for_itself(client: TestClient, database: Database, world: World) -> None:
    device = Device(client, database)
    one, two, three = world.case_numbers[:3]
    sent = (
        interview(one, "a" * 12, app="tablet 1.0", language="en"),
        interview(two, "b" * 12, {"know": "7", "overall": "1"}),
        interview("9999-999", "c" * 12),
        interview(three, "d" * 12, {}),
        interview(three, "e" * 12, started_at=NOW.isoformat()),
        interview(three, "f" * 12, {"know": "1"}, complete=False),
    )
    results = device.hand_in(*sent)
    assert [result["client_id"] for result in results] == [one["client_id"] for one in sent]
    assert outcomes(results) == [
        ("stored", None),
        ("refused", "E230"),
        ("refused", "E219"),
        ("refused", "E230"),
        ("refused", "E231"),
        ("stored", None),
    ]
    assert [(one["variable"], one["code"], one["severity"]) for one in results[1]["findings"]] == [
        ("know", "unknown_code", "hard")
    ]
    assert results[1]["findings"][0]["message_zh"]
    with database.reading.begin() as session:
        first, last = session.scalars(select(Capture).order_by(Capture.client_id)).all()
        assert (first.mode, first.source) == (Mode.FACE_TO_FACE, Source.DEVICE)
        assert json.loads(first.answers)["answers"]["age"] == 44
        assert first.by_account_id is not None
        assert first.paradata["seconds"] == 420
        assert (first.paradata["app"], first.paradata["language"]) == ("tablet 1.0", "en")
        assert last.client_id == "f" * 12
        states = dict(session.execute(select(Response.case_id, Response.state)).all())
        assert states == {world.case_ids[0]: ResponseState.COMPLETE, world.case_ids[2]: ResponseState.PARTIAL}
        found = dict(session.execute(select(Case.id, Case.disposition)).all())
        assert found[world.case_ids[0]] is Disposition.COMPLETE
        assert found[world.case_ids[1]] is Disposition.UNKNOWN
        for chain in chains(session):
            verify(session, chain)
    # The resident can look the answers up with what the interviewer wrote down.
    receipt = results[0]["receipt"]
    assert "44" in client.post("/receipt", data={"_receipt": receipt, "action": "look"}).text
    # What broke off goes on under an id of its own and completes the same response.
    assert outcomes(device.hand_in(interview(three, "g" * 12))) == [("stored", None)]
    with database.reading.begin() as session:
        assert session.scalar(select(func.count()).select_from(Response)) == 2


def test_sending_again_changes_nothing(client: TestClient, database: Database, world: World) -> None:
    device = Device(client, database)
    one, two = world.case_numbers[:2]
    first = device.hand_in(interview(one, "a" * 12))[0]
    again, other, second, twice = device.hand_in(
        interview(one, "a" * 12),
        interview(one, "a" * 12, {**ANSWERS, "overall": "3"}),
        interview(one, "b" * 12),
        interview(two, "a" * 12),
    )
    assert second["error"]["message"].startswith("This case has its complete answers already")
    assert (again["outcome"], again["receipt"]) == ("already", first["receipt"])
    assert outcomes([other, second, twice]) == [("conflict", "E024"), ("refused", "E022"), ("conflict", "E024")]
    with database.reading.begin() as session:
        assert session.scalar(select(func.count()).select_from(Response)) == 1
        assert session.scalars(select(Capture.conflict).order_by(Capture.conflict)).all() == [False, True]


def test_the_same_interview_twice_in_a_batch_counts_once(client: TestClient, database: Database, world: World) -> None:
    results = Device(client, database).hand_in(*[interview(world.case_numbers[0], "a" * 12)] * 3)
    assert outcomes(results) == [("stored", None), ("already", None), ("already", None)]
    assert len({one["receipt"] for one in results}) == 1


def test_a_case_of_another_area_is_not_there(client: TestClient, database: Database, world: World) -> None:
    person_at(database, "at-one", Role.INTERVIEWER, world.community_ids[0])
    device = Device(client, database, "at-one")
    mine, theirs = world.case_numbers[0], world.case_numbers[6]
    assert outcomes(device.hand_in(interview(theirs, "a" * 12), interview(mine, "b" * 12))) == [
        ("refused", "E219"),
        ("stored", None),
    ]


def test_the_wave_decides_and_not_the_clock(
    client: TestClient, database: Database, world: World, clock: TestClock
) -> None:
    """What was asked before the end may arrive after it, as long as nobody closed the wave; later it may not."""
    device = Device(client, database)
    one, two, three = world.case_numbers[:3]
    clock.at = NOW + timedelta(days=20)  # the wave's last day has passed; the manager has not closed it
    late = {"started_at": (NOW + timedelta(days=19)).isoformat(), "finished_at": (NOW + timedelta(days=19)).isoformat()}
    assert outcomes(device.hand_in(interview(one, "a" * 12), interview(two, "b" * 12, **late))) == [
        ("stored", None),
        ("refused", "E231"),
    ]
    with database.writing.begin() as session:
        surveys.close_wave(session, world.survey_id, world.wave_id, at=clock.at, by=SERVICE)
    assert outcomes(device.hand_in(interview(one, "a" * 12), interview(three, "c" * 12))) == [
        ("already", None),
        ("refused", "E023"),
    ]


def test_what_does_not_fit_the_wave_is_refused_whole(client: TestClient, database: Database, world: World) -> None:
    device = Device(client, database)
    batch = interview(world.case_numbers[0], "a" * 12)
    device.sha256, right = "0" * 64, device.sha256
    assert told(device.send(batch)) == (409, "E005")
    device.sha256 = right
    assert told(device.send()) == told(device.send(*[batch] * 101)) == (422, "E007")
    naive = {"started_at": "2026-09-18 02:00:00"}
    for wrong in (
        {"client_id": "short"},
        {"answers": []},
        naive,
        {"unknown": 1},
        {"app": "x" * 61},
        {"app": "x\0"},
        {"case": "\0"},
        {"case": "\ud800"},
    ):
        assert told(device.send(batch | wrong)) == (422, "E007"), wrong
    big = device.send(interview(world.case_numbers[0], "a" * 12, {"know": "x" * 1_100_000}))
    assert told(big) == (413, "E011")
    with database.writing.begin() as session:
        session.execute(update(Wave).values(modes=["web_open"]))
    assert told(device.send(batch)) == (409, "E218")
    with database.reading.begin() as session:
        assert session.scalar(select(func.count()).select_from(Capture)) == 0


def test_answers_may_hold_anything(client: TestClient, database: Database, world: World) -> None:
    """Whatever a device sends as an answer is judged; nothing of it is a fault of the service."""
    device = Device(client, database)
    odd: list[dict[str, Any]] = [
        {"know": "\0"},
        {"overall": "\ud800"},
        {"\ud800": 1},
        {"know\0": "1"},
        {"age": 1e400},
        {"age": float("nan")},
        {"know": [[[{}]]]},
        {"overall": None},
        {"age": 10**400},
        {"aspects": {"parking": "1"}},
    ]
    results = device.hand_in(
        *[interview(world.case_numbers[0], f"{number:012}", one) for number, one in enumerate(odd)]
    )
    assert outcomes(results) == [("refused", "E230")] * len(odd)
    words = {"overall": "1", "know": "1", "channels": ["5"], "channels.other": "邻居\0说的"}
    assert outcomes(device.hand_in(interview(world.case_numbers[0], "a" * 12, words))) == [("stored", None)]


def test_a_full_queue_says_later(
    client: TestClient, database: Database, world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    device = Device(client, database)
    writer = client.app.state.services.writer  # type: ignore[attr-defined]
    real, calls = writer.submit, []

    def full_after_one(work: Any) -> Any:
        calls.append(work)
        if len(calls) > 1:
            raise Busy
        return real(work)

    batch = [interview(number, f"{number}-abc") for number in world.case_numbers[:3]]
    monkeypatch.setattr(writer, "submit", full_after_one)
    assert outcomes(device.hand_in(*batch)) == [("stored", None), ("later", "E006"), ("later", "E006")]
    refused = device.send(*batch[1:])
    assert told(refused) == (503, "E006")
    assert refused.headers["retry-after"]
    monkeypatch.undo()
    assert outcomes(device.hand_in(*batch)) == [("already", None), ("stored", None), ("stored", None)]
