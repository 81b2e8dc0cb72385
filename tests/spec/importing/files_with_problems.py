"""For every kind of problem of every upload, a file that has it."""

from __future__ import annotations

import csv
import io
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import UTC, date, datetime
from uuid import UUID
from zoneinfo import ZoneInfo

import pytest

from questionnaires.text import Text
from survey_service.areas import area_file, people_file
from survey_service.areas.area_file import Known
from survey_service.areas.words import InAreas
from survey_service.commands.draw_work import _read_sizes
from survey_service.field import outcome_file, telephone_file
from survey_service.field.outcome_file import InOutcomes
from survey_service.field.telephone_file import InTelephones
from survey_service.importing.choices import Codes, choose
from survey_service.importing.heads import settled
from survey_service.importing.plan import Target
from survey_service.importing.prepare import CaseRef, Ground, fold_name, prepare
from survey_service.importing.recognise import suggest
from survey_service.importing.words import Kind
from survey_service.migrations.guards import ERASED
from survey_service.models import Mode, RegisterKind
from survey_service.outside import tables
from survey_service.outside.door import Stopped
from survey_service.sampling import case_files, frames
from survey_service.sampling.words import InFrame, InSample, InSizes
from survey_service.surveys import household_doors, household_list
from survey_service.surveys.household_doors import InDoors
from survey_service.surveys.household_list import InHouseholds
from survey_service.tabular import TableError, read_sheet_bytes
from survey_service.tabular.cells import read_cells
from survey_service.tabular.limits import UPLOADED, Limits
from survey_service.tabular.problems import ProblemKind
from survey_service.tabular.reading import read_table
from survey_service.tabular.words import Reader
from survey_service.uploads.records import read_records
from survey_service.uploads.words import InList
from tests import hostile_files as hostile
from tests.spec.importing.accounts_with_problems import IN_ACCOUNTS
from tests.spec.importing.damaged import QUESTIONNAIRE
from tests.spec.importing.maps_with_problems import IN_MAP
from tests.spec.importing.read_here import Meets, Problems, read_here
from tests.spec.importing.rectification_with_problems import IN_RECTIFICATION

# ------------------------------------------------------------------ the files


def refused(read: Callable[[], object]) -> Problems:
    with pytest.raises(TableError) as caught:
        read()
    return caught.value.problems


def by_columns(data: bytes, name: str = "a.csv", limits: Limits = UPLOADED) -> Meets:
    return lambda: refused(lambda: read_sheet_bytes(name, data, limits))


def by_cells(data: bytes, name: str = "a.xlsx") -> Meets:
    return lambda: refused(lambda: settled(read_cells(name, data)))


def typed(*cells: str) -> Meets:
    sheet = b"a\n" + "\n".join(cells).encode() + b"\n"
    return lambda: refused(lambda: read_sheet_bytes("a.csv", sheet).typed(numbers=["a"]))


def small(**limits: int) -> Limits:
    return replace(UPLOADED, **limits)


def cells(rows: str, after: str = "") -> bytes:
    return hostile.workbook(hostile.sheet(rows, after))


def stopped(reason: str) -> Meets:
    """What the parent says of a child that was stopped."""

    def read() -> Problems:
        def gone(*_: object) -> None:
            raise Stopped(reason)

        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(tables, "parsed", gone)
            return refused(lambda: tables.read_grid("a.csv", b"a\n1\n"))

    return read


BOTH = '<row r="2"><c r="A2"><v>1</v></c><c r="B2"><v>2</v></c></row>'
TWO_SHEETS = {"one": [["case", "psu"], ["1", "2"]], "two": [["case", "psu"], ["1", "2"]]}


def sheets() -> bytes:
    import xlsxwriter

    made = io.BytesIO()
    with xlsxwriter.Workbook(made, {"in_memory": True}) as book:
        for name, rows in TWO_SHEETS.items():
            sheet = book.add_worksheet(name)
            for place, row in enumerate(rows):
                sheet.write_row(place, 0, row)
    return made.getvalue()


