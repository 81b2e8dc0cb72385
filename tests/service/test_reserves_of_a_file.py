"""Reserves of a list that ``survey-service draw`` made: loaded with it, and released on a page as by the command."""

from __future__ import annotations

import csv
import io
from collections.abc import Sequence
from pathlib import Path

import pytest
from fastapi.testclient import TestClient
from sqlalchemy import select, update
from typer.testing import CliRunner

from survey_service.commands import app
from survey_service.database import Database
from survey_service.models import Case, ReserveCase, Wave, WaveState
from tests.service.signed_in import get, post
from tests.service.test_planning_cases import codes, draft, load, look, row, sheet  # noqa: F401  fixtures too
from tests.service.world import World

pytestmark = pytest.mark.both_databases
STAGED = ("--grids", "3", "--per-grid", "6")
STRATIFIED = ("--size", "40")


def drawn(folder: Path, codes: Sequence[str], *options: str) -> bytes:  # noqa: F811
    frame = folder / "frame.csv"
    rows = [
        f"{code},{code[-1]}{grid},{code}{grid}{house:02d}"
        for code in codes
        for grid in range(1, 6)
        for house in range(20 + 2 * grid)
    ]
    frame.write_text("community,grid,household\n" + "\n".join(rows) + "\n", encoding="utf-8")
    named = ("--unit", "household", "--community", "community", "--grid", "grid", "--kish", "--seed", "7")
    out = folder / "cases.csv"
    made = CliRunner().invoke(app, ["draw", str(frame), *named, "--reserves", "2", *options, "--out", str(out)])
    assert made.exit_code == 0, made.output
    return out.read_bytes()


def of_file(content: bytes) -> dict[str, dict[str, str]]:
    return {one["case"]: one for one in csv.DictReader(io.StringIO(content.decode("utf-8-sig")))}


@pytest.mark.parametrize("design", [STRATIFIED, STAGED], ids=["strata", "stages"])
def test_a_batch_released_on_the_page_has_the_probabilities_of_the_command(
    client: TestClient,
    draft: str,  # noqa: F811
    codes: list[str],  # noqa: F811
    database: Database,
    tmp_path: Path,
    design: tuple[str, ...],
) -> None:
    content = drawn(tmp_path, codes, *design)
    waiting = {name for name, one in of_file(content).items() if one["issued"] == "0"}
    assert waiting
    assert f"另有备用 {len(waiting)} 个，也载入" in look(client, content).text
    assert load(client, content).status_code == 303
    assert f"另有备用 {len(waiting)} 个" in get(client, f"{draft}/cases")
    with database.writing.begin() as session:
        assert {one.number for one in session.scalars(select(ReserveCase))} == waiting
        session.execute(update(Wave).where(Wave.key == "2026Q4").values(state=WaveState.OPEN))
    led = post(client, f"{draft}/field/reserves/{codes[0]}", {"replicate": "1"})
    assert led.status_code == 303
    expected = of_file(drawn(tmp_path, codes, *design, "--release", f"{codes[0]}=1"))
    with database.reading.begin() as session:
        wave_id = session.scalars(select(Wave.id).where(Wave.key == "2026Q4")).one()
        found = {one.number: one for one in session.scalars(select(Case).where(Case.wave_id == wave_id))}
        assert set(found) == {name for name, one in expected.items() if one["issued"] == "1"}
        for name, one in found.items():
            assert one.inclusion_probability == pytest.approx(float(expected[name]["inclusion_probability"])), name
            assert one.kish_table == expected[name]["kish_table"]
            assert one.reserve_replicate == (1 if name in waiting else 0)


def test_a_substitute_is_not_taken_for_one_more_that_was_drawn(
    client: TestClient,
    draft: str,  # noqa: F811
    codes: list[str],  # noqa: F811
    database: Database,
    world: World,
) -> None:
    rows = [row(one, codes[0], adults=1) for one in range(1, 5)]
    substitute = row(5, codes[0], adults=1, substitute_for=rows[0]["case"])
    spare = row(6, codes[0], adults=1, issued=0, replicate=1, inclusion_probability="", household_weight="")
    assert load(client, sheet([*rows, substitute, spare])).status_code == 303
    with database.writing.begin() as session:
        session.execute(update(Wave).where(Wave.key == "2026Q4").values(state=WaveState.OPEN))
    assert post(client, f"{draft}/field/reserves/{codes[0]}", {"replicate": "1"}).status_code == 303
    with database.reading.begin() as session:
        stages = session.scalars(select(Case.stages).where(Case.number.like(f"{codes[0]}-%"))).all()
    assert {one[0]["sampled"] for one in stages} == {5}  # four and the reserve
    assert world


def test_reserves_that_no_list_could_give_are_refused(client: TestClient, draft: str, codes: list[str]) -> None:  # noqa: F811
    rows = [row(one, codes[0], stage_1_population=5, stage_1_probability=0.8) for one in (1, 2, 3, 4)]
    rows = [{**one, "inclusion_probability": 0.8} for one in rows]
    spare = [row(one, codes[0], issued=0, replicate=1, stage_1_population=5, stage_1_probability=0.8) for one in (5, 6)]
    refused = look(client, sheet([*rows, *({**one, "inclusion_probability": ""} for one in spare)]))
    assert refused.status_code == 422
    assert draft
    assert "不可能" in refused.text


def test_rows_without_a_batch_stay_in_the_file_and_the_page_says_so(
    client: TestClient,
    draft: str,  # noqa: F811
    codes: list[str],  # noqa: F811
    database: Database,
) -> None:
    heads = [name for name in row(1, codes[0]) if name != "replicate"]
    content = sheet([row(1, codes[0]), row(2, codes[0], issued=0)], heads)
    assert "文件里另有 1 行没有发出，也没有写批次（replicate），没有载入，以后不能放出" in look(client, content).text
    assert load(client, content).status_code == 303
    with database.reading.begin() as session:
        assert session.scalars(select(ReserveCase)).all() == []
    assert "没有载入，以后不能放出" in get(client, f"{draft}/cases")
