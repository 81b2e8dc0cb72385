"""Call-backs: of every interviewer's interviews some are drawn at random, and the household is asked about them."""

from __future__ import annotations

import random
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from math import ceil
from typing import Final, cast
from uuid import UUID

from sqlalchemy import ColumnElement, Table, func, insert, select, update
from sqlalchemy.orm import Session

from survey_service import audit
from survey_service.errors import Conflict
from survey_service.models import CallBack, Capture, Mode, Response, ResponseState, Source, Visited

SHARE: Final = 0.10


class CallBackGone(Conflict):
    code = "E260"
    zh = "这里不在回访名单里，或者回访结果已经登记过了。刷新页面看看现在是什么情况。"
    en = "This household is not among the call-backs, or what was found is noted already. Reload the page."


class OwnInterview(Conflict):
    code = "E264"
    zh = "这是您自己做的访问，要由别人回访。"
    en = "This is an interview of your own; somebody else has to call back."


@dataclass(frozen=True, slots=True, kw_only=True)
class Answered:
    """What the household said. ``minutes``: how long it took, as they remember."""

    visited: Visited
    right_person: bool | None
    minutes: int | None


def draw(session: Session, survey_id: UUID, wave_id: UUID, *, seed: int, at: datetime, by: audit.Actor) -> int:
    """So many of every interviewer's interviews that a tenth, and at least one, is drawn by now; the seed is kept with
    each. The same interviews and the same seed draw the same. Returns how many are new."""
    drawn = _drawn(session, survey_id, wave_id)
    chosen = choose(_interviews(session, survey_id, wave_id), drawn, seed)
    if not chosen:
        return 0
    session.execute(
        insert(cast("Table", CallBack.__table__)),
        [
            {
                "survey_id": survey_id,
                "case_id": case_id,
                "wave_id": wave_id,
                "account_id": account_id,
                "seed": seed,
                "drawn_at": at,
                "found_by": "",
            }
            for case_id, account_id in chosen.items()
        ],
    )
    audit.record(
        session,
        survey_id=survey_id,
        at=at,
        by=by,
        action="call_backs.drawn",
        record=f"wave {wave_id}",
        detail={"seed": seed, "cases": len(chosen)},
    )
    return len(chosen)


def to_draw(session: Session, survey_id: UUID, wave_id: UUID) -> int:
    """How many would be drawn now."""
    current = (Capture.survey_id == Response.survey_id) & (Capture.id == Response.current_capture_id)
    counted = session.execute(
        select(Capture.by_account_id, func.count())
        .join(Response, current)
        .where(*_of_interviewers(survey_id, wave_id))
        .group_by(Capture.by_account_id)
    )
    of_wave = (CallBack.survey_id == survey_id) & (CallBack.wave_id == wave_id)
    before = dict(
        session.execute(select(CallBack.account_id, func.count()).where(of_wave).group_by(CallBack.account_id)).all()
    )
    return sum(_more(count, before.get(account_id, 0)) for account_id, count in counted if account_id is not None)


def _more(interviews: int, drawn: int) -> int:
    return max(ceil(SHARE * interviews) - drawn, 0)


def choose(interviews: Mapping[UUID, Sequence[UUID]], drawn: Mapping[UUID, set[UUID]], seed: int) -> dict[UUID, UUID]:
    """Case -> interviewer. ``interviews``: interviewer -> cases; ``drawn``: those of before, which stay."""
    found: dict[UUID, UUID] = {}
    for account_id in sorted(interviews):
        cases = interviews[account_id]
        before = drawn.get(account_id, set())
        rest = sorted(set(cases) - before)
        more = min(_more(len(cases), len(before)), len(rest))
        chance = random.Random(f"{seed} {account_id}")  # noqa: S311 -- a draw that can be made again, and no secret
        found |= dict.fromkeys(chance.sample(rest, more), account_id)
    return found


def note(
    session: Session, survey_id: UUID, case_id: UUID, answered: Answered, *, at: datetime, by: audit.Actor
) -> None:
    """What was found, once; CallBackGone where it was noted already or never drawn, OwnInterview for one's own."""
    drawn = session.get(CallBack, (survey_id, case_id))
    if drawn is not None and drawn.account_id == by.account_id:
        raise OwnInterview
    waiting = (CallBack.survey_id == survey_id) & (CallBack.case_id == case_id) & CallBack.found_at.is_(None)
    noted = session.execute(
        update(CallBack)
        .where(waiting)
        .values(
            found_at=at,
            found_by=by.name[:60],
            visited=answered.visited,
            right_person=answered.right_person,
            minutes=answered.minutes,
        )
        .returning(CallBack.wave_id)
    ).one_or_none()
    if noted is None:
        raise CallBackGone
    detail = {"visited": answered.visited.value, "right_person": answered.right_person, "minutes": answered.minutes}
    audit.record(
        session, survey_id=survey_id, at=at, by=by, action="call_back.found", record=f"case {case_id}", detail=detail
    )


def take_back(session: Session, survey_id: UUID, case_id: UUID, *, at: datetime, by: audit.Actor) -> None:
    """What was noted by mistake: it waits again. What had been noted stays in the log."""
    done = (CallBack.survey_id == survey_id) & (CallBack.case_id == case_id) & CallBack.found_at.is_not(None)
    empty = {"found_at": None, "found_by": "", "visited": None, "right_person": None, "minutes": None}
    if session.execute(update(CallBack).where(done).values(empty).returning(CallBack.case_id)).one_or_none() is None:
        raise CallBackGone
    audit.record(
        session, survey_id=survey_id, at=at, by=by, action="call_back.taken_back", record=f"case {case_id}", detail={}
    )


def _interviews(session: Session, survey_id: UUID, wave_id: UUID) -> dict[UUID, list[UUID]]:
    """Interviewer -> households that they asked."""
    current = (Capture.survey_id == Response.survey_id) & (Capture.id == Response.current_capture_id)
    rows = session.execute(
        select(Capture.by_account_id, Response.case_id)
        .join(Response, current)
        .where(*_of_interviewers(survey_id, wave_id))
    )
    found: dict[UUID, list[UUID]] = defaultdict(list)
    for account_id, case_id in rows:
        if account_id is not None and case_id is not None:
            found[account_id].append(case_id)
    return found


def _of_interviewers(survey_id: UUID, wave_id: UUID) -> tuple[ColumnElement[bool], ...]:
    return (
        Response.survey_id == survey_id,
        Response.wave_id == wave_id,
        Response.state == ResponseState.COMPLETE,
        Response.mode == Mode.FACE_TO_FACE,
        Response.case_id.is_not(None),
        Capture.source == Source.DEVICE,
        Capture.by_account_id.is_not(None),
    )


def _drawn(session: Session, survey_id: UUID, wave_id: UUID) -> dict[UUID, set[UUID]]:
    of_wave = (CallBack.survey_id == survey_id) & (CallBack.wave_id == wave_id)
    found: dict[UUID, set[UUID]] = defaultdict(set)
    for account_id, case_id in session.execute(select(CallBack.account_id, CallBack.case_id).where(of_wave)):
        found[account_id].add(case_id)
    return found
