"""Which numbers inside words are somebody's identity or mobile number."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from questionnaires.personal_numbers import personal_numbers


def kinds(text: str) -> list[tuple[str, str]]:
    return [(one.kind, text[one.start : one.end]) for one in personal_numbers(text)]


@pytest.mark.parametrize(
    ("text", "kind", "number"),
    [
        ("我是张三，13812345678，来找我", "mobile_number", "13812345678"),
        ("138 1234 5678", "mobile_number", "138 1234 5678"),
        ("138-1234-5678 白天打", "mobile_number", "138-1234-5678"),
        ("+86 13812345678", "mobile_number", "86 13812345678"),
        ("微信wx13812345678", "mobile_number", "13812345678"),
        ("13812345678x", "mobile_number", "13812345678x"),
        ("第一13812345678", "mobile_number", "13812345678"),
        ("１３８１２３４５６７８", "mobile_number", "１３８１２３４５６７８"),
        ("一三八一二三四五六七八", "mobile_number", "一三八一二三四五六七八"),
        ("138\u200b1234\u200b5678", "mobile_number", "138\u200b1234\u200b5678"),
        ("身份证11010519491231002X", "identity_number", "11010519491231002X"),
        ("11010519491231002x 住三楼", "identity_number", "11010519491231002x"),
        ("110105194912310020", "identity_number", "110105194912310020"),  # a wrong check digit is still somebody's
        ("110105 19491231 002X", "identity_number", "110105 19491231 002X"),
        ("110105491231002", "identity_number", "110105491231002"),  # fifteen digits, issued until 1999
    ],
)
def test_a_number_of_a_person_is_found_however_it_is_written(text: str, kind: str, number: str) -> None:
    assert kinds(text) == [(kind, number)]


@pytest.mark.parametrize(
    "text",
    [
        "",
        "修好路灯",
        "2019年到2026年都没修",
        "12345 打不通",
        "订单号 138123456789012",  # fifteen digits whose middle is no day
        "123812345678",  # twelve digits
        "12812345678",  # 12 begins no mobile number
        "010-12345678",  # a desk
        "990105194912310020",  # no province
        "110105194913310020",  # no month
        "1990 2010 123",  # eleven digits, not as anybody parts a telephone number
        "三栋一单元，五楼六楼七楼八楼",
    ],
)
def test_other_numbers_are_left_alone(text: str) -> None:
    assert kinds(text) == []


def test_several_numbers_are_told_apart() -> None:
    assert [kind for kind, _ in kinds("13812345678、11010519491231002X 13912345678")] == [
        "mobile_number",
        "identity_number",
        "mobile_number",
    ]


@given(
    before=st.text("的，路 灯abc", max_size=8),
    after=st.text("的，路灯。", max_size=8),
    number=st.integers(0, 10**9 - 1),
)
def test_a_mobile_number_is_found_in_any_words(before: str, after: str, number: int) -> None:
    written = f"13{number:09d}"
    assert ("mobile_number", written) in kinds(f"{before.strip()}，{written}{after}")


@given(st.text(st.characters(codec="utf-8"), max_size=200))
def test_no_text_raises_and_every_place_lies_in_it(text: str) -> None:
    for one in personal_numbers(text):
        assert 0 <= one.start < one.end <= len(text)
