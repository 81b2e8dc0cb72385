"""What the page of a draft asks while somebody works on it: saving, what would go with something, going back."""

from __future__ import annotations

import unicodedata
from typing import Annotated, Any, Final
from uuid import UUID

from fastapi import APIRouter, Form
from fastapi.responses import JSONResponse
from pydantic import BaseModel, ConfigDict, Field
from starlette.requests import Request
from starlette.responses import Response

from questionnaires.characters import without_invisible
from survey_service.accounts.permissions import Manager
from survey_service.accounts.staff_pages import go, staff_page
from survey_service.catalogue import draft_queries, drafts
from survey_service.catalogue.draft_pages import find_draft
from survey_service.catalogue.draft_problem_words import told_problems
from survey_service.catalogue.draft_values import to_fill, values
from survey_service.catalogue.draft_words import deed, field_name, names
from survey_service.catalogue.errors import DraftMoved
from survey_service.dependencies import Now, Reading, Running, Writing
from survey_service.errors import NotFound
from survey_service.models import DraftSave, QuestionnaireDraft
from survey_service.outside import drafts as outside
from survey_service.services import Services
from survey_service.web.languages import Speaks
from survey_service.web.pages import Language, format_time

router = APIRouter(prefix="/surveys/{survey_key}/drafts/{draft_id}")

MOST_TOLD: Final = 12  # saves of others, and edits of one, that are told
SHOWN: Final = 100  # saves on the page of all


class Edit(BaseModel):
    """One edit (``questionnaires.editing.edits``). ``was``: what stood in the field when it was changed here."""

    model_config = ConfigDict(extra="forbid")

    do: Annotated[str, Field(max_length=20)]
    at: Annotated[str, Field(max_length=160)]
    field: Annotated[str, Field(max_length=60)] = ""
    value: Annotated[str, Field(max_length=4_000)] = ""
    was: Annotated[str | None, Field(max_length=4_000)] = None
    by: Annotated[int, Field(ge=-1, le=1)] = 0
    agreed: Annotated[str, Field(max_length=16)] = ""
    what: Annotated[str, Field(max_length=20)] = ""
    type: Annotated[str, Field(max_length=20)] = ""

    def plain(self) -> dict[str, Any]:
        """Without what is empty, as the editor takes it."""
        kept = {"do": self.do, "at": self.at}
        match self.do:
            case "set":
                return {**kept, "field": self.field, "value": self.value}
            case "move":
                return {**kept, "by": self.by}
            case "remove":
                return {**kept, "with": self.agreed}
            case "add":
                return {**kept, "what": self.what, "type": self.type}
            case _:
                return kept


class Sent(BaseModel):
    model_config = ConfigDict(extra="forbid")

    base: Annotated[int, Field(ge=1, le=2**31 - 1)]
    change: Annotated[str, Field(min_length=8, max_length=40)]
    edits: Annotated[list[Edit], Field(min_length=1, max_length=500)]


@router.post("/saves")
def save(
    running: Running,
    reading: Reading,
    writing: Writing,
    person: Manager,
    now: Now,
    speaks: Speaks,
    survey_key: str,
    draft_id: UUID,
    sent: Sent,
) -> Response:
    """The new number and what is wrong now. 409 where somebody saved meanwhile: who, when, what, and what stands now in
    the fields that were sent. A sending that arrives again is answered as before and done once."""

    def stands() -> QuestionnaireDraft:
        with reading.begin() as session:
            _, found = find_draft(session, person, survey_key, draft_id)
            session.expunge_all()
        return found

    draft = stands()
    if draft.number != sent.base or _overwrites(drafts.looked_at(draft.source).outline, sent):
        return _known_or_moved(running, reading, draft, sent, speaks)
    saving = drafts.Saving(base=sent.base, change=sent.change, edits=[one.plain() for one in sent.edits])
    looked = drafts.changed(draft.source, saving.edits)
    try:
        with writing.begin() as session:
            _, held = find_draft(session, person, survey_key, draft_id)
            number = drafts.save(session, held, saving, looked, at=now, by=person)
    except DraftMoved:
        return _known_or_moved(running, reading, stands(), sent, speaks)
    return _saved(number, looked, speaks)


def _known_or_moved(
    running: Services, reading: Reading, draft: QuestionnaireDraft, sent: Sent, language: Language
) -> Response:
    """The first sending of this name may have arrived, or be arriving at this moment: nobody is asked about their own
    words."""
    with reading.begin() as session:
        known = draft_queries.has_change(session, draft.survey_id, draft.id, sent.change)
    if known:
        return _saved(draft.number, drafts.looked_at(draft.source), language)
    return _moved(running, reading, draft, sent, language)


