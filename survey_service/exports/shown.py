"""Exports as a page and a program are shown them."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from importlib.util import find_spec
from uuid import UUID

from questionnaires.kinds import kind_of
from questionnaires.kinds.kind import VariableType
from questionnaires.model import Question, Questionnaire
from questionnaires.text import Text
from survey_service import jobs
from survey_service.accounts.permissions import Person, may_export_texts
from survey_service.exports import kept_queries
from survey_service.exports.formats import Format
from survey_service.exports.kept import UNDER_WAY
from survey_service.exports.shelf import MadeFile, shelf_of
from survey_service.models import ExportEnd, Job
from survey_service.services import Services
from survey_service.settings import Settings


class Standing(StrEnum):
    UNDER_WAY = "under_way"
    FAILED = "failed"
    READY = "ready"
    LOST = "lost"  # a restored backup knows of it: its files stood in none
    GONE = "gone"


@dataclass(frozen=True, slots=True, kw_only=True)
class Shown:
    """One export."""

    id: str
    by: str
    asked_at: datetime
    formats: tuple[Format, ...]
    language: str
    texts: bool
    standing: Standing
    job: Job
    why: Text | None  # it could not be made, in words; None where that was our own fault
    rows: int | None
    files: tuple[MadeFile, ...]
    mine: bool  # whether the person may take the files
    until: datetime | None
    gone_at: datetime | None
    gone_why: ExportEnd | None


def shown(running: Services, person: Person, found: Sequence[kept_queries.Found]) -> list[Shown]:
    """In their order."""
    held = shelf_of(running.settings, running.database).held() if found else set()
    return [_shown(one, person, running.settings, held) for one in found]


def _shown(found: kept_queries.Found, person: Person, settings: Settings, held: Collection[UUID]) -> Shown:
    export, job, name, holds_erased = found
    gone_why = export.gone_why or (ExportEnd.ERASED if holds_erased else None)
    return Shown(
        id=str(export.id),
        by=name,
        asked_at=export.asked_at,
        formats=tuple(one for one in Format if one in export.formats),
        language=export.language,
        texts=export.texts,
        standing=_standing(found, held),
        job=job,
        why=jobs.why(job),
        rows=export.rows,
        files=tuple(MadeFile(**one) for one in export.files),
        mine=not export.texts or may_export_texts(person, settings),
        until=None if export.made_at is None else export.made_at + timedelta(days=settings.export_days),
        gone_at=export.gone_at,
        gone_why=gone_why,
    )


def _standing(found: kept_queries.Found, held: Collection[UUID]) -> Standing:
    export, job, _, holds_erased = found
    if export.gone_at is not None or holds_erased:
        return Standing.GONE
    if export.made_at is None:
        return Standing.UNDER_WAY if job.state in UNDER_WAY else Standing.FAILED
    return Standing.READY if export.id in held else Standing.LOST


def formats() -> tuple[Format, ...]:
    """Those that this installation can write: Parquet is an extra."""
    return tuple(one for one in Format if one is not Format.PARQUET or find_spec("pyarrow") is not None)


def in_words(questionnaire: Questionnaire) -> tuple[Text, ...]:
    """What leaves with the words of respondents: whole questions, of places too, and options that ask for words."""
    return tuple(
        words
        for section in questionnaire.sections
        for question in section.questions
        if question.variables()
        for words in _in_words(question)
    )


def _in_words(question: Question) -> Iterator[Text]:
    if kind_of(question).variable in (VariableType.TEXT, VariableType.PLACE):
        yield question.text
    for option in question.options:
        if option.other:
            asked, chosen = question.text, option.label
            yield Text(
                f"{asked.zh}（“{chosen.zh}”后面写的）",
                f"{asked.in_language('en')} (written after “{chosen.in_language('en')}”)",
            )


UNITS = ("B", "KB", "MB", "GB")


def size(count: int) -> str:
    """1.2 MB"""
    value, unit = float(count), 0
    while value >= 1000 and unit < len(UNITS) - 1:
        value, unit = value / 1000, unit + 1
    return f"{value:.1f} {UNITS[unit]}" if unit else f"{count} B"
