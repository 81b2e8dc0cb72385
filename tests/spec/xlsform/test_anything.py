"""Whatever stands in a workbook, converting ends, and what is written passes every check."""

from __future__ import annotations

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from questionnaires.loader import check_bytes
from survey_service.xlsform.reading import convert
from tests.spec.xlsform.forms import grid

NAMES = st.sampled_from(["a", "b", "c", "g", "A b", "today", "if", ""])
TYPES = st.sampled_from(
    [
        *("text", "integer", "decimal", "date", "note", "calculate", "select_one l", "select_multiple l", "rank l"),
        *("select_one l or_other", "begin group", "end group", "begin repeat", "end repeat", "time", "acknowledge"),
        *("geopoint", "start", "select_one nowhere", "", "?", "range", "dateTime"),
    ]
)
ATOMS = st.sampled_from(
    [
        *(
            "${a}",
            "${b}",
            "${c}",
            "${g}",
            ".",
            "'x'",
            "'1'",
            "1",
            "2.5",
            "''",
            "today()",
            "'2026-01-01'",
            "true()",
            "col",
            "name",
        )
    ]
)
SOURCES = st.recursive(
    ATOMS,
    lambda inner: st.one_of(
        st.tuples(inner, st.sampled_from(["=", "!=", "<", ">=", "+", "-", "*", "div", "mod", "and", "or"]), inner).map(
            " ".join
        ),
        st.tuples(
            st.sampled_from(
                [
                    "not",
                    "number",
                    "string",
                    "int",
                    "floor",
                    "abs",
                    "string-length",
                    "count-selected",
                    "date",
                    "once",
                    "boolean",
                ]
            ),
            inner,
        ).map(lambda one: f"{one[0]}({one[1]})"),
        st.tuples(
            st.sampled_from(["concat", "coalesce", "selected", "max", "regex", "contains", "if"]), inner, inner
        ).map(lambda one: f"{one[0]}({one[1]}, {one[2]}{', ' + one[1] if one[0] == 'if' else ''})"),
    ),
    max_leaves=5,
)
CELLS = st.one_of(st.just(""), SOURCES, st.text("${}()'\"[]\\^.*+a1 ", max_size=12))
WORDS = st.one_of(st.sampled_from(["哪个？", "Which?", "${a} 吗？", "{a}", "", "<b>x</b>"]), st.text(max_size=8))
HEADS = [
    *("type", "name", "label", "relevant", "constraint", "calculation", "choice_filter", "required"),
    "repeat_count",
    "hint",
]
ROWS = st.tuples(TYPES, NAMES, WORDS, CELLS, CELLS, CELLS, CELLS, CELLS, st.sampled_from(["", "2", "${a}"]), WORDS)
CHOICES = st.tuples(
    st.sampled_from(["l", "m"]), st.sampled_from(["1", "2", "x", "a b", "-1"]), WORDS, st.sampled_from(["", "1", "x"])
)


def holds(rows: list[tuple[str, ...]], choices: list[tuple[str, ...]]) -> None:
    sheets = {"survey": grid([HEADS, *rows]), "choices": grid([["list_name", "name", "label", "col"], *choices])}
    done = convert(sheets, "form")
    if done.definition:
        questionnaire, problems = check_bytes(done.definition.encode(), "questionnaire.yaml")
        assert questionnaire is not None, problems
    for one in done.remarks:
        assert one.message("zh")
        assert one.message("en")


FORMS = given(st.lists(ROWS, min_size=1, max_size=7), st.lists(CHOICES, max_size=5))
AT_HAND = [HealthCheck.too_slow]


@FORMS
@settings(deadline=None, max_examples=25, suppress_health_check=AT_HAND)
def test_converting_ends_and_what_is_written_is_sound(
    rows: list[tuple[str, ...]], choices: list[tuple[str, ...]]
) -> None:
    holds(rows, choices)


@pytest.mark.soak
@FORMS
@settings(deadline=None, max_examples=2_000, suppress_health_check=AT_HAND)
def test_a_great_many_forms(rows: list[tuple[str, ...]], choices: list[tuple[str, ...]]) -> None:
    holds(rows, choices)
