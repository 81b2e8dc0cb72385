"""Hostile files at every upload while people are answered: ``python -m tests.bench.hostile [--seconds N] [--some N]``.

A real server; files of 1 KB to 20 MB, four at a time, at each page that takes one. Meanwhile ``/health`` and a
resident's page are asked for, each 20 times a second; before it the same with nothing thrown, so that what else the
machine does stands beside the figure. Then one line for each file: what it was told, how long it took, how often.
"""

from __future__ import annotations

import argparse
import asyncio
import csv
import http.client
import io
import json
import os
import random
import re
import subprocess
import sys
import tempfile
import time
from concurrent.futures import ProcessPoolExecutor
from itertools import cycle
from multiprocessing import get_context
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

from sqlalchemy import select

from survey_service.audit.chain import SERVICE
from survey_service.database import open_database
from survey_service.models import Mode, Wave
from survey_service.surveys import service as surveys
from tests import hostile_files as hostile
from tests.bench import _wire
from tests.bench._wire import Connection, Outcome, open_loop, quantile, request
from tests.bench.load import Server
from tests.conftest import free_port
from tests.service.world import NOW, PASSWORD

RATE = 20  # requests a second of each of the two that are measured
AT_ONCE = 4  # uploads
BOUNDARY = b"x" * 24
SEED = 20261129


def tables() -> dict[str, tuple[str, bytes]]:
    """Name and content of each file, 1 KB to 20 MB."""
    rng = random.Random(SEED)
    sheet, workbook = hostile.sheet, hostile.workbook
    wide = io.StringIO()
    csv.writer(wide).writerows([[f"c{n}" for n in range(400)], *([["1"] * 400] * 20_000)])
    return {
        "unended tags 2 KB": ("a.xlsx", hostile.unended_tags(300_000)),
        "unended tags 20 MB of XML": ("a.xlsx", hostile.unended_tags(20_000_000)),
        "head of blanks": ("a.csv", b"1" + b" " * 8_000 + b",b\n1,2\n"),
        "head of blanks 1 MB": ("a.csv", b"1" + b" " * 1_000_000 + b",b\n1,2\n"),
        "heads of dashes": ("a.csv", ",".join("—" * 2_000 for _ in range(200)).encode() + b"\n" + b"1," * 199 + b"1\n"),
        "digits": ("a.csv", b"a,b\n" + (b"1" * 30_000 + b"x,2\n") * 600),
        "quotes": ("a.csv", b'a,b\n"' + b'""' * 9_000_000),
        "one open quote": ("a.csv", b'a,b\n1,"' + b"x,y\n" * 4_500_000),
        "broken characters": ("a.csv", "社区,b\n".encode() + b"\xe4\xb8,1\n" * 2_000_000),
        "many rows": ("a.csv", b"a,b\n" + b"1,2\n" * 4_500_000),
        "wide": ("a.csv", wide.getvalue().encode()[:19_000_000]),
        "many columns": ("a.csv", hostile.many_columns(200_000)),
        "rows of XML 29 MB in 120 KB": ("a.xlsx", workbook(sheet("<row/>" * 4_800_000))),
        "cells": ("a.xlsx", hostile.many_cells(150_000)),
        "bomb": ("a.xlsx", hostile.bomb(250_000_000)),
        "lying size": ("a.xlsx", hostile.lying_size(30_000_000)),
        "nested": ("a.xlsx", workbook(hostile.bomb(25_000_000))),
        "many sheets": ("a.xlsx", many_sheets(2_000)),
        "many parts": ("a.xlsx", workbook("<worksheet/>", more={f"x/{n}": b"" for n in range(60_000)})),
        "merged whole": ("a.xlsx", hostile.merged_whole(2_000)),
        "entities": ("a.xlsx", hostile.laughing()),
        "shared text": ("a.xlsx", hostile.shared_bomb(15_000)),
        "deep": ("a.xlsx", hostile.deep(1_500_000)),
        "long tag": ("a.xlsx", hostile.one_long_tag(20_000_000)),
        "old Excel, random": ("a.xls", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + rng.randbytes(2_000_000)),
        "random 20 MB": ("a.xlsx", b"PK\x03\x04" + rng.randbytes(19_000_000)),
        "random text": ("a.csv", rng.randbytes(19_000_000).replace(b"\x00", b"\x01")),
        "nothing but ends of lines": ("a.csv", b"\r" * 19_000_000),
        "ends of a form": ("a.csv", b"\r\n--" * 4_700_000),
    }


def many_sheets(count: int) -> bytes:
    listed = "".join(f'<sheet name="s{n}" sheetId="{n}" r:id="r1"/>' for n in range(1, count + 1))
    book = hostile.WORKBOOK.replace('<sheet name="a" sheetId="1" r:id="r1"/>', listed)
    return hostile.workbook(hostile.sheet(""), more={"xl/workbook.xml": book.encode()})


