"""What is done on the rectification list: rows are made, changed and moved, each with its entry and its audit line.

The database holds that nobody checks what they reported themselves (``ck_rectification_checked_by_another``); the look
before it is there to say so in words.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any, Final
from uuid import UUID

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from questionnaires.text import Text
from survey_service import audit
from survey_service.audit import Actor
from survey_service.errors import NotFound
from survey_service.models import (
    Rectification,
    RectificationAct,
    RectificationEntry,
    RectificationReason,
    RectificationState,
)
from survey_service.rectification.errors import NoteNeeded, NotThisStep, SamePerson
from survey_service.rectification.states import ACTS, RECHECKED_AFTER, possible

MOST_NOTE: Final = 600  # characters
_CHANGED: Final = ("body", "due_on", "action")


@dataclass(frozen=True, slots=True, kw_only=True)
class Matter:
    """What a new row is about. ``indicator``: "" where the office says it in its own words; then without evidence."""

    wave_id: UUID
    area_id: UUID
    indicator: str
    item: Text
    reason: RectificationReason
    evidence: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class Charge:
    """Who does it, by when, and what."""

    body: str = ""
    due_on: date | None = None
    action: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class By:
    """Who acts, when, and on which day that is in the city. ``office``: by the right of the office."""

    actor: Actor
    at: datetime
    today: date
    office: bool = False


def take_in(
    session: Session,
    survey_id: UUID,
    matters: Sequence[tuple[Matter, Charge]],
    by: By,
    *,
    act: RectificationAct = RectificationAct.ACCEPTED,
    note: str = "",
) -> list[Rectification]:
    """New rows; with ``act`` STRUCK they are kept as not taken in, so that nobody proposes them again.

    Two people who take the same matter in at once: the second meets ``IntegrityError``, and nothing of theirs is kept.
    """
    if act is RectificationAct.STRUCK and not note:
        raise NoteNeeded
    last = session.scalar(select(func.max(Rectification.number)).where(Rectification.survey_id == survey_id)) or 0
    state = RectificationState.STRUCK if act is RectificationAct.STRUCK else RectificationState.PLANNED
    made = []
    for number, (matter, charge) in enumerate(matters, start=last + 1):
        row = Rectification(
            survey_id=survey_id,
            number=number,
            wave_id=matter.wave_id,
            area_id=matter.area_id,
            indicator=matter.indicator,
            item_zh=matter.item.zh,
            item_en=matter.item.en,
            reason=matter.reason,
            evidence=dict(matter.evidence),
            state=state,
            body=charge.body,
            due_on=charge.due_on,
            action=charge.action,
            acts=0,
            created_at=by.at,
        )
        session.add(row)
        made.append(row)
    session.flush()
    for row in made:
        note_down(session, row, act, by, note)
    return made


def change(session: Session, row: Rectification, charge: Charge, by: By, *, seen: int | None = None) -> bool:
    """Body, day and action. False where all is as it was. NotThisStep where somebody was faster."""
    if seen is not None and seen != row.acts:
        raise NotThisStep
    fields = [name for name in _CHANGED if getattr(row, name) != getattr(charge, name)]
    if not fields:
        return False
    for name in fields:
        setattr(row, name, getattr(charge, name))
    note_down(session, row, RectificationAct.EDITED, by, "", fields=fields)
    return True


def move(
    session: Session, row: Rectification, act: RectificationAct, by: By, *, note: str = "", seen: int | None = None
) -> None:
    """One act on a row that ``locked`` gave. ``seen``: acts there were when the person looked.

    NotThisStep where the state is another, NoteNeeded without words where they are needed, SamePerson where whoever
    reported it done would check it.
    """
    if (seen is not None and seen != row.acts) or act not in possible(row, by.today, office=by.office):
        raise NotThisStep
    rule = ACTS[act]
    if (rule.note and not note) or len(note) > MOST_NOTE:
        raise NoteNeeded
    if rule.another and row.reported_by_id == by.actor.account_id:
        raise SamePerson
    row.state = rule.after
    _sign(row, act, by)
    note_down(session, row, act, by, note)


def _sign(row: Rectification, act: RectificationAct, by: By) -> None:
    """Who stands for what now stands: of what was taken back or returned, nobody."""
    who, at = by.actor.account_id, by.at
    if act is RectificationAct.REPORTED:
        row.reported_by_id, row.reported_at = who, at
    elif act is RectificationAct.CHECKED:
        row.checked_by_id, row.checked_at, row.recheck_on = who, at, by.today + RECHECKED_AFTER
    elif act is RectificationAct.HELD:
        row.rechecked_by_id, row.rechecked_at = who, at
    if act in (RectificationAct.UNCHECKED, RectificationAct.SLIPPED):
        row.checked_by_id = row.checked_at = row.recheck_on = None
    if act in (RectificationAct.WITHDRAWN, RectificationAct.RETURNED, RectificationAct.SLIPPED):
        row.reported_by_id = row.reported_at = None


def note_down(
    session: Session,
    row: Rectification,
    act: RectificationAct,
    by: By,
    note: str,
    *,
    fields: Sequence[str] = (),
) -> None:
    """The entry of the row's history, and the line of the audit log; the words of the note stay in the first."""
    row.acts += 1
    session.add(
        RectificationEntry(
            survey_id=row.survey_id,
            rectification_id=row.id,
            act=act,
            at=by.at,
            account_id=by.actor.account_id,
            name=by.actor.name,
            note=note,
        )
    )
    audit.record(
        session,
        survey_id=row.survey_id,
        at=by.at,
        by=by.actor,
        action=f"rectification.{act.value}",
        record=f"rectification {row.id}",
        detail={"number": row.number, "state": row.state.value, **({"fields": list(fields)} if fields else {})},
    )


def locked(session: Session, survey_id: UUID, row_id: UUID) -> Rectification:
    """The row, held by this transaction: of two who act at once the second sees the first."""
    found = session.scalar(
        select(Rectification)
        .where(Rectification.survey_id == survey_id, Rectification.id == row_id)
        .with_for_update()
        .execution_options(populate_existing=True)
    )
    if found is None:
        raise NotFound
    return found
