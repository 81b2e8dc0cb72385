"""Cases, outcomes of the field, and the answers that devices hand in."""

from __future__ import annotations

from typing import Annotated, Literal

from fastapi import APIRouter, Query
from pydantic import Field
from starlette.concurrency import run_in_threadpool

from survey_service.accounts import rights
from survey_service.accounts.permissions import Interviewer, WaveStaff
from survey_service.accounts.read_audit import AuditsReads
from survey_service.api import captures, queries, scope, shown, visits
from survey_service.api.description import BASE, READING, SENDING, refusals
from survey_service.api.errors import NotDoorToDoor
from survey_service.api.routes import Limit, SurveyKey, WaveKey
from survey_service.api.schemas import (
    PRINTED,
    CapturesIn,
    CapturesOut,
    CaseOut,
    DispositionsOut,
    Page,
)
from survey_service.api.scope import CaseReader
from survey_service.api.shapes import Shape
from survey_service.api.visit_schemas import VisitsIn, VisitsOut
from survey_service.collection.reception import Reception
from survey_service.dependencies import Now, Reading, Running, Writing
from survey_service.errors import BadInput, Conflict, NotFound, TooBusy
from survey_service.field import queries as field_queries
from survey_service.field.errors import FieldOver
from survey_service.models import Disposition, Mode, WaveState
from survey_service.surveys import access, definitions, draw_tickets
from survey_service.surveys import queries as survey_queries

router = APIRouter(prefix=f"{BASE}/surveys/{{survey_key}}/waves/{{wave_key}}", tags=["field"])


class CaseList(Shape):
    """The query of a list of cases: filters, page and order."""

    area: Annotated[str | None, Field(max_length=20, pattern=PRINTED, description="Code of a community.")] = None
    disposition: Disposition | None = None
    first_mode: Mode | None = None
    sort: Literal["number", "-number"] = "number"
    after: Annotated[str | None, Field(max_length=30, pattern=PRINTED, description="`next` of the page before.")] = None
    limit: Limit = 100


@router.get("/cases", summary="Sampled cases of a wave", responses=refusals(*READING, NotFound, BadInput))
def cases(
    running: Running,
    reading: Reading,
    person: CaseReader,
    reads: AuditsReads,
    survey_key: SurveyKey,
    wave_key: WaveKey,
    listed: Annotated[CaseList, Query()],
) -> Page[CaseOut]:
    """Those of your areas, by number. Names, addresses and telephone numbers are never here."""
    with reading.begin() as session:
        survey, wave = scope.find_wave(session, person, survey_key, wave_key)
        # Whoever works on the sample sees how it was drawn; an interviewer needs to know where to go.
        staff = scope.of_staff(session, person, survey.key)
        visible = person.visible(*rights.FOLLOW_WAVES) if staff else person.visible(*rights.VISIT)
        asked = queries.CasePage(
            area=listed.area,
            disposition=listed.disposition,
            first_mode=listed.first_mode,
            after=listed.after,
            limit=listed.limit + 1,
            backwards=listed.sort == "-number",
        )
        rows = queries.cases(session, wave, visible, asked)
        reads.note(survey.id, "cases.exported", f"wave {wave.id}")
        drawn = definitions.frozen(session, wave.survey_id, wave.questionnaire_version_id).draws
        items = [
            shown.case(
                case,
                community,
                with_draw=staff,
                ticket=draw_tickets.ticket_of(running.keys, wave.id, case.number) if drawn else None,
            )
            for case, community in rows[: listed.limit]
        ]
        return Page(items=items, next=items[-1].number if len(rows) > listed.limit else None)


@router.get(
    "/dispositions", summary="Outcomes of the cases and AAPOR rates", responses=refusals(*READING, NotFound, BadInput)
)
def dispositions(reading: Reading, person: WaveStaff, survey_key: SurveyKey, wave_key: WaveKey) -> DispositionsOut:
    """By community, grid, interviewer and first mode of your areas, as they stand now.

    The rates of a release are frozen with it."""
    with reading.begin() as session:
        survey, wave = access.find_wave(session, person, survey_key, wave_key, rights.FOLLOW_WAVES)
        visible = person.visible(*rights.FOLLOW_WAVES)
        communities = survey_queries.communities(session, survey, wave, visible)
        counted = field_queries.outcome_counts(session, wave, visible)
        return shown.dispositions(communities, counted, field_queries.holder_names(session, wave))


@router.post(
    "/captures",
    summary="Hand in interviews of a device",
    responses=refusals(*SENDING, NotFound, Conflict, NotDoorToDoor, TooBusy),
)
async def hand_in(
    running: Running,
    person: Interviewer,
    now: Now,
    survey_key: SurveyKey,
    wave_key: WaveKey,
    sent: CapturesIn,
) -> CapturesOut:
    """Each is judged and stored for itself, in the order sent; nothing said to be stored is ever lost. Send again what
    you had no answer for: an interview is known by its `client_id` and counted once."""
    ready = await run_in_threadpool(captures.judge, running, person, survey_key, wave_key, sent, now)
    return await captures.hand_in(running.of(Reception).intake, ready, running)


@router.post(
    "/visits",
    summary="Hand in visits of a device",
    responses=refusals(*SENDING, NotFound, FieldOver),
)
def hand_in_visits(
    running: Running,
    writing: Writing,
    person: Interviewer,
    now: Now,
    survey_key: SurveyKey,
    wave_key: WaveKey,
    sent: VisitsIn,
) -> VisitsOut:
    """Each is looked at for itself; those in order are stored together, and the outcomes of their cases are settled
    anew. Send again what you had no answer for: a visit is known by its `id`."""
    with writing.begin() as session:
        _, wave = access.find_wave(session, person, survey_key, wave_key, rights.VISIT)
        if wave.state is WaveState.DRAFT:
            raise NotFound
        numbers = [one.case for one in sent.visits]
        cases = queries.cases_by_number(session, wave, person.visible(*rights.VISIT), numbers)
        return visits.take_in(session, wave, cases, sent.visits, settings=running.settings, now=now, by=person.actor)
