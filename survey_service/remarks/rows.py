"""What is done to an answer in words: read, struck, given a theme, chosen, undone; each with its audit line.

The words are never changed and never stand in the log. An act that changes what a sheet would print moves the key that
a signature is compared by, so that nobody signs other words than those of the proof.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from survey_service import audit
from survey_service.audit import Actor
from survey_service.errors import BadInput, NotFound
from survey_service.models import Remark, RemarkState, RemarkStrike, RemarkTheme, Wave, WaveState
from survey_service.remarks import queries
from survey_service.remarks.errors import NotForThatSheet, NotRead, RemarkMoved, RemarksFrozen, StillIdentifies
from survey_service.remarks.identifying import Span, open_proposals
from survey_service.remarks.places import Sheet
from survey_service.remarks.queries import Answer
from survey_service.remarks.room import ON, Room

CHANGED: Final = (WaveState.CLOSED, WaveState.UNDER_REVIEW)  # while residents' words may still be worked on
REMEMBERED: Final = 40  # acts that can be undone


@dataclass(frozen=True, slots=True, kw_only=True)
class By:
    actor: Actor
    at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Choice:
    """For which sheets. ``named_nobody``: whoever chose says that what is still underlined identifies nobody."""

    sheets: frozenset[Sheet]
    named_nobody: bool = False


def hold_wave(session: Session, survey_id: UUID, wave_id: UUID) -> Wave:
    """The wave, held: of two who judge at once the second sees the first, and nobody signs beside them."""
    wave = session.scalar(
        select(Wave)
        .where(Wave.survey_id == survey_id, Wave.id == wave_id)
        .with_for_update()
        .execution_options(populate_existing=True)
    )
    if wave is None:
        raise NotFound
    if wave.state not in CHANGED:
        raise RemarksFrozen
    return wave


def held(session: Session, wave: Wave, question: str, answer: Answer, by: By, seen: int | None = None) -> Remark:
    """How the answer is judged, as a row that may be changed; a new one where nobody read these words.

    ``seen``: acts there were when the person looked. RemarkMoved where there are others by now.
    """
    row = session.scalar(
        select(Remark).where(
            Remark.survey_id == wave.survey_id,
            Remark.response_id == answer.response_id,
            Remark.question == question,
        )
    )
    current = row is not None and row.capture_id == answer.capture_id
    if seen is not None and seen != (row.acts if row is not None and current else 0):
        raise RemarkMoved
    if row is None:
        row = Remark(
            survey_id=wave.survey_id,
            wave_id=wave.id,
            response_id=answer.response_id,
            question=question,
            capture_id=answer.capture_id,
            state=RemarkState.READ,
            on_community=False,
            on_street=False,
            on_city=False,
            acts=0,
            before=[],
            at=by.at,
        )
        session.add(row)
        session.flush()
    elif not current:  # the answer was corrected: other words, read by nobody
        _let_stand(session, row, (), by)
        row.capture_id, row.state, row.theme_id, row.before, row.acts = answer.capture_id, RemarkState.READ, None, [], 0
        _choose(row, ())
    return row


def read(session: Session, row: Remark, by: By, state: RemarkState = RemarkState.READ) -> None:
    """Read; left aside; never to be printed. What was chosen is so no more."""
    if row.acts and row.state is state:
        return
    was = row.state
    if row.acts or state is not RemarkState.READ:
        _remember(session, row)
    row.state = state
    _choose(row, ())
    _note(session, row, state.value, by, moves=was is RemarkState.CHOSEN)


def give_theme(session: Session, row: Remark, answer: Answer, theme: RemarkTheme | None, by: By, room: Room) -> None:
    """NotForThatSheet where it is chosen for a sheet that has words of that theme already."""
    theme_id = None if theme is None else theme.id
    if theme_id == row.theme_id and row.acts:
        return
    _remember(session, row)
    row.theme_id = theme_id
    if any(room.why_not(answer, theme_id, sheet) for sheet in sheets_of(row)):
        raise NotForThatSheet
    _note(session, row, "theme", by, {"theme": str(theme_id) if theme_id else ""})


def strike(session: Session, row: Remark, text: str, spans: Collection[Span], by: By) -> None:
    """Let these characters be printed as 〔略〕."""
    if not spans or any(not 0 <= one.begins < one.ends <= len(text) for one in spans):
        raise BadInput(zh="没有找到要划的字。请从这条里选中，或者照着抄。", en="Mark what is to be struck, or copy it.")
    _remember(session, row)
    for one in sorted(spans):
        session.add(
            RemarkStrike(
                survey_id=row.survey_id,
                remark_id=row.id,
                begins=one.begins,
                ends=one.ends,
                at=by.at,
                account_id=by.actor.account_id,
                name=by.actor.name,
            )
        )
    session.flush()
    _note(session, row, "struck", by, {"spans": len(spans)})


def choose(session: Session, row: Remark, answer: Answer, choice: Choice, by: By, room: Room) -> None:
    """For these sheets and no others. NotRead, StillIdentifies, NotForThatSheet."""
    if not row.acts:
        raise NotRead
    if not choice.sheets or any(room.why_not(answer, row.theme_id, sheet) for sheet in choice.sheets):
        raise NotForThatSheet
    struck = queries.spans(queries.struck(session, row.survey_id, [row.id]).get(row.id, ()))
    open_ones = open_proposals(answer.text, struck)
    if open_ones and not choice.named_nobody:
        raise StillIdentifies
    _remember(session, row)
    row.state = RemarkState.CHOSEN
    _choose(row, choice.sheets)
    sheets = sorted(one.value for one in choice.sheets)
    _note(session, row, "chosen", by, {"sheets": sheets, "confirmed": len(open_ones)})


def undo(session: Session, row: Remark, answer: Answer, by: By, room: Room) -> None:
    """As it stood before the last act; nothing where there was none. NotForThatSheet where others took its place."""
    if not row.before:
        return
    *earlier, last = row.before
    row.before = earlier
    row.state = RemarkState(last["state"])
    row.theme_id = UUID(last["theme"]) if last["theme"] else None
    _choose(row, [Sheet(one) for one in last["sheets"]])
    if any(room.why_not(answer, row.theme_id, sheet) for sheet in sheets_of(row)):
        raise NotForThatSheet(
            zh="撤回以后这条又要登，可是那张报告上别的话已经选满了。先把其中一条改回读过，再撤回。",
            en="Undone, it would be chosen again, but others were chosen for that sheet meanwhile. Unchoose one first.",
        )
    _let_stand(session, row, last["struck"], by)
    _note(session, row, "undone", by)


def sheets_of(row: Remark) -> frozenset[Sheet]:
    return frozenset(sheet for sheet, name in ON.items() if getattr(row, name))


def _choose(row: Remark, sheets: Collection[Sheet]) -> None:
    for sheet, name in ON.items():
        setattr(row, name, sheet in sheets)


def _remember(session: Session, row: Remark) -> None:
    struck = queries.struck(session, row.survey_id, [row.id]).get(row.id, ())
    stood = {
        "state": row.state.value,
        "theme": str(row.theme_id) if row.theme_id else "",
        "sheets": sorted(one.value for one in sheets_of(row)),
        "struck": [str(one.id) for one in struck],
    }
    row.before = [*row.before, stood][-REMEMBERED:]


def _let_stand(session: Session, row: Remark, ids: Sequence[str], by: By) -> None:
    """Of all strikes ever made those of ``ids`` hold."""
    every = session.scalars(
        select(RemarkStrike).where(RemarkStrike.survey_id == row.survey_id, RemarkStrike.remark_id == row.id)
    )
    for one in every:
        if str(one.id) in ids:
            one.undone_at = None
        elif one.undone_at is None:
            one.undone_at = by.at
    session.flush()


def _note(
    session: Session, row: Remark, act: str, by: By, detail: Mapping[str, Any] | None = None, *, moves: bool = True
) -> None:
    row.acts += 1
    row.at = by.at
    record = f"remark {row.id}"
    audit.record(
        session,
        survey_id=row.survey_id,
        at=by.at,
        by=by.actor,
        action=f"remark.{act}",
        record=audit.Rows(record, row.wave_id, words=True) if moves else record,
        detail={"question": row.question, "state": row.state.value, **(detail or {})},
    )
