"""A leader's first page: what their areas were found to be in the last released wave, the answer first."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated, Any

from fastapi import APIRouter, Depends, Query
from sqlalchemy import select
from sqlalchemy.orm import Session
from starlette.requests import Request
from starlette.responses import Response

from questionnaires.text import Text
from survey_service.accounts import rights
from survey_service.accounts.permissions import Person, require
from survey_service.accounts.staff_pages import staff_page
from survey_service.dependencies import Now, Reading, Running
from survey_service.errors import DomainError, NotFound
from survey_service.models import Survey, WaveState
from survey_service.processes.beside import computed
from survey_service.receiving import results, sector_results
from survey_service.receiving.results import ReleasedWave, Sheet
from survey_service.receiving.sector_results import SectorLine
from survey_service.rectification.queries import Standing, standings
from survey_service.releases import briefs, sheet_page
from survey_service.services import Services
from survey_service.surveys.access import may
from survey_service.surveys.planning_queries import waves as waves_of
from survey_service.web.languages import language_of

router = APIRouter()
Leader = Annotated[Person, Depends(require(*rights.READ_SIGNED))]


@router.get("/results")
def results_page(
    request: Request,
    running: Running,
    reading: Reading,
    person: Leader,
    now: Now,
    release: Annotated[str, Query(max_length=40)] = "",
    area: Annotated[str, Query(max_length=20)] = "",
) -> Response:
    """``release``: of an earlier wave; ``area``: one of the person's, with those right below it."""
    visible = person.visible(*rights.READ_SIGNED)
    today = now.astimezone(running.settings.zone).date()
    with reading.begin() as session:
        waves = results.released_waves(session, visible)
        context: dict[str, Any] = {"waves": waves, "wave": None, "waiting": _waiting(session, person)}
        chosen = _chosen(waves, release)
        if chosen is None:
            return _page(request, running, person, context)
        shown = results.sheets(session, chosen, language_of(request), visible, area)
        if shown is None:
            raise NotFound
        of_sectors = sector_results.sectors(session, chosen, language_of(request), [one.area_id for one in shown.whole])
        found = standings(session, [chosen.survey_id], visible, today)
    shown = results.with_briefs(shown, lambda *wanted: _made(running, chosen, *wanted))
    context |= {
        "wave": chosen,
        "above": shown.above,
        "whole": [_told(one) for one in shown.whole],
        "lines": [_told(one) for one in shown.lines],
        "of_sectors": [_told(one) for one in of_sectors],
        "standing": found.get(chosen.survey_id, Standing()),
        "earlier": [one for one in waves if one.number != chosen.number],
        "signs": sheet_page.SIGNS,
        "drawn": sheet_page.drawn,
        "ticks": sheet_page.ticks,
        "interval": sheet_page.interval,
    }
    return _page(request, running, person, context)


def _page(request: Request, running: Services, person: Person, context: dict[str, Any]) -> Response:
    return staff_page(request, running, person, "staff/receiving/results.html", context, section="results")


def _chosen(waves: list[ReleasedWave], number: str) -> ReleasedWave | None:
    """The last one where none is named; NotFound for one that is none of theirs, or not in force."""
    if not number:
        return waves[0] if waves else None
    found = next((one for one in waves if one.number == number), None)
    if found is None:
        raise NotFound
    return found


def _made(running: Services, wave: ReleasedWave, language: str, codes: list[str]) -> Any:
    """Nothing where the release kept none and cannot be computed again: its reports are there all the same."""
    place = "survey_service.releases.briefs:of_release"
    try:
        return computed(running, place, wave.survey_id, wave.release_id, codes, language)
    except DomainError:
        return {}


def _told(sheet: Sheet | SectorLine) -> tuple[Sheet | SectorLine, Any]:
    return sheet, None if sheet.brief is None else briefs.read(dict(sheet.brief))


@dataclass(frozen=True, slots=True)
class Waiting:
    """A wave that waits for whoever may sign it: for the signature, or after it for its first report."""

    address: str
    name: Text
    signed: bool


def _waiting(session: Session, person: Person) -> list[Waiting]:
    """Of surveys that the person may sign for as a whole."""
    found = []
    for survey in session.scalars(select(Survey).order_by(Survey.key)):
        for wave in waves_of(session, survey) if may(session, person, survey, *rights.SIGN) else ():
            here, name = f"/surveys/{survey.key}/waves/{wave.key}", Text(wave.name_zh, wave.name_en)
            if wave.state is WaveState.UNDER_REVIEW and wave.figures_opened_at is not None:
                found.append(Waiting(f"{here}/release", name, signed=False))
            elif wave.state is WaveState.RELEASED and not results.any_sheet(session, wave):
                found.append(Waiting(here, name, signed=True))
    return found
