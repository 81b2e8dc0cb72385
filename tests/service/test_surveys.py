"""The life of a wave, over HTTP, on both databases."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date, timedelta

import pytest
from fastapi.testclient import TestClient
from sqlalchemy import event, select
from sqlalchemy.orm import Session

from questionnaires.answers import Policy, check_answers
from survey_service import audit
from survey_service.captures.first import record
from survey_service.captures.incoming import IncomingCapture
from survey_service.database import Database
from survey_service.errors import BadInput, Conflict, NotReady
from survey_service.models import (
    AuditEntry,
    Case,
    Disposition,
    Mode,
    QuestionnaireVersion,
    ResponseState,
    Source,
    Wave,
    WaveState,
)
from survey_service.secrets import KeyRing
from survey_service.surveys import definitions, drafts, figures, service
from tests.service.outcomes import told_outcomes
from tests.service.signed_in import HTML, get, post, sign_in
from tests.service.world import NOW, QUESTIONNAIRE, World

SERVICE = audit.chain.SERVICE
HERE = "/surveys/satisfaction/waves/2026Q3"
KEYS = KeyRing("k" * 40)


def answer(session: Session, world: World, case_id: object, number: int) -> None:
    """One complete paper answer of a case."""
    case = session.get_one(Case, (world.survey_id, case_id))
    record(
        session,
        IncomingCapture(
            survey_id=world.survey_id,
            wave_id=world.wave_id,
            area_id=case.area_id,
            case_id=case.id,
            mode=Mode.PAPER,
            source=Source.FIRST_KEYING,
            client_id=f"client {number}",
            questionnaire_version_id=world.version_id,
            checked=check_answers(QUESTIONNAIRE, {"know": "1", "overall": "1"}, Policy.PAPER),
            state=ResponseState.COMPLETE,
            at=NOW,
            by=SERVICE,
        ),
        keys=KEYS,
    )


@pytest.mark.both_databases
def test_a_definition_is_stored_once_and_read_back_equal(database: Database, world: World) -> None:
    with database.writing.begin() as session:
        again = definitions.store(session, world.survey_id, QUESTIONNAIRE, at=NOW, by=SERVICE)
        assert again.id == world.version_id
        definitions.forget()
        assert definitions.frozen(session, world.survey_id, world.version_id) == QUESTIONNAIRE
        assert session.query(QuestionnaireVersion).count() == 1


def test_a_damaged_definition_is_refused(database: Database, world: World) -> None:
    with database.writing.begin() as session:
        version = session.get_one(QuestionnaireVersion, (world.survey_id, world.version_id))
        version.definition = version.definition.replace("知道", "不知")
    definitions.forget()
    with database.reading.begin() as session, pytest.raises(definitions.DamagedDefinition):
        definitions.frozen(session, world.survey_id, world.version_id)
    definitions.forget()


def test_the_whole_life_is_walked_and_audited(database: Database, world: World) -> None:
    steps = [
        (service.close_wave, {}, WaveState.CLOSED),
        (service.step_back, {"reason": "还有纸质没录完"}, WaveState.OPEN),
        (service.close_wave, {}, WaveState.CLOSED),
        (service.begin_review, {}, WaveState.UNDER_REVIEW),
        (figures.open_figures, {}, WaveState.UNDER_REVIEW),
        (service.mark_released, {}, WaveState.RELEASED),
    ]
    for step, further, expected in steps:
        with database.writing.begin() as session:
            wave = step(session, world.survey_id, world.wave_id, at=NOW, by=SERVICE, **further)
            assert wave.state is expected
    with database.reading.begin() as session:
        entries = session.scalars(
            select(AuditEntry)
            .where(AuditEntry.chain == str(world.survey_id), AuditEntry.action.like("wave.%"))
            .order_by(AuditEntry.sequence)
        ).all()
        assert [entry.action.removeprefix("wave.") for entry in entries] == [
            "created",
            "open",
            "closed",
            "open",
            "closed",
            "under_review",
            "figures_opened",
            "released",
        ]
        assert entries[3].reason == "还有纸质没录完"
        assert audit.verify(session, str(world.survey_id)) > 0


ALLOWED = {
    WaveState.DRAFT: {"open"},
    WaveState.OPEN: {"close", "back"},
    WaveState.CLOSED: {"review", "back"},
    WaveState.UNDER_REVIEW: {"figures", "back"},  # released once the figures are open
    WaveState.RELEASED: set(),
}


@pytest.mark.parametrize("state", list(WaveState))
def test_every_other_step_is_refused(database: Database, world: World, state: WaveState) -> None:
    with database.writing.begin() as session:
        session.get_one(Wave, (world.survey_id, world.wave_id)).state = state
    steps = {
        "open": (service.open_wave, {"on": date(2026, 9, 18)}),
        "close": (service.close_wave, {}),
        "review": (service.begin_review, {}),
        "figures": (figures.open_figures, {}),
        "release": (service.mark_released, {}),
        "back": (service.step_back, {"reason": "再核对一遍"}),
    }
    for name, (step, further) in steps.items():
        with database.writing.begin() as session:
            if name in ALLOWED[state]:
                step(session, world.survey_id, world.wave_id, at=NOW, by=SERVICE, **further)
                session.rollback()
            else:
                with pytest.raises(Conflict):
                    step(session, world.survey_id, world.wave_id, at=NOW, by=SERVICE, **further)


def test_a_step_back_needs_a_reason_and_an_answered_wave_is_never_a_draft_again(
    database: Database, world: World
) -> None:
    with database.writing.begin() as session:
        for empty in (" 。 ", "\u200b\u202e\u2060\ufeff\u3164"):
            with pytest.raises(BadInput):
                service.step_back(session, world.survey_id, world.wave_id, reason=empty, at=NOW, by=SERVICE)
        answer(session, world, world.case_ids[0], 1)
        with pytest.raises(Conflict):
            service.step_back(session, world.survey_id, world.wave_id, reason="题目写错了", at=NOW, by=SERVICE)


def test_a_wave_cannot_open_after_its_approval_has_expired(database: Database, world: World) -> None:
    with database.writing.begin() as session:
        service.step_back(session, world.survey_id, world.wave_id, reason="试一试退回", at=NOW, by=SERVICE)
        days = {"closes_on": date(2027, 12, 31)}
        drafts.change_wave(session, world.survey_id, world.wave_id, days, keys=KEYS, at=NOW, by=SERVICE)
        with pytest.raises(NotReady) as refused:
            service.open_wave(session, world.survey_id, world.wave_id, on=date(2027, 7, 1), at=NOW, by=SERVICE)
        assert "有效期至" in refused.value.zh
        assert "Valid until" in refused.value.en
        # On the last day itself it may.
        service.open_wave(session, world.survey_id, world.wave_id, on=date(2027, 6, 30), at=NOW, by=SERVICE)


@contextmanager
def counted_statements(database: Database) -> Iterator[list[str]]:
    seen: list[str] = []

    def note(_connection: object, _cursor: object, statement: str, *_: object) -> None:
        seen.append(statement)

    event.listen(database.reading_engine, "before_cursor_execute", note)
    yield seen
    event.remove(database.reading_engine, "before_cursor_execute", note)


def test_progress_by_hand_with_a_fixed_number_of_statements(database: Database, world: World) -> None:
    #  community 1: six cases, two complete, one refused; community 2: six cases, none known. No case is known to be
    #  ineligible, so every unknown one counts as eligible: RR3 = 2/6; nothing is recorded of the second; 2/12.
    with database.writing.begin() as session:
        answer(session, world, world.case_ids[0], 1)
        answer(session, world, world.case_ids[1], 2)
        told_outcomes(session, world.survey_id, {world.case_ids[2]: Disposition.REFUSAL}, at=NOW, by=SERVICE)
    from survey_service.accounts.queries import below

    with database.reading.begin() as session, counted_statements(database) as statements:
        from survey_service.models import Survey

        wave = session.get_one(Wave, (world.survey_id, world.wave_id))
        survey = session.get_one(Survey, world.survey_id)
        progress = service.progress(session, survey, wave, below([world.city_id]))
    assert [(line.name.zh, line.completed, line.sampled) for line in progress.communities] == [
        ("文昌阁社区", 0, 6),
        ("万寿桥社区", 2, 6),
    ]
    assert progress.communities[1].response_rate == pytest.approx(2 / 6)
    assert progress.communities[0].response_rate is None
    assert progress.response_rate == pytest.approx(2 / 12)
    assert progress.by_mode == {"paper": 2}
    assert len([one for one in statements if one.startswith(("SELECT", "WITH"))]) <= 6


def test_the_manager_closes_and_the_statistician_reviews(client: TestClient, world: World) -> None:
    sign_in(client, "manager")
    page = get(client, HERE)
    assert "2026年第三季度" in page
    assert f"{HERE}/steps/close" in page
    assert "正在填的人会被告知已截止" in get(client, f"{HERE}/steps/close")
    assert post(client, f"{HERE}/steps/close").headers["location"] == HERE
    assert post(client, f"{HERE}/steps/close").status_code == 409
    assert post(client, f"{HERE}/steps/review").status_code == 403
    sign_in(client, "statistician")
    assert post(client, f"{HERE}/steps/review").status_code == 303
    assert post(client, f"{HERE}/steps/back", {"reason": ""}).status_code == 422
    assert post(client, f"{HERE}/steps/back", {"reason": "权数要重新看"}).status_code == 303
    assert "已截止" in get(client, HERE)


def test_opening_by_button_gives_every_community_its_code(client: TestClient, world: World) -> None:
    sign_in(client, "manager")
    assert post(client, f"{HERE}/steps/back", {"reason": "还没有通知社区"}).status_code == 303
    assert f"{HERE}/steps/open" in get(client, HERE)
    assert post(client, f"{HERE}/steps/open").status_code == 303
    sheet = get(client, f"{HERE}/codes")
    for code in world.open_codes:
        assert f"http://testserver/a/{code}" in sheet
    picture = client.get(f"{HERE}/codes/110101000001.svg")
    assert picture.headers["content-type"] == "image/svg+xml"
    assert b"style" not in picture.content


def test_an_expired_draft_shows_what_blocks_it_and_offers_no_button(
    client: TestClient, world: World, clock: object
) -> None:
    sign_in(client, "manager")
    post(client, f"{HERE}/steps/back", {"reason": "还没有通知社区"})
    clock.at = NOW + timedelta(days=400)  # type: ignore[attr-defined]
    sign_in(client, "manager")
    page = get(client, HERE)
    assert "还不能开始，先办好 2 件事" in page
    assert "“有效期至”已过" in page
    assert "最后一天已经过了" in page
    assert f"{HERE}/steps/open" not in page
    assert post(client, f"{HERE}/steps/open").status_code == 409


def test_the_list_and_its_empty_state(client: TestClient, world: World, database: Database) -> None:
    sign_in(client, "manager")
    assert f'href="{HERE}"' in get(client, "/surveys")
    assert "Third quarter 2026" in get(client, "/surveys?lang=en")
    sign_in(client, "leader")
    assert client.get("/surveys", headers=HTML).headers["location"] == "/results"
    assert "还没有发布的结果" in get(client, "/results")
    assert get(client, HERE, status=404)
