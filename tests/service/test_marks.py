"""Marks on answers from phones: what gets one, that nothing is dropped for it, and where the statistician sees them."""

from __future__ import annotations

import random
import re
from datetime import timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from fastapi.testclient import TestClient
from sqlalchemy import select

from questionnaires.answers import Policy, check_answers
from questionnaires.loader import available, load
from survey_service.analyses import phone_checks
from survey_service.analyses.wave_columns import columns_of_wave
from survey_service.captures.first import record
from survey_service.captures.incoming import IncomingCapture
from survey_service.collection import quality_mark_counts
from survey_service.collection.quality_marks import marks_of
from survey_service.database import Database
from survey_service.models import Capture, Response, ResponseState
from survey_service.secrets import KeyRing
from survey_service.settings import Settings
from tests.service.conftest import TestClock
from tests.service.resident import filled, read_page
from tests.service.signed_in import get, sign_in
from tests.service.test_collection_service import incoming
from tests.service.world import NOW, World

CITY = load(available()["civilized_city"])
ROWS = [variable for question in CITY.questions() for variable in question.variables() if question.items]


@pytest.mark.parametrize(
    ("answers", "seconds", "marks"),
    [
        ({"q1": "1", "q3": "1", "q5": "1"}, 3, {}),
        ({"q1": "1", "q3": "1", "q5": "1"}, 2, {"fast": True}),
        ({"q1": "1", "q3": "1", "q5": "1"}, None, {}),  # no script, no clock
        (dict.fromkeys(ROWS[:8], "1"), 60, {"straight": True}),
        (dict.fromkeys(ROWS[:7], "1"), 60, {}),
        ({**dict.fromkeys(ROWS, "1"), ROWS[-1]: "2"}, 60, {}),
        (dict.fromkeys(ROWS, "1"), 1, {"fast": True, "straight": True}),
    ],
)
def test_what_is_marked(answers: dict[str, str], seconds: int | None, marks: dict[str, bool]) -> None:
    checked = check_answers(CITY, answers, Policy.WEB)
    assert len(checked.canonical) == len(answers)
    assert marks_of(CITY, checked, seconds) == marks


def test_an_answer_that_came_too_fast_is_stored_like_any_other(client: Any, world: World, database: Database) -> None:
    form = read_page(client.get(f"/a/{world.open_codes[0]}").text)
    data = {**filled(form, {"know": "2", "overall": "1"}, "submit"), "client_id": "a" * 32, "_seconds": "1"}
    assert client.post(f"/a/{world.open_codes[0]}", data=data).status_code == 200
    with database.reading.begin() as session:
        response, capture = session.execute(
            select(Response, Capture).join(Capture, Capture.id == Response.current_capture_id)
        ).one()
        assert (response.state, capture.paradata["fast"]) == (ResponseState.COMPLETE, True)
        assert "straight" not in capture.paradata


@pytest.mark.both_databases
def test_the_statistician_sees_how_many(database: Database, world: World, settings: Settings) -> None:
    keys = KeyRing(settings.secret_key.get_secret_value())

    def answer(number: int, age: int, **changes: Any) -> IncomingCapture:
        given = {"know": "2", "overall": "1", "age": str(age)}
        return incoming(world, f"{number:032d}", answers=given, **changes)

    many = quality_mark_counts.BURST + 1
    with database.writing.begin() as session:
        assert phone_checks.checks(session, world.survey_id, world.wave_id) == []
        for number in range(many):  # all within one minute, all different
            record(session, answer(number, 20 + number), keys=keys, zone=ZoneInfo("Asia/Shanghai"))
        later = NOW + timedelta(hours=1)
        for number in range(2):  # two alike, an hour later, one of them in a rush
            paradata = {"fast": True} if number else {}
            record(session, answer(900 + number, 99, at=later, paradata=paradata), keys=keys)
        record(session, answer(950, 99, at=later, case=0, paradata={"straight": True}), keys=keys)  # by a letter
        marks = quality_mark_counts.by_community(session, world.survey_id, world.wave_id)
        lines = phone_checks.checks(session, world.survey_id, world.wave_id)
        rows = columns_of_wave(session, world.survey_id, world.wave_id)
    here = quality_mark_counts.PhoneMarks(
        answers=many + 3,
        fast=1,
        straight=1,
        open_answers=many + 2,
        alike=2,
        in_bursts=many,
        invited_alike=0,
        invited_in_bursts=0,
    )
    # Published beside the count of open answers, which does not tell a heap from people who came by themselves.
    assert (rows.open_responses, rows.open_in_bursts) == ({"110101000001": many + 2}, {"110101000001": many})
    # Of the one household that answered, and of the others by what they said: nobody knew.
    assert rows.columns.marked is not None
    assert rows.columns.marked.tolist() == [True]
    assert rows.open_sums["awareness"] == (0.0, many + 2, many + 2)
    assert (marks, quality_mark_counts.total(marks.values())) == ({world.community_ids[0]: here}, here)
    assert [(one.fine, one.value) for one in lines] == [
        (True, f"1 / {many + 3}"),
        (True, f"1 / {many + 3}"),
        (True, "0 / 1"),
        (True, "0 / 1"),
        (True, f"2 / {many + 2}"),
        (False, f"{many} / {many + 2}"),
    ]


