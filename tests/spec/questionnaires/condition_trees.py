"""Random trees of conditions and expressions, and random answers to what they ask about."""

from __future__ import annotations

from typing import Any

from hypothesis import strategies as st

from questionnaires.conditions import (
    OPERATORS,
    And,
    Answered,
    Compare,
    Fits,
    Held,
    Includes,
    Matches,
    Node,
    Not,
    OneOf,
    Or,
    Relation,
)
from questionnaires.expressions import OPERATORS as SIGNS
from questionnaires.expressions import (
    Answer,
    Arithmetic,
    Count,
    Expression,
    Function,
    If,
    Rounded,
    Sum,
    YearsBetween,
)
from questionnaires.functions import FUNCTIONS

names = st.sampled_from(["q1", "q2", "q5.parking"])
figures = st.one_of(
    st.integers(-9, 99),
    st.integers(-999_999, 999_999).map(lambda whole: whole / 1000),
    st.sampled_from([0.1, 0.2, 0.3, 0.5, 21.5, 1 / 128, 999_999_999_999_999, 1e14 + 0.25, 5e-7, 4.9e-7]),
)
days = st.sampled_from(["2026-03-01", "2024-02-29", "2025-02-29", "1999-12-31", "2026-13-01", "0000-01-01"])
literals = st.text("123ab", max_size=2) | figures | days
written = st.sampled_from(
    ["13812345678", "010-62345678", "６２３４５６７８", "100080", "AB12", "AB1２", "138", "1" * 41]
)
comparisons = st.sampled_from(OPERATORS)
forms = st.sampled_from(
    ["[0-9]+", "1[3-9][0-9]{9}", "[A-Z]{2}[0-9]{1,3}|.{3}", "(a|1)*2?", "([0-9]+-)?[0-9]{8}", "[^0-9]*", ""]
)
codes = st.text("123", min_size=1, max_size=1)


def plain_tests() -> st.SearchStrategy[Node]:
    """Without expressions of their own."""
    return st.one_of(
        st.builds(Compare, names, comparisons, literals),
        st.builds(Includes, names, codes),
        st.builds(Answered, names).map(Not),
        st.builds(Fits, st.builds(Answer, names), forms),
    )


def called(name: str, inner: st.SearchStrategy[Expression]) -> st.SearchStrategy[Expression]:
    known = FUNCTIONS[name]
    parts = st.lists(inner, min_size=known.least, max_size=known.most or 3).map(tuple)
    return st.builds(Function, st.just(name), parts)


def expressions() -> st.SearchStrategy[Expression]:
    return st.recursive(
        st.one_of(st.builds(Answer, names), st.builds(Count, names), figures, days),
        lambda inner: st.one_of(
            st.builds(Arithmetic, st.sampled_from(SIGNS), inner, inner),
            st.builds(Sum, st.lists(inner, min_size=1, max_size=3).map(tuple)),
            st.builds(YearsBetween, inner, inner),
            st.builds(Rounded, inner, st.integers(0, 6)),
            st.builds(If, st.builds(Held, plain_tests()), inner, inner),
            *(called(name, inner) for name in FUNCTIONS),
        ),
        max_leaves=6,
    )


def _parts(expression: Expression) -> bool:
    """The left side of a relation is never a mere literal."""
    return not isinstance(expression, str | int | float)


def trees() -> st.SearchStrategy[Node]:
    leaves: st.SearchStrategy[Node] = st.one_of(
        st.builds(Compare, names, comparisons, literals),
        st.builds(OneOf, names, st.lists(literals, min_size=1, max_size=3).map(tuple)),
        st.builds(Includes, names, codes),
        st.builds(Answered, names),
        st.builds(Relation, comparisons, expressions().filter(_parts), expressions()),
        st.builds(Matches, names, st.sampled_from(["telephone", "mobile", "landline", "postal_code"])),
        st.builds(Matches, names, st.just("code"), st.integers(1, 4), st.integers(4, 8)),
    )
    return st.recursive(
        leaves,
        lambda inner: st.one_of(
            st.builds(Not, inner),
            st.builds(And, st.lists(inner, min_size=2, max_size=3).map(tuple)),
            st.builds(Or, st.lists(inner, min_size=2, max_size=3).map(tuple)),
        ),
        max_leaves=6,
    )


def answers() -> st.SearchStrategy[dict[str, Any]]:
    given = st.one_of(literals, written, st.lists(codes, max_size=3), st.none(), st.booleans())
    return st.dictionaries(names, given)
