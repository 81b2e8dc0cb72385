"""Pages of a draft: begun from what exists, changed on one page, become a version, thrown away."""

from __future__ import annotations

import json
from typing import Annotated, Any
from uuid import UUID

from fastapi import APIRouter, Form
from sqlalchemy.orm import Session
from starlette.requests import Request
from starlette.responses import Response

from questionnaires.canonical import from_canonical
from questionnaires.languages import fault_of_tag, name_in
from questionnaires.offered import further
from questionnaires.problem_words import explain
from questionnaires.text import Text
from survey_service.accounts import rights
from survey_service.accounts.permissions import Manager, Person
from survey_service.accounts.staff_pages import go, staff_page
from survey_service.catalogue import draft_queries, drafts, shelf, sources
from survey_service.catalogue.draft_problem_words import told_problems
from survey_service.catalogue.draft_values import to_fill
from survey_service.catalogue.errors import DraftMoved, NoDraftOfThat, NotSound
from survey_service.catalogue.yaml_of import yaml_of
from survey_service.dependencies import Now, Reading, Running, Writing
from survey_service.errors import BadInput, DomainError, NotFound
from survey_service.models import QuestionnaireDraft, Survey
from survey_service.preview.surfaces import framing
from survey_service.surveys import planning_queries
from survey_service.surveys.access import find_survey, refuse_unless
from survey_service.surveys.errors import VersionInUse
from survey_service.web import posted_forms
from survey_service.web.downloads import content_disposition
from survey_service.web.languages import Speaks
from survey_service.web.pages import Language
from survey_service.web.posted_forms import Posted

router = APIRouter(prefix="/surveys/{survey_key}/drafts")

NOTHING_CHOSEN = BadInput(
    zh="还没有选从哪一份开始。选一份现成的、这份调查里的一版，或者一个 YAML 文件。",
    en="Nothing is chosen to begin with: a shipped questionnaire, a version of this survey, or a YAML file.",
)


def find_draft(session: Session, person: Person, survey_key: str, draft_id: UUID) -> tuple[Survey, QuestionnaireDraft]:
    """The draft, where the person plans the whole area of its survey."""
    survey = find_survey(session, person, survey_key)
    refuse_unless(session, person, survey, *rights.PLAN)
    return survey, drafts.found(session, survey.id, draft_id)


@router.get("/new")
def begin_page(request: Request, running: Running, reading: Reading, person: Manager, survey_key: str) -> Response:
    with reading.begin() as session:
        survey = find_survey(session, person, survey_key)
        refuse_unless(session, person, survey, *rights.PLAN)
        return begin_page_of(request, running, session, person, survey)


@router.post("")
def begin(
    request: Request,
    running: Running,
    reading: Reading,
    writing: Writing,
    person: Manager,
    now: Now,
    posted: Posted,
    survey_key: str,
) -> Response:
    """A copy of a shipped questionnaire (``start``) or of a version of this survey (``version``), a file, or what a
    form has become (``definition``)."""
    with reading.begin() as session:
        survey = find_survey(session, person, survey_key)
        refuse_unless(session, person, survey, *rights.PLAN)
        source, survey_id = _chosen(session, survey, posted), survey.id
    sent = posted_forms.upload(posted, "file") or _of_form(posted)
    try:
        if source is None and sent is None:
            raise NOTHING_CHOSEN
        start = _started(source) if source is not None else drafts.started(sent[1], sent[0]) if sent else None
        assert start is not None
        with reading.begin() as session:
            taken = draft_queries.labels(session, survey_id, start.looked.outline["key"])
        start = drafts.with_free_version(start, taken)
        with writing.begin() as session:
            survey = find_survey(session, person, survey_key)
            refuse_unless(session, person, survey, *rights.PLAN)
            draft = drafts.create(session, survey.id, start, at=now, by=person)
            return go(f"/surveys/{survey_key}/drafts/{draft.id}")
    except (NoDraftOfThat, BadInput) as refused:
        with reading.begin() as session:
            survey = find_survey(session, person, survey_key)
            return begin_page_of(request, running, session, person, survey, refused, sent[1] if sent else b"")


def _chosen(session: Session, survey: Survey, posted: Posted) -> tuple[str, str, str] | None:
    """Text, origin, and the same written anew: for a file that leans on another beside it."""
    start, version = posted_forms.text(posted, "start"), posted_forms.text(posted, "version")
    if start:
        one = shelf.programme(start)
        return one.source, sources.origin_of(one.questionnaire), yaml_of(one.questionnaire)
    if version:
        stored = planning_queries.version(session, survey, _id(version))
        if stored is None:
            raise NotFound
        text = sources.text_of(session, stored)
        return text, f"{stored.key} {stored.version}", text
    return None


def _of_form(posted: Posted) -> tuple[str, bytes] | None:
    """The name of the form, and the definition that it became: a text from outside like that of a file."""
    definition = posted_forms.text(posted, "definition")
    return (posted_forms.text(posted, "name")[:120] or "XLSForm", definition.encode()) if definition else None


def _id(typed: str) -> UUID:
    try:
        return UUID(typed)
    except ValueError as unknown:
        raise NotFound from unknown


def _started(source: tuple[str, str, str]) -> drafts.Start:
    text, origin, anew = source
    start = drafts.started(text.encode(), origin)
    return start if not start.looked.count or anew == text else drafts.started(anew.encode(), origin)


