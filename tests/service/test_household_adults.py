"""A wave whose list does not know the adults asks for them in front, and figures count what is told."""

from __future__ import annotations

from datetime import date
from uuid import UUID

import numpy as np
import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from analysis.engine.weights import field_weights
from analysis.plan import Adults
from questionnaires.answers import Policy, check_answers
from questionnaires.canonical import to_canonical
from questionnaires.household_adults import ADULTS_QUESTION, asks_adults, with_adults_question
from survey_service import audit
from survey_service.analyses.plans import default_plan
from survey_service.analyses.wave_columns import columns_of_wave
from survey_service.audit.chain import RESIDENT, SERVICE
from survey_service.captures.first import record
from survey_service.captures.incoming import IncomingCapture
from survey_service.database import Database
from survey_service.fieldwork import rolls
from survey_service.fieldwork.rolls import Listed, NewRoll, Sex, kish_table_of
from survey_service.fieldwork.visits import Told
from survey_service.models import (
    ADULT_STAGE,
    Area,
    Case,
    Kin,
    Mode,
    ResponseState,
    SelectionWithin,
    Source,
    VisitSource,
    Wave,
)
from survey_service.sampling.drawing import adult_stage
from survey_service.secrets import KeyRing
from survey_service.settings import Settings
from survey_service.surveys import definitions
from survey_service.surveys import service as surveys
from tests.service.world import NOW, QUESTIONNAIRE, World, _case

pytestmark = pytest.mark.both_databases


def opened(session: Session, world: World, within: SelectionWithin, *, known: bool = False) -> Wave:
    """A second wave of six households, whose adults the list does not know, opened."""
    new = surveys.NewWave(
        key="2026Q4",
        name_zh="2026年第四季度",
        questionnaire_version_id=world.version_id,
        opens_on=date(2026, 9, 1),
        closes_on=date(2026, 9, 30),
        modes=[Mode.FACE_TO_FACE, Mode.WEB_INVITED],
    )
    wave = surveys.create_wave(session, world.survey_id, new, at=NOW, by=SERVICE)
    wave.selection_within = within
    community = session.get_one(Area, world.community_ids[0])
    for number in range(1, 7):
        case = _case(world.survey_id, wave.id, community, number)
        if not known:
            case.stages = [stage for stage in case.stages if stage["unit"] != ADULT_STAGE]
            case.inclusion_probability = 0.1
        session.add(case)
    session.flush()
    rows = audit.Rows(f"wave {wave.id}", wave.id)
    audit.record(session, survey_id=world.survey_id, at=NOW, by=SERVICE, action="cases.drawn", record=rows)
    surveys.open_wave(session, world.survey_id, wave.id, on=NOW.date(), at=NOW, by=SERVICE)
    return wave


def answer(session: Session, wave: Wave, case: Case, keys: KeyRing, **given: str) -> None:
    questionnaire = definitions.frozen(session, wave.survey_id, wave.questionnaire_version_id)
    checked = check_answers(questionnaire, {"know": "1", "overall": "1", **given}, Policy.WEB)
    assert checked.accepted, checked.findings
    incoming = IncomingCapture(
        survey_id=wave.survey_id,
        wave_id=wave.id,
        area_id=case.area_id,
        case_id=case.id,
        mode=Mode.WEB_INVITED,
        source=Source.WEB,
        client_id=f"told-{case.number}",
        questionnaire_version_id=wave.questionnaire_version_id,
        checked=checked,
        state=ResponseState.COMPLETE,
        at=NOW,
        by=RESIDENT,
    )
    record(session, incoming, keys=keys)


def asked_in(session: Session, survey_id: UUID, wave: Wave) -> bool:
    return asks_adults(definitions.frozen(session, survey_id, wave.questionnaire_version_id))


def test_only_a_wave_that_needs_the_adults_asks_for_them(database: Database, world: World) -> None:
    with database.writing.begin() as session:
        wave = opened(session, world, SelectionWithin.NEXT_BIRTHDAY)
        asked = definitions.frozen(session, world.survey_id, wave.questionnaire_version_id)
        assert next(iter(asked.questions())).id == ADULTS_QUESTION
        assert [one.id for one in asked.questions()][1:] == [one.id for one in QUESTIONNAIRE.questions()]


