"""Files that a reader could misread in silence: each is read whole, or refused with row, column and remedy."""

from __future__ import annotations

import io
import re
import zipfile
from collections.abc import Callable
from pathlib import Path

import pytest
from openpyxl import Workbook

from survey_service.tabular import Sheet, TableError, read_sheet, read_sheet_bytes


def sheet(text: str, encoding: str = "utf-8") -> Sheet:
    return read_sheet_bytes("data.csv", text.encode(encoding))


def refusal(data: str | bytes, source: str = "data.csv") -> str:
    with pytest.raises(TableError) as caught:
        read_sheet_bytes(source, data.encode() if isinstance(data, str) else data)
    return str(caught.value)


# ------------------------------------------------------------------ workbooks
def workbook(rows: int, change: Callable[[bytes], bytes]) -> bytes:
    """A workbook of one column and ``rows`` numbers, whose sheet's XML went through ``change``."""
    book = Workbook()
    active = book.active
    assert active is not None
    active.append(["x"])
    for number in range(rows):
        active.append([number])
    plain, changed = io.BytesIO(), io.BytesIO()
    book.save(plain)
    with zipfile.ZipFile(plain) as before, zipfile.ZipFile(changed, "w") as after:
        for name in before.namelist():
            data = before.read(name)
            after.writestr(name, change(data) if name == "xl/worksheets/sheet1.xml" else data)
    return changed.getvalue()


@pytest.mark.parametrize("said", [b'<dimension ref="A1"/>', b'<dimension ref="A1:A3"/>', b""])
def test_the_size_that_a_workbook_claims_is_not_believed(said: bytes) -> None:
    data = workbook(9, lambda xml: re.sub(rb"<dimension[^>]*/>", said, xml))
    assert list(read_sheet_bytes("data.xlsx", data).text["x"]) == [str(number) for number in range(9)]


def test_a_workbook_that_was_cut_is_refused() -> None:
    said = refusal(workbook(9, lambda xml: xml[: len(xml) // 2]), "data.xlsx")
    assert "the workbook is damaged" in said
    assert "Save it anew" in said


def test_a_title_above_the_heads_of_a_workbook(tmp_path: Path) -> None:
    book = Workbook()
    active = book.active
    assert active is not None
    for row in (["满意度调查"], ["社区", "得分"], ["东门", 3]):
        active.append(row)
    book.save(tmp_path / "title.xlsx")
    with pytest.raises(TableError, match="Row 1 must hold the heads"):
        read_sheet(tmp_path / "title.xlsx")


# ------------------------------------------------------------------ quotes and heads
def test_a_quote_that_swallows_rows_is_told() -> None:
    found = sheet('v,g\n1,"a\n2,b\n3,c\n4,d"\n5,e\n6,a\n')
    assert len(found.text) == 3
    assert 'row 2, column "g"' in found.notices[0]
    assert "left open by mistake" in found.notices[0]


def test_a_quote_that_is_never_closed_names_its_cell() -> None:
    assert 'row 3, column "g": a quote is never closed' in refusal('v,g\n1,a\n2,"b\n3,c\n')
    assert 'row 3, column "v": a quote is opened and not closed' in refusal('v,g\n1,a\n"2,b\n3,c\n')


@pytest.mark.parametrize(
    "text",
    [
        "市民满意度调查\n社区,得分\n东门,3\n西门,4\n",
        "市民满意度调查,\n社区,得分\n东门,3\n",
        "sep=;\nv;w\n1;2\n",
        'v,"w\nx"\n1,2\n',
    ],
)
def test_row_1_must_hold_the_heads(text: str) -> None:
    assert "Row 1 must hold the heads" in refusal(text)


# ------------------------------------------------------------------ encodings
def test_big5_is_read_as_what_it_is() -> None:
    text = "滿意,社區\n很好,東門\n普通,萬壽橋\n"
    found = sheet(text, "big5")
    assert list(found.text.columns) == ["滿意", "社區"]
    assert found.notices == ("read as Big5",)
    assert sheet("满意,社区\n很好,东门\n一般,万寿桥\n", "gb18030").notices == ("read as GB 18030",)


def test_rows_of_two_encodings_are_named() -> None:
    said = refusal("社区,v\n万寿桥,1\n鼓楼,2\n".encode() + "东门,3\n".encode("gb18030"))
    assert "row 4: a broken character" in said
    assert "1 problem;" in said


def test_utf_16_that_was_cut_is_refused() -> None:
    assert "row 3: a character is cut in two" in refusal("v,w\n1,2\n3,4".encode("utf-16")[:-1])


def test_zero_width_characters_make_no_category() -> None:
    found = sheet("g\n是\n\u200b是\n否\n")
    assert list(found.text["g"]) == ["是", "是", "否"]
    assert found.notices == ("1 invisible characters (zero-width) were left out",)


# ------------------------------------------------------------------ numbers
@pytest.mark.parametrize("cell", ["1_000", "1 2", "- 3", "0x10"])
def test_what_is_no_plain_number_is_refused(cell: str) -> None:
    with pytest.raises(TableError, match=f'row 2, column "v": “{cell}” is not a number'):
        sheet(f"v\n{cell}\n3\n").typed(numbers=["v"])


def test_full_width_digits_are_numbers_still() -> None:
    frame, notices = sheet("v\n１２．５\n3\n").typed(numbers=["v"])
    assert list(frame["v"]) == [12.5, 3]
    assert notices == ("v: 1 numbers in full-width digits were read as plain ones",)


def test_a_number_of_eighteen_digits_is_no_quantity() -> None:
    with pytest.raises(TableError, match="more digits than a number keeps"):
        sheet("id\n110101199003070011\n110101199003070012\n").typed(numbers=["id"])
