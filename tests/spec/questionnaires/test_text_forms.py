"""The forms of texts that are written out: the same as Python's own expressions say, and never slow."""

from __future__ import annotations

import re
import time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from questionnaires.text_forms import LONGEST_TEXT, FormFault, compiled, fits

PARTS = st.recursive(
    st.sampled_from(["a", "b", "[ab]", "[^a]", ".", "[0-9]", "[a-]", "-"]),
    lambda inner: st.one_of(
        st.lists(inner, max_size=3).map("".join),
        st.lists(inner, min_size=1, max_size=3).map(lambda parts: f"({'|'.join(parts)})"),
        st.tuples(inner, st.sampled_from(["*", "+", "?", "{2}", "{0,1}", "{1,3}", "{2,}", "{0}"])).map(
            lambda part: f"({part[0]}){part[1]}"
        ),
    ),
    max_leaves=8,
)


@given(PARTS, st.lists(st.text("ab0-", max_size=7), min_size=5, max_size=5))
@settings(deadline=None, max_examples=150)
def test_as_python_says(form: str, texts: list[str]) -> None:
    try:
        compiled(form)
    except FormFault:
        assert len(form) > 50  # nested repetitions, written out
        return
    for text in texts:
        assert fits(text, form) is bool(re.fullmatch(form, text)), (form, text)


@pytest.mark.parametrize("form", ["((a+)+)+b", "(a|a)*b", "(a*)*b", "(.*,){9}b", "([a-z]+[.]?)+b"])
def test_what_holds_others_for_hours_is_told_at_once(form: str) -> None:
    begun = time.perf_counter()
    assert not fits("a" * LONGEST_TEXT, form)
    assert time.perf_counter() - begun < 0.5


@pytest.mark.parametrize("form", ["(((){999}){999}){999}", "((a{99}){99}){99}", "(" * 60, "[a" * 90, "a" * 201])
def test_a_form_without_measure_is_refused(form: str) -> None:
    begun = time.perf_counter()
    with pytest.raises(FormFault):
        compiled(form)
    assert time.perf_counter() - begun < 0.5
    assert not fits("a", form)


def test_the_whole_text_is_held_against_it() -> None:
    assert fits("ＡＢ１２", "[A-Z]{2}[0-9]{2}")
    assert not fits("AB123", "[A-Z]{2}[0-9]{2}")
    assert not fits("a" * (LONGEST_TEXT + 1), "a*")
