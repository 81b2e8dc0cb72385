"""From what a questionnaire asks of age and sex to the groups of a register: every way they can be cut."""

from __future__ import annotations

from dataclasses import replace

import pytest

from questionnaires.model import (
    Header,
    Missing,
    Notice,
    Option,
    Question,
    Questionnaire,
    QuestionType,
    Section,
    StandsFor,
)
from questionnaires.text import Text
from survey_service.areas.age_and_sex import OF_AGE, SEX_NOT_ASKED, Unmatched, age_and_sex, asked_from
from tests.programmes import KEYS, programme

REGISTER = ("18-29", "30-44", "45-59", "60-74", "75+")
_WORDS = Text("一", "one")


def asking(*questions: Question) -> Questionnaire:
    notice = Notice(purpose=_WORDS, body=_WORDS, retention=_WORDS, contact=_WORDS)
    section = Section(id="s", title=_WORDS, questions=questions)
    return Questionnaire(key="k", version="1", title=_WORDS, header=Header(), notice=notice, sections=(section,))


def number(minimum: float | None = 18, maximum: float | None = 120) -> Question:
    return Question(
        id="years",
        type=QuestionType.NUMBER,
        text=_WORDS,
        short=_WORDS,
        minimum=minimum,
        maximum=maximum,
        stands_for=StandsFor.AGE,
    )


def ranges(*written: str) -> Question:
    told = [Option(code=str(code), label=_WORDS, stands_for=one) for code, one in enumerate(written, start=1)]
    refused = Option(code="9", label=_WORDS, missing=Missing.REFUSED)
    return Question(
        id="band",
        type=QuestionType.SINGLE_CHOICE,
        text=_WORDS,
        short=_WORDS,
        options=(*told, refused),
        stands_for=StandsFor.AGE,
    )


SHORT_FORMS = ("civilized_city", "window_services")
OF_RESIDENTS = (
    *SHORT_FORMS,
    *(
        "civilized_city_full",
        "window_services_full",
        "civilized_city_knowledge",
        "civility_index",
        "government_conduct",
    ),
    *("environment", "health_knowledge", "public_safety", "uncivil_behaviour", "volunteering", "community_services"),
)


@pytest.mark.parametrize("key", OF_RESIDENTS)
def test_the_definitions_of_the_house_ask_for_both(key: str) -> None:
    questionnaire = programme(key)
    found = age_and_sex(questionnaire, REGISTER)
    assert asked_from(questionnaire) == (16 if key == "public_safety" else 18)
    assert found.why_no_age is None
    assert found.reasons() == ()
    assert found.age is not None
    assert found.sex is not None
    age, sex = ("q10", "q9") if key in SHORT_FORMS else ("age", "sex")
    assert (found.age.variable, found.age.groups) == (age, REGISTER)
    assert [found.age.group(one) for one in (18, 29, 29.5)] == ["18-29"] * 3
    assert [found.age.group(one) for one in (30, 74, 75, 120)] == ["30-44", "60-74", "75+", "75+"]
    assert [found.age.group(one) for one in (None, "", "45", True, 17)] == [None] * 5
    assert (found.sex.variable, found.sex.of_code) == (sex, {"1": "male", "2": "female"})
    assert [found.sex.sex(one) for one in ("1", "2", "3", None)] == ["male", "female", None, None]


@pytest.mark.parametrize("key", sorted(set(KEYS) - set(OF_RESIDENTS)))
def test_who_is_not_drawn_from_all_residents_is_not_held_against_their_register(key: str) -> None:
    """Parents, pupils, staff, shops, units, clients at a counter, raters of set classes, disabled people on a list."""
    found = age_and_sex(programme(key), REGISTER)
    assert (found.age, found.sex) == (None, None)


@pytest.mark.parametrize(
    ("written", "register", "groups"),
    [
        (("18-29", "30-44", "45-59", "60-74", "75+"), REGISTER, REGISTER),
        # The questionnaire is coarser: groups of the register are joined.
        (("18-44", "45-59", "60+"), REGISTER, ("18-44", "45-59", "60+")),
        # The register is coarser: answers are joined.
        (REGISTER, ("18-44", "45+"), ("18-44", "45+")),
        # Cut at other years: what both know stays apart.
        (("18-24", "25-44", "45-54", "55+"), REGISTER, ("18-44", "45+")),
        # What lies below the survey's age is not asked, and not counted.
        (("0-17", "18-44", "45+"), REGISTER, ("18-44", "45+")),
        (("0-44", "45+"), REGISTER, ("18-44", "45+")),
        (("18-44", "45-120"), REGISTER, ("18-44", "45+")),
    ],
)
def test_the_finest_groups_that_both_know(
    written: tuple[str, ...], register: tuple[str, ...], groups: tuple[str, ...]
) -> None:
    found = age_and_sex(asking(ranges(*written)), register).age
    assert found is not None
    assert found.groups == groups
    assert tuple(dict.fromkeys(found.of_register[one] for one in register)) == groups
    told = [found.group(str(code)) for code in range(1, len(written) + 1)]
    assert tuple(dict.fromkeys(one for one in told if one)) == groups
    assert told == [None if one == "0-17" else by_hand(one, groups) for one in written]
    assert [found.group(one) for one in ("9", "", None, 1)] == [None] * 4


def by_hand(written: str, groups: tuple[str, ...]) -> str:
    first = max(int(written.rstrip("+").split("-")[0]), 18)
    return [one for one in groups if int(one.rstrip("+").split("-")[0]) <= first][-1]


@pytest.mark.parametrize(
    ("question", "register", "reason"),
    [
        (number(minimum=20), REGISTER, Unmatched.STARTS_ELSEWHERE),
        (number(minimum=None, maximum=None), REGISTER, None),
        (number(maximum=64), REGISTER, Unmatched.ENDS_ELSEWHERE),
        (number(), ("18+",), Unmatched.NO_COMMON_GROUPS),
        (ranges("20-44", "45+"), REGISTER, Unmatched.STARTS_ELSEWHERE),
        (ranges("18-44", "45-64"), REGISTER, Unmatched.ENDS_ELSEWHERE),
        (ranges("18-34", "35-54", "55+"), REGISTER, Unmatched.NO_COMMON_GROUPS),
        (ranges("18-44", "45+"), ("18+",), Unmatched.NO_COMMON_GROUPS),
        (replace(number(), stands_for=None), REGISTER, Unmatched.NOT_ASKED),
    ],
)
def test_it_is_said_why_ages_cannot_be_matched(
    question: Question, register: tuple[str, ...], reason: Unmatched | None
) -> None:
    found = age_and_sex(asking(question), register)
    assert found.why_no_age is reason
    assert (found.age is None) == (reason is not None)
    assert found.sex is None
    assert found.reasons() == (*([] if reason is None else [OF_AGE[reason]]), SEX_NOT_ASKED)


def test_where_a_survey_begins() -> None:
    assert asked_from(asking(number(minimum=16))) == 16
    assert asked_from(asking(number(minimum=None))) is None
    assert asked_from(asking(ranges("18-44", "45+"))) == 18
    assert asked_from(asking(replace(number(), stands_for=None))) is None
