"""One file on its way in: looked at in a child, then stored, durably, before whoever sent it is told its reference."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from questionnaires.kinds import kind_of
from questionnaires.kinds.attachment import TYPES, Reference, accepted, most_bytes
from questionnaires.kinds.kind import VariableType
from questionnaires.model import Question, Questionnaire
from survey_service.attachments import store
from survey_service.attachments.errors import FilesWait, FileTooLarge, NotSuchAFile
from survey_service.errors import BadInput
from survey_service.outside import attachments as outside
from survey_service.services import Services


def question_of(questionnaire: Questionnaire, name: str) -> Question:
    """The question that files are sent for; BadInput where it takes none."""
    for one in questionnaire.questions():
        if one.id == name and kind_of(one).variable is VariableType.FILES:
            return one
    raise BadInput


def take(
    running: Services, survey_id: UUID, wave_id: UUID, question: Question, content: bytes, *, at: datetime
) -> Reference:
    """Raises FileTooLarge, NotSuchAFile, or FilesWait where others are in line."""
    if len(content) > most_bytes(question):
        raise FileTooLarge
    try:
        looked = outside.look(content, {one for kind in accepted(question) for one in TYPES[kind]})
    except outside.Busy:
        raise FilesWait from None
    if not looked.type or not looked.content:
        raise NotSuchAFile
    with running.database.writing.begin() as session:
        return store.put(
            session,
            running.keys,
            store.Incoming(
                survey_id=survey_id, wave_id=wave_id, question=question.id, type=looked.type, content=looked.content
            ),
            at=at,
        )
