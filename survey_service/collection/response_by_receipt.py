"""Stored answers as whoever holds their receipt code finds them."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import bindparam, select
from sqlalchemy.orm import Session

from questionnaires.answer_forms import Canonical
from questionnaires.figures import in_digits
from survey_service.captures.errors import Withdrawn
from survey_service.collection.errors import UnknownReceipt
from survey_service.collection.opened_by_code import AskedQuestionnaire, asked_in
from survey_service.collection.posted_answers import RECEIPT_LENGTH
from survey_service.models import Capture, Mode, Response, ResponseState, Survey
from survey_service.secrets import code_hash

# A receipt names no survey: the join lets the key (survey, hash) be used without an index of its own.
_BY_RECEIPT = (
    select(
        Response.survey_id,
        Response.id,
        Response.wave_id,
        Response.area_id,
        Response.case_id,
        Response.mode,
        Response.state,
        Response.completed_at,
        Capture.answers,
        Capture.paradata,
    )
    .join(Survey, Survey.id == Response.survey_id)
    .join(Capture, (Capture.survey_id == Response.survey_id) & (Capture.id == Response.current_capture_id))
    .where(Response.receipt_sha256 == bindparam("hash"))
)


@dataclass(frozen=True, slots=True, kw_only=True)
class ResponseByReceipt(AskedQuestionnaire):
    survey_id: UUID
    response_id: UUID
    wave_id: UUID
    area_id: UUID
    case_id: UUID | None
    mode: Mode
    submitted_at: datetime
    answers: Mapping[str, Canonical]
    order: int  # the arrangement in which they were given

    def as_typed(self) -> dict[str, list[str]]:
        """The answers as the fields of the form hold them."""
        return {
            name: [str(one) for one in value]
            if isinstance(value, list)
            else [in_digits(value) if isinstance(value, float) else str(value)]
            for name, value in self.answers.items()
            if name not in self.tickets and not isinstance(value, dict)  # said to be missing: the field is empty
        }


def open_by_receipt(session: Session, receipt: str) -> ResponseByReceipt:
    """The answers of ``receipt``, as it was printed; UnknownReceipt, or Withdrawn where they were deleted."""
    found = None
    if len(receipt) == RECEIPT_LENGTH:
        found = session.execute(_BY_RECEIPT, {"hash": code_hash(receipt)}).one_or_none()
    if found is None or found.completed_at is None:
        raise UnknownReceipt
    if found.state is ResponseState.DELETED:
        raise Withdrawn
    asked = asked_in(session, found.survey_id, found.wave_id, found.area_id)
    answers = json.loads(found.answers)["answers"]
    return ResponseByReceipt(
        version_id=asked.version_id,
        questionnaire=asked.questionnaire,
        occasion=asked.occasion,
        state=asked.state,
        tickets={draw.id: answers[draw.id] for draw in asked.questionnaire.draws if draw.id in answers},
        survey_id=found.survey_id,
        response_id=found.id,
        wave_id=found.wave_id,
        area_id=found.area_id,
        case_id=found.case_id,
        mode=found.mode,
        submitted_at=found.completed_at,
        answers=answers,
        order=int(found.paradata.get("order", 0)),
    )