READER: Mapping[ProblemKind, Meets] = {
    Reader.EMPTY_FILE: by_cells(b"", "a.csv"),
    Reader.NO_HEADS: by_columns(b"\n1\n"),
    Reader.NO_ROWS: by_cells(b"a,b\n", "a.csv"),
    Reader.TOO_MANY_ROWS: by_columns(b"a\n1\n2\n3\n", limits=small(rows=2)),
    Reader.TOO_MANY_COLUMNS: by_columns(b"a,b,c\n1,2,3\n", limits=small(columns=2)),
    Reader.TOO_MANY_CELLS: by_columns(b"a,b\n1,2\n3,4\n", limits=small(cells=3)),
    Reader.TOO_MUCH_TEXT: by_columns(cells(BOTH), "a.xlsx", small(characters=1)),
    Reader.LONG_HEAD: by_columns(b"abc\n1\n", limits=small(head=2)),
    Reader.LONG_CELL: by_columns(b"a\nxyz\n", limits=small(cell=2)),
    Reader.LONG_NAMED_CELL: by_columns(
        cells('<row r="2"><c r="A2" t="inlineStr"><is><t>xyz</t></is></c></row>'), "a.xlsx", small(cell=2)
    ),
    Reader.TOOK_TOO_LONG: stopped("time"),
    Reader.TOOK_TOO_MUCH_MEMORY: stopped("memory"),
    Reader.MORE_THAN_READ: stopped("output"),
    Reader.OTHERS_READ: stopped("busy"),
    Reader.CANNOT_BE_READ: stopped("died"),
    Reader.HEAD_BROKEN: by_columns(b'a,"b\n1,2\n'),
    Reader.NO_HEAD: by_columns(b"sep=;\na;b\n1;2\n"),
    Reader.HEADS_MERGED: by_cells(cells(BOTH, '<mergeCells><mergeCell ref="A1:B1"/></mergeCells>')),
    Reader.HEAD_TWICE: by_columns(b"a,a\n1,2\n"),
    Reader.HEADLESS: by_columns(b"a,,b\n1,2,3\n"),
    Reader.HEADLESS_CELLS: by_cells(b"a,,b\n1,2,3\n", "a.csv"),
    Reader.ONE_HEAD_BESIDE: by_columns(b"a,,\n1,2,3\n"),
    Reader.HEADS_UNLIKE_ROWS: by_columns(b"a,b\n1,2,3\n4,5,6\n"),
    Reader.ONE_HEAD: by_columns(b"title\na;b\n1;2\n"),
    Reader.NO_COLUMN: lambda: refused(lambda: read_sheet_bytes("a.csv", b"a\n1\n").typed(labels=["b"])),
    Reader.WORKBOOK_NOT_CSV: by_columns(b"PK\x03\x04"),
    Reader.NOT_TEXT: by_columns(b"a\x00b\n"),
    Reader.CUT_CHARACTER: by_columns("a\nb\n".encode("utf-16") + b"x"),
    Reader.BROKEN_CHARACTER: by_columns("社区满意吗\n一二三四五六\n".encode() + "一".encode()[:2] + b"\n"),
    Reader.UNKNOWN_ENCODING: by_columns(b"a\n\xff\xff\xff\n"),
    Reader.QUOTE_LEFT_OPEN: by_columns(b'a,b\n"1\n,2",3,4\n'),
    Reader.QUOTE_NEVER_CLOSED: by_columns(b'a,b\n1,2\n1,"2\n'),
    Reader.CELLS_BESIDE_HEADS: by_columns(b"a,b\n1,2\n1\n"),
    Reader.OLD_EXCEL: by_columns(b"", "a.xls"),
    Reader.NO_WORKBOOK: by_columns(b"no workbook", "a.xlsx"),
    Reader.WORKBOOK_EMPTY: by_columns(hostile.workbook("<worksheet/>"), "a.xlsx"),
    Reader.WORKBOOK_DAMAGED: by_columns(hostile.workbook("<worksheet>"), "a.xlsx"),
    Reader.WORKBOOK_UNREADABLE: by_cells(hostile.workbook("<worksheet>")),
    Reader.UNPACKS_TO: by_columns(cells(BOTH), "a.xlsx", small(unpacked=10)),
    Reader.TOO_MANY_PARTS: by_columns(cells(BOTH), "a.xlsx", small(parts=2)),
    Reader.TOO_MANY_SHEETS: by_columns(cells(BOTH), "a.xlsx", small(sheets=0)),
    Reader.MARKUP_TOO_DEEP: by_columns(cells(BOTH), "a.xlsx", small(depth=1)),
    Reader.LONG_TAG: by_columns(hostile.one_long_tag(200_000), "a.xlsx", small(tag=1_000)),
    Reader.SHEETS_ALIKE: lambda: refused(lambda: read_table("a.xlsx", sheets(), UPLOADED, case_files.HEADS)),
    Reader.TOO_MANY_MERGED_RANGES: by_columns(
        cells(BOTH, '<mergeCells><mergeCell ref="A3:B3"/></mergeCells>'), "a.xlsx", small(merged=0)
    ),
    Reader.TOO_MANY_MERGED: by_cells(hostile.merged_whole(1)),
    Reader.MERGED: by_columns(cells(BOTH, '<mergeCells><mergeCell ref="A2:B2"/></mergeCells>'), "a.xlsx"),
    Reader.UNCALCULATED: by_columns(
        cells('<row r="2"><c r="A2"><f>1+1</f></c></row>' + BOTH.replace("2", "3")), "a.xlsx"
    ),
    Reader.EXCEL_ERROR: by_columns(cells('<row r="2"><c r="A2" t="e"><v>#DIV/0!</v></c></row>'), "a.xlsx"),
    Reader.LONG_NUMBER: by_columns(cells('<row r="2"><c r="A2"><v>1234567890123456</v></c></row>'), "a.xlsx"),
    Reader.WEB_ARCHIVE: by_cells(b"MIME-Version: 1.0\n", "a.xls"),
    Reader.XML_OF_2003: by_cells(b"<?xml version='1.0'?><Workbook/>", "a.xls"),
    Reader.NO_TABLE: by_cells(b"<html>please sign in</html>", "a.xls"),
    Reader.TABLE_IN_TABLE: by_cells(b"<table><tr><td>a<td><table><tr><td>b</table></table>", "a.xls"),
    Reader.WEB_MERGED: by_cells(b"<table><tr><td>a<td>b</tr><tr><td rowspan=2>1<td>2</tr></table>", "a.xls"),
    Reader.NOT_A_NUMBER: typed("x"),
    Reader.NUMBER_WITH_PERCENT: typed("85%"),
    Reader.NUMBER_WITH_COMMAS: typed('"1,234"'),
    Reader.NUMBER_WITH_DECIMAL_COMMA: typed('"1,5"'),
    Reader.TOO_MANY_DIGITS: typed("12345678901234567890"),
    Reader.INFINITE: typed("1e999"),
    Reader.ROUNDED: lambda: refused(lambda: read_sheet_bytes("a.csv", b"a\n1.1E+17\n").typed(labels=["a"])),
}
IN_LIST: Mapping[ProblemKind, Meets] = {
    InList.NO_COLUMN: lambda: refused(lambda: read_records("a.csv", b"code,kind\n1,2\n", area_file.COLUMNS)),
    InList.COLUMN_TWICE: lambda: refused(
        lambda: read_records("a.csv", b"code,name,kind,level\n1,2,3,4\n", area_file.COLUMNS)
    ),
}


