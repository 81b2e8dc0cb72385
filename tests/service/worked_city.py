"""The city of docs/worked-example.md: its frame, what its residents would say, and who would answer."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd

STREETS = {"清波街道": "330102001", "紫阳街道": "330102002"}
NAMES = (
    "万寿桥社区",
    "清波门社区",
    "定安路社区",
    "柳翠井社区",
    "劳动路社区",
    "定安苑社区",
    "太庙社区",
    "紫阳社区",
    "凤山门社区",
    "候潮门社区",
    "金狮苑社区",
    "木场巷社区",
)
LEVELS = (0.99, 0.90, 0.78, 0.97, 0.84, 0.80, 0.86, 0.82, 0.74, 0.66, 0.88, 0.85)
GRIDS = (8, 6, 7, 7, 5, 6, 8, 2, 6, 7, 2, 6)
LANES = ("望江路", "中河路", "河坊街", "高银巷", "大井巷")
HOUSEHOLDS_IN_GRID = (58, 84)


def city(folder: Path) -> None:
    """communities.csv and frame.csv."""
    rng = np.random.default_rng(20260930)
    communities, frame = [], []
    for place, (name, grids) in enumerate(zip(NAMES, GRIDS, strict=True)):
        street = list(STREETS)[place // 6]
        code = f"{STREETS[street]}{place % 6 + 1:03d}"
        own = 0
        for grid in range(1, grids + 1):
            size = int(rng.integers(*HOUSEHOLDS_IN_GRID)) if grids > 2 else int(rng.integers(20, 23))
            for door in range(1, size + 1):
                lane = LANES[(place + grid) % len(LANES)]
                frame.append((f"{code}-{grid:02d}-{door:03d}", street, code, f"{code}-{grid:02d}", f"{lane}{door}号"))
            own += size
        communities.append((code, name, round(own * 2.1), own, 0.85, 0.65))
    write(communities, ["code", "name", "adults", "households", "share", "response_rate"], folder / "communities.csv")
    write(frame, ["户编号", "街道", "社区代码", "网格", "地址"], folder / "frame.csv")


def write(rows: list[tuple[object, ...]], columns: list[str], path: Path) -> None:
    pd.DataFrame(rows, columns=columns).to_csv(path, index=False)


def field(
    folder: Path, source: str = "cases.csv", target: str = "field.csv", *, seed: int = 7, rise: float = 0.0
) -> None:
    """What came back of the issued cases: outcome, adults, and the answers of those who answered."""
    rng = np.random.default_rng(seed)
    cases = pd.read_csv(folder / source, dtype=str)
    cases = cases[cases["issued"].str.lower().isin(["1", "true", "yes"])].reset_index(drop=True)
    size = len(cases)
    of = {code: number for number, code in enumerate(dict.fromkeys(cases["community"]))}
    place = [of[code] for code in cases["community"]]
    adults = rng.choice([1, 2, 3, 4], size, p=[0.2, 0.5, 0.2, 0.1])
    sex = np.where(rng.random(size) < 0.5, "女", "男")
    answers = rng.random(size) < np.where(sex == "女", 0.72, 0.58)
    other = rng.choice(["2.112", "2.24", "3.17", "4.60"], size, p=[0.35, 0.3, 0.2, 0.15])
    mood = rng.normal(0, 1, size) + 3.2 * (np.array(LEVELS)[place] - 0.85) + rise
    cases["result"] = np.where(answers, "1.1", other)
    cases["adults"] = np.where(answers | (other == "2.112"), adults.astype(str), "")
    cases["性别"] = np.where(answers, sex, "")
    level = np.array(LEVELS)[place] + np.where(sex == "女", 0.02, -0.02) + rise * 0.05
    happy = rng.random(size) < np.clip(level, 0, 1)
    happy |= np.array(place) == 0  # one community in which everyone who is asked says yes
    cases["satisfied"] = np.where(answers, happy.astype(int).astype(str), "")
    for name, weight, middle in (("环境", 0.8, 3.6), ("秩序", 0.4, 3.9), ("服务", 0.6, 4.1)):
        points = np.clip(np.round(middle + weight * mood + rng.normal(0, 0.7, size)), 1, 5).astype(int)
        cases[name] = np.where(answers, points.astype(str), "")
    total = np.clip(np.round(70 + 12 * mood + rng.normal(0, 7, size)), 0, 100).astype(int)
    cases["总体"] = np.where(answers, total.astype(str), "")
    known = pd.to_numeric(cases["adults"], errors="coerce")
    weight = pd.to_numeric(cases["household_weight"]) * known.fillna(known.mean())
    cases["person_weight"] = weight.round(6)
    cases.to_csv(folder / target, index=False)


def margins(folder: Path) -> None:
    adults = int(pd.read_csv(folder / "communities.csv")["adults"].sum())
    women = round(adults * 0.507)
    write(
        [("性别", "女", women), ("性别", "男", adults - women)],
        ["variable", "category", "total"],
        folder / "margins.csv",
    )


def areas(folder: Path) -> None:
    """What is known of every community: the share of 60 and older, and of homes built before 1990."""
    codes = pd.read_csv(folder / "communities.csv", dtype={"code": str})["code"]
    rng = np.random.default_rng(11)
    old = [round(0.55 - 0.4 * (level - 0.66) + rng.normal(0, 0.02), 3) for level in LEVELS]
    rows = list(zip(codes, [round(float(x), 3) for x in rng.uniform(0.18, 0.32, len(codes))], old, strict=True))
    write(rows, ["community", "share_60", "before_1990"], folder / "areas.csv")


def next_quarter(folder: Path) -> None:
    """weighted_q4.csv: the same frame drawn anew, somewhat happier, weighted in the same way."""
    from typer.testing import CliRunner

    from survey_service.commands import app

    def run(*arguments: str) -> None:
        result = CliRunner().invoke(app, arguments)
        assert result.exit_code == 0, result.output

    run(
        "draw",
        "frame.csv",
        "--unit",
        "户编号",
        "--community",
        "社区代码",
        "--grid",
        "网格",
        "--sizes",
        "plan.csv",
        "--order",
        "网格,地址",
        "--keep",
        "街道,地址",
        "--kish",
        "--seed",
        "20261231",
        "--out",
        "cases_q4.csv",
    )
    field(folder, "cases_q4.csv", "field_q4.csv", seed=8, rise=0.5)
    run(
        "weight",
        "field_q4.csv",
        "--design-weight",
        "person_weight",
        "--status",
        "result",
        "--classes",
        "community",
        "--margins",
        "margins.csv",
        "--out",
        "weighted_q4.csv",
    )
