"""The condition language: one file of vectors, read here and by the browser's test, and a fuzz."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from questionnaires.condition_parser import ConditionFault, parse, parse_expression
from questionnaires.conditions import MAX_DEPTH, MAX_LENGTH, Condition, Node, Not, from_json
from questionnaires.expressions import MAX_OPERATIONS, Answer, Arithmetic, Sum, YearsBetween
from tests.spec.questionnaires.condition_trees import answers, trees

VECTORS = json.loads(Path(__file__).with_name("condition_vectors.json").read_text(encoding="utf-8"))


@pytest.mark.parametrize("vector", VECTORS["conditions"], ids=lambda vector: vector["source"])
def test_vectors(vector: dict[str, Any]) -> None:
    condition = parse(vector["source"])
    assert condition.to_json() == vector["tree"]
    assert from_json(vector["tree"]) == condition.tree
    assert [values for values in vector["holds"] if not condition.evaluate(values)] == []
    assert [values for values in vector["fails"] if condition.evaluate(values)] == []


@pytest.mark.parametrize("fault", VECTORS["faults"], ids=lambda fault: fault["source"])
def test_faults_point_at_the_character(fault: dict[str, Any]) -> None:
    with pytest.raises(ConditionFault) as raised:
        parse(fault["source"])
    assert raised.value.offset == fault["offset"], raised.value.message


def test_variables_in_the_order_of_the_source() -> None:
    assert parse('b == "1" or (a in ["2"] and not "3" in c.d) or answered(b)').variables() == ("b", "a", "c.d")


def test_an_expression_has_so_many_operations() -> None:
    chain = "+".join(["q"] * (MAX_OPERATIONS + 1))
    deepest = parse(f"{'(' * (MAX_DEPTH - 2)}{chain}{')' * (MAX_DEPTH - 2)} > 1")
    assert from_json(deepest.to_json()) == deepest.tree, "what can be written can be stored"
    signs = parse(f"{'-' * MAX_OPERATIONS}q > 1")
    assert from_json(signs.to_json()) == signs.tree
    for source in (f"{chain} + q > 1", "-" * 900 + "q > 1"):
        with pytest.raises(ConditionFault, match="operations"):
            parse(source)
    for source in ("(" * 900 + "q > 1", "q > " + "(" * 900, "sum(" * 200 + "q", "q + " * 3 + "sum(" * 25 + "q"):
        with pytest.raises(ConditionFault, match=r"deep|name of a question"):
            parse(source)


def test_a_text_of_any_length_is_held_against_a_form_at_once() -> None:
    for pattern in ("telephone", "landline", "postal_code"):
        assert not parse(f'matches(q, "{pattern}")').evaluate({"q": "0" * 1_000_000})


def test_an_expression_alone() -> None:
    assert parse_expression("sum(q1, q2) / 2").tree == Arithmetic("/", Sum((Answer("q1"), Answer("q2"))), 2)
    assert parse_expression("years_between(born, today)").tree == YearsBetween(Answer("born"), Answer("today"))
    for source in ("q1 == 1", "q1 q2", "", "answered(q1)"):
        with pytest.raises(ConditionFault):
            parse_expression(source)


def test_depth_and_length_are_limited() -> None:
    assert parse("(" * (MAX_DEPTH - 1) + 'a == "1"' + ")" * (MAX_DEPTH - 1)).evaluate({"a": "1"})
    layered = 'b == "1"'
    for _ in range(MAX_DEPTH - 1):
        layered = f'a == "1" or a == "2" and ({layered})'
    deepest = parse(layered)
    assert from_json(deepest.to_json()) == deepest.tree, "what can be written can be stored"
    for source in ("(" * MAX_DEPTH + 'a == "1"' + ")" * MAX_DEPTH, "not " * 200 + 'a == "1"', "(" * 900):
        with pytest.raises(ConditionFault, match="deep"):
            parse(source)
    with pytest.raises(ConditionFault, match="characters"):
        parse('a == "1"' + " " * MAX_LENGTH)


@given(st.text(max_size=200))
def test_no_source_does_anything_but_parse_or_fail(source: str) -> None:
    offset = 0
    try:
        assert parse(source).evaluate({}) in (True, False)
    except ConditionFault as fault:
        offset = fault.offset
    assert 0 <= offset <= len(source)


@given(trees(), answers())
def test_the_json_form_means_the_same(tree: Node, values: dict[str, object]) -> None:
    stored = json.loads(json.dumps(Condition("", tree).to_json()))
    assert from_json(stored) == tree
    assert Condition("", Not(tree)).evaluate(values) is not Condition("", tree).evaluate(values)


@given(st.recursive(st.none() | st.text(max_size=5) | st.integers(), lambda inner: st.lists(inner, max_size=4)))
def test_json_that_is_no_condition_is_refused(stored: object) -> None:
    try:
        tree = from_json(stored)
    except ValueError:
        return
    assert Condition("", tree).to_json() == stored
