"""Designs and aims of a draw on its page, and files of the draw command: two stages, whole communities, Kish tables,
other units than households, and what the look says of each."""

from __future__ import annotations

import csv
import io
from collections import Counter
from pathlib import Path

import pytest
from fastapi.testclient import TestClient
from hypothesis import given, settings
from hypothesis import strategies as st
from sqlalchemy import select
from typer.testing import CliRunner

from analysis.results import Goal, Tier
from analysis.sampling import (
    FieldAssumptions,
    Part,
    pooled,
    power_for_verdict,
    prospect,
    size_for_verdict,
)
from survey_service.commands import app
from survey_service.database import Database
from survey_service.models import Area, ListedUnit, SelectionWithin, Wave
from tests.service.signed_in import HTML, csrf, get
from tests.service.test_drawing_pages import bring, cases, confirm_all, here
from tests.service.world import World

__all__ = ["here"]


def long_list() -> str:
    """Two communities of ten grids of 30 households each."""
    rows = ["户编号,社区代码,网格,成年人数"]
    for code in ("110101000001", "110101000002"):
        for grid in range(10):
            rows += [f"{code[-1]}{grid}{one:02d},{code},{code[-1]}-{grid},{one % 3 + 1}" for one in range(30)]
    return "\n".join(rows)


# ------------------------------------------------------------------ what the look says


@pytest.mark.parametrize("backend", ["sqlite"], indirect=True)
def test_four_grids_a_community_are_said_to_tell_nothing_and_streets_are_offered(
    client: TestClient, here: str, database: Database, world: World
) -> None:
    with database.writing.begin() as session:
        session.get_one(Area, world.community_ids[0]).households = 340
    page = bring(
        client,
        f"{here}/cases/draw",
        long_list(),
        size="80",
        design="by_size",
        per_grid="10",
        response="55",
        within="kish",
    ).text
    assert "两阶段：按户数的比例（PPS）抽 8 个网格，每个抽 10 户左右" in page
    assert "4 个网格、22 份答卷，区间宽 70 个百分点" in page
    assert "按街道公布，能说到什么程度" in page
    assert "名单比登记户数少 40 户，在 1 个社区" in page
    assert "要多少人手（平均跑 2.5 次，一个人一天跑 20 次）" in page
    assert '<td class="num">200</td><td class="num">10</td>' in page.replace("\n", "").replace("  ", "")
    assert confirm_all(client, f"{here}/cases/draw", page).status_code == 303
    with database.reading.begin() as session:
        found = cases(session)
        assert Counter(len({case.psu for case in found if case.area_id == one}) for one in world.community_ids) == {
            4: 2
        }
        assert {case.kish_table for case in found} <= {"A", "B1", "B2", "C", "D", "E1", "E2", "F"}
        grid, household, adult = found[0].stages
        assert (grid["population"], grid["probability"], household["population"]) == (None, 0.4, 30)
        assert adult["unit"] == "adult"
        wave = session.scalars(select(Wave)).one()
        assert (wave.selection_within, wave.plan["response_rate"]) == (SelectionWithin.KISH, 0.55)


@pytest.mark.parametrize("backend", ["sqlite"], indirect=True)
def test_an_aim_finds_its_size_and_says_what_will_be_decided(client: TestClient, here: str) -> None:
    page = bring(client, f"{here}/cases/draw", long_list(), aim="margin", margin="10", response="60", reserves="0").text
    assert "抽 324 户" in page  # 97 answers, 162 households of each community
    assert "“知晓率”≥ 90%：各社区都有可能判定达标" in page
    few = bring(client, f"{here}/cases/draw", long_list(), size="40", level="97", reserves="0").text
    assert "“知晓率”≥ 90%：2 个社区怎么答都判定不了达标" in few
    assert "判定不了达标" in few
    page = bring(client, f"{here}/cases/draw", long_list(), aim="verdict", level="97", response="60", reserves="0").text
    assert "估计有 2 个社区能判定，其中 2 个有八成把握" in page
    assert "把握 8" in page
    refused = bring(client, f"{here}/cases/draw", long_list(), aim="verdict", level="90")
    assert "抽多少户也判定不了" in refused.text


@pytest.mark.parametrize("backend", ["sqlite"], indirect=True)
def test_grids_too_small_for_their_part_are_named(client: TestClient, here: str) -> None:
    text = long_list() + "\n小1,110101000001,小格,1\n小2,110101000001,小格,2"
    page = bring(client, f"{here}/cases/draw", text, size="40", design="by_size", per_grid="10").text
    assert "有 1 个网格不够每个抽 10 户：“小格”2 户。" in page
    assert 'value="by_size" required checked' in page.replace("\n", "").replace("        ", " ").replace("  ", " ")
    without = "户编号,社区代码\na,110101000001\nb,110101000002"
    assert "名单里就要有“网格”一列" in bring(client, f"{here}/cases/draw", without, size="1", design="simple").text


