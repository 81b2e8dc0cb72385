"""One matter: what the release says of it, who does what by when, every act so far, and what may be done next."""

from __future__ import annotations

from typing import Any

from fastapi import APIRouter
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session
from starlette.responses import Response

from survey_service.accounts import rights
from survey_service.accounts.permissions import Person
from survey_service.accounts.staff_pages import Asking, go
from survey_service.dependencies import Reading, Writing
from survey_service.errors import DomainError, NotAllowed, NotFound
from survey_service.models import Rectification, RectificationAct, Survey
from survey_service.rectification import later, queries, rows, states
from survey_service.rectification.errors import NotThisStep, SamePerson
from survey_service.rectification.pages import access, forms
from survey_service.rectification.pages.access import Asks, Moment, RowNumber, ThisMoment, Worker
from survey_service.rectification.queries import Found
from survey_service.rectification.rows import Charge
from survey_service.web import posted_forms
from survey_service.web.posted_forms import FormReading, Posted

router = APIRouter(prefix="/surveys/{survey_key}/rectification/rows/{number}")


@router.get("")
def row_page(asking: Asks, reading: Reading, moment: ThisMoment, survey_key: str, number: RowNumber) -> Response:
    with reading.begin() as session:
        survey, found = access.find_row(session, asking.person, survey_key, number)
        return page(asking, session, survey, found, moment)


@router.post("")
def change(
    asking: Asks,
    reading: Reading,
    writing: Writing,
    person: Worker,
    moment: ThisMoment,
    posted: Posted,
    survey_key: str,
    number: RowNumber,
) -> Response:
    """The office says who does it by when; whoever answers for the area says how."""
    read = FormReading(posted)
    charge, fault = forms.charge(read), None
    if not read.faults:
        try:
            with writing.begin() as session:
                row, office = _held(session, person, survey_key, number)
                if not office:
                    charge = Charge(body=row.body, due_on=row.due_on, action=charge.action)
                by = access.by(person, moment, office=office)
                rows.change(session, row, charge, by, seen=_seen(posted))
            return go(_here(survey_key, number))
        except NotThisStep as refused:
            fault = refused
    return _again(asking, reading, moment, survey_key, number, fault=fault, read=read)


@router.post("/acts")
def act(
    asking: Asks,
    reading: Reading,
    writing: Writing,
    person: Worker,
    moment: ThisMoment,
    posted: Posted,
    survey_key: str,
    number: RowNumber,
) -> Response:
    """One step on; NotAllowed where it is the office's alone."""
    named, note = posted_forms.text(posted, "act"), posted_forms.text(posted, "note")
    try:
        with writing.begin() as session:
            row, office = _held(session, person, survey_key, number)
            if named not in {one.value for one in states.ACTS}:
                raise NotThisStep
            chosen = RectificationAct(named)
            if states.ACTS[chosen].office and not office:
                raise NotAllowed
            by = access.by(person, moment, office=office)
            rows.move(session, row, chosen, by, note=note, seen=_seen(posted))
        return go(_here(survey_key, number))
    except IntegrityError:
        fault: DomainError = SamePerson()
    except (NotAllowed, NotFound):
        raise
    except DomainError as refused:
        fault = refused
    return _again(asking, reading, moment, survey_key, number, fault=fault, kept={"note": note, "act": named})


def _held(session: Session, person: Person, survey_key: str, number: int) -> tuple[Rectification, bool]:
    """The row for this transaction, and whether the person keeps the list of its area."""
    survey, found = access.find_row(session, person, survey_key, number, rights.PUT_RIGHT)
    row = rows.locked(session, survey.id, found[0].id)
    return row, access.keeps(session, person, row.area_id)


def _seen(posted: Posted) -> int | None:
    """How many acts there were when the page was made; None where it does not say."""
    typed = posted_forms.text(posted, "seen")
    return int(typed) if typed.isascii() and typed.isdigit() and len(typed) < 7 else None


def _here(survey_key: str, number: int) -> str:
    return f"/surveys/{survey_key}/rectification/rows/{number}"


def _again(
    asking: Asking,
    reading: Reading,
    moment: Moment,
    survey_key: str,
    number: int,
    *,
    fault: DomainError | None,
    read: FormReading | None = None,
    kept: dict[str, str] | None = None,
) -> Response:
    with reading.begin() as session:
        survey, found = access.find_row(session, asking.person, survey_key, number)
        return page(asking, session, survey, found, moment, fault=fault, read=read, kept=kept)


def page(
    asking: Asking,
    session: Session,
    survey: Survey,
    found: Found,
    moment: Moment,
    *,
    fault: DomainError | None = None,
    read: FormReading | None = None,
    kept: dict[str, str] | None = None,
) -> Response:
    """The page of a row; ``kept``: what was typed into a form that was refused."""
    row, area, wave = found
    person = asking.person
    office = access.keeps(session, person, row.area_id)
    works = office or access.works(session, person, row.area_id)
    own_report = row.reported_by_id is not None and row.reported_by_id == person.account_id
    possible = states.possible(row, moment.today, office=office) if works else ()
    first = {"body": row.body, "due_on": str(row.due_on or ""), "action": row.action}
    context: dict[str, Any] = {
        **access.frame(person, survey, moment, asking.running),
        "row": row,
        "line": forms.line(row, area, wave, moment.today),
        "entries": [(one, states.DONE[one.act]) for one in queries.entries(session, row)],
        "photos": queries.photos(session, row),
        "possible": [(one, states.DONE[one], states.ACTS[one]) for one in possible],
        "own_report": own_report,
        "office": office,
        "works": works,
        "open": row.state in states.OPEN,
        "later": later.said_of(session, row),
        "later_words": later.LATER,
        "kept": {**first, **(read.kept if read else {}), **(kept or {})},
        "faults": read.faults if read else {},
        "fault": fault,
    }
    status = fault.status if fault else 422 if read is not None and read.faults else 200
    return asking.page("staff/rectification/row.html", context, section="surveys", status=status)
