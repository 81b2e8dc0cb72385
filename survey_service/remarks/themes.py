"""Themes of a survey: a list that its staff keep. A theme that was given once is renamed or retired, never removed."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from questionnaires.text import Text
from survey_service import audit
from survey_service.errors import BadInput, Conflict, NotFound
from survey_service.models import RemarkTheme, Wave, WaveState
from survey_service.remarks import queries
from survey_service.remarks.rows import By

MOST_ZH, MOST_EN = 20, 60  # characters of a name
MOST: Final = 30  # themes of a survey, those that are retired too


@dataclass(frozen=True, slots=True)
class Start:
    """A theme that is offered to begin with."""

    name: Text
    rest: bool = False


STARTING: Final = (
    Start(Text("环境卫生", "Cleanliness")),
    Start(Text("停车", "Parking")),
    Start(Text("物业", "Property management")),
    Start(Text("噪音", "Noise")),
    Start(Text("安全", "Safety")),
    Start(Text("办事", "Public services")),
    Start(Text("其他", "Other"), rest=True),
)


def begin(session: Session, survey_id: UUID, by: By) -> None:
    """The list that is offered, where there is none yet."""
    if queries.themes(session, survey_id):
        return
    for number, one in enumerate(STARTING, start=1):
        session.add(RemarkTheme(survey_id=survey_id, number=number, zh=one.name.zh, en=one.name.en, rest=one.rest))
    session.flush()
    _note(session, survey_id, "begun", "remark_theme", by)


def add(session: Session, survey_id: UUID, name: Text, by: By) -> RemarkTheme:
    there = queries.themes(session, survey_id)
    _refuse_taken(there, name)
    if len(there) >= MOST:
        raise BadInput(zh=f"最多 {MOST} 个主题，停用的也算。", en=f"At most {MOST} themes, those retired too.")
    made = RemarkTheme(survey_id=survey_id, number=len(there) + 1, zh=name.zh, en=name.en)
    session.add(made)
    session.flush()
    _note(session, survey_id, "added", f"remark_theme {made.id}", by)
    return made


def rename(session: Session, theme: RemarkTheme, name: Text, by: By) -> None:
    """Answers keep it; sheets of waves that are not released yet say the new name."""
    _refuse_taken([one for one in queries.themes(session, theme.survey_id) if one.id != theme.id], name)
    if (theme.zh, theme.en) == (name.zh, name.en):
        return
    theme.zh, theme.en = name.zh, name.en
    _note(session, theme.survey_id, "renamed", f"remark_theme {theme.id}", by)


def retire(session: Session, theme: RemarkTheme, by: By, *, retired: bool) -> None:
    """Answers keep it; no further one is given it. It can be taken back."""
    if theme.retired is retired:
        return
    theme.retired = retired
    _note(session, theme.survey_id, "retired" if retired else "restored", f"remark_theme {theme.id}", by)


def by_number(session: Session, survey_id: UUID, number: str) -> RemarkTheme:
    found = next((one for one in queries.themes(session, survey_id) if str(one.number) == number), None)
    if found is None:
        raise NotFound
    return found


def _refuse_taken(there: Sequence[RemarkTheme], name: Text) -> None:
    if any(one.zh == name.zh for one in there):
        raise Conflict(zh="这个名字的主题已经有了。", en="There is a theme of that name already.")


def _note(session: Session, survey_id: UUID, act: str, record: str, by: By) -> None:
    """A line of the log; what sheets of waves under review would print has changed with it."""
    waves = session.scalars(
        select(Wave.id).where(Wave.survey_id == survey_id, Wave.state == WaveState.UNDER_REVIEW).order_by(Wave.id)
    )
    action = f"remark_theme.{act}"
    audit.record(session, survey_id=survey_id, at=by.at, by=by.actor, action=action, record=record)
    if act != "renamed":
        return
    for wave_id in waves.all():
        moved = audit.Rows(f"wave {wave_id}", wave_id, words=True)
        audit.record(session, survey_id=survey_id, at=by.at, by=by.actor, action=action, record=moved)
