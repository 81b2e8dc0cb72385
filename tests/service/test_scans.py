"""From the printed form through a scanner into a keyer's hands, with the commands an office types."""

from __future__ import annotations

import io
from pathlib import Path

import numpy as np
import pypdfium2
import pytest
from fastapi.testclient import TestClient
from PIL import Image, ImageDraw
from sqlalchemy import func, select
from typer.testing import CliRunner

from reports.paper_form.geometry import BOX, Geometry, from_json
from survey_service.accounts import service as accounts
from survey_service.audit.chain import SERVICE
from survey_service.captures.erasure import erase_response
from survey_service.commands import app
from survey_service.commands.read_scans_editions import Editions
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
    Survey,
)
from survey_service.paper.reading import images
from survey_service.paper.reading.crops import HEAD, LEFT, PIXELS_A_MM, field_picture
from survey_service.paper.reading.page import PageReading, read_page
from survey_service.paper.serials import survey_mark
from survey_service.settings import Settings
from tests.service.signed_in import csrf, get, sign_in
from tests.service.world import NOW, PASSWORD, World

DPI = 200
TICKED = {"know": "1", "overall": "2", "aspects.parking": "9", "aspects.lanes": "1"}
SEVERAL = {"channels": ("1", "2")}
# What is told hangs on the pictures, not on the database.
ONE_BACKEND = pytest.mark.parametrize("backend", ["sqlite"], indirect=True)


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
        "print-forms",
        "--wave",
        "2026Q3",
        "--open",
        "--community",
        "110101000001",
        "--size",
        "2",
        "--out",
        str(out),
        "--database",
        installed,
    )
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


def tick(sheet: Image.Image, geometry: Geometry, page: int, ticked: dict[str, str] | None = None) -> None:
    pen, mm = ImageDraw.Draw(sheet), DPI / 25.4
    singles, several = (TICKED, SEVERAL) if ticked is None else (ticked, {})
    for box in geometry.boxes:
        if box.page == page and (singles.get(box.variable) == box.code or box.code in several.get(box.variable, ())):
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
        accounts.grant(session, account=other, role=Role.KEYER, area_id=world.community_ids[1], at=NOW, by=SERVICE)
    sign_in(client, "other")
    assert client.get(f"{address}/age").status_code == 404
    # Somebody has the form open now: another scan of it leaves it alone.
    assert "1 were keyed already" in run("read-scans", str(scans), "--wave", "2026Q3", "--database", installed)


def keying_fields() -> dict[str, str]:
    return {**TICKED, **{name: ",".join(codes) for name, codes in SEVERAL.items()}}


def _hold(client: TestClient, serial: str) -> dict[str, dict[str, object]]:
    token = csrf(get(client, "/account"))
    answer = client.post(
        f"/keying/satisfaction/2026Q3/forms/{serial}/hold",
        json={},
        headers={"Accept": "application/json", "X-CSRF-Token": token},
    )
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


