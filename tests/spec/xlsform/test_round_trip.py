"""Questionnaires go out as forms that the field's own converter takes, and come back equal."""

from __future__ import annotations

import io
from dataclasses import replace
from typing import Any

import pytest
from pyxform.xls2xform import convert as xform_of

from questionnaires.loader import check_bytes
from questionnaires.model import Questionnaire
from survey_service.tabular.named_sheets import read_named_sheets
from survey_service.xlsform.book import OWN, Grid
from survey_service.xlsform.reading import Converted, convert
from survey_service.xlsform.remarks import Why
from survey_service.xlsform.workbook_out import workbook
from survey_service.xlsform.writing import write
from tests.programmes import KEYS, shipped
from tests.spec.questionnaires.speaking import speaking
from tests.spec.xlsform.forms import asked

EVERYTHING = """
key: everything
version: "2.1"
title: {zh: 样样都有, en: Everything}
header: {form_number: 甲1表}
notice: {purpose: {zh: 试一试, en: To try}, minutes: 3}
scales:
  sat: {options: [{code: "1", label: {zh: 满意, en: Yes}, value: 2}, {code: "2", label: {zh: 不满意, en: No}, value: 1},
                  {code: "9", label: {zh: 说不清, en: Cannot say}, missing: dont_know}]}
sections:
  - id: one
    title: {zh: 一, en: One}
    questions:
      - id: q1
        type: single_choice
        text: {zh: 住哪里？, en: Where do you live?}
        short: {zh: 住处, en: Home}
        required: true
        options: [{code: "1", label: {zh: 城里, en: Town}}, {code: "2", label: {zh: 别处, en: Elsewhere}, other: true}]
      - {id: q2, type: multiple_choice, text: {zh: 用过什么？, en: What did you use?}, minimum_choices: 2,
         options: [{code: "1", label: {zh: 公园, en: Park}}, {code: "2", label: {zh: 公厕, en: Toilets}},
                   {code: "3", label: {zh: 都没有, en: Neither}, exclusive: true}], ask_if: 'q1 in ["1", "2"]'}
      - {id: q3, type: number, text: {zh: 几口人？, en: How many people?}, minimum: 1, maximum: 30,
         unit: {zh: 人, en: people}}
      - {id: q4, type: number, text: {zh: 收入？, en: Income?}, decimals: 2, ask_if: 'sum(q3) > 1 and q1 != "1"'}
      - {id: q5, type: date, text: {zh: 哪天？, en: Which day?}, minimum: 2020-01-01}
      - {id: q6, type: time, text: {zh: 几点？, en: What time?}, minimum: "06:30", ask_if: 'years_between(q5, q5) == 0'}
      - {id: q7, type: scale, text: {zh: 满意吗？, en: Satisfied?}, hint: {zh: 每行一项, en: One a row}, scale: sat,
         items: [{id: lanes, text: {zh: 小巷, en: Lanes}}, {id: q1, text: {zh: 狗, en: Dogs}}], ask_if: 'q6 < "08:30"'}
  - id: q1
    title: {zh: 二, en: Two}
    ask_if: q7.lanes == "1"
    questions:
      - {id: q8, type: short_text, text: {zh: "{q1|那里}电话？", en: "Telephone of {q1|there}?"}, max_length: 20}
      - {id: q9, type: long_text, text: {zh: "说说{city}", en: "Tell of {city}"}}
      - {id: q10, type: ranking, text: {zh: 排序, en: Order}, ranks: 2, order: shuffled,
         options: [{code: "1", label: {zh: 甲, en: A}}, {code: "2", label: {zh: 乙, en: B}},
                   {code: "3", label: {zh: 丙, en: C}}]}
      - {id: a1, type: attachment, text: {zh: 拍照, en: Picture}, maximum_files: 3}
      - {id: a2, type: attachment, text: {zh: 录音, en: Record}, accepts: [sound], maximum_megabytes: 5}
      - {id: b1, type: short_text, text: {zh: 扫码, en: Scan}, entry: barcode}
      - {id: p1, type: place, text: {zh: 在哪里？, en: Where?}, ask_if: answered(q8)}
      - {id: p2, type: place, text: {zh: 检查点？, en: The site?}, precision: exact, because: {zh: 核实, en: To check}}
      - {id: q11, type: single_choice, scale: likelihood_0_10, layout: points, text: {zh: 推荐吗？, en: Recommend?}}
      - {id: q12, type: note, text: {zh: "人均{each}元。", en: "{each} a head."}}
      - {id: o1, type: single_choice, list: streets, text: {zh: 哪条街？, en: Which street?}}
      - {id: o2, type: single_choice, list: places, within: o1, text: {zh: 哪个社区？, en: Which community?},
         options: [{code: "0", label: {zh: 不在里面, en: None of these}}]}
      - {id: o3, type: single_choice, chosen_in: q2, text: {zh: 哪个最多？, en: Which most?},
         options: [{code: "1", label: {zh: 甲, en: A}}, {code: "2", label: {zh: 乙, en: B}, offer_if: q3 > 2}]}
      - {id: o4, type: multiple_choice, list: alone, text: {zh: 同意, en: Agreed}}
lists:
  streets: {title: {zh: 街道, en: Streets},
            options: [{code: "a", label: {zh: 东街, en: East}}, {code: "b", label: {zh: 西街, en: West}}]}
  places: {title: {zh: 社区, en: Places}, parent: streets,
           options: [{code: "c", label: {zh: 丙, en: C}, parent: "a"},
                     {code: "d", label: {zh: 丁, en: D}, parent: "b"}]}
  alone: {title: {zh: 同意, en: Agreed}, options: [{code: "1", label: {zh: 同意, en: Agreed}}]}
contradictions: [{id: c1, condition: q3 > 10 and count(q2) > 1, message: {zh: 请再看, en: Look again}}]
rules:
  - {id: r1, condition: q5 > today, message: {zh: 还没到, en: Not yet}, severity: hard}
  - {id: r2, condition: 'not matches(q8, "telephone") and answered(q8)',
     message: {zh: 不像电话, en: No number}, severity: hard}
  - {id: r3, condition: each > 1000000, message: {zh: 太多, en: Much}}
calculated:
  - {id: each, expression: q4 / q3, decimals: 1, unit: {zh: 元, en: yuan}}
  - {id: weeks, expression: 'floor(days_between(q5, "2026-10-01") / 7) + mod(q3, 2) + length(q8) + max(q3, q4)'}
  - {id: told, type: text, expression: 'join(if(q3 > 2 and fits(q8, "[0-9]{3}-.+"), "多", "少"), number(q1), "人")'}
indicators: [{id: i1, name: {zh: 满意率, en: Satisfied}, definition: {zh: 满意的比重, en: Share}, kind: proportion,
              variables: [q7.lanes], numerator: ["1"], dont_know: excluded}]
"""


