"""A questionnaire of every kind of question as screens and as pages, without a database."""

from __future__ import annotations

from datetime import date
from html.parser import HTMLParser

import pytest

from questionnaires.answers import Policy, check_answers
from questionnaires.condition_parser import parse
from questionnaires.model import (
    Header,
    Item,
    Missing,
    Notice,
    Option,
    Order,
    Question,
    Questionnaire,
    QuestionType,
    Section,
)
from questionnaires.text import Text
from survey_service.collection.resident_pages import Look, Occasion, answered_questions, form_context, phrases, render
from survey_service.collection.resident_steps import NameTaken, screens, shuffles
from tests.programmes import programme


def both(words: str) -> Text:
    return Text(words, f"{words} en")


def ask(question_id: str, kind: QuestionType, **more: object) -> Question:
    text = both(f"{question_id} 的题目")
    return Question(id=question_id, type=kind, text=text, short=text, **more)  # type: ignore[arg-type]


OPTIONS = (
    *(Option(code=str(code), label=both(f"选项 {code}")) for code in range(1, 6)),
    Option(code="7", label=both("其他"), other=True),
    Option(code="8", label=both("都不是"), exclusive=True),
    Option(code="9", label=both("说不清"), missing=Missing.DONT_KNOW),
)
ROWS = tuple(
    Item(id=f"r{number}", text=both(f"行业 {number}"), short=both(f"行业 {number}")) for number in range(1, 23)
)
TODAY = date(2026, 9, 18)


def made(*sections: Section) -> Questionnaire:
    words = both("说明")
    return Questionnaire(
        key="all",
        version="1",
        title=both("各种题目"),
        header=Header(form_number="测 01 表"),
        notice=Notice(purpose=words, body=words, retention=words, contact=both("12345")),
        sections=sections,
    )


EVERY = made(
    Section(
        id="a",
        title=both("甲"),
        questions=(
            ask("n", QuestionType.NOTE),
            ask("s", QuestionType.SINGLE_CHOICE, options=OPTIONS),
            ask("m", QuestionType.MULTIPLE_CHOICE, options=OPTIONS, order=Order.SHUFFLED),
            ask("g", QuestionType.SCALE, options=OPTIONS[:5], items=ROWS, order=Order.SHUFFLED, required=True),
        ),
    ),
    Section(
        id="b",
        title=both("乙"),
        ask_if=parse('s == "1"'),
        questions=(
            ask(
                "x", QuestionType.NUMBER, decimals=1, minimum=0, maximum=10, unit=both("公里"), ask_if=parse('"2" in m')
            ),
            ask("d", QuestionType.DATE, minimum=date(2026, 1, 1), maximum=TODAY),
            ask("t", QuestionType.SHORT_TEXT, max_length=20),
            ask("l", QuestionType.LONG_TEXT, max_length=200),
        ),
    ),
)
OCCASION = Occasion(
    version_sha256="a" * 64,
    header=EVERY.header,
    city=both("示范市"),
    community=both("万寿桥社区"),
    closes_on=date(2026, 9, 30),
)


def test_twenty_two_rows_are_four_screens() -> None:
    parts = screens(EVERY, 0).of_question("g")
    assert [len(part.items) for part in parts] == [6, 6, 5, 5]
    assert [(part.first_item, part.last_item) for part in parts] == [(1, 6), (7, 12), (13, 17), (18, 22)]
    assert [part.anchor for part in parts] == ["q-g", "q-g-2", "q-g-3", "q-g-4"]
    assert {part.number for part in parts} == {3}


def test_notes_are_not_counted() -> None:
    made_screens = screens(EVERY, 0)
    assert made_screens.total == 7
    assert [step.number for step in made_screens.steps if step.question.id == "n"] == [0]


def test_conditions_of_section_and_question_hold_together() -> None:
    asked = {step.question.id: step.ask_if for step in screens(EVERY, 0).steps}
    assert asked["s"] == ""
    assert asked["d"] == '["==","s","1"]'
    assert asked["x"] == '["and",["==","s","1"],["includes","m","2"]]'


