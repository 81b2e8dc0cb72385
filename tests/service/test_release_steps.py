"""Prepared, reviewed, signed: by accounts, in turn, by as many people as the installation asks for."""

from __future__ import annotations

from dataclasses import replace

import pytest
from fastapi.testclient import TestClient
from pypdf import PdfReader
from sqlalchemy import select, text
from sqlalchemy.exc import DBAPIError

from survey_service.audit import Actor
from survey_service.audit.chain import SERVICE
from survey_service.database import Database
from survey_service.errors import Conflict
from survey_service.models import Account, Disposition, Release, ReleaseStep, ReleaseStepKind, Wave
from survey_service.releases import review, service, steps
from survey_service.releases.errors import OutOfTurn, PlanChanged, RowsChanged, TooFewPeople
from survey_service.services import Services
from survey_service.surveys.figures import FiguresClosed
from tests.service.outcomes import told_outcomes
from tests.service.signed_in import csrf, get, post, sign_in
from tests.service.test_releases import reviewed, seen_on, services, wave_address
from tests.service.world import NOW, World

__all__ = ["reviewed", "services"]

PREPARED, REVIEWED, SIGNED = steps.ORDER


def people(database: Database) -> dict[str, Actor]:
    with database.reading.begin() as session:
        return {one.user: Actor(one.id, one.name) for one in session.scalars(select(Account))}


def seen(database: Database, world: World) -> steps.Seen:
    with database.reading.begin() as session:
        return service.prepare(session, world.survey_id, world.wave_id).seen


def take(
    database: Database, world: World, kind: ReleaseStepKind, what: steps.Seen, by: Actor, differ: int = 2
) -> steps.Standing:
    with database.writing.begin() as session:
        return steps.take(session, kind, (world.survey_id, world.wave_id), what, differ=differ, at=NOW, by=by)


@pytest.mark.both_databases
def test_each_step_is_kept_with_who_and_for_what(database: Database, reviewed: World, services: Services) -> None:
    by, what = people(database), seen(database, reviewed)
    take(database, reviewed, PREPARED, what, by["statistician"])
    take(database, reviewed, REVIEWED, what, by["manager"])
    review.sign(services, reviewed.survey_id, reviewed.wave_id, what, NOW, by["leader"])
    with database.reading.begin() as session:
        kept = session.scalars(select(ReleaseStep)).all()
        assert {(one.step, one.account_id, one.name) for one in kept} == {
            (kind, by[user].account_id, by[user].name)
            for kind, user in zip(steps.ORDER, ("statistician", "manager", "leader"), strict=True)
        }
        assert {(one.rows_key, one.plan_sha256, one.edition) for one in kept} == {(what.rows_key, what.plan_sha256, 1)}
        made = session.scalars(select(Release)).one()
        assert (made.prepared_by, made.reviewed_by, made.signed_by) == ("测试statistician", "测试manager", "测试leader")

    def change() -> None:
        with database.writing.begin() as session:
            session.execute(text("UPDATE release_step SET name = 'x'"))

    with pytest.raises(DBAPIError, match="append-only"):
        change()


@pytest.mark.parametrize(("differ", "fits"), [(1, 3), (2, 2), (3, 1)])
def test_how_many_must_differ_is_a_setting(database: Database, reviewed: World, differ: int, fits: int) -> None:
    """The same person takes as many steps as leave enough for others."""
    one, what = people(database)["manager"], seen(database, reviewed)
    for kind in steps.ORDER[:fits]:
        take(database, reviewed, kind, what, one, differ)
    if fits < len(steps.ORDER):
        with pytest.raises(TooFewPeople):
            take(database, reviewed, steps.ORDER[fits], what, one, differ)


def test_steps_are_taken_in_turn_and_once(database: Database, reviewed: World) -> None:
    by, what = people(database), seen(database, reviewed)
    for kind in (REVIEWED, SIGNED):
        with pytest.raises(OutOfTurn):
            take(database, reviewed, kind, what, by["manager"])
    take(database, reviewed, PREPARED, what, by["statistician"])
    with pytest.raises(OutOfTurn):
        take(database, reviewed, PREPARED, what, by["statistician"])


