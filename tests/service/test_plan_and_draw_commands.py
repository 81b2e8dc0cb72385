"""From a file of communities and a frame to the lists of a field office, as a statistician types it."""

from __future__ import annotations

import csv
import json
from importlib import import_module
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from click.testing import Result
from openpyxl import Workbook, load_workbook
from typer.testing import CliRunner

from analysis.sampling import Allocation, ListDraw
from survey_service.commands import app

COMMUNITIES = """code,name,adults,households,share,response_rate
330102001001,万寿桥社区,2710,1534,0.92,0.62
330102001002,望江社区,4120,2210,0.85,
330102001003,老城社区,900,80,0.80,0.70
"""


def survey_service(*arguments: str | Path) -> Result:
    return CliRunner().invoke(app, [str(argument) for argument in arguments])


def frame_rows() -> list[dict[str, str]]:
    rows = []
    for code, grids, homes in (("330102001001", 4, 30), ("330102001002", 6, 40), ("330102001003", 2, 12)):
        for grid in range(1, grids + 1):
            for home in range(1, homes + 1):
                rows.append(
                    {
                        "户编号": f"H{len(rows) + 1:04d}",
                        "社区代码": code,
                        "网格": f"{code}{grid:03d}",
                        "地址": f"幸福路{home}号",
                    }
                )
    return rows


def write_frame(path: Path, rows: list[dict[str, str]], encoding: str = "utf-8") -> Path:
    lines = [",".join(rows[0]), *(",".join(row.values()) for row in rows)]
    path.write_text("\n".join(lines) + "\n", encoding=encoding)
    return path


@pytest.fixture
def frame(tmp_path: Path) -> Path:
    return write_frame(tmp_path / "frame.csv", frame_rows())


def drawn(path: Path) -> pd.DataFrame:
    return pd.read_csv(path, dtype={"community": str, "grid": str, "stratum": str, "psu": str}, encoding="utf-8-sig")


NAMES = ("--unit", "户编号", "--community", "社区代码")


def test_the_choices_of_the_commands_are_those_of_the_statistics() -> None:
    # The commands are functions of the same names as their modules.
    plan, draw = (import_module(f"survey_service.commands.{name}") for name in ("plan", "draw"))
    assert {str(name) for name in plan.AllocationName} == {str(name) for name in Allocation}
    assert {str(name) for name in draw.Method} == {str(name) for name in ListDraw}
    assert {str(name) for name in draw.AllocationName} < {str(name) for name in Allocation}


# ------------------------------------------------------------------ plan
def test_one_area_as_json(tmp_path: Path) -> None:
    out = tmp_path / "plan.json"
    run = survey_service("plan", "--margin", "0.05", "--population", "3290", "--format", "json", "--out", out)
    assert run.exit_code == 0, run.output
    document = json.loads(out.read_text(encoding="utf-8"))
    (answer,) = document["areas"]
    assert (answer["completed"], answer["cases"]) == (345, 345)  # 384.15 / (1 + 383.15 / 3290) = 344.1
    assert answer["margin"] <= 0.05
    assert document["curve"][0]["completed"] == 10
    assert document["table"][-1]["completed"] == 2000


def test_communities_share_out_a_size(tmp_path: Path) -> None:
    areas = tmp_path / "communities.csv"
    areas.write_text(COMMUNITIES, encoding="gb18030")
    out = tmp_path / "plan.csv"
    run = survey_service(
        "plan",
        areas,
        "--size",
        300,
        "--allocation",
        "square_root",
        "--minimum",
        70,
        "--response-rate",
        0.5,
        "--format",
        "csv",
        "--out",
        out,
    )
    assert run.exit_code == 0, run.output
    rows = list(csv.DictReader(out.read_text(encoding="utf-8").splitlines()))
    # sqrt: 52.06, 64.19, 30; the last stands at 70; 230 over 52.06 : 64.19 -> 103.0, 127.0.
    assert [int(row["completed"]) for row in rows] == [103, 127, 70]
    # 103 / 0.62, 127 / 0.5 (the empty cell takes the option), 70 / 0.7.
    assert [int(row["cases"]) for row in rows] == [167, 254, 100]
    assert "100 cases from a list of 80 households" in rows[2]["warnings"]
    table = survey_service("plan", areas, "--size", 300)
    assert "all" in table.output
    assert "万寿桥社区" in table.output
    assert "read as GB 18030" in table.output


