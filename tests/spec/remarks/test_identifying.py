"""What is proposed for striking, what is left alone, and what a sheet prints of words that were struck."""

from __future__ import annotations

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from survey_service.remarks.identifying import STRUCK, Span, folded, open_proposals, printed, proposed, searched, united

PROPOSED = (
    ("打我电话13812345678", ["13812345678"]),
    ("打我电话１３８ １２３４ ５６７８", ["１３８ １２３４ ５６７８"]),
    ("一三八一二三四五六七八找我", ["一三八一二三四五六七八"]),
    ("身份证110101199003074518", ["110101199003074518"]),
    ("座机0571-87654321坏了", ["0571-87654321"]),
    ("电话是87654321", ["87654321"]),
    ("3栋2单元501室漏水", ["3栋2单元501室"]),
    ("３号楼的灯不亮", ["３号楼"]),
    ("十二号楼三单元没电梯", ["十二号楼三单元"]),
    ("我家5-2-301天天漏", ["5-2-301"]),
    ("502住户夜里打麻将", ["502"]),
    ("我叫王小明", ["王小明"]),
    ("我姓欧阳", ["欧阳"]),
    ("免贵姓李", ["李"]),
    ("找张阿姨，她知道", ["张阿姨"]),
    ("社区刘建国主任态度好", ["刘建国主任"]),
    ("微信号abc_12345", ["abc_12345"]),
    ("写信到someone@example.com", ["someone@example.com"]),
    ("京A12345挡着门", ["京A12345"]),
)
LEFT_ALONE = (
    "多划一些停车位",
    "希望2026年装电梯",
    "垃圾桶一天清运3次",
    "公交101路来得少",
    "办事窗口中午12点到2点能不能不休息",
    "噪音80分贝",
    "物业费涨了30%",
)


@pytest.mark.parametrize(("text", "wanted"), PROPOSED)
def test_what_may_say_who_somebody_is_is_proposed(text: str, wanted: list[str]) -> None:
    assert [text[one.begins : one.ends] for one in proposed(text)] == wanted


@pytest.mark.parametrize("text", LEFT_ALONE)
def test_what_says_nothing_of_anybody_is_left_alone(text: str) -> None:
    assert proposed(text) == ()


def test_struck_characters_are_printed_as_one_sign() -> None:
    text = "我叫王小明，住3栋501室"
    assert printed(text, [Span(2, 4), Span(4, 5), Span(7, 13)]) == f"我叫{STRUCK}，住{STRUCK}"
    assert printed("两行\n  话", []) == "两行 话"


def test_a_proposal_of_which_a_part_is_struck_is_still_open() -> None:
    text = "电话13812345678"
    assert open_proposals(text, [Span(2, 8)])
    assert not open_proposals(text, [Span(2, 6), Span(6, 13)])


def test_searching_folds_wide_forms_and_case() -> None:
    assert searched("ＡＢｃ　１") == "abc 1"


@given(st.text(max_size=60))
def test_places_in_folded_words_are_those_of_the_answer(text: str) -> None:
    assert len(folded(text)) == len(text)
    for one in proposed(text):
        assert 0 <= one.begins < one.ends <= len(text)


@given(st.text(alphabet="我住王ab12栋室—〔 ", max_size=30), st.data())
def test_no_struck_character_is_printed(text: str, data: st.DataObject) -> None:
    places = st.integers(0, len(text))
    spans = [Span(a, b) for a, b in data.draw(st.lists(st.tuples(places, places), max_size=4)) if a < b]
    marked = "".join("\u2603" if any(s.begins <= n < s.ends for s in spans) else one for n, one in enumerate(text))
    made = printed(text, spans)
    assert made.count(STRUCK) >= len(united(spans))
    assert printed(marked, spans) == made


@pytest.mark.parametrize(
    "long", ["1" * 10_000, "一" * 10_000, "王" * 10_000, "a@" * 5_000, "1-" * 5_000, "3栋" * 5_000]
)
def test_long_answers_are_looked_through_at_once(long: str) -> None:
    began = time.perf_counter()
    proposed(long)
    assert time.perf_counter() - began < 2
