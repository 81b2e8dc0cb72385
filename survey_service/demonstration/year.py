"""The index of the year: satisfaction of the waves so far, alike, written before the last of them is signed."""

from __future__ import annotations

from datetime import datetime
from typing import Final
from uuid import UUID

from sqlalchemy.orm import Session

from questionnaires.text import Text
from survey_service import audit
from survey_service.models import Survey
from survey_service.releases.indices import IndexPart, SurveyIndex, indicators_of_waves, keep

RATE: Final = "satisfaction"
NAME: Final = Text("2026年全年指数（满意率）", "Index of 2026 (satisfaction)")
SOURCE: Final = "示范数据：各期所占相同"


def write(session: Session, survey_id: UUID, *, at: datetime, by: audit.Actor) -> None:
    survey = session.get_one(Survey, survey_id)
    waves = list(indicators_of_waves(session, survey))
    parts = tuple(IndexPart(wave, RATE, 1 / len(waves)) for wave in waves)
    keep(session, survey, SurveyIndex(key="year", name=NAME, source=SOURCE, parts=parts), at=at, by=by)
