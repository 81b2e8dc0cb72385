"""How many answers from phones bear a mark, by community: counts only, added up by the database."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass
from typing import Final
from uuid import UUID

from sqlalchemy import ColumnElement, Select, SQLColumnExpression, String, case, cast, func, or_, select
from sqlalchemy.orm import Session

from survey_service.models import Capture, Mode, Response, ResponseState

BURST = 30  # answers of one community's open code in a minute: as many as a meeting hall brings
# Letters are opened at home, one by one: so many of one community in a minute have one hand in common.
INVITED_BURST = 5


@dataclass(frozen=True, slots=True, kw_only=True)
class PhoneMarks:
    """Counts of complete responses whose current answers came from phones."""

    answers: int
    fast: int
    straight: int
    open_answers: int  # those by open codes, of which
    alike: int  # have all answers in common with another one of their community
    in_bursts: int  # came in a minute that brought their community more than ``BURST``
    invited_alike: int  # the same of those by the codes of sampled households, which count in the results
    invited_in_bursts: int  # more than ``INVITED_BURST``

    @property
    def invited(self) -> int:
        return self.answers - self.open_answers


FAST, STRAIGHT, ALIKE, BURSTS, ANY = "fast", "straight", "alike", "bursts", "any"
MARKS: Final = (ANY, FAST, STRAIGHT, ALIKE, BURSTS)
"""What the list of cases is filtered by."""


def total(parts: Iterable[PhoneMarks]) -> PhoneMarks:
    sums = dict.fromkeys(PhoneMarks.__slots__, 0)
    for part in parts:
        for name, count in asdict(part).items():
            sums[name] += count
    return PhoneMarks(**sums)


MINUTE = func.substr(cast(Response.completed_at, String), 1, len("2026-09-18 02:00"))


def _current_of(survey_id: UUID, wave_id: UUID) -> tuple[ColumnElement[bool], ColumnElement[bool]]:
    current = (Capture.survey_id == Response.survey_id) & (Capture.id == Response.current_capture_id)
    of_wave = (
        (Response.survey_id == survey_id) & (Response.wave_id == wave_id) & (Response.state == ResponseState.COMPLETE)
    )
    return current, of_wave


def _groups(
    of: tuple[UUID, UUID], kind: SQLColumnExpression[str], mode: Mode, more_than: int
) -> Select[UUID, str, int]:
    """Communities and kinds that more than so many answers of ``mode`` share."""
    current, of_wave = _current_of(*of)
    return (
        select(Response.area_id.label("area"), kind.label("kind"), func.count().label("size"))
        .select_from(Response)
        .join(Capture, current)
        .where(of_wave, Response.mode == mode)
        .group_by(Response.area_id, kind)
        .having(func.count() > more_than)
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class InvitedTogether:
    """What several answers by the codes of sampled households of one community share; one of them is marked by it."""

    alike: frozenset[tuple[UUID, str]]  # community and hash of the answers
    in_bursts: frozenset[tuple[UUID, str]]  # community and ``MINUTE``


def invited_together(session: Session, survey_id: UUID, wave_id: UUID) -> InvitedTogether:
    """Two statements."""

    def shared(kind: SQLColumnExpression[str], more_than: int) -> frozenset[tuple[UUID, str]]:
        found = session.execute(_groups((survey_id, wave_id), kind, Mode.WEB_INVITED, more_than))
        return frozenset((area, one) for area, one, _ in found)

    return InvitedTogether(alike=shared(Capture.content_sha256, 1), in_bursts=shared(MINUTE, INVITED_BURST))


def _together(
    session: Session, of: tuple[UUID, UUID], kind: SQLColumnExpression[str], mode: Mode, more_than: int
) -> Mapping[UUID, int]:
    """By community, how many answers of ``mode`` share their ``kind`` with more than so many in all."""
    groups = _groups(of, kind, mode, more_than).subquery()
    rows = session.execute(select(groups.c.area, func.sum(groups.c.size)).group_by(groups.c.area))
    return {area: int(size) for area, size in rows}


def cases_marked(survey_id: UUID, wave_id: UUID, mark: str) -> Select[UUID | None]:
    """Households whose complete answer came from a phone and bears ``mark``, one of ``MARKS``."""
    current, of_wave = _current_of(survey_id, wave_id)

    def shares(kind: SQLColumnExpression[str], more_than: int) -> ColumnElement[bool]:
        groups = _groups((survey_id, wave_id), kind, Mode.WEB_INVITED, more_than).subquery()
        with_others = select(groups.c.area).where(groups.c.area == Response.area_id, groups.c.kind == kind)
        return (Response.mode == Mode.WEB_INVITED) & with_others.exists()

    bears = {
        FAST: Capture.paradata[FAST].as_boolean(),
        STRAIGHT: Capture.paradata[STRAIGHT].as_boolean(),
        ALIKE: shares(Capture.content_sha256, 1),
        BURSTS: shares(MINUTE, INVITED_BURST),
    }
    wanted = or_(*bears.values()) if mark == ANY else bears[mark]
    return select(Response.case_id).join(Capture, current).where(of_wave, Response.case_id.is_not(None), wanted)


def open_in_bursts(session: Session, survey_id: UUID, wave_id: UUID) -> Mapping[UUID, int]:
    """Answers by open codes that came in a minute which brought their community more than ``BURST``; one statement."""
    return _together(session, (survey_id, wave_id), MINUTE, Mode.WEB_OPEN, BURST)


def by_community(session: Session, survey_id: UUID, wave_id: UUID) -> Mapping[UUID, PhoneMarks]:
    """By the id of the community; those without an answer from a phone are left out. Five statements."""
    current, of_wave = _current_of(survey_id, wave_id)

    def marked(name: str) -> ColumnElement[int]:
        return func.coalesce(func.sum(case((Capture.paradata[name].as_boolean(), 1), else_=0)), 0)

    def together(kind: SQLColumnExpression[str], mode: Mode, more_than: int) -> Mapping[UUID, int]:
        return _together(session, (survey_id, wave_id), kind, mode, more_than)

    minute = MINUTE
    by_poster, by_letter = Mode.WEB_OPEN, Mode.WEB_INVITED
    alike, bursts = together(Capture.content_sha256, by_poster, 1), together(minute, by_poster, BURST)
    same = together(Capture.content_sha256, by_letter, 1)
    hurried = together(minute, by_letter, INVITED_BURST)
    found = session.execute(
        select(
            Response.area_id,
            func.count(),
            marked("fast"),
            marked("straight"),
            func.coalesce(func.sum(case((Response.mode == Mode.WEB_OPEN, 1), else_=0)), 0),
        )
        .select_from(Response)
        .join(Capture, current)
        .where(of_wave, Response.mode.in_((Mode.WEB_OPEN, Mode.WEB_INVITED)))
        .group_by(Response.area_id)
    )
    return {
        area: PhoneMarks(
            answers=answers,
            fast=fast,
            straight=straight,
            open_answers=opened,
            alike=alike.get(area, 0),
            in_bursts=bursts.get(area, 0),
            invited_alike=same.get(area, 0),
            invited_in_bursts=hurried.get(area, 0),
        )
        for area, answers, fast, straight, opened in found
    }
