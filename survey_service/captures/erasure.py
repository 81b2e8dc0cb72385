"""Erasing a response: its answers are blanked where they stand, and a tombstone says so for ever.

Nothing that was counted once can be counted again by it: the response keeps its row in the state ``deleted``, the ids
that phones made for it stay known, and the code of its case stays used. Backups still hold the answers until they
expire; ``restore`` replays the tombstones (``apply_tombstones``).
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import Row, delete, insert, select, union_all, update
from sqlalchemy.orm import Session, aliased

from analysis.final_outcomes import REFUSED
from survey_service import audit
from survey_service.captures import attached, ledger
from survey_service.errors import NotFound
from survey_service.models import (
    Capture,
    Case,
    Discrepancy,
    Disposition,
    Ground,
    Keying,
    KeyingState,
    Response,
    ResponseState,
    Roll,
    ScanField,
    Survey,
    Tombstone,
)
from survey_service.models.capture import CONFLICTS

LAID = "tombstone_laid"  # mark on a session: its commit is followed by a line in the file outside the database


@dataclass(frozen=True, slots=True, kw_only=True)
class Erasure:
    """One tombstone as it is kept apart from the database, and read back by a restore."""

    survey_id: UUID
    response_id: UUID
    at: datetime
    by_account_id: UUID | None
    ground: Ground

    def to_json(self) -> dict[str, str | None]:
        return {
            "survey_id": str(self.survey_id),
            "response_id": str(self.response_id),
            "at": self.at.isoformat(),
            "by_account_id": str(self.by_account_id) if self.by_account_id else None,
            "ground": self.ground.value,
        }

    @classmethod
    def from_json(cls, plain: dict[str, str | None]) -> Erasure:
        by = plain["by_account_id"]
        return cls(
            survey_id=UUID(str(plain["survey_id"])),
            response_id=UUID(str(plain["response_id"])),
            at=datetime.fromisoformat(str(plain["at"])),
            by_account_id=UUID(by) if by else None,
            ground=Ground(str(plain["ground"])),
        )


def erase_response(
    session: Session, survey_id: UUID, response_id: UUID, *, ground: Ground, at: datetime, by: audit.Actor
) -> bool:
    """Blank every capture of a response and set it ``deleted``; False where that was done before.

    NotFound where there is no such response. A case whose only answer it was becomes a refusal: somebody eligible was
    reached and does not want to be counted.
    """
    response = session.execute(
        select(Response.state, Response.case_id, Response.wave_id)
        .where(Response.survey_id == survey_id, Response.id == response_id)
        .with_for_update()
    ).one_or_none()
    if response is None:
        raise NotFound
    if response.state is ResponseState.DELETED:
        return False
    _lay(
        session,
        Erasure(survey_id=survey_id, response_id=response_id, at=at, by_account_id=by.account_id, ground=ground),
    )
    _erase(session, survey_id, response_id, response, ground=ground, at=at, by=by)
    return True


def tombstones(session: Session, *, since: datetime | None = None) -> list[Erasure]:
    """Every tombstone, oldest first; ``since``: those laid at that moment or later."""
    statement = select(Tombstone).order_by(Tombstone.at, Tombstone.survey_id, Tombstone.response_id)
    if since is not None:
        statement = statement.where(Tombstone.at >= since)
    return [
        Erasure(
            survey_id=one.survey_id,
            response_id=one.response_id,
            at=one.at,
            by_account_id=one.by_account_id,
            ground=one.ground,
        )
        for one in session.scalars(statement)
    ]


def apply_tombstones(session: Session, laid: Iterable[Erasure], *, at: datetime, by: audit.Actor) -> int:
    """Erase again what an older backup brought back; how many responses were erased.

    May be repeated. A tombstone of a response that the backup does not hold is kept as well; one of a survey that it
    does not hold is passed over, for there is nothing that it could be about.
    """
    surveys = set(session.scalars(select(Survey.id)))
    erased = 0
    for one in laid:
        if one.survey_id not in surveys:
            continue
        if session.get(Tombstone, (one.survey_id, one.response_id)) is None:
            _lay(session, one)
        response = session.execute(
            select(Response.state, Response.case_id, Response.wave_id).where(
                Response.survey_id == one.survey_id, Response.id == one.response_id
            )
        ).one_or_none()
        if response is None or response.state is ResponseState.DELETED:
            continue
        _erase(session, one.survey_id, one.response_id, response, ground=one.ground, at=at, by=by, replayed=True)
        erased += 1
    return erased


def _lay(session: Session, one: Erasure) -> None:
    session.info[LAID] = True
    session.execute(
        insert(Tombstone).values(
            survey_id=one.survey_id,
            response_id=one.response_id,
            at=one.at,
            by_account_id=one.by_account_id,
            ground=one.ground,
        )
    )


def _erase(
    session: Session,
    survey_id: UUID,
    response_id: UUID,
    response: Row[ResponseState, UUID | None, UUID],
    *,
    ground: Ground,
    at: datetime,
    by: audit.Actor,
    replayed: bool = False,
) -> None:
    captures = _captures(session, survey_id, response_id)
    ledger.blank(session, survey_id, response_id, captures)
    _drop_keying(session, survey_id, response_id)
    _forget_pictures(session, survey_id, response_id)
    files = attached.erase(session, survey_id, response_id)
    if response.case_id is not None:
        session.execute(
            update(Case)
            .where(Case.survey_id == survey_id, Case.id == response.case_id)
            .where(Case.disposition.in_((Disposition.COMPLETE, Disposition.PARTIAL)))
            .values(disposition=Disposition.REFUSAL, outcome_code=REFUSED)
        )
        # How many adults there are belongs to the draw; who they are was told for the answer that is gone.
        session.execute(
            update(Roll).where(Roll.survey_id == survey_id, Roll.case_id == response.case_id).values(listed=[])
        )
    audit.record(
        session,
        survey_id=survey_id,
        at=at,
        by=by,
        action="response.erased",
        record=audit.Rows(f"response {response_id}", response.wave_id),
        detail={
            "captures": len(captures),
            "ground": ground.value,
            **({"files": files} if files else {}),
            **({"replayed": True} if replayed else {}),
        },
    )


def _drop_keying(session: Session, survey_id: UUID, response_id: UUID) -> None:
    """A second keying that has begun and a decision that waits hold answers too; both have nothing left to be about."""
    papers = select(Keying.paper_id).where(Keying.survey_id == survey_id, Keying.response_id == response_id)
    of_papers = (Discrepancy.survey_id == survey_id) & Discrepancy.paper_id.in_(papers)
    session.execute(delete(Discrepancy).where(of_papers))
    begun = session.scalars(
        select(Keying.id).where(
            Keying.survey_id == survey_id, Keying.paper_id.in_(papers), Keying.state != KeyingState.DONE
        )
    ).all()
    session.execute(delete(Keying).where(Keying.survey_id == survey_id, Keying.id.in_(begun)))


def _forget_pictures(session: Session, survey_id: UUID, response_id: UUID) -> None:
    """What a scan showed of the answers of a paper form."""
    of_response = select(Keying.form_id).where(Keying.survey_id == survey_id, Keying.response_id == response_id)
    session.execute(delete(ScanField).where(ScanField.survey_id == survey_id, ScanField.form_id.in_(of_response)))


def _captures(session: Session, survey_id: UUID, response_id: UUID) -> Sequence[UUID]:
    """The captures of a response, and the refused ones that came under the same ids."""
    own = select(Capture.id).where(Capture.survey_id == survey_id, Capture.response_id == response_id)
    ids = aliased(Capture)
    under_its_ids = select(ids.client_id).where(ids.survey_id == survey_id, ids.response_id == response_id)
    refused = select(Capture.id).where(Capture.survey_id == survey_id, Capture.client_id.in_(under_its_ids), CONFLICTS)
    return session.scalars(union_all(own, refused)).all()
