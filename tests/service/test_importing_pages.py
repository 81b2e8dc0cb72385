"""The pages that take in files: who may, whose file it is, and what is said when it cannot be."""

from __future__ import annotations

import re
import time

from fastapi.testclient import TestClient
from httpx2 import Response as Answer
from sqlalchemy import func, select

from survey_service import jobs
from survey_service.accounts import service as accounts
from survey_service.audit.chain import SERVICE
from survey_service.database import Database
from survey_service.models import ImportFile, ImportState, Job, JobState, Response, Role
from survey_service.surveys import service as surveys
from tests.service.signed_in import HTML, csrf, get, post, sign_in
from tests.service.test_importing import HEADS, ROWS, file
from tests.service.world import NOW, PASSWORD, World

HERE = "/surveys/satisfaction/waves/2026Q3/imports"


def upload(client: TestClient, content: bytes, name: str = "答卷.csv") -> Answer:
    token = csrf(get(client, "/account"))
    return client.post(HERE, files={"file": (name, content, "text/csv")}, data={"csrf": token}, headers=HTML)


def handed_in(client: TestClient, content: bytes) -> str:
    """The address of a file that was read."""
    answer = upload(client, content)
    assert answer.status_code == 303, answer.text
    return answer.headers["location"].removesuffix("/columns")


def mapped(client: TestClient, address: str, **changes: str) -> str:
    """Sends the mapping as its page shows it, with ``changes``; the page of what was found."""
    page = get(client, f"{address}/columns")
    said = {
        name: next(iter(re.findall(r'<option value="([^"]*)" selected', block)), "")
        for name, block in re.findall(r'<select[^>]*name="([^"]+)"[^>]*>(.*?)</select>', page, re.DOTALL)
    }
    said |= dict(re.findall(r'<input type="hidden" name="(seen-[^"]+)" value="([^"]*)"', page))
    answer = post(client, f"{address}/columns", {**said, "platform": "yes", **changes})
    assert answer.status_code == 303, answer.text
    return get(client, answer.headers["location"])


def ran(client: TestClient, database: Database) -> JobState:
    """The state of the newest job, after the worker or this test has done it."""
    with database.reading.begin() as session:
        job = session.scalars(select(Job).order_by(Job.created_at.desc(), Job.id.desc())).first()
        assert job is not None
        key = (job.survey_id, job.id)
    services = client.app.state.services  # type: ignore[attr-defined]
    for _ in range(1_200):  # a minute, where the service's own worker holds it on a busy machine
        jobs.work(services, *key)
        with database.reading.begin() as session:
            state = session.get_one(Job, key).state
        if state in (JobState.DONE, JobState.FAILED):
            return state
        time.sleep(0.05)
    raise AssertionError(state)


def test_from_the_file_to_the_responses(client: TestClient, world: World, database: Database) -> None:
    sign_in(client, "manager")
    address = handed_in(client, file(*ROWS, "0001-004,,知道,微信,很满意,45"))
    assert "1 处要改" in mapped(client, address)
    found = mapped(client, address, **{"code-4-0": "1"})
    assert "收入这 4 份" in found
    assert post(client, f"{address}/take-in").status_code == 303
    assert post(client, f"{address}/take-in").status_code == 303  # pressed twice
    assert ran(client, database) is JobState.DONE
    assert post(client, f"{address}/take-in").status_code == 303  # and once more when it is done
    assert "收入了 4 份" in get(client, address)
    assert client.get(f"{address}/job").json()["jobs"][0]["done"] == 4
    with database.reading.begin() as session:
        assert session.scalar(select(func.count()).select_from(Response)) == 4
        row = session.scalars(select(ImportFile)).one()
        assert (row.state, row.cells, row.stored) == (ImportState.TAKEN_IN, None, 4)
        assert "很满意" not in str(row.found)
    assert get(client, f"{HERE}?lang=en")
    assert post(client, f"{address}/discard").status_code == 409


UNREADABLE: tuple[tuple[bytes, str], ...] = (
    (b"", "还没有选文件"),
    (b"PK\x03\x04 broken", "Excel 文件坏了"),
    ("表号,题\n".encode(), "列名下面没有数据"),
    (b"\x00\x01\x02\xff\xfe" * 40, "请导出为 UTF-8"),
    (f"{HEADS}\n{ROWS[0]},1,2\n".encode(), "这一行有 8 格，列名却有 6 个"),
)


def test_what_cannot_be_read_is_said_on_the_page(client: TestClient, world: World) -> None:
    sign_in(client, "manager")
    for content, said in UNREADABLE:
        answer = upload(client, content)
        assert answer.status_code == 422, said
        assert said in answer.text


