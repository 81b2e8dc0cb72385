"""Links for the city's own gateway: one for every letter, numbers left empty, and counted as they are paid for."""

from __future__ import annotations

import io
from typing import TYPE_CHECKING, Any

import openpyxl
import pytest
from sqlalchemy import select, update

from survey_service.models import AccessCode, AuditEntry, Wave
from survey_service.secrets import KeyRing
from survey_service.surveys.short_code import with_check
from survey_service.surveys.text_messages import HEADS, length, parts
from tests.service.signed_in import get, post, sign_in

if TYPE_CHECKING:
    from fastapi.testclient import TestClient
    from httpx import Response

    from survey_service.database import Database
    from survey_service.settings import Settings
    from tests.service.world import World

pytestmark = pytest.mark.both_databases


@pytest.fixture
def here(client: TestClient, world: World) -> str:
    sign_in(client, "manager")
    return f"/surveys/{world.survey_key}/waves/{world.wave_key}/invitations/messages"


def sheet(answer: Response) -> list[tuple[Any, ...]]:
    assert answer.status_code == 200, answer.text[:300]
    assert answer.headers["cache-control"] == "no-store"
    head, *rows = openpyxl.load_workbook(io.BytesIO(answer.content)).active.values
    assert head == HEADS
    return rows


@pytest.mark.parametrize(("characters", "paid"), [(0, 1), (70, 1), (71, 2), (134, 2), (135, 3), (201, 3), (202, 4)])
def test_messages_are_counted_as_they_are_paid_for(client: TestClient, characters: int, paid: int) -> None:
    assert client
    assert parts(characters) == paid
    assert length("中a𠀀") == 4  # a rare character is two


def test_every_letter_has_a_link_that_opens_its_case(
    client: TestClient, here: str, world: World, settings: Settings, database: Database
) -> None:
    keys = KeyRing(settings.secret_key.get_secret_value())
    with database.writing.begin() as session:  # codes of before there were short ones
        session.execute(update(AccessCode).values(short_hash=None))
        used = AccessCode.case_id == world.case_ids[2]
        session.execute(update(AccessCode).where(used).values(used_at=select(Wave.opened_at).scalar_subquery()))
    rows = sheet(post(client, here, {"text": "【示范市】请点 {链接} 作答"}))
    letters = [place for place in range(12) if place % 2 == 0 and place != 2]  # the others are asked on paper
    assert [row[0] for row in rows] == [world.case_numbers[place] for place in letters]
    for row, place in zip(rows, letters, strict=True):
        number, _, telephone, link, text, characters, paid = row
        code = with_check(keys.short_code(world.survey_id, world.case_ids[place], 1, 0))
        assert link == f"{settings.public_url}/s/{code}"
        assert telephone is None, number
        assert text == f"【示范市】请点 {link} 作答"
        assert (characters, paid) == (len(text), 1)
        led = client.get(link.removeprefix(settings.public_url))
        assert led.headers["location"] == f"/a/{world.case_codes[place]}"
    assert sheet(post(client, here, {"text": "【示范市】请点 {链接} 作答"})) == rows
    assert {row[1] for row in sheet(post(client, here, {"text": "{链接}", "area": "110101000002"}))} == {"文昌阁社区"}
    with database.reading.begin() as session:
        noted = session.scalars(select(AuditEntry.detail).where(AuditEntry.action == "links.exported")).all()
    assert [one["links"] for one in noted] == [5, 5, 3]


def test_the_page_counts_what_was_written_and_loses_nothing(
    client: TestClient, here: str, world: World, database: Database
) -> None:
    page = get(client, here)
    assert world.questionnaire.notice.body.zh in page
    assert "{链接}" in page
    own = "=HYPERLINK(1)请点 {链接} " + "一" * 80
    counted = post(client, here, {"text": own, "action": "count"})
    assert own in counted.text
    assert "按 2 条计费" in counted.text
    for wrong in ("没有网址", "{链接}{链接}", "{链接}" + "字" * 500):
        refused = post(client, here, {"text": wrong})
        assert refused.status_code == 422
        assert wrong in refused.text
    assert sheet(post(client, here, {"text": own}))[0][4].startswith("'=HYPERLINK")
    with database.writing.begin() as session:
        session.execute(update(Wave).values(modes=["paper"]))
    assert post(client, here, {"text": "{链接}"}).status_code == 409
    assert "没有链接可发" in get(client, here)