@pytest.mark.both_databases
def test_a_step_lapses_where_a_row_moves_and_is_taken_once_more(database: Database, reviewed: World) -> None:
    by, before = people(database), seen(database, reviewed)
    take(database, reviewed, PREPARED, before, by["statistician"])
    take(database, reviewed, REVIEWED, before, by["manager"])
    with database.writing.begin() as session:
        outcomes = {reviewed.case_ids[0]: Disposition.OTHER}
        told_outcomes(session, reviewed.survey_id, outcomes, at=NOW, by=SERVICE)
    with pytest.raises(RowsChanged):
        take(database, reviewed, SIGNED, before, by["leader"])
    now = replace(before, rows_key=seen(database, reviewed).rows_key)
    with pytest.raises(OutOfTurn):
        take(database, reviewed, SIGNED, now, by["leader"])
    with database.reading.begin() as session:
        found = steps.standing(session, reviewed.survey_id, reviewed.wave_id, now)
    assert {kind: one.why for kind, one in found.lapsed.items()} == {
        PREPARED: steps.Why.ROWS,
        REVIEWED: steps.Why.ROWS,
    }
    again = take(database, reviewed, PREPARED, now, by["statistician"])
    assert (again.next, set(again.lapsed)) == (REVIEWED, {REVIEWED})


def test_a_step_lapses_where_the_plan_is_another(database: Database, reviewed: World) -> None:
    by, before = people(database), seen(database, reviewed)
    take(database, reviewed, PREPARED, before, by["statistician"])
    with pytest.raises(PlanChanged):
        take(database, reviewed, REVIEWED, replace(before, plan_sha256="0" * 64), by["manager"])


def test_a_signature_for_another_plan_than_is_computed_by_is_refused(
    database: Database, reviewed: World, services: Services
) -> None:
    """The plan's hash comes from the page; what is signed is what is computed."""
    by = people(database)
    forged = replace(seen(database, reviewed), plan_sha256="f" * 64)
    take(database, reviewed, PREPARED, forged, by["statistician"])
    take(database, reviewed, REVIEWED, forged, by["manager"])
    with pytest.raises(PlanChanged):
        review.sign(services, reviewed.survey_id, reviewed.wave_id, forged, NOW, by["leader"])
    with database.reading.begin() as session:
        assert session.scalars(select(Release)).all() == []


def test_nothing_is_taken_before_the_figures_are_open_or_after_the_release(
    database: Database, reviewed: World, services: Services
) -> None:
    by, what = people(database), seen(database, reviewed)
    with database.writing.begin() as session:
        wave = session.get_one(Wave, (reviewed.survey_id, reviewed.wave_id))
        opened, wave.figures_opened_at = wave.figures_opened_at, None
    with pytest.raises(FiguresClosed):
        take(database, reviewed, PREPARED, what, by["statistician"])
    with database.writing.begin() as session:
        session.get_one(Wave, (reviewed.survey_id, reviewed.wave_id)).figures_opened_at = opened
    take(database, reviewed, PREPARED, what, by["statistician"])
    take(database, reviewed, REVIEWED, what, by["manager"])
    review.sign(services, reviewed.survey_id, reviewed.wave_id, what, NOW, by["leader"])
    with pytest.raises(Conflict):
        take(database, reviewed, PREPARED, what, by["statistician"])


def test_the_pages_say_who_is_next_and_what_is_missing(client: TestClient, database: Database, reviewed: World) -> None:
    here = wave_address(reviewed)
    sign_in(client, "statistician")
    page = get(client, f"{here}/estimates")
    assert "现在由您来做" in page
    assert "等项目管理员" not in page
    post(client, f"{here}/release/prepared", seen_on(page), token=csrf(page))
    sign_in(client, "leader")
    page = get(client, f"{here}/release")
    assert "测试statistician" in page
    assert "等统计员或项目管理员来做" in page
    assert 'name="rows"' not in page, "nothing to press"
    sign_in(client, "manager")
    page = get(client, f"{here}/release")
    post(client, f"{here}/release/reviewed", seen_on(page), token=csrf(page))
    with database.writing.begin() as session:
        outcomes = {reviewed.case_ids[0]: Disposition.OTHER}
        told_outcomes(session, reviewed.survey_id, outcomes, at=NOW, by=SERVICE)
    told = get(client, f"{here}/release")
    assert "答卷有了变动，要重新做" in told
    assert "has to be done again" in get(client, f"{here}/release?lang=en")


def test_the_proof_is_what_would_be_printed_and_bears_no_number(client: TestClient, reviewed: World) -> None:
    from io import BytesIO

    sign_in(client, "leader")
    answer = client.get(f"{wave_address(reviewed)}/release/proof.zh.pdf")
    assert (answer.status_code, answer.headers["content-type"]) == (200, "application/pdf")
    words = "".join(page.extract_text() for page in PdfReader(BytesIO(answer.content)).pages)
    assert "送审稿" in words
    assert "SATISFACTION-2026Q3-01" not in words
    assert "示范市" in words
    assert client.get(f"{wave_address(reviewed)}/release/proof.fr.pdf").status_code == 404
