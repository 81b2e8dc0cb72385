"""Simulated waves as rows of a database: areas, register, survey, cases and answers, put there in bulk."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from functools import partial
from typing import Any
from uuid import UUID

import numpy as np
from sqlalchemy import insert
from sqlalchemy.orm import Session

from analysis.case_columns import DISPOSITIONS, CaseColumns
from questionnaires.answers import CANONICAL_FORMAT, Policy, check_answers
from questionnaires.loader import available, load
from questionnaires.model import Questionnaire, QuestionType
from survey_service.audit.chain import SERVICE
from survey_service.captures.content import canonical_content
from survey_service.fieldwork.outcomes import AAPOR
from survey_service.ids import new_id
from survey_service.models import (
    Area,
    AreaCount,
    AreaPopulation,
    Capture,
    Case,
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
from tests.simulated.waves import AGES, SEXES, City

AS_OF = date(2025, 12, 31)
Contents = Callable[[Questionnaire, CaseColumns], Sequence[tuple[str, str]]]
"""The answers of every respondent as a capture keeps them, with their hashes."""
QUESTIONNAIRE = "civilized_city"
INDICATORS = ("awareness", "satisfaction")  # told by the first and the second question of the simulated city
_AT_ONCE = 20_000  # rows: of a million as dictionaries all of them need ten gigabytes
_AGE_OF_GROUP = {group: str(int(group[:2]) + 3) for group in AGES}
_SEX_CODES = {"male": "1", "female": "2"}
_SERVICE_OF = {kind: own for own, kind in AAPOR.items()}


@dataclass(frozen=True, slots=True, kw_only=True)
class Laid:
    survey_id: UUID
    city_id: UUID
    version_id: UUID
    communities: tuple[UUID, ...]  # in the order of the simulated city's names
    questionnaire: Questionnaire


def lay_city(session: Session, of: City, key: str = "simulated") -> Laid:
    """Areas by the names of the simulated city's, their register, the survey and its questionnaire."""
    survey_id, city_id = new_id(), new_id()
    rows = [_area(city_id, "980000000000", "city", None)]
    communities = []
    for street in range(of.shape.streets):
        above = new_id()
        rows.append(_area(above, f"990{street:03d}000000", "street", city_id))
        for place in range(of.shape.communities):
            communities.append(new_id())
            rows.append(_area(communities[-1], f"990{street:03d}{place + 1:03d}000", "community", above))
    session.execute(insert(Area), rows)
    counted = {"as_of": AS_OF, "register": RegisterKind.USUAL_RESIDENTS, "source": "simulated"}
    session.execute(insert(AreaCount), [{"area_id": one, **counted} for one in communities])
    area_of = dict(zip(of.names(), communities, strict=True))
    cells = [
        {"area_id": area_of[name], "as_of": AS_OF, "age_group": age, "sex": sex, "persons": int(persons)}
        for (name, age, sex), persons in of.register().cells.items()
    ]
    session.execute(insert(AreaPopulation), cells)
    session.add(Survey(id=survey_id, key=key, title_zh="模拟市测评", city_id=city_id, created_at=NOW))
    session.flush()
    questionnaire = load(available()[QUESTIONNAIRE])
    version = store(session, survey_id, questionnaire, at=NOW, by=SERVICE)
    return Laid(
        survey_id=survey_id,
        city_id=city_id,
        version_id=version.id,
        communities=tuple(communities),
        questionnaire=questionnaire,
    )


def _area(id: UUID, code: str, kind: str, parent: UUID | None) -> dict[str, Any]:
    return {"id": id, "code": code, "name_zh": code, "name_en": code, "kind": kind, "parent_id": parent}