def test_what_cannot_be_settled_says_why() -> None:
    run = survey_service("plan", "--target", "0.9", "--share", "0.91", "--population", "2710")
    assert run.exit_code == 0
    assert "2710 adults" in " ".join(run.output.split())


@pytest.mark.parametrize(
    ("row", "message"),
    [
        ("330102001001,again,100,50,0.5,0.5", 'row 5, column "code": 330102001001 came before'),
        ("330102001009,x,0,50,0.5,0.5", 'row 5, column "adults": not a count of at least 1'),
        (",x,10,50,0.5,0.5", 'row 5, column "code": the code is missing'),
        ("330102001009,x,100,50,0.5,60", "row 5: response rate is 60.0; it is a share above 0"),
    ],
)
def test_a_wrong_community_is_named_by_its_row(tmp_path: Path, row: str, message: str) -> None:
    areas = tmp_path / "communities.csv"
    areas.write_text(COMMUNITIES + row + "\n", encoding="utf-8")
    run = survey_service("plan", areas, "--margin", "0.05")
    assert run.exit_code == 1
    assert message in run.output
    assert "nothing was read" in run.output


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["--margin", "0"], "margin is 0.0; it lies between 0 and 1"),
        (["--target", "1.5", "--share", "0.9"], "the target is 1.5; it is a share in 0..1"),
        (["--target", "0.9", "--share", "90"], "share is 90.0; it is a share in 0..1"),
    ],
)
def test_numbers_that_are_no_shares_are_named(arguments: list[str], said: str) -> None:
    result = survey_service("plan", *arguments)
    assert result.exit_code == 1
    assert said in result.stderr


@pytest.mark.parametrize("arguments", [[], ["--margin", "0.05", "--size", "100"], ["--change", "80"]])
def test_a_wrong_call_of_plan(arguments: list[str]) -> None:
    assert survey_service("plan", *arguments).exit_code == 2


# ------------------------------------------------------------------ draw
def test_every_grid_a_stratum(frame: Path, tmp_path: Path) -> None:
    sizes = tmp_path / "plan.csv"
    sizes.write_text("code,cases\n330102001001,20\n330102001002,30\n330102001003,8\n", encoding="utf-8")
    out = tmp_path / "cases.csv"
    run = survey_service(
        "draw",
        frame,
        *NAMES,
        "--grid",
        "网格",
        "--sizes",
        sizes,
        "--reserves",
        2,
        "--kish",
        "--keep",
        "地址",
        "--modes",
        "web_invited=0.5,paper=0.5",
        "--seed",
        20260930,
        "--out",
        out,
    )
    assert run.exit_code == 0, run.output
    cases = drawn(out)
    issued = cases[cases["issued"] == 1]
    assert issued.groupby("community").size().to_dict() == {
        "330102001001": 20,
        "330102001002": 30,
        "330102001003": 8,
    }
    assert (issued.groupby("stratum").size() >= 2).all()
    # Weights of the issued add up to the households of each community; a reserve in the drawer has none.
    assert issued.groupby("community")["household_weight"].sum().to_numpy() == pytest.approx([120, 240, 24])
    assert cases.loc[cases["issued"] == 0, "household_weight"].isna().all()
    assert issued.groupby("community")["first_mode"].value_counts().to_numpy().tolist() == [10, 10, 15, 15, 4, 4]
    assert cases["unit"].is_unique
    assert cases["地址"].str.startswith("幸福路").all()
    record = json.loads(out.with_suffix(".json").read_text(encoding="utf-8"))
    assert (record["seed"], record["issued"], record["households"]) == (20260930, 58, 384)
    assert len(record["frame_sha256"]) == 64
    assert out.stat().st_mode & 0o077 == 0  # addresses are for their owner alone


def test_the_same_seed_again_and_a_release_keeps_every_first_case(frame: Path, tmp_path: Path) -> None:
    first, again, released = (tmp_path / f"{name}.csv" for name in ("first", "again", "released"))
    call = ("draw", frame, *NAMES, "--size", 40, "--reserves", 2, "--seed", 7)
    assert survey_service(*call, "--out", first).exit_code == 0
    # More chance used for something else draws no other household.
    assert survey_service(*call, "--kish", "--out", again).exit_code == 0
    assert survey_service(*call, "--release", "330102001001=1", "--out", released).exit_code == 0
    one, two, three = drawn(first), drawn(again), drawn(released)
    assert one["unit"].tolist() == two["unit"].tolist()
    before = set(one.loc[one["issued"] == 1, "unit"])
    after = three[three["issued"] == 1]
    assert before < set(after["unit"])
    assert after.groupby("community")["household_weight"].sum().to_numpy() == pytest.approx([120, 240, 24])
    grown = after[after["community"] == "330102001001"]
    assert np.allclose(grown["inclusion_probability"], len(grown) / 120)


