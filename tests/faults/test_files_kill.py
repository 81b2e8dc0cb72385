"""kill -9 between a file and its answer: what was taken in is there, and the answer sent again refers to it."""

from __future__ import annotations

import signal
import subprocess
from pathlib import Path

import pytest
import requests
from sqlalchemy import select

from questionnaires.kinds.attachment import reference_of
from survey_service.attachments import store
from survey_service.database import Database
from survey_service.models import Attachment, Capture
from survey_service.secrets import KeyRing
from survey_service.settings import Settings
from tests.browser.resident_world import open_wave_of
from tests.faults.killed import Killable
from tests.faults.phones import wait_until_healthy
from tests.service.sent_files import picture
from tests.service.test_sent_files import DEFINITION
from tests.service.world import build
from tests.spec.questionnaires.examples import loaded

pytestmark = pytest.mark.both_databases


def test_a_file_that_was_acknowledged_outlives_a_kill(
    parent: subprocess.Popen[str], settings: Settings, database: Database, tmp_path: Path
) -> None:
    keys = KeyRing(settings.secret_key.get_secret_value())
    code = open_wave_of(database, keys, build(database, keys), loaded(tmp_path, DEFINITION)).code
    served = Killable(parent, settings)
    served.start()
    wait_until_healthy(served.port)
    told = requests.post(
        f"http://127.0.0.1:{served.port}/a/{code}/files?question=board", data=picture(), timeout=60
    ).json()["file"]
    served.end(signal.SIGKILL)
    with database.reading.begin() as session:
        [row] = session.scalars(select(Attachment)).all()
        reference = reference_of(told)
        assert reference is not None
        assert (row.id.hex, row.response_id) == (reference.id, None)
        assert len(store.opened(keys, row)) == reference.size
    served.start()
    wait_until_healthy(served.port)
    answers = {"client_id": "c" * 20, "action": "submit", "board": told}
    address, script = f"http://127.0.0.1:{served.port}/a/{code}", {"Accept": "application/json"}
    assert requests.post(address, data=answers, headers=script, timeout=60).json()["receipt"]
    served.end(signal.SIGKILL)
    with database.reading.begin() as session:
        [row] = session.scalars(select(Attachment)).all()
        [capture] = session.scalars(select(Capture)).all()
        assert told in capture.answers
        assert row.response_id == capture.response_id
