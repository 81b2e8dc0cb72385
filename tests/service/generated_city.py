"""A city by chance, asked as cities ask: 20 to 25 people in most communities, few in some, many in one; weighed to a
register, with figures by age; signed."""

from __future__ import annotations

import tempfile
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path
from uuid import UUID

import numpy as np
from sqlalchemy.orm import Session

from analysis.plan import Group
from questionnaires.answers import Policy, check_answers
from questionnaires.loader import load
from questionnaires.model import Questionnaire
from questionnaires.text import Text
from survey_service import jobs
from survey_service.analyses import plan_history
from survey_service.analyses.wave_analysis import columns_and_register
from survey_service.areas.people_file import Declaration
from survey_service.areas.service import record_population
from survey_service.audit.chain import RESIDENT, SERVICE
from survey_service.captures.first import record
from survey_service.captures.incoming import IncomingCapture
from survey_service.database import Database
from survey_service.models import Area, Case, Mode, RegisterKind, ResponseState, Source
from survey_service.releases import DOCUMENTS_JOB, service
from survey_service.secrets import KeyRing
from survey_service.services import Services
from survey_service.settings import Settings
from survey_service.surveys import figures
from survey_service.surveys import service as surveys
from tests.service.world import NOW, draft, grant_every_role

SILENT = 3  # households of a community that did not answer
LEVELS = (0.3, 0.7, 0.85, 0.95, 1.0)
NAMES = service.Signatures(prepared_by="何建国", reviewed_by="林一舟", signed_by="周定之")
AGES = {"18-39": (18, 40), "40-59": (40, 60), "60+": (60, 90)}
REGISTER = Declaration(as_of=date(2026, 1, 1), register=RegisterKind.USUAL_RESIDENTS, source="某市统计局")


def _questionnaire() -> Questionnaire:
    """The small one, whose question of age says that it is."""
    text = (Path(__file__).parent / "small.yaml").read_text(encoding="utf-8")
    asked = "- id: age\n        type: number\n"
    assert asked in text
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "small.yaml"
        path.write_text(text.replace(asked, f"{asked}        stands_for: age\n"), encoding="utf-8")
        return load(path)


QUESTIONNAIRE = _questionnaire()


@dataclass(frozen=True, slots=True, kw_only=True)
class SignedCity:
    survey_id: UUID
    survey_key: str
    wave_id: UUID
    wave_key: str
    release_id: UUID
    release: str  # its number
    communities: tuple[str, ...]  # codes


def sizes(rng: np.random.Generator) -> int:
    """Valid questionnaires of a community."""
    kind = rng.choice(["usual", "few", "half", "many"], p=[0.6, 0.15, 0.15, 0.1])
    low, high = {"usual": (20, 26), "few": (4, 10), "half": (10, 20), "many": (100, 112)}[str(kind)]
    return int(rng.integers(low, high))