def test_shuffled_options_move_and_those_that_stand_apart_stay_last() -> None:
    assert shuffles(EVERY)
    orders = set()
    for order in range(8):
        by_question = {step.question.id: step for step in screens(EVERY, order).steps}
        codes = [option.code for option in by_question["m"].options]
        assert sorted(codes) == ["1", "2", "3", "4", "5", "7", "8", "9"]
        assert codes[5:] == ["7", "8", "9"]
        orders.add(tuple(codes))
        # Fixed questions and the grades of a scale never move; rows do.
        assert [option.code for option in by_question["s"].options] == [option.code for option in OPTIONS]
        assert [option.code for option in by_question["g"].options] == ["1", "2", "3", "4", "5"]
        rows = [item.id for part in screens(EVERY, order).of_question("g") for item in part.items]
        assert sorted(rows) == sorted(row.id for row in ROWS)
        # The same arrangement is the same for ever: a page that comes back looks as it did.
        assert screens(EVERY, order).steps == screens(EVERY, order).steps
    assert len(orders) > 3


def test_rows_of_one_list_keep_their_order_from_matrix_to_matrix() -> None:
    """What somebody found second in one table is looked for as the second of the next."""
    review = programme("citizen_review")
    tables = [question.id for question in review.questions() if question.rows == "bodies"]
    assert len(tables) == 5
    seen = set()
    for order in range(8):
        shown = screens(review, order)
        orders = {tuple(row.id for part in shown.of_question(name) for row in part.items) for name in tables}
        assert len(orders) == 1
        seen |= orders
    assert len(seen) > 3


def test_a_question_cannot_take_the_name_of_a_field_of_the_page() -> None:
    taken = made(Section(id="a", title=both("甲"), questions=(ask("action", QuestionType.SHORT_TEXT),)))
    with pytest.raises(NameTaken):
        screens(taken, 0)


class Names(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.names: set[str] = set()
        self.ids: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        got = dict(attrs)
        if tag in ("input", "textarea"):
            self.names.add(got.get("name") or "")
        if got.get("id"):
            self.ids.append(got["id"] or "")
        assert "style" not in got
        assert not any(name.startswith("on") for name in got)


@pytest.mark.parametrize("language", ["zh", "en"])
@pytest.mark.parametrize("large", [False, True])
def test_every_kind_of_question_is_on_the_page(language: str, large: bool) -> None:
    look = Look(language="en" if language == "en" else "zh", large=large, order=3)
    page = render("form.html", look, form_context(OCCASION, EVERY, look))
    read = Names()
    read.feed(page)
    variables = {variable for question in EVERY.questions() for variable in question.variables()}
    assert variables <= read.names
    assert len(read.ids) == len(set(read.ids))
    assert 'min="2026-01-01" max="2026-09-18"' in page
    assert 'inputmode="decimal"' in page
    assert ("第 13–17 项，共 22 项" if language == "zh" else "rows 13–17 of 22") in page
    assert ("必答" if language == "zh" else "required") in page
    if language == "en":
        body = page.partition("</header>")[2]
        ours = "".join(part.partition(">")[2] for part in body.split("<"))
        assert not [word for word in ("下一题", "上一题", "选一项", "没有", "题，共") if word in ours]


def test_the_check_page_says_what_was_chosen_and_leaves_out_what_is_not_asked() -> None:
    answers = {
        "s": "7",
        "s.other": "<别的>",
        "m": ["1", "2"],
        **{f"g.{row.id}": "1" for row in ROWS},
        "d": "2026-09-01",
    }
    checked = check_answers(EVERY, answers, Policy.WEB)
    lines = {line.question.id: line for line in answered_questions(checked, screens(EVERY, 0), "zh")}
    assert lines["s"].answers == [(None, "其他（<别的>）")]
    assert lines["m"].answers == [(None, "选项 1、选项 2")]
    assert lines["g"].answers[21] == (both("行业 22"), "选项 1")
    assert "d" not in lines  # s is not 1
    assert "n" not in lines


def test_headings_are_broken_between_phrases_only_where_all_parts_fit() -> None:
    assert phrases("总的来说，您对本市的工作满意不满意？", "zh") == ["总的来说，", "您对本市的", "工作", "满意不满意？"]
    assert phrases("您知不知道我市正在创建全国文明城市，还有别的？", "zh") == [
        "您知不知道我市正在创建全国文明城市，还有别的？"
    ]
    assert phrases("创建文明城市\u200b公众知晓调查", "zh") == ["创建文明城市", "公众知晓调查"]
    assert phrases("How satisfied, all in all?", "en") == ["How satisfied, all in all?"]
