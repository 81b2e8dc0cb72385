"""Printed forms over HTTP: serials are given once, what comes back is noted, areas and roles hold."""

from __future__ import annotations

import io
import re
from dataclasses import replace

import pypdf
import pytest
from fastapi.testclient import TestClient
from sqlalchemy import func, select

from survey_service import audit, jobs
from survey_service.accounts import service as accounts
from survey_service.audit.chain import SERVICE
from survey_service.database import Database
from survey_service.models import (
    AuditEntry,
    FormState,
    Mode,
    PaperBatch,
    PaperEdition,
    PaperForm,
    Role,
    Wave,
    WaveState,
)
from survey_service.paper import serials, service
from survey_service.paper.errors import NothingToPrint, PaperNotYet, WrongPrintRun
from tests.service.signed_in import get, post, sign_in
from tests.service.world import NOW, PASSWORD, World

HERE = "/surveys/satisfaction/waves/2026Q3/paper"
OPEN = {"kind": "open", "area": "110101000001", "size": "3", "languages": "zh"}
SAMPLED = {"kind": "sampled", "area": "all", "size": "2", "languages": "zh-en"}


def forms_of(database: Database) -> list[PaperForm]:
    with database.reading.begin() as session:
        forms = list(session.scalars(select(PaperForm).order_by(PaperForm.serial)))
        session.expunge_all()
        return forms


def order(world: World, *, sampled: bool = False, size: int = 3) -> service.PrintRun:
    return service.PrintRun(area_ids=world.community_ids[:1], sampled=sampled, size=size, languages="zh")


def test_a_batch_in_large_print(client: TestClient, database: Database, world: World) -> None:
    sign_in(client, "manager")
    assert post(client, HERE, {**OPEN, "large_print": "yes", "size": "1"}).status_code == 303
    assert "大字版" in get(client, f"{HERE}/1")
    services = client.app.state.services  # type: ignore[attr-defined]
    from survey_service.paper.printing import print_batch

    with database.reading.begin() as session:
        batch = session.scalars(select(PaperBatch)).one()
        assert batch.large_print
        batch_id = batch.id
        day = session.scalars(select(Wave)).one().closes_on
    pages = [
        page.extract_text()
        for page in pypdf.PdfReader(io.BytesIO(print_batch(services, world.survey_id, batch_id))).pages
    ]
    assert "大字版" in pages[0]
    assert f"请在{day.year}年{day.month}月{day.day}日以前交回" in pages[2].replace(" ", "")
    with database.reading.begin() as session:
        assert session.scalars(select(PaperEdition.geometry)).one()["box"] == 5.5


@pytest.mark.both_databases
def test_a_case_gets_one_form_and_serials_run_on(client: TestClient, database: Database, world: World) -> None:
    sign_in(client, "manager")
    assert post(client, HERE, SAMPLED).status_code == 303
    forms = forms_of(database)
    # Three cases of each community are asked on paper; a batch of two and a batch of one for each.
    assert [form.position for form in forms] == [1, 2, 1, 1, 2, 1]
    assert [serials.sequence(form.serial) for form in forms] == [1, 2, 3, 4, 5, 6]
    assert len({form.case_id for form in forms} - {None}) == 6
    refused = post(client, HERE, SAMPLED)
    assert refused.status_code == 409
    assert "都已经印过了" in refused.text
    assert post(client, HERE, OPEN).status_code == 303
    added = forms_of(database)[6:]
    assert [serials.sequence(form.serial) for form in added] == [7, 8, 9]
    assert all(form.case_id is None and form.state is FormState.ISSUED for form in added)
    with database.reading.begin() as session:
        modes = session.scalars(select(PaperBatch.mode).order_by(PaperBatch.number)).all()
        assert modes == [Mode.PAPER] * 4 + [Mode.PAPER_OPEN]
        assert audit.verify(session, str(world.survey_id)) > 5


class AllDead:
    """The processes of a server whose workers cannot live."""

    living = 0

    def compute(self, place: str, *arguments: object) -> object:
        raise AssertionError