def signed_city(database: Database, settings: Settings, seed: int) -> SignedCity:
    """Streets, communities, answers, review and signature, through the service's own steps."""
    rng = np.random.default_rng(seed)
    keys = KeyRing(settings.secret_key.get_secret_value())
    with database.writing.begin() as session:
        city, communities = _areas(session, rng)
        for community in communities:
            persons = {(sex, age): int(rng.integers(200, 400)) for sex in ("male", "female") for age in AGES}
            record_population(session, community.id, persons, REGISTER, at=NOW, by=SERVICE)
        title = Text("某市公众满意度测评", "Satisfaction survey of a city")
        survey, version, wave = draft(session, QUESTIONNAIRE, city_id=city.id, key="satisfaction", title=title)
        grant_every_role(session, city)
        answering: list[Case] = []
        for community in communities:
            size = sizes(rng)
            drawn = [_case(survey.id, wave.id, community, number, rng) for number in range(1, size + SILENT + 1)]
            session.add_all(drawn)
            answering += drawn[:size]
        session.flush()
        surveys.open_wave(session, survey.id, wave.id, on=NOW.date(), at=NOW, by=SERVICE)
        levels = {one.id: (float(rng.choice(LEVELS)), float(rng.choice(LEVELS))) for one in communities}
        for case in answering:
            know, content = levels[case.area_id]
            age = int(rng.integers(*AGES[str(rng.choice(list(AGES), p=[0.25, 0.35, 0.4]))]))
            said = {"know": "1" if rng.random() < know else "2", "overall": "1" if rng.random() < content else "3"}
            _answer(session, keys, case, version.id, {**said, "age": str(age)})
        for step in (surveys.close_wave, surveys.begin_review):
            step(session, survey.id, wave.id, at=NOW, by=SERVICE)
        survey_id, wave_id, survey_key, wave_key = survey.id, wave.id, survey.key, wave.key
        codes = tuple(community.code for community in communities)
    with database.reading.begin() as session:
        plan = columns_and_register(session, survey_id, wave_id).plan
    with database.writing.begin() as session:
        by_age = replace(plan, groups=(Group.AGE,))
        plan_history.change_plan(session, survey_id, wave_id, plan, by_age, reason="", at=NOW, by=SERVICE)
        figures.open_figures(session, survey_id, wave_id, at=NOW, by=SERVICE)
        plan_history.lock(session, survey_id, wave_id, by_age, at=NOW, by=SERVICE)
    with database.reading.begin() as session:
        prepared = service.prepare(session, survey_id, wave_id)
    with database.writing.begin() as session:
        made = service.release_wave(session, prepared, NAMES, settings=settings, at=NOW, by=SERVICE)
        release_id, number = made.id, made.number
    return SignedCity(
        survey_id=survey_id,
        survey_key=survey_key,
        wave_id=wave_id,
        wave_key=wave_key,
        release_id=release_id,
        release=number,
        communities=codes,
    )


def print_documents(services: Services, city: SignedCity) -> None:
    with services.database.writing.begin() as session:
        job = jobs.enqueue(
            session,
            survey_id=city.survey_id,
            kind=DOCUMENTS_JOB,
            by=SERVICE,
            at=NOW,
            arguments={"release_id": str(city.release_id), "languages": {"zh": None}},
        ).id
    jobs.work(services, city.survey_id, job)


def _areas(session: Session, rng: np.random.Generator) -> tuple[Area, list[Area]]:
    city = Area(code="110000000000", name_zh="某市", name_en="A city", kind="city")
    session.add(city)
    session.flush()
    communities = []
    for street in range(1, int(rng.integers(2, 4)) + 1):
        above = Area(
            code=f"110101{street:03d}000", name_zh=f"第{street}街道", name_en="", kind="street", parent_id=city.id
        )
        session.add(above)
        session.flush()
        communities += [
            Area(
                code=f"110101{street:03d}{number:03d}",
                name_zh=f"{street}街{number}社区",
                name_en="",
                kind="community",
                parent_id=above.id,
                households=900,
            )
            for number in range(1, int(rng.integers(3, 6)) + 1)
        ]
    session.add_all(communities)
    session.flush()
    return city, communities


def _case(survey_id: UUID, wave_id: UUID, community: Area, number: int, rng: np.random.Generator) -> Case:
    adults = int(rng.integers(1, 4))
    unit = f"{community.code}-{number:03d}"
    household = {"unit": unit, "population": 900, "sampled": 30, "probability": 30 / 900, "variance": True}
    adult = {"unit": "adult", "population": adults, "sampled": 1, "probability": 1 / adults, "variance": False}
    return Case(
        survey_id=survey_id,
        wave_id=wave_id,
        area_id=community.id,
        number=f"{community.code[-6:]}-{number:03d}",
        stratum=community.code,
        psu=unit,
        stages=[household, adult],
        inclusion_probability=30 / 900 / adults,
        first_mode=Mode.PAPER,
    )


def _answer(session: Session, keys: KeyRing, case: Case, version_id: UUID, said: dict[str, str]) -> None:
    checked = check_answers(QUESTIONNAIRE, said, Policy.WEB)
    assert checked.accepted, checked.findings
    incoming = IncomingCapture(
        survey_id=case.survey_id,
        wave_id=case.wave_id,
        area_id=case.area_id,
        case_id=case.id,
        mode=Mode.PAPER,
        source=Source.WEB,
        client_id=f"generated-{case.number}",
        questionnaire_version_id=version_id,
        checked=checked,
        state=ResponseState.COMPLETE,
        at=NOW,
        by=RESIDENT,
    )
    record(session, incoming, keys=keys)
