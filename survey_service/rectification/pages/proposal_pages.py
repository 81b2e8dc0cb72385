"""What a release proposes, ticked and accepted or struck at one stroke."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated, Any, Final
from uuid import UUID

from fastapi import APIRouter, Query
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session
from starlette.responses import Response

from questionnaires.text import Text
from survey_service.accounts import rights
from survey_service.accounts.permissions import Person
from survey_service.accounts.staff_pages import go
from survey_service.dependencies import Reading, Writing
from survey_service.errors import Conflict, DomainError, NotFound
from survey_service.models import RectificationAct, Survey, Wave
from survey_service.rectification import queries, rows, states
from survey_service.rectification.errors import NoneTicked
from survey_service.rectification.pages import forms, proposals, waves
from survey_service.rectification.pages.access import AtList, AtThisList, Keeper
from survey_service.rectification.pages.proposals import Proposal
from survey_service.rectification.rows import Charge, Matter
from survey_service.web import posted_forms
from survey_service.web.posted_forms import FormReading, Posted

router = APIRouter(prefix="/surveys/{survey_key}/rectification/proposals")
PAGE: Final = 100  # proposals of one page: each is a field of the form
TERM_DAYS: Final = 30  # the day that stands in the box at first


@dataclass(frozen=True, slots=True, kw_only=True)
class _Offered:
    """What a wave's release proposes beyond the rows there are; ``areas``: ids by code, of the person's areas."""

    wave: Wave
    number: str
    proposals: list[Proposal]
    areas: dict[str, UUID]


@router.get("")
def proposals_page(
    at: AtThisList,
    reading: Reading,
    _: Keeper,
    wave: Annotated[str, Query(max_length=30)] = "",
    area: Annotated[str, Query(max_length=20)] = "",
) -> Response:
    with reading.begin() as session:
        return _page(at, session, (wave, area), FormReading(posted=forms.nothing_posted()))


@router.post("")
def decide(
    at: AtThisList,
    reading: Reading,
    writing: Writing,
    person: Keeper,
    posted: Posted,
) -> Response:
    """Accept what is ticked, or strike it with a reason. What came on the list meanwhile is refused as a whole."""
    read = FormReading(posted)
    chosen = (read.words("wave", most=30), read.words("area", most=20))
    strike = posted_forms.text(posted, "what") == "strike"
    charge, note = forms.charge(read), read.words("note", most=rows.MOST_NOTE)
    ticked = posted_forms.texts(posted, "row")
    fault: DomainError | None = None
    if not read.faults:
        try:
            with writing.begin() as session:
                survey = at.survey(session)
                matters = _ticked(_offered(session, person, survey, chosen[0]), ticked, charge)
                act = RectificationAct.STRUCK if strike else RectificationAct.ACCEPTED
                rows.take_in(session, survey.id, matters, at.by(office=True), act=act, note=note)
            return go(f"{at.address}?done={'struck' if strike else 'accepted'}")
        except IntegrityError:
            fault = Conflict()
        except NotFound:
            raise
        except DomainError as refused:
            fault = refused
    with reading.begin() as session:
        return _page(at, session, chosen, read, ticked=frozenset(ticked), fault=fault)


def _offered(session: Session, person: Person, survey: Survey, wave_key: str) -> _Offered | None:
    wave, release = waves.chosen(session, survey.id, wave_key)
    if wave is None or release is None:
        return None
    visible = person.visible(*rights.KEEP_RECTIFICATION)
    areas = {one.code: one.id for one in waves.areas(session, survey, visible)}
    there = queries.there(session, survey.id, wave.id)
    of = proposals.released(session, person, release, survey, wave)
    new = [one for one in proposals.proposed(of) if one.area in areas and (areas[one.area], one.indicator) not in there]
    return _Offered(wave=wave, number=release.number, proposals=new, areas=areas)


def _ticked(offered: _Offered | None, ticked: list[str], charge: Charge) -> list[tuple[Matter, Charge]]:
    """NoneTicked where nothing is, Conflict where one of them is proposed no more."""
    if offered is None:
        raise NotFound
    if not ticked:
        raise NoneTicked
    known = {one.key: one for one in offered.proposals}
    if not set(ticked) <= known.keys():
        raise Conflict
    return [
        (
            proposals.matter(one, offered.wave.id, offered.areas[one.area]),
            charge if charge.body else Charge(body=one.area_name.zh, due_on=charge.due_on, action=charge.action),
        )
        for one in (known[key] for key in dict.fromkeys(ticked))
    ]


def _page(
    at: AtList,
    session: Session,
    chosen: tuple[str, str],
    read: FormReading,
    *,
    ticked: frozenset[str] = frozenset(),
    fault: DomainError | None = None,
) -> Response:
    survey = at.survey(session)
    offered = _offered(session, at.person, survey, chosen[0])
    if offered is None and chosen[0]:
        raise NotFound
    all_of = offered.proposals if offered else []
    shown = [one for one in all_of if chosen[1] in ("", one.area)]
    due = at.today.toordinal() + TERM_DAYS
    context: dict[str, Any] = {
        "waves": [(wave.key, Text(wave.name_zh, wave.name_en)) for wave, _ in waves.released(session, survey.id)],
        "wave_key": offered.wave.key if offered else "",
        "number": offered.number if offered else "",
        "area": chosen[1],
        "areas": list(dict.fromkeys((one.area, one.area_name) for one in all_of)),
        "proposals": shown[:PAGE],
        "total": len(shown),
        "reasons": states.REASONS,
        "ticked": ticked,
        "kept": {"due_on": str(at.today.fromordinal(due)), **read.kept},
        "faults": read.faults,
    }
    return at.page(survey, "proposals", context, fault=fault, status=422 if read.faults else 200)
