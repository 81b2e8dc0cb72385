"""Questionnaires of a survey: one that comes with the service, or a definition file of the city's own."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from functools import cache
from itertools import groupby
from uuid import UUID

from sqlalchemy.orm import Session

from questionnaires.loader import available
from questionnaires.model import Questionnaire
from questionnaires.problems import Problem
from questionnaires.programmes import AUDIENCES, PROGRAMMES
from questionnaires.sample_entries import with_samples
from questionnaires.text import Text
from survey_service import audit
from survey_service.errors import NotFound
from survey_service.models import QuestionnaireVersion
from survey_service.outside import definitions as outside
from survey_service.surveys import definitions, planning_queries
from survey_service.surveys.errors import VersionInUse
from survey_service.surveys.shipped import questionnaire as shipped_by_key


@dataclass(frozen=True, slots=True)
class Shipped:
    """A questionnaire that comes with the service."""

    key: str
    name: Text  # as people call the programme
    audience: Text
    title: Text  # as it is printed
    version: str
    questions: int
    indicators: int
    minutes: int | None


@cache
def shipped() -> tuple[Shipped, ...]:
    """What comes with the service, read once; a test holds that every file is in order."""
    found = []
    for programme in PROGRAMMES:
        questionnaire = shipped_by_key(programme.key)
        if questionnaire is not None:
            found.append(
                Shipped(
                    key=programme.key,
                    name=programme.name,
                    audience=AUDIENCES[programme.audience],
                    title=questionnaire.title,
                    version=questionnaire.version,
                    questions=sum(1 for _ in questionnaire.questions()),
                    indicators=len(with_samples(questionnaire).indicators),
                    minutes=questionnaire.notice.minutes,
                )
            )
    return tuple(found)


def shipped_by_audience() -> list[tuple[Text, list[Shipped]]]:
    """What comes with the service, by who answers."""
    return [(audience, list(those)) for audience, those in groupby(shipped(), key=lambda one: one.audience)]


def shipped_source(key: str) -> str:
    """The definition file as text; NotFound where none of that name comes with the service."""
    path = available().get(key)
    if path is None:
        raise NotFound
    return path.read_text(encoding="utf-8")


@dataclass(frozen=True, slots=True)
class Judged:
    """A definition as it was handed in: the questionnaire, or everything that is wrong with it."""

    source: str
    questionnaire: Questionnaire | None
    problems: tuple[Problem, ...]
    count: int  # of all problems, also of those that are not listed
    lines: tuple[str, ...]

    def line(self, problem: Problem) -> str:
        """The line a problem points at, as it stands in the text."""
        return self.lines[problem.location.line - 1] if 0 < problem.location.line <= len(self.lines) else ""


def judge(content: bytes) -> Judged:
    """Every problem of a definition at once. The shared scales of the service are at hand, as for a file on disk."""
    questionnaire, problems, count = outside.check(content)
    source = content.decode("utf-8", errors="replace")
    return Judged(source, questionnaire, tuple(problems), count, tuple(source.splitlines()))


def store(
    session: Session, survey_id: UUID, questionnaire: Questionnaire, *, at: datetime, by: audit.Actor
) -> QuestionnaireVersion:
    """The stored version; VersionInUse where a wave was opened with other words under the same version."""
    stored = definitions.store(session, survey_id, questionnaire, at=at, by=by)
    opened = planning_queries.opened_with(session, survey_id, questionnaire.key, questionnaire.version)
    if opened and stored.sha256 not in opened:
        raise VersionInUse
    return stored
