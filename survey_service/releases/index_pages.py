"""The page of a survey's indices: what each comes to, of what it is made, what is missing yet; and their signature."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Depends, Form
from pydantic import Field
from sqlalchemy.orm import Session
from starlette.requests import Request
from starlette.responses import Response

from questionnaires.text import Text
from survey_service.accounts import rights
from survey_service.accounts.permissions import FormModel, Manager, Person, require
from survey_service.accounts.staff_pages import go, staff_page
from survey_service.dependencies import Now, Reading, Running, Writing
from survey_service.errors import NotFound
from survey_service.models import Survey
from survey_service.releases import indices
from survey_service.releases.edition_changes import places_of
from survey_service.releases.errors import IndexMoved
from survey_service.releases.indices import IndexShown, SurveyIndex
from survey_service.services import Services
from survey_service.stored_files import files_of
from survey_service.surveys.access import find_survey, may, refuse_unless
from survey_service.web import posted_forms
from survey_service.web.downloads import content_disposition
from survey_service.web.posted_forms import Posted

router = APIRouter()

IndexReader = Annotated[Person, Depends(require(*rights.READ_RELEASES))]
IndexSigner = Annotated[Person, Depends(require(*rights.SIGN))]


class SignForm(FormModel):
    """The figures that were looked at."""

    sha256: Annotated[str, Field(max_length=64)] = ""


@router.get("/surveys/{survey_key}/indices")
def page(
    request: Request, running: Running, reading: Reading, person: IndexReader, survey_key: str, change: str = ""
) -> Response:
    """``change``: the key of the index whose form is filled in."""
    with reading.begin() as session:
        survey = find_survey(session, person, survey_key, rights.READ_RELEASES)
        chosen = next((one for one in indices.indices_of(survey) if one.key == change), None)
        kept = {} if chosen is None else _boxes(chosen)
        return _page(request, running, session, person, survey, kept, {})


@router.post("/surveys/{survey_key}/indices")
def keep(
    request: Request,
    running: Running,
    reading: Reading,
    writing: Writing,
    person: Manager,
    now: Now,
    posted: Posted,
    survey_key: str,
) -> Response:
    read = posted_forms.FormReading(posted)
    needed = Text("这个指数叫什么，请写中文名。", "Write the Chinese name of the index.")
    key, name = read.key("key"), Text(read.words("name_zh", most=40, needed=needed), read.words("name_en", most=80))
    why = Text("权重从哪里来，请写文件和条款。", "Say where the weights come from: document and clause.")
    source = read.words("source", most=200, needed=why)
    typed = read.words("parts", most=2000)
    with writing.begin() as session:
        survey = find_survey(session, person, survey_key)
        refuse_unless(session, person, survey, *rights.PLAN)
        parts, fault = indices.read_parts(typed, indices.indicators_of_waves(session, survey))
        if fault is not None:
            read.faults["parts"] = fault
        if not read.faults:
            made = SurveyIndex(key=key, name=name, source=source, parts=parts)
            indices.keep(session, survey, made, at=now, by=person.actor)
            return go(f"/surveys/{survey_key}/indices")
    with reading.begin() as session:
        survey = find_survey(session, person, survey_key)
        return _page(request, running, session, person, survey, read.kept, read.faults)


@router.post("/surveys/{survey_key}/indices/{index_key}/sign")
def sign(
    running: Running,
    reading: Reading,
    writing: Writing,
    person: IndexSigner,
    now: Now,
    form: Annotated[SignForm, Form()],
    survey_key: str,
    index_key: str,
) -> Response:
    """The very figures of the page: what moved since is refused."""
    with reading.begin() as session:
        survey = find_survey(session, person, survey_key, rights.READ_RELEASES)
        refuse_unless(session, person, survey, *rights.SIGN)
        found = indices.shown(session, survey, _index(survey, index_key))
    if found.sha256 != form.sha256 or not found.whole:
        raise IndexMoved
    stored = files_of(running.settings, running.database).put(found.text.encode())
    with writing.begin() as session:
        survey = find_survey(session, person, survey_key, rights.READ_RELEASES)
        indices.sign(session, survey, found, stored, at=now, by=person.actor)
    return go(f"/surveys/{survey_key}/indices")


@router.get("/surveys/{survey_key}/indices/{index_key}/signed.json")
def signed(running: Running, reading: Reading, person: IndexReader, survey_key: str, index_key: str) -> Response:
    """What was signed last, to the byte; for whoever reads the releases of the whole survey."""
    with reading.begin() as session:
        survey = find_survey(session, person, survey_key, rights.READ_RELEASES)
        refuse_unless(session, person, survey, *rights.READ_RELEASES)
        last = indices.signatures(session, survey).get(_index(survey, index_key).key)
    if last is None:
        raise NotFound
    content = files_of(running.settings, running.database).get(last.sha256)
    headers = {"Content-Disposition": content_disposition("attachment", f"{index_key}.json")}
    return Response(content, media_type="application/json", headers=headers)


def _index(survey: Survey, key: str) -> SurveyIndex:
    found = next((one for one in indices.indices_of(survey) if one.key == key), None)
    if found is None:
        raise NotFound
    return found


def _boxes(index: SurveyIndex) -> dict[str, str]:
    return {
        "key": index.key,
        "name_zh": index.name.zh,
        "name_en": index.name.en,
        "source": index.source,
        "parts": index.lines,
    }


def _page(
    request: Request,
    running: Services,
    session: Session,
    person: Person,
    survey: Survey,
    kept: dict[str, str],
    faults: dict[str, Text],
) -> Response:
    places = {one.domain: one.name for one in places_of(session, person, survey)}
    found = [indices.shown(session, survey, one) for one in indices.indices_of(survey)]
    context = {
        "survey": survey,
        "title": Text(survey.title_zh, survey.title_en),
        "indices": [_of_areas(one, places) for one in found],
        "names": places,
        "signatures": indices.signatures(session, survey),
        "waves": indices.indicators_of_waves(session, survey),
        "may_change": may(session, person, survey, *rights.PLAN),
        "may_sign": may(session, person, survey, *rights.SIGN),
        "reads_all": may(session, person, survey, *rights.READ_RELEASES),
        "kept": kept,
        "faults": faults,
    }
    status = 422 if faults else 200
    return staff_page(request, running, person, "staff/survey-indices.html", context, section="surveys", status=status)


def _of_areas(found: IndexShown, places: dict[indices.Domain, Text]) -> IndexShown:
    """The lines of the areas that the person may see, in the order of the tree."""
    by_domain = {one.domain: one for one in found.lines}
    return indices.with_lines(found, [by_domain[domain] for domain in places if domain in by_domain])
