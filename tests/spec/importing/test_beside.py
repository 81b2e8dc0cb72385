"""Columns beside the answers: what names a case and what only numbers rows; numbers of persons; heads without end."""

from __future__ import annotations

from dataclasses import replace
from uuid import UUID

import pytest

from survey_service.importing import naming, personal
from survey_service.importing.plan import Target
from survey_service.importing.prepare import CaseRef, Ground, Prepared, fold_name, prepare
from survey_service.importing.recognise import suggest
from survey_service.importing.words import Kind, kept_problem
from survey_service.models import Mode
from survey_service.tabular.cells import read_cells
from tests.spec.importing.damaged import COMMUNITY, QUESTIONNAIRE

PADDED = tuple(f"{place:06d}" for place in range(1, 30))
LONG = tuple(f"1101010010020{place:05d}" for place in range(30_001, 30_004))  # 18 digits
AGE = "您今年多大年纪？"


def ground(numbers: tuple[str, ...]) -> Ground:
    return Ground(
        wave_id=UUID(int=1),
        cases={
            number: CaseRef(id=UUID(int=100 + place), number=number, area_id=COMMUNITY, mode=Mode.PAPER)
            for place, number in enumerate(numbers)
        },
        communities={fold_name("万寿桥社区"): COMMUNITY},
    )


def column(head: str, cells: tuple[str, ...], numbers: tuple[str, ...]) -> tuple[Target, bool]:
    text = "\n".join([f"{head};{AGE}", *(f"{cell};45" for cell in cells)])
    found = suggest(read_cells("a.csv", text.encode()), QUESTIONNAIRE, numbers).columns[0]
    return found.target, found.sure


def taken(head: str, cells: tuple[str, ...], numbers: tuple[str, ...]) -> Prepared:
    text = "\n".join([f"{head};{AGE};所在社区", *(f"{cell};45;万寿桥社区" for cell in cells)])
    grid = read_cells("a.csv", text.encode())
    held = ground(numbers)
    return prepare(grid, suggest(grid, QUESTIONNAIRE, held.cases), QUESTIONNAIRE, held)


@pytest.mark.parametrize(
    ("head", "cells", "numbers", "target", "sure"),
    [
        ("编号", ("1", "2", "3"), PADDED, Target.SERIAL, False),  # not cases 000001 to 000003
        ("编号", ("0", "1", "2"), (), Target.SERIAL, False),
        ("No.", ("7", "9", "12"), PADDED, Target.SERIAL, False),
        ("问卷编号", ("000004", "000002", "000009"), PADDED, Target.CASE, True),
        ("编号", ("1", "2", "3"), ("1", "2", "3", "4"), Target.CASE, False),  # both: to be looked at
        ("编号", ("12", "4", "9"), PADDED, Target.CASE, False),  # may be cases without their zeros
        ("表号", ("1", "2", "3"), PADDED, Target.CASE, False),
        ("表号", ("000004", "000002"), PADDED, Target.CASE, True),
        ("样本编号", LONG, LONG, Target.CASE, True),
        ("样本编号", ("110101199003071234", "110101199003071235"), PADDED, Target.CASE, True),
        ("样本编号", ("x", "y"), (), Target.CASE, True),  # never left out without a word
        ("序号", ("1", "2", "3"), PADDED, Target.SERIAL, True),
    ],
)
def test_what_names_a_case_and_what_numbers_rows(
    head: str, cells: tuple[str, ...], numbers: tuple[str, ...], target: Target, sure: bool
) -> None:
    assert column(head, cells, numbers) == (target, sure)


def test_rows_numbered_from_one_never_become_cases_with_lost_zeros() -> None:
    assert [row.case for row in taken("编号", ("1", "2", "3"), PADDED).rows] == [None] * 3
    kept = taken("样本编号", ("000004", "000002"), PADDED)
    assert [row.case.number for row in kept.rows if row.case] == ["000004", "000002"]


@pytest.mark.parametrize("cells", [("1.10101E+17", "1.10101E+17"), ("110101001002000000", "110101001002000000")])
def test_long_numbers_that_excel_rounded_are_refused_by_row_and_column(cells: tuple[str, ...]) -> None:
    """Their last three digits became zeros: the row would go to nobody, or to another household."""
    numbers = ("110101001002000000", "110101001002000001", "110101001002000002")
    prepared = taken("样本编号", cells, numbers)
    assert [(one.row, one.column, one.kind) for one in prepared.problems] == [
        (2, "样本编号", Kind.ROUNDED),
        (3, "样本编号", Kind.ROUNDED),
    ]
    whole = taken("样本编号", LONG, LONG)
    assert not whole.problems
    assert [row.case.number for row in whole.rows if row.case] == list(LONG)


def test_a_case_is_known_by_its_number_in_either_case_and_with_blanks() -> None:
    """Typed numbers were put into capitals without blanks, so that a case h-001 of the sample was never found."""
    numbers = ("h-001", "A 02", "B-3", "b-3")
    prepared = taken("表号", ("H-001", "a02", "b-3", "B-3"), numbers)
    assert not prepared.problems
    assert [row.case.number for row in prepared.rows if row.case] == ["h-001", "A 02", "b-3", "B-3"]
    both = taken("表号", ("B - 3",), numbers)
    assert [(one.row, one.kind, one.values["codes"]) for one in both.problems] == [
        (2, Kind.TWO_NUMBERS, ("B-3", "b-3"))
    ]