def definitions() -> dict[str, tuple[str, bytes]]:
    rng = random.Random(SEED)
    laughter = b"".join(f"a{n}: &a{n} [{','.join([f'*a{max(n - 1, 0)}'] * 9)}]\n".encode() for n in range(40))
    return {
        "laughter": ("q.yaml", laughter),
        "deep lists": ("q.yaml", b"a: " + b"[" * 900_000),
        "dashes": ("q.yaml", b"- " * 450_000),
        "keys": ("q.yaml", b"? " * 450_000),
        "tags": ("q.yaml", b"!" * 900_000),
        "anchors": ("q.yaml", b"&a " * 300_000),
        "fields": ("q.yaml", b"x:\n" * 300_000),
        "flow": ("q.yaml", b"a: [" + b"{a: 1}," * 130_000 + b"]"),
        "conditions": ("q.yaml", deep_condition()),
        "open quote": ("q.yaml", b'a: "' + b"\n\n" * 450_000),
        "random": ("q.yaml", rng.randbytes(900_000)),
    }


def deep_condition() -> bytes:
    shipped = Path("questionnaires/definitions/civilized_city/questionnaire.yaml").read_text(encoding="utf-8")
    return re.sub(r"ask_if: .*", f"ask_if: '{'(' * 200_000}'", shipped, count=1).encode()


# ------------------------------------------------------------------ the city


def routes() -> dict[str, tuple[str, dict[str, tuple[str, bytes]], dict[str, str]]]:
    """Address, files and further fields of every page that takes a file."""
    some = tables()
    return {
        "answers": ("/surveys/satisfaction/waves/{wave}/imports", some, {}),
        "areas": ("/areas/imports/tree", some, {}),
        "people": (
            "/areas/imports/people",
            some,
            {"source": "x", "as_of": "2026-01-01", "register": "usual_residents"},
        ),
        "sample": ("/surveys/satisfaction/waves/{draft}/cases", some, {}),
        "questionnaire": ("/surveys/satisfaction/questionnaires", definitions(), {}),
    }


class Person:
    """Signed in, with what every form needs."""

    def __init__(self, port: int, user: str) -> None:
        connection = http.client.HTTPConnection("127.0.0.1", port)
        sent = {"Accept": "text/html", "Content-Type": "application/x-www-form-urlencoded"}
        connection.request("POST", "/sign-in", urlencode({"user": user, "password": PASSWORD}), sent)
        answer = connection.getresponse()
        answer.read()
        assert answer.status == 303, answer.status
        self.cookie = "; ".join(one.partition(";")[0] for one in answer.headers.get_all("Set-Cookie", []))
        connection.request("GET", "/account", headers={"Accept": "text/html", "Cookie": self.cookie})
        found = re.search(r'name="csrf" value="([^"]+)"', connection.getresponse().read().decode())
        assert found
        self.token = found.group(1)
        connection.close()

    def upload(self, port: int, path: str, name: str, content: bytes, fields: dict[str, str]) -> bytes:
        parts = [
            f'--{BOUNDARY.decode()}\r\nContent-Disposition: form-data; name="{key}"\r\n\r\n{value}\r\n'
            for key, value in {**fields, "csrf": self.token}.items()
        ]
        head = f'--{BOUNDARY.decode()}\r\nContent-Disposition: form-data; name="file"; filename="{name}"\r\n\r\n'
        body = b"".join([*map(str.encode, parts), head.encode(), content, b"\r\n--", BOUNDARY, b"--\r\n"])
        lines = [
            f"POST {path} HTTP/1.1",
            f"Host: 127.0.0.1:{port}",
            "Accept: text/html",
            f"Cookie: {self.cookie}",
            f"Content-Type: multipart/form-data; boundary={BOUNDARY.decode()}",
            f"Content-Length: {len(body)}",
        ]
        return "\r\n".join([*lines, "", ""]).encode() + body


def another_wave(url: str) -> str:
    """A draft wave that waits for its sample; its key."""
    database = open_database(url)
    with database.writing.begin() as session:
        first = session.scalars(select(Wave)).one()
        new = surveys.NewWave(
            key="2026Q4",
            name_zh="2026年第四季度",
            questionnaire_version_id=first.questionnaire_version_id,
            opens_on=first.opens_on,
            closes_on=first.closes_on,
            modes=[Mode.PAPER],
        )
        surveys.create_wave(session, first.survey_id, new, at=NOW, by=SERVICE)
    database.dispose()
    return "2026Q4"


# ------------------------------------------------------------------ measuring


