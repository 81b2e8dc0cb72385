"""The answers of the counted responses, block by block: fetched by case, judged again by column, read by kind."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from uuid import UUID

import numpy as np
from sqlalchemy import String, cast, select
from sqlalchemy.orm import Session

from questionnaires.answers import judge
from questionnaires.answers_by_column import ColumnJudge, ValueColumn
from questionnaires.codebook import codebook
from questionnaires.model import Questionnaire
from survey_service.collection import quality_mark_counts, quality_marks
from survey_service.collection.quality_mark_counts import InvitedTogether
from survey_service.exports.dataset import Holds
from survey_service.exports.kinds import AnswerColumn, exported
from survey_service.exports.words import ALIKE, BURST, FAST, STRAIGHT
from survey_service.models import Capture, Mode, Response, ResponseState

_AT_ONCE = 1_000
_BY_PHONE = (Mode.WEB_INVITED, Mode.WEB_OPEN)


def answer_columns(questionnaire: Questionnaire, *, texts: bool) -> tuple[tuple[str, AnswerColumn], ...]:
    """Variable of the questionnaire and column, in its order; open answers with ``texts`` only."""
    questions = {one.id: one for one in questionnaire.questions()}
    questions |= {one.id: one.as_question() for one in questionnaire.calculated}
    questions |= {name: draw.as_question(name) for draw in questionnaire.draws for name in draw.variables()}
    return tuple(
        (row.name, column)
        for row in codebook(questionnaire)
        for column in exported(questions[row.question], row)
        if texts or not column.open
    )


class Answers:
    """Reads the answers of any respondents of one wave."""

    def __init__(
        self,
        session: Session,
        survey_id: UUID,
        wave_id: UUID,
        questionnaire: Questionnaire,
        columns: tuple[tuple[str, AnswerColumn], ...],
        together: InvitedTogether,
    ) -> None:
        self.columns = columns
        self._session, self._of_wave, self._together = session, (survey_id, wave_id), together
        self._judge = ColumnJudge(judge(questionnaire))

    def read(self, cases: Sequence[UUID]) -> tuple[list[np.ndarray], list[str]]:
        """Cells of every column, and marks, of the respondents ``cases`` in that order."""
        answers: dict[str, Mapping[str, object]] = {}
        marks: dict[str, str] = {}
        for start in range(0, len(cases), _AT_ONCE):
            rows = self._rows(cases[start : start + _AT_ONCE])
            contents = json.loads(f"[{','.join(text for _, _, text, *_ in rows)}]")
            for (case_id, mode, _, *about), content in zip(rows, contents, strict=True):
                case = _plain(case_id)
                answers[case] = content["answers"]
                marks[case] = self._marks(mode, *about) if mode in _BY_PHONE else ""
        ordered = [one.hex for one in cases]
        # Canonical answers judge to themselves; answers off the path stay out of the values.
        values = self._judge.values([answers[one] for one in ordered])
        return [_cells(column, values[variable]) for variable, column in self.columns], [marks[one] for one in ordered]

    def _marks(self, mode: Mode, area: str, sha256: str, fast: bool | None, straight: bool | None, minute: str) -> str:
        """Of an answer from a phone."""
        own, invited = UUID(area), mode is Mode.WEB_INVITED
        named = (
            (FAST, fast),
            (STRAIGHT, straight),
            (ALIKE, invited and (own, sha256) in self._together.alike),
            (BURST, invited and (own, minute) in self._together.in_bursts),
        )
        return ";".join(name for name, marked in named if marked)

    def _rows(self, cases: Sequence[UUID]):  # type: ignore[no-untyped-def]
        """Ids as texts: to make a UUID of each costs more than to find it."""
        survey_id, wave_id = self._of_wave
        return (
            self._session.connection()
            .execute(
                select(
                    cast(Response.case_id, String),
                    Response.mode,
                    Capture.answers,
                    cast(Response.area_id, String),
                    Capture.content_sha256,
                    Capture.paradata[quality_marks.FAST].as_boolean(),
                    Capture.paradata[quality_marks.STRAIGHT].as_boolean(),
                    quality_mark_counts.MINUTE,
                )
                .join(Capture, (Capture.survey_id == Response.survey_id) & (Capture.id == Response.current_capture_id))
                .where(
                    Response.survey_id == survey_id,
                    Response.wave_id == wave_id,
                    Response.state == ResponseState.COMPLETE,
                    Response.case_id.in_(cases),
                )
            )
            .all()
        )


def _plain(id: str) -> str:
    """The digits of an id: PostgreSQL writes hyphens between them."""
    return id.replace("-", "")


def _cells(column: AnswerColumn, found: ValueColumn) -> np.ndarray:
    """Each value is read once, whoever else gave it. (respondents,)"""
    texts = column.variable.holds.in_words
    different = np.array(column.read(found.values), dtype=object if texts else np.float64)
    return np.asarray(different[found.codes])


def spread(cells: np.ndarray | Sequence[str], answered: np.ndarray, holds: Holds) -> np.ndarray:
    """Cells of those who answered among all rows of a block: NaN or empty elsewhere. ``answered`` (rows,)."""
    found = np.full(len(answered), "", dtype=object) if holds.in_words else np.full(len(answered), np.nan)
    found[answered] = cells
    return found