def test_two_stages_give_every_household_one_chance(frame: Path, tmp_path: Path) -> None:
    out = tmp_path / "cases.csv"
    run = survey_service(
        "draw", frame, *NAMES, "--grid", "网格", "--grids", 2, "--per-grid", 5, "--seed", 3, "--out", out
    )
    assert run.exit_code == 0, run.output
    cases = drawn(out)
    # 2 of 4 grids of 30, 5 of 30; 2 of 6 grids of 40, 5 of 40; both grids of 12 (certain), 5 of 12.
    chances = cases.groupby("community")["inclusion_probability"].agg(["min", "max"])
    assert chances["min"].to_numpy() == pytest.approx([1 / 12, 1 / 24, 5 / 12])
    assert chances["max"].to_numpy() == pytest.approx([1 / 12, 1 / 24, 5 / 12])
    certain = cases[cases["community"] == "330102001003"]
    assert (certain["psu"] == certain["unit"]).all()
    assert certain["stratum"].nunique() == 2


def test_the_workbook_has_a_list_per_community_and_the_reserves_apart(frame: Path, tmp_path: Path) -> None:
    rows = frame_rows()
    rows[0]["地址"] = "=1+1"
    write_frame(frame, rows)
    out = tmp_path / "cases.xlsx"
    call = (
        "draw",
        frame,
        *NAMES,
        "--grid",
        "网格",
        "--size",
        384 - 100,
        "--reserves",
        1,
        "--reserve-share",
        0.1,
        "--keep",
        "地址",
        "--kish",
        "--seed",
        5,
        "--out",
        out,
    )
    run = survey_service(*call, "--substitute", "330102001002-0003")
    assert run.exit_code == 0, run.output
    book = load_workbook(out)
    assert book.sheetnames == [
        "说明",
        "330102001001",
        "330102001002",
        "330102001003",
        "备用样本（未启用不得入户）",
        "全部样本与概率",
    ]
    heads = [cell.value for cell in book["330102001002"][1]]
    assert heads == [
        "样本编号",
        "户编号",
        "网格",
        "户内抽样表",
        "替换自",
        "地址",
        "18岁及以上人数",
        "被访者序号",
        "第一次入户",
        "第二次入户",
        "第三次入户",
        "结果代码",
    ]
    assert [cell.value for cell in book["330102001002"]["E"] if cell.value] == ["替换自", "330102001002-0003"]
    addresses = [cell for sheet in book for row in sheet.iter_rows() for cell in row if cell.value == "=1+1"]
    assert addresses
    assert {cell.data_type for cell in addresses} == {"s"}
    guide = [row[0] for row in book["说明"].iter_rows(values_only=True)]
    assert "A" in guide
    assert "F" in guide  # the Kish tables are printed with it
    assert survey_service(*call, "--language", "en").exit_code == 0
    assert load_workbook(out).sheetnames[0] == "How to use"


def test_a_frame_in_gb18030_and_one_in_excel_draw_the_same(frame: Path, tmp_path: Path) -> None:
    chinese = write_frame(tmp_path / "chinese.csv", frame_rows(), "gb18030")
    book = Workbook()
    assert book.active is not None
    for row in [list(frame_rows()[0]), *(list(row.values()) for row in frame_rows())]:
        book.active.append(row)
    book.save(tmp_path / "frame.xlsx")
    units = []
    for number, source in enumerate((frame, chinese, tmp_path / "frame.xlsx")):
        out = tmp_path / f"cases{number}.csv"
        assert survey_service("draw", source, *NAMES, "--size", 30, "--seed", 9, "--out", out).exit_code == 0
        units.append(drawn(out)["unit"].tolist())
    assert units[0] == units[1] == units[2]


