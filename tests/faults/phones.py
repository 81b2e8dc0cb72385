"""Phones that answer until they are told to stop, and keep what was not acknowledged, as the resident's script does."""

from __future__ import annotations

import http.client
import json
import random
import threading
import time
import urllib.parse
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing

from tests.faults.killed import Killable
from tests.faults.oracle import Ledger, Sent
from tests.service.world import World

FORM = {"content-type": "application/x-www-form-urlencoded", "accept": "application/json"}
PATIENCE = 120  # seconds of a phone in tests: a machine that is busy is not a fault


def post(port: int, sent: Sent, ledger: Ledger) -> int | None:
    """One attempt; the HTTP status, or None where the connection broke before the answer was whole."""
    ledger.post(sent)
    body = urllib.parse.urlencode({**sent.answers, "client_id": sent.client_id}, doseq=True)
    with closing(http.client.HTTPConnection("127.0.0.1", port, timeout=PATIENCE)) as line:
        try:
            line.request("POST", f"/a/{sent.code}", body, FORM)
            reply = line.getresponse()
            said = reply.read()
        except (OSError, http.client.HTTPException):
            return None
    if reply.status == 200:
        ledger.acknowledge(sent.client_id, json.loads(said)["receipt"])
    elif 400 <= reply.status < 500:
        ledger.refuse(sent.client_id)
    return reply.status


def healthy(port: int) -> bool:
    """Whether the service says that an answer would be stored now."""
    with closing(http.client.HTTPConnection("127.0.0.1", port, timeout=PATIENCE)) as line:
        try:
            line.request("GET", "/health")
            reply = line.getresponse()
            reply.read()
        except (OSError, http.client.HTTPException):
            return False
    return reply.status == 200


def wait_until_healthy(port: int, seconds: float = PATIENCE) -> None:
    deadline = time.monotonic() + seconds
    while not healthy(port):
        assert time.monotonic() < deadline, "the service did not recover by itself"
        time.sleep(0.02)


class Phones:
    """So many residents at once; each answers, keeps its id until it is acknowledged, and answers anew."""

    def __init__(self, served: Killable, world: World, ledger: Ledger, seed: int) -> None:
        self.served, self.world, self.ledger = served, world, ledger
        self._random = random.Random(seed)
        self._made = 0
        self._lock = threading.Lock()

    def new(self) -> Sent:
        """An answer like no other: what is stored can be told apart. One in ten comes by a letter's code."""
        with self._lock:
            self._made += 1
            chosen = self._random
            by_letter = chosen.random() < 0.1
            return Sent(
                client_id=f"{self._made:08d}-{chosen.getrandbits(96):024x}",
                code=chosen.choice(self.world.case_codes if by_letter else self.world.open_codes),
                answers={
                    "know": "1",
                    "channels": ["2", "5"],
                    "channels.other": f"第{self._made}份，{chosen.choice(['邻居说的', '看见标语', '孩子的学校'])}",
                    "overall": chosen.choice("1239"),
                    "age": str(chosen.randint(18, 90)),
                },
            )

    def catch_up(self) -> None:
        """Every answer that is still open is sent again, and one that was acknowledged, as a lost reply is."""
        with self.ledger.lock:
            known = sorted(self.ledger.receipts)
        again = [self.ledger.posted[self._random.choice(known)]] if known else []
        with ThreadPoolExecutor(8) as pool:
            list(pool.map(lambda one: post(self.served.port, one, self.ledger), self.ledger.open + again))

    def answer_until(
        self, stop: threading.Event, *, phones: int, acknowledged: threading.Semaphore
    ) -> list[threading.Thread]:
        """Start them; ``acknowledged`` is released at every receipt."""

        def one_phone() -> None:
            while not stop.is_set():
                status = post(self.served.port, self.new(), self.ledger)
                if status == 200:
                    acknowledged.release()
                elif status is None:
                    return  # the service is gone; this answer stays open until it is back

        running = [threading.Thread(target=one_phone, name=f"phone-{number}") for number in range(phones)]
        for one in running:
            one.start()
        return running
