"""One poisoned answer never breaks the page of figures: it is refused at entry, or stored and counted like others."""

from __future__ import annotations

from fastapi.testclient import TestClient
from sqlalchemy import func, select

from survey_service.database import Database
from survey_service.models import Capture, Response, ResponseState
from tests.service.signed_in import HTML, get, post, sign_in
from tests.service.world import World

SOUND = {"know": "1", "overall": "1"}
POISON: tuple[dict[str, str | list[str]], ...] = (
    {"age": "NaN"}, {"age": "inf"}, {"age": "1e400"}, {"age": "-0"}, {"age": "９９９９９９９９９９"}, {"age": "0x1F"},
    {"age": "1" * 5000}, {"overall": "1\u200b"}, {"overall": ["1", "2"]}, {"overall": "__proto__"}, {"know": "None"},
    {"channels": ["8", "1"]}, {"channels": ["5"] * 900}, {"channels.other": "\ud7ff\u202e\u0007\x1b[31m"},
    {"channels": "5", "channels.other": "{{7*7}}${7*7}%s%n"}, {"aspects.parking": "'; --"}, {"aspects": "{}"},
    {"__class__": "x", "constructor": "x"}, {"overall": "\U0001f600"}, {"know": "\x00"},
)  # fmt: skip


def test_a_poisoned_answer_is_refused_or_counted(client: TestClient, world: World, database: Database) -> None:
    stored = 0
    for number, poison in enumerate(POISON):
        for code in (world.case_codes[number % len(world.case_codes)], world.open_codes[0]):
            sent = {**SOUND, **poison, "client_id": f"{number:031d}{'01'[code == world.open_codes[0]]}"}
            answer = client.post(f"/a/{code}", data=sent, headers=HTML)
            assert answer.status_code < 500, poison
            stored += answer.status_code == 200
    assert 0 < stored < 2 * len(POISON), "the list holds both kinds"
    with database.reading.begin() as session:
        assert session.scalar(select(func.count()).select_from(Capture)) == stored
        counted = session.scalar(select(func.count()).where(Response.state == ResponseState.COMPLETE)) or 0
    sign_in(client, "manager")
    assert "完成" in get(client, f"/surveys/{world.survey_key}/waves/{world.wave_key}")
    here = f"/surveys/{world.survey_key}/waves/{world.wave_key}"
    assert post(client, f"{here}/steps/close").status_code == 303
    sign_in(client, "statistician")
    assert post(client, f"{here}/steps/review").status_code == 303
    assert post(client, f"{here}/estimates/open").status_code == 303
    assert "知晓率" in get(client, f"{here}/estimates")
    assert counted
