"""A large closed wave in a database, put there in bulk: for the time it takes to read, not for what its rows say."""

from __future__ import annotations

from datetime import date
from typing import Any
from uuid import UUID

import numpy as np
from sqlalchemy import insert
from sqlalchemy.orm import Session

from questionnaires.answers import CANONICAL_FORMAT, Policy, check_answers
from questionnaires.loader import available, load
from questionnaires.model import Questionnaire
from survey_service.audit.chain import SERVICE
from survey_service.captures.content import canonical_content
from survey_service.database import Database
from survey_service.ids import new_id
from survey_service.models import (
    Area,
    AreaCount,
    AreaPopulation,
    Capture,
    Case,
    Disposition,
    Mode,
    RegisterKind,
    Response,
    ResponseState,
    Source,
    Survey,
    Wave,
    WaveState,
)
from survey_service.surveys.definitions import store
from tests.service.world import NOW

KINDS_OF_ANSWERS = 400
BATCH = 5_000


def put(database: Database, *, streets: int, communities: int, cases: int, responding: float) -> tuple[UUID, UUID]:
    """Survey and wave. ``communities`` a street, ``cases`` a community."""
    questionnaire = load(available()["civilized_city"])
    with database.writing.begin() as session:
        survey_id, wave_id, city_id = (new_id() for _ in range(3))
        areas = _areas(session, city_id, streets, communities)
        session.add(Survey(id=survey_id, key="large", title_zh="大市", city_id=city_id, created_at=NOW))
        session.flush()
        _people(session, areas)
        version_id = store(session, survey_id, questionnaire, at=NOW, by=SERVICE).id
        session.add(_wave(survey_id, wave_id, version_id))
        session.flush()
        _rows(session, survey_id, wave_id, version_id, areas, cases, responding, questionnaire)
    return survey_id, wave_id


def _areas(session: Session, city_id: UUID, streets: int, communities: int) -> list[UUID]:
    rows = [_area(city_id, "980000000000", "city", None)]
    found = []
    for street in range(streets):
        above = new_id()
        rows.append(_area(above, f"990{street:03d}000000", "street", city_id))
        for place in range(communities):
            found.append(new_id())
            rows.append(_area(found[-1], f"990{street:03d}{place + 1:03d}000", "community", above))
    session.execute(insert(Area), rows)
    return found


def _people(session: Session, areas: list[UUID]) -> None:
    """A register of residents that the default plan can use."""
    as_of = date(2025, 12, 31)
    counted = {"as_of": as_of, "register": RegisterKind.USUAL_RESIDENTS, "source": "bench"}
    session.execute(insert(AreaCount), [{"area_id": one, **counted} for one in areas])
    cells = [
        {"area_id": one, "as_of": as_of, "age_group": group, "sex": sex, "persons": 60 + 10 * (number % 3)}
        for one in areas
        for number, group in enumerate(("18-29", "30-44", "45-59", "60-74", "75+"))
        for sex in ("female", "male")
    ]
    session.execute(insert(AreaPopulation), cells)


def _area(id: UUID, code: str, kind: str, parent: UUID | None) -> dict[str, Any]:
    return {"id": id, "code": code, "name_zh": code, "name_en": code, "kind": kind, "parent_id": parent}


def _wave(survey_id: UUID, wave_id: UUID, version_id: UUID) -> Wave:
    return Wave(
        survey_id=survey_id,
        id=wave_id,
        key="2026Q3",
        name_zh="第三季度",
        questionnaire_version_id=version_id,
        opens_on=date(2026, 9, 1),
        closes_on=date(2026, 9, 30),
        state=WaveState.CLOSED,
        created_at=NOW,
        opened_at=NOW,
        closed_at=NOW,
    )


def _rows(
    session: Session,
    survey_id: UUID,
    wave_id: UUID,
    version_id: UUID,
    areas: list[UUID],
    cases: int,
    responding: float,
    questionnaire: Questionnaire,
) -> None:
    rng = np.random.default_rng(20261129)
    said = [_answers(questionnaire, rng) for _ in range(KINDS_OF_ANSWERS)]
    of_wave = {"survey_id": survey_id, "wave_id": wave_id}
    held: tuple[list[dict[str, Any]], ...] = ([], [], [])
    number = 0
    for place, area_id in enumerate(areas):
        for at in range(cases):
            number += 1
            case_id, grid = new_id(), at % 4
            answered = bool(rng.random() < responding)
            adults = int(rng.integers(1, 4))
            held[0].append(
                {
                    **of_wave,
                    "id": case_id,
                    "area_id": area_id,
                    "number": f"{number:07d}",
                    "stratum": f"{place:05d}-{grid}",
                    "psu": f"{number:07d}",
                    "stages": [_stage(f"{number:07d}", 300, 36), {**_stage("adult", adults, 1), "variance": False}],
                    "inclusion_probability": 36 / 300 / adults,
                    "first_mode": Mode.PAPER,
                    "disposition": Disposition.COMPLETE if answered else Disposition.REFUSAL,
                }
            )
            if answered:
                _answered(held, of_wave, area_id, case_id, version_id, said[number % KINDS_OF_ANSWERS])
        if len(held[0]) >= BATCH:
            _flush(session, held)
    _flush(session, held)


def _stage(unit: str, population: int, sampled: int) -> dict[str, Any]:
    share = sampled / population
    return {"unit": unit, "population": population, "sampled": sampled, "probability": share, "variance": True}


def _answered(
    held: tuple[list[dict[str, Any]], ...],
    of_wave: dict[str, Any],
    area_id: UUID,
    case_id: UUID,
    version_id: UUID,
    said: tuple[str, str],
) -> None:
    response_id, capture_id = new_id(), new_id()
    common = {**of_wave, "area_id": area_id, "case_id": case_id, "mode": Mode.PAPER}
    held[1].append(
        {
            **common,
            "id": capture_id,
            "response_id": response_id,
            "client_id": str(capture_id),
            "source": Source.FIRST_KEYING,
            "questionnaire_version_id": version_id,
            "at": NOW,
            "answers": said[0],
            "answers_format": CANONICAL_FORMAT,
            "content_sha256": said[1],
        }
    )
    held[2].append(
        {
            **common,
            "id": response_id,
            "state": ResponseState.COMPLETE,
            "current_capture_id": capture_id,
            "completed_at": NOW,
        }
    )


def _flush(session: Session, held: tuple[list[dict[str, Any]], ...]) -> None:
    for table, rows in zip((Case, Capture, Response), held, strict=True):
        if rows:
            session.execute(insert(table), rows)
            rows.clear()


def _answers(questionnaire: Questionnaire, rng: np.random.Generator) -> tuple[str, str]:
    """One set of answers as a capture keeps it: text and hash."""
    given: dict[str, object] = {}
    for question in questionnaire.questions():
        codes = [one.code for one in question.options if one.missing is None and not one.exclusive]
        for variable in question.variables():
            if question.stands_for is not None and not codes:
                given[variable] = str(int(rng.integers(18, 80)))
            elif codes:
                chosen = codes[int(rng.integers(0, len(codes)))]
                given[variable] = [chosen] if question.type.value == "multiple_choice" else chosen
    checked = check_answers(questionnaire, given, Policy.WEB)
    assert checked.accepted, checked.findings
    return canonical_content(checked)
