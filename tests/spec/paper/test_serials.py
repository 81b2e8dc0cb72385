"""Serials: what the check digit notices, and what passes for a serial."""

from __future__ import annotations

from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from survey_service.paper import serials

SEQUENCES = st.integers(min_value=1, max_value=serials.LARGEST_SEQUENCE)


def test_the_published_example_of_damm() -> None:
    # Damm's own example: the check digit of 572 is 4.
    assert serials.check_digit("572") == 4
    assert serials.check_digit("5724") == 0


def test_every_wrong_digit_and_every_swap_of_neighbours_is_noticed() -> None:
    for sequence in (1, 9, 1234, 36_000, 99_999_999):
        right = serials.serial(sequence)
        for place in range(len(right)):
            for digit in "0123456789":
                if digit != right[place]:
                    assert serials.read(right[:place] + digit + right[place + 1 :]) is None
        for place in range(len(right) - 1):
            swapped = right[:place] + right[place + 1] + right[place] + right[place + 2 :]
            if swapped != right:
                assert serials.read(swapped) is None


@given(SEQUENCES)
def test_a_serial_is_read_as_it_is_printed_typed_or_shortened(sequence: int) -> None:
    made = serials.serial(sequence)
    assert serials.sequence(made) == sequence
    assert serials.read(made) == serials.read(serials.grouped(made)) == serials.read(made.lstrip("0")) == made


@pytest.mark.parametrize("typed", ["", "0", "000000000", "0009-001", "12a", "1234567890", "-17", "1.7"])
def test_other_things_are_no_serials(typed: str) -> None:
    assert serials.read(typed) is None


def test_full_width_digits_of_a_chinese_input_method_pass() -> None:
    made = serials.serial(42)
    assert serials.read("".join(chr(ord(digit) + 0xFEE0) for digit in made)) == made


def test_a_page_code_comes_back_from_its_payload_and_fits_a_small_qr_code() -> None:
    code = serials.PageCode(
        survey=serials.survey_mark(UUID(int=7)),
        serial=serials.serial(12),
        page=2,
        version="0a1b2c3d",
        languages="zh-en",
    )
    assert serials.read_payload(code.payload()) == code
    assert len(code.payload()) <= 38 + 9  # alphanumeric, version 3, error correction Q: 47
    assert set(code.payload()) <= set("0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ.-")


@pytest.mark.parametrize(
    "payload", ["", "https://example.org/q/ABC", "SF1.1.2.3", "SF1.0A1B2C3D.000000010.1.0A1B2C3D.ZH", "SF2.A.B.C.D.E"]
)
def test_other_codes_on_a_sheet_are_not_ours(payload: str) -> None:
    assert serials.read_payload(payload) is None
