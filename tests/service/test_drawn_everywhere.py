"""Blocks drawn per person: printed, scanned, keyed, handed in by a device, answered on a phone, taken in from a file,
exported and estimated, with one draw a case. Three of twenty-two sectors; small where pages are drawn and read."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import pypdfium2
import pytest
from PIL import Image
from sqlalchemy import select

from questionnaires.answers import Policy, check_answers, judge
from questionnaires.answers_by_column import ColumnJudge
from questionnaires.draws import named_on_paper, tickets
from questionnaires.model import Missing, Questionnaire
from reports.fonts import TypeSettings
from reports.paper_form.geometry import from_json
from reports.paper_form.layout import lay_out_form
from reports.paper_form.skips import numbered, skip_lines, who_answers
from survey_service.analyses.plans import default_plan
from survey_service.analyses.service import analyse_wave
from survey_service.analyses.wave_columns import columns_of_wave
from survey_service.exports.answers import answer_columns
from survey_service.importing.plan import ColumnPlan, ImportPlan, Target
from survey_service.importing.prepare import Ground, prepare
from survey_service.models import Capture, Case, PaperEdition, PaperForm
from survey_service.secrets import KeyRing
from survey_service.surveys import draw_tickets
from survey_service.tabular.cells import Grid
from tests.service.resident import filled, read_page
from tests.service.signed_in import sign_in
from tests.service.test_api_captures import WAVE, Device, interview, outcomes
from tests.service.test_keying import hold, key
from tests.service.test_scans import DPI, run, tick
from tests.service.world import World, build
from tests.spec.questionnaires import drawn, sectors

if TYPE_CHECKING:
    from fastapi.testclient import TestClient

    from survey_service.database import Database
    from survey_service.settings import Settings
    from tests.service.conftest import TestClock


@pytest.fixture
def asked(request: pytest.FixtureRequest) -> Questionnaire:
    """Small where forms are printed, but at full count; else the one with its twenty-two sectors."""
    small = "installed" in request.fixturenames and not request.node.get_closest_marker("soak")
    return drawn.questionnaire() if small else sectors.questionnaire()


@pytest.fixture
def keys(settings: Settings) -> KeyRing:
    return KeyRing(settings.secret_key.get_secret_value())


@pytest.fixture
def world(database: Database, keys: KeyRing, asked: Questionnaire) -> World:
    return build(database, keys, asked)


@pytest.fixture
def client(settings: Settings, world: World, clock: TestClock) -> Iterator[TestClient]:
    from fastapi.testclient import TestClient

    from survey_service.app import create_app

    with TestClient(create_app(settings, clock=clock), follow_redirects=False) as opened:
        yield opened


@pytest.fixture
def installed(client: TestClient, settings: Settings, monkeypatch: pytest.MonkeyPatch) -> str:
    monkeypatch.setenv("SURVEY_DATA_DIR", str(settings.data_dir))
    monkeypatch.setenv("SURVEY_SECRET_KEY", settings.secret_key.get_secret_value())
    return settings.resolved_database_url


def everything(number: int) -> dict[str, Any]:
    """Of somebody who used all but a few sectors, and would answer on any."""
    known = sectors.sectors()
    used = {variable: "8" if place % 5 == number % 5 else "1" for place, (variable, *_) in enumerate(known)}
    rows = {f"d_{name}.{aspect}": str(1 + number % 2) for _, name, *_ in known for aspect, *_ in sectors.ASPECTS}
    return {"q1": "1", "q7": "1", **used, **rows}


def stored_of(database: Database, number: str) -> dict[str, Any]:
    with database.reading.begin() as session:
        case = session.scalars(select(Case).where(Case.number == number)).one()
        found = session.scalars(select(Capture).where(Capture.case_id == case.id)).one()
        return dict(json.loads(found.answers)["answers"])


def test_a_device_draws_by_the_ticket_of_its_case(
    client: TestClient, world: World, database: Database, keys: KeyRing
) -> None:
    device = Device(client, database)
    listed = {one["number"]: one["ticket"] for one in device.program.get(f"{WAVE}/cases")["items"]}
    first, second = world.case_numbers[:2]
    assert listed[first] == draw_tickets.ticket_of(keys, world.wave_id, first)
    assert listed[second] == listed[first] + 1
    one = check_answers(world.questionnaire, {**everything(0), "sectors": listed[first]}, Policy.DEVICE)
    sent = {name: value for name, value in one.canonical.items() if name != "sectors"}
    results = device.hand_in(
        interview(first, "a" * 12, sent),
        interview(second, "b" * 12, {**everything(1), "sectors": listed[first]}),
        interview(world.case_numbers[2], "c" * 12, {**everything(2), "sectors": listed[world.case_numbers[2]]}),
    )
    assert outcomes(results) == [("stored", None), ("refused", "E232"), ("stored", None)]
    assert stored_of(database, first) == dict(one.canonical)


def test_every_printed_form_names_its_own(
    world: World, database: Database, installed: str, keys: KeyRing, tmp_path: Path
) -> None:
    named_in_print(world, database, installed, keys, tmp_path)


@pytest.mark.soak
def test_every_form_of_twenty_two_sectors_names_its_own(
    world: World, database: Database, installed: str, keys: KeyRing, tmp_path: Path
) -> None:
    named_in_print(world, database, installed, keys, tmp_path)


def named_in_print(world: World, database: Database, installed: str, keys: KeyRing, tmp_path: Path) -> None:
    run("print-forms", "--wave", "2026Q3", "--out", str(tmp_path), "--database", installed)
    with database.reading.begin() as session:
        numbers = session.scalars(
            select(Case.number).join(PaperForm, PaperForm.case_id == Case.id).order_by(PaperForm.serial)
        ).all()
        pages = from_json(session.scalars(select(PaperEdition.geometry)).one()).pages
    document = pypdfium2.PdfDocument(tmp_path / "2026Q3-001.pdf")
    each = pages + pages % 2  # on both sides: every form begins on a sheet of its own
    for place, number in enumerate(numbers[:2]):
        words = "".join(
            document[2 + place * each + page].get_textpage().get_text_range().replace("\r\n", "")
            for page in range(pages)
        )
        ticket = draw_tickets.ticket_of(keys, world.wave_id, number)
        (draw,) = world.questionnaire.draws
        order = named_on_paper(world.questionnaire, tickets(world.questionnaire, ticket))[draw.id]
        labels = {block.id: block.label.zh for block in draw.blocks}
        assert len(order) == len(labels)
        flat = "".join(words.split())  # a fine blank stands between Chinese and figures
        assert f"只答其中该您答的头{draw.take}个" in flat
        assert f"1{labels[order[0]]}（第" in flat
        assert f"{len(order)}{labels[order[-1]]}（第" in flat
    document.close()


def test_nobody_is_sent_out_of_a_block() -> None:
    """After the last question of one its form goes on with the next that it names, wherever that stands."""
    questions = numbered(drawn.questionnaire())
    inside = [one for one in questions if one.block]
    assert len(inside) == 8
    for one in inside:
        assert not [line for line in skip_lines(questions, one.question, "zh") if "跳至" in line], one.question.id
    assert who_answers(questions, questions[1], "zh") == "（限第 1 题选“税务”者回答）"


def test_what_a_copy_names_moves_nothing(type_settings: TypeSettings) -> None:
    """One geometry, whatever was drawn; and without draws the form is as it was."""
    layout = lay_out_form(drawn.questionnaire(), ("zh", "en"), definition_sha256="0" * 64, settings=type_settings)
    (spot,) = [spot for page in layout.pages for spot in page.spots]
    assert spot.numbered
    assert {block: name.partition("（")[0] for block, name in spot.names.items()} == {
        name: f"单位{number}" for number, name in enumerate(drawn.BODIES, start=1)
    }
    fixed = lay_out_form(
        drawn.questionnaire(by_person=False), ("zh",), definition_sha256="0" * 64, settings=type_settings
    )
    assert [spot.numbered for page in fixed.pages for spot in page.spots] == [False]


@pytest.fixture
def scans(installed: str, database: Database, tmp_path: Path) -> Path:
    """One form of a case, every block ticked, as a scanner sees it."""
    run("print-forms", "--wave", "2026Q3", "--out", str(tmp_path / "forms"), "--database", installed)
    with database.reading.begin() as session:
        geometry = from_json(session.scalars(select(PaperEdition.geometry)).one())
    folder = tmp_path / "scans"
    folder.mkdir()
    document = pypdfium2.PdfDocument(tmp_path / "forms" / "2026Q3-001.pdf")
    ticked = {f"{name}_all": "1" for name in drawn.BODIES}
    for page in range(geometry.pages):
        sheet = document[2 + page].render(scale=DPI / 72, grayscale=True).to_pil()
        tick(sheet, geometry, page + 1, ticked)
        for code in "1234":
            tick(sheet, geometry, page + 1, {"used": code})
        sheet.rotate(0.5, fillcolor=235, resample=Image.Resampling.BILINEAR).save(folder / f"{page}.png")
    document.close()
    return folder


def test_a_scan_and_the_keyer_follow_the_serial(
    client: TestClient, world: World, database: Database, installed: str, scans: Path, keys: KeyRing
) -> None:
    assert "1 forms wait" in run("read-scans", str(scans), "--wave", "2026Q3", "--database", installed)
    with database.reading.begin() as session:
        form, case = session.execute(
            select(PaperForm, Case).join(Case, Case.id == PaperForm.case_id).order_by(PaperForm.serial).limit(1)
        ).one()
        serial, number = form.serial, case.number
    ticket = draw_tickets.ticket_of(keys, world.wave_id, number)
    sign_in(client, "keyer")
    held = hold(client, serial).json()
    assert held["draws"]["bodies"]["order"] == named_on_paper(world.questionnaire, {"bodies": ticket})["bodies"]
    assert held["next"] == [], "what a form asks has to be known before it is keyed"
    read = held["draft"]["fields"]
    assert read["used"] == "1,2,3,4"
    assert {name for name in read if name.endswith("_all")} == {f"{name}_all" for name in drawn.BODIES}
    answers = {f"a.{name}": value for name, value in read.items()}
    status, told = key(client, serial, answers, hold=str(held["draft"]["hold"]))
    assert status == 422
    drawn_now = held["draws"]["bodies"]["order"][:2]
    beyond = [f"{name}_all" for name in drawn.BODIES if name not in drawn_now]
    messages: Any = told["messages"]
    assert [(one["variable"], one["hard"]) for one in messages] == [(name, False) for name in beyond]
    assert "没有抽到" in messages[0]["message"]
    status, _ = key(client, serial, answers, hold=str(held["draft"]["hold"]), accept=" ".join(beyond))
    assert status == 200
    kept = stored_of(database, number)
    assert kept["bodies"] == ticket
    assert all(kept[name] == "1" for name in beyond), "the paper says what it says"
    values = check_answers(world.questionnaire, kept, Policy.IMPORT).values
    assert {name for name in drawn.BODIES if values[f"{name}_all"] is not Missing.NOT_ASKED} == set(drawn_now)


def test_figures_rest_on_what_was_asked(client: TestClient, world: World, database: Database) -> None:
    for number, code in enumerate(world.case_codes):
        page = client.get(f"/a/{code}")
        form = read_page(page.text)
        sent = {**filled(form, everything(number), "submit"), "client_id": f"{number:032d}"}
        reply = client.post(f"/a/{code}", data=sent, headers={"accept": "application/json"})
        assert reply.status_code == 200, reply.text
    with database.reading.begin() as session:
        wave = columns_of_wave(session, world.survey_id, world.wave_id)
    columns = wave.columns
    place = {name: number for number, name in enumerate(columns.indicators)}
    names = [name for _, name, *_ in sectors.sectors()]
    own = np.array([sum(position % 5 != number % 5 for position in range(22)) for number in range(12)])
    asked_of = np.zeros(12)
    for name in names:
        x = columns.denominators[place[f"{name}_manner"]]
        known = ~np.isnan(x)
        assert np.allclose(x[known], own[known] / 3), "the inverse of three of those used"
        asked_of += known
    assert (asked_of == 3).all()
    pooled = columns.denominators[place["all_manner"]]
    assert np.allclose(pooled, own), "the three count for all that were used"
    found = analyse_wave(wave, default_plan(columns))
    by_name = {one.variable: one for table in found.raw for one in table.estimates if one.domain == ()}
    assert by_name["all_manner"].sample_size == 12
    answered = {name: int((~np.isnan(columns.denominators[place[f"{name}_manner"]])).sum()) for name in names}
    assert {name: by_name[f"{name}_manner"].sample_size for name in names} == answered, "n is of who was asked"
    assert sum(answered.values()) == 36
    y, x = (values[place["all_manner"]] for values in (columns.numerators, columns.denominators))
    weight = found.weights.final
    assert by_name["all_manner"].value == pytest.approx((weight * y).sum() / (weight * x).sum())


def test_a_file_says_what_was_drawn_and_an_export_too(world: World) -> None:
    one = world.questionnaire
    heads = ("q1", *(variable for variable, *_ in sectors.sectors()), "d_power.manner", "d_bank.manner", "细评的行业")
    record = ("1", *("1" for _ in sectors.sectors()), "1", "1", "供电┋银行┋邮政")
    short = (*record[:-1], "供电┋银行")
    blank = (*record[:-1], "")
    grid = Grid(
        source="file.csv",
        head_row=1,
        heads=heads,
        records=(record, short, blank),
        rows=(2, 3, 4),
    )
    plan = ImportPlan(
        columns=tuple(
            ColumnPlan(head=head, target=Target.ANSWER, variable="sectors" if head == "细评的行业" else head)
            for head in heads
        ),
        community="110101000001",
    )
    ground = Ground(wave_id=world.wave_id, cases={}, communities={"110101000001": world.community_ids[0]})
    found = prepare(grid, plan, one, ground)
    assert [problem.row for problem in found.problems] == [3], "two of three"
    whole, without = found.rows
    assert whole.checked.values["d_power.manner"] == "1"
    assert set(whole.checked.canonical["sectors"]) == {"power", "bank", "post"}
    assert without.checked.values["d_power.manner"] is Missing.NOT_ASKED, "nobody knows what was asked"
    columns = dict.fromkeys(name for name, _ in answer_columns(one, texts=False))
    assert list(columns)[:2] != ["sectors"]
    assert {"sectors", "sectors.among"} <= set(columns)
    told = ColumnJudge(judge(one)).values([{**everything(2), "sectors": ["bank", "post", "water"]}])
    ours = [column for name, column in answer_columns(one, texts=False) if name == "sectors"]
    cells = {column.variable.source: column.read(told["sectors"].values)[0] for column in ours}
    assert {name for name, cell in cells.items() if cell == 1} == {"sectors.bank", "sectors.post", "sectors.water"}