def _overwrites(outline: Any, sent: Sent) -> bool:
    """Whether a field holds something else than what stood there when it was changed."""
    standing = values(outline)
    return any(
        one.was is not None and _seen(standing.get((one.at, one.field), "")) != _seen(one.was)
        for one in sent.edits
        if one.do == "set"
    )


def _seen(value: str) -> str:
    """As a person reads it: how blanks and digits are written is no difference."""
    return " ".join(unicodedata.normalize("NFKC", without_invisible(value)).split())


def _saved(number: int, looked: outside.Looked, language: Language) -> Response:
    told = {
        "number": number,
        "problems": told_problems(looked.problems, language),
        "count": looked.count,
        "title": looked.outline["title"],
        "to_fill": to_fill(looked.outline, language),
    }
    return JSONResponse(told, headers={"Cache-Control": "no-store"})


def _moved(running: Services, reading: Reading, draft: QuestionnaireDraft, sent: Sent, language: Language) -> Response:
    looked = drafts.looked_at(draft.source)
    named = names(looked.outline, language)
    with reading.begin() as session:
        # What was typed while somebody else's save was looked at may be on the newest number: then the last is told.
        since = min(sent.base, draft.number - 1)
        saves = draft_queries.saves_after(session, draft.survey_id, draft.id, since, MOST_TOLD)
        told = [_told(running, one, named, language) for one in saves]
    standing = values(looked.outline)
    mine = [
        {
            "name": f"{named.get(one.at, one.at)} {field_name(one.field, language)}".strip(),
            "now": standing.get((one.at, one.field), "") if one.at in named else None,
        }
        for one in sent.edits
    ]
    body = {"number": draft.number, "saves": told, "mine": mine}
    return JSONResponse(body, status_code=409, headers={"Cache-Control": "no-store"})


def _told(running: Services, one: DraftSave, named: dict[str, str], language: Language) -> dict[str, Any]:
    return {
        "number": one.number,
        "name": one.name,
        "at": format_time(one.at, running.settings.zone, language),
        "deeds": [deed(edit, named, language) for edit in one.edits[:MOST_TOLD]],
        "more": max(0, len(one.edits) - MOST_TOLD),
    }


@router.get("/uses")
def uses_fragment(
    request: Request,
    running: Running,
    reading: Reading,
    person: Manager,
    speaks: Speaks,
    survey_key: str,
    draft_id: UUID,
    at: str = "",
) -> Response:
    """What goes when ``at`` is left out, to be agreed to."""
    with reading.begin() as session:
        _, draft = find_draft(session, person, survey_key, draft_id)
        session.expunge_all()
    found = drafts.uses(draft.source, at)
    named = names(drafts.looked_at(draft.source).outline, speaks)
    context = {
        "at": at,
        "name": named.get(at, at),
        "uses": [(one["what"], named.get(one["at"], one["at"]), one["source"], one["becomes"]) for one in found.uses],
        "agreed": found.fingerprint,
    }
    return staff_page(request, running, person, "staff/catalogue/draft-uses.html", context)


@router.get("/history")
def history_page(
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
        named = names(drafts.looked_at(draft.source).outline, speaks)
        saves = draft_queries.saves_after(session, survey.id, draft_id, 0, SHOWN)
        context = {
            "survey": survey,
            "draft": draft,
            "saves": [(one, _told(running, one, named, speaks)) for one in saves],
        }
        return staff_page(request, running, person, "staff/catalogue/draft-history.html", context, section="surveys")


@router.post("/history")
def go_back(
    reading: Reading,
    writing: Writing,
    person: Manager,
    now: Now,
    survey_key: str,
    draft_id: UUID,
    number: Annotated[int, Form(ge=1, le=2**31 - 1)] = 1,
    base: Annotated[int, Form(ge=1, le=2**31 - 1)] = 1,
) -> Response:
    """The text as it was before the save ``number``, as a save of its own: nothing is lost by it either."""
    with reading.begin() as session:
        survey, _ = find_draft(session, person, survey_key, draft_id)
        save = draft_queries.a_save(session, survey.id, draft_id, number)
        if save is None:
            raise NotFound
        text = save.before
    looked = drafts.looked_at(text)
    saving = drafts.Saving(base=base, change="", edits=[{"do": "restore", "at": "questionnaire", "value": str(number)}])
    with writing.begin() as session:
        _, held = find_draft(session, person, survey_key, draft_id)
        drafts.save(session, held, saving, looked, at=now, by=person)
    return go(f"/surveys/{survey_key}/drafts/{draft_id}")
