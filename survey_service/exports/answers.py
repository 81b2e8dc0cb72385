"""The answers of the counted responses, block by block: fetched by case, judged again, read into columns by kind."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from uuid import UUID

import numpy as np
from sqlalchemy import select
from sqlalchemy.orm import Session

from questionnaires.answers import Policy, Value, judge
from questionnaires.codebook import codebook
from questionnaires.model import Questionnaire
from survey_service.collection import quality_mark_counts, quality_marks
from survey_service.collection.quality_mark_counts import InvitedTogether
from survey_service.exports.dataset import Holds
from survey_service.exports.kinds import AnswerColumn, Cells, exported
from survey_service.exports.words import ALIKE, BURST, FAST, STRAIGHT
from survey_service.models import Capture, Mode, Response, ResponseState

_AT_ONCE = 1_000
_BY_PHONE = (Mode.WEB_INVITED, Mode.WEB_OPEN)


def answer_columns(questionnaire: Questionnaire, *, texts: bool) -> tuple[tuple[str, AnswerColumn], ...]:
    """Variable of the questionnaire and column, in its order; open answers with ``texts`` only."""
    questions = {one.id: one for one in questionnaire.questions()}
    return tuple(
        (row.name, column)
        for row in codebook(questionnaire)
        for column in exported(questions[row.question], row)
        if texts or not column.open
    )


@dataclass(frozen=True, slots=True, eq=False, kw_only=True)
class Answers:
    """Reads the answers of any respondents of one wave."""

    session: Session
    survey_id: UUID
    wave_id: UUID
    questionnaire: Questionnaire
    columns: tuple[tuple[str, AnswerColumn], ...]
    together: InvitedTogether

    def read(self, cases: Sequence[UUID]) -> tuple[list[Cells], list[str]]:
        """Cells of every column, and marks, of the respondents ``cases`` in that order."""
        values: dict[UUID, Mapping[str, Value]] = {}
        marks: dict[UUID, str] = {}
        check = judge(self.questionnaire).check
        for start in range(0, len(cases), _AT_ONCE):
            for case_id, area, mode, text, sha256, fast, straight, minute in self._rows(
                cases[start : start + _AT_ONCE]
            ):
                # Canonical answers judge to themselves; answers off the path stay out of the values.
                values[case_id] = check(json.loads(text)["answers"], Policy.IMPORT).values
                marks[case_id] = ";".join(
                    name
                    for name, marked in (
                        (FAST, fast and mode in _BY_PHONE),
                        (STRAIGHT, straight and mode in _BY_PHONE),
                        (ALIKE, mode is Mode.WEB_INVITED and (area, sha256) in self.together.alike),
                        (BURST, mode is Mode.WEB_INVITED and (area, minute) in self.together.in_bursts),
                    )
                    if marked
                )
        ordered = [values[one] for one in cases]
        cells = [column.read([one[variable] for one in ordered]) for variable, column in self.columns]
        return cells, [marks[one] for one in cases]

    def _rows(self, cases: Sequence[UUID]):  # type: ignore[no-untyped-def]
        return self.session.execute(
            select(
                Response.case_id,
                Response.area_id,
                Response.mode,
                Capture.answers,
                Capture.content_sha256,
                Capture.paradata[quality_marks.FAST].as_boolean(),
                Capture.paradata[quality_marks.STRAIGHT].as_boolean(),
                quality_mark_counts.MINUTE,
            )
            .join(Capture, (Capture.survey_id == Response.survey_id) & (Capture.id == Response.current_capture_id))
            .where(
                Response.survey_id == self.survey_id,
                Response.wave_id == self.wave_id,
                Response.state == ResponseState.COMPLETE,
                Response.case_id.in_(cases),
            )
        )


def spread(cells: Cells, answered: np.ndarray, holds: Holds) -> np.ndarray:
    """Cells of those who answered among all rows of a block: NaN or empty elsewhere. ``answered`` (rows,)."""
    if holds in (Holds.TEXT, Holds.DAY):
        found = np.full(len(answered), "", dtype=object)
    else:
        found = np.full(len(answered), np.nan)
    found[answered] = cells
    return found
