"""What a methodologist would look for in the programmes that come with the service."""

from __future__ import annotations

import dataclasses
import re
from collections import Counter
from datetime import date
from typing import Any

import pytest

from questionnaires.codebook import MISSING_CODES, MISSING_LABELS, VariableType, codebook
from questionnaires.duration import minutes_to_answer, seconds_to_answer
from questionnaires.evaluation import comparable
from questionnaires.indicators import DontKnow, IndicatorKind
from questionnaires.model import Header, Item, Layout, Missing, Notice, Questionnaire, QuestionType
from questionnaires.readiness import Reason, effective_header, ready_to_open
from questionnaires.text import Text
from tests.programmes import KEYS, programme

CITY = programme("civilized_city")
SERVICES = programme("window_services")
WAVE = Header(
    form_number="创城调 01 表",
    issuing_body="示范市精神文明建设办公室",
    approval_number="示统备〔2026〕18 号",
    valid_until=date(2027, 6, 30),
)
SATISFACTION = ("satisfaction", "satisfaction_if_used", "satisfaction_if_dealt")
every = pytest.mark.parametrize("key", KEYS)


@pytest.fixture
def questionnaire(key: str) -> Questionnaire:
    return programme(key)


@every
def test_one_key_per_closed_answer(key: str, questionnaire: Questionnaire) -> None:
    """Two digits only where there are more options than digits; points are the numbers that they stand for."""
    for question in questionnaire.questions():
        if question.layout is Layout.POINTS:
            continue
        code = r"[0-9]" if len(question.options) <= 10 else r"[0-9]{2}"
        assert all(re.fullmatch(code, option.code) for option in question.options), question.id


@every
def test_nobody_is_forced_to_answer(key: str, questionnaire: Questionnaire) -> None:
    assert not any(question.required for question in questionnaire.questions())


@every
def test_satisfaction_is_balanced_and_lets_people_say_that_they_cannot(key: str, questionnaire: Questionnaire) -> None:
    for question in questionnaire.questions():
        if question.scale not in SATISFACTION:
            continue
        grades = Counter("不" in option.label.zh for option in question.options if option.value is not None)
        assert grades[True] == grades[False] == 2, question.id
        assert [option.missing for option in question.options if option.missing] == [Missing.DONT_KNOW]


@every
def test_chinese_and_english_are_complete_and_plain(key: str, questionnaire: Questionnaire) -> None:
    def texts(value: object) -> list[Text]:
        if isinstance(value, Text):
            return [value]
        if isinstance(value, tuple):
            return [text for one in value for text in texts(one)]
        if dataclasses.is_dataclass(value) and not isinstance(value, type):
            return [text for field in dataclasses.fields(value) for text in texts(getattr(value, field.name))]
        return []

    found = texts(questionnaire)
    assert len(found) > 60
    for text in found:
        assert re.search(r"[\u4e00-\u9fff0-9]", text.zh), text
        assert text.en, text
        assert not re.search(r"[\u4e00-\u9fff]", text.en), text
        assert not re.search(r"请输入|有效值|非法|系统错误", text.zh), text
        assert not re.search(r"[,;!?]", text.zh), f"half-width mark in {text.zh}"
    for question in questionnaire.questions():
        assert not re.search(r"和.*满意不满意|是否|非常支持", question.text.zh), question.text.zh


@every
def test_the_minutes_that_are_announced_are_those_of_the_rule(key: str, questionnaire: Questionnaire) -> None:
    assert questionnaire.notice.minutes == minutes_to_answer(questionnaire)


def test_what_the_rule_of_minutes_counts() -> None:
    """300 Chinese characters a minute, 2.5 s a tap, 7.5 s a long text; every question counts, asked of all or not."""
    question = next(CITY.questions())
    characters = len("我市正在创建全国文明城市，您知不知道？选一项。知道听说过，不太清楚不知道")
    one = dataclasses.replace(CITY, sections=(dataclasses.replace(CITY.sections[0], questions=(question,)),))
    assert seconds_to_answer(one) == pytest.approx(characters / 5 + 2.5)
    row = Item(id="a", text=Text("一二三四五"), short=Text("一"))
    table = dataclasses.replace(question, type=QuestionType.SCALE, items=(row, dataclasses.replace(row, id="b")))
    rows = dataclasses.replace(one, sections=(dataclasses.replace(one.sections[0], questions=(table,)),))
    assert seconds_to_answer(rows) == pytest.approx(characters / 5 + 2 * (1 + 2.5))
    assert minutes_to_answer(one) == 1


