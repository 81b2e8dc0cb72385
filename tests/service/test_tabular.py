"""The one reader of CSV and Excel, on the damage that files really come with."""

from __future__ import annotations

import io
import zipfile
from datetime import date
from pathlib import Path

import numpy as np
import pytest
from openpyxl import Workbook

from survey_service.tabular import TableError, read_sheet, read_sheet_bytes


def text(content: str) -> bytes:
    return content.encode()


def refused(content: bytes, name: str = "data.csv") -> TableError:
    with pytest.raises(TableError) as caught:
        read_sheet_bytes(name, content)
    return caught.value


def test_labels_stay_the_text_that_they_are() -> None:
    sheet = read_sheet_bytes("data.csv", text("code,n\n001,1\n 1.0 ,2\nTRUE,3\n"))
    frame, notices = sheet.typed(numbers=["n"], labels=["code"])
    assert frame["code"].tolist() == ["001", "1.0", "TRUE"]
    assert frame["n"].tolist() == [1.0, 2.0, 3.0]
    assert notices == ()


def test_quotes_hold_delimiters_and_line_breaks() -> None:
    sheet = read_sheet_bytes("data.csv", text('a,b\n"x, y","one\ntwo"\n"he said ""no""",3\n'))
    assert sheet.text["a"].tolist() == ["x, y", 'he said "no"']
    assert sheet.text["b"].tolist() == ["one\ntwo", "3"]


def test_blank_lines_keep_the_numbers_of_the_rows() -> None:
    sheet = read_sheet_bytes("data.csv", text("a,b\n1,2\n\n,\n3,x\n\n"))
    assert sheet.rows.tolist() == [2, 5]
    with pytest.raises(TableError, match=r'row 5, column "b": “x” is not a number'):
        sheet.typed(numbers=["b"])


def test_missing_values_have_several_names() -> None:
    sheet = read_sheet_bytes("data.csv", text("a\n1\nNA\n.\nnull\nN/A\n2\n"))
    frame, _ = sheet.typed(numbers=["a"])
    assert np.isnan(frame["a"]).tolist() == [False, True, True, True, True, False]


def test_full_width_digits_are_read_and_told() -> None:
    sheet = read_sheet_bytes("data.csv", text("社区,数\n１２３,１２．５\n4,1000\n"))
    frame, notices = sheet.typed(numbers=["数"], labels=["社区"])
    assert frame["数"].tolist() == [12.5, 1000.0]
    assert frame["社区"].tolist() == ["123", "4"]
    assert len(notices) == 2


@pytest.mark.parametrize(
    ("seen", "advice"),
    [
        ("85%", "0.85"),
        ("1,234", "commas"),
        ("1 000", "plain number"),
        ("12,5", "decimal point"),
        ("zwölf", "plain number"),
        ("1e999", "finite"),
    ],
)
def test_what_is_no_number_has_its_own_remedy(seen: str, advice: str) -> None:
    sheet = read_sheet_bytes("data.csv", text(f'a\n"{seen}"\n'))
    with pytest.raises(TableError, match=advice):
        sheet.typed(numbers=["a"])


def test_an_id_that_excel_rounded_cannot_be_mended() -> None:
    sheet = read_sheet_bytes("data.csv", text("id\n4.40102E+17\n440102199001011234\n"))
    with pytest.raises(TableError, match=r"row 2.*last digits are lost"):
        sheet.typed(labels=["id"])


def test_lost_zeros_and_dates_are_told() -> None:
    codes = "110101001001\n10101001002\n110101001003\n110101001004\n"
    sheet = read_sheet_bytes("data.csv", text(f"code\n{codes}"))
    assert "leading zeros" in sheet.typed(labels=["code"])[1][0]
    dated = read_sheet_bytes("data.csv", text("house\n1-2\n2-Mar\n3月4日\n"))
    assert "into a date" in dated.typed(labels=["house"])[1][0]