# ------------------------------------------------------------------ areas and people

KNOWN = {
    code: Known(code=code, parent=above, kind=kind, name=code, name_en="", households=None, mine=mine)
    for code, above, kind, mine in (
        ("110101000000", None, "street", True),
        ("110101001001", "110101000000", "community", True),
        ("220101000000", None, "street", False),
    )
}


def areas(*rows: str) -> Meets:
    """Rows of code, name, name_en, kind, parent, households."""
    content = "\n".join(["code,name,name_en,kind,parent,households", *rows]).encode()
    return lambda: area_file.judge_areas(read_here(content, area_file.COLUMNS), KNOWN).problems


def people(*rows: str, counted: Iterable[str] = ()) -> Meets:
    content = "\n".join(["code,sex,age_group,persons", *rows]).encode()
    read = people_file.COLUMNS
    day = date(2026, 6, 30)
    said = people_file.Declaration(as_of=day, register=RegisterKind.USUAL_RESIDENTS, source="register")
    return lambda: people_file.judge_people(read_here(content, read), KNOWN, counted, said, day).problems


IN_AREAS: Mapping[ProblemKind, Meets] = {
    InAreas.NO_CODE: areas("11A,x,,street,,"),
    InAreas.CODE_TWICE: areas("110101002000,x,,street,110101000000,", "110101002000,y,,street,,"),
    InAreas.CODE_NOT_YOURS: areas("220101000000,x,,street,,"),
    InAreas.NO_NAME: areas("110101002000,,,street,,"),
    InAreas.LONG_ENGLISH_NAME: areas(f"110101002000,x,{'y' * 121},street,,"),
    InAreas.NO_LEVEL: areas("110101002000,x,,tribe,,"),
    InAreas.NO_COUNT: areas("110101002000,x,,street,,many"),
    InAreas.NO_PARENT_FOUND: areas("330101002000,x,,street,,"),
    InAreas.OWN_PARENT: areas("110101002000,x,,street,110101002000,"),
    InAreas.ROUND: areas("110101002000,x,,street,110101003000,", "110101003000,y,,street,110101002000,"),
    InAreas.NO_SUCH_PARENT: areas("110101002000,x,,street,999999999999,"),
    InAreas.MOVED: areas("110101001001,x,,community,220101000000,"),
    InAreas.NO_AREA: people("999999999999,male,18-29,1"),
    InAreas.COUNTED: people("110101001001,male,18-29,1", counted=["110101001001"]),
    InAreas.NO_SEX: people("110101001001,x,18-29,1"),
    InAreas.NO_AGE_GROUP: people("110101001001,male,young,1"),
    InAreas.OVERLAP: people("110101001001,male,18-29,1", "110101001001,male,25-40,1"),
}


