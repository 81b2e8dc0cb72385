"""The oracle can say no: each invariant broken by hand is found."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from sqlalchemy import text

from survey_service.audit.chain import BrokenChain
from survey_service.database import Database
from survey_service.secrets import KeyRing
from survey_service.settings import Settings
from tests.faults.oracle import Ledger, Sent, check
from tests.service.test_collection_service import incoming, put
from tests.service.world import World, build

# The triggers stand against this in service; an oracle must see it all the same.
pytestmark = pytest.mark.parametrize("backend", ["sqlite"], indirect=True)
ANSWERS = {"know": "2", "overall": "1"}


@pytest.fixture
def stored(database: Database, settings: Settings) -> tuple[World, Ledger]:
    keys = KeyRing(settings.secret_key.get_secret_value())
    world = build(database, keys)
    ledger = Ledger()
    for number in range(3):
        client_id = f"{number:032d}"
        ledger.post(Sent(client_id, world.open_codes[0], ANSWERS))
        receipt = put(database, keys, incoming(world, client_id, answers=ANSWERS)).receipt
        assert receipt is not None
        ledger.acknowledge(client_id, receipt)
    assert check(database, world, ledger, all_answered=True) == 3
    return world, ledger


def _by_hand(*statements: str) -> Callable[[Database, Ledger], None]:
    def spoil(database: Database, _: Ledger) -> None:
        with database.writing_engine.connect() as connection:
            connection.exec_driver_sql("COMMIT")
            connection.exec_driver_sql("PRAGMA foreign_keys = OFF")
            connection.exec_driver_sql("BEGIN IMMEDIATE")
            for name in list(
                connection.exec_driver_sql("SELECT name FROM sqlite_master WHERE type = 'trigger'").scalars()
            ):
                connection.exec_driver_sql(f'DROP TRIGGER "{name}"')
            for statement in statements:
                connection.execute(text(statement))
            connection.commit()
            connection.invalidate()

    return spoil


def _another_was_told(_: Database, ledger: Ledger) -> None:
    ledger.post(Sent("9" * 32, "code", ANSWERS))
    ledger.acknowledge("9" * 32, "AAAA-AAAA-AAAA-AAAA")


def _nobody_sent_it(_: Database, ledger: Ledger) -> None:
    del ledger.posted["1".zfill(32)], ledger.receipts["1".zfill(32)]


def _still_waiting(_: Database, ledger: Ledger) -> None:
    ledger.post(Sent("8" * 32, "code", ANSWERS))


FIRST = "(SELECT id FROM capture WHERE client_id LIKE '%0')"


@pytest.mark.parametrize(
    ("spoil", "words"),
    [
        (_another_was_told, "I1: acknowledged and not stored"),
        (_nobody_sent_it, "I2: stored, though nobody sent it"),
        (_still_waiting, "never answered"),
        (_by_hand("UPDATE capture SET answers = replace(answers, '2', '1')"), "I1: .* was changed"),
        (_by_hand("UPDATE response SET receipt_sha256 = id"), "I2: receipt of"),
        (_by_hand(f"UPDATE response SET current_capture_id = {FIRST}"), "I3: .* is not what its response counts"),
        (_by_hand("DELETE FROM audit_entry WHERE action = 'response.recorded'"), "entry .* is missing|head does not"),
        (_by_hand("UPDATE audit_entry SET reason = 'x' WHERE sequence = 1"), "was changed"),
        (_by_hand("UPDATE access_code SET used_at = '2026-09-18 02:00:00' WHERE case_id IS NOT NULL"), "I3: codes"),
    ],
)
def test_what_is_broken_is_found(
    stored: tuple[World, Ledger], database: Database, spoil: Callable[[Database, Ledger], None], words: str
) -> None:
    world, ledger = stored
    spoil(database, ledger)
    with pytest.raises((AssertionError, BrokenChain), match=words):
        check(database, world, ledger, all_answered=True)