# Three ways to fill in for a whole community by a program.
def _stuffed(style: str, number: int, chance: random.Random) -> tuple[dict[str, Any], int | None]:
    age = {"age": str(chance.randint(18, 80))}
    if style == "copied":
        return {"know": "1", "overall": "1", "aspects.parking": "1", "age": "45"}, 60
    if style == "rushed":
        return {"know": chance.choice("12"), "overall": "1", **age}, 1
    return {"know": chance.choices("12", [9, 1])[0], "overall": chance.choices("12", [9, 1])[0], **age}, 90 + number


def test_a_stuffed_ballot_is_stored_whole_marked_where_it_shows_and_seen_by_the_manager(
    client: TestClient, world: World, database: Database, clock: TestClock
) -> None:
    chance = random.Random(20260918)
    counted: dict[str, int] = {}
    place = 0
    for style, community in (("copied", 0), ("rushed", 0), ("careful", 1)):
        for number in range(8 if style != "careful" else quality_mark_counts.BURST + 1):
            answers, seconds = _stuffed(style, number, chance)
            clock.at += timedelta(seconds=0 if style == "careful" else 61)
            data = {**answers, "client_id": f"{place:032x}", "_seconds": "" if seconds is None else str(seconds)}
            place += 1
            reply = client.post(f"/a/{world.open_codes[community]}", data=data)
            counted[style] = counted.get(style, 0) + (reply.status_code == 200)
    assert counted == {"copied": 8, "rushed": 8, "careful": quality_mark_counts.BURST + 1}  # nothing is dropped
    for number, code in enumerate(world.case_codes[:6]):  # all letters of the first community, by one hand
        answers, _ = _stuffed("copied" if number < 2 else "careful", number, chance)
        assert client.post(f"/a/{code}", data={**answers, "client_id": f"{900 + number:032x}"}).status_code == 200
    sign_in(client, "manager")
    page = get(client, "/surveys/satisfaction/waves/2026Q3/marks")
    rows = [
        [re.sub(r"<[^>]+>|\s", "", cell) for cell in re.findall(r"<t[hd] role=.*?</t[hd]>", row, re.DOTALL)]
        for row in re.findall(r"<tr role=.*?</tr>", page, re.DOTALL)
    ][1:]
    by_name = {cells[0]: [int(re.sub(r"\D", "", cell) or 0) for cell in cells[1:]] for cells in rows}
    first, second, every = list(by_name.values())
    # Phones, fast, straight; by letter, alike, bursts; by poster, alike, bursts. What counts comes first;
    # the careful one shows by its burst alone.
    assert first[:6] == [22, 8, 0, 6, 2, 6]
    assert (first[6], first[7] >= 8, first[8]) == (16, True, 0)
    assert second[:4] + second[6:7] + second[8:] == [31, 0, 0, 0, 31, 31]
    assert every == [a + b for a, b in zip(first, second, strict=True)]
    assert "/marks" in get(client, "/surveys/satisfaction/waves/2026Q3")