def test_a_batch_is_drawn_by_a_job_and_downloaded(client: TestClient, database: Database, world: World) -> None:
    sign_in(client, "manager")
    assert post(client, HERE, OPEN).status_code == 303
    services = client.app.state.services  # type: ignore[attr-defined]
    from survey_service.paper.printing import print_batch

    assert client.get(f"{HERE}/1/forms.pdf").status_code == 409
    with database.reading.begin() as session:
        batch = session.scalars(select(PaperBatch)).one()
        batch_id = batch.id
    no_one = "没有后台进程在运行"
    assert re.search(rf"data-nobody-works hidden>[^<]*{no_one}", get(client, HERE))
    client.app.state.services = replace(services, processes=AllDead())  # type: ignore[attr-defined]
    assert re.search(rf"data-nobody-works>[^<]*{no_one}", get(client, HERE))
    assert client.get(f"{HERE}/jobs").json()["nobody_works"] is True
    assert client.get("/health").json() | {"workers": 0} == client.get("/health").json()
    client.app.state.services = services  # type: ignore[attr-defined]
    assert client.get(f"{HERE}/jobs").json()["nobody_works"] is False
    assert jobs.do_next(services)
    first = print_batch(services, world.survey_id, batch_id, lambda done, total: None)
    answer = client.get(f"{HERE}/1/forms.pdf")
    assert answer.status_code == 200
    assert answer.content == first, "the same batch drawn again is the same file"
    pages = [page.extract_text() for page in pypdf.PdfReader(io.BytesIO(first)).pages]
    assert "第 1 批" in pages[0]
    for form in forms_of(database):
        assert sum(serials.grouped(form.serial) in page for page in pages[2:]) >= 1
    with database.reading.begin() as session:
        assert session.scalar(select(func.count()).select_from(PaperEdition)) == 1
    assert "PDF，" in get(client, f"{HERE}/1")


@pytest.mark.parametrize(
    ("typed", "status", "said"),
    [
        ("serial", 200, "登记为“收回”"),
        ("short", 200, "登记为“收回”"),
        ("wrong", 422, "校验位不对"),
        ("other", 404, "没有编号"),
    ],
)
def test_a_serial_is_logged_as_it_is_typed(
    client: TestClient, database: Database, world: World, typed: str, status: int, said: str
) -> None:
    sign_in(client, "manager")
    post(client, HERE, OPEN)
    one = forms_of(database)[0]
    given = {
        "serial": serials.grouped(one.serial),
        "short": one.serial.lstrip("0"),
        "wrong": str(int(one.serial) + 1).zfill(9),
        "other": serials.serial(4711),
    }[typed]
    sign_in(client, "keyer")  # whoever keys opens the boxes
    answer = post(client, f"{HERE}/returns", {"serial": given, "state": "returned"})
    assert answer.status_code == status
    assert said in answer.text
    after = forms_of(database)[0].state
    assert after is (FormState.RETURNED if status == 200 else FormState.ISSUED)


def test_a_code_of_another_survey_is_refused(client: TestClient, database: Database, world: World) -> None:
    sign_in(client, "manager")
    post(client, HERE, OPEN)
    one = forms_of(database)[0]
    own = serials.PageCode(
        survey=serials.survey_mark(world.survey_id), serial=one.serial, page=1, version="0" * 8, languages="zh"
    )
    strayed = post(client, f"{HERE}/returns", {"serial": replace(own, survey="0" * 8).payload()})
    assert strayed.status_code == 404
    assert post(client, f"{HERE}/returns", {"serial": own.payload()}).status_code == 200
    assert forms_of(database)[0].state is FormState.RETURNED


def test_what_is_missing_is_seen_and_a_slip_is_put_right(client: TestClient, database: Database, world: World) -> None:
    sign_in(client, "manager")
    post(client, HERE, OPEN)
    returned, spoiled, lost = forms_of(database)
    post(client, f"{HERE}/returns", {"serial": returned.serial, "state": "returned"})
    post(client, f"{HERE}/returns", {"serial": spoiled.serial, "state": "spoiled"})
    assert "还在外面 1" in get(client, f"{HERE}/1")
    assert post(client, f"{HERE}/1/missing").status_code == 303
    page = get(client, f"{HERE}/1")
    assert "收回 1，作废 1，缺失 1，还在外面 0" in page
    post(client, f"{HERE}/returns", {"serial": lost.serial, "state": "issued"})
    assert forms_of(database)[2].state is FormState.ISSUED
    again = post(client, f"{HERE}/returns", {"serial": returned.serial, "state": "returned"})
    assert "之前已经登记" in again.text
    with database.reading.begin() as session:
        actions = session.scalars(select(AuditEntry.action).order_by(AuditEntry.sequence)).all()
    logged = [action for action in actions if action.startswith("paper_form")]
    assert logged == ["paper_form.returned", "paper_form.spoiled", "paper_form.missing", "paper_form.issued"]


