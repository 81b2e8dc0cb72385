"""The themes of a survey: begun with a list that is offered, added to, renamed, retired."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated, Any

from fastapi import APIRouter, Depends, Path
from sqlalchemy.orm import Session
from starlette.requests import Request
from starlette.responses import Response

from questionnaires.text import Text
from survey_service.accounts import rights
from survey_service.accounts.staff_pages import Asking, go
from survey_service.dependencies import Now, Reading, Running, Writing
from survey_service.errors import Conflict, DomainError, NotAllowed
from survey_service.models import Survey
from survey_service.remarks import queries, themes
from survey_service.remarks.access import RemarkReader
from survey_service.remarks.rows import By
from survey_service.surveys.access import find_survey, may
from survey_service.web import posted_forms
from survey_service.web.posted_forms import FormReading, Posted

router = APIRouter(prefix="/surveys/{survey_key}/remark-themes")
Number = Annotated[str, Path(max_length=40)]


@dataclass(frozen=True, slots=True)
class At:
    asking: Asking
    by: By
    survey_key: str

    @property
    def address(self) -> str:
        return f"/surveys/{self.survey_key}/remark-themes"

    def survey(self, session: Session, *, change: bool = False) -> Survey:
        """NotFound where it touches none of the person's areas; what changes the list concerns the whole survey."""
        found = find_survey(session, self.asking.person, self.survey_key, rights.CHOOSE_REMARKS)
        if change and not may(session, self.asking.person, found, *rights.CHOOSE_REMARKS):
            raise NotAllowed
        return found


def _at(request: Request, running: Running, person: RemarkReader, now: Now, survey_key: str) -> At:
    return At(Asking(request, running, person), By(actor=person.actor, at=now), survey_key)


AtThemes = Annotated[At, Depends(_at)]


@router.get("")
def list_page(at: AtThemes, reading: Reading, _: RemarkReader) -> Response:
    with reading.begin() as session:
        return _page(at, session)


@router.post("")
def add(at: AtThemes, reading: Reading, writing: Writing, _: RemarkReader, posted: Posted) -> Response:
    """The list that is offered, or one theme more."""
    _refuse_whoever_may_not(at, reading)
    read, fault = FormReading(posted), None
    offered = posted_forms.text(posted, "act") == "begin"
    name = Text("", "") if offered else _name(read)
    if not read.faults:
        try:
            with writing.begin() as session:
                survey = at.survey(session, change=True)
                if offered:
                    themes.begin(session, survey.id, at.by)
                else:
                    themes.add(session, survey.id, name, at.by)
            return go(at.address)
        except Conflict as refused:
            fault = refused
    with reading.begin() as session:
        return _page(at, session, read=read, fault=fault)


@router.post("/{number}")
def change(
    at: AtThemes, reading: Reading, writing: Writing, _: RemarkReader, posted: Posted, number: Number
) -> Response:
    """Rename a theme, retire it, take it back."""
    _refuse_whoever_may_not(at, reading)
    read, act, fault = FormReading(posted), posted_forms.text(posted, "act"), None
    name = Text("", "") if act in ("retire", "restore") else _name(read)
    if not read.faults:
        try:
            with writing.begin() as session:
                survey = at.survey(session, change=True)
                theme = themes.by_number(session, survey.id, number)
                if act in ("retire", "restore"):
                    themes.retire(session, theme, at.by, retired=act == "retire")
                else:
                    themes.rename(session, theme, name, at.by)
            return go(at.address)
        except Conflict as refused:
            fault = refused
    with reading.begin() as session:
        return _page(at, session, read=read, fault=fault, number=number)


def _refuse_whoever_may_not(at: At, reading: Reading) -> None:
    """Before what was typed is looked at."""
    with reading.begin() as session:
        at.survey(session, change=True)


def _name(read: FormReading) -> Text:
    needed = Text("写主题的名字。", "Write the name of the theme.")
    return Text(read.words("zh", most=themes.MOST_ZH, needed=needed), read.words("en", most=themes.MOST_EN))


def _page(
    at: At, session: Session, *, read: FormReading | None = None, fault: DomainError | None = None, number: str = ""
) -> Response:
    """``number``: of the theme whose form was refused; "": the form for a further one."""
    survey = at.survey(session)
    context: dict[str, Any] = {
        "survey": survey,
        "survey_title": Text(survey.title_zh, survey.title_en),
        "here": at.address,
        "themes": queries.themes(session, survey.id),
        "starting": themes.STARTING,
        "keeper": may(session, at.asking.person, survey, *rights.CHOOSE_REMARKS),
        "kept": read.kept if read else {},
        "faults": read.faults if read else {},
        "refused": number,
        "fault": fault,
    }
    status = 422 if read is not None and read.faults else 200
    return at.asking.page("staff/remarks/themes.html", context, section="surveys", fault=fault, status=status)
