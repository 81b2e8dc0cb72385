"""Every programme, answered on a phone 360 px wide from the first screen to 已提交 by somebody who follows the page.

What is stored is what was touched, and the questions that were seen are those that the judge asks whoever answers so.
"""

from __future__ import annotations

import random
import re
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from questionnaires.answers import Policy, check_answers, judge
from questionnaires.model import Missing, Questionnaire
from survey_service.secrets import KeyRing
from tests.browser.resident_world import open_wave_of
from tests.browser.scripted_resident import Resident
from tests.browser.test_resident import answers
from tests.browser.test_resident_further_kinds import DEFINITION as FURTHER
from tests.programmes import KEYS, filled_in, programme
from tests.spec.questionnaires.examples import loaded
from tests.spec.questionnaires.family import FAMILY
from tests.spec.questionnaires.piped import PIPED

if TYPE_CHECKING:
    from playwright.sync_api import Page

    from survey_service.database import Database
    from survey_service.settings import Settings
    from tests.service.world import World

pytestmark = pytest.mark.browser
Opening = Callable[[Questionnaire], tuple[str, Callable[[], dict[str, Any]]]]


@pytest.fixture
def opened(database: Database, settings: Settings, world: World, base: str) -> Opening:
    """Opens a wave of a questionnaire: the address for phones, and what gives back the one set of answers stored."""

    def of(questionnaire: Questionnaire) -> tuple[str, Callable[[], dict[str, Any]]]:
        wave = open_wave_of(database, KeyRing(settings.secret_key.get_secret_value()), world, questionnaire)

        def stored() -> dict[str, Any]:
            [one] = answers(database, wave)
            return one

        return f"{base}/a/{wave.code}", stored

    return of


def asked_of(questionnaire: Questionnaire, given: Mapping[str, object]) -> list[str]:
    """By the judge; notes too, which have no variable."""
    found = []
    known: dict[str, object] = {}
    for one in judge(questionnaire).questions:
        if all(condition.evaluate(known) for condition in one.conditions):
            found.append(one.question.id)
            known |= {slot.variable: given[slot.variable] for slot in one.slots if slot.variable in given}
    return found


def in_any_order(given: Mapping[str, Any], ordered: set[str]) -> dict[str, Any]:
    return {
        name: sorted(answer) if isinstance(answer, list) and name not in ordered else answer
        for name, answer in given.items()
    }


def followed(page: Page, opened: Opening, questionnaire: Questionnaire, seed: int) -> None:
    address, stored = opened(questionnaire)
    resident = Resident(page, random.Random(seed), always_first=seed == 0)
    resident.answer(address)
    kept = stored()
    assert in_any_order(kept, resident.orders) == in_any_order(resident.given, resident.orders)
    checked = check_answers(questionnaire, kept, Policy.WEB)
    assert checked.canonical == kept
    assert resident.seen == asked_of(questionnaire, kept)
    numbers = {
        question: int(told[1])
        for question, count in resident.numbers.items()
        if (told := re.match(r"第 (\d+) 题", count))
    }
    in_order = [one.question.id for one in judge(questionnaire).questions if one.slots]
    assert numbers == {question: in_order.index(question) + 1 for question in resident.seen if question in in_order}
    unanswered = [name for name, value in checked.values.items() if value is Missing.NO_ANSWER]
    assert unanswered == [], "whoever answers what is shown has answered what is asked"


@pytest.mark.parametrize("key", ["merchants", "issue_follow_up"])  # rules and a calculated number; most of it asked if
def test_a_programme_is_answered(phone: Callable[..., Page], opened: Opening, key: str) -> None:
    followed(phone(), opened, filled_in(programme(key)), 0)


@pytest.mark.soak
@pytest.mark.parametrize("seed", [0, 1, 2])
@pytest.mark.parametrize("key", KEYS)
def test_every_programme_is_answered(phone: Callable[..., Page], opened: Opening, key: str, seed: int) -> None:
    followed(phone(), opened, filled_in(programme(key)), seed)


@pytest.mark.soak
@pytest.mark.parametrize("seed", [0, 1, 2])
@pytest.mark.parametrize("definition", [FAMILY, PIPED, FURTHER], ids=["rules", "piping", "ranking"])
def test_what_no_programme_has_yet_is_answered(
    phone: Callable[..., Page], opened: Opening, tmp_path: Path, definition: str, seed: int
) -> None:
    followed(phone(), opened, loaded(tmp_path, definition), seed)


@pytest.mark.soak
@pytest.mark.parametrize("seed", [0, 1])
@pytest.mark.parametrize("key", ["community_services", "public_safety"])
def test_a_programme_is_answered_without_a_script(
    phone: Callable[..., Page], opened: Opening, key: str, seed: int
) -> None:
    """Every question is seen there, and filled in; what was not asked is neither shown to be checked nor kept."""
    one = filled_in(programme(key))
    address, stored = opened(one)
    resident = Resident(phone(java_script_enabled=False), random.Random(seed), always_first=seed == 0)
    told = resident.answer_plainly(address)
    kept = stored()
    assert resident.seen == [question.id for question in one.questions()]
    checked = check_answers(one, resident.given, Policy.WEB)
    assert kept == checked.canonical
    asked = [name for name in asked_of(one, kept) if one.question(name).variables()]
    in_order = [question.id for question in one.questions() if question.variables()]
    assert told == [f"第{in_order.index(name) + 1}题" for name in asked]