def test_what_cannot_be_read_is_named(
    installed: str, tmp_path: Path, world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    empty = tmp_path / "empty"
    empty.mkdir()
    assert "no PDF or picture" in run("read-scans", str(empty), "--wave", "2026Q3", "--database", installed, status=1)
    Image.new("L", (800, 1100), 240).save(empty / "blank.png")
    (empty / "broken.pdf").write_bytes(b"no")
    said = run("read-scans", str(empty), "--wave", "2026Q3", "--database", installed, status=1)
    assert "blank.png, page 1: no QR code" in said
    assert "broken.pdf: not a readable PDF" in said
    assert "has no wave" in run("read-scans", str(empty), "--wave", "x", "--database", installed, status=1)
    monkeypatch.chdir(tmp_path)
    assert "no community" in run(
        "print-forms", "--wave", "2026Q3", "--open", "--community", "1", "--database", installed, status=1
    )
    assert not (tmp_path / "forms").exists(), "what is refused leaves no folder"


@ONE_BACKEND
def test_every_file_that_is_not_read_is_named(
    installed: str, tmp_path: Path, world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = tmp_path / "mixed" / "deeper"
    folder.mkdir(parents=True)
    monkeypatch.setattr("survey_service.paper.reading.images.find_spec", lambda name: None if "heif" in name else name)
    for name in ("IMG_0001.HEIC", "forms.zip", "list.docx", ".DS_Store", "noending"):
        (folder / name).write_bytes(b"x")
    # Two of three pages are whole: the damaged one is named, the others are looked at.
    pages = [Image.new("L", (300, 400), shade) for shade in (250, 240, 230)]
    pages[0].save(folder / "three.tif", save_all=True, append_images=pages[1:], compression="raw")
    whole = (folder / "three.tif").read_bytes()
    (folder / "three.tif").write_bytes(whole[:-60_000])
    said = run("read-scans", str(tmp_path / "mixed"), "--wave", "2026Q3", "--database", installed, status=1)
    assert "deeper/IMG_0001.HEIC: not read: a picture as iPhones keep it; install pi-heif" in said
    assert "deeper/forms.zip: not read: an archive; unpack it" in said
    assert "deeper/list.docx: not read: no PDF and no picture" in said
    assert "deeper/noending: not read" in said
    assert "three.tif" in said
    assert ".DS_Store" not in said


@ONE_BACKEND
def test_a_page_that_is_missing_is_told(database: Database, world: World, installed: str, scans: Path) -> None:
    with database.writing.begin() as session:
        edition = session.scalars(select(PaperEdition)).one()
        edition.geometry = {**edition.geometry, "pages": 2}
    said = run("read-scans", str(scans), "--wave", "2026Q3", "--database", installed, status=1)
    assert "no picture of page 2 of 2; scan it" in said
    with database.reading.begin() as session:
        assert session.scalars(select(Keying)).one().fields == keying_fields(), "what was read is kept"


@ONE_BACKEND
def test_two_pictures_of_a_page_that_differ_go_to_a_person(
    client: TestClient, database: Database, world: World, installed: str, scans: Path
) -> None:
    first = scans / "0.png"
    with database.reading.begin() as session:
        geometry = from_json(session.scalars(select(PaperEdition.geometry)).one())
    changed = Image.open(first).convert("L").rotate(-0.8, fillcolor=235, resample=Image.Resampling.BILINEAR)
    pen, mm = ImageDraw.Draw(changed), DPI / 25.4
    box = next(box for box in geometry.boxes if box.page == 1 and box.variable == "know" and box.code == "1")
    pen.rectangle([(box.x - 1) * mm, (box.y - 1) * mm, (box.x + 5) * mm, (box.y + 5) * mm], fill=255)
    pen.rectangle([box.x * mm, box.y * mm, (box.x + BOX) * mm, (box.y + BOX) * mm], outline=0, width=2)
    tick(changed, geometry, 1, {"know": "2"})
    changed.save(scans / "copy.png")
    said = run("read-scans", str(scans), "--wave", "2026Q3", "--database", installed, status=1)
    assert "page 1 is there twice: 0.png, page 1 and copy.png, page 1; not alike, left to a person: know" in said
    with database.reading.begin() as session:
        assert "know" not in session.scalars(select(Keying)).one().fields
        read = session.scalars(select(ScanField).where(ScanField.variable == "know")).one()
        assert (read.doubt, read.crop is not None) == ("differs", True)
    # Read again with one picture only: the other was there, it stays with the person.
    (scans / "copy.png").unlink()
    run("read-scans", str(scans), "--wave", "2026Q3", "--database", installed)
    with database.reading.begin() as session:
        assert "know" not in session.scalars(select(Keying)).one().fields


@ONE_BACKEND
def test_another_picture_of_a_page_read_later_is_told(
    database: Database, world: World, installed: str, scans: Path
) -> None:
    run("read-scans", str(scans), "--wave", "2026Q3", "--database", installed)
    with database.reading.begin() as session:
        geometry = from_json(session.scalars(select(PaperEdition.geometry)).one())
    sheet = Image.open(scans / "0.png").convert("L").rotate(-0.8, fillcolor=235, resample=Image.Resampling.BILINEAR)
    tick(sheet, geometry, 1, {"overall": "1"})
    sheet.save(scans / "0.png")
    said = run("read-scans", str(scans), "--wave", "2026Q3", "--database", installed, status=1)
    assert "page 1 was read otherwise from an earlier picture; left to a person: overall" in said
    with database.reading.begin() as session:
        fields = session.scalars(select(Keying)).one().fields
        assert "overall" not in fields
        assert fields["know"] == "1"


@ONE_BACKEND
def test_a_picture_of_a_matrix_row_shows_the_codes_of_all_its_columns(
    database: Database, world: World, installed: str, scans: Path
) -> None:
    with database.reading.begin() as session:
        geometry = from_json(session.scalars(select(PaperEdition.geometry)).one())
        survey = session.scalars(select(Survey)).one()
        survey_id = survey.id
    row = [box for box in geometry.boxes if box.variable == "aspects.lanes"]
    image = next(iter(images.pages(scans / f"{row[0].page - 1}.png")))
    assert not isinstance(image, images.UnreadableFile)
    page = read_page(image, Editions(database, Settings(), survey_id, survey_mark(survey_id)))
    assert isinstance(page, PageReading)
    seen = np.asarray(Image.open(io.BytesIO(field_picture(image, page, "aspects.lanes"))))
    for box in row:
        column = slice(round((box.x - 1 - LEFT) * PIXELS_A_MM), round((box.x + BOX + 1 - LEFT) * PIXELS_A_MM))
        heads = seen[: round((HEAD - 1.5) * PIXELS_A_MM), column]
        assert (heads < 140).sum() > 10, f"the head of column {box.code}"
