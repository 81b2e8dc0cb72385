"""The life of a draft: made of what exists, saved step by step, become a version. Nobody overwrites anybody."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import count
from typing import Any, Final
from uuid import UUID

from sqlalchemy.orm import Session

from questionnaires.canonical import from_canonical
from questionnaires.canonical_json import canonical_text
from questionnaires.model import Questionnaire
from survey_service import audit
from survey_service.accounts.permissions import Person
from survey_service.catalogue import draft_queries as queries
from survey_service.catalogue.errors import DraftMoved, EditNotMade, NoDraftOfThat, NotSound, ReaderBusy
from survey_service.errors import DomainError, NotFound
from survey_service.models import DraftSave, QuestionnaireDraft, QuestionnaireSource, QuestionnaireVersion
from survey_service.outside import drafts as outside
from survey_service.surveys import questionnaires

SAVES_KEPT: Final = 200  # of a draft, each with the text before it
TITLE: Final = 400


@dataclass(frozen=True, slots=True, kw_only=True)
class Start:
    """What a draft is made of, checked outside of any transaction."""

    looked: outside.Looked
    origin: str


def started(content: bytes, origin: str) -> Start:
    """A draft's beginning. NoDraftOfThat where the text cannot be one: ``problems`` and ``nameless`` say why."""
    try:
        return Start(looked=outside.take(content), origin=origin[:120])
    except outside.Unusable as unusable:
        fault = NoDraftOfThat()
        fault.problems, fault.nameless = unusable.problems, unusable.nameless  # type: ignore[attr-defined] # for the page
        raise fault from unusable
    except outside.EditRefused as refused:
        raise _fault(refused) from refused


def with_free_version(start: Start, taken: set[str]) -> Start:
    """With a version that the survey does not hold yet, so that two contents never bear one name."""
    label = str(start.looked.outline["version"])
    stem = label.rpartition("-")[0] if label.rpartition("-")[2].isdigit() and "-" in label else label
    free = label if label not in taken else next(one for one in (f"{stem}-{n}" for n in count(1)) if one not in taken)
    if free == label:
        return start
    edit = {"do": "set", "at": "questionnaire", "field": "version", "value": free}
    return Start(looked=changed(start.looked.text, [edit]), origin=start.origin)


def create(session: Session, survey_id: UUID, start: Start, *, at: datetime, by: Person) -> QuestionnaireDraft:
    draft = QuestionnaireDraft(
        survey_id=survey_id,
        number=1,
        origin=start.origin,
        created_at=at,
        **_state(start.looked, 1, at, by),
    )
    session.add(draft)
    session.flush()
    _note(session, draft, "draft.created", {"origin": start.origin}, at=at, by=by)
    return draft


def changed(text: str, edits: Sequence[Mapping[str, Any]]) -> outside.Looked:
    """The text after ``edits``. EditNotMade where one cannot be made, ReaderBusy where nobody could try."""
    try:
        return outside.change(text, edits)
    except (outside.EditRefused, outside.Unusable) as refused:
        raise _fault(refused) from refused


def looked_at(text: str) -> outside.Looked:
    """The draft as it is. ReaderBusy where it cannot be read at the moment."""
    try:
        return outside.look(text)
    except (outside.EditRefused, outside.Unusable) as refused:
        raise ReaderBusy from refused


def uses(text: str, at: str) -> outside.Uses:
    """What else goes when ``at`` is left out. EditNotMade where there is no such thing."""
    try:
        return outside.uses(text, at)
    except (outside.EditRefused, outside.Unusable) as refused:
        raise _fault(refused) from refused


def _fault(refused: outside.EditRefused | outside.Unusable) -> DomainError:
    """What was asked for cannot be done, or could not be tried: that is sent again, and never thrown away."""
    tried = isinstance(refused, outside.EditRefused) and refused.reason in outside.DECIDED
    return EditNotMade() if tried else ReaderBusy()


@dataclass(frozen=True, slots=True, kw_only=True)
class Saving:
    """What a page sends: edits on the draft as it was at ``base``; ``change`` names this sending for ever."""

    base: int
    change: str
    edits: Sequence[Mapping[str, Any]]


def save(
    session: Session, draft: QuestionnaireDraft, saving: Saving, looked: outside.Looked, *, at: datetime, by: Person
) -> int:
    """The number of the save. ``looked`` is the draft after the edits, made of ``draft.source`` of ``saving.base``.
    DraftMoved where somebody saved meanwhile."""
    number = saving.base + 1
    before = draft.source
    if not queries.move_on(session, draft.survey_id, draft.id, saving.base, _state(looked, number, at, by)):
        raise DraftMoved
    session.add(
        DraftSave(
            survey_id=draft.survey_id,
            draft_id=draft.id,
            number=number,
            at=at,
            account_id=by.account_id,
            name=by.name,
            change=saving.change,
            edits=[dict(one) for one in saving.edits],
            before=before,
        )
    )
    queries.forget_saves(session, draft.survey_id, draft.id, number - SAVES_KEPT)
    return number


def _state(looked: outside.Looked, number: int, at: datetime, by: Person) -> dict[str, Any]:
    """Columns that every save writes. The last sound questionnaire stays where this one has problems."""
    title = looked.outline["title"]
    state: dict[str, Any] = {
        "source": looked.text,
        "title_zh": str(title["zh"])[:TITLE],
        "title_en": str(title["en"])[:TITLE],
        "problems": looked.count,
        "changed_at": at,
        "changed_by": by.account_id,
        "changed_name": by.name,
    }
    if looked.definition is not None:
        state |= {"sound_number": number, "sound_definition": canonical_text(dict(looked.definition))}
    return state


def sound(draft: QuestionnaireDraft) -> Questionnaire | None:
    """The questionnaire as it was when ``check`` last found nothing; None where it never was sound."""
    return None if draft.sound_definition is None else from_canonical(json.loads(draft.sound_definition))


def make_version(
    session: Session, draft: QuestionnaireDraft, number: int, *, at: datetime, by: Person
) -> QuestionnaireVersion:
    """A stored version of the draft as it was seen at ``number``. DraftMoved where it moved on, NotSound where
    ``check`` finds something, VersionInUse where a wave was opened with other words under the same version."""
    if draft.number != number:
        raise DraftMoved
    questionnaire = sound(draft)
    if draft.problems or questionnaire is None or draft.sound_number != number:
        raise NotSound
    stored = questionnaires.store(session, draft.survey_id, questionnaire, at=at, by=by.actor)
    if queries.source(session, draft.survey_id, stored.id) is None:
        session.add(QuestionnaireSource(survey_id=draft.survey_id, version_id=stored.id, source=draft.source))
    draft.version_id, draft.version_number = stored.id, number
    _note(session, draft, "draft.became_version", {"version": str(stored.id), "number": number}, at=at, by=by)
    return stored


def remove(session: Session, draft: QuestionnaireDraft, *, at: datetime, by: Person) -> None:
    _note(session, draft, "draft.deleted", {"number": draft.number}, at=at, by=by)
    queries.remove(session, draft.survey_id, draft.id)


def found(session: Session, survey_id: UUID, draft_id: UUID) -> QuestionnaireDraft:
    draft = queries.draft(session, survey_id, draft_id)
    if draft is None:
        raise NotFound
    return draft


def _note(
    session: Session, draft: QuestionnaireDraft, action: str, detail: dict[str, object], *, at: datetime, by: Person
) -> None:
    audit.record(
        session,
        survey_id=draft.survey_id,
        at=at,
        by=by.actor,
        action=action,
        record=f"questionnaire_draft {draft.id}",
        detail=detail,
    )
