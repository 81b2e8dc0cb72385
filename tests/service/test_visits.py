"""Visits and what they make of a case: noted once, taken back, settled with answers and erasures."""

from __future__ import annotations

from datetime import timedelta
from uuid import UUID

import pytest
from sqlalchemy import func, select

from analysis.outcome_codes import OutcomeMode
from survey_service import audit
from survey_service.audit.chain import SERVICE
from survey_service.captures.erasure import erase_response
from survey_service.database import Database
from survey_service.fieldwork.visits import NewVisit, Told, VisitGone, note_visits, take_back
from survey_service.models import AuditEntry, Case, Disposition, Mode, Response, Visit, VisitSource
from survey_service.models.tombstone import Ground
from survey_service.secrets import KeyRing
from survey_service.settings import Settings
from tests.service.test_estimates import answer
from tests.service.world import NOW, World

TOLD = Told(VisitSource.OFFICE, NOW, SERVICE)
pytestmark = pytest.mark.both_databases


@pytest.fixture
def keys(settings: Settings) -> KeyRing:
    return KeyRing(settings.secret_key.get_secret_value())


def knock(world: World, case: int, *codes: str, day: int = 0) -> list[NewVisit]:
    return [
        NewVisit(
            case_id=world.case_ids[case], code=code, mode=OutcomeMode.IN_PERSON, at=NOW + timedelta(days=day + place)
        )
        for place, code in enumerate(codes)
    ]


def note(database: Database, world: World, visits: list[NewVisit]) -> int:
    with database.writing.begin() as session:
        return note_visits(session, world.survey_id, visits, TOLD)


def seen(database: Database, world: World, case: int) -> tuple[str | None, Disposition]:
    with database.reading.begin() as session:
        found = session.get_one(Case, (world.survey_id, world.case_ids[case]))
        return found.outcome_code, found.disposition


def test_a_visit_sent_twice_is_one(database: Database, world: World) -> None:
    visits = knock(world, 0, "2.24", "2.111")
    assert (note(database, world, visits), note(database, world, visits)) == (2, 0)
    with database.reading.begin() as session:
        assert session.scalar(select(func.count()).select_from(Visit)) == 2
        assert session.get_one(Case, (world.survey_id, world.case_ids[0])).last_visit_at == visits[1].at
    assert seen(database, world, 0) == ("2.111", Disposition.REFUSAL)


def test_what_was_seen_last_is_by_the_time_of_the_visit_not_of_the_telling(database: Database, world: World) -> None:
    note(database, world, knock(world, 0, "2.24", day=3))
    note(database, world, knock(world, 0, "4.60", day=1))
    assert seen(database, world, 0) == ("2.24", Disposition.NONCONTACT)


def test_nobody_at_home_is_a_household_only_where_an_adult_is_known(database: Database, world: World) -> None:
    with database.writing.begin() as session:
        case = session.get_one(Case, (world.survey_id, world.case_ids[1]))
        case.stages = case.stages[:1]  # the list says nothing of adults
    note(database, world, [*knock(world, 0, "2.24"), *knock(world, 1, "2.24")])
    assert seen(database, world, 0) == ("2.24", Disposition.NONCONTACT)
    assert seen(database, world, 1) == ("3.20", Disposition.UNKNOWN)


def test_a_visit_taken_back_counts_no_more_and_only_once(database: Database, world: World) -> None:
    refusal, away = knock(world, 0, "2.11", "2.24")
    note(database, world, [refusal, away])
    with database.writing.begin() as session:
        take_back(session, world.survey_id, refusal.id, at=NOW, by=SERVICE)
    assert seen(database, world, 0) == ("2.24", Disposition.NONCONTACT)
    with pytest.raises(VisitGone), database.writing.begin() as session:
        take_back(session, world.survey_id, refusal.id, at=NOW, by=SERVICE)
    with database.writing.begin() as session:
        take_back(session, world.survey_id, away.id, at=NOW, by=SERVICE)
    # A letter with a code was made for it, and nothing came of that: no visit is left.
    assert seen(database, world, 0) == ("3.19", Disposition.UNKNOWN)


def test_an_answer_decides_whatever_visits_say_before_and_after(
    database: Database, world: World, keys: KeyRing
) -> None:
    note(database, world, knock(world, 1, "2.11"))
    with database.writing.begin() as session:
        answer(session, world, keys, case=1, mode=Mode.PAPER, answers={"know": "1", "overall": "1"})
    assert seen(database, world, 1) == ("1.1", Disposition.COMPLETE)
    note(database, world, knock(world, 1, "2.24", day=5))
    assert seen(database, world, 1) == ("1.1", Disposition.COMPLETE)
    with database.reading.begin() as session:
        assert session.get_one(Case, (world.survey_id, world.case_ids[1])).outcome_mode is OutcomeMode.MAIL


def test_who_had_the_answer_erased_refused_also_after_a_later_visit(
    database: Database, world: World, keys: KeyRing
) -> None:
    with database.writing.begin() as session:
        answer(session, world, keys, case=0, mode=Mode.WEB_INVITED, answers={"know": "1", "overall": "1"})
    with database.writing.begin() as session:
        response = session.scalars(select(Response.id).where(Response.case_id == world.case_ids[0])).one()
        assert erase_response(session, world.survey_id, response, ground=Ground.REQUEST, at=NOW, by=SERVICE)
    assert seen(database, world, 0) == ("2.11", Disposition.REFUSAL)
    note(database, world, knock(world, 0, "2.24"))
    assert seen(database, world, 0) == ("2.11", Disposition.REFUSAL)


def test_an_unknown_code_and_a_claimed_answer_store_nothing(database: Database, world: World) -> None:
    for code in ("1.1", "9.9"):
        with pytest.raises(ValueError, match=code), database.writing.begin() as session:
            note_visits(session, world.survey_id, [*knock(world, 0, "2.24"), *knock(world, 1, code)], TOLD)
    with database.reading.begin() as session:
        assert session.scalar(select(func.count()).select_from(Visit)) == 0


def test_many_at_once_are_one_line_in_the_log_and_move_the_key(database: Database, world: World) -> None:
    def key() -> str:
        with database.reading.begin() as session:
            return audit.rows_key(session, world.survey_id, world.wave_id)

    before = key()
    visits = [one for case in range(12) for one in knock(world, case, "3.10", "2.24")]
    assert note(database, world, visits) == 24
    assert key() != before
    with database.reading.begin() as session:
        lines = session.scalars(select(AuditEntry.detail).where(AuditEntry.action == "visit.noted")).all()
    assert list(lines) == [{"visits": 24, "by": "office"}]


def test_a_case_of_another_survey_is_passed_over(database: Database, world: World) -> None:
    stranger = NewVisit(case_id=UUID(int=1), code="2.24", mode=OutcomeMode.IN_PERSON, at=NOW)
    assert note(database, world, [stranger]) == 0
