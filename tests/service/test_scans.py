"""From the printed form through a scanner into a keyer's hands, with the commands an office types."""

from __future__ import annotations

from pathlib import Path

import pypdfium2
import pytest
from fastapi.testclient import TestClient
from PIL import Image, ImageDraw
from sqlalchemy import func, select
from typer.testing import CliRunner

from reports.paper_form.geometry import BOX, Geometry, from_json
from survey_service.accounts import service as accounts
from survey_service.audit.chain import SERVICE
from survey_service.collection.erasure import erase_response
from survey_service.commands import app
from survey_service.database import Database
from survey_service.models import (
    FormState,
    Ground,
    Keying,
    KeyingState,
    PaperEdition,
    PaperForm,
    Response,
    Role,
    ScanField,
    ScanPage,
)
from survey_service.settings import Settings
from tests.service.signed_in import csrf, get, sign_in
from tests.service.world import NOW, PASSWORD, World

DPI = 200
TICKED = {"know": "1", "overall": "2", "aspects.parking": "9", "aspects.lanes": "1"}
SEVERAL = {"channels": ("1", "2")}


def run(*arguments: str, status: int = 0) -> str:
    result = CliRunner().invoke(app, arguments)
    assert result.exit_code == status, result.output
    return result.output


@pytest.fixture
def installed(client: TestClient, settings: Settings, monkeypatch: pytest.MonkeyPatch) -> str:
    """The commands work on the installation of the served app; its database as they are given it."""
    monkeypatch.setenv("SURVEY_DATA_DIR", str(settings.data_dir))
    monkeypatch.setenv("SURVEY_SECRET_KEY", settings.secret_key.get_secret_value())
    return settings.resolved_database_url


@pytest.fixture
def scans(installed: str, database: Database, tmp_path: Path) -> Path:
    """One printed form, ticked and scanned; a page of something else lies between."""
    out = tmp_path / "forms"
    run(
        "print-forms", "--wave", "2026Q3", "--open", "--community", "110101000001", "--size", "2",
        "--out", str(out), "--database", installed,
    )  # fmt: skip
    with database.reading.begin() as session:
        geometry = from_json(session.scalars(select(PaperEdition.geometry)).one())
    folder = tmp_path / "scans"
    folder.mkdir()
    document = pypdfium2.PdfDocument(out / "2026Q3-001.pdf")
    for page in range(geometry.pages):
        sheet = document[2 + page].render(scale=DPI / 72, grayscale=True).to_pil()
        tick(sheet, geometry, page + 1)
        sheet.rotate(0.8, fillcolor=235, resample=Image.Resampling.BILINEAR).save(folder / f"{page}.png")
    document.close()
    return folder


def tick(sheet: Image.Image, geometry: Geometry, page: int) -> None:
    pen, mm = ImageDraw.Draw(sheet), DPI / 25.4
    for box in geometry.boxes:
        if box.page == page and (TICKED.get(box.variable) == box.code or box.code in SEVERAL.get(box.variable, ())):
            x, y = box.x * mm, box.y * mm
            side = BOX * mm
            points = [(x + 0.2 * side, y + 0.5 * side), (x + 0.45 * side, y + 0.85 * side), (x + side, y)]
            pen.line(points, fill=30, width=4)


