"""kill -9 at random moments under load, on both databases: what phones were told is what is stored.

A round: the service starts, phones send again what was left open, then answer new ones; somewhere in between, after a
random number of receipts and a random part of a millisecond, or in the middle of the start, the process is killed.
Then the oracle judges, before anything had a chance to mend itself.
"""

from __future__ import annotations

import os
import random
import signal
import subprocess
import threading
import time
from collections.abc import Callable

import pytest

from survey_service.database import Database, open_database
from survey_service.secrets import KeyRing
from survey_service.settings import Settings
from tests.faults.killed import Killable
from tests.faults.oracle import Ledger, check
from tests.faults.phones import Phones, wait_until_healthy
from tests.service.world import build

SEED = 20260930
PHONES = 6
ROUNDS = 20
SOAK = 500
A_SURVEY = 25  # rounds of the soak on one database: the oracle reads all of it after each


def one_survey(
    parent: subprocess.Popen[str], settings: Settings, database: Database, *, rounds: int, seed: int
) -> tuple[int, int]:
    """Kills ``rounds`` times; answers stored at the end, and how many of them had to be sent more than once."""
    chance = random.Random(seed)
    world = build(database, KeyRing(settings.secret_key.get_secret_value()))
    ledger = Ledger()
    served = Killable(parent, settings)
    phones = Phones(served, world, ledger, seed)
    left_open = 0
    for number in range(rounds):
        served.start()
        if number % 5 == 4:
            time.sleep(chance.uniform(0, 0.3))  # in the middle of its start
        else:
            wait_until_healthy(served.port)
            stop, receipts = threading.Event(), threading.Semaphore(0)
            catching_up = threading.Thread(target=phones.catch_up)
            catching_up.start()
            running = phones.answer_until(stop, phones=PHONES, acknowledged=receipts)
            for _ in range(chance.randrange(25)):
                assert receipts.acquire(timeout=120), "no answer was acknowledged for a minute"
            time.sleep(chance.uniform(0, 0.02))
        assert os.WTERMSIG(served.end(signal.SIGKILL)) == signal.SIGKILL
        if number % 5 != 4:
            stop.set()
            for thread in [catching_up, *running]:
                thread.join(120)
        left_open += len(ledger.open)
        check(database, world, ledger)
    served.start()
    wait_until_healthy(served.port)
    phones.catch_up()
    served.end(signal.SIGTERM)
    return check(database, world, ledger, all_answered=True), left_open


# On PostgreSQL in `make soak`; a restart under load stands for it in `make test`.
def test_twenty_kills_lose_nothing_that_was_acknowledged(
    parent: subprocess.Popen[str], settings: Settings, database: Database
) -> None:
    stored, _ = one_survey(parent, settings, database, rounds=ROUNDS, seed=SEED)
    assert stored > 50


@pytest.mark.soak
def test_five_hundred_kills_lose_nothing_that_was_acknowledged(
    parent: subprocess.Popen[str],
    settings: Settings,
    backend: str,
    empty_databases: Callable[[str, pytest.FixtureRequest], str],
    request: pytest.FixtureRequest,
) -> None:
    seed = int(os.environ.get("FAULT_SEED", "0")) or random.SystemRandom().randrange(1, 2**31)
    print(f"\nFAULT_SEED={seed}")
    kills = stored = left_open = 0
    while kills < SOAK:
        url = empty_databases(backend, request)
        database = open_database(url)
        chosen = settings.model_copy(update={"database_url": url, "data_dir": settings.data_dir / str(kills)})
        held, open_then = one_survey(parent, chosen, database, rounds=A_SURVEY, seed=seed + kills)
        database.dispose()
        kills, stored, left_open = kills + A_SURVEY, stored + held, left_open + open_then
    print(f"{backend}: {kills} kills, {stored} answers stored once, {left_open} open at a kill and sent again")


@pytest.mark.both_databases
def test_a_restart_under_load_loses_nothing(
    parent: subprocess.Popen[str], settings: Settings, database: Database
) -> None:
    world = build(database, KeyRing(settings.secret_key.get_secret_value()))
    ledger = Ledger()
    served = Killable(parent, settings)
    phones = Phones(served, world, ledger, SEED)
    for _ in range(2):
        served.start()
        wait_until_healthy(served.port)
        stop, receipts = threading.Event(), threading.Semaphore(0)
        running = phones.answer_until(stop, phones=PHONES, acknowledged=receipts)
        for _ in range(20):
            assert receipts.acquire(timeout=120)
        served.end(signal.SIGTERM)
        stop.set()
        for thread in running:
            thread.join(120)
        check(database, world, ledger)
    served.start()
    wait_until_healthy(served.port)
    phones.catch_up()
    served.end(signal.SIGTERM)
    assert check(database, world, ledger, all_answered=True) >= 40
