"""The floor: what a bare FastAPI with a database does of the same work. ``python -m tests.bench._floor URL PORT``.

The same 40 answers arrive as a form and are validated by a pydantic model, written with an audit row that is chained by
its hash, and acknowledged after a durable commit; one thread commits in groups, by the driver's own SQL. The page is a
look-up of the code and one compressed reply from memory. Nothing else: no repeated posts, no conflicts, no receipts, no
survey or wave, no security headers, no log.
"""

from __future__ import annotations

import asyncio
import gzip
import hashlib
import json
import queue
import sqlite3
import sys
import threading
from concurrent.futures import Future
from datetime import UTC, datetime
from typing import Any, Literal
from urllib.parse import parse_qsl

import uvicorn
from fastapi import FastAPI, Request
from fastapi.responses import HTMLResponse, JSONResponse, Response
from pydantic import BaseModel, Field, ValidationError, create_model

from tests.bench._questions import LONGEST, NAMES, OLDEST, YOUNGEST

GROUP = 200
TABLES = (
    "CREATE TABLE code (code TEXT PRIMARY KEY)",
    "CREATE TABLE answer (id TEXT PRIMARY KEY, at TEXT NOT NULL, answers TEXT NOT NULL)",
    "CREATE TABLE log (sequence INTEGER PRIMARY KEY, at TEXT NOT NULL, answer TEXT NOT NULL, previous TEXT NOT NULL,"
    " sha256 TEXT NOT NULL)",
)
CODE = "A" * 26
Choice = Literal["1", "2", "3", "4", "9"]
_choices: dict[str, Any] = {name.replace(".", "_"): (Choice | None, Field(None, alias=name)) for name in NAMES}
Answers: type[BaseModel] = create_model(
    "Answers",
    client_id=(str, Field(min_length=16, max_length=64)),
    age=(int | None, Field(None, ge=YOUNGEST, le=OLDEST)),
    wish=(str | None, Field(None, max_length=LONGEST)),
    **_choices,
)


class Store:
    """Rows of a group and their chained log in one durable transaction; used by one thread."""

    def __init__(self, url: str) -> None:
        self._url, self._own = url, threading.local()
        self._sequence, self._previous = 0, "0" * 64
        for table in TABLES:
            self.connection.execute(table)
        self.connection.execute(f"INSERT INTO code VALUES ('{CODE}')")

    @property
    def connection(self) -> Any:
        """One a thread."""
        if not hasattr(self._own, "connection"):
            self._own.connection = _connect(self._url)
        return self._own.connection

    def known(self, code: str) -> bool:
        mark = "?" if self._url.startswith("sqlite") else "%s"
        found = self.connection.execute(f"SELECT 1 FROM code WHERE code = {mark}", (code,))
        return found.fetchone() is not None

    def write(self, rows: list[tuple[str, str]]) -> None:
        at = datetime.now(UTC).isoformat()
        entries = []
        for key, answers in rows:
            self._sequence += 1
            digest = hashlib.sha256(answers.encode()).hexdigest()
            content = json.dumps([self._previous, self._sequence, at, key, digest])
            digest = hashlib.sha256(content.encode()).hexdigest()
            entries.append((self._sequence, at, key, self._previous, digest))
            self._previous = digest
        mark = "?" if self._url.startswith("sqlite") else "%s"
        cursor = self.connection.cursor()
        cursor.execute("BEGIN")
        # Constants: a mark of the driver, three and five times.
        cursor.executemany(f"INSERT INTO answer VALUES ({mark}, {mark}, {mark})", [(k, at, a) for k, a in rows])
        cursor.executemany(f"INSERT INTO log VALUES ({mark}, {mark}, {mark}, {mark}, {mark})", entries)
        cursor.execute("COMMIT")


def _connect(url: str) -> Any:
    if not url.startswith("sqlite:///"):
        import psycopg

        return psycopg.connect(url.replace("+psycopg", ""), autocommit=True)
    connection = sqlite3.connect(url.removeprefix("sqlite:///"), isolation_level=None)
    connection.execute("PRAGMA journal_mode = WAL")
    connection.execute("PRAGMA synchronous = FULL")
    return connection


def make(url: str) -> FastAPI:
    store = Store(url)
    waiting: queue.Queue[tuple[tuple[str, str], Future[None]]] = queue.Queue()

    def run() -> None:
        while True:
            group = [waiting.get()]
            while len(group) < GROUP and not waiting.empty():
                group.append(waiting.get_nowait())
            store.write([row for row, _ in group])
            for _, future in group:
                future.set_result(None)

    threading.Thread(target=run, daemon=True).start()
    app = FastAPI(openapi_url=None)
    # As heavy as the service's own page.
    page = gzip.compress(("".join(f"<label>{name}<input name={name}></label>" for name in NAMES) * 20).encode(), 9)

    @app.get("/a/{code}")
    def form(code: str) -> Response:
        if not store.known(code):
            return JSONResponse({"error": "no such code"}, 404)
        return HTMLResponse(page, headers={"Content-Encoding": "gzip"})

    @app.post("/a/{code}")
    async def post(code: str, request: Request) -> Response:
        try:
            given = Answers.model_validate(dict(parse_qsl((await request.body()).decode())))
        except ValidationError:
            return JSONResponse({"error": "answers that cannot be"}, 422)
        values = given.model_dump(by_alias=True, exclude_none=True)
        key = values.pop("client_id")
        future: Future[None] = Future()
        waiting.put(((key, json.dumps(values, sort_keys=True, ensure_ascii=False)), future))
        await asyncio.wrap_future(future)
        return JSONResponse({"address": f"/a/{code}/receipt", "receipt": key})

    return app


if __name__ == "__main__":
    uvicorn.run(make(sys.argv[1]), host="127.0.0.1", port=int(sys.argv[2]), log_level="warning", access_log=False)