# ------------------------------------------------------------------ samples and frames

CASE = {
    "case": "h-1",
    "issued": "1",
    "community": "110101001001",
    "stratum": "s",
    "psu": "p",
    "stage_1_unit": "u",
    "stage_1_population": "20",
    "stage_1_sampled": "4",
    "stage_1_probability": "0.2",
    "inclusion_probability": "0.2",
    "adults": "2",
    "first_mode": "paper",
}


def sample(*changes: Mapping[str, str], without: str = "") -> Meets:
    written = io.StringIO()
    heads = dict.fromkeys((*CASE, *(name for one in changes for name in one)))
    writer = csv.DictWriter(written, [name for name in heads if name != without], extrasaction="ignore")
    writer.writeheader()
    writer.writerows({**CASE, **one} for one in changes)
    sheet = lambda: read_sheet_bytes("cases.csv", written.getvalue().encode())  # noqa: E731
    return lambda: refused(lambda: case_files.read_cases(sheet(), {"110101001001": UUID(int=1)}, [Mode.PAPER]))


def frame(*rows: str, sizes: Sequence[str] | None = None) -> Meets:
    content = "\n".join(["unit,community,grid", *rows]).encode()
    return lambda: refused(
        lambda: frames.read_frame(
            read_sheet_bytes("frame.csv", content),
            unit="unit",
            community="community",
            grid="grid",
            known_communities=sizes,
        )
    )


def sizes(content: str) -> Meets:
    def read() -> Problems:
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(
                "survey_service.commands.draw_work.read_sheet", lambda _: read_sheet_bytes("s.csv", content.encode())
            )
            return refused(lambda: _read_sizes("s.csv"))  # type: ignore[arg-type]

    return read