def test_from_the_printer_to_the_keyer(
    client: TestClient, database: Database, world: World, installed: str, scans: Path
) -> None:
    said = run("read-scans", str(scans), "--wave", "2026Q3", "--database", installed)
    assert "1 forms wait for a keyer" in said
    with database.reading.begin() as session:
        form = session.scalars(select(PaperForm).where(PaperForm.position == 1)).one()
        assert form.state is FormState.RETURNED
        serial = form.serial
        keying = session.scalars(select(Keying)).one()
        assert (keying.state, keying.account_id) == (KeyingState.UNDER_WAY, None)
        assert keying.fields == {**TICKED, **{name: ",".join(codes) for name, codes in SEVERAL.items()}}
        assert session.scalar(select(func.count()).select_from(ScanPage)) == len(list(scans.iterdir()))
    # The same scans again change nothing but the time.
    run("read-scans", str(scans), "--wave", "2026Q3", "--database", installed)
    with database.reading.begin() as session:
        assert session.scalars(select(Keying)).one().fields == keying_fields()
    sign_in(client, "keyer")
    held = _hold(client, serial)
    assert held["draft"]["fields"] == keying_fields()
    assert "age" in held["pictures"]
    address = f"/keying/satisfaction/2026Q3/forms/{serial}/pictures"
    shown = client.get(f"{address}/age")
    assert (shown.status_code, shown.headers["content-type"]) == (200, "image/png")
    assert client.get(f"{address}/know").status_code == 404, "what is sure has no picture"
    with database.writing.begin() as session:
        other = accounts.create_account(session, user="other", name="另一社区", password=PASSWORD, at=NOW, by=SERVICE)
        accounts.grant(
            session, account=other, role=Role.KEYER, area_id=world.community_ids[1], at=NOW, by=SERVICE
        )  # fmt: skip
    sign_in(client, "other")
    assert client.get(f"{address}/age").status_code == 404
    # Somebody has the form open now: another scan of it leaves it alone.
    assert "1 were keyed already" in run("read-scans", str(scans), "--wave", "2026Q3", "--database", installed)


def keying_fields() -> dict[str, str]:
    return {**TICKED, **{name: ",".join(codes) for name, codes in SEVERAL.items()}}


def _hold(client: TestClient, serial: str) -> dict[str, dict[str, object]]:
    token = csrf(get(client, "/account"))
    answer = client.post(
        f"/keying/satisfaction/2026Q3/forms/{serial}/hold", json={},
        headers={"Accept": "application/json", "X-CSRF-Token": token},
    )  # fmt: skip
    assert answer.status_code == 200, answer.text
    found: dict[str, dict[str, object]] = answer.json()
    return found


def test_pictures_go_when_the_answers_are_erased(
    client: TestClient, database: Database, world: World, installed: str, scans: Path
) -> None:
    run("read-scans", str(scans), "--wave", "2026Q3", "--database", installed)
    with database.reading.begin() as session:
        serial = session.scalars(select(PaperForm.serial).where(PaperForm.position == 1)).one()
    sign_in(client, "keyer")
    token = csrf(get(client, "/account"))
    answers = {f"a.{name}": typed for name, typed in keying_fields().items()}
    stored = client.post(
        "/keying/satisfaction/2026Q3/forms",
        data={**answers, "a.age": "45", "number": serial, "client_id": "c" * 16, "accept": "x", "csrf": token},
        headers={"Accept": "application/json"},
    )
    assert stored.status_code == 200, stored.text
    with database.writing.begin() as session:
        response = session.scalars(select(Response)).one()
        assert session.scalar(select(func.count()).select_from(ScanField)) != 0
        erase_response(session, world.survey_id, response.id, ground=Ground.REQUEST, at=NOW, by=SERVICE)
    with database.reading.begin() as session:
        assert session.scalar(select(func.count()).select_from(ScanField)) == 0


def test_what_cannot_be_read_is_named(installed: str, tmp_path: Path, world: World) -> None:
    empty = tmp_path / "empty"
    empty.mkdir()
    assert "no PDF or picture" in run("read-scans", str(empty), "--wave", "2026Q3", "--database", installed, status=1)
    Image.new("L", (800, 1100), 240).save(empty / "blank.png")
    (empty / "broken.pdf").write_bytes(b"no")
    said = run("read-scans", str(empty), "--wave", "2026Q3", "--database", installed, status=1)
    assert "blank.png, page 1: no QR code" in said
    assert "broken.pdf: not a readable PDF" in said
    assert "has no wave" in run("read-scans", str(empty), "--wave", "x", "--database", installed, status=1)
    assert "no community" in run(
        "print-forms", "--wave", "2026Q3", "--open", "--community", "1", "--database", installed, status=1
    )