async def asked(port: int, code: str, seconds: float) -> tuple[Outcome, Outcome]:
    """``/health`` and a resident's first page, side by side."""
    health = open_loop(port, cycle([request("GET", "/health", port)]), rate=RATE, seconds=seconds)
    page = open_loop(port, cycle([request("GET", f"/a/{code}", port, accept="text/html")]), rate=RATE, seconds=seconds)
    return await asyncio.gather(health, page)


def told(health: Outcome, page: Outcome) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for name, outcome in (("health", health), ("page", page)):
        times = [one.seconds for one in outcome.replies]
        found |= {
            f"{name}_asked": len(times) + outcome.broken,
            f"{name}_not_200": len(outcome.replies) - len(outcome.with_status(200)) + outcome.broken,
            f"{name}_p50_ms": quantile(times, 0.5),
            f"{name}_p99_ms": quantile(times, 0.99),
            f"{name}_most_ms": quantile(times, 1.0),
        }
    return found


Thrown = dict[str, tuple[int, int, float]]  # bytes, status and seconds by the name of the file


def throw_all(port: int, people: dict[str, Person], draft: str, most: int) -> Thrown:
    """Every file, or the first ``most`` of them, in a process of its own: whoever measures has nothing else to do."""
    _wire.RECEIVE_SECONDS = 180.0
    files = {
        f"{route}: {name}": (people["areas" if path.startswith("/areas") else ""], path, file, content, fields)
        for route, (path, some, fields) in routes().items()
        for name, (file, content) in some.items()
    }
    order = list(files)
    random.Random(SEED).shuffle(order)
    turns, replies = iter(order[: most or None]), {}

    async def throw() -> None:
        connection = Connection(port)
        for name in turns:
            person, path, file, content, fields = files[name]
            sent = person.upload(port, path.format(wave="2026Q3", draft=draft), file, content, fields)
            begun = time.perf_counter()
            try:
                status = (await connection.ask(sent)).status
            except (OSError, EOFError, TimeoutError):
                status = 0
            replies[name] = (len(content), status, time.perf_counter() - begun)
        connection.close()

    async def all_at_once() -> None:
        await asyncio.gather(*(throw() for _ in range(AT_ONCE)))

    asyncio.run(all_at_once())
    return replies


async def measure(server: Server, code: str, draft: str, seconds: float, most: int) -> None:
    port = server.port
    people = {"": Person(port, "manager"), "areas": Person(port, "administrator")}
    say("idle", **told(*await asked(port, code, seconds)))
    used, begun = server.processor_seconds(), time.perf_counter()
    with ProcessPoolExecutor(1, mp_context=get_context("spawn")) as pool:
        thrown = asyncio.get_running_loop().run_in_executor(pool, throw_all, port, people, draft, most)
        health, page = Outcome(), Outcome()
        while not thrown.done():
            for whole, part in zip((health, page), await asked(port, code, 2.0), strict=True):
                whole.replies += part.replies
                whole.broken += part.broken
        replies = await thrown
    say(
        "thrown",
        files=len(replies),
        bytes=sum(size for size, _, _ in replies.values()),
        seconds=round(time.perf_counter() - begun, 1),
        server_seconds=round(server.processor_seconds() - used, 1),
        slowest_s=round(max(took for _, _, took in replies.values()), 1),
        **told(health, page),
        required_p99_ms=100,
    )
    for name, (size, status, took) in sorted(replies.items(), key=lambda one: -one[1][2]):
        say("file", file=name, bytes=size, status=status, seconds=round(took, 2))


def say(case: str, **found: Any) -> None:
    load = [round(one, 1) for one in os.getloadavg()]
    print(json.dumps({"bench": f"hostile.{case}", **found, "load": load}, ensure_ascii=False), flush=True)


def main() -> None:
    asks = argparse.ArgumentParser()
    asks.add_argument("--seconds", type=float, default=20.0, help="of the measurement with nothing thrown")
    asks.add_argument("--some", type=int, default=0, help="files in all, drawn by the seed; 0: every one")
    given = asks.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        url = f"sqlite:///{folder}/hostile.db"
        made = subprocess.run(
            [sys.executable, "-m", "tests.bench._city", "--make", url], check=True, capture_output=True, text=True
        )
        draft = another_wave(url)
        port = free_port()
        server = Server("tests.bench._city", port, url, str(port), f"{folder}/data")
        try:
            asyncio.run(_run(server, made.stdout.split()[-1], draft, given.seconds, given.some))
        finally:
            server.kill()


async def _run(server: Server, code: str, draft: str, seconds: float, most: int) -> None:
    await server.ready(f"/a/{code}")
    await measure(server, code, draft, seconds, most)


if __name__ == "__main__":
    main()