def test_a_list_put_in_order_counts_as_people_do(tmp_path: Path) -> None:
    rows = [
        {"户编号": f"H{n}", "社区代码": "330102001001", "地址": f"{1 + n % 2}幢{n}室"} for n in (11, 2, 9, 100, 1, 10)
    ]
    frame = write_frame(tmp_path / "frame.csv", rows)
    out = tmp_path / "cases.csv"
    assert (
        survey_service("draw", frame, *NAMES, "--size", 6, "--order", "地址", "--seed", 1, "--out", out).exit_code == 0
    )
    assert drawn(out)["unit"].tolist() == ["H2", "H10", "H100", "H1", "H9", "H11"]


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"户编号": "H0001"}, 'row 7, column "户编号": “H0001” is in row 2 already'),
        ({"户编号": ""}, 'row 7, column "户编号": it is empty'),
        ({"社区代码": "33010200100"}, "“33010200100” is not a code: the others have 12 digits"),
        ({"社区代码": "980102001001"}, "there is no province 98"),
        ({"社区代码": "330102001002"}, "grid “330102001001001” lies in 330102001002 here"),
        ({"社区代码": "3.30102E+11"}, "Excel"),
    ],
)
def test_a_row_that_cannot_be_a_household_is_refused(
    frame: Path, tmp_path: Path, change: dict[str, str], message: str
) -> None:
    rows = frame_rows()
    rows[5] |= change
    write_frame(frame, rows)
    out = tmp_path / "cases.csv"
    run = survey_service("draw", frame, *NAMES, "--grid", "网格", "--size", 30, "--seed", 1, "--out", out)
    assert run.exit_code == 1
    assert message in run.output
    assert not out.exists()


def test_sizes_and_frame_must_fit(frame: Path, tmp_path: Path) -> None:
    sizes = tmp_path / "plan.csv"
    out = tmp_path / "cases.csv"
    call = ("draw", frame, *NAMES, "--sizes", sizes, "--seed", 1, "--out", out)
    sizes.write_text("code,cases\n330102001001,20\n330102001002,30\n", encoding="utf-8")
    assert "“330102001003” is not among the sizes" in survey_service(*call).output
    sizes.write_text("code,cases\n330102001001,2.5\n330102001001,3\n", encoding="utf-8")
    output = survey_service(*call).output
    assert 'row 2, column "cases": not a whole number' in output
    sizes.write_text("code,cases\n330102001001,500\n330102001002,0\n330102001003,0\n", encoding="utf-8")
    assert "500 cannot be drawn from a list of 120" in survey_service(*call).output
    sizes.write_text("code,cases\n330102001001,5\n330102001002,0\n330102001003,0\n", encoding="utf-8")
    assert "there is no stratum '330102001009'" in survey_service(*call, "--release", "330102001009=1").output
    assert "the shares add up to 0.9" in survey_service(*call, "--modes", "paper=0.9").output
    assert "there is no issued case 'X'" in survey_service(*call, "--substitute", "X").output


@pytest.mark.parametrize(
    "arguments",
    [
        [],
        ["--size", "10", "--grids", "2", "--per-grid", "3", "--grid", "网格"],
        ["--grids", "2", "--grid", "网格"],
        ["--grids", "2", "--per-grid", "3"],
        ["--size", "10", "--release", "A"],
    ],
)
def test_a_wrong_call_of_draw(frame: Path, tmp_path: Path, arguments: list[str]) -> None:
    run = survey_service("draw", frame, *NAMES, "--seed", 1, "--out", tmp_path / "cases.csv", *arguments)
    assert run.exit_code == 2


def test_a_margin_names_the_level_it_is_of(tmp_path: Path) -> None:
    """One community at 85 % and at the widest 50 %: both are right, and neither is without its level."""
    from survey_service.surveys.readiness import _outlook

    file = tmp_path / "communities.csv"
    file.write_text(COMMUNITIES, encoding="utf-8")
    several = survey_service("plan", file, "--size", "300").output
    assert "level" in several.splitlines()[2]
    assert ["85%" in row.split() for row in several.splitlines() if "望江社区" in row] == [True]
    alike = survey_service("plan", "--size", "47", "--share", "0.85").output
    assert "The plan, if the level is 85%" in alike
    widest = survey_service("plan", "--size", "47").output
    assert "Size and margin, if the level is 50%" in widest
    # The page of a draft says "of a share of 50 %" and reckons with the same function.
    margin, tier = _outlook(47, 1.0)
    assert tier == "shown"
    assert margin is not None
    assert f"±{margin:.1%}" in widest
