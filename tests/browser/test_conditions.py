"""The browser interprets conditions as the server does: the same vectors, in a real Chromium."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from questionnaires.conditions import Condition, Node
from questionnaires.expressions import Expression, to_json, worth
from tests.spec.questionnaires.condition_trees import answers, expressions, trees

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page

ROOT = Path(__file__).parents[2]
MODULE = ROOT / "survey_service" / "web" / "static" / "conditions.js"
SECOND = MODULE.with_name("conditions-values.js")
THIRD = MODULE.with_name("text-forms.js")
VECTORS = ROOT / "tests" / "spec" / "questionnaires" / "condition_vectors.json"

RUN = """
async ({ source, second, third, conditions }) => {
  const address = (text) => URL.createObjectURL(new Blob([text], { type: "text/javascript" }));
  const { evaluate, extend } = await import(address(source));
  extend(await import(address(second)), (await import(address(third))).fits);
  return conditions.map(({ tree, holds, fails }) => ({
    holds: holds.map((values) => evaluate(tree, values)),
    fails: fails.map((values) => evaluate(tree, values)),
  }));
}
"""


COMPARE = """
async ({ source, second, third, conditions, expressions }) => {
  const address = (text) => URL.createObjectURL(new Blob([text], { type: "text/javascript" }));
  const { evaluate, extend } = await import(address(source));
  const values = await import(address(second));
  const { mentioned, worth } = values;
  extend(values, (await import(address(third))).fits);
  return {
    holds: conditions.map(([tree, values]) => evaluate(tree, values)),
    named: conditions.map(([tree]) => [...new Set(mentioned(tree))]),
    comes: expressions.map(([tree, values]) => worth(tree, values)),
  };
}
"""
DRAWS = ROOT / "tests" / "spec" / "questionnaires" / "draw_vectors.json"
CONDITIONS = st.lists(st.tuples(trees(), answers()), min_size=40, max_size=60)
EXPRESSIONS = st.lists(st.tuples(expressions(), answers()), min_size=40, max_size=60)
AT_HAND = {"deadline": None, "suppress_health_check": [HealthCheck.too_slow, HealthCheck.data_too_large]}


@pytest.fixture(scope="module")
def page(browser: Browser) -> Iterator[Page]:
    made = browser.new_page()
    yield made
    made.close()


def sources() -> dict[str, str]:
    files = {"source": MODULE, "second": SECOND, "third": THIRD}
    return {name: path.read_text(encoding="utf-8") for name, path in files.items()}


def agree(
    page: Page, conditions: list[tuple[Node, dict[str, Any]]], alone: list[tuple[Expression, dict[str, Any]]]
) -> None:
    found = page.evaluate(
        COMPARE,
        {
            **sources(),
            "conditions": [[Condition("", tree).to_json(), values] for tree, values in conditions],
            "expressions": [[to_json(tree), values] for tree, values in alone],
        },
    )
    for (tree, values), holds, named in zip(conditions, found["holds"], found["named"], strict=True):
        assert holds is Condition("", tree).evaluate(values), (tree, values)
        assert tuple(named) == Condition("", tree).variables(), tree
    for (tree, values), comes in zip(alone, found["comes"], strict=True):
        assert comes == worth(tree, values), (tree, values)


@pytest.mark.browser
@given(CONDITIONS, EXPRESSIONS)
@settings(max_examples=4, **AT_HAND)
def test_both_agree_on_random_trees(page: Page, conditions: Any, alone: Any) -> None:
    agree(page, conditions, alone)


@pytest.mark.soak
@pytest.mark.browser
@given(CONDITIONS, EXPRESSIONS)
@settings(max_examples=400, **AT_HAND)
def test_both_agree_on_a_great_many(page: Page, conditions: Any, alone: Any) -> None:
    agree(page, conditions, alone)


@pytest.mark.browser
def test_the_vectors_in_chromium(browser: Browser) -> None:
    conditions = json.loads(VECTORS.read_text(encoding="utf-8"))["conditions"]
    page = browser.new_page()
    try:
        results = page.evaluate(RUN, {**sources(), "conditions": conditions})
    finally:
        page.close()
    assert len(results) == len(conditions)
    for vector, result in zip(conditions, results, strict=True):
        assert result["holds"] == [True] * len(vector["holds"]), vector["source"]
        assert result["fails"] == [False] * len(vector["fails"]), vector["source"]


@pytest.mark.browser
def test_blocks_are_drawn_as_the_vectors_say(page: Page) -> None:
    conditions = []
    for vector in json.loads(DRAWS.read_text(encoding="utf-8"))["drawn"]:
        name, given = vector["draw"], dict(vector["values"])
        if name in given:
            given[name] = {"order": given[name], "take": vector["take"], "among": vector["among"]}
        for block, _ in vector["among"]:
            holds = block in vector["drawn"]
            tree = ["drawn", name, block]
            conditions.append({"tree": tree, "holds": [given] if holds else [], "fails": [] if holds else [given]})
    assert any(one["holds"] for one in conditions)
    found = page.evaluate(RUN, {**sources(), "conditions": conditions})
    for wanted, one in zip(conditions, found, strict=True):
        assert all(one["holds"]), wanted
        assert not any(one["fails"]), wanted