GRIDS = [f"{place},110101001001,g" for place in range(1, 12)]
IN_SAMPLE: Mapping[ProblemKind, Meets] = {
    InSample.NO_STAGE: sample({}, without="stage_1_probability"),
    InSample.NONE_ISSUED: sample({"issued": "0"}),
    InSample.NO_REPLICATE: sample({"replicate": "0"}, {"case": "h-2", "issued": "0", "replicate": "0"}),
    InSample.EMPTY: sample({"psu": ""}),
    InSample.NO_COMMUNITY: sample({"community": "x"}),
    InSample.NUMBER_TWICE: sample({}, {"case": "H - 1"}),
    InSample.TOO_LONG: sample({"case": "x" * 31}),
    InSample.NO_POPULATION: sample({"stage_1_population": ""}),
    InSample.IMPOSSIBLE_SHARE: sample({"stage_1_sampled": "40"}),
    InSample.NO_PROBABILITY: sample({"stage_1_probability": "2"}),
    InSample.NOT_THE_PRODUCT: sample({"inclusion_probability": "0.3"}),
    InSample.NO_ADULTS: sample({"adults": "0"}),
    InSample.NO_KISH_TABLE: sample({"kish_table": "Z"}),
    InSample.NO_MODE: sample({"first_mode": "telegraph"}),
    InFrame.NO_ROWS: frame(),
    InFrame.EMPTY: frame("1,110101001001,"),
    InFrame.TWICE: frame("1,110101001001,g", "1,110101001001,g"),
    InFrame.OTHER_LENGTH: frame(*GRIDS, "99,11010100100,h"),
    InFrame.NO_PROVINCE: frame(*GRIDS, "99,980101001001,h"),
    InFrame.NOT_AMONG_SIZES: frame("1,110101001001,g", sizes=["110101001002"]),
    InFrame.GRID_IN_TWO: frame("1,110101001001,g", "2,110101001002,g"),
    InSizes.NO_CODE: sizes("code,cases\n,3\n"),
    InSizes.CODE_TWICE: sizes("code,cases\nx,3\nx,3\n"),
    InSizes.NO_COUNT: sizes("code,cases\nx,1.5\n"),
}


# ------------------------------------------------------------------ answers

COMMUNITY = UUID(int=7)
AGE, KNOW = "您今年多大年纪？", "您知道本市正在创建全国文明城市吗？"
HEARD, MORE = "您是从哪里知道的？", "您还有什么建议？"


def answers(
    content: str, *, numbers: Sequence[str] = ("0001", "0002", "0003", "0004"), known: str = "", done: bool = False
) -> Meets:
    """A file of answers, mapped as suggested. ``known``: what the wave holds of its first row."""

    def read() -> Problems:
        grid = read_cells("a.csv", content.encode())
        cases = {
            number: CaseRef(id=UUID(int=100 + place), number=number, area_id=COMMUNITY, mode=Mode.PAPER, complete=done)
            for place, number in enumerate(numbers)
        }
        held = Ground(wave_id=UUID(int=1), cases=cases, communities={fold_name("万寿桥社区"): COMMUNITY})
        plan = suggest(grid, QUESTIONNAIRE, held.cases)
        if known:
            first = prepare(grid, plan, QUESTIONNAIRE, held).rows[0]
            held = replace(held, known={first.client_id: known})
        return prepare(grid, plan, QUESTIONNAIRE, held).problems

    return read


def odd(cell: str, after: str = "") -> Meets:
    """A workbook of answers with one odd cell in the column of the age."""
    heads = "".join(
        f'<c r="{place}1" t="inlineStr"><is><t>{head}</t></is></c>' for place, head in (("A", "表号"), ("B", AGE))
    )
    rows = f'<row r="1">{heads}</row><row r="2"><c r="A2" t="inlineStr"><is><t>0001</t></is></c>{cell}</row>'
    book = hostile.workbook(f"<worksheet><sheetData>{rows}</sheetData>{after}</worksheet>")

    return lambda: judged(book)


