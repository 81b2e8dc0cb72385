"""Who asks, areas, surveys, questionnaires and waves, as JSON. Nothing here is kept by a shared cache."""

from __future__ import annotations

import hashlib
import json
from typing import Annotated, Literal
from uuid import UUID

from fastapi import APIRouter, Depends, Header, Path, Query
from pydantic import Field
from starlette.responses import Response

from questionnaires.canonical import from_canonical, in_rounds
from questionnaires.canonical_json import canonical_text
from survey_service.accounts import rights
from survey_service.accounts.permissions import Person, SignedIn, require
from survey_service.accounts.queries import grants_with_areas
from survey_service.api import queries, scope, shown
from survey_service.api.description import BASE, READING, refusals
from survey_service.api.schemas import (
    PRINTED,
    AreaOut,
    AreaWithCounts,
    Definition,
    MeOut,
    Page,
    SurveyOut,
    VersionWithWaves,
    WaveOut,
)
from survey_service.api.scope import SurveyReader
from survey_service.api.shapes import Shape
from survey_service.areas import queries as area_queries
from survey_service.dependencies import Reading
from survey_service.errors import BadInput, NotFound
from survey_service.models import Area, QuestionnaireVersion
from survey_service.surveys.definitions import DamagedDefinition

router = APIRouter(prefix=BASE)

SurveyKey = Annotated[str, Path(max_length=60, examples=["satisfaction"])]
WaveKey = Annotated[str, Path(max_length=30, examples=["2026Q3"])]
LONGEST_PAGE = 500
Limit = Annotated[int, Field(ge=1, le=LONGEST_PAGE, description="Items on a page.")]
AreaReader = Annotated[Person, Depends(require(*rights.SEE_AREAS))]


@router.get("/me", tags=["account"], summary="Who asks, with which rights", responses=refusals(*READING))
def me(reading: Reading, person: SignedIn) -> MeOut:
    with reading.begin() as session:
        return shown.me(person, grants_with_areas(session, person.account_id))


class AreaPage(Shape):
    """The query of a list of areas: filters and page."""

    kind: Annotated[Literal["city", "district", "street", "community", "village"] | None, Field()] = None
    after: Annotated[str, Field(max_length=20, pattern=PRINTED, description="`next` of the page before.")] = ""
    limit: Limit = 200


@router.get("/areas", tags=["areas"], summary="Areas of your roles", responses=refusals(*READING, BadInput))
def areas(reading: Reading, person: SignedIn, page: Annotated[AreaPage, Query()]) -> Page[AreaOut]:
    """Those your roles were granted on and everything below them but grids, in the order of their codes."""
    with reading.begin() as session:
        rows = queries.areas(session, person.visible(), kind=page.kind, after=page.after, limit=page.limit + 1)
        adults = area_queries.adults(session, [area.id for area, _ in rows])
        items = [shown.area(area, parent, adults.get(area.id)) for area, parent in rows[: page.limit]]
        return Page(items=items, next=items[-1].code if len(rows) > page.limit else None)


@router.get(
    "/areas/{area_code}",
    tags=["areas"],
    summary="An area with its people by age and sex",
    responses=refusals(*READING, NotFound, BadInput),
)
def area(reading: Reading, person: AreaReader, area_code: Annotated[str, Path(max_length=20)]) -> AreaWithCounts:
    roles = rights.SEE_AREAS
    with reading.begin() as session:
        found = area_queries.by_code(session, area_code)
        if found is None or found.code not in queries.area_codes(session, person.visible(*roles)):
            raise NotFound
        parent = session.get(Area, found.parent_id) if found.parent_id else None
        adults = area_queries.adults(session, [found.id]).get(found.id)
        counts = area_queries.counts(session, found.id)
        return shown.area_with_counts(found, parent.code if parent else None, adults, counts)


