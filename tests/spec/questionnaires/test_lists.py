"""Lists of options: their entries are put into the questions that offer them, and every fault is told at its place."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest

from questionnaires.canonical import canonical_bytes, from_canonical, to_canonical
from questionnaires.lists import (
    MAX_OF_SEVERAL,
    EntriesDoNotFit,
    faults_of_entries,
    filled,
    is_open,
    open_lists,
    own_options,
    to_fill,
    unfilled,
)
from questionnaires.loader import check, load
from questionnaires.model import Option, Questionnaire
from questionnaires.problem_words import TITLES, explain
from questionnaires.problems import Code
from questionnaires.readiness import Reason, ready_to_open
from tests.programmes import programme
from tests.spec.questionnaires.examples import loaded, written
from tests.spec.questionnaires.listed import ENTRIES, LISTED, entry
from tests.spec.questionnaires.test_problem_words import ENGLISH


@pytest.fixture(scope="module")
def listed(tmp_path_factory: pytest.TempPathFactory) -> Questionnaire:
    return loaded(tmp_path_factory.mktemp("listed"), LISTED)


def codes(questionnaire: Questionnaire, question: str) -> list[str]:
    return [one.code for one in questionnaire.question(question).options]


def test_a_list_of_the_file_is_there_at_once_and_the_others_when_a_wave_gives_them(listed: Questionnaire) -> None:
    assert codes(listed, "matter") == ["a1", "a2", "b1"]
    assert codes(listed, "street") == ["99"]
    assert [one.id for one in to_fill(listed)] == ["streets", "communities", "units"]
    assert open_lists(listed) == to_fill(listed)
    assert is_open(listed, listed.question("street"))
    assert not is_open(listed, listed.question("matter"))
    full = filled(listed, ENTRIES)
    assert codes(full, "street") == ["440305001", "440305002", "99"]
    assert codes(full, "community") == ["440305001001", "440305001002", "440305002001", "98", "99"]
    assert full.question("community").options[0].parent == "440305001"
    assert codes(full, "order") == ["01", "02", "03", "04"]
    assert open_lists(full) == ()
    assert not is_open(full, full.question("street"))


def test_each_entry_is_stored_once_and_loads_to_the_same(listed: Questionnaire) -> None:
    for questionnaire in (listed, filled(listed, ENTRIES)):
        text = canonical_bytes(questionnaire)
        assert from_canonical(json.loads(text)) == questionnaire
        assert text.decode().count("停车") == 1
    assert canonical_bytes(filled(listed, ENTRIES)).decode().count("教育局") == 1


def test_filling_is_the_same_in_one_step_and_in_several(listed: Questionnaire) -> None:
    full = filled(listed, ENTRIES)
    by_steps = filled(filled(listed, {"streets": ENTRIES["streets"]}), {"units": ENTRIES["units"]})
    assert filled(by_steps, {"communities": ENTRIES["communities"]}) == full
    again = filled(full, {"units": ENTRIES["units"][:2]})
    assert codes(again, "best") == ["01", "02", "97", "99"]
    assert filled(again, ENTRIES) == full
    assert filled(full, {}) == full
    assert unfilled(full).question("best").options == own_options(full, full.question("best"))


def test_nothing_changes_where_there_are_no_lists() -> None:
    questionnaire = programme("civilized_city")
    assert filled(questionnaire, {}) is questionnaire
    assert "lists" not in to_canonical(questionnaire)["questionnaire"]  # type: ignore[operator] # an object of JSON


def test_a_wave_does_not_open_with_a_list_that_nobody_gave(listed: Questionnaire) -> None:
    def lacking(questionnaire: Questionnaire) -> list[str]:
        blanks = ready_to_open(questionnaire, None, date(2026, 9, 1))
        return [one.field for one in blanks if one.reason is Reason.NO_ENTRIES]

    assert lacking(listed) == ["list.streets", "list.communities", "list.units"]
    assert lacking(filled(listed, ENTRIES)) == []
    blank = next(one for one in ready_to_open(listed, None, date(2026, 9, 1)) if one.field == "list.units")
    assert blank.describe("zh") == "名单“被评单位”还没有内容。"
    assert blank.describe("en") == "The list “Units” has no entries yet."


MANY = tuple(entry(f"{number:04}", f"单位{number}") for number in range(MAX_OF_SEVERAL + 1))
#  these entries                                                          row, in the message
GIVEN: list[tuple[Mapping[str, tuple[Option, ...]], int | None, str]] = [
    ({"offices": (entry("1", "甲"),)}, None, "offices"),
    ({"fields": (entry("1", "甲"),)}, None, "文件里"),
    ({"units": ()}, None, "1 到 300"),
    ({"units": MANY}, None, "1 到 300"),
    ({"units": (entry("a-1", "甲"), entry("2", "乙"))}, 0, "a-1"),
    ({"units": (entry("1", "甲"), entry("1", "乙"))}, 1, "两次"),
    ({"units": (entry("1", "甲"), entry("97", "乙"))}, 1, "自己的选项"),
    ({"units": (entry("1", " "),)}, 0, "1 到 120"),
    ({"units": (entry("1", "长" * 121),)}, 0, "1 到 120"),
    ({"communities": (entry("1", "甲", "7"),)}, 0, "上级“7”"),
    ({"streets": (entry("7", "甲"),), "communities": (entry("1", "乙"),)}, 0, "上级“”"),
]


@pytest.mark.parametrize(("given", "row", "words"), GIVEN)
def test_entries_that_do_not_fit_are_told_in_words(
    listed: Questionnaire, given: Mapping[str, tuple[Option, ...]], row: int | None, words: str
) -> None:
    (fault,) = faults_of_entries(listed, given)
    assert (fault.list_id, fault.row) == (next(reversed(given)), row)
    assert words in fault.message.zh
    assert fault.message.en
    with pytest.raises(EntriesDoNotFit):
        filled(listed, given)


def test_parents_may_come_in_the_same_call(listed: Questionnaire) -> None:
    assert faults_of_entries(listed, {"streets": (entry("7", "甲"),), "communities": (entry("1", "乙", "7"),)}) == []


def test_what_an_entry_does_not_have_is_left_behind(listed: Questionnaire) -> None:
    given = replace(entry("1", "甲", "7"), exclusive=True, value=2.0)
    full = filled(listed, {"units": (given,)})
    assert full.question("used").options[0] == entry("1", "甲")


OWN = 'options: [{code: "a", label: {zh: 甲, en: A}}]'
BUS = """offer_if: '"a" in field"""
NEVER = f"""{BUS} and matter == "a1" and matter == "b1"'"""
#  replace this, by this, code, what stands there, in the hint
FAULTS: list[tuple[str, str, Code, str, str]] = [
    ("from: wave", "from: waves", Code.UNKNOWN_WORD, "waves", "wave"),
    ("    level: street\n", "", Code.MISSING_FIELD, "title: {zh: 街道", "kind of area"),
    ("from: wave", "from: wave\n    level: street", Code.LIST, "street", "from: areas"),
    ("from: wave", f"from: wave\n    {OWN}", Code.LIST, "[{code", "one of them"),
    ("  units:\n", "  U: {title: {zh: 甲, en: A}, from: wave}\n  units:\n", Code.BAD_NAME, "U:", "small letters"),
    ("parent: streets", "parent: street", Code.LIST, "street", '"streets"'),
    ("parent: fields", "parent: matters", Code.LIST, "matters", "out"),
    ("parent: streets", "parent: fields", Code.LIST, "fields", "one source"),
    ('parent: "b"}', 'parent: "c"}', Code.LIST, '"c"', "list above"),
    (', parent: "b"}', "}", Code.LIST, '{code: "b1"', "list above"),
    ('{code: "a", label', '{code: "a", parent: "x", label', Code.LIST, '"x"', "list itself"),
    ('{code: "b1"', '{code: "a1"', Code.DUPLICATE_CODE, '"a1"', "own"),
    ('{code: "b1"', '{code: "b-1"', Code.BAD_NAME, '"b-1"', "twenty"),
    ("zh: 垃圾", f"zh: {'长' * 121}", Code.OUT_OF_LIMITS, "{zh", "120"),
    ("en: Waste", "en: ", Code.MISSING_TRANSLATION, "{zh", "en"),
    ("list: fields", "list: field", Code.LIST, "field", '"fields"'),
    ("list: fields", "list: fields\n        scale: satisfaction", Code.NOT_FOR_TYPE, "satisfaction", "one of them"),
    ("list: fields", f"list: fields\n        {OWN}", Code.DUPLICATE_CODE, "{code", "another"),
    ("type: ranking", "type: ranking\n        maximum_choices: 3", Code.NOT_FOR_TYPE, "3", "chosen_in"),
    ("within: street", "within: streat", Code.CONDITION_UNKNOWN, "streat", '"street"'),
    ("within: street", "within: field", Code.CONDITION_LATER, "field", "looks back"),
    ("within: field", "within: street", Code.LIST, "street", "list above"),
    ("chosen_in: used\n        ranks", "within: used\n        ranks", Code.LIST, "used", "list above"),
    ("minimum_choices: 2", "minimum_choices: 2\n        within: order", Code.LIST, "order", "a choice"),
    ("minimum_choices: 2", "minimum_choices: 2\n        within: best", Code.LIST, "best", "a parent"),
    ('"1", label: {zh: 走路', '"1", parent: "9", label: {zh: 走路', Code.LIST, "- {code", "within"),
    ("minimum_choices: 2", "minimum_choices: 2\n        chosen_in: field", Code.LIST, "field", "same options"),
    ("minimum_choices: 2", "minimum_choices: 2\n        chosen_in: used", Code.LIST, "used", "same list"),
    ('"a" in field\'}', '"c" in field\'}', Code.CONDITION_CODE, "", "a, b"),
    ("offer_if: count(used) > 1", "offer_if: count(order) > 1", Code.CONDITION_LATER, "order", "looks back"),
    ("offer_if: count(used) > 1", "offer_if: count(used) >", Code.CONDITION_SYNTAX, "", ""),
    (f"{BUS}'", NEVER, Code.NEVER_OFFERED, "'", "hangs on"),
]  # fmt: skip


