"""How long residents wait while a city works: ``python -m tests.bench.beside [--city FOLDER]``, JSON lines.

The demonstration city is served by ``survey-service serve`` as an operator starts it. ``/health`` and a resident's page
are asked twenty times a second each, on connections of their own, whatever the service does: first with nothing else
to do (``quiet``), then (``work``) while 216 PDFs of six releases are made by its workers, a statistician looks at one
table of figures after the other, and a folder of scans is read by ``survey-service read-scans``; until all of it is
done. The time that a request waits because this client is late counts as the server's.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import os
import re
import shutil
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from itertools import repeat
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import httpx2
import numpy as np
from sqlalchemy import func, insert, select

from survey_service import jobs
from survey_service.audit.chain import SERVICE
from survey_service.clock import system_clock
from survey_service.database import Database, open_database
from survey_service.ids import new_id
from survey_service.models import (
    Area,
    Job,
    JobState,
    Release,
    ReleaseDocument,
    Survey,
    Wave,
    WaveState,
)
from survey_service.paper import service
from survey_service.paper.printing import print_batch
from survey_service.releases import DOCUMENTS_JOB
from survey_service.secrets import load_or_make_key
from survey_service.services import Services
from survey_service.settings import Settings
from survey_service.writer import GroupWriter
from tests.bench._wire import Outcome, open_loop, quantile, request
from tests.conftest import free_port

RATE = 20.0  # a second, of each
RELEASES = 6  # of 36 PDFs each
FORMS = 30  # that come back and are scanned
COVER = 2  # pages before the first form
DPI = 150
PROGRAM = (sys.executable, "-c", "from survey_service.commands import main; main()")
SLOW = 0.5  # seconds: nobody waits longer


class City:
    """The demonstration city in a folder, and what is laid on its tables for the bench."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        shown = json.loads((folder / "demo.json").read_text(encoding="utf-8"))
        self.page = urlsplit(shown["resident"][0]).path
        self.statistician = shown["sign_in"]["statistician"]
        self.url = f"sqlite:///{(folder / 'survey.db').resolve()}"
        self.survey = self.open_wave = self.closed_wave = ""

    @contextmanager
    def opened(self) -> Iterator[Database]:
        database = open_database(self.url)
        try:
            yield database
        finally:
            database.dispose()

    def lay_scans(self, folder: Path) -> int:
        """Forms of the open wave, printed and scanned: grey pages with the noise of a cheap machine; how many pages."""
        import pypdfium2
        from PIL import Image

        settings = Settings(data_dir=self.folder, database_url=self.url)
        keys = load_or_make_key(self.folder, "")
        rng = np.random.default_rng(20261129)
        with self.opened() as database:
            writer = GroupWriter(database.writing, queue_size=1, group_size=1)
            running = Services(settings=settings, database=database, writer=writer, keys=keys, clock=system_clock)
            with database.writing.begin() as session:
                wave = session.scalars(select(Wave).where(Wave.state == WaveState.OPEN)).one()
                finished = session.scalars(select(Wave).where(Wave.state == WaveState.RELEASED)).one()
                survey = session.get_one(Survey, wave.survey_id)
                self.survey, self.open_wave, self.closed_wave = survey.key, wave.key, finished.key
                area = session.scalars(select(Area.id).where(Area.kind == "community").order_by(Area.code)).first()
                assert area is not None
                order = service.PrintRun(area_ids=[area], sampled=False, size=FORMS, languages="zh")
                [batch] = service.make_batches(session, wave, order, at=system_clock(), by=SERVICE)
                key = (batch.survey_id, batch.id)
            pdf = print_batch(running, *key)
            writer.close()
        folder.mkdir()
        document = pypdfium2.PdfDocument(pdf)
        for number, page in enumerate(document):
            if number < COVER:
                continue
            grey = np.asarray(page.render(scale=DPI / 72, grayscale=True).to_pil().convert("L"), dtype=np.int16)
            noisy = np.clip(grey - rng.integers(0, 24, grey.shape), 0, 255).astype(np.uint8)
            Image.fromarray(noisy).save(folder / f"{number:03d}.png")
        document.close()
        return number + 1 - COVER

    def lay_releases(self) -> None:
        """Further editions of the release that is there, whose PDFs nobody has made."""
        with self.opened() as database, database.writing.begin() as session:
            [first] = session.execute(select(Release.__table__)).mappings()
            for edition in range(2, RELEASES + 2):
                made = {**first, "id": new_id(), "edition": edition, "number": f"{first['number'][:-2]}{edition:02d}"}
                session.execute(insert(Release.__table__).values(made))
                jobs.enqueue(
                    session,
                    survey_id=made["survey_id"],
                    kind=DOCUMENTS_JOB,
                    by=SERVICE,
                    at=system_clock(),
                    arguments={"release_id": str(made["id"]), "languages": {"zh": None, "en": None}},
                )

    def documents(self) -> int:
        with self.opened() as database, database.reading.begin() as session:
            return session.scalar(select(func.count()).select_from(ReleaseDocument)) or 0

    def work_left(self) -> int:
        with self.opened() as database, database.reading.begin() as session:
            open_ = (JobState.WAITING, JobState.RUNNING)
            return session.scalar(select(func.count()).select_from(Job).where(Job.state.in_(open_))) or 0


