"""A clock that is put back a day (a wrong time server, a flat battery) keeps nobody out for a day."""

from __future__ import annotations

from datetime import timedelta

from fastapi.testclient import TestClient
from pyotp import TOTP

from survey_service import jobs
from survey_service.app import create_app
from survey_service.database import Database
from survey_service.models import Job, JobState
from survey_service.settings import Settings
from tests.security.test_second_factor import by_code, by_password, enrol
from tests.service.conftest import TestClock
from tests.service.signed_in import HTML, sign_in
from tests.service.world import NOW, PASSWORD, World

DAY = timedelta(days=1)


def test_a_time_limit_farther_ahead_than_any_is_set_binds_nobody() -> None:
    from survey_service.clock import binds

    longest = timedelta(minutes=1)
    for ahead, still in ((-1, False), (0, False), (1, True), (60, True), (61, False), (86_400, False)):
        assert binds(NOW + timedelta(seconds=ahead), NOW, longest) is still, ahead


def test_the_right_password_opens_after_wrong_ones_of_tomorrow(client: TestClient, clock: TestClock) -> None:
    sent = {"user": "keyer", "password": "guess"}
    while client.post("/sign-in", data=sent).status_code == 401:
        pass
    assert client.post("/sign-in", data={**sent, "password": PASSWORD}).status_code == 429  # the clock is right
    clock.at -= DAY
    assert client.post("/sign-in", data={**sent, "password": PASSWORD}).status_code == 303
    # And guessing is slowed as before.
    client.cookies.clear()
    for _ in range(6):
        last = client.post("/sign-in", data={**sent, "user": "leader"}).status_code
    assert last == 429


def test_machines_whose_clocks_differ_by_seconds_slow_guessing_together(client: TestClient, clock: TestClock) -> None:
    sent = {"user": "keyer", "password": "guess"}
    while client.post("/sign-in", data=sent).status_code == 401:
        pass
    clock.at -= timedelta(seconds=20)  # the other machine
    assert client.post("/sign-in", data=sent).status_code == 429


def test_a_code_of_the_second_factor_opens_after_one_of_tomorrow(client: TestClient, clock: TestClock) -> None:
    secret, _ = enrol(client, clock)
    assert by_code(client, by_password(client), TOTP(secret).at(clock.at)) == 303
    clock.at -= DAY
    code = TOTP(secret).at(clock.at)
    assert by_code(client, by_password(client), code) == 303
    assert by_code(client, by_password(client), code) == 401  # once


def test_a_sign_in_still_ends_when_nobody_uses_it(client: TestClient, clock: TestClock) -> None:
    sign_in(client, "manager")
    clock.at -= DAY
    assert client.get("/surveys", headers=HTML).status_code == 200
    client.app.state.services.writer.submit(lambda session: None).result(120)  # type: ignore[attr-defined]
    clock.at += timedelta(minutes=61)
    assert client.get("/surveys").status_code == 401


def test_a_job_that_a_dead_worker_left_is_taken_up(
    settings: Settings, world: World, database: Database, clock: TestClock
) -> None:
    with TestClient(create_app(settings, clock=clock)) as client:
        services = client.app.state.services  # type: ignore[attr-defined]
        with database.writing.begin() as session:  # as a worker that was killed held it
            held = Job(survey_id=world.survey_id, kind="import", arguments={}, created_at=clock.at)
            held.state, held.lease_until = JobState.RUNNING, clock.at + jobs.LEASE
            session.add(held)
            session.flush()
            job = held.id
        assert (world.survey_id, job) not in jobs.waiting(services)  # somebody is at work
        clock.at -= DAY
        assert (world.survey_id, job) in jobs.waiting(services)