# ------------------------------------------------------------------ numbers of persons

IDENTITY, MOBILE = "110101199003071234", "13812345678"


@pytest.mark.parametrize(
    "cell",
    [
        IDENTITY,
        f"请回电{MOBILE}谢谢",
        "１３８１２３４５６７８",
        "138-1234-5678",
        f"wx{MOBILE}",
        f"身份证{IDENTITY}",
        "11010119900307123x",
    ],
)
@pytest.mark.parametrize("head", ["您还有什么建议？", "您是从哪里知道的？", "序号", "表号", "所在社区", AGE])
def test_a_persons_number_is_a_problem_wherever_it_stands_and_is_not_repeated(head: str, cell: str) -> None:
    text = f"表号;{head}\n;没有\n;{cell}\n" if head != "表号" else f"表号;{AGE}\n;45\n{cell};46\n"
    grid = read_cells("a.csv", text.encode())
    plan = suggest(grid, QUESTIONNAIRE, PADDED)
    place = 0 if head == "表号" else 1
    if plan.columns[place].target in (Target.IGNORE, Target.PERSONAL):
        plan = plan.with_column(place, target=Target.ANSWER, variable="opinion")
    kept, problems = personal.shielded(grid, plan, PADDED)
    assert [(one.row, one.column, one.kind) for one in problems] == [(3, head, Kind.PERSONAL)]
    assert kept == plan
    said = f"{[kept_problem(one) for one in problems]}"
    assert cell not in said
    assert "请在文件里把号码改成" in said
    if plan.columns[place].target is Target.ANSWER:
        prepared = prepare(grid, plan, QUESTIONNAIRE, ground(PADDED))
        assert Kind.PERSONAL in {one.kind for one in prepared.problems}
        assert cell not in f"{[kept_problem(one) for one in prepared.problems]}"


def test_a_column_that_is_not_taken_in_is_given_up_where_it_holds_such_a_number() -> None:
    grid = read_cells("a.csv", f"{AGE};备注\n45;没有\n46;找{MOBILE}\n".encode())
    plan, problems = personal.shielded(grid, suggest(grid, QUESTIONNAIRE), ())
    assert not problems
    assert [one.target for one in plan.columns] == [Target.ANSWER, Target.PERSONAL]


def test_a_case_may_be_numbered_as_a_person_is() -> None:
    grid = read_cells("a.csv", f"表号;{AGE}\n{IDENTITY};45\n".encode())
    assert personal.shielded(grid, suggest(grid, QUESTIONNAIRE, [IDENTITY]), {IDENTITY})[1] == []


# ------------------------------------------------------------------ heads

WITHOUT_END = (
    " " * 400_000,
    "1" + " " * 400_000,
    "第" + " " * 400_000,
    "题" + "—" * 400_000,
    "a(" * 200_000 + ")",
    "1、" + " " * 400_000 + "x",
    "—" * 400_000,
    "其他-" * 100_000,
    "[" * 400_000,
    "a. " * 130_000,
    "q/" * 200_000,
)


@pytest.mark.parametrize("head", WITHOUT_END)
def test_a_head_without_end_is_read_once(head: str) -> None:
    """Where an expression turned back, 8,000 blanks took half a minute; these would take a day."""
    naming.numbered(head)
    assert len(naming.parted(head)) <= 16
    grid = replace(read_cells("a.csv", f"{AGE};x\n45;1\n".encode()), heads=(AGE, f"x{head}y"))
    assert suggest(grid, QUESTIONNAIRE).columns[0].variable == "age"


def test_what_a_head_says() -> None:
    assert naming.numbered("第 3 题：您满意吗") == (3, "您满意吗")
    assert naming.numbered("Q12. a") == (12, "a")
    assert naming.numbered("1234、a") is None
    assert naming.numbered("12 岁") is None
    assert naming.parted("你好—停车") == [("你好", "停车")]
    assert naming.parted("Wi-Fi - good") == [("Wi", "Fi - good"), ("Wi-Fi", "good")]
    assert ("你好(多选)", "微信") in naming.parted("你好(多选)(微信)")
    assert naming.without_code("socio1. In which country?") == "In which country?"
    assert naming.without_code("So. it is") == "it is"
    assert naming.key("channels[2]") == naming.key("channels/2") == naming.key("Channels_2") == ("channels", "2")


@pytest.mark.parametrize(
    ("head", "variable", "option", "sure"),
    [
        ("channels", "channels", "", True),
        ("channels[2]", "channels", "2", True),
        ("group1/channels/2", "channels", "2", False),
        ("main-age", "age", "", False),
        ("channels[other]", "channels.other", "", True),
        ("channels/other", "channels.other", "", True),
        ("aspects[lanes]", "aspects.lanes", "", True),
        ("know. Do you know that the city applies?", "know", "", True),
        ("channels[1]. How did you hear of it? [Notice board]", "channels", "1", True),
        ("How did you hear of it? - Selected Choice", "channels", "", True),
        ("How did you hear of it? - WeChat", "channels", "2", True),
    ],
)
def test_variables_as_platforms_name_them(head: str, variable: str, option: str, sure: bool) -> None:
    found = suggest(read_cells("a.csv", f"{head};x\n1;2\n".encode()), QUESTIONNAIRE).columns[0]
    assert (found.variable, found.option, found.sure) == (variable, option, sure)