@router.get("/{draft_id}")
def draft_page(
    request: Request,
    running: Running,
    reading: Reading,
    person: Manager,
    speaks: Speaks,
    survey_key: str,
    draft_id: UUID,
) -> Response:
    with reading.begin() as session:
        survey, draft = find_draft(session, person, survey_key, draft_id)
        session.expunge_all()
    page = _draft_page(request, running, person, survey, draft, speaks)
    return framing(page)


@router.get("/{draft_id}/outline")
def draft_outline(
    request: Request,
    running: Running,
    reading: Reading,
    person: Manager,
    speaks: Speaks,
    survey_key: str,
    draft_id: UUID,
) -> Response:
    """The parts of the page that change when something is moved, added or left out."""
    with reading.begin() as session:
        survey, draft = find_draft(session, person, survey_key, draft_id)
        session.expunge_all()
    return _draft_page(request, running, person, survey, draft, speaks, template="staff/catalogue/draft-outline.html")


@router.get("/{draft_id}/draft.yaml")
def draft_file(reading: Reading, person: Manager, survey_key: str, draft_id: UUID) -> Response:
    with reading.begin() as session:
        _, draft = find_draft(session, person, survey_key, draft_id)
        source, name = draft.source, f"{survey_key}-{draft.number}.yaml"
    headers = {"Content-Disposition": content_disposition("attachment", name), "Cache-Control": "no-store"}
    return Response(source, media_type="application/yaml; charset=utf-8", headers=headers)


@router.post("/{draft_id}/version")
def become_version(
    request: Request,
    running: Running,
    reading: Reading,
    writing: Writing,
    person: Manager,
    now: Now,
    speaks: Speaks,
    survey_key: str,
    draft_id: UUID,
    number: Annotated[int, Form(ge=1, le=2**31 - 1)] = 1,
) -> Response:
    """``number`` is the save that the person saw. What is refused is said on the draft's page."""
    try:
        with writing.begin() as session:
            _, draft = find_draft(session, person, survey_key, draft_id)
            stored = drafts.make_version(session, draft, number, at=now, by=person)
            return go(f"/surveys/{survey_key}/questionnaires/{stored.id}")
    except (DraftMoved, NotSound, VersionInUse) as refused:
        with reading.begin() as session:
            survey, draft = find_draft(session, person, survey_key, draft_id)
            session.expunge_all()
        return framing(_draft_page(request, running, person, survey, draft, speaks, fault=refused))


@router.get("/{draft_id}/delete")
def confirm_delete(
    request: Request, running: Running, reading: Reading, person: Manager, survey_key: str, draft_id: UUID
) -> Response:
    with reading.begin() as session:
        survey, draft = find_draft(session, person, survey_key, draft_id)
        context = _about(survey, draft)
        return staff_page(request, running, person, "staff/catalogue/draft-delete.html", context, section="surveys")


@router.post("/{draft_id}/delete")
def delete_draft(writing: Writing, person: Manager, now: Now, survey_key: str, draft_id: UUID) -> Response:
    with writing.begin() as session:
        _, draft = find_draft(session, person, survey_key, draft_id)
        drafts.remove(session, draft, at=now, by=person)
    return go(f"/surveys/{survey_key}")


def _about(survey: Survey, draft: QuestionnaireDraft) -> dict[str, Any]:
    return {
        "survey": survey,
        "survey_title": Text(survey.title_zh, survey.title_en),
        "draft": draft,
        "title": Text(draft.title_zh.replace("\u200b", ""), draft.title_en.replace("\u200b", "")),
    }


def _draft_page(
    request: Request,
    running: Running,
    person: Person,
    survey: Survey,
    draft: QuestionnaireDraft,
    language: Language,
    *,
    fault: DomainError | None = None,
    template: str = "staff/catalogue/draft.html",
) -> Response:
    looked = drafts.looked_at(draft.source)
    context = {
        **_about(survey, draft),
        "outline": looked.outline,
        "both": [
            {"tag": tag, "named": f" ({name_in(tag, 'en')})" if language == "en" else f"（{name_in(tag, 'zh')}）"}
            for tag in looked.outline["languages"]
            if tag != "zh" and not fault_of_tag(tag)
        ],
        "spoken": further(from_canonical(looked.definition)) if looked.definition else [],
        "problems": json.dumps(told_problems(looked.problems, language), ensure_ascii=False),
        "to_fill": json.dumps(to_fill(looked.outline, language), ensure_ascii=False),
        "zone_name": running.settings.time_zone,
        "fault": fault,
    }
    status = fault.status if fault else 200
    return staff_page(request, running, person, template, context, section="surveys", status=status)


def begin_page_of(
    request: Request,
    running: Running,
    session: Session,
    person: Person,
    survey: Survey,
    fault: DomainError | None = None,
    content: bytes = b"",
) -> Response:
    lines = content.decode("utf-8", errors="replace").splitlines()
    found = getattr(fault, "problems", ())
    context = {
        "survey": survey,
        "title": Text(survey.title_zh, survey.title_en),
        "groups": shelf.groups(),
        "versions": [stored for stored, _ in planning_queries.versions(session, survey)],
        "fault": fault,
        "problems": [(one, lines[one.location.line - 1] if one.location.line <= len(lines) else "") for one in found],
        "nameless": getattr(fault, "nameless", ()),
        "explain": explain,
    }
    status = fault.status if fault else 200
    return staff_page(request, running, person, "staff/catalogue/begin.html", context, section="surveys", status=status)
