"""The lists that a wave gives its questionnaire: read by whoever follows the wave, filled in by its manager."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Annotated, Any
from urllib.parse import urlencode

from fastapi import APIRouter, Query
from sqlalchemy.orm import Session
from starlette.requests import Request
from starlette.responses import Response

from questionnaires.model import ListSource
from questionnaires.text import Text
from survey_service.accounts import rights
from survey_service.accounts.permissions import Manager, Person, WaveStaff
from survey_service.accounts.staff_pages import Asking, go
from survey_service.dependencies import Now, Reading, Running, Writing
from survey_service.errors import BadInput, Conflict, DomainError, NotFound
from survey_service.models import Survey, Wave, WaveState
from survey_service.surveys import list_states, wave_lists
from survey_service.surveys.access import find_wave, may, refuse_unless
from survey_service.surveys.drafts import NoDraft, draft
from survey_service.surveys.list_forms import BOXES, MOST_NAME, boxes_of, read_entry
from survey_service.surveys.list_judging import Among, told
from survey_service.surveys.list_upload import EntriesUpload, template
from survey_service.uploads.pages import FileLook, look, sent
from survey_service.web import posted_forms
from survey_service.web.downloads import WORKBOOK, content_disposition
from survey_service.web.posted_forms import FormReading, Posted

router = APIRouter(prefix="/surveys/{survey_key}/waves/{wave_key}/lists/{list_id}")


class StoodUnder(Conflict):
    """Entries of another list stand under the one that somebody takes out."""

    code = "E124"
    zh = "别的名单里还有项目排在它下面。请先改它们的上级，或者先去掉它们。"
    en = "Entries of another list stand under it. Give them another parent first, or take them out."


@dataclass(slots=True, kw_only=True)
class _Shown:
    """What a page shows beside the list: a look at a file, the boxes of an entry, what was just taken out."""

    look: FileLook | None = None
    fault: DomainError | None = None
    was: str = ""  # the code of the entry that is changed
    kept: Mapping[str, str] = field(default_factory=dict)
    faults: Mapping[str, Text] = field(default_factory=dict)
    gone: Mapping[str, str] = field(default_factory=dict)  # boxes of an entry


@router.get("")
def list_page(
    request: Request,
    running: Running,
    reading: Reading,
    person: WaveStaff,
    survey_key: str,
    wave_key: str,
    list_id: str,
    edit: Annotated[str, Query(max_length=40)] = "",
) -> Response:
    """``edit``: the code of the entry that is changed. The boxes of one just taken out come with the address."""
    with reading.begin() as session:
        survey, wave = find_wave(session, person, survey_key, wave_key)
        among = list_states.among(session, survey, wave, list_id)
        shown = _Shown(gone=_gone(request))
        if edit:
            place, entry = _entry(among, edit)
            shown.was, shown.kept = edit, boxes_of(entry, place)
        return _page(Asking(request, running, person), session, survey, wave, among, shown)


@router.get("/template.xlsx")
def template_file(reading: Reading, person: WaveStaff, survey_key: str, wave_key: str, list_id: str) -> Response:
    """The list as it is, in the form in which it is brought in; of an empty list its heads."""
    with reading.begin() as session:
        survey, wave = find_wave(session, person, survey_key, wave_key)
        among = list_states.among(session, survey, wave, list_id)
    name = f"{wave_key} {among.one.title.zh}.xlsx"
    headers = {
        "Content-Disposition": content_disposition("attachment", name, plainly=f"{wave_key}-{list_id}.xlsx"),
        "Cache-Control": "no-store",
    }
    return Response(template(among), media_type=WORKBOOK, headers=headers)


@router.post("")
def bring_in(
    request: Request,
    running: Running,
    reading: Reading,
    writing: Writing,
    person: Manager,
    now: Now,
    posted: Posted,
    survey_key: str,
    wave_key: str,
    list_id: str,
) -> Response:
    """A look at a file, or the step that takes in what was seen: the whole list anew."""
    shown = _Shown()
    with reading.begin() as session:
        survey, wave, among = _of_manager(session, person, survey_key, wave_key, list_id)
        upload = EntriesUpload(survey, wave, among, person, now)
        session.expunge_all()
    try:
        shown.look = look(upload, sent(posted), reading, writing)
        if shown.look is None:
            return go(_address(survey, wave, list_id))
    except (Conflict, BadInput) as refused:
        shown.fault = refused
    return _again(Asking(request, running, person), reading, (survey_key, wave_key, list_id), shown)


@router.post("/entries")
def put_entry(
    request: Request,
    running: Running,
    reading: Reading,
    writing: Writing,
    person: Manager,
    now: Now,
    posted: Posted,
    survey_key: str,
    wave_key: str,
    list_id: str,
) -> Response:
    """A new entry; with ``was`` the one of that code, changed."""
    read = FormReading(posted)
    was = posted_forms.text(posted, "was")
    with writing.begin() as session:
        survey, wave, among = _of_manager(session, person, survey_key, wave_key, list_id, hold=True)
        if was:
            _entry(among, was)
        form = read_entry(read, among, was)
        if not read.faults:
            change = EntriesUpload(survey, wave, among, person, now).change
            wave_lists.put_entry(session, change, among.present, form.entry, was=was, place=form.place)
            if was:
                below = {one.id: among.lists[one.id] for one in among.below}
                wave_lists.rename_parent(session, change, below, was, form.entry.code)
            return go(_address(survey, wave, list_id))
    shown = _Shown(was=was, kept=read.kept, faults=read.faults)
    return _again(Asking(request, running, person), reading, (survey_key, wave_key, list_id), shown)


@router.post("/entries/remove")
def remove_entry(
    request: Request,
    running: Running,
    reading: Reading,
    writing: Writing,
    person: Manager,
    now: Now,
    posted: Posted,
    survey_key: str,
    wave_key: str,
    list_id: str,
) -> Response:
    code = posted_forms.text(posted, "code")
    try:
        with writing.begin() as session:
            survey, wave, among = _of_manager(session, person, survey_key, wave_key, list_id, hold=True)
            _entry(among, code)
            if among.standing_under(code):
                raise StoodUnder
            change = EntriesUpload(survey, wave, among, person, now).change
            entry, place = wave_lists.remove_entry(session, change, among.present, code)
            return go(f"{_address(survey, wave, list_id)}?{urlencode(boxes_of(entry, place))}")
    except StoodUnder as refused:
        shown = _Shown(fault=refused)
    return _again(Asking(request, running, person), reading, (survey_key, wave_key, list_id), shown)


def _gone(request: Request) -> dict[str, str]:
    """The boxes of an entry that was just taken out, so that it can be put back; empty where none was."""
    said = request.query_params
    return {name: said.get(name, "")[:MOST_NAME] for name in BOXES} if "code" in said else {}


def _of_manager(
    session: Session, person: Person, survey_key: str, wave_key: str, list_id: str, *, hold: bool = False
) -> tuple[Survey, Wave, Among]:
    """A list that the person may change. NoDraft once the wave has opened; NotFound for what the wave does not give.

    ``hold``: the draft is held, so that of two who change a list at once the second changes what the first left.
    """
    survey, wave = find_wave(session, person, survey_key, wave_key)
    refuse_unless(session, person, survey, *rights.PLAN)
    if hold:
        wave = draft(session, survey.id, wave.id)
    among = list_states.among(session, survey, wave, list_id)
    if wave.state is not WaveState.DRAFT:
        raise NoDraft
    if among.one.source is not ListSource.WAVE:
        raise NotFound
    return survey, wave, among


def _entry(among: Among, code: str) -> tuple[int, wave_lists.Entry]:
    found = next(((at, one) for at, one in enumerate(among.present) if one.code == code), None)
    if found is None:
        raise NotFound
    return found


def _address(survey: Survey, wave: Wave, list_id: str) -> str:
    return f"/surveys/{survey.key}/waves/{wave.key}/lists/{list_id}"


def _again(asking: Asking, reading: Reading, keys: tuple[str, str, str], shown: _Shown) -> Response:
    """The page with what could not be taken."""
    survey_key, wave_key, list_id = keys
    with reading.begin() as session:
        survey, wave = find_wave(session, asking.person, survey_key, wave_key)
        among = list_states.among(session, survey, wave, list_id)
        return _page(asking, session, survey, wave, among, shown)


def _page(asking: Asking, session: Session, survey: Survey, wave: Wave, among: Among, shown: _Shown) -> Response:
    is_draft = wave.state is WaveState.DRAFT
    own = among.one.source is ListSource.WAVE
    above = among.questionnaire.option_list(among.one.parent) if among.one.parent else None
    changes = is_draft and own and may(session, asking.person, survey, *rights.PLAN)
    context: dict[str, Any] = {
        "survey": survey,
        "wave": wave,
        "wave_name": Text(wave.name_zh, wave.name_en),
        "one": among.one,
        "above": above,
        "asked_in": list_states.asked_in(among.questionnaire, among.one.id),
        "draft": is_draft,
        "own": own,
        "may_change": changes,
        "entries": among.present,
        "parents": {entry.code: entry.label for entry in among.parents},
        "notices": told(among.present, among) if is_draft and own else (),
        "look": shown.look,
        "fault": shown.fault,
        "was": shown.was,
        "kept": shown.kept,
        "faults": shown.faults,
        "gone": shown.gone if changes else {},
    }
    status = 422 if shown.faults else shown.look.status if shown.look else 200
    return asking.page("staff/planning/list.html", context, section="surveys", fault=shown.fault, status=status)