def everything() -> Questionnaire:
    questionnaire, problems = check_bytes(EVERYTHING.encode(), "everything.yaml")
    assert questionnaire is not None, problems
    return questionnaire


def back(data: bytes) -> Converted:
    return convert(read_named_sheets("form.xlsx", data), "form")


def exact(questionnaire: Questionnaire) -> None:
    data = workbook(write(questionnaire).sheets)
    made = xform_of(io.BytesIO(data), validate=False, file_type=".xlsx")
    assert made.warnings == []
    done = back(data)
    assert done.whole
    assert asked(done) == questionnaire
    assert workbook(write(questionnaire).sheets) == data  # equal questionnaires give equal files


@pytest.mark.parametrize(
    "key",
    [
        pytest.param(key, marks=() if key in ("civilized_city_knowledge", "merchants") else pytest.mark.soak)
        for key in KEYS
    ],
)
def test_a_programme_goes_out_and_comes_back_equal(key: str) -> None:
    exact(shipped(key))


def test_whatever_a_definition_can_say_goes_out_and_comes_back_equal() -> None:
    exact(everything())
    exact(replace(everything(), languages=("zh", "en"), rules=(), calculated=everything().calculated))
    told = {one.values["seen"][1] for one in write(everything()).remarks}
    assert told == {"c1", "r3", "p1"}  # soft, or rounded: a device without the service does not act by them


