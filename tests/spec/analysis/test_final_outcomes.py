"""From attempts to final outcomes: the rules as a table that a field manager can check by eye."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from analysis.dispositions import Disposition
from analysis.final_outcomes import Attempt, Rule, final_outcome
from analysis.outcome_codes import OUTCOME_CODES, OutcomeMode, disposition_of

DOOR, WEB, MAIL, CALL = OutcomeMode.IN_PERSON, OutcomeMode.WEB, OutcomeMode.MAIL, OutcomeMode.TELEPHONE


def at_the_door(*codes: str) -> list[Attempt]:
    return [Attempt(code=code, mode=DOOR) for code in codes]


@pytest.mark.parametrize(
    ("codes", "adult_known", "expected", "rule"),
    [
        ((), True, "3.11", Rule.NOT_TRIED),
        (("2.24",), True, "2.24", Rule.NOT_REACHED),  # somebody lives there: the register knows an adult
        (("2.24",), False, "3.20", Rule.LIVED_IN),  # lived in, but by whom nobody knows
        (("2.24", "2.24", "3.10"), False, "3.20", Rule.LIVED_IN),
        (("3.10", "3.18"), True, "3.18", Rule.NO_EVIDENCE),  # the last of those that learnt nothing
        (("2.11", "2.24", "2.24"), True, "2.11", Rule.REFUSED),  # nobody at home later takes no refusal back
        (("2.24", "2.112"), True, "2.112", Rule.REFUSED),
        (("2.12", "2.25"), True, "2.12", Rule.REFUSED),
        (("2.25", "2.32", "2.24"), True, "2.32", Rule.OTHER),
        (("2.24", "2.25"), True, "2.25", Rule.NOT_REACHED),
        (("4.60",), True, "4.60", Rule.NOT_ELIGIBLE),
        (("4.60", "3.10"), True, "4.60", Rule.NOT_ELIGIBLE),  # learnt nothing new
        (("4.60", "2.24"), True, "2.24", Rule.NOT_REACHED),  # somebody lives there after all
        (("4.60", "2.24"), False, "3.20", Rule.LIVED_IN),
        (("2.11", "4.51"), True, "4.51", Rule.NOT_ELIGIBLE),  # who refused was an office
        (("2.11", "4.51", "2.24"), True, "2.24", Rule.NOT_REACHED),  # and what was said before that is gone
    ],
)
def test_the_last_thing_established_decides(
    codes: tuple[str, ...], adult_known: bool, expected: str, rule: Rule
) -> None:
    found = final_outcome(at_the_door(*codes), first_mode=DOOR, adult_known=adult_known)
    assert (found.code, found.rule) == (expected, rule)


@pytest.mark.parametrize(("partly", "expected"), [(False, "1.1"), (True, "1.2")])
def test_a_stored_answer_decides_whatever_was_tried(partly: bool, expected: str) -> None:
    found = final_outcome(at_the_door("2.11"), first_mode=DOOR, adult_known=True, answered=WEB, partly=partly)
    assert (found.code, found.mode, found.rule, found.attempt) == (expected, WEB, Rule.ANSWERED, None)


def test_a_letter_that_was_sent_and_one_that_was_not() -> None:
    sent = final_outcome([], first_mode=WEB, adult_known=True, invited=True)
    kept = final_outcome([], first_mode=WEB, adult_known=True, invited=False)
    assert ((sent.code, sent.rule), (kept.code, kept.rule)) == (("3.19", Rule.NO_REPLY), ("3.11", Rule.NOT_TRIED))


def test_the_code_is_of_the_mode_in_which_it_became_final() -> None:
    attempts = [Attempt(code="3.13", mode=CALL), Attempt(code="2.113", mode=MAIL), Attempt(code="3.10", mode=DOOR)]
    found = final_outcome(attempts, first_mode=WEB, adult_known=True)
    assert (found.code, found.mode, found.attempt) == ("2.113", MAIL, 1)


def test_an_attempt_cannot_say_that_somebody_answered() -> None:
    with pytest.raises(ValueError, match="follows from an answer that is stored"):
        final_outcome(at_the_door("1.1"), first_mode=DOOR, adult_known=True)


attempts = st.lists(
    st.sampled_from(
        [
            Attempt(code=one.code, mode=mode)
            for mode in OutcomeMode
            for one in OUTCOME_CODES[mode]
            if not one.code.startswith("1.")
        ]
    ),
    max_size=6,
)


@given(attempts, st.booleans(), st.booleans())
def test_what_is_said_was_said_by_an_attempt(tried: list[Attempt], adult_known: bool, invited: bool) -> None:
    found = final_outcome(tried, first_mode=DOOR, adult_known=adult_known, invited=invited)
    assert found.disposition is disposition_of(found.code, found.mode)
    assert (found.attempt is None) == (not tried)
    if found.attempt is not None and not (found.code == "3.20" and tried[found.attempt].code == "2.24"):
        assert tried[found.attempt].code == found.code


@given(attempts, st.booleans())
def test_learning_nothing_more_changes_no_class(tried: list[Attempt], adult_known: bool) -> None:
    before = final_outcome(tried, first_mode=DOOR, adult_known=adult_known)
    after = final_outcome([*tried, *at_the_door("3.10")], first_mode=DOOR, adult_known=adult_known)
    if before.disposition is not Disposition.UNKNOWN_HOUSEHOLD:
        assert (after.code, after.attempt) == (before.code, before.attempt)
