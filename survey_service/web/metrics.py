"""``/metrics`` for Prometheus: counts and times by route, the line of answers, jobs and room on the disk.

Nothing in it tells who answered what: labels are patterns of routes, never addresses. It is not public: without the
token of ``SURVEY_METRICS_TOKEN`` there is no such page.
"""

from __future__ import annotations

import hmac
import shutil
import time
from collections.abc import Iterator
from typing import Any

from fastapi import APIRouter
from prometheus_client import CollectorRegistry, Counter, Histogram, generate_latest
from prometheus_client.core import GaugeMetricFamily, Metric
from sqlalchemy import func, select
from starlette.requests import Request
from starlette.responses import Response

from survey_service.dependencies import Reading, Running
from survey_service.errors import NotFound
from survey_service.models import Job
from survey_service.services import Services

CONTENT_TYPE = "text/plain; version=0.0.4; charset=utf-8"
SECONDS = (0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0)
METHODS = frozenset({"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"})

router = APIRouter()


class Metrics:
    """What one application counts from its start; never shared, so that two in one process keep apart."""

    def __init__(self) -> None:
        self.registry = CollectorRegistry()
        self._replies = Counter(
            "survey_requests", "Requests by route and status.", ["method", "route", "status"], registry=self.registry
        )
        self._seconds = Histogram(
            "survey_request_seconds", "Time to the whole reply.", ["route"], buckets=SECONDS, registry=self.registry
        )
        # A label's counter is looked up once: this stands around every answer.
        self._known: dict[tuple[str, str, int], tuple[Any, Any]] = {}

    def count(self, method: str, route: str, status: int, seconds: float) -> None:
        held = self._known.get((method, route, status))
        if held is None:
            named = method if method in METHODS else "other"  # whoever invents methods makes no rows
            held = (self._replies.labels(named, route, str(status)), self._seconds.labels(route))
            if named == method:
                self._known[method, route, status] = held
        held[0].inc()
        held[1].observe(seconds)


class _Now:
    """What is true at this moment, looked up when it is asked for."""

    def __init__(self, running: Services, jobs: dict[str, int]) -> None:
        self._running, self._jobs = running, jobs

    def collect(self) -> Iterator[Metric]:
        writer, settings = self._running.writer, self._running.settings
        yield _gauge("survey_answers_waiting", "Answers in line for the writer.", writer.waiting)
        yield _gauge("survey_answers_room", "Answers that fit into the line.", settings.queue_size)
        yield _gauge("survey_writer_alive", "1 while the writer lives.", writer.alive)
        yield _gauge("survey_writer_failing", "1 after a commit that failed, until one succeeds.", writer.failing)
        folder = settings.data_dir if settings.data_dir.exists() else settings.data_dir.parent
        if folder.exists():
            room = shutil.disk_usage(folder).free
            yield _gauge("survey_disk_free_bytes", "Room on the disk of the data folder.", room)
        jobs = GaugeMetricFamily("survey_jobs", "Background jobs by state.", labels=["state"])
        for state, number in sorted(self._jobs.items()):
            jobs.add_metric([state], number)
        yield jobs
        if self._running.processes is not None:
            yield _gauge("survey_workers_alive", "Workers that do background jobs.", self._running.processes.living)
        yield _gauge("survey_scrape_time_seconds", "Clock of this machine.", time.time())


def _gauge(name: str, about: str, value: float) -> Metric:
    return GaugeMetricFamily(name, about, value=float(value))


@router.get("/metrics", include_in_schema=False)
def metrics(request: Request, running: Running, reading: Reading) -> Response:
    """With ``Authorization: Bearer`` and the token; to everybody else there is no such page."""
    token = running.settings.metrics_token.get_secret_value()
    sent = request.headers.get("authorization", "").encode()
    if not token or not hmac.compare_digest(sent, f"Bearer {token}".encode()):
        raise NotFound
    with reading.begin() as session:
        jobs = {
            state.value: number
            for state, number in session.execute(select(Job.state, func.count()).group_by(Job.state))
        }
    now = CollectorRegistry()
    now.register(_Now(running, jobs))
    body = generate_latest(running.of(Metrics).registry) + generate_latest(now)
    return Response(body, media_type=CONTENT_TYPE, headers={"Cache-Control": "no-store"})
