"""All letters of a wave in one file: sorted, with their doors, and the same after a restore in mid-field."""

from __future__ import annotations

import io
import re
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Any

import pypdf
import pytest
from fastapi.testclient import TestClient
from sqlalchemy import select, update

from survey_service import jobs
from survey_service.app import create_app
from survey_service.audit.chain import SERVICE
from survey_service.clock import end_of
from survey_service.database import Database
from survey_service.models import AuditEntry, Case, CaseDoor, JobState, LetterFile, Wave, WaveState
from survey_service.sampling import reserves
from survey_service.settings import Settings
from survey_service.surveys.seal_round import destroy_due_keys
from tests.service.backing_up import Running, restore, running, settings, target
from tests.service.conftest import TestClock
from tests.service.signed_in import HTML, csrf, get, post, sign_in
from tests.service.test_drawing_pages import bring, confirm, here
from tests.service.world import CLOSES, NOW, World

__all__ = ["here", "running", "settings", "target"]  # fixtures


def a_list() -> str:
    """Grid 2 before grid 1 in the list, and doors that do not sort as they are walked."""
    rows = ["户编号,社区,网格,门牌"]
    for community in ("万寿桥社区", "文昌阁社区"):
        for grid in (2, 1):
            name = f"{community[0]}-{grid}"
            rows += [f"{name}-{one:02d},{community},{name},{community[:2]}里{grid}栋{99 - one}室" for one in range(8)]
    return "\n".join(rows)


@pytest.fixture
def drawn(client: TestClient, here: str, database: Database) -> str:
    """An open wave whose cases have doors; all of them are invited by letter."""
    page = bring(client, f"{here}/cases/draw", a_list(), size="8", paper="0").text
    assert confirm(client, f"{here}/cases/draw", page).status_code == 303
    with database.writing.begin() as session:
        session.execute(update(Wave).values(state=WaveState.OPEN))
    return here


def made(client: TestClient, here: str) -> bytes:
    """The letters, asked for on the page, drawn as a worker does, and taken."""
    services = client.app.state.services  # type: ignore[attr-defined]
    assert post(client, f"{here}/invitations/letters").status_code == 303
    assert post(client, f"{here}/invitations/letters").status_code == 303
    assert jobs.do_next(services)
    assert not jobs.do_next(services)  # pressed twice, it is one job
    taken = post(client, f"{here}/invitations/letters.pdf")
    assert taken.status_code == 200
    return bytes(taken.content)


def texts(pdf: bytes) -> list[str]:
    return ["".join(page.extract_text().split()) for page in pypdf.PdfReader(io.BytesIO(pdf)).pages]


@pytest.mark.both_databases
def test_letters_lie_by_community_grid_and_order_of_walking_with_their_doors(
    client: TestClient, drawn: str, database: Database
) -> None:
    pages = texts(made(client, drawn))
    with database.reading.begin() as session:
        places = dict(session.execute(select(CaseDoor.number, CaseDoor.place)).all())
        assert len(pages) == len(session.scalars(select(Case.id)).all()) == 8
        sealed = session.scalars(select(LetterFile.sealed)).one()
        assert sealed is not None
        assert b"%PDF" not in sealed
        log = [one.action for one in session.scalars(select(AuditEntry)) if "letters" in one.action]
        assert log == ["letters.printed", "letters.taken"]
    seen = []
    for page in pages:
        door = re.search(r"(万寿|文昌)里(\d)栋(\d+)室", page)
        number = re.search(r"住户编号(\d{6}-\d{4})", page)
        assert door
        assert number
        assert "谁的生日最先到" in page
        seen.append((number[1][:6], door[2], places[number[1]]))
    assert seen == sorted(seen)
    one = texts(bytes(post(client, f"{drawn}/invitations/letters/110101000002").content))
    assert one == pages[-len(one) :]


def test_the_page_says_how_the_letters_stand(client: TestClient, drawn: str) -> None:
    page = get(client, f"{drawn}/invitations")
    assert "还没有排印" in page
    assert "门牌印在信封的窗口里" in page
    assert post(client, f"{drawn}/invitations/letters.pdf").status_code == 409
    made(client, drawn)
    assert "8 封" in get(client, f"{drawn}/invitations")
    assert "8 letters" in get(client, f"{drawn}/invitations?lang=en")


def test_a_released_reserve_gets_its_own_door(client: TestClient, drawn: str, database: Database, world: World) -> None:
    before = set(texts(made(client, drawn)))
    with database.writing.begin() as session:
        count = reserves.release(session, world.survey_id, world.wave_id, world.community_ids[0], 1, at=NOW, by=SERVICE)
    after = texts(made(client, drawn))
    assert before < set(after)
    assert len(after) == 8 + count
    assert all(re.search(r"里\d栋\d+室", page) for page in after)


