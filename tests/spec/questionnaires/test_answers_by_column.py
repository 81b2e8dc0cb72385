"""Many answers judged by column are worth what each is worth to the judge of one."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from questionnaires import answers_by_column
from questionnaires.answers import MAX_ANSWERS, Policy, Value, judge
from questionnaires.answers_by_column import ColumnJudge
from tests.spec.questionnaires import test_choice_limits, test_ranking, test_time
from tests.spec.questionnaires.examples import loaded
from tests.spec.questionnaires.test_answers import VARIABLES, every_type, likely

Answers = dict[str, Any]
several = st.lists(st.dictionaries(st.sampled_from(VARIABLES) | st.text(max_size=6), likely, max_size=10), max_size=6)


def told(value: Value) -> tuple[type, str]:
    """1, 1.0 and true are equal to Python, and so is a kind of missing to its name."""
    return type(value), repr(value)


def one_by_one(answers: list[Answers]) -> list[dict[str, tuple[type, str]]]:
    check = judge(every_type()).check
    return [{name: told(value) for name, value in check(one, Policy.IMPORT).values.items()} for one in answers]


def by_column(of: ColumnJudge, answers: list[Answers]) -> list[dict[str, tuple[type, str]]]:
    columns = of.values(answers)
    return [
        {name: told(column.values[column.codes[row]]) for name, column in columns.items()}
        for row in range(len(answers))
    ]


@given(several, several)
@settings(max_examples=100)
def test_by_column_and_one_by_one_any_answers_are_worth_the_same(first: list[Answers], second: list[Answers]) -> None:
    of = ColumnJudge(judge(every_type()))
    for answers in (first, second, first):  # what was seen before changes nothing
        assert by_column(of, answers) == one_by_one(answers)


def test_numbers_that_python_takes_for_equal_stay_apart() -> None:
    answers = [{"knows": "1", "age": one, "hours": one} for one in (20, 20.0, True, 1, "20", 1.0, [20], {"missing": 1})]
    assert by_column(ColumnJudge(judge(every_type())), answers) == one_by_one(answers)


def test_orders_limits_and_times_by_column(tmp_path: Path) -> None:
    tables: list[tuple[str, list[Answers]]] = [
        (test_ranking.DEFINITION, [{name: raw} for name, raw, *_ in test_ranking.CASES]),
        (test_choice_limits.DEFINITION, [{"wishes": list(keyed)} for keyed, _ in test_choice_limits.CASES]),
        (test_time.DEFINITION, [{"any": raw, "open": raw} for raw, _ in test_time.FORMS]),
    ]
    for definition, answers in tables:
        judged = judge(loaded(tmp_path, definition))
        singly = [judged.check(one, Policy.IMPORT).values for one in answers]
        expected = [{name: told(value) for name, value in values.items()} for values in singly]
        assert by_column(ColumnJudge(judged), answers) == expected


def test_who_is_asked_is_decided_by_each_ones_own_answers() -> None:
    answers: list[Answers] = [
        {"knows": knows, "sources": ["5"], "sources.other": "口口相传", "age": age, "wish": "多种树"}
        for knows, age in (("1", 45), ("2", 45), ("9", 17), ("1", None))
    ]
    answers += [
        {"knows": "1", "sources": ["1"], "sources.other": "没有选其他"},
        {},
        dict.fromkeys(map(str, range(MAX_ANSWERS + 1)), "1"),
    ]
    assert by_column(ColumnJudge(judge(every_type())), answers) == one_by_one(answers)


def test_what_is_remembered_has_an_end(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(answers_by_column, "MOST_KEPT", 20)
    of = ColumnJudge(judge(every_type()))
    for start in range(0, 100, 10):
        answers = [{"knows": "1", "age": 45, "street": f"{number} 路"} for number in range(start, start + 10)]
        assert by_column(of, answers) == one_by_one(answers)
        assert len(of.values(answers)["street"].values) < 40
