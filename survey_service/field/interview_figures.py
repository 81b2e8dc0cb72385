"""Computes what is told of each interviewer's interviews: a job, for every answer has to be judged.

What is kept are counts, times and distances. Nothing of it depends on which option was chosen.
"""

from __future__ import annotations

import json
from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from statistics import median
from typing import Any, Final
from uuid import UUID

import numpy as np
from sqlalchemy import select
from sqlalchemy.orm import Session

from analysis.arrays import IntArray
from analysis.interviewer_checks import distance
from questionnaires.answers import judge
from questionnaires.answers_by_column import ColumnJudge
from questionnaires.model import Missing
from survey_service import jobs
from survey_service.audit.rows import rows_key
from survey_service.collection.quality_marks import STRAIGHT
from survey_service.field.interviewer_values import SHORT, InterviewFigures, Interviews
from survey_service.field.queries import GRID
from survey_service.models import Capture, Case, FieldFigures, Mode, Response, ResponseState, Source, Wave
from survey_service.services import Services
from survey_service.surveys import definitions

AT_ONCE: Final = 1_000
MOST_OPTIONS: Final = 12  # of a question that is compared: with more of them, each is too seldom to be
_LOST: Final = frozenset((Missing.NO_ANSWER, Missing.REFUSED, Missing.ILLEGIBLE))


def compute(services: Services, job: jobs.Claimed, _progress: jobs.Progress) -> None:
    wave_id = UUID(job.arguments["of"])
    with services.database.reading.begin() as session:
        wave = session.get(Wave, (job.survey_id, wave_id))
        if wave is None:
            return
        key = rows_key(session, wave.survey_id, wave.id)  # before the rows
        found = figures_of(session, wave)
    with services.database.writing.begin() as session:
        kept = session.get(FieldFigures, (job.survey_id, wave_id))
        if kept is None:
            kept = FieldFigures(survey_id=job.survey_id, wave_id=wave_id)
            session.add(kept)
        kept.rows_key, kept.at, kept.figures = key, services.clock(), found.plain()


def figures_of(session: Session, wave: Wave) -> InterviewFigures:
    read = _Read()
    columns = ColumnJudge(judge(definitions.frozen(session, wave.survey_id, wave.questionnaire_version_id)))
    for rows in _answers(session, wave):
        read.add(rows, columns)
    return read.figures()


def _answers(session: Session, wave: Wave) -> Iterator[Sequence[Any]]:
    """Complete answers of sampled households from phones, by number: of interviewers, and of residents themselves."""
    current = (Capture.survey_id == Response.survey_id) & (Capture.id == Response.current_capture_id)
    case = (Case.survey_id == Response.survey_id) & (Case.id == Response.case_id)
    yield from session.execute(
        select(
            Capture.by_account_id,
            Capture.source,
            Case.area_id,
            GRID,
            Capture.answers,
            Capture.content_sha256,
            Capture.paradata,
        )
        .select_from(Response)
        .join(Case, case)
        .join(Capture, current)
        .where(
            Response.survey_id == wave.survey_id,
            Response.wave_id == wave.id,
            Response.state == ResponseState.COMPLETE,
            Response.mode.in_((Mode.FACE_TO_FACE, Mode.WEB_INVITED)),
        )
        .order_by(Case.number)
        .execution_options(yield_per=AT_ONCE)
    ).partitions()


@dataclass(slots=True)
class _Of:
    """What is added up for one interviewer."""

    seconds: list[int] = field(default_factory=list)
    hashes: Counter[str] = field(default_factory=Counter)
    interviews: int = 0
    straight: int = 0
    asked: int = 0
    lost: int = 0


@dataclass(slots=True)
class _Read:
    """All answers that were read; row by row who asked (-1: nobody), where, and which option."""

    people: dict[UUID, int] = field(default_factory=dict)
    places: dict[tuple[UUID, str], int] = field(default_factory=dict)
    who: list[int] = field(default_factory=list)
    where: list[int] = field(default_factory=list)
    options: dict[str, list[int]] = field(default_factory=lambda: defaultdict(list))
    worth: dict[str, dict[str, int]] = field(default_factory=lambda: defaultdict(dict))
    of: dict[int, _Of] = field(default_factory=lambda: defaultdict(_Of))

    def add(self, rows: Sequence[Any], columns: ColumnJudge) -> None:
        judged = columns.values([json.loads(row.answers)["answers"] for row in rows])
        begun = len(self.who)
        for row in rows:
            asked_by = row.by_account_id if row.source is Source.DEVICE else None
            who = -1 if asked_by is None else self.people.setdefault(asked_by, len(self.people))
            self.who.append(who)
            self.where.append(self.places.setdefault((row.area_id, row[3]), len(self.places)))
            if who >= 0:
                self._count(self.of[who], row)
        for name, column in judged.items():
            known = self.worth[name]
            # The same answer has the same number in every part that is read.
            number = [known.setdefault(repr(value), len(known)) for value in column.values]
            self.options[name] += [number[code] for code in column.codes]
            for place, code in enumerate(column.codes):
                self._miss(self.who[begun + place], column.values[code])

    def _count(self, of: _Of, row: Any) -> None:
        of.interviews += 1
        of.hashes[row.content_sha256] += 1
        of.straight += bool(row.paradata.get(STRAIGHT))
        if isinstance(seconds := row.paradata.get("seconds"), int):
            of.seconds.append(seconds)

    def _miss(self, who: int, value: object) -> None:
        if who < 0 or value is Missing.NOT_ASKED:
            return
        self.of[who].asked += 1
        self.of[who].lost += isinstance(value, Missing) and value in _LOST

    def figures(self) -> InterviewFigures:
        every = sorted(one for of in self.of.values() for one in of.seconds)
        usual = median(every) if every else None
        compared = [codes for name, codes in self.options.items() if 1 < len(self.worth[name]) <= MOST_OPTIONS]
        answers = np.array(compared, dtype=np.int64).T if compared else np.empty((len(self.who), 0), dtype=np.int64)
        who, where = np.array(self.who, dtype=np.int64), np.array(self.where, dtype=np.int64)
        people = {
            account_id: self._one(self.of[at], usual, (answers, who == at, where))
            for account_id, at in self.people.items()
        }
        return InterviewFigures(whole=_together(self.of.values(), usual), people=people)

    def _one(self, of: _Of, usual: float | None, rows: tuple[IntArray, np.ndarray, IntArray]) -> Interviews:
        answers, own, where = rows
        found = distance(answers, own, where, np.random.default_rng(1)) if len(own) else None
        ratio = None if found is None or not found.by_chance else round(found.value / found.by_chance, 2)
        return Interviews(
            **_counts(of, usual), distance=ratio, p_value=None if found is None or ratio is None else found.p_value
        )


def _counts(of: _Of, usual: float | None) -> Mapping[str, Any]:
    return {
        "interviews": of.interviews,
        "seconds": median(of.seconds) if of.seconds else None,
        "short": sum(one < SHORT * usual for one in of.seconds) if usual is not None else 0,
        "asked": of.asked,
        "lost": of.lost,
        "straight": of.straight,
        "alike": sum(count for count in of.hashes.values() if count > 1),
    }


def _together(every: Any, usual: float | None) -> Interviews:
    counted = [_counts(of, usual) for of in every]
    sums = {name: sum(one[name] for one in counted) for name in ("interviews", "short", "asked", "lost", "straight")}
    alike = sum(one["alike"] for one in counted)
    return Interviews(**sums, alike=alike, seconds=usual, distance=None, p_value=None)
