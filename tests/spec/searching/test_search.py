"""What is found in a long list for what was typed: one table, for the service and for browsers."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from questionnaires.model import Option, Question, QuestionType
from questionnaires.text import Text
from survey_service.web.option_search import LONG, LongOptions, is_searched, matches, shown_labels, sounds

VECTORS: dict[str, Any] = json.loads((Path(__file__).parent / "vectors.json").read_text(encoding="utf-8"))
OPTIONS = [Option(code=code, label=Text(label)) for code, label in VECTORS["entries"]]


@pytest.mark.parametrize("case", VECTORS["cases"], ids=lambda case: case["typed"])
def test_what_is_found(case: dict[str, Any]) -> None:
    found = matches(case["typed"], OPTIONS, shown_labels(OPTIONS, "zh"))
    assert [one.label.zh for one in found] == case["found"]


def test_what_is_typed_in_blanks_finds_everything() -> None:
    assert matches("  ", OPTIONS, shown_labels(OPTIONS, "zh")) == OPTIONS


def test_every_reading_of_a_character_is_known_and_no_letter_has_one() -> None:
    assert set(sounds("重")) >= {"zhong", "chong"}
    assert sounds("绿")[0] == "lv"
    assert sounds("A") == sounds("（") == ()


def asked(*options: Option) -> Question:
    text = Text("哪个社区？")
    return Question(id="q", type=QuestionType.SINGLE_CHOICE, text=text, short=text, options=options)


def test_a_label_stands_for_its_code_and_one_that_occurs_twice_has_its_code_behind_it() -> None:
    twice = LongOptions(asked(Option(code="1", label=Text("新村")), Option(code="2", label=Text("新村"))))
    assert twice.labels["zh"] == {"1": "新村（1）", "2": "新村（2）"}
    assert twice.code_of("新村（2）") == "2"
    assert twice.code_of("新村") == "新村"
    assert twice.is_open("新村")
    assert not twice.is_open("2")
    assert twice.shown("2", "zh") == "新村（2）"
    assert twice.shown("别处", "zh") == "别处"


def test_one_choice_of_more_than_fifteen_is_searched() -> None:
    options = [Option(code=str(number), label=Text(str(number))) for number in range(LONG + 1)]
    assert is_searched(asked(*options))
    assert not is_searched(asked(*options[:LONG]))
