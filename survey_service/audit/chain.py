"""Hash chains of the audit log, one per survey and one for the system.

Entries wait in the session and are chained last before commit: the head is a row, read and locked inside that
transaction and never remembered between two (a remembered head breaks at the first row of another process). A group
of answers takes the lock once. An entry about rows that figures come from moves the key of their wave as well
(``audit/rows.py``).
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Mapping
from contextlib import closing
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, cast
from uuid import UUID

from sqlalchemy import Table, event, select, union, update
from sqlalchemy.orm import Session, SessionTransaction

from survey_service.audit.rows import Rows, move
from survey_service.bulk import insert_rows, insert_unless_there
from survey_service.models import AuditEntry, AuditHead, Survey

SYSTEM = "system"
ADDRESS = "address"  # in an entry's detail: the network address of whoever did it
GENESIS = "0" * 64
_PENDING = "audit_pending"
_ENTRIES = cast("Table", AuditEntry.__table__)
_HEADS = cast("Table", AuditHead.__table__)


class BrokenChain(Exception):
    """An entry does not follow from the one before it: somebody changed the log outside the service."""


@dataclass(frozen=True, slots=True)
class Actor:
    """Whoever is behind a change: an account, or None for a resident and for the service itself."""

    account_id: UUID | None
    name: str = ""
    address: str = ""  # from where, as the network says it; empty where nobody came over the network


RESIDENT = Actor(None, "resident")
SERVICE = Actor(None, "service")


@dataclass(frozen=True, slots=True)
class _Pending:
    chain: str
    at: datetime
    by: UUID | None
    action: str
    record: str
    detail: Mapping[str, Any]
    reason: str | None
    moves: str = ""  # whose key


def record(
    session: Session,
    *,
    survey_id: UUID | None,
    at: datetime,
    by: Actor,
    action: str,
    record: str | Rows,
    detail: Mapping[str, Any] | None = None,
    reason: str | None = None,
) -> None:
    """Add one entry to the chain of ``survey_id`` (None: the system's). ``detail`` holds ids, names of fields and
    keyed hashes, never answers or contact values. ``record``: as Rows where the figures of a wave come from it."""
    pending: list[_Pending] = session.info.setdefault(_PENDING, [])
    pending.append(
        _Pending(
            chain=str(survey_id) if survey_id else SYSTEM,
            at=at.astimezone(UTC),  # what is hashed must be what the database gives back
            by=by.account_id,
            action=action,
            record=record.record if isinstance(record, Rows) else record,
            detail={**(detail or {}), **({ADDRESS: by.address} if by.address else {})},
            reason=reason,
            moves=record.whose if isinstance(record, Rows) else "",
        )
    )


def mark(session: Session) -> int:
    """A place to return to when a savepoint fails."""
    return len(session.info.get(_PENDING, ()))


def return_to(session: Session, place: int) -> None:
    """Forget the entries added since ``mark``: their savepoint was rolled back."""
    del session.info.get(_PENDING, [])[place:]


def _digest(previous: str, sequence: int, entry: _Pending) -> str:
    content = [
        previous,
        entry.chain,
        sequence,
        entry.at.isoformat(),
        str(entry.by) if entry.by else None,
        entry.action,
        entry.record,
        entry.detail,
        entry.reason,
    ]
    # Blanks after commas, unlike the canonical text: every chain is walked from its first entry, which had them.
    return hashlib.sha256(json.dumps(content, sort_keys=True, ensure_ascii=False).encode()).hexdigest()


@event.listens_for(Session, "before_commit")
def _chain_entries(session: Session) -> None:
    if session.in_nested_transaction():
        return
    pending: list[_Pending] = session.info.pop(_PENDING, [])
    if not pending:
        return
    session.flush()
    chains: dict[str, list[_Pending]] = {}
    for entry in pending:
        chains.setdefault(entry.chain, []).append(entry)
    moved: dict[str, str] = {}
    # Sorted: two transactions that touch two chains must lock them in one order.
    for chain in sorted(chains):
        moved |= _append(session, chain, chains[chain])
    for whose in sorted(moved):  # after all chains, and in one order too
        move(session, whose, moved[whose])


def _append(session: Session, chain: str, entries: list[_Pending]) -> dict[str, str]:
    """Chain the entries; whose keys they move -> the hash of the last entry that does."""
    locked = select(AuditHead.sequence, AuditHead.sha256).where(AuditHead.chain == chain).with_for_update()
    head = session.execute(locked).one_or_none()
    if head is None:
        # The first entry of a chain: of two that race, one makes the head, and the other waits for it and reads it.
        insert_unless_there(session, _HEADS, {"chain": chain, "sequence": 0, "sha256": GENESIS})
        head = session.execute(locked).one()
    sequence, previous = head.sequence, head.sha256
    rows, moved = [], {}
    for entry in entries:
        sequence += 1
        digest = _digest(previous, sequence, entry)
        rows.append(
            {
                "chain": chain,
                "sequence": sequence,
                "at": entry.at,
                "by_account_id": entry.by,
                "action": entry.action,
                "record": entry.record,
                "detail": entry.detail,
                "reason": entry.reason,
                "previous_sha256": previous,
                "sha256": digest,
            }
        )
        previous = digest
        if entry.moves:
            moved[entry.moves] = digest
    insert_rows(session, _ENTRIES, rows)
    session.execute(update(AuditHead).where(AuditHead.chain == chain).values(sequence=sequence, sha256=previous))
    return moved


@event.listens_for(Session, "after_soft_rollback")
def _forget_entries(session: Session, previous: SessionTransaction) -> None:
    # A savepoint that fails takes only its own entries with it (``return_to``): those of its neighbours stay.
    if not previous.nested:
        session.info.pop(_PENDING, None)


def verify(session: Session, chain: str, seen: Callable[[AuditEntry], None] = lambda _: None) -> int:
    """Number of entries of a chain that verifies from its first row to its head; raises BrokenChain.

    ``seen`` is called with each entry that follows from the one before it, in order.
    """
    previous, sequence = GENESIS, 0
    statement = select(AuditEntry).where(AuditEntry.chain == chain).order_by(AuditEntry.sequence)
    # Closed also where a row is refused: the server's cursor must not outlive this look.
    with closing(session.scalars(statement.execution_options(yield_per=1000))) as rows:
        for row in rows:
            sequence += 1
            entry = _Pending(row.chain, row.at, row.by_account_id, row.action, row.record, row.detail, row.reason)
            if row.sequence != sequence or row.previous_sha256 != previous:
                raise BrokenChain(f"chain {chain}: entry {sequence} is missing or out of order")
            if row.sha256 != _digest(previous, sequence, entry):
                raise BrokenChain(f"chain {chain}: entry {sequence} was changed")
            previous = row.sha256
            seen(row)
    head = session.get(AuditHead, chain)
    if (head.sequence, head.sha256) != (sequence, previous) if head else sequence != 0:
        raise BrokenChain(f"chain {chain}: the head does not match its last entry; rows were removed at the end")
    return sequence


def chains(session: Session) -> list[str]:
    return list(session.scalars(select(AuditHead.chain).order_by(AuditHead.chain)))


def all_chains(session: Session) -> list[str]:
    """Every chain that should be there: of heads, of entries without one, of surveys, and the system's; it comes first.

    So a chain that was removed whole is found as broken, not overlooked: every survey begins with an entry.
    """
    known = union(select(AuditHead.chain), select(AuditEntry.chain).distinct())
    found = set(session.scalars(known)) | {str(survey) for survey in session.scalars(select(Survey.id))}
    return [SYSTEM, *sorted(found - {SYSTEM})]


def sha256_at(session: Session, chain: str, sequence: int) -> str | None:
    """The hash of one entry, which stands for everything up to it; None where there is no such entry."""
    return session.scalar(select(AuditEntry.sha256).where(AuditEntry.chain == chain, AuditEntry.sequence == sequence))