def test_numbers_of_persons_are_told_by_their_cells_and_nothing_of_the_file_is_kept(
    client: TestClient, world: World, database: Database
) -> None:
    sign_in(client, "manager")
    content = f"{HEADS},备注\n{ROWS[0]},x\n{ROWS[1].replace('(跳过)', '其他〖找我13812345678〗')},x\n"
    answer = upload(client, content.encode())
    assert answer.status_code == 422
    assert '<td class="num">3</td><td>2、您是从哪里知道的？</td><td>这一格里有手机号' in answer.text
    assert "请在文件里把号码改成“（已略）”" in answer.text
    assert "13812345678" not in answer.text
    with database.reading.begin() as session:
        assert session.scalar(select(func.count()).select_from(ImportFile)) == 0
    aside = handed_in(client, f"{HEADS},备注\n{ROWS[0]},找我13812345678\n".encode())
    assert "13812345678" not in get(client, f"{aside}/columns")
    assert "像是联系方式，不收也不存的列有 1 个：备注" in mapped(client, aside)


def test_a_large_file_passes_and_a_larger_one_is_refused(client: TestClient, world: World) -> None:
    sign_in(client, "manager")
    notes, filler = ",".join(f"备注{number}" for number in range(40)), ",".join(["x" * 30_000] * 40)
    assert upload(client, f"{HEADS},{notes}\n{ROWS[0]},{filler}\n".encode()).status_code == 303
    assert upload(client, b"x" * 20_100_000).status_code == 413
    assert post(client, f"{HERE}/0191e7a5-0000-7000-8000-000000000000/columns", {"x": filler}).status_code == 413


def test_two_columns_for_one_answer_are_refused_with_what_was_said_kept(client: TestClient, world: World) -> None:
    sign_in(client, "manager")
    address = handed_in(client, file(*ROWS))
    answer = post(client, f"{address}/columns", {"to-5": "answer:know", "to-1": "ignore"})
    assert answer.status_code == 422
    assert "两列对应到同一处" in answer.text
    assert re.search(r'name="to-5".*?value="answer:know" selected', answer.text, re.DOTALL)


def test_a_manager_of_a_street_takes_in_the_own_cases_only(
    client: TestClient, world: World, database: Database
) -> None:
    with database.writing.begin() as session:
        person = accounts.create_account(session, "community", "社区", PASSWORD, at=NOW, by=SERVICE)
        accounts.grant(session, account=person, role=Role.MANAGER, area_id=world.community_ids[0], at=NOW, by=SERVICE)
    sign_in(client, "manager")
    foreign = handed_in(client, file(*ROWS))
    sign_in(client, "community")
    for path in (foreign, f"{foreign}/columns", f"{foreign}/job"):
        get(client, path, status=404)
    for path in ("columns", "take-in", "discard"):
        assert post(client, f"{foreign}/{path}").status_code == 404
    own = handed_in(client, file(*ROWS))
    found = mapped(client, own)
    assert "没有表号“0002-003”" in found
    assert "没有叫“文昌阁社区”的社区" in found
    assert foreign not in get(client, HERE)
    sign_in(client, "manager")
    assert get(client, own)  # whoever manages the whole survey sees it


def test_others_do_not_take_in_files(client: TestClient, world: World) -> None:
    for role in set(Role) - {Role.MANAGER}:
        sign_in(client, role.value)
        get(client, HERE, status=403)


def test_what_moved_since_the_check_fails_the_job_and_stores_nothing(
    client: TestClient, world: World, database: Database
) -> None:
    sign_in(client, "manager")
    first, second = handed_in(client, file(ROWS[0])), handed_in(client, file(ROWS[0].replace(",45", ",46")))
    for address in (first, second):
        assert "收入这 1 份" in mapped(client, address)
    post(client, f"{first}/take-in")
    assert ran(client, database) is JobState.DONE
    post(client, f"{second}/take-in")
    assert ran(client, database) is JobState.FAILED
    page = get(client, second)
    assert "先前收入过，那时的答案不同" in page
    with database.reading.begin() as session:
        assert session.scalar(select(func.count()).select_from(Response)) == 1


def test_a_wave_under_review_takes_nothing(client: TestClient, world: World, database: Database) -> None:
    sign_in(client, "manager")
    address = handed_in(client, file(*ROWS))
    mapped(client, address)
    with database.writing.begin() as session:
        surveys.close_wave(session, world.survey_id, world.wave_id, at=NOW, by=SERVICE)
        surveys.begin_review(session, world.survey_id, world.wave_id, at=NOW, by=SERVICE)
    assert post(client, f"{address}/take-in").status_code == 409
    assert upload(client, file(*ROWS)).status_code == 409
    assert "进入审核以前才收" in get(client, HERE)


def test_what_stands_in_a_file_is_shown_as_text(client: TestClient, world: World) -> None:
    sign_in(client, "manager")
    canary = "<script>alert(1)</script>"
    content = f"表号,总的来说，您对所在社区满意吗？,{canary}\n0001-001,{canary},{canary}\n"
    content = content.replace("，", "")  # a comma of either width could part the columns
    address = handed_in(client, content.encode())
    for page in (get(client, f"{address}/columns"), mapped(client, address), get(client, HERE)):
        assert "<script>alert" not in page