@router.get("/surveys", tags=["surveys"], summary="Surveys and their waves", responses=refusals(*READING))
def surveys(reading: Reading, person: SurveyReader) -> list[SurveyOut]:
    """Managers and statisticians see all of their areas, leaders what is released, interviewers what is asked."""
    with reading.begin() as session:
        found = scope.surveys(session, person)
        codes = queries.codes_of(session, [survey.city_id for survey, _ in found])
        return [shown.survey(survey, waves, codes[survey.city_id]) for survey, waves in found]


@router.get(
    "/surveys/{survey_key}", tags=["surveys"], summary="A survey", responses=refusals(*READING, NotFound, BadInput)
)
def survey(reading: Reading, person: SurveyReader, survey_key: SurveyKey) -> SurveyOut:
    with reading.begin() as session:
        found, waves = scope.find_survey(session, person, survey_key)
        return shown.survey(found, waves, queries.codes_of(session, [found.city_id])[found.city_id])


@router.get(
    "/surveys/{survey_key}/questionnaires",
    tags=["surveys"],
    summary="Questionnaire versions of a survey",
    responses=refusals(*READING, NotFound, BadInput),
)
def questionnaires(reading: Reading, person: SurveyReader, survey_key: SurveyKey) -> list[VersionWithWaves]:
    """All of them for managers and statisticians, for others those of the waves that they see."""
    with reading.begin() as session:
        found, waves = scope.find_survey(session, person, survey_key)
        everything = scope.of_staff(session, person, survey_key)
        return [
            shown.version_with_waves(version, waves)
            for version in queries.versions(session, found.id)
            if everything or any(wave.questionnaire_version_id == version.id for wave in waves)
        ]


@router.get(
    "/surveys/{survey_key}/questionnaires/{version_id}",
    tags=["surveys"],
    summary="A questionnaire as it is frozen",
    responses={
        200: {
            "model": Definition,
            "description": "The canonical JSON, byte for byte what was hashed; the ETag is its SHA-256. With "
            "rounds=each it is made of that: what repeats is written out, and nothing is hashed.",
        },
        304: {"description": "You have it already: the ETag that you sent is its own."},
        **refusals(*READING, NotFound, BadInput),
    },
)
def questionnaire(
    reading: Reading,
    person: SurveyReader,
    survey_key: SurveyKey,
    version_id: UUID,
    rounds: Annotated[
        Literal["once", "each"],
        Query(description="each: every round of a section that repeats as a section of its own, as it is answered."),
    ] = "once",
    if_none_match: Annotated[str | None, Header(max_length=200)] = None,
) -> Response:
    with reading.begin() as session:
        found, waves = scope.find_survey(session, person, survey_key)
        version = session.get(QuestionnaireVersion, (found.id, version_id))
        if version is None:
            raise NotFound
        asked = any(wave.questionnaire_version_id == version_id for wave in waves)
        if not asked and not scope.of_staff(session, person, survey_key):
            raise NotFound
        content, sha256 = version.definition.encode(), version.sha256
    if hashlib.sha256(content).hexdigest() != sha256:
        raise DamagedDefinition(f"questionnaire version {version_id} does not match its hash")
    etag = f'"{sha256}"' if rounds == "once" else f'"{sha256}-each"'
    headers = {"ETag": etag, "Cache-Control": "private, no-cache"}
    if if_none_match is not None and (etag in if_none_match or if_none_match == "*"):
        return Response(status_code=304, headers=headers)
    if rounds == "each":
        content = canonical_text(in_rounds(from_canonical(json.loads(content)))).encode()
    return Response(content, media_type="application/json", headers=headers)


@router.get(
    "/surveys/{survey_key}/waves/{wave_key}",
    tags=["surveys"],
    summary="A wave",
    responses=refusals(*READING, NotFound, BadInput),
)
def wave(reading: Reading, person: SurveyReader, survey_key: SurveyKey, wave_key: WaveKey) -> WaveOut:
    with reading.begin() as session:
        found, one = scope.find_wave(session, person, survey_key, wave_key)
        version = session.get_one(QuestionnaireVersion, (one.survey_id, one.questionnaire_version_id))
        return shown.wave(found, one, version, scope.readable_releases(session, person, found, one))