def test_many_problems_are_told_once_and_counted() -> None:
    rows = "\n".join(["x"] * 30)
    with pytest.raises(TableError) as caught:
        read_sheet_bytes("data.csv", text(f"a\n{rows}\n")).typed(numbers=["a"])
    assert len(caught.value.problems) == 30
    assert str(caught.value).count("“x”") == 5
    assert "… and 25 more of the same kinds" in str(caught.value)
    assert str(caught.value).endswith("30 problems; nothing was read.")


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"", "no heads"),
        (b"a,b\n1\n", "1 cells beside 2 heads"),
        (b'a,b\n"1,2\n3,4\n', "a quote is opened and not closed"),
        (b"a,a\n1,2\n", "2 columns have this head"),
        (b"a,\n1,2\n", "values without"),
        (b"a\x00b\n", "not text"),
        (b"PK\x03\x04....", "workbook, not CSV"),
        (b"\xd0\xcf\x11\xe0....", "workbook, not CSV"),
        ("社区,名\n万寿桥,".encode() + "是".encode()[:2] + "\n万寿桥社区,否\n".encode(), "row 2: a broken character"),
        (b"a\n\xff\xff\xff\n", "neither UTF-8 nor GB 18030"),
    ],
)
def test_files_that_cannot_be_taken_at_their_word(content: bytes, said: str) -> None:
    assert said in str(refused(content))


def test_rare_characters_survive_every_encoding() -> None:
    for encoding in ("utf-8", "gb18030", "utf-16"):
        sheet = read_sheet_bytes("data.csv", "名\n𬱖㛃龘\n".encode(encoding))
        assert sheet.text["名"].tolist() == ["𬱖㛃龘"]


def test_long_chinese_files_are_not_taken_for_damaged_utf8() -> None:
    """By chance a page of GB 18030 holds a few bytes that are a character of UTF-8."""
    rows = [
        f"{number},您对社区的环境卫生和背街小巷保洁满意吗？路灯、停车、绿化都算在内；还有什么要说的"
        for number in range(300)
    ]
    sheet = read_sheet_bytes("data.csv", ("号,题\n" + "\n".join(rows)).encode("gb18030"))
    assert len(sheet.text) == 300
    assert sheet.text["题"].iloc[299] == rows[299].partition(",")[2]


def test_rows_of_two_encodings_are_never_guessed_at() -> None:
    foreign = "号,题\n" + "\n".join(f"{number},背街小巷保洁" for number in range(50))
    mixed = foreign.encode("gb18030") + "\n51,停车秩序需要好好管理".encode()
    assert "while other rows are UTF-8" in str(refused(mixed))


def workbook(rows: list[list[object]], **more: list[list[object]]) -> bytes:
    book = Workbook()
    sheet = book.active
    assert sheet is not None
    for row in rows:
        sheet.append(row)
    for name, extra in more.items():
        other = book.create_sheet(name)
        for row in extra:
            other.append(row)
    written = io.BytesIO()
    book.save(written)
    return written.getvalue()


def test_a_workbook_keeps_numbers_exact_and_dates_readable() -> None:
    content = workbook([["a", "b", "c"], [1, 0.1, date(2026, 11, 21)], [2.0, 1e-7, None], [None, None, None]])
    sheet = read_sheet_bytes("data.xlsx", content)
    assert sheet.text["a"].tolist() == ["1", "2"]
    assert sheet.typed(numbers=["b"])[0]["b"].tolist() == [0.1, 1e-7]
    assert sheet.text["c"].tolist()[0] == "2026-11-21"
    assert sheet.rows.tolist() == [2, 3]


def test_other_sheets_are_told() -> None:
    sheet = read_sheet_bytes("data.xlsx", workbook([["a"], [1]], more=[["b"], [2]]))
    assert sheet.columns == ("a",)
    assert "the other 1 were not" in sheet.notices[0]


def test_an_error_of_excel_is_refused() -> None:
    assert 'row 2, column "a": Excel\'s error #DIV/0!' in str(refused(workbook([["a"], ["#DIV/0!"]]), "data.xlsx"))


@pytest.mark.parametrize("name", ["data.xls", "data.xlsx"])
def test_what_is_no_workbook(name: str) -> None:
    assert "Save it as .xlsx" in str(refused(b"\xd0\xcf\x11\xe0 old", name))


def test_a_bomb_is_not_unpacked() -> None:
    written = io.BytesIO()
    with zipfile.ZipFile(written, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("xl/worksheets/sheet1.xml", b"0" * 200_000_000)
    assert "unpacks to 200 MB" in str(refused(written.getvalue(), "data.xlsx"))


def test_a_missing_file_is_the_callers_to_tell(tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError):
        read_sheet(tmp_path / "none.csv")
