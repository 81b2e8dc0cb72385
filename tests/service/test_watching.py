"""/metrics for who has the token, and a log that tells nothing of what residents wrote."""

from __future__ import annotations

import io
import json
import logging
import subprocess
import sys
from collections.abc import Iterator
from typing import Any

import pytest
import structlog
from fastapi.testclient import TestClient
from prometheus_client.parser import text_string_to_metric_families
from sqlalchemy import event
from sqlalchemy.exc import OperationalError

from survey_service.app import create_app
from survey_service.settings import Settings
from survey_service.web import logs
from tests.service.conftest import TestClock
from tests.service.resident import filled, read_page
from tests.service.world import PASSWORD, World

TOKEN = "of the monitoring, 32 letters or so"
WISH = "楼下的路灯坏了三个月，电话13800138000"
ANSWERS: dict[str, str | list[str]] = {"know": "1", "channels": ["2", "5"], "channels.other": WISH, "overall": "1"}


@pytest.fixture
def watched(settings: Settings, world: World, clock: TestClock) -> Iterator[TestClient]:
    chosen = settings.model_copy(update={"metrics_token": type(settings.secret_key)(TOKEN)})
    with TestClient(create_app(chosen, clock=clock), follow_redirects=False) as opened:
        yield opened


def numbers(client: TestClient) -> dict[tuple[str, frozenset[tuple[str, str]]], float]:
    page = client.get("/metrics", headers={"authorization": f"Bearer {TOKEN}"})
    assert page.status_code == 200
    assert page.headers["cache-control"] == "no-store"
    return {
        (sample.name, frozenset(sample.labels.items())): sample.value
        for family in text_string_to_metric_families(page.text)
        for sample in family.samples
    }


def test_there_is_no_such_page_without_the_token(watched: TestClient, client: TestClient) -> None:
    for sent in ({}, {"authorization": "Bearer "}, {"authorization": "Bearer x"}, {"authorization": TOKEN}):
        assert watched.get("/metrics", headers=sent).status_code == 404
    # Where none is set, not even an empty one opens it.
    assert client.get("/metrics", headers={"authorization": "Bearer "}).status_code == 404


def test_what_is_counted_is_true_and_names_no_address(watched: TestClient, world: World) -> None:
    for number in range(3):
        data = {"know": "2", "overall": "1", "client_id": f"{number:032d}"}
        assert watched.post(f"/a/{world.open_codes[0]}", data=data).status_code == 200
    watched.get("/a/none")
    watched.request("BREW", "/health")
    found = numbers(watched)

    def one(name: str, **labels: str) -> float:
        return found[name, frozenset(labels.items())]

    assert one("survey_requests_total", method="POST", route="/a/{code}", status="200") == 3
    assert one("survey_request_seconds_count", route="/a/{code}") >= 4
    assert one("survey_answers_waiting") == 0
    assert one("survey_writer_alive") == 1
    assert one("survey_writer_failing") == 0
    assert one("survey_disk_free_bytes") > 0
    labels = {value for _, pairs in found for _, value in pairs}
    assert not any(code in label for label in labels for code in world.open_codes)
    assert "BREW" not in labels


def test_a_log_holds_no_answers_codes_names_or_passwords_also_where_something_fails(
    watched: TestClient, world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    lines = io.StringIO()
    held = structlog.get_config()
    structlog.configure(
        processors=[
            structlog.processors.add_log_level,
            logs.without_words,
            structlog.processors.JSONRenderer(ensure_ascii=False),
        ],
        wrapper_class=structlog.make_filtering_bound_logger(logging.DEBUG),
        logger_factory=structlog.PrintLoggerFactory(lines),
        cache_logger_on_first_use=False,
    )
    try:
        engine = watched.app.state.services.database.writing_engine  # type: ignore[attr-defined]

        def fail(*_: Any) -> None:
            raise OperationalError("INSERT", {"answers": WISH}, Exception(WISH))

        event.listen(engine, "commit", fail)
        address = f"/a/{world.case_codes[0]}"
        unsent = watched.post(address, data={**ANSWERS, "client_id": "a" * 32})
        assert unsent.status_code == 503
        event.remove(engine, "commit", fail)
        assert watched.get("/health").status_code == 503  # nothing could be stored a moment ago
        stored = watched.post(address, data=filled(read_page(unsent.text), {}, "submit"))
        assert stored.status_code == 200
        assert watched.get("/health").status_code == 200
        receipt = read_page(stored.text).own("_receipt")
        watched.post("/receipt", data={"_receipt": receipt, "action": "look"})
        watched.post("/sign-in", data={"user": "manager", "password": PASSWORD})

        def broken(*_: Any, **__: Any) -> None:
            raise RuntimeError(WISH)

        monkeypatch.setattr("survey_service.collection.receipts.open_by_receipt", broken)
        assert watched.post("/receipt", data={"_receipt": receipt, "action": "look"}).status_code == 500
    finally:
        structlog.configure(**held)
    said = lines.getvalue()
    events = [json.loads(line) for line in said.splitlines()]
    assert {"request", "group_commit_failed", "fault"} <= {one["event"] for one in events}
    for secret in (WISH, "路灯", "13800138000", world.case_codes[0], receipt, receipt[:9], PASSWORD, "a" * 32):
        assert secret not in said


def test_exceptions_and_libraries_tell_kind_and_place_and_no_words() -> None:
    """Set up as `serve` does, in a process of its own: a logger that has spoken once keeps its settings."""
    script = f"""
import logging, threading, warnings
import structlog
from survey_service.web.logs import set_up_logs
set_up_logs(for_people=PEOPLE, deaths_too=True)
def broken():
    wish = {WISH!r}
    raise RuntimeError(wish)
try:
    broken()
except RuntimeError as fault:
    structlog.get_logger().error("job_failed", exc_info=fault)
    structlog.get_logger().exception("in_a_handler")
    logging.getLogger("uvicorn.error").error("Unhandled exception in task %s.", {WISH!r}, exc_info=True)
    logging.getLogger("asyncio").error("Future exception was never retrieved\\n" + repr(fault))
dying = threading.Thread(target=broken, name="group-writer")
dying.start()
dying.join()
warnings.warn({WISH!r})
broken()
"""
    for people in (False, True):
        ended = subprocess.run(
            [sys.executable, "-c", script.replace("PEOPLE", str(people))], capture_output=True, text=True, check=False
        )
        assert ended.returncode == 1
        said = ended.stderr
        assert not ended.stdout
        for secret in (WISH, "路灯", "13800138000", "Traceback"):
            assert secret not in said
        for word in ("job_failed", "in_a_handler", "uvicorn.error", "asyncio", "thread_died", "process_died", "broken"):
            assert word in said
        if not people:
            assert [json.loads(line)["event"] for line in said.splitlines()] == [
                "job_failed",
                "in_a_handler",
                "library",
                "library",
                "thread_died",
                "library",
                "process_died",
            ]