class Looking(threading.Thread):
    """A statistician who looks at one table of figures after the other."""

    def __init__(self, city: City, port: int) -> None:
        super().__init__(daemon=True)
        self._city, self._port = city, port
        self.seconds: list[float] = []
        self.end = threading.Event()

    def run(self) -> None:
        html = {"Accept": "text/html"}
        address = f"/surveys/{self._city.survey}/waves/{self._city.closed_wave}/estimates"
        with httpx2.Client(base_url=f"http://127.0.0.1:{self._port}", timeout=120) as client:
            who = self._city.statistician
            client.post("/sign-in", data={"user": who["user"], "password": who["password"]}, headers=html)
            names = [""]
            while not self.end.is_set():
                begun = time.perf_counter()
                reply = client.get(address, params={"indicator": names[len(self.seconds) % len(names)]}, headers=html)
                assert reply.status_code == 200, reply.status_code
                self.seconds.append(time.perf_counter() - begun)
                names = sorted(set(re.findall(r"[?&;]indicator=(\w+)", reply.text))) or names


async def measure(port: int, page: str, work_left: Any) -> dict[str, Outcome]:
    """Both pages at their rate, for as long as there is work."""
    asked = {"health": request("GET", "/health", port), "page": request("GET", page, port, accept="text/html")}
    found = {name: Outcome() for name in asked}

    async def ask(name: str) -> None:
        while await asyncio.to_thread(work_left):
            one = await open_loop(port, repeat(asked[name]), rate=RATE, seconds=5.0)
            found[name].replies += one.replies
            found[name].broken += one.broken

    await asyncio.gather(*(ask(name) for name in asked))
    return found


def say(case: str, outcomes: dict[str, Outcome], **more: object) -> None:
    for name, outcome in outcomes.items():
        seconds = [one.seconds for one in outcome.replies]
        print(
            json.dumps(
                {
                    "bench": f"beside.{case}",
                    "asked": name,
                    "requests": len(seconds),
                    "p50_ms": quantile(seconds, 0.5),
                    "p99_ms": quantile(seconds, 0.99),
                    "max_ms": quantile(seconds, 1),
                    "over_500_ms": sum(one > SLOW for one in seconds),
                    "broken": outcome.broken,
                    "not_200": len(seconds) - len(outcome.with_status(200)),
                    "processors": os.cpu_count(),
                    "load": os.getloadavg()[0],
                    **more,
                }
            ),
            flush=True,
        )


def run(folder: Path, seconds: float) -> None:
    city = City(folder)
    scans = folder.with_name(f"{folder.name}-scans")
    shutil.rmtree(scans, ignore_errors=True)
    pages = city.lay_scans(scans)
    port = free_port()
    log = folder.with_name(f"{folder.name}-serve.log")
    with log.open("w") as said:
        server = subprocess.Popen([*PROGRAM, "serve", "--demo", str(folder), "--port", str(port)], stderr=said)
        try:
            while True:
                try:
                    if httpx2.get(f"http://127.0.0.1:{port}/health").json().get("workers"):
                        break
                except httpx2.HTTPError:
                    pass
                time.sleep(0.1)
            until = time.monotonic() + seconds
            say("quiet", asyncio.run(measure(port, city.page, lambda: time.monotonic() < until)))
            before, begun = city.documents(), time.monotonic()
            city.lay_releases()
            looking = Looking(city, port)
            looking.start()
            command = (*PROGRAM, "read-scans", str(scans), "--wave", city.open_wave, "--database", city.url)
            reading = subprocess.Popen(
                command, stdout=subprocess.DEVNULL, env={**os.environ, "SURVEY_DATA_DIR": str(folder)}
            )
            outcomes = asyncio.run(measure(port, city.page, lambda: city.work_left() or reading.poll() is None))
            looking.end.set()
            looking.join(120)
            say(
                "work",
                outcomes,
                seconds=round(time.monotonic() - begun),
                pdfs=city.documents() - before,
                scanned_pages=pages,
                scans_exit=reading.wait(),
                figures=len(looking.seconds),
                figures_median_s=round(sorted(looking.seconds)[len(looking.seconds) // 2], 2),
            )
        finally:
            server.terminate()
            server.wait(60)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--city", type=Path, help="folder of a demonstration city, which is changed; else one is made")
    parser.add_argument("--seconds", type=float, default=20.0, help="of the quiet part")
    chosen = parser.parse_args()
    if chosen.city:
        run(chosen.city, chosen.seconds)
        return
    with tempfile.TemporaryDirectory() as folder:
        city = Path(folder) / "city"
        subprocess.run([*PROGRAM, "demo", "--out", str(city)], check=True, capture_output=True)
        run(city, chosen.seconds)


if __name__ == "__main__":
    main()
