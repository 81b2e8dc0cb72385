"""Which of the counted answers bear a mark of quality: those that the list of cases is filtered by, row by row."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any
from uuid import UUID

import numpy as np
from sqlalchemy.orm import Session

from analysis.arrays import BoolArray
from survey_service.collection.quality_mark_counts import invited_together
from survey_service.models import Mode


class MarkedRows:
    """Answers from phones that were fast, all alike in themselves, as another's of the community, or came in a heap."""

    def __init__(self, session: Session, survey_id: UUID, wave_id: UUID) -> None:
        self._together = invited_together(session, survey_id, wave_id)
        self._marked: list[bool] = []

    def add(self, rows: Sequence[Any]) -> None:
        """Of cases with an answer, as ``queries.cases_and_answers`` has them."""
        self._marked += [bool(row.fast or row.straight) or self._shared(row) for row in rows]

    def _shared(self, row: Any) -> bool:
        if row.mode is not Mode.WEB_INVITED:
            return False
        alike = (row.area_id, row.content_sha256) in self._together.alike
        return alike or (row.area_id, row.minute) in self._together.in_bursts

    def array(self) -> BoolArray:
        """(respondents,)"""
        return np.array(self._marked, dtype=bool)
