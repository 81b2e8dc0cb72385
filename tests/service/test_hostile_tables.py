"""Tables that ask for far more work than they are long: each is read or refused, in time that grows with its length."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from questionnaires.characters import without_invisible as seen
from survey_service.importing import damage
from survey_service.tabular import TableError, read_sheet_bytes
from survey_service.tabular.cells import read_cells
from survey_service.tabular.invisible import without_invisible
from survey_service.tabular.words import from_record
from tests import hostile_files as hostile
from tests.hostile_files import processor_seconds

BLANKS = b"a" + b" " * 8_000 + b",b\n1,2\n"


def by_cells(data: bytes, name: str) -> None:
    read_cells(name, data)


def by_columns(data: bytes, name: str) -> None:
    read_sheet_bytes(name, data)


@pytest.mark.parametrize("read", [by_cells, by_columns])
@pytest.mark.parametrize(
    ("data", "said"),
    [
        (hostile.unended_tags(200_000), "XML ends or breaks"),
        (hostile.merged_whole(50), "merged"),
        (hostile.laughing(), "document type"),
        (hostile.shared_bomb(2_000), "more text than is read"),
        (hostile.deep(5_000), "levels deep"),
        (hostile.one_long_tag(1_000_000), "a tag of more than"),
        (hostile.lying_size(2_000_000), "cannot be read|damaged"),
        (hostile.bomb(40_000_000), "unpacks to 40 MB"),
        (hostile.workbook("<worksheet/>", more={f"{n}": b"" for n in range(3_100)}), "parts"),
        (hostile.workbook(hostile.sheet('<row r="2"><c r="A2" t="s"><v>7</v></c></row>')), "does not hold"),
        (hostile.workbook(hostile.sheet('<row r="1"><c r="A1"><v>7</v></c></row>')), "below row 1"),
        (hostile.workbook(hostile.sheet('<row r="2"><c r="A2"><v>7</v></c><c r="A2"><v>8</v></c></row>')), "one place"),
    ],
    ids=[
        "unended tags",
        "merged whole",
        "entities",
        "shared text",
        "deep",
        "long tag",
        "lying size",
        "bomb",
        "parts",
        "no such text",
        "row twice",
        "cell twice",
    ],
)
def test_a_hostile_workbook_is_refused_at_once(read: Callable[[bytes, str], None], data: bytes, said: str) -> None:
    with processor_seconds(3), pytest.raises(TableError, match=said):
        read(data, "a.xlsx")


def test_more_rows_than_answers_ever_have_are_refused_while_they_are_read() -> None:
    with processor_seconds(3), pytest.raises(TableError, match="more than 20000 rows"):
        read_cells("a.xlsx", hostile.many_cells(30_000))


def test_a_head_of_blanks_and_one_of_quotes_are_read_in_passing() -> None:
    with processor_seconds(2):
        assert read_cells("a.csv", BLANKS).heads == ("a", "b")
        with pytest.raises(TableError):
            read_cells("a.csv", b'"' * 1_000_001 + b"\n1\n")


def test_a_long_row_of_digits_is_no_number_and_costs_nothing() -> None:
    with processor_seconds(2):
        sheet = read_sheet_bytes("a.csv", b"a\n" + b"1" * 30_000 + b"x\n")
        with pytest.raises(TableError, match="is not a number"):
            sheet.typed(numbers=["a"])
        assert damage.NUMBER.fullmatch("1" * 30_000 + "x") is None


def test_a_cell_longer_than_any_cell_of_excel_is_refused() -> None:
    with pytest.raises(TableError, match='row 2, column "a": a cell of more than 32767 characters'):
        read_sheet_bytes("a.csv", b"a\n" + b"1" * 40_000 + b"\n")


def test_a_head_has_a_limit_and_its_notices_cost_nothing() -> None:
    # A notice names its head, and is known again by an expression with two open ends.
    head = ": “" * 660
    for read, name in ((by_cells, "a.csv"), (by_columns, "a.csv")):
        with pytest.raises(TableError, match="the head of column 2 holds more than 2000 characters"):
            read(f"a,{head}{head}\n1,2\n".encode(), name)
    long = hostile.sheet("").replace("<t>a</t>", f"<t>{'x' * 2_001}</t>")
    with pytest.raises(TableError, match="the head of column 1 holds more"):
        by_columns(hostile.workbook(long), "a.xlsx")
    with processor_seconds(1):
        _, notices = read_sheet_bytes("a.csv", f"{head}\n１２\n3\n".encode()).typed(labels=[head])
        assert "全角数字" in notices[0].text.zh
        assert "全角数字" in from_record(str(notices[0])).text.zh


def test_a_message_shows_the_beginning_of_a_cell() -> None:
    sheet = read_sheet_bytes("a.csv", b"a\n" + b"x" * 30_000 + b"\n")
    with pytest.raises(TableError) as caught:
        sheet.typed(numbers=["a"])
    assert len(str(caught.value)) < 400


def test_a_file_of_nothing_but_faults_is_told_in_part() -> None:
    with pytest.raises(TableError) as caught:
        read_sheet_bytes("a.csv", b"a,b\n" + b"1\n2,3,4\n" * 5_000)
    assert len(caught.value.problems) == 1_000
    assert str(caught.value).endswith("more than 1000 problems; nothing was read.")


def test_columns_have_a_limit() -> None:
    for read in (by_cells, by_columns):
        with pytest.raises(TableError, match="more than 500 columns"):
            read(hostile.many_columns(501), "a.csv")


def test_what_the_reader_knows_of_formats_is_right() -> None:
    from survey_service.tabular.number_formats import Meaning, meaning

    known = {
        "General": Meaning.PLAIN,
        "0.00": Meaning.PLAIN,
        "0%": Meaning.PERCENT,
        'yyyy"年"m"月"d"日"': Meaning.DATE,
        '0"天 days"': Meaning.PLAIN,
        "[h]:mm:ss": Meaning.DURATION,
        "[Red]0": Meaning.PLAIN,
        r"0\d": Meaning.PLAIN,
        "0;yyyy": Meaning.PLAIN,
        "[$-804]aaaa": Meaning.PLAIN,
        "h:mm AM/PM": Meaning.DATE,
    }
    assert {code: meaning(170, code) for code in known} == known
    # Excel in Chinese writes its own dates by their number only.
    assert [meaning(number, None) for number in (14, 31, 57, 9, 2)] == [
        Meaning.DATE,
        Meaning.DATE,
        Meaning.DATE,
        Meaning.PERCENT,
        Meaning.PLAIN,
    ]


def test_a_long_file_with_one_invisible_character_costs_no_more_than_another() -> None:
    text = "社区,n\n" + "东门\u200b,1\n" + "西门,2\n" * 15_000 + "a\u200d\n,3\n"
    with processor_seconds(0.4):
        clean, count = without_invisible(text)
    assert clean == seen(text)  # line by line is what it is as a whole
    assert count == 2