def judged(book: bytes) -> Problems:
    grid = read_cells("a.xlsx", book)
    case = CaseRef(id=UUID(int=1), number="0001", area_id=COMMUNITY, mode=Mode.PAPER)
    held = Ground(wave_id=UUID(int=1), cases={"0001": case}, communities={})
    return prepare(grid, suggest(grid, QUESTIONNAIRE, held.cases), QUESTIONNAIRE, held).problems


def percent() -> bytes:
    import xlsxwriter

    made = io.BytesIO()
    with xlsxwriter.Workbook(made, {"in_memory": True}) as book:
        sheet = book.add_worksheet()
        sheet.write_row(0, 0, ["表号", AGE])
        sheet.write_row(1, 0, ["0001"])
        sheet.write_number(1, 1, 0.45, book.add_format({"num_format": "0%"}))
    return made.getvalue()


def two_ways() -> Problems:
    """A label that is two others joined."""
    channels = next(one for one in QUESTIONNAIRE.questions() if one.id == "channels")
    labels = [Text("a", "a"), Text("b", "b"), Text("a、b", "a and b")]
    options = tuple(replace(one, label=label) for one, label in zip(channels.options, labels, strict=False))
    problem = choose(Codes(replace(channels, options=options), {}), "a、b")[1]
    assert problem is not None
    return [problem]


def two_codes() -> Problems:
    district = next(one for one in QUESTIONNAIRE.questions() if one.id == "district")
    options = (replace(district.options[0], code="1"), *district.options)
    problem = choose(Codes(replace(district, options=options), {}), "1")[1]
    assert problem is not None
    return [problem]


def twice_in_words() -> Problems:
    grid = read_cells("a.csv", f"表号;{HEARD};{HEARD}—其他\n0001;其他〖radio〗;press\n".encode())
    case = CaseRef(id=UUID(int=1), number="0001", area_id=COMMUNITY, mode=Mode.PAPER)
    held = Ground(wave_id=UUID(int=1), cases={"0001": case}, communities={})
    plan = suggest(grid, QUESTIONNAIRE, held.cases)
    plan = plan.with_column(2, target=Target.ANSWER, variable="channels.other", option="")
    return prepare(grid, plan, QUESTIONNAIRE, held).problems


# ------------------------------------------------------------------ the field


CASES = {"0001": UUID(int=1)}


def visited(*rows: str) -> Meets:
    """Rows of case, code, day, mode."""
    content = "\n".join(["case,code,day,mode", *rows]).encode()
    reader = outcome_file.Reader(CASES, ZoneInfo("Asia/Shanghai"), datetime(2026, 9, 18, 2, tzinfo=UTC))
    return lambda: reader.judge(read_here(content, outcome_file.COLUMNS)).problems


def households(*rows: str) -> Meets:
    """Rows of household, community, grid, adults."""
    content = "\n".join(["household,community,grid,adults", *rows]).encode()
    known = {"east": UUID(int=1), "west": UUID(int=2)}
    return lambda: household_list.judge_households(read_here(content, household_list.COLUMNS), known)[1]


def doors(door: str) -> Meets:
    """One household with what stands in the column of addresses."""
    content = f"household,community,grid,adults,门牌\na,east,g1,1,{door}\n".encode()
    columns = (*household_list.COLUMNS, *household_doors.COLUMNS)
    return lambda: household_list.judge_households(read_here(content, columns), {"east": UUID(int=1)})[1]


def telephones(*rows: str) -> Meets:
    """Rows of case and number."""
    content = "\n".join(["编号,电话", *rows]).encode()
    return lambda: telephone_file.judge(read_here(content, telephone_file.COLUMNS), {"0001": "0001"}).problems


