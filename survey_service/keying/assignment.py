"""Batches and the people who key them, and what each of them has to do next."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from uuid import UUID

from sqlalchemy import Select
from sqlalchemy.orm import Session

from questionnaires.text import Text
from survey_service import audit
from survey_service.errors import BadInput, NotFound
from survey_service.keying import adjudication_queries, drafts, verification, work_queries
from survey_service.keying.errors import SamePerson
from survey_service.keying.rules import Rules
from survey_service.keying.schemas import BatchLine
from survey_service.models import Survey, Wave
from survey_service.paper import serials


class WorkKind(StrEnum):
    RESUME = "resume"  # a form that was begun
    VERIFY = "verify"
    DECIDE = "decide"
    KEY = "key"


@dataclass(frozen=True, slots=True, kw_only=True)
class Work:
    """One thing that a person can do now."""

    kind: WorkKind
    address: str
    wave_name: Text
    number: str = ""  # of the form that was begun
    line: BatchLine | None = None
    forms: int = 0
    fields: int = 0
    mine: bool = True  # assigned to this person, or begun by them


@dataclass(frozen=True, slots=True, kw_only=True)
class Assignment:
    """Who keys a batch, who verifies it, and which share of it; None: nobody in particular, as the setting says."""

    keyer_id: UUID | None
    verifier_id: UUID | None
    share: float | None


def assign(
    session: Session,
    wave: Wave,
    number: int,
    visible: Select[tuple[UUID]],
    wanted: Assignment,
    *,
    rules: Rules,
    at: datetime,
    by: audit.Actor,
) -> None:
    """Say who keys a batch, who verifies it, and which share of it. SamePerson where that is one person.

    The batch also moves to where its forms are: one of them may have been erased since.
    """
    batch = work_queries.batch_by_number(session, wave, number, visible)
    if batch is None:
        raise NotFound
    keyer_id, verifier_id, share = wanted.keyer_id, wanted.verifier_id, wanted.share
    possible = {one.id for one in work_queries.keyers(session, batch.area_id)}
    if {keyer_id, verifier_id} - {None} - possible:
        raise BadInput
    if keyer_id is not None and keyer_id == verifier_id:
        raise SamePerson
    batch.keyer_id, batch.verifier_id, batch.verification_share = keyer_id, verifier_id, share
    audit.record(
        session,
        survey_id=wave.survey_id,
        at=at,
        by=by,
        action="batch.assigned",
        record=audit.Rows(f"paper_batch {batch.id}", wave.id),  # whose forms may count now, or not yet
        detail={"keyer": _plain(keyer_id), "verifier": _plain(verifier_id), "share": share},
    )
    verification.settle(session, batch, rules=rules, at=at, by=by)


def _plain(account_id: UUID | None) -> str | None:
    return str(account_id) if account_id else None


def end_keying(
    session: Session,
    wave: Wave,
    number: int,
    visible: Select[tuple[UUID]],
    *,
    rules: Rules,
    at: datetime,
    by: audit.Actor,
) -> None:
    """End the first keying of a batch whose other forms will not come back; the forms to verify are drawn now."""
    batch = work_queries.batch_by_number(session, wave, number, visible)
    if batch is None:
        raise NotFound
    verification.end_first_keying(session, batch, rules=rules, at=at, by=by)


def todo(
    session: Session, found: Sequence[tuple[Survey, Wave]], account_id: UUID, visible: Select[tuple[UUID]], rules: Rules
) -> list[Work]:
    """What this person can do, what comes first on top.

    A form that was begun, then second keyings (a batch waits for them), then decisions, then own batches, then what
    nobody has been assigned to.
    """
    order = list(WorkKind)
    works = [work for survey, wave in found for work in _of_wave(session, survey, wave, account_id, visible, rules)]
    return sorted(works, key=lambda work: (not work.mine, order.index(work.kind)))


def _of_wave(
    session: Session, survey: Survey, wave: Wave, account_id: UUID, visible: Select[tuple[UUID]], rules: Rules
) -> Iterator[Work]:
    here, name = f"/keying/{survey.key}/{wave.key}", Text(wave.name_zh, wave.name_en)
    for number in drafts.unfinished(session, wave, account_id):
        yield Work(
            kind=WorkKind.RESUME, address=f"{here}?number={number}", wave_name=name, number=serials.shown(number)
        )
    waiting = work_queries.to_verify(session, wave, account_id)
    for line in work_queries.batch_lines(session, wave, visible):
        batch = line.batch
        if waiting[batch.id] and batch.verifier_id in (None, account_id):
            yield Work(
                kind=WorkKind.VERIFY,
                address=here,
                wave_name=name,
                line=line,
                forms=waiting[batch.id],
                mine=batch.verifier_id == account_id,
            )
        at_hand = line.returned > line.keyed or batch.keyer_id == account_id
        if line.left and at_hand and batch.state in work_queries.UNDER_KEYING and batch.keyer_id in (None, account_id):
            yield Work(
                kind=WorkKind.KEY,
                address=here,
                wave_name=name,
                line=line,
                forms=line.left,
                mine=batch.keyer_id == account_id,
            )
    forms, fields = adjudication_queries.fields_to_decide(session, wave, account_id, visible, rules)
    if fields:
        yield Work(kind=WorkKind.DECIDE, address=f"{here}/decide", wave_name=name, forms=forms, fields=fields)