def test_only_managers_print_and_nobody_sees_another_street(
    client: TestClient, database: Database, world: World
) -> None:
    sign_in(client, "manager")
    post(client, HERE, OPEN)
    one = forms_of(database)[0]
    with database.writing.begin() as session:
        for role in (Role.MANAGER, Role.KEYER):
            person = accounts.create_account(
                session, user=f"other-{role.value}", name="另一社区", password=PASSWORD, at=NOW, by=SERVICE
            )
            accounts.grant(session, account=person, role=role, area_id=world.community_ids[1], at=NOW, by=SERVICE)
    sign_in(client, "keyer")
    assert post(client, HERE, OPEN).status_code == 403
    assert post(client, f"{HERE}/1/print").status_code == 403
    assert "第 1 批" in get(client, HERE)
    for user in ("statistician", "leader", "interviewer"):
        sign_in(client, user)
        get(client, HERE, 403)
    for user in ("other-manager", "other-keyer"):
        sign_in(client, user)
        assert "第 1 批" not in get(client, HERE)
        get(client, f"{HERE}/1", 404)
        get(client, f"{HERE}/1/forms.pdf", 404)
        assert post(client, f"{HERE}/1/missing").status_code == 404
        assert post(client, f"{HERE}/returns", {"serial": one.serial}).status_code == 404
    sign_in(client, "other-manager")
    assert post(client, HERE, OPEN).status_code == 422, "a community of somebody else"
    assert forms_of(database)[0].state is FormState.ISSUED


def test_orders_that_cannot_be(database: Database, world: World) -> None:
    with database.writing.begin() as session:
        wave = session.get_one(Wave, (world.survey_id, world.wave_id))
        for size in (0, service.MOST_FORMS + 1):
            with pytest.raises(WrongPrintRun):
                service.make_batches(session, wave, order(world, size=size), at=NOW, by=SERVICE)
        service.make_batches(session, wave, order(world, sampled=True, size=50), at=NOW, by=SERVICE)
        with pytest.raises(NothingToPrint):
            service.make_batches(session, wave, order(world, sampled=True), at=NOW, by=SERVICE)
        wave.state = WaveState.CLOSED
        with pytest.raises(PaperNotYet):
            service.make_batches(session, wave, order(world), at=NOW, by=SERVICE)


def test_a_form_that_is_keyed_cannot_be_missing(client: TestClient, database: Database, world: World) -> None:
    sign_in(client, "manager")
    post(client, HERE, OPEN)
    one = forms_of(database)[0]
    sign_in(client, "keyer")
    token = {"X-CSRF-Token": _token(client)}
    held = client.post(
        f"/keying/satisfaction/2026Q3/forms/{one.serial}/hold", json={}, headers={"Accept": "application/json", **token}
    )
    assert held.status_code == 200, held.text
    refused = post(client, f"{HERE}/returns", {"serial": one.serial, "state": "missing"})
    assert refused.status_code == 409
    assert "只能是“收回”" in refused.text


def _token(client: TestClient) -> str:
    from tests.service.signed_in import csrf

    return csrf(get(client, "/account"))


def test_the_specimen_of_a_version(client: TestClient, world: World) -> None:
    sign_in(client, "manager")
    at = f"/surveys/satisfaction/questionnaires/{world.version_id}"
    assert "paper-zh-en.pdf" in get(client, at)
    answer = client.get(f"{at}/paper-zh.pdf")
    assert answer.content.startswith(b"%PDF")
    assert client.get(f"{at}/paper-fr.pdf").status_code == 404
