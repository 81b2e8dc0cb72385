"""What the check character of a short code finds, over all places and characters."""

from __future__ import annotations

from itertools import combinations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from survey_service.secrets import CROCKFORD
from survey_service.surveys.genuine import number_as_read
from survey_service.surveys.short_code import LENGTH, SECRET, as_read, fits, in_threes, with_check

secrets = st.text(CROCKFORD, min_size=SECRET, max_size=SECRET)


@given(secrets)
def test_every_single_wrong_character_and_every_swap_is_found(secret: str) -> None:
    code = with_check(secret)
    assert len(code) == LENGTH
    assert fits(code)
    for place in range(LENGTH):
        for other in CROCKFORD:
            wrong = code[:place] + other + code[place + 1 :]
            assert fits(wrong) == (other == code[place])
    for one, two in combinations(range(LENGTH), 2):  # neighbours, and any other two
        swapped = list(code)
        swapped[one], swapped[two] = code[two], code[one]
        assert fits("".join(swapped)) == (code[one] == code[two])


@given(secrets, st.sampled_from(CROCKFORD), st.sampled_from(CROCKFORD))
def test_a_pair_taken_for_another_pair_is_found(secret: str, seen: str, meant: str) -> None:
    """88 for 33, side by side, wherever they stand."""
    for place in range(SECRET - 1):
        code = with_check(secret[:place] + meant * 2 + secret[place + 2 :])
        assert fits(code[:place] + seen * 2 + code[place + 2 :]) == (seen == meant)


@given(secrets, secrets)
def test_one_in_thirty_two_of_all_other_slips_passes(secret: str, other: str) -> None:
    """For nine characters exactly one check character of 32 is right."""
    passing = [check for check in CROCKFORD if fits(other + check)]
    assert passing == [with_check(other)[-1]]
    assert fits(secret + passing[0]) == (with_check(secret)[-1] == passing[0])


@given(secrets)
def test_it_is_read_however_people_write_it(secret: str) -> None:
    code = with_check(secret)
    printed = in_threes(code)
    assert as_read(printed) == code
    loose = printed.lower().replace("-", " — ").replace("0", "o").replace("1", "l").replace("v", "u")
    assert as_read(f" {loose}。") == code
    wide = "".join(chr(ord(one) + 0xFEE0) for one in printed.replace("-", ""))  # as a Chinese keyboard gives them
    assert as_read(wide) == code


def test_what_is_no_character_of_a_code_is_left_to_be_seen() -> None:
    assert as_read("7k3-9qf 2tm*4") == "7K39QF2TM*4"
    for nothing in ("", "7K39QF2TM", "七K39QF2TM4", "7K39QF2TM*"):
        assert not fits(as_read(nothing))


@pytest.mark.parametrize(
    ("typed", "number"),
    [("0001-001", "0001-001"), ("住户编号：０００１－００１", "0001-001"), ("编号 A 12", "A12"), ("household 7", "7")],
)
def test_a_number_is_read_as_it_stands_on_the_letter(typed: str, number: str) -> None:
    assert number_as_read(typed) == number
