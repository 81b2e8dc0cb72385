"""Sections that are asked several times over: written once, asked in rounds, counted over all of them."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from questionnaires.answers import Policy, check_answers
from questionnaires.canonical import canonical_bytes, from_canonical
from questionnaires.codebook import codebook
from questionnaires.editing.document import Document
from questionnaires.editing.fields import written
from questionnaires.editing.outline import outline
from questionnaires.evaluation import evaluate
from questionnaires.loader import check_bytes, load
from questionnaires.model import Questionnaire
from questionnaires.problem_words import explain
from questionnaires.rosters import MOST_MADE, as_written
from reports.blocks import Table
from survey_service.catalogue.comparison import compare
from survey_service.catalogue.review_copy import review_story
from survey_service.catalogue.yaml_of import yaml_of
from survey_service.xlsform.definition_text import document_of
from survey_service.xlsform.definition_text import yaml_of as written_by_the_form

FILE = Path(__file__).parent / "rosters.yaml"
SOURCE = FILE.read_text(encoding="utf-8")


@pytest.fixture(scope="module")
def household() -> Questionnaire:
    return load(FILE)


def changed(old: str, new: str) -> tuple[Questionnaire | None, list[str]]:
    assert old in SOURCE
    questionnaire, problems = check_bytes(SOURCE.replace(old, new, 1).encode(), "household.yaml")
    for one in problems:
        assert explain(one, "zh").message != one.message, one.message
    assert len({(one.code, one.location) for one in problems}) == len(problems)  # not once for every round
    return questionnaire, [f"{one.code.number} {one.location.line}" for one in problems]


def line_of(words: str, source: str = SOURCE) -> int:
    return source[: source.index(words)].count("\n") + 1


def test_what_is_written_once_is_asked_in_rounds(household: Questionnaire) -> None:
    assert [one.id for one in household.sections] == [
        *("home", "members_1", "members_2", "members_3", "members_4"),
        *("each_room_1", "each_room_2", "each_room_3", "rest"),
    ]
    second, last = household.sections[2], household.sections[4]
    assert [one.id for one in second.questions] == ["name_2", "age_2", "works_2", "members_more_2"]
    assert [one.id for one in last.questions] == ["name_4", "age_4", "works_4"]  # nobody is asked for a fifth
    assert second.title.zh == "家里人：第 2 位"
    assert second.questions[1].text.pattern.zh == "{name_2}多大年纪？"
    assert household.question("area_3").text.zh == "第 3 间多大？"
    labels = {one.name: one.label.zh for one in codebook(household)}
    assert labels["works_2"] == "上班吗？（2）"
    assert labels["members_more_2"] == "家里还有别人吗？（2）"


#   what was answered                                                        which rounds are asked
ROUNDS = [
    ({"rooms": 0}, []),
    ({"rooms": 1}, ["age_1"]),
    ({"rooms": 1, "members_more_1": "2", "members_more_2": "1"}, ["age_1"]),
    ({"rooms": 1, "members_more_1": "1"}, ["age_1", "age_2"]),
    ({"rooms": 1, "members_more_1": "1", "members_more_2": "1"}, ["age_1", "age_2", "age_3"]),
    ({"rooms": 1, "members_more_2": "1"}, ["age_1"]),
]


@pytest.mark.parametrize(("answers", "asked"), ROUNDS)
def test_a_round_is_asked_after_the_one_before(
    household: Questionnaire, answers: dict[str, object], asked: list[str]
) -> None:
    values = check_answers(household, answers, Policy.WEB).values
    assert [f"age_{number}" for number in range(1, 5) if values[f"age_{number}"] != "not_asked"] == asked


@pytest.mark.parametrize(("rooms", "asked"), [(0, 0), (2, 2), (9, 3)])
def test_as_many_rounds_as_were_told(household: Questionnaire, rooms: int, asked: int) -> None:
    values = check_answers(household, {"rooms": rooms}, Policy.WEB).values
    assert sum(values[f"area_{number}"] != "not_asked" for number in range(1, 4)) == asked


FAMILY = {
    "rooms": 2,
    "name_1": "王芳",
    "age_1": 40,
    "works_1": "1",
    "members_more_1": "1",
    "name_2": "李强",
    "age_2": 44,
    "works_2": "2",
    "members_more_2": "1",
    "name_3": "李小小",
    "age_3": 8,
    "members_more_3": "2",
    "area_1": 20,
    "area_2": 5,
    "school": "一小",
}


def test_what_is_counted_over_rounds(household: Questionnaire) -> None:
    values = check_answers(household, FAMILY, Policy.WEB).values
    assert (values["people"], values["oldest"], values["names"]) == (3, 44, "王芳、李强、李小小")
    assert [values[f"decade_{number}"] for number in range(1, 5)] == [4, 4, 0, "not_asked"]
    assert [values[f"place_{number}"] for number in (1, 2)] == [1, 2]
    assert values["school"] == "一小"  # there is a child
    assert evaluate(household, values)["at_work"] == (1.0, 2.0)  # one of the two who were asked


def test_a_rule_holds_for_every_round(household: Questionnaire) -> None:
    found = check_answers(household, FAMILY | {"age_2": 115}, Policy.WEB).findings
    assert [(one.variable, one.parameters) for one in found if one.code.value == "rule"] == [
        ("age_2", {"id": "old_2"}),
        ("area_2", {"id": "crowded"}),
    ]


def test_it_is_stored_once_and_comes_back_equal(household: Questionnaire) -> None:
    stored = json.loads(canonical_bytes(household))
    assert [one["id"] for one in stored["questionnaire"]["sections"]] == ["home", "members", "each_room", "rest"]
    assert "written" not in stored["questionnaire"]
    again = from_canonical(stored)
    assert again == household
    assert canonical_bytes(again) == canonical_bytes(household)
    assert as_written(as_written(household)) == as_written(household)


def test_a_file_that_is_written_from_it_says_the_same(household: Questionnaire) -> None:
    for text in (yaml_of(household), written_by_the_form(document_of(household))[0]):
        again, problems = check_bytes(text.encode(), "again.yaml")
        assert not problems
        assert again == household


def test_two_versions_differ_by_what_is_written(household: Questionnaire) -> None:
    other, _ = changed("most: 4", "most: 5")
    assert other is not None
    found = {one.id: one for one in compare(household, other).questions}
    assert found["age"].differences[0].name.zh == "这一部分问几轮：最多几轮"
    assert "age_2" not in found
    assert compare(household, household).same


#   what is written                    instead of                          code, and the words whose line is named
FAULTS = [
    ("most: 4", "most: 0", "Q016", "most: 4"),
    ("most: 4", "most: 31", "Q016", "most: 4"),
    ("      most: 4\n", "", "Q005", "ask_for_more"),
    ("count: rooms", "count: room", "Q031", "count: rooms"),
    ("count: rooms", "count: enough", "Q032", "count: rooms"),
    ("ask_if: age >= 16", "ask_if: agee >= 16", "Q031", "ask_if: age >= 16"),
    ("{name}多大年纪？", "{nam}多大年纪？", "Q021", "{name}多大"),
    ("rounds(members) > 1", "rounds(each_rom) > 1", "Q031", "rounds(members) > 1"),
    ("sum(each(age)) > 0", "sum(each(rooms)) > 0", "Q034", "sum(each(age)) > 0"),
    ("sum(each(age)) > 0", "age > 0", "Q031", "sum(each(age)) > 0"),
    ("id: enough", "id: age_2", "Q011", "id: enough"),
    ("each: members", "each: member", "Q031", "each: members"),
    ("each: members, ", "", "Q031", "each: members"),
    (
        "repeats: {most: 3, count: rooms}",
        "repeats: {most: 3, count: rooms, more: {zh: 有, en: y}}",
        "Q018",
        "count: rooms",
    ),
    ("id: each_room", "id: each_room_of_the_whole_building_x", "Q010", "id: each_room"),
]


@pytest.mark.parametrize(("old", "new", "code", "there"), FAULTS)
def test_what_is_wrong_is_told_once_where_it_stands(old: str, new: str, code: str, there: str) -> None:
    questionnaire, told = changed(old, new)
    assert questionnaire is None
    if new:
        assert f"{code} {line_of(there)}" in told, told
    assert any(one.startswith(code) for one in told), told


def test_no_file_makes_more_questions_than_a_machine_carries() -> None:
    asked = "".join(f"      - {{id: n{row}, type: number, text: {{zh: 问, en: q}}}}\n" for row in range(60))
    many = SOURCE.replace("most: 4", "most: 30").replace(
        "    questions:\n      - {id: name,", f"    questions:\n{asked}      - {{id: name,"
    )
    questionnaire, problems = check_bytes(many.encode(), "many.yaml")
    assert questionnaire is None
    assert any(one.code.number == "Q016" and f"{MOST_MADE:,}" in one.hint for one in problems)


def test_the_copy_for_review_and_the_draft_have_it_once(household: Questionnaire) -> None:
    story = review_story(household, "zh")
    tables = [block for block in story.blocks if isinstance(block, Table)]
    (members,) = [one for one in tables if one.title == "家里人"]
    words = " ".join(cell.text for row in members.rows for cell in row.cells)
    assert "最多 4 轮" in words
    assert "家里还有别人吗？" in words
    assert sum("多大年纪" in one.title for one in tables) == 0
    document = Document(SOURCE)
    parts = {one["at"]: one for one in outline(document, {})["sections"]}
    assert parts["section:members"]["repeats"]["most"] == "4"
    assert parts["section:home"]["repeats"] is None


@pytest.mark.parametrize(
    ("at", "field", "value", "now"),
    [
        ("section:members", "repeats.most", "6", "most: 6"),
        ("section:members", "repeats.ask_for_more.zh", "还有谁？", "还有谁？"),
        ("section:each_room", "repeats.on_paper", "2", "on_paper: 2"),
    ],
)
def test_a_page_changes_how_it_repeats(at: str, field: str, value: str, now: str) -> None:
    cut = written(Document(SOURCE), at, field, value)
    assert cut is not None
    text = SOURCE
    for patch in sorted(cut.patches, key=lambda one: -one.start):
        text = text[: patch.start] + patch.new + text[patch.end :]
    assert now in text
    assert check_bytes(text.encode(), "household.yaml")[0] is not None
