"""From how many answers on words are printed, and what the printed counts give away: none of fewer than five."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from survey_service.remarks.gate import Counted, Size, counted


@pytest.mark.parametrize(
    ("respondents", "answers", "enough"), [(30, 10, True), (29, 10, False), (30, 9, False), (0, 0, False)]
)
def test_a_sheet_prints_words_from_thirty_respondents_and_ten_answers(
    respondents: int, answers: int, enough: bool
) -> None:
    assert Size(respondents, answers).enough is enough


@pytest.mark.parametrize(
    ("by_theme", "answers", "told", "rest"),
    [
        ({"停车": 12, "噪音": 4, "安全": 3}, 22, {"停车": 12}, 10),
        ({"停车": 12, "噪音": 4}, 16, {}, 16),  # four that are left over would be the noise
        ({"停车": 12, "噪音": 6, "安全": 3}, 21, {"停车": 12}, 9),
        ({"停车": 12, "噪音": 6}, 18, {"停车": 12, "噪音": 6}, 0),
        ({}, 11, {}, 11),
    ],
)
def test_small_counts_are_told_together(
    by_theme: dict[str, int], answers: int, told: dict[str, int], rest: int
) -> None:
    assert counted(by_theme, answers) == Counted(told, rest)


@given(st.dictionaries(st.integers(0, 8), st.integers(1, 20)), st.integers(0, 20))
def test_no_small_count_is_printed_or_left_over(by_theme: dict[int, int], without: int) -> None:
    answers = sum(by_theme.values()) + without
    made = counted(by_theme, answers)
    assert sum(made.themes.values()) + made.rest == answers
    assert all(count == by_theme[theme] >= 5 for theme, count in made.themes.items())
    assert made.rest == 0 or made.rest >= 5 or not made.themes
