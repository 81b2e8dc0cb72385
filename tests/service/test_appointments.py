"""Who has an appointment when, on lists and pages; and the page of one case: who goes there, since when it is late."""

from __future__ import annotations

import re
from datetime import datetime, timedelta
from uuid import UUID

import pytest
from fastapi.testclient import TestClient
from sqlalchemy import select

from analysis.outcome_codes import OutcomeMode
from survey_service.audit.chain import SERVICE, Actor
from survey_service.database import Database
from survey_service.fieldwork import appointments, assignments
from survey_service.fieldwork.visits import NewVisit, Told, note_visits
from survey_service.models import Assignment, VisitSource
from survey_service.settings import Settings
from tests.service.signed_in import csrf, get, sign_in
from tests.service.test_field_pages import plain
from tests.service.test_supervision import listed, person
from tests.service.world import NOW, World

pytestmark = pytest.mark.both_databases


@pytest.fixture
def here(client: TestClient, world: World) -> str:
    sign_in(client, "manager")
    return f"/surveys/{world.survey_key}/waves/{world.wave_key}/field"


def agreed(database: Database, world: World, times: dict[int, datetime], by: Actor) -> None:
    """The last visit of each case agreed on its time."""
    with database.writing.begin() as session:
        visits = [
            NewVisit(
                case_id=world.case_ids[place],
                code="2.25",
                mode=OutcomeMode.IN_PERSON,
                at=NOW - timedelta(days=1),
                appointment_at=at,
            )
            for place, at in times.items()
        ]
        note_visits(session, world.survey_id, visits, Told(VisitSource.DOOR, NOW - timedelta(hours=20), by))


def give(database: Database, world: World, places: range, to: Actor, at: datetime = NOW) -> None:
    with database.writing.begin() as session:
        cases = {world.case_ids[place]: _id(to) for place in places}
        assignments.assign(session, world.survey_id, world.wave_id, cases, at=at, by=SERVICE)


def _id(actor: Actor) -> UUID:
    assert actor.account_id is not None
    return actor.account_id


def test_whoever_has_an_appointment_is_told_with_its_day_and_time(
    client: TestClient, here: str, database: Database, world: World, settings: Settings
) -> None:
    local = NOW.astimezone(settings.zone)
    today, tomorrow, after = appointments.midnights(local)
    assert today <= local < tomorrow
    times = {
        0: local - timedelta(minutes=30),  # overdue by a moment, and no appointment any more
        1: tomorrow - timedelta(minutes=1),  # the last
        2: tomorrow,
        3: after,
        4: today - timedelta(minutes=1),  # yesterday: overdue, and no appointment any more
        5: after + timedelta(days=9),
    }
    agreed(database, world, times, person(database, "interviewer"))
    agreed(database, world, {6: local - timedelta(minutes=29)}, person(database, "interviewer"))
    give(database, world, range(1, 2), person(database, "interviewer"))
    numbers = world.case_numbers
    assert listed(client, here, "quiet=today") == [numbers[6], numbers[1]]
    assert listed(client, here, "quiet=late") == [numbers[4], numbers[0]]
    assert listed(client, here, "quiet=tomorrow") == [numbers[2]]
    assert listed(client, here, "quiet=later") == [numbers[3], numbers[5]]
    page = plain(get(client, f"{here}/cases?quiet=today"))
    assert "约在今天 2 户，早的在前" in page
    wave = here.removesuffix("/field")
    name = person(database, "interviewer").name
    for address in ("/surveys", wave, f"{here}/supervision"):
        told = plain(get(client, address))
        assert f"今天约了 2 户 没有分给人的 1 {name} 1 明天 1 户 以后 2 户" in told
        assert f"最近的约在 {local.month}月{local.day}日 23:59" in told
    assert "Appointments today: 2 households" in plain(get(client, f"{wave}?lang=en"))
    client.cookies.delete("language")
    # The list as a whole says of each what was agreed on, beside its outcome.
    every = plain(get(client, f"{here}/cases?lang=zh"))
    assert len(re.findall(r"约好 \d+月\d+日 \d\d:\d\d 再来", every)) == 7


def test_a_case_says_who_goes_how_late_it_is_and_is_given_to_somebody_else_there(
    client: TestClient, here: str, database: Database, world: World
) -> None:
    first, second = person(database, "interviewer"), person(database, "keyer")
    give(database, world, range(2), first)
    agreed(database, world, {0: NOW - timedelta(days=2)}, second)
    address = f"{here}/cases/{world.case_ids[0]}"
    page = get(client, address)
    told = plain(page)
    assert f"{first.name} 晚了 2 天" in told
    assert f"这个时间是{second.name}约的" in told
    other = get(client, f"{here}/cases/{world.case_ids[1]}")
    assert "约的，不是现在去的人" not in plain(other)
    assert "晚了" not in plain(other)
    sent = {"case": str(world.case_ids[0]), "from": "case", "who": "nobody", "csrf": csrf(page)}
    answer = client.post(f"{here}/assignments", data=sent, follow_redirects=False)
    assert answer.headers["location"] == address
    with database.reading.begin() as session:
        assert session.scalars(select(Assignment.case_id)).all() == [world.case_ids[1]]
    assert "还没有分给人" in plain(get(client, address))
    refused = client.post(f"{here}/assignments", data={**sent, "who": "somebody"}, follow_redirects=False)
    assert refused.status_code == 422
    assert "现在的结果" in refused.text  # the page of the case, and not the list


def test_a_list_of_one_interviewer_bears_their_name(
    client: TestClient, here: str, database: Database, world: World
) -> None:
    interviewer = person(database, "interviewer")
    give(database, world, range(2), interviewer)
    page = get(client, f"{here}/cases?who={interviewer.account_id}")
    assert f"<h1>{interviewer.name}的样本户</h1>" in page
    assert f"<title>{interviewer.name}的样本户" in page
