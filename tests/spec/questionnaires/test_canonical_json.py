"""The one text that is hashed: golden bytes, for hashes of years ago are compared with those of today."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date
from enum import Enum, StrEnum

import pytest

from questionnaires.canonical_json import Form, canonical_text


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
