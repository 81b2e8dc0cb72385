"""A section that repeats goes out as a repeated group, and comes back equal."""

from __future__ import annotations

from pathlib import Path

import pytest

from questionnaires.loader import check_bytes, load
from questionnaires.model import Questionnaire
from questionnaires.rosters import as_written
from survey_service.xlsform.reading import convert
from survey_service.xlsform.workbook_out import workbook
from survey_service.xlsform.writing import write
from tests.spec.xlsform.forms import grid

FILE = Path(__file__).parents[1] / "questionnaires" / "rosters.yaml"


@pytest.fixture(scope="module")
def household() -> Questionnaire:
    return load(FILE)


def rows_of(household: Questionnaire) -> list[dict[str, str]]:
    heads, *rows = write(household).sheets["survey"]
    return [dict(zip(heads, row, strict=False)) for row in rows]


def test_it_is_a_repeated_group(household: Questionnaire) -> None:
    rows = {row["name"]: row for row in rows_of(household)}
    assert rows["members"]["type"] == rows["each_room"]["type"] == "begin repeat"
    assert (rows["members"]["repeat_count"], rows["each_room"]["repeat_count"]) == ("", "${rooms}")
    assert rows["enough"]["relevant"] == "sum(${age}) > 0 and count(${members}) > 1"
    assert rows["oldest"]["calculation"] == "round(max(${age}), 0)"
    assert rows["area"]["label::中文 (zh)"] == "第 ${each_room_round} 间多大？"
    assert rows["each_room_round"]["calculation"] == "position(..)"
    assert sum(name.startswith("age") for name in rows) == 1


def test_what_other_programs_do_not_do_is_told(household: Questionnaire) -> None:
    told = [one.message("en") for one in write(household).remarks]
    assert "members goes on as often as somebody likes on other devices: here 4 rounds at most" in told
    assert any(one.startswith("XLSForm has no word for names") for one in told)


def test_it_comes_back_equal(household: Questionnaire) -> None:
    sheets = {name: grid(rows) for name, rows in write(household).sheets.items()}
    again, problems = check_bytes(convert(sheets, "x").definition.encode(), "x")
    assert not problems
    assert again == household


def test_a_changed_cell_counts_and_the_rounds_stay(household: Questionnaire) -> None:
    written = write(household).sheets
    survey = [["叫什么名字？" if cell == "怎么称呼？" else cell for cell in row] for row in written["survey"]]
    sheets = {name: grid(rows) for name, rows in (written | {"survey": survey}).items()}
    again, problems = check_bytes(convert(sheets, "x").definition.encode(), "x")
    assert again is not None, problems
    assert again.question("name_2").text.zh == "叫什么名字？"
    before, after = (as_written(one).sections for one in (household, again))
    assert [one.repeats for one in after] == [one.repeats for one in before]
    assert again.question("area_2").text.zh == "第 2 间多大？"


def test_without_its_definition_it_is_read_as_any_other(household: Questionnaire) -> None:
    sheets = {name: grid(rows) for name, rows in write(household).sheets.items() if name != "survey_service"}
    done = convert(sheets, "x")
    assert done.whole
    assert done.ceiling
    again, problems = check_bytes(done.definition.encode(), "x")
    assert again is not None, problems
    assert again.question("area_3").text.zh == "第 3 间多大？"


def test_the_fields_own_converter_takes_it(household: Questionnaire, tmp_path: Path) -> None:
    xls2xform = pytest.importorskip("pyxform.xls2xform")
    form = tmp_path / "household.xlsx"
    form.write_bytes(workbook(write(household).sheets))
    assert xls2xform.convert(form).warnings == []


def test_a_list_that_no_wave_has_given_goes_out_with_a_word() -> None:
    source = FILE.read_text(encoding="utf-8").replace(
        "scales:\n", "lists:\n  streets: {title: {zh: 街, en: Streets}, from: wave}\n\nscales:\n", 1
    )
    source = source.replace(
        "      - {id: rooms,",
        "      - {id: street, type: single_choice, list: streets, text: {zh: 街？, en: Street?}}\n      - {id: rooms,",
        1,
    )
    questionnaire, problems = check_bytes(source.encode(), "x")
    assert questionnaire is not None, problems
    assert "NO_ENTRIES" in {one.why.name for one in write(questionnaire).remarks}
