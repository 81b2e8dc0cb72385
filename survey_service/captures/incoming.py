"""What wants to be kept as a capture, and what became of it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Any
from uuid import UUID

from questionnaires.answers import Checked
from survey_service import audit
from survey_service.models import Mode, ResponseState, Source
from survey_service.secrets import KeyRing

# Whoever answers on a phone is given a receipt; a keyed or imported form has its serial.
WITH_RECEIPT = frozenset({Source.WEB, Source.DEVICE})


class Outcome(StrEnum):
    STORED = "stored"
    REPEATED = "repeated"


@dataclass(frozen=True, slots=True, kw_only=True)
class IncomingCapture:
    """One set of judged answers that wants to be stored. ``client_id`` makes it the same one when it comes again."""

    survey_id: UUID
    wave_id: UUID
    area_id: UUID
    case_id: UUID | None
    mode: Mode
    source: Source
    client_id: str
    questionnaire_version_id: UUID
    checked: Checked
    state: ResponseState  # COMPLETE or PARTIAL
    at: datetime
    by: audit.Actor
    reason: str | None = None
    paradata: Mapping[str, Any] = field(default_factory=dict)
    code_id: UUID | None = None  # the code it came by; a case's code is used up by it
    until_review: bool = False  # paper that was back before the wave closed: it is keyed until the review begins

    def receipt(self, response_id: UUID, keys: KeyRing) -> str | None:
        """The receipt code of the response that these answers become; None where the source has none."""
        return keys.receipt(self.survey_id, response_id) if self.source in WITH_RECEIPT else None


@dataclass(frozen=True, slots=True, kw_only=True)
class Recorded:
    response_id: UUID
    capture_id: UUID
    receipt: str | None  # only for answers from a phone
    outcome: Outcome