def lay_wave(session: Session, laid: Laid, columns: CaseColumns, key: str, contents: Contents | None = None) -> UUID:
    """One closed wave with every case of ``columns`` and the answers of whoever responded; ``contents`` makes them,
    default: those that ``columns`` tell."""
    wave_id = new_id()
    session.add(
        Wave(
            survey_id=laid.survey_id,
            id=wave_id,
            key=key,
            name_zh=key,
            questionnaire_version_id=laid.version_id,
            opens_on=date(2026, 9, 1),
            closes_on=date(2026, 9, 30),
            state=WaveState.CLOSED,
            created_at=NOW,
            opened_at=NOW,
            closed_at=NOW,
        )
    )
    session.flush()
    texts = (contents or _contents)(laid.questionnaire, columns)
    of_wave = {"survey_id": laid.survey_id, "wave_id": wave_id}
    cases: list[dict[str, Any]] = []
    captures: list[dict[str, Any]] = []
    responses: list[dict[str, Any]] = []
    put = partial(_put, session, {Case: cases, Capture: captures, Response: responses})
    respondents = 0
    for row in range(columns.cases):
        if len(cases) == _AT_ONCE:
            put()
        case_id, area_id = new_id(), laid.communities[columns.community.codes[row]]
        cases.append({**of_wave, "id": case_id, "area_id": area_id, **_case(columns, row)})
        if columns.responded[row]:
            text, sha256 = texts[respondents]
            respondents += 1
            response_id, capture_id = new_id(), new_id()
            common = {**of_wave, "area_id": area_id, "case_id": case_id, "mode": Mode.PAPER}
            captures.append(
                {
                    **common,
                    "id": capture_id,
                    "response_id": response_id,
                    "client_id": str(capture_id),
                    "source": Source.FIRST_KEYING,
                    "questionnaire_version_id": laid.version_id,
                    "at": NOW,
                    "answers": text,
                    "answers_format": CANONICAL_FORMAT,
                    "content_sha256": sha256,
                }
            )
            responses.append(
                {
                    **common,
                    "id": response_id,
                    "state": ResponseState.COMPLETE,
                    "current_capture_id": capture_id,
                    "completed_at": NOW,
                }
            )
    put()
    return wave_id


def _put(session: Session, waiting: Mapping[type[Any], list[dict[str, Any]]]) -> None:
    for table, rows in waiting.items():
        if rows:
            session.execute(insert(table), rows)
            rows.clear()


def _case(columns: CaseColumns, row: int) -> dict[str, Any]:
    sampled = round(float(columns.probability[row] * columns.adults[row] * columns.populations[0][row]))
    population = int(columns.populations[0][row])
    stage = {"population": population, "sampled": sampled, "probability": sampled / population, "variance": True}
    adults = int(columns.adults[row])
    own = columns.units[0].names[columns.units[0].codes[row]]
    return {
        "number": f"{row:07d}",
        "stratum": columns.stratum.names[columns.stratum.codes[row]],
        "psu": own,
        "stages": [
            {"unit": own, **stage},
            {"unit": "adult", "population": adults, "sampled": 1, "probability": 1 / adults, "variance": False},
        ],
        "inclusion_probability": float(columns.probability[row]),
        "first_mode": Mode.PAPER,
        "disposition": _SERVICE_OF[DISPOSITIONS[columns.disposition[row]]],
    }


def _contents(questionnaire: Questionnaire, columns: CaseColumns) -> Sequence[tuple[str, str]]:
    """Answers of every respondent as a capture keeps them; equal ones are judged once."""
    known: dict[tuple[int, ...], tuple[str, str]] = {}
    age, sex = columns.groups["age"].codes, columns.groups["sex"].codes
    keys = np.stack([age, sex, *(columns.numerators[place].astype(np.int64) for place in range(2))])
    found = []
    for key in map(tuple, keys.T.tolist()):
        if key not in known:
            known[key] = _content(questionnaire, *key)
        found.append(known[key])
    return found


def _content(questionnaire: Questionnaire, age: int, sex: int, aware: int, satisfied: int) -> tuple[str, str]:
    given: dict[str, object] = {}
    for question in questionnaire.questions():  # everything is answered, as on paper that was filled in to the end
        if question.options and question.stands_for is None:
            first: object = question.options[0].code
            several = question.type is QuestionType.MULTIPLE_CHOICE
            given |= dict.fromkeys(question.variables(), [first] if several else first)
    given |= {"q1": "1" if aware else "2", "q5": "1" if satisfied else "4"}
    if age >= 0:
        given["q10"] = _AGE_OF_GROUP[AGES[age]]
    if sex >= 0:
        given["q9"] = _SEX_CODES[SEXES[sex]]
    checked = check_answers(questionnaire, given, Policy.WEB)
    assert checked.accepted, checked.findings
    return canonical_content(checked)