def test_the_short_forms_stay_short() -> None:
    assert (CITY.notice.minutes, sum(1 for _ in CITY.questions())) == (3, 12)
    assert SERVICES.notice.minutes == 4


def test_the_indicators_that_the_programme_names() -> None:
    names = {one.name.zh: one for one in CITY.indicators}
    assert {"知晓率", "支持率", "参与率", "满意率", "满意度"} <= set(names)
    # The documents that say 100 % mean staff: no target for residents comes with the file. A wave may set its own.
    assert not any(one.target for one in CITY.indicators)
    assert names["满意度"].kind is IndicatorKind.MEAN_SCORE
    assert names["满意度"].scores == {"1": 100, "2": 75, "3": 55, "4": 55}
    assert [one.name.zh for one in CITY.indicators if one.headline] == ["知晓率", "支持率", "参与率", "满意率"]
    aspects = [one for one in CITY.indicators if one.group == "aspects"]
    assert len(aspects) == 12
    assert all(one.dont_know is DontKnow.EXCLUDED for one in aspects)


def test_twenty_two_sectors_rated_by_those_who_used_them() -> None:
    sectors = [one for one in SERVICES.indicators if one.group == "sectors"]
    assert len(sectors) == len({one.variables for one in sectors}) == 22
    assert all(one.excluded == ("8",) for one in sectors)
    pooled = SERVICES.indicator("all_services")
    assert set(pooled.variables) == {one.variables[0] for one in sectors}
    assert SERVICES.indicator("conduct").name.zh == "行业风气满意率"


def test_medical_care_is_a_must_check_beside_the_twenty_two() -> None:
    care = SERVICES.indicator("medical_care")
    assert care.headline
    assert care.variables == ("q5.hospital", "q5.clinic")
    assert not set(care.variables) & set(SERVICES.indicator("all_services").variables)
    assert [one.id for one in SERVICES.indicators if one.group == "must_check"] == ["hospital", "clinic"]


def test_nothing_that_is_seen_before_the_question_gives_awareness_away() -> None:
    """On a phone, on paper and on posters: title, notice and the titles of sections, and what is asked before."""
    first = next(CITY.questions())
    assert CITY.indicator("awareness").variables == (first.id,)
    seen = [CITY.title, CITY.notice.purpose, CITY.notice.retention, CITY.notice.contact]
    seen += [section.title for section in CITY.sections]
    for text in seen:
        assert not re.search("创建|文明|创城|知晓", text.zh), text.zh
        assert not re.search("(?i)civilised|campaign|aware|know", text.en), text.en


def test_awareness_of_the_new_wording_is_not_compared_with_the_primed_one() -> None:
    first = next(CITY.questions())
    primed = dataclasses.replace(first, text=Text("您知不知道我市正在创建全国文明城市？", first.text.en))
    section = dataclasses.replace(CITY.sections[0], questions=(primed, *CITY.sections[0].questions[1:]))
    version_1 = dataclasses.replace(CITY, version="1.0", sections=(section, *CITY.sections[1:]))
    assert not comparable(version_1, CITY, "awareness")
    assert comparable(version_1, CITY, "satisfaction")


# ---------------------------------------------------------------- before a wave opens


def test_the_wave_fills_what_the_file_leaves_blank() -> None:
    blanks = ready_to_open(CITY, Header(), date(2026, 9, 1))
    assert [one.field for one in blanks] == [
        *("header.form_number", "header.issuing_body", "header.approval_number", "header.valid_until"),
    ]
    assert all(one.reason is Reason.BLANK for one in blanks)
    assert blanks[0].describe("zh") == "“表号”还没有填。"
    assert ready_to_open(CITY, None, date(2026, 9, 1)) == blanks
    assert ready_to_open(CITY, WAVE, date(2026, 9, 1)) == []
    assert effective_header(CITY, WAVE) == WAVE


def test_the_file_counts_before_the_wave() -> None:
    own = dataclasses.replace(CITY, header=Header(form_number="甲 1 表"))
    assert effective_header(own, WAVE) == dataclasses.replace(WAVE, form_number="甲 1 表")