def test_a_list_of_shops_is_spoken_of_as_shops_and_small_places_are_asked_whole(
    client: TestClient, here: str, database: Database
) -> None:
    rows = [f"S{one},110101000001" for one in range(12)] + [f"T{one},110101000002" for one in range(80)]
    page = bring(
        client, f"{here}/cases/draw", "编号,社区\n" + "\n".join(rows), listed_unit="shop", size="20", whole="15"
    ).text
    assert "名单 92 家，抽 32 家，备用 10 家；每个社区一层；名单上是商户，一家一份；没有门牌，信函上只有编号。" in page
    assert "1 个社区全部都问，共 12 家，抽中概率是 1" in page
    assert confirm_all(client, f"{here}/cases/draw", page).status_code == 303
    with database.reading.begin() as session:
        wave = session.scalars(select(Wave)).one()
        assert (wave.listed_unit, wave.selection_within) == (ListedUnit.SHOP, SelectionWithin.ANY)
        by_chance = Counter(round(case.inclusion_probability, 6) for case in cases(session))
        assert by_chance == {1.0: 12, 0.25: 20}
    assert "共 32 家" in get(client, f"{here}/cases")
    client.post(f"{here}/cases/clear", data={"csrf": csrf(get(client, f"{here}/cases"))})
    with database.reading.begin() as session:
        assert session.scalars(select(Wave)).one().listed_unit is ListedUnit.HOUSEHOLD


# ------------------------------------------------------------------ files of the draw command


@pytest.mark.parametrize("backend", ["sqlite"], indirect=True)
@pytest.mark.parametrize("ending", ["xlsx", "csv"])
def test_what_the_command_draws_in_two_stages_is_what_the_page_takes(
    client: TestClient, here: str, database: Database, tmp_path: Path, ending: str
) -> None:
    frame, out = tmp_path / "frame.csv", tmp_path / f"cases.{ending}"
    # Of the first grid of a community more than all the others: it is sure to be drawn.
    more = [f"9{one:03d},110101000001,1-0,1" for one in range(300)]
    frame.write_text("\n".join([long_list(), *more]), encoding="utf-8")
    call = [
        "draw",
        frame,
        "--unit",
        "户编号",
        "--community",
        "社区代码",
        "--grid",
        "网格",
        "--grids",
        4,
        "--per-grid",
        5,
    ]
    made = CliRunner().invoke(app, [str(one) for one in (*call, "--kish", "--seed", 7, "--out", out)])
    assert made.exit_code == 0, made.output
    sent = {"csrf": csrf(get(client, "/account"))}
    files = {"file": (out.name, out.read_bytes())}
    looked = client.post(f"{here}/cases", data=sent, files=files, headers=HTML)
    assert looked.status_code == 200, looked.text
    assert confirm_all(client, f"{here}/cases", looked.text).status_code == 303
    with database.reading.begin() as session:
        found = cases(session)
        assert session.scalars(select(Wave)).one().selection_within is SelectionWithin.KISH
        assert all(case.kish_table for case in found)
        sure = [case for case in found if case.stratum.endswith("/1-0")]
        assert {stage["variance"] for case in sure for stage in case.stages[:1]} == {False}
        others = [case for case in found if case not in sure]
        assert {case.stages[0]["population"] for case in others} == {None}
        assert {case.psu == case.stages[0]["unit"] for case in others} == {True}


@pytest.mark.parametrize("backend", ["sqlite"], indirect=True)
def test_a_code_that_is_unknown_in_many_rows_is_one_thing_to_mend(client: TestClient, here: str) -> None:
    text = "户编号,社区代码\n" + "\n".join(f"{one},990101001001" for one in range(120))
    page = bring(client, f"{here}/cases/draw", text, size="10").text
    assert "有 1 处要改" in page
    assert "“990101001001”不是这一期的社区（这样的一共 120 行）" in page


def test_codes_of_the_demonstration_city_are_drawn_from(tmp_path: Path) -> None:
    frame, out = tmp_path / "frame.csv", tmp_path / "cases.csv"
    lines = ["household,code", *(f"{one},{990101001001 + one % 2}" for one in range(60))]
    frame.write_text("\n".join(lines), encoding="utf-8")
    call = ["draw", frame, "--unit", "household", "--community", "code", "--size", 10, "--seed", 1, "--out", out]
    made = CliRunner().invoke(app, list(map(str, call)))
    assert made.exit_code == 0, made.output
    assert len(list(csv.DictReader(io.StringIO(out.read_text("utf-8-sig"))))) == 10


# ------------------------------------------------------------------ the arithmetic behind it


@settings(max_examples=150, deadline=None)
@given(st.floats(0.05, 0.95), st.floats(0.05, 0.95), st.floats(0.5, 0.95), st.floats(0.7, 4.0), st.booleans())
def test_power_is_the_size_of_a_verdict_the_other_way_round(
    share: float, target: float, power: float, effect: float, floor: bool
) -> None:
    if abs(share - target) < 0.01:
        return
    goal, field = Goal(value=target, at_least=floor), FieldAssumptions(design_effect=effect)
    needed = size_for_verdict(share, goal, power=power, field=field).completed
    assert needed is not None
    assert power_for_verdict(needed, share, goal, field=field) >= power - 1e-9
    if needed > 1:
        assert power_for_verdict(needed - 1, share, goal, field=field) < power + 1e-9


def test_few_grids_widen_and_strata_of_one_size_pool_as_one_sample() -> None:
    four = prospect(22, field=FieldAssumptions(design_effect=1.2), degrees_of_freedom=3)
    simple = prospect(22, field=FieldAssumptions(design_effect=1.2))
    assert four.high - four.low > 1.4 * (simple.high - simple.low)
    assert four.tier is Tier.NOT_ALONE
    parts = [Part(size=100, completed=50), Part(size=100, completed=50)]
    together = pooled(parts)
    alone = prospect(100)
    assert together is not None
    assert (together.low, together.high) == pytest.approx((alone.low, alone.high))
    assert pooled([*parts, Part(size=10, completed=0)]) is None
    assert pooled(parts, degrees_of_freedom=0).high == 1.0  # type: ignore[union-attr]
