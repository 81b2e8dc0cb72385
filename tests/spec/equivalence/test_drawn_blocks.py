"""Whatever was drawn and answered, phone, keyer's desk, device, printed list and codebook ask what the judge asks.

The device draws by itself, from the stored definition and the ticket alone, as docs/questionnaires.md describes it.
"""

from __future__ import annotations

import hashlib
import json
import math
from collections.abc import Mapping
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from questionnaires.answers import Missing, Policy, check_answers
from questionnaires.canonical import canonical_bytes
from questionnaires.codebook import codebook
from questionnaires.condition_parser import parse
from questionnaires.conditions import Condition, from_json
from questionnaires.draws import for_browser, named_on_paper, part_asked
from questionnaires.model import Questionnaire
from survey_service.collection.resident_steps import screens
from survey_service.keying.sheets import build_sheet
from tests.spec.questionnaires.drawn import BODIES, questionnaire

TICKETS = st.integers(0, 10_000)
USED = st.lists(st.sampled_from(["1", "2", "3", "4"]), unique=True).map(lambda codes: sorted(codes) or ["8"])
RATINGS = st.fixed_dictionaries({f"{name}_all": st.sampled_from(["1", "2", "9"]) for name in BODIES})


def holds(tree: Any, values: Mapping[str, Any]) -> bool:
    """As the browser's interpreter does, which the vectors hold to it: draws come with the values."""
    if tree[0] != "drawn":
        parts = [part for part in tree[1:] if isinstance(part, list)] if tree[0] == "and" else []
        if any(part[0] == "drawn" for part in parts):
            return all(holds(part, values) for part in parts)
        return Condition("", from_json(tree)).evaluate(values)
    _, name, block = tree
    draw = values.get(f"draw of {name}")
    if draw is None:
        return False
    own = [one for one, belongs in draw["among"] if belongs is None or holds(belongs, values)]
    return block in [one for one in draw["order"] if one in own][: draw["take"]]


def walked(fields: list[tuple[str, list[Any]]], answers: Mapping[str, Any], draws: Mapping[str, Any]) -> list[str]:
    values: dict[str, Any] = {f"draw of {name}": one for name, one in draws.items()}
    asked = []
    for name, trees in fields:
        if all(holds(tree, values) for tree in trees):
            asked.append(name)
            values[name] = answers.get(name)
    return asked


def on_phone(one: Questionnaire, answers: Mapping[str, Any]) -> list[str]:
    part = part_asked(one, answers)
    steps = [(step.question.id, [json.loads(step.ask_if)] if step.ask_if else []) for step in screens(part, 0).steps]
    return walked(steps, answers, for_browser(part, answers))


def on_keys(one: Questionnaire, answers: Mapping[str, Any]) -> list[str]:
    rows = [(row.variable, list(row.asked_if)) for row in build_sheet(one, "zh").rows]
    return walked(rows, answers, for_browser(one, answers))


def on_device(one: Questionnaire, answers: Mapping[str, Any]) -> list[str]:
    stored = json.loads(canonical_bytes(one))["questionnaire"]
    (draw,) = stored["draws"]
    blocks, take, ticket = [block["id"] for block in draw["blocks"]], draw["take"], answers[draw["id"]]
    turn, place = divmod(ticket, len(blocks) // math.gcd(len(blocks), take))
    order = sorted(blocks, key=lambda block: hashlib.sha256(f"{draw['id']}:{turn}:{block}".encode()).hexdigest())
    start = place * take % len(blocks)
    among = [[block["id"], block["belongs_if"]["tree"] if "belongs_if" in block else None] for block in draw["blocks"]]
    mine = {draw["id"]: {"order": order[start:] + order[:start], "take": take, "among": among}}
    inside = {name: block["id"] for block in draw["blocks"] for name in block["sections"]}
    fields = [
        (
            question["id"],
            [["drawn", draw["id"], inside[name]] for name in (section["id"],) if name in inside]
            + [asked["ask_if"]["tree"] for asked in (section, question) if "ask_if" in asked],
        )
        for section in stored["sections"]
        for question in section["questions"]
    ]
    return walked(fields, answers, mine)


def in_codebook(one: Questionnaire, answers: Mapping[str, Any]) -> list[str]:
    """With what was drawn as its own variable has it."""
    checked = check_answers(one, answers, Policy.WEB)
    told = {name: value for name, value in checked.values.items() if not isinstance(value, Missing)}
    told |= {name: code for name, code in answers.items() if checked.values.get(name) is Missing.DONT_KNOW}
    names = {question.id for question in one.questions()}
    return [
        row.name
        for row in codebook(one)
        if row.name in names and all(parse(source).evaluate(told) for source in row.asked_if)
    ]


@pytest.mark.parametrize("by_person", [True, False])
@given(TICKETS, USED, RATINGS)
@settings(max_examples=40)
def test_every_surface_asks_what_the_judge_asks(
    by_person: bool, ticket: int, used: list[str], ratings: dict[str, str]
) -> None:
    one = questionnaire(by_person=by_person)
    answers = {"used": used, "bodies": ticket, **ratings}
    checked = check_answers(one, answers, Policy.WEB)
    asked = [each.id for each in one.questions() if checked.values[each.id] is not Missing.NOT_ASKED]
    for surface in (on_phone, on_keys, on_device, in_codebook):
        assert surface(one, answers) == asked, surface.__name__
    listed = named_on_paper(one, answers)["bodies"]
    own = [name for place, name in enumerate(BODIES, start=1) if not by_person or str(place) in used]
    answered = [name for name in listed if name in own][:2]
    assert sorted(answered) == sorted(name for name in BODIES if f"{name}_all" in asked), "the first two that apply"
