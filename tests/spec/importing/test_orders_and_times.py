"""Cells that hold an order or a time of the day, as platforms and spreadsheets leave them."""

from __future__ import annotations

from uuid import uuid4

import pytest

from questionnaires.answers import Policy, check_answers
from questionnaires.model import Questionnaire
from survey_service.importing.kinds import Source, reader
from survey_service.importing.plan import Target
from survey_service.importing.prepare import Ground, prepare
from survey_service.importing.recognise import suggest
from survey_service.importing.words import Kind, Notice
from survey_service.tabular.cells import Mark, Odd, read_cells
from tests.spec.questionnaires import test_ranking, test_time
from tests.spec.questionnaires.examples import loaded

ORDERS = [
    ("选项3→选项1→选项2", ["3", "1", "2"]),
    ("选项3┋选项1┋选项2", ["3", "1", "2"]),
    ("Option 3; Option 1; Option 2", ["3", "1", "2"]),
    ("3,1,2", ["3", "1", "2"]),
    ("312", ["3", "1", "2"]),
    ("选项3→选项1", None),  # two of three
    ("选项3→选项1→选项1", None),
    ("(空)", []),
    ("", []),
]
TIMES = [
    ("8:30", "08:30", set()),
    ("下午3点", "15:00", set()),
    ("８：３０", "08:30", {Notice.FULL_WIDTH}),
    ("08:30:00", "08:30", {Notice.TIME_CELL}),
    ("08:30:59", "08:30", {Notice.TIME_CELL}),
    ("2026-09-18 19:42:00", "19:42", {Notice.TIME_CELL}),
    ("1900/1/0 6:05", "06:05", {Notice.TIME_CELL}),
    ("0.354166666666667", "08:30", {Notice.TIME_CELL}),
    (Odd.of("08:30:00", Mark.DATE), "08:30", {Notice.TIME_CELL}),
    ("早上", None, set()),
    ("46000", None, set()),
]


@pytest.fixture(scope="module")
def ranked(tmp_path_factory: pytest.TempPathFactory) -> Questionnaire:
    return loaded(tmp_path_factory.mktemp("ranked"), test_ranking.DEFINITION)


@pytest.fixture(scope="module")
def clock(tmp_path_factory: pytest.TempPathFactory) -> Questionnaire:
    return loaded(tmp_path_factory.mktemp("clock"), test_time.DEFINITION)


def source(questionnaire: Questionnaire, name: str) -> Source:
    return Source(question=questionnaire.question(name), said={}, platform=True, epoch_1904=False)


@pytest.mark.parametrize(("cell", "placed"), ORDERS, ids=[one[0] or "blank" for one in ORDERS])
def test_an_order_in_one_cell(ranked: Questionnaire, cell: str, placed: list[str] | None) -> None:
    reading = reader(source(ranked, "first"), "first")(cell)
    assert reading.problem is None
    checked = check_answers(ranked, {"first": reading.answer}, Policy.IMPORT)
    assert checked.canonical.get("first", []) == (placed or [])
    assert checked.accepted == (placed is not None)


RANKS = [
    #  the five columns of a platform                    the order       what is wrong
    (("2", "3", "1", "", ""), ["3", "1", "2"], None),
    (("2", "3", "1", "0", "-3"), ["3", "1", "2"], None),  # 0 and -3: at no rank
    (("第2位", "第3名", "第 1", "", ""), ["3", "1", "2"], None),
    (("２", "3.0", "01", "", ""), ["3", "1", "2"], None),
    (("", "", "", "", ""), None, None),
    (("2", "2", "1", "", ""), None, Kind.JUDGED),  # two at one rank
    (("1", "", "", "", "2"), None, Kind.JUDGED),  # two of three
    (("1", "2", "3", "4", ""), None, Kind.JUDGED),  # one too many
    (("1", "2", "9", "", ""), None, Kind.UNKNOWN_VALUE),
    (("1", "2", "高", "", ""), None, Kind.UNKNOWN_VALUE),
]


@pytest.mark.parametrize(("cells", "placed", "wrong"), RANKS, ids=[",".join(one[0]) for one in RANKS])
def test_a_column_for_each_option_holds_its_rank(
    ranked: Questionnaire, cells: tuple[str, ...], placed: list[str] | None, wrong: Kind | None
) -> None:
    """As 问卷星 exports it: found by the label in the head, put together before it is judged."""
    heads = ["序号", "提交答卷时间", "所用时间", *(f"1、先做哪几件(选项{code})" for code in range(1, 6)), "所在社区"]
    rows = [heads, ["1", "2026/9/18 10:00:00", "60秒", *cells, "万寿桥社区"]]
    grid = read_cells("orders.csv", "\n".join(",".join(row) for row in rows).encode())
    area = uuid4()
    ground = Ground(wave_id=uuid4(), cases={}, communities={"万寿桥社区": area})
    plan = suggest(grid, ranked)
    assert [one.option for one in plan.columns if one.target is Target.OPTION] == list("12345")
    found = prepare(grid, plan, ranked, ground)
    assert [one.kind for one in found.problems][:1] == ([wrong] if wrong else [])
    if not wrong:
        assert [dict(row.checked.canonical) for row in found.rows] == ([{"first": placed}] if placed else [])


@pytest.mark.parametrize(("cell", "kept", "notices"), TIMES, ids=[str(one[0]) for one in TIMES])
def test_a_time_in_a_cell(clock: Questionnaire, cell: str, kept: str | None, notices: set[Notice]) -> None:
    reading = reader(source(clock, "any"), "any")(cell)
    assert {kind for kind, _, _ in reading.notices} == notices
    checked = check_answers(clock, {"any": reading.answer}, Policy.IMPORT)
    assert checked.canonical.get("any") == kept
    assert checked.accepted == (kept is not None)