@pytest.mark.parametrize("number", range(len(FAULTS)))
def test_one_fault_one_problem_at_its_place_in_both_languages(tmp_path: Path, number: int) -> None:
    old, new, code, at, hint = FAULTS[number]
    assert LISTED.count(old) >= 1, "the row replaces nothing"
    text = LISTED.replace(old, new, 1)
    problems = check(written(tmp_path, text))[1]
    assert [problem.code for problem in problems] == [code], "\n".join(map(str, problems))
    (problem,) = problems
    line = text.splitlines()[problem.location.line - 1]
    assert line[problem.location.column - 1 :].startswith(at), (line, str(problem))
    assert hint in problem.hint, problem.hint
    told = explain(problem, "zh")
    assert told.title == TITLES[code.number]
    for words in (told.message, told.hint):
        assert not ENGLISH.search(words.replace(at, "")), words


ALONE = LISTED.replace(
    "        list: fields\n      - id: matter\n",
    """\
        options:
          - {code: "a", label: {zh: 交通, en: Traffic}}
          - {code: "b", label: {zh: 环境, en: Environment}}
          - {code: "0", label: {zh: 都不关心, en: None}, exclusive: true}
      - id: most
        type: single_choice
        text: {zh: 最关心哪个？, en: Which most?}
        chosen_in: field
        options:
          - {code: "a", label: {zh: 交通, en: Traffic}}
          - {code: "0", label: {zh: 都不关心, en: None}}
      - id: matter
""",
).replace("        within: field\n", "")


def test_an_option_that_stands_alone_there_is_never_carried_over(tmp_path: Path) -> None:
    (problem,) = check(written(tmp_path, ALONE))[1]
    assert problem.code is Code.NEVER_OFFERED
    assert 'option "0"' in problem.message


def test_conditions_on_a_list_that_a_wave_gives_are_not_held_against_its_codes(tmp_path: Path) -> None:
    text = LISTED.replace("offer_if: count(used) > 1", """offer_if: '"01" in used'""")
    text = text.replace("        list: fields\n", '        list: fields\n        ask_if: street == "440305001"\n', 1)
    assert load(written(tmp_path, text))
