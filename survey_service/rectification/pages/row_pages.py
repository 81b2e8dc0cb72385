"""One matter: what the release says of it, who does what by when, every act so far, and what may be done next."""

from __future__ import annotations

from typing import Any

from fastapi import APIRouter
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session
from starlette.responses import Response

from survey_service.accounts import rights
from survey_service.accounts.staff_pages import go
from survey_service.dependencies import Reading, Writing
from survey_service.errors import DomainError, NotAllowed, NotFound
from survey_service.models import Rectification, RectificationAct
from survey_service.rectification import later, queries, rows, states
from survey_service.rectification.errors import NotThisStep, SamePerson
from survey_service.rectification.pages import access, forms
from survey_service.rectification.pages.access import AtList, AtThisList, RowNumber, Worker
from survey_service.rectification.rows import Charge
from survey_service.web import posted_forms
from survey_service.web.posted_forms import FormReading, Posted

router = APIRouter(prefix="/surveys/{survey_key}/rectification/rows/{number}")


@router.get("")
def row_page(at: AtThisList, reading: Reading, number: RowNumber) -> Response:
    with reading.begin() as session:
        return page(at, session, number)


@router.post("")
def change(
    at: AtThisList,
    reading: Reading,
    writing: Writing,
    _: Worker,
    posted: Posted,
    number: RowNumber,
) -> Response:
    """The office says who does it by when; whoever answers for the area says how."""
    read = FormReading(posted)
    charge, fault = forms.charge(read), None
    if not read.faults:
        try:
            with writing.begin() as session:
                row, office = _held(session, at, number)
                if not office:
                    charge = Charge(body=row.body, due_on=row.due_on, action=charge.action)
                by = at.by(office=office)
                rows.change(session, row, charge, by, seen=_seen(posted))
            return go(_here(at, number))
        except NotThisStep as refused:
            fault = refused
    with reading.begin() as session:
        return page(at, session, number, fault=fault, read=read)


@router.post("/acts")
def act(
    at: AtThisList,
    reading: Reading,
    writing: Writing,
    _: Worker,
    posted: Posted,
    number: RowNumber,
) -> Response:
    """One step on; NotAllowed where it is the office's alone."""
    named, note = posted_forms.text(posted, "act"), posted_forms.text(posted, "note")
    try:
        with writing.begin() as session:
            row, office = _held(session, at, number)
            if named not in {one.value for one in states.ACTS}:
                raise NotThisStep
            chosen = RectificationAct(named)
            if states.ACTS[chosen].office and not office:
                raise NotAllowed
            by = at.by(office=office)
            rows.move(session, row, chosen, by, note=note, seen=_seen(posted))
        return go(_here(at, number))
    except IntegrityError:
        fault: DomainError = SamePerson()
    except (NotAllowed, NotFound):
        raise
    except DomainError as refused:
        fault = refused
    with reading.begin() as session:
        return page(at, session, number, fault=fault, kept={"note": note, "act": named})


def _held(session: Session, at: AtList, number: int) -> tuple[Rectification, bool]:
    """The row for this transaction, and whether the person keeps the list of its area."""
    survey, found = access.find_row(session, at.person, at.survey_key, number, rights.PUT_RIGHT)
    row = rows.locked(session, survey.id, found[0].id)
    return row, access.keeps(session, at.person, row.area_id)


def _seen(posted: Posted) -> int | None:
    """How many acts there were when the page was made; None where it does not say."""
    typed = posted_forms.text(posted, "seen")
    return int(typed) if typed.isascii() and typed.isdigit() and len(typed) < 7 else None


def _here(at: AtList, number: int) -> str:
    return f"{at.address}/rows/{number}"


def page(
    at: AtList,
    session: Session,
    number: int,
    *,
    fault: DomainError | None = None,
    read: FormReading | None = None,
    kept: dict[str, str] | None = None,
) -> Response:
    """The page of a row; ``kept``: what was typed into a form that was refused."""
    person = at.person
    survey, (row, area, wave) = access.find_row(session, person, at.survey_key, number)
    office = access.keeps(session, person, row.area_id)
    works = office or access.works(session, person, row.area_id)
    own_report = row.reported_by_id is not None and row.reported_by_id == person.account_id
    possible = states.possible(row, at.today, office=office) if works else ()
    first = {"body": row.body, "due_on": str(row.due_on or ""), "action": row.action}
    context: dict[str, Any] = {
        "row": row,
        "line": forms.line(row, area, wave, at.today),
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
    }
    status = 422 if read is not None and read.faults else 200
    return at.page(survey, "row", context, fault=fault, status=status)