@pytest.mark.parametrize(("within", "known"), [(SelectionWithin.ANY, False), (SelectionWithin.NEXT_BIRTHDAY, True)])
def test_a_wave_that_knows_them_or_takes_anybody_keeps_its_very_version(
    database: Database, world: World, within: SelectionWithin, known: bool
) -> None:
    with database.writing.begin() as session:
        assert opened(session, world, within, known=known).questionnaire_version_id == world.version_id


def test_what_is_told_at_the_door_or_in_the_answers_is_in_the_weight(
    database: Database, world: World, settings: Settings
) -> None:
    keys = KeyRing(settings.secret_key.get_secret_value())
    with database.writing.begin() as session:
        wave = opened(session, world, SelectionWithin.NEXT_BIRTHDAY)
        wave_id = wave.id
        cases = session.scalars(select(Case).where(Case.wave_id == wave.id).order_by(Case.number)).all()
        answer(session, wave, cases[0], keys, household_adults="3")
        answer(session, wave, cases[1], keys, household_adults="1")
        answer(session, wave, cases[2], keys)  # told at the door alone
        rolls.write(session, wave, cases[2], NewRoll(adults=2), Told(VisitSource.DOOR, NOW, SERVICE))
        answer(session, wave, cases[3], keys, household_adults="4")
        rolls.write(session, wave, cases[3], NewRoll(adults=5), Told(VisitSource.DOOR, NOW, SERVICE))
    with database.reading.begin() as session:
        columns = columns_of_wave(session, world.survey_id, wave_id).columns
    assert columns.told is not None
    np.testing.assert_array_equal(columns.told, [3, 1, 2, 5, np.nan, np.nan])  # the door is believed
    assert default_plan(columns).base_weight.adults is Adults.ASKED


def test_the_question_is_put_in_once_and_moves_no_definition_without_it() -> None:
    once = with_adults_question(QUESTIONNAIRE)
    assert with_adults_question(once) is once
    assert to_canonical(QUESTIONNAIRE) != to_canonical(once)
    for told, accepted in (("1", True), ("20", True), ("0", False), ("21", False), ("", True)):
        checked = check_answers(once, {"know": "1", "overall": "1", ADULTS_QUESTION: told}, Policy.WEB)
        assert checked.accepted is accepted, told


@pytest.mark.parametrize(("table", "stood_for"), [(None, 5), ("A", 6), ("E1", 4)])
def test_a_drawn_adult_has_the_chance_of_their_table(table: str | None, stood_for: int) -> None:
    stage, found = adult_stage(5, table)
    assert (stage["population"], found) == (5, pytest.approx(stood_for))
    assert stage["probability"] == pytest.approx(1 / stood_for)


def test_whom_a_kish_table_chose_of_five_counts_by_its_chance(
    database: Database, world: World, settings: Settings
) -> None:
    keys = KeyRing(settings.secret_key.get_secret_value())
    tables = ("A", "C", "E2", "F", "A", "D")
    people = [Listed(sex=Sex.FEMALE, kin=Kin.OTHER)] * 5
    with database.writing.begin() as session:
        wave = opened(session, world, SelectionWithin.KISH)
        cases = session.scalars(select(Case).where(Case.wave_id == wave.id).order_by(Case.number)).all()
        for case, table, there in zip(cases, tables, (5, 5, 5, 3, 1, 2), strict=True):
            case.kish_table = table
            assert kish_table_of(case) == table
            told = Told(VisitSource.DOOR, NOW, SERVICE)
            rolls.write(session, wave, case, NewRoll(adults=there, people=people[:there]), told)
            answer(session, wave, case, keys)
            wave_id = wave.id
    with database.reading.begin() as session:
        columns = columns_of_wave(session, world.survey_id, wave_id).columns
    # The first of five by two twelfths, the third and the fifth by three; three, one and two as many as there are.
    np.testing.assert_allclose(columns.stood_for(), [6, 4, 4, 3, 1, 2])
    np.testing.assert_array_equal(columns.adults_of_respondents(), [5, 5, 5, 3, 1, 2])
    weights = field_weights(columns, default_plan(columns))
    np.testing.assert_allclose(weights.design_weight, np.multiply(10, [6, 4, 4, 3, 1, 2]))
