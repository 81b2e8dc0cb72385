"""Figures of a released wave by the entries of a city's own list: by sector that was chosen, by unit that was rated."""

from __future__ import annotations

import json
from typing import Any
from uuid import UUID

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from questionnaires.answers import Policy, check_answers
from survey_service.audit.chain import RESIDENT, SERVICE
from survey_service.captures.first import record
from survey_service.captures.incoming import IncomingCapture
from survey_service.database import Database
from survey_service.models import Area, Case, Mode, Release, ResponseState, Source, Wave
from survey_service.releases import recomputing, service
from survey_service.releases.canonical_estimates import estimates_text
from survey_service.secrets import KeyRing
from survey_service.settings import Settings
from survey_service.surveys import definitions, figures
from survey_service.surveys import service as surveys
from survey_service.surveys.wave_lists import Change, Entry, replace_list
from tests.service.test_releases import NAMES
from tests.service.test_wave_lists import LISTED, fill
from tests.service.world import CLOSES, NOW, OPENS, World, _case

IN_EACH = 24  # households that answer, in each of the two communities: half of them dealt with either sector


def said(number: int) -> dict[str, str]:
    """Of 24: 12 of the buses, of whom 9 are satisfied; 12 of the hospitals, of whom 3 are; all rate one hospital."""
    buses = number % 2 == 1
    content = number % 8 in ((1, 3, 5) if buses else (2,))
    return {
        "sector": "1" if buses else "2",
        "unit": "11" if buses else "21",
        "overall": "1" if content else "3",
        "dealt.e21": "1",
        "rated.e21": "1" if number % 3 else "2",
    }


def answered(session: Session, world: World, keys: KeyRing) -> UUID:
    """A wave of the listed questionnaire, filled in, opened, answered by everybody and under review."""
    version = definitions.store(session, world.survey_id, LISTED, at=NOW, by=SERVICE)
    new = surveys.NewWave(
        key="2026Q4",
        name_zh="2026年第四季度",
        questionnaire_version_id=version.id,
        opens_on=OPENS,
        closes_on=CLOSES,
        modes=[Mode.PAPER],
    )
    wave = surveys.create_wave(session, world.survey_id, new, at=NOW, by=SERVICE)
    fill(session)
    for community_id in world.community_ids:
        community = session.get_one(Area, community_id)
        session.add_all(_case(world.survey_id, wave.id, community, number) for number in range(1, IN_EACH + 1))
    session.flush()
    surveys.open_wave(session, world.survey_id, wave.id, on=NOW.date(), at=NOW, by=SERVICE)
    questionnaire = definitions.frozen(session, world.survey_id, wave.questionnaire_version_id)
    for case in session.scalars(select(Case).where(Case.wave_id == wave.id).order_by(Case.number)).all():
        checked = check_answers(questionnaire, said(int(case.number[-3:])), Policy.WEB)
        assert checked.accepted, checked.findings
        incoming = IncomingCapture(
            survey_id=case.survey_id,
            wave_id=case.wave_id,
            area_id=case.area_id,
            case_id=case.id,
            mode=Mode.PAPER,
            source=Source.WEB,
            client_id=f"listed-{case.number}",
            questionnaire_version_id=wave.questionnaire_version_id,
            checked=checked,
            state=ResponseState.COMPLETE,
            at=NOW,
            by=RESIDENT,
        )
        record(session, incoming, keys=keys)
    for step in (surveys.close_wave, surveys.begin_review):
        step(session, world.survey_id, wave.id, at=NOW, by=SERVICE)
    figures.open_figures(session, world.survey_id, wave.id, at=NOW, by=SERVICE)
    return wave.id


def of_the_city(text: str) -> dict[str, Any]:
    """Indicator -> its cell of the city, as it was published: of so few, in whole per cent."""
    row = next(one for one in json.loads(text)["published"]["rows"] if not one["domain"])
    return {cell["variable"]: cell for cell in row["cells"]}


def test_a_release_has_figures_by_sector_and_unit_and_keeps_them(
    database: Database, world: World, settings: Settings
) -> None:
    keys = KeyRing(settings.secret_key.get_secret_value())
    with database.writing.begin() as session:
        wave_id = answered(session, world, keys)
    with database.reading.begin() as session:
        prepared = service.prepare(session, world.survey_id, wave_id)
    with database.writing.begin() as session:
        release_id = service.release_wave(session, prepared, NAMES, settings=settings, at=NOW, by=SERVICE).id
    with database.reading.begin() as session:
        text = session.get_one(Release, (world.survey_id, release_id)).estimates
    cells = of_the_city(text)
    assert cells["satisfaction"]["value"] == 0.5
    assert cells["sector_satisfaction_e1"]["value"] == 0.75
    assert cells["sector_satisfaction_e2"]["value"] == 0.25
    assert cells["unit_satisfaction_e21"]["value"] == 0.67
    with database.writing.begin() as session:  # a later wave has another list, and the areas other names
        session.execute(update(Area).values(name_zh="改了名"))
    with database.writing.begin() as session:
        later = surveys.NewWave(
            key="2027Q1",
            name_zh="2027年第一季度",
            questionnaire_version_id=prepared_version(session, wave_id),
            opens_on=OPENS,
            closes_on=CLOSES,
        )
        made = surveys.create_wave(session, world.survey_id, later, at=NOW, by=SERVICE)
        change = Change(survey_id=world.survey_id, wave_id=made.id, list_id="sectors", at=NOW, by=SERVICE)
        replace_list(session, change, [Entry(code="1", label=LISTED.title)])
    with database.reading.begin() as session:
        kept = session.get_one(Release, (world.survey_id, release_id))
        wave = session.get_one(Wave, (world.survey_id, wave_id))
        assert of_the_city(estimates_text(recomputing.figures_again(session, kept, wave))) == cells


def prepared_version(session: Session, wave_id: UUID) -> UUID:
    return session.scalars(select(Wave.questionnaire_version_id).where(Wave.id == wave_id)).one()
