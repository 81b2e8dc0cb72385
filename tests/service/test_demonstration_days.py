"""The days of the demonstration's waves."""

from __future__ import annotations

from datetime import date

import pytest

from survey_service.demonstration.calendar import earlier_wave, finished_wave, open_wave, quarter_of, released_on


@pytest.mark.parametrize(
    ("on", "first", "released", "current"),
    [
        (date(2026, 11, 22), "2026Q2", "2026Q3", "2026Q4"),
        (date(2027, 1, 1), "2026Q3", "2026Q4", "2027Q1"),
        (date(2026, 3, 31), "2025Q3", "2025Q4", "2026Q1"),
    ],
)
def test_the_released_waves_are_the_quarters_before_the_open_one(
    on: date, first: str, released: str, current: str
) -> None:
    earlier, before, now = earlier_wave(on), finished_wave(on), open_wave(on)
    assert (earlier.quarter.key, before.quarter.key, now.quarter.key) == (first, released, current)
    assert earlier.closes_on < before.quarter.start <= released_on(earlier, on) < before.opens_on
    assert before.closes_on < quarter_of(on).start <= released_on(before, on) <= on
    assert quarter_of(on).start <= now.opens_on <= on < now.closes_on


def test_a_quarter_has_its_name() -> None:
    assert (quarter_of(date(2026, 9, 30)).name_zh, quarter_of(date(2026, 9, 30)).name_en) == (
        "2026年第三季度",
        "Third quarter of 2026",
    )