def test_no_letter_goes_out_without_its_door_where_the_key_is_away(
    client: TestClient, drawn: str, settings: Settings
) -> None:
    [key] = settings.wave_keys.iterdir()
    line = key.read_text()
    key.unlink()
    assert post(client, f"{drawn}/invitations/letters").status_code == 409
    assert post(client, f"{drawn}/invitations/letters/110101000001").status_code == 409
    assert "门牌打不开，现在不能印信函" in get(client, f"{drawn}/invitations")
    page = get(client, f"{drawn}/addresses")
    assert "这台机器上没有这一期的密钥" in page
    wrong = client.post(f"{drawn}/addresses/key/put-back", data={"csrf": csrf(page), "line": line[:40]}, headers=HTML)
    assert wrong.status_code == 422
    assert post(client, f"{drawn}/addresses/key/put-back", {"line": line}).status_code == 303
    assert len(texts(made(client, drawn))) == 8


@pytest.mark.both_databases
def test_a_restore_in_mid_field_prints_the_same_letters_and_after_the_day_nothing_opens(
    running: Running, drawn: str, clock: TestClock, tmp_path: Path, target: Callable[[], str]
) -> None:
    client = running.client
    first = made(client, drawn)
    line = post(client, f"{drawn}/addresses/key").text
    backup = running.back_up(tmp_path / "out")

    def opened(name: str) -> Any:
        """The backup restored on another machine, with the main key alone."""
        back = restore(running, backup, tmp_path / name, target())
        changed = {"data_dir": tmp_path / name, "database_url": back.database_url}
        return TestClient(create_app(running.settings.model_copy(update=changed), clock=clock), follow_redirects=False)

    with opened("new") as there:
        sign_in(there, "manager")
        assert post(there, f"{drawn}/invitations/letters.pdf").status_code == 409  # the key is in no backup
        assert "没有密钥" in get(there, f"{drawn}/field/cases")
        assert post(there, f"{drawn}/addresses/key/put-back", {"line": line}).status_code == 303
        assert post(there, f"{drawn}/invitations/letters.pdf").content == first
        assert made(there, drawn) == first  # drawn anew: the same codes, the same doors
        clock.at = end_of(CLOSES, running.settings.zone) + timedelta(days=30)
        destroy_due_keys(there.app.state.services)  # type: ignore[attr-defined]
        sign_in(there, "manager")
        assert "门牌已经销毁" in get(there, f"{drawn}/addresses")
    with opened("late") as there:  # the same backup once more, after the day, by whoever kept the line too
        sign_in(there, "manager")
        page = get(there, f"{drawn}/addresses")
        assert "门牌已经销毁" in page
        assert "另存过的密钥也请销毁" in page
        again = there.post(f"{drawn}/addresses/key/put-back", data={"csrf": csrf(page), "line": line}, headers=HTML)
        assert again.status_code == 410
        for address in ("invitations/letters", "invitations/letters.pdf", "addresses/key"):
            assert post(there, f"{drawn}/{address}").status_code == 410, address
        shown = get(there, f"{drawn}/field/cases")
        assert "门牌已经到期销毁" in shown
        assert "万寿里" not in shown


def test_the_key_goes_before_its_day_only_by_a_ticked_box(client: TestClient, drawn: str, database: Database) -> None:
    made(client, drawn)
    page = get(client, f"{drawn}/addresses")
    assert "还没有人另存过" in page
    assert post(client, f"{drawn}/addresses/key").status_code == 200
    assert "取过" in get(client, f"{drawn}/addresses")
    refused = client.post(f"{drawn}/addresses/destroy", data={"csrf": csrf(page)}, headers=HTML)
    assert refused.status_code == 422
    with database.reading.begin() as session:
        assert all(session.scalars(select(CaseDoor.sealed)))
    assert post(client, f"{drawn}/addresses/destroy", {"meant": "yes"}).status_code == 303
    with database.reading.begin() as session:
        assert not any(session.scalars(select(CaseDoor.sealed)))
        assert session.scalars(select(LetterFile.sealed)).one() is None
    assert post(client, f"{drawn}/invitations/letters").status_code == 410


def test_a_job_whose_key_went_meanwhile_says_so(client: TestClient, drawn: str, database: Database) -> None:
    post(client, f"{drawn}/invitations/letters")
    assert post(client, f"{drawn}/addresses/destroy", {"meant": "yes"}).status_code == 303
    jobs.do_next(client.app.state.services)  # type: ignore[attr-defined]
    with database.reading.begin() as session:
        [job] = [one for one in session.scalars(select(jobs.Job)) if one.kind == "letters"]
        assert job.state is JobState.FAILED
        told = jobs.why(job)
        assert told
        assert "按期销毁" in told.zh
    assert "按期销毁" in get(client, f"{drawn}/invitations")
