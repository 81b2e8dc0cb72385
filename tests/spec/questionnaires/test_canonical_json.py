"""The one text that is hashed: golden bytes, for hashes of years ago are compared with those of today."""

from __future__ import annotations

import math
from dataclasses import dataclass, field
from datetime import date, time
from enum import Enum, StrEnum

import pytest
from hypothesis import given
from hypothesis import strategies as st

from questionnaires.canonical_json import Form, canonical_text
from questionnaires.canonical_writing import Writer, Written


class Colour(StrEnum):
    RED = "红"


class Number(Enum):
    FOUR = 4


@dataclass(frozen=True)
class Inner:
    seal: object
    value: object = 0
    parts: tuple[object, ...] = field(default_factory=tuple)


def test_numbers_blanks_and_characters_are_written_as_they_always_were() -> None:
    document = {
        "z": [1e-07, 1e16, 1e22, 0.1 + 0.2, -0.0, 5.0, 2**63, True, None],
        "a": {"é": "万寿桥\u2028\U0001f642", "B": 'a"b\\c\n\x7f/', "b": ""},
    }
    assert canonical_text(document).encode() == (
        b'{"a":{"B":"a\\"b\\\\c\\n\x7f/","b":"","\xc3\xa9":"\xe4\xb8\x87\xe5\xaf\xbf\xe6\xa1\xa5\xe2\x80\xa8\xf0\x9f\x99\x82"},'
        b'"z":[1e-07,1e+16,1e+22,0.30000000000000004,-0.0,5.0,9223372036854775808,true,null]}'
    )


@pytest.mark.parametrize("number", [float("nan"), float("inf"), float("-inf")])
def test_what_is_no_number_is_refused(number: float) -> None:
    with pytest.raises(ValueError, match="JSON"):
        canonical_text([number])


def test_values_as_plain_json() -> None:
    value = Inner("s", {Colour.RED: date(2026, 9, 30)}, (Number.FOUR, Inner("t"), True, 2 / 3))
    assert canonical_text(Form().plain(value)) == (
        '{"parts":[4,{"parts":[],"seal":"t","value":0},true,0.6666666666666666],"seal":"s","value":{"红":"2026-09-30"}}'
    )
    assert canonical_text(Form(without=frozenset({"seal"}), digits=12).plain(value)) == (
        '{"parts":[4,{"parts":[],"value":0},true,0.666666666667],"value":{"红":"2026-09-30"}}'
    )
    assert canonical_text(
        Form(defaults=False, words={Colour: lambda colour: colour.name}).plain([value, Colour.RED])
    ) == ('[{"parts":[4,{"seal":"t"},true,0.6666666666666666],"seal":"s","value":{"红":"2026-09-30"}},"RED"]')


def test_a_value_without_a_plain_form_is_refused() -> None:
    with pytest.raises(TypeError, match="set"):
        Form().plain({1, 2})


class Share(float):
    pass


@dataclass(frozen=True)
class Alone:
    what: object


@dataclass(frozen=True)
class Nothing:
    pass


# The largest numbers, rounded to a few digits, are none any more, and refused whichever way they are written.
numbers = st.floats(min_value=-1e300, max_value=1e300)
leaves = (
    st.none()
    | st.booleans()
    | st.integers()
    | numbers
    | st.integers(-10, 10).map(lambda one: one / 8)
    | st.floats(-1, 1).map(Share)
    | st.text(max_size=4)
    | st.sampled_from([*Colour, *Number, date(2026, 9, 30), time(9, 5, 7)])
)
values = st.recursive(
    leaves,
    lambda inner: (
        st.lists(inner, max_size=4)
        | st.lists(inner, max_size=4).map(tuple)
        | st.dictionaries(st.text(max_size=3) | st.integers(0, 3), inner, max_size=4)
        | st.builds(Inner, inner, inner, st.lists(inner, max_size=3).map(tuple))
        | st.builds(Alone, inner)
        | st.builds(Nothing)
    ),
    max_leaves=30,
)
FORMS = [
    Form(digits=12),
    Form(without=frozenset({"seal"}), digits=12),
    Form(without=frozenset({"what"}), digits=15),
    Form(defaults=False, words={Colour: lambda colour: [colour.name, 1 / 3]}, digits=3),
]


@given(values, st.sampled_from(FORMS))
def test_what_is_written_at_once_is_the_text_of_the_plain_value(value: object, form: Form) -> None:
    assert Writer(form).text(value) == canonical_text(form.plain(value))


@given(numbers)
def test_numbers_written_at_once_have_the_digits_of_the_form(number: float) -> None:
    assert Writer(FORMS[0]).text(number) == canonical_text(float(f"{number:.12g}"))


def test_a_bare_writer_leaves_out_what_is_not_there() -> None:
    assert Writer(FORMS[1], bare=True).text([Inner("s", None, (None,)), Alone(None)]) == '[{"parts":[null]},{}]'


def test_a_part_that_is_written_already_stays_as_it_is() -> None:
    assert Writer(FORMS[0]).text({"b": Written("[0.3333333333333333]"), "a": 1 / 3}) == (
        '{"a":0.333333333333,"b":[0.3333333333333333]}'
    )


@pytest.mark.parametrize("number", [math.nan, math.inf, -math.inf])
def test_what_is_no_number_is_not_written_at_once_either(number: float) -> None:
    with pytest.raises(ValueError, match="JSON"):
        Writer(FORMS[0]).text((number,))


def test_what_has_no_plain_form_is_not_written_at_once_either() -> None:
    with pytest.raises(TypeError, match="set"):
        Writer(FORMS[0]).text({1, 2})