def test_further_languages_go_out_and_come_back() -> None:
    """With our own sheet and without it; a cell that was filled in counts."""
    speaks = speaking(everything(), "ug", "ko")
    exact(speaks)
    sheets = _sheets(speaks)
    heads = sheets["survey"][0][1]
    assert "label::Uyghur (ug)" in heads
    assert "label::Korean (ko)" in heads
    alone = asked(convert({name: rows for name, rows in sheets.items() if name != OWN}, "form"))
    assert alone.languages == ("zh", "en", "ko", "ug")
    assert alone.question("q3").text == speaks.question("q3").text
    assert alone.question("q1").options[0].label == speaks.question("q1").options[0].label
    _change(sheets["survey"], "q3", heads.index("label::Uyghur (ug)"), "ئابت")
    assert asked(convert(sheets, "form")).question("q3").text.said_in("ug") == "ئابت"


def test_without_our_own_sheet_what_is_asked_comes_back() -> None:
    """As after a way through a program that keeps the standard sheets alone."""
    written = everything()
    sheets = {name: rows for name, rows in _sheets(written).items() if name != OWN}
    done = convert(sheets, "form")
    read = asked(done)
    for question in written.questions():
        other = read.question(question.id)
        assert (other.type, other.hint) == (question.type, question.hint)
        assert (other.minimum, other.maximum) == (question.minimum, question.maximum)
        assert (other.minimum_choices, other.max_length) == (question.minimum_choices, question.max_length)
        assert [(one.code, one.exclusive) for one in other.options] == [(o.code, o.exclusive) for o in question.options]
        assert (other.ask_if is None) == (question.ask_if is None or question.id == "q6")
    lost = {one.values["now"][1] for one in done.remarks if one.why.weight.value == "lost"}
    assert lost == {"there is no format-date() here"}
    assert read.question("q8").text.pattern.zh == "{q1}电话？"
    assert {"q5 > today"} <= {one.condition.source for one in read.rules}


def test_a_cell_that_was_changed_counts_and_the_rest_stays() -> None:
    sheets = _sheets(everything())
    heads = sheets["survey"][0][1]
    _change(sheets["survey"], "q3", heads.index("label::中文 (zh)"), "家里几口人？")
    _change(sheets["survey"], "q3", heads.index("constraint"), ". >= 1 and . <= 12")
    _change(sheets["survey"], "q5", heads.index("constraint"), ". >= date('2021-01-01')")
    _change(sheets["survey"], "q7_lanes", heads.index("label::English (en)"), "Back streets")
    _change(sheets["survey"], "q1_other", heads.index("label::English (en)"), "Where, then?")
    done = convert(sheets, "form")
    read, before = asked(done), everything()
    q3 = read.question("q3")
    assert (q3.text.zh, q3.maximum, q3.unit) == ("家里几口人？", 12, before.question("q3").unit)
    assert [one.id for one in read.rules] == ["r2", "r3"]  # r1 stood in the constraint that is another one now
    assert read.question("q7").items[0].text.en == "Back streets"
    assert read.question("q1") == before.question("q1")
    assert (read.indicators, read.header, read.calculated) == (before.indicators, before.header, before.calculated)
    edited = {one.row for one in done.remarks if one.why is Why.EDITED}
    assert len(edited) == 3
    assert [one.why for one in done.remarks if one.why.weight.value == "lost"] == [Why.OURS]


def test_a_question_that_was_taken_out_is_told_by_what_leaned_on_it() -> None:
    sheets = _sheets(everything())
    sheets["survey"] = [row for row in sheets["survey"] if not {"q4", "q11"} & set(row[1][1:2])]
    done = convert(sheets, "form")
    assert "q4" not in {one.id for one in asked(done).questions()}
    assert any("each" in one.message("en") for one in done.remarks if one.why.weight.value == "lost")


def test_a_sheet_of_our_own_that_is_none_is_passed_over() -> None:
    for cell in ("", "x", "eNo=", "AAAA" * 10):
        sheets = _sheets(everything())
        sheets[OWN] = [(1, ("definition",)), (2, (cell,))]
        assert asked(convert(sheets, "form")).question("q3").unit is None


def _sheets(questionnaire: Questionnaire) -> dict[str, Grid]:
    return read_named_sheets("form.xlsx", workbook(write(questionnaire).sheets))


def _change(rows: Any, name: str, column: int, text: str) -> None:
    place = next(place for place, (_, cells) in enumerate(rows) if cells[1:2] == (name,))
    number, cells = rows[place]
    held = [*cells, *[""] * (column + 1 - len(cells))]
    held[column] = text
    rows[place] = (number, tuple(held))