IN_THE_FIELD: Mapping[ProblemKind, Meets] = {
    InOutcomes.NO_CASE: visited("0009,2.24,2026-09-17,"),
    InOutcomes.NO_MODE: visited("0001,2.24,2026-09-17,pigeon"),
    InOutcomes.NO_OUTCOME: visited("0001,9.99,2026-09-17,"),
    InOutcomes.ANSWERED: visited("0001,1.1,2026-09-17,"),
    InOutcomes.NO_MOMENT: visited("0001,2.24,yesterday,"),
    InHouseholds.NO_NUMBER: households(",east,g1,1"),
    InHouseholds.TWICE: households("a,east,g1,1", "A,east,g1,1"),
    InHouseholds.NO_COMMUNITY: households("a,moon,g1,1"),
    InHouseholds.GRID_IN_TWO: households("a,east,g1,1", "b,west,g1,1"),
    InHouseholds.SOME_WITHOUT_GRID: households("a,east,g1,1", "b,east,,1"),
    InHouseholds.NO_ADULTS: households("a,east,g1,many"),
    InDoors.PERSONAL: doors("仁和里 13812345678"),
    InDoors.NAMES: doors("王小明"),
    InDoors.TOO_LONG: doors("1 Renhe Lane " * 10),
    InTelephones.NO_CASE: telephones("0009,13812345678"),
    InTelephones.NO_NUMBER: telephones("0001,many"),
    InTelephones.TWICE: telephones("0001,13812345678", "0001,13812345679"),
}
ONE = f"表号;{AGE}\n0001;45\n"
SERIALS = f"序号;提交时间;{AGE};所在社区\n7;2026/9/3 10:11:12;45;万寿桥社区\n7;2026/9/3 10:11:12;46;万寿桥社区\n"
ANSWERS: Mapping[ProblemKind, Meets] = {
    Kind.UNKNOWN_VALUE: answers(f"表号;{KNOW}\n0001;perhaps\n"),
    Kind.TWO_MEANINGS: answers(f"表号;{KNOW}\n0001;1. No\n"),
    Kind.TWO_READINGS: two_ways,
    Kind.TWO_CODES: two_codes,
    Kind.ROUNDED: answers(f"表号;{AGE}\n0001;1.1E+17\n"),
    Kind.DATE_MADE: answers(f"表号;{AGE}\n0001;2026-03-01\n"),
    Kind.PERCENT: lambda: judged(percent()),
    Kind.ERROR_CELL: answers(f"表号;{AGE}\n0001;#N/A\n"),
    Kind.UNCALCULATED: odd('<c r="B2"><f>1+1</f></c>'),
    Kind.MERGED: odd('<c r="B2"><v>45</v></c>', '<mergeCells><mergeCell ref="B2:B3"/></mergeCells>'),
    Kind.GARBLED: answers(f"表号;{AGE}\n0001;???\n"),
    Kind.PERSONAL: answers(f"表号;{MORE}\n0001;call 13812345678\n"),
    Kind.JUDGED: answers(f"表号;{AGE}\n0001;200\n"),
    Kind.UNKNOWN_CASE: answers(f"表号;{AGE}\n0009;45\n"),
    Kind.TWO_CASES: answers(f"表号;{AGE}\n1;45\n", numbers=("0001", "001")),
    Kind.TWO_NUMBERS: answers(f"表号;{AGE}\nB - 3;45\n", numbers=("B-3", "b-3")),
    Kind.CASE_TWICE: answers(f"表号;{AGE}\n0001;45\n0001;46\n"),
    Kind.SERIAL_TWICE: answers(SERIALS),
    Kind.WORDS_TWICE: twice_in_words,
    Kind.CASE_COMPLETE: answers(ONE, done=True),
    Kind.UNKNOWN_COMMUNITY: answers(f"所在社区;{AGE}\nMoon;45\n"),
    Kind.NO_COMMUNITY: answers(f"{KNOW};{AGE}\n1;45\n"),
    Kind.TOTAL_DOUBT: answers(f"表号;{AGE}\n0001;20\n0002;30\n0003;19\n0004;40\n;109\n"),
    Kind.TAKEN_OTHERWISE: answers(ONE, known="0" * 64),
    Kind.ERASED: answers(ONE, known=f"{ERASED}x"),
}
MET: Mapping[ProblemKind, Meets] = {
    **READER,
    **IN_LIST,
    **IN_AREAS,
    **IN_ACCOUNTS,
    **IN_SAMPLE,
    **IN_THE_FIELD,
    **IN_RECTIFICATION,
    **IN_MAP,
    **ANSWERS,
}
