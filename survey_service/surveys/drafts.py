"""Changing and deleting a draft wave. What is open is frozen."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import delete, select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from survey_service import audit
from survey_service.errors import Conflict, NotFound
from survey_service.models import (
    AccessCode,
    Assignment,
    Case,
    CaseDoor,
    CaseTelephone,
    InterviewPass,
    LetterFile,
    ListedUnit,
    ReserveCase,
    SelectionWithin,
    Wave,
    WaveListEntry,
    WaveRecording,
    WaveSeal,
    WaveState,
)
from survey_service.secrets import KeyRing

CHANGEABLE = (
    "name_zh",
    "name_en",
    "questionnaire_version_id",
    "opens_on",
    "closes_on",
    "header",
    "targets",
    "method",
    "modes",
    "areas",
    "plan",
)


class NoDraft(Conflict):
    """Somebody opened the wave meanwhile, or it was never a draft."""

    code = "E121"
    zh = "这一期已经不是草稿，不能再改。要改，请先写明原因退回草稿。"
    en = "This wave is no longer a draft and cannot be changed. Step it back to draft first, with a reason."


def draft(session: Session, survey_id: UUID, wave_id: UUID) -> Wave:
    """The wave with its row held until the transaction ends; NoDraft where it has moved on."""
    wave = session.get(Wave, (survey_id, wave_id), with_for_update=True, populate_existing=True)
    if wave is None:
        raise NotFound
    if wave.state is not WaveState.DRAFT:
        raise NoDraft
    return wave


def change_wave(
    session: Session,
    survey_id: UUID,
    wave_id: UUID,
    new: Mapping[str, Any],
    *,
    keys: KeyRing,
    at: datetime,
    by: audit.Actor,
) -> list[str]:
    """New values of a draft, by column; returns the names of those that changed. The audit row names them."""
    wave = draft(session, survey_id, wave_id)
    asked = {name: new[name] for name in CHANGEABLE if name in new}
    changed = audit.changes(keys, "wave", {name: getattr(wave, name) for name in asked}, asked)
    for name in changed:
        setattr(wave, name, new[name])
    if changed:
        session.flush()
        audit.record(
            session,
            survey_id=survey_id,
            at=at,
            by=by,
            action="wave.changed",
            record=audit.Rows(f"wave {wave_id}", wave_id),  # its targets and its questionnaire
            detail={"fields": changed},
        )
    return list(changed)


def delete_wave(session: Session, survey_id: UUID, wave_id: UUID, *, at: datetime, by: audit.Actor) -> None:
    """A draft with what it holds itself; Conflict where something else hangs on it. The log keeps its trace."""
    wave = draft(session, survey_id, wave_id)
    trace = {"key": wave.key, "opens_on": _day(wave.opens_on), "closes_on": _day(wave.closes_on)}
    try:
        clear_cases(session, survey_id, wave_id)
        for hanging in (WaveListEntry, WaveRecording, WaveSeal):
            session.execute(delete(hanging).where(hanging.survey_id == survey_id, hanging.wave_id == wave_id))
        session.execute(delete(Wave).where(Wave.survey_id == survey_id, Wave.id == wave_id))
    except IntegrityError as held:
        raise Conflict(
            zh="这一期已经发过纸质问卷、收过答卷或记过入户，不能删。",
            en="Paper, answers or visits already belong to this wave; it cannot be deleted.",
        ) from held
    audit.record(
        session,
        survey_id=survey_id,
        at=at,
        by=by,
        action="wave.deleted",
        record=audit.Rows(f"wave {wave_id}", wave_id),
        detail=trace,
    )


def clear_cases(session: Session, survey_id: UUID, wave_id: UUID) -> int:
    """Take every case and code out of a wave; returns how many cases there were."""
    for hanging in (AccessCode, Assignment, CaseDoor, CaseTelephone, LetterFile, ReserveCase):
        session.execute(delete(hanging).where(hanging.survey_id == survey_id, hanging.wave_id == wave_id))
    cases = select(Case.id).where(Case.survey_id == survey_id, Case.wave_id == wave_id)
    session.execute(delete(InterviewPass).where(InterviewPass.survey_id == survey_id, InterviewPass.case_id.in_(cases)))
    gone = session.execute(
        delete(Case).where(Case.survey_id == survey_id, Case.wave_id == wave_id).returning(Case.id)
    ).all()
    return len(gone)


def take_out_cases(session: Session, survey_id: UUID, wave_id: UUID, *, at: datetime, by: audit.Actor) -> int:
    """The whole sample of a draft and its codes; letters that were printed open nothing any more."""
    wave = draft(session, survey_id, wave_id)
    gone = clear_cases(session, survey_id, wave_id)
    wave.plan = {name: value for name, value in wave.plan.items() if name != "draw"}
    wave.listed_unit, wave.selection_within = ListedUnit.HOUSEHOLD, SelectionWithin.NEXT_BIRTHDAY
    if gone:
        audit.record(
            session,
            survey_id=survey_id,
            at=at,
            by=by,
            action="cases.taken_out",
            record=audit.Rows(f"wave {wave_id}", wave_id),
            detail={"cases": gone},
        )
    return gone


def note_draw(wave: Wave, about: Mapping[str, Any]) -> None:
    """What is known of how the sample came about stays in the plan."""
    wave.plan = {**wave.plan, "draw": dict(about)}


def _day(day: date) -> str:
    return day.isoformat()