def test_valid_on_the_last_day_and_not_after() -> None:
    assert ready_to_open(CITY, WAVE, date(2027, 6, 30)) == []
    (expired,) = ready_to_open(CITY, WAVE, date(2027, 7, 1))
    assert (expired.field, expired.reason) == ("header.valid_until", Reason.EXPIRED)
    assert expired.describe("en") == "“Valid until” has passed; enter a later date."


def test_a_notice_must_say_everything_in_every_language() -> None:
    silent = Notice(purpose=Text("为什么", "Why"), body=Text("谁"), retention=Text(""), contact=Text("", "Whom"))
    blanks = ready_to_open(dataclasses.replace(CITY, notice=silent), WAVE, date(2026, 9, 1))
    assert [one.field for one in blanks] == ["notice.body", "notice.retention", "notice.contact"]


def test_spaces_are_blank() -> None:
    blanks = ready_to_open(CITY, dataclasses.replace(WAVE, form_number="  "), date(2026, 9, 1))
    assert [one.field for one in blanks] == ["header.form_number"]


@pytest.mark.parametrize(
    ("changed", "field"),
    [
        ({"text": Text("〔待填：单位 1〕您打过交道吗？", "Did you?")}, "question.q1"),
        ({"hint": Text("〔待填：期限〕", "By when")}, "question.q1"),
        (
            {"options": (dataclasses.replace(next(CITY.questions()).options[0], label=Text("〔待填〕", "x")),)},
            "question.q1",
        ),
        ({"items": (Item(id="a", text=Text("〔待填：甲〕", "x"), short=Text("甲", "x")),)}, "question.q1"),
    ],
)
def test_a_mark_that_the_city_has_not_filled_in_is_found_wherever_it_stands(changed: Any, field: str) -> None:
    first, *others = CITY.sections
    question = dataclasses.replace(first.questions[0], **changed)
    sections = (dataclasses.replace(first, questions=(question, *first.questions[1:])), *others)
    (blank,) = ready_to_open(dataclasses.replace(CITY, sections=sections), WAVE, date(2026, 9, 1))
    assert (blank.field, blank.reason, blank.label) == (field, Reason.UNFILLED, question.short)
    assert blank.describe("zh") == "“知道我市正在创建全国文明城市吗”里还有〔待填〕，请换成本市的内容。"
    assert blank.describe("en") == "“Knows of the campaign” still has parts to fill in; write the city's own."


def test_names_of_indicators_that_wait_for_the_city_are_told_once() -> None:
    named = tuple(dataclasses.replace(one, name=Text(f"〔待填〕{one.name.zh}", "x")) for one in CITY.indicators)
    (blank,) = ready_to_open(dataclasses.replace(CITY, indicators=named), WAVE, date(2026, 9, 1))
    assert (blank.field, blank.reason) == ("indicators", Reason.UNFILLED)


# ---------------------------------------------------------------- the codebook


@every
def test_the_codebook_names_every_variable_once(key: str, questionnaire: Questionnaire) -> None:
    variables = codebook(questionnaire)
    assert [one.name for one in variables] == [
        *(name for question in questionnaire.questions() for name in question.variables()),
        *(one.id for one in questionnaire.calculated),
    ]
    columns = [column.name for one in variables for column in one.columns()]
    assert len(columns) == len(set(columns))


def test_what_the_codebook_says_of_a_variable() -> None:
    book = {one.name: one for one in codebook(CITY)}
    sources = book["q2"]
    assert sources.type is VariableType.CODES
    assert [column.name for column in sources.columns()] == ["q2.1", "q2.2", "q2.3", "q2.4", "q2.5", "q2.9"]
    assert sources.asked_if == ('q1 in ["1", "2"]',)
    assert [one.code for one in sources.values if one.missing is Missing.DONT_KNOW] == ["9"]
    assert book["q2.other"].type is VariableType.TEXT
    assert book["q2.other"].label.zh == "您是从哪里知道的？ — 其他"
    assert book["q7.dogs"].short.zh == "养犬管理"
    assert [(one.code, one.value) for one in book["q5"].values][:2] == [("1", 4), ("2", 3)]
    age = book["q10"]
    assert (age.type, age.unit, age.values) == (VariableType.NUMBER, Text("岁", "years"), ())


def test_the_five_kinds_of_missing_have_codes_that_one_range_declares() -> None:
    assert set(MISSING_CODES) == set(MISSING_LABELS) == set(Missing)
    assert sorted(MISSING_CODES.values()) == [-9, -8, -7, -6, -5]
