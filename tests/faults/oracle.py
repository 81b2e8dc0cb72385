"""One judge for every fault: what phones were told, held against what the database holds.

A test of faults keeps a ``Ledger`` of what its phones posted and heard, breaks something, and calls ``check``. The
invariants are numbered as the design numbers them:

I1 every acknowledged answer is stored exactly once, equal to what was sent; I2 nothing is stored that nobody sent, and
one receipt belongs to one answer; I3 capture, response, code use and audit row stand together or not at all; I4 every
chain of the audit log verifies. (I5, released numbers, is held by tests/service/test_releases.py; I7 and I8, what
/health and the page say, by the tests that break something.)
"""

from __future__ import annotations

import threading
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field

from sqlalchemy import select

from questionnaires.answers import Policy, answers_text, check_answers
from questionnaires.model import Questionnaire
from survey_service.audit import chain
from survey_service.database import Database
from survey_service.models import AccessCode, AuditEntry, Capture, Response, ResponseState
from survey_service.secrets import code_hash, normalise_receipt
from tests.service.world import World

Answers = Mapping[str, str | list[str]]


@dataclass(frozen=True, slots=True)
class Sent:
    """One answer as a phone keeps it until it is acknowledged."""

    client_id: str
    code: str  # of the address it is posted to
    answers: Answers


@dataclass
class Ledger:
    """What all phones know together; any thread may write into it."""

    posted: dict[str, Sent] = field(default_factory=dict)  # before the first byte leaves the phone
    receipts: dict[str, str] = field(default_factory=dict)  # acknowledged: id of the answer -> receipt
    refused: set[str] = field(default_factory=set)  # told for good that it will not be stored (4xx)
    lock: threading.Lock = field(default_factory=threading.Lock)

    def post(self, sent: Sent) -> None:
        with self.lock:
            self.posted[sent.client_id] = sent

    def acknowledge(self, client_id: str, receipt: str) -> None:
        with self.lock:
            held = self.receipts.setdefault(client_id, receipt)
        assert held == receipt, f"{client_id} was given two receipts"

    def refuse(self, client_id: str) -> None:
        with self.lock:
            self.refused.add(client_id)

    @property
    def open(self) -> list[Sent]:
        """Posted and never answered: their phones try again."""
        with self.lock:
            return [one for name, one in self.posted.items() if name not in self.receipts and name not in self.refused]


def stored_text(questionnaire: Questionnaire, answers: Answers) -> str:
    """What the database holds of these answers when it holds them."""
    return answers_text(check_answers(questionnaire, answers, Policy.WEB).canonical)


def check(database: Database, world: World, ledger: Ledger, *, all_answered: bool = False) -> int:
    """Assert I1 to I4 in one snapshot; the number of answers stored. ``all_answered``: no phone waits any more."""
    with database.reading.begin() as session:
        captures = session.execute(
            select(Capture.id, Capture.client_id, Capture.answers, Capture.response_id).where(
                Capture.survey_id == world.survey_id, Capture.conflict.is_(False)
            )
        ).all()
        responses = {
            row.id: row
            for row in session.execute(
                select(
                    Response.id, Response.state, Response.case_id, Response.receipt_sha256, Response.current_capture_id
                ).where(Response.survey_id == world.survey_id)
            )
        }
        recorded = [
            detail["capture"]
            for detail in session.scalars(
                select(AuditEntry.detail).where(
                    AuditEntry.chain == str(world.survey_id), AuditEntry.action == "response.recorded"
                )
            )
        ]
        used = set(
            session.scalars(
                select(AccessCode.case_id).where(
                    AccessCode.survey_id == world.survey_id,
                    AccessCode.case_id.is_not(None),
                    AccessCode.used_at.is_not(None),
                )
            )
        )
        for one in chain.chains(session):  # I4
            chain.verify(session, one)

    held = {row.client_id: row for row in captures}
    assert len(held) == len(captures), "I1: an answer is stored twice"
    with ledger.lock:
        posted, receipts, refused = dict(ledger.posted), dict(ledger.receipts), set(ledger.refused)
    lost = [name for name in receipts if name not in held]
    assert not lost, f"I1: acknowledged and not stored: {lost}"
    invented = [name for name in held if name not in posted or name in refused]
    assert not invented, f"I2: stored, though nobody sent it or it was refused: {invented}"
    for name, row in held.items():
        assert row.answers == stored_text(world.questionnaire, posted[name].answers), f"I1: {name} was changed"
        response = responses[row.response_id]
        assert response.current_capture_id == row.id, f"I3: {name} is not what its response counts"
        if name in receipts:
            assert response.receipt_sha256 == code_hash(normalise_receipt(receipts[name])), f"I2: receipt of {name}"
    assert len(set(receipts.values())) == len(receipts), "I2: two answers share a receipt"
    assert Counter(str(row.id) for row in captures) == Counter(recorded), "I3: captures and audit rows differ"
    assert {row.response_id for row in captures} == set(responses), "I3: a response without its capture"
    complete = Counter(one.case_id for one in responses.values() if one.state is ResponseState.COMPLETE and one.case_id)
    assert set(complete.values()) <= {1}, "I1: a case has two complete responses"
    assert used == set(complete), "I3: codes used and cases answered differ"
    if all_answered:
        waiting = sorted(set(posted) - set(receipts) - refused)
        assert not waiting, f"never answered: {waiting}"
        assert set(held) == set(receipts), "I1: stored and acknowledged differ, though every phone has its answer"
    return len(held)
