"""Several options in one cell, as every export joins them; what can be read in two ways is refused with its cell."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from questionnaires.loader import load
from questionnaires.model import Order, Question
from questionnaires.text import Text
from survey_service.importing.choices import LONGEST, fold, is_lettered
from survey_service.importing.kinds import Source, reader
from survey_service.importing.prepare import Prepared, prepare
from survey_service.importing.recognise import suggest
from survey_service.importing.words import Kind, Notice
from survey_service.tabular.cells import read_cells
from tests.spec.importing.hurts import build

SHIPPED = load(Path("questionnaires/definitions/civilized_city/questionnaire.yaml"))
CASES = build(20_000, damages=0).ground
BOARD, MEDIA, WECHAT, VISIT = "社区公告栏、宣传栏", "电视、广播、报纸", "微信群、公众号", "社区工作人员上门"


def question(identity: str) -> Question:
    return next(one for one in SHIPPED.questions() if one.id == identity)


def read(cell: str, of: Question | None = None, **said: str):
    return reader(Source(question=of or question("q2"), said=said, platform=False, epoch_1904=False), "q2")(cell)


@pytest.mark.parametrize("joiner", ["┋", ";", "；", "|", ",", "，", "、", "/", "\n", ", ", " ", "; ", "\t"])
def test_the_shipped_questionnaire_takes_every_joiner(joiner: str) -> None:
    """Its labels hold 、 themselves: a label is taken whole before its marks part anything."""
    for labels, codes in (
        ((BOARD, WECHAT), ["1", "3"]),
        ((MEDIA, BOARD, VISIT), ["2", "1", "4"]),
        ((MEDIA,), ["2"]),
        (("A.社区公告栏、宣传栏", "C、微信群、公众号"), ["1", "3"]),
        (("Notice boards in the community", "Television, radio, newspapers"), ["1", "2"]),
    ):
        reading = read(joiner.join(labels))
        assert (reading.problem, reading.answer) == (None, codes), (joiner, labels)
    if joiner != "┋":
        assert read(joiner.join(["1", "3"])).answer == ["1", "3"]
        assert read(joiner.join(["1", "3", ""])).answer == ["1", "3"]


def test_words_behind_other_are_kept_however_they_are_written() -> None:
    for cell, words in (
        (f"{BOARD}┋其他〖广播，喇叭〗", "广播，喇叭"),
        (f"{BOARD};其他〖广播;喇叭〗", "广播;喇叭"),
        (f"{BOARD}；其他：喇叭", "喇叭"),
        (f"{BOARD},其他(喇叭)", "喇叭"),
        (f"{BOARD},其他（请看背面、反面）", "请看背面、反面"),
    ):
        reading = read(cell)
        assert (reading.problem, reading.answer, reading.words) == (None, ["1", "5"], words), cell


def test_what_can_be_read_in_two_ways_is_refused() -> None:
    several = question("q2")
    options = (
        replace(several.options[0], label=Text("公告栏", "Boards")),
        replace(several.options[1], label=Text("宣传栏", "Posters")),
        replace(several.options[2], label=Text("公告栏、宣传栏", "Both")),
        *several.options[3:],
    )
    double = replace(several, options=options)
    refused = read("公告栏、宣传栏", double)
    assert refused.problem is not None
    assert refused.problem.kind is Kind.TWO_READINGS
    assert "“公告栏”“宣传栏”" in refused.problem.values["codes"].zh
    assert read("公告栏┋宣传栏", double).answer == ["1", "2"]
    assert read("公告栏、宣传栏┋社区工作人员上门", double).answer == ["3", "4"]
    words = read(f"{BOARD},其他:喇叭,微信群、公众号")
    assert words.problem is not None
    assert words.problem.kind is Kind.TWO_READINGS


def test_a_part_that_is_no_option_is_shown_by_itself_and_can_be_said() -> None:
    reading = read("社区公告栏、宣传栏, 小区大喇叭, 物业群, 电视、广播、报纸")
    assert reading.problem is not None
    assert (reading.problem.kind, reading.problem.values["seen"]) == (Kind.UNKNOWN_VALUE, "小区大喇叭, 物业群")
    said = {"小区大喇叭, 物业群": "5"}
    told = read("社区公告栏、宣传栏, 小区大喇叭, 物业群, 电视、广播、报纸", **said)
    assert (told.answer, told.words) == (["1", "5", "2"], "小区大喇叭, 物业群")
    assert Notice.WORDS_KEPT in {kind for kind, _, _ in told.notices}
    assert read("社区公告栏、宣传栏, 小区大喇叭", 小区大喇叭="-no_answer").answer == ["1"]
    for cell in ("1 7", "1,,x", "13 ", "社区公告栏", "、", "1-3", "1~3", "1.3", "x" * (LONGEST + 1), "、" * LONGEST):
        assert (read(cell).problem is not None) != (cell == "13 "), cell


@pytest.mark.parametrize("request_", ["（请注明）", "(请填写)", "【请说明】", " (please specify)"])
def test_a_request_to_write_is_no_word_that_anybody_wrote(request_: str) -> None:
    assert (read(f"其他{request_}").answer, read(f"其他{request_}").words) == (["5"], "")
    for cell in (f"其他{request_}〖孩子学校〗", f"其他{request_}：孩子学校"):
        assert (read(cell).problem, read(cell).answer, read(cell).words) == (None, ["5"], "孩子学校"), cell


def test_other_words_of_a_single_choice_are_kept_too() -> None:
    single = replace(question("q1"), options=(*question("q1").options[:2], question("q2").options[4]))
    read_one = reader(Source(question=single, said={"听邻居说": "5"}, platform=False, epoch_1904=False), "q1")
    assert (read_one("听邻居说").answer, read_one("听邻居说").words) == ("5", "听邻居说")
    assert (read_one("其他〖听说〗").answer, read_one("其他〖听说〗").words) == ("5", "听说")
    assert (read_one("其他:听说").answer, read_one("其他:听说").words) == ("5", "听说")


# ------------------------------------------------------------------ letters


def taken(text: str) -> Prepared:
    grid = read_cells("a.csv", text.encode())
    return prepare(grid, suggest(grid, SHIPPED, CASES.cases), SHIPPED, CASES)


HEADS = "表号;您知不知道我市正在创建全国文明城市？;您是从哪里知道的？\n"


def test_a_column_of_letters_is_read_by_the_order_of_the_options() -> None:
    prepared = taken(HEADS + "0001-001;A;ACD\n0001-002;b;A,C\n0001-003;Ａ;F\n")
    assert not prepared.problems
    assert [row.checked.canonical["q2"] for row in prepared.rows] == [["1", "3", "4"], ["1", "3"], ["9"]]
    assert [row.checked.canonical["q1"] for row in prepared.rows] == ["1", "2", "1"]
    said = [one.zh for one in prepared.notices.all() if one.kind is Notice.LETTERS]
    assert "A 是“知道”，B 是“听说过，不太清楚”，C 是“不知道”" in said[0]


@pytest.mark.parametrize("rows", ["0001-001;A;x\n0001-002;1;x\n", "0001-001;A;x\n0001-002;D;x\n", "0001-001;AB;x\n"])
def test_letters_that_may_mean_something_else_are_refused(rows: str) -> None:
    """Among codes or labels, beyond the options, or two where one is asked for: nobody can tell."""
    prepared = taken(HEADS.replace("您是从哪里知道的？", "备注") + rows)
    assert {problem.kind for problem in prepared.problems} == {Kind.UNKNOWN_VALUE}


def test_letters_are_not_read_where_options_were_shuffled_or_are_letters() -> None:
    several = question("q2")
    assert is_lettered(several, ["A", "ACD", ""], single=False)
    assert not is_lettered(replace(several, order=Order.SHUFFLED), ["A", "ACD"], single=False)
    options = tuple(replace(one, code=code) for code, one in zip("BADCFE", several.options, strict=True))
    lettered = replace(several, options=options)
    assert not is_lettered(lettered, ["A", "ACD"], single=False)
    assert read("AD", lettered).answer == ["A", "D"]
    assert not is_lettered(several, ["AA"], single=False)


def test_numbers_that_differ_by_their_point_are_two_labels() -> None:
    assert fold("1.5小时") != fold("15小时")
    assert fold("3 5") != fold("35")
    assert fold("1. 满意。") == fold("1.满意")
    assert fold("“满 意”") == fold("满意")


def test_no_cell_takes_longer_than_its_length_allows() -> None:
    """Unclosed brackets and joiners without end, of a size at which the square would show as minutes."""
    for cell in ("〖" * 200_000, "、" * 3_999, "1、" * 1_999, "其他:" + ",x" * 1_900, " " * 300_000 + "x"):
        assert read(cell) is not None
