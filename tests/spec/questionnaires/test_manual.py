"""The author's manual says what the code does: its example loads, and it names every field, finding and problem."""

from __future__ import annotations

import dataclasses
import re
from pathlib import Path

import pytest

from questionnaires.answer_forms import FindingCode
from questionnaires.codebook import MISSING_CODES
from questionnaires.indicators import DontKnow, Indicator, IndicatorKind, Sense
from questionnaires.kinds import long_text, short_text
from questionnaires.loader import check
from questionnaires.model import Header, Item, Layout, Missing, Notice, Option, Order, Question, QuestionType
from questionnaires.problems import Code
from tests.spec.questionnaires.examples import written

MANUAL = (Path(__file__).parents[3] / "docs" / "questionnaires.md").read_text(encoding="utf-8")


def test_the_example_is_sound(tmp_path: Path) -> None:
    (example,) = re.findall(r"```yaml\n(.*?)```", MANUAL, re.DOTALL)
    assert check(written(tmp_path, example))[1] == []


@pytest.mark.parametrize("code", Code, ids=lambda code: code.number)
def test_every_problem_has_a_row(code: Code) -> None:
    assert f"| {code.number} | {code.title} |" in MANUAL


@pytest.mark.parametrize("kind", [Header, Notice, Item, Option, Question, Indicator])
def test_every_field_is_named(kind: type) -> None:
    names = [field.name for field in dataclasses.fields(kind)]
    assert not [name for name in names if f"`{name}`" not in MANUAL and f"{name}:" not in MANUAL]


@pytest.mark.parametrize("words", [QuestionType, Order, Layout, IndicatorKind, DontKnow, Sense, Missing, FindingCode])
def test_every_word_is_named(words: type[QuestionType]) -> None:
    assert not [word.value for word in words if f"`{word.value}`" not in MANUAL]


def test_figures_are_those_of_the_code() -> None:
    for kind, code in MISSING_CODES.items():
        assert re.search(rf"\| `{kind}` .*\| {code} \|", MANUAL)
    assert f"{short_text.KIND.usual_length} for `short_text`, {long_text.KIND.usual_length:,} for `long_text`" in MANUAL
