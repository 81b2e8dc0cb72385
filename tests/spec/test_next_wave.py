"""The wave after a wave: key, names and days one period on, and the design effect that is usual in communities."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from survey_service.models import Wave
from survey_service.surveys.next_wave import following, usual_effect

QUARTER = (date(2026, 10, 1), date(2026, 12, 31))


@pytest.mark.parametrize(
    ("key", "name_zh", "name_en", "expected"),
    [
        (
            "2026Q4",
            "2026年第四季度",
            "Fourth quarter 2026",
            ("2027Q1", "2027年第一季度", "First quarter 2027", "2027-01-01", "2027-03-31"),
        ),
        ("2026q1", "2026年一季度", "", ("2026q2", "2026年二季度", "", "2027-01-01", "2027-03-31")),
        ("2026H1", "2026年上半年", "H1 2026", ("2026H2", "2026年下半年", "H2 2026", "2027-04-01", "2027-06-30")),
        (
            "2026-09",
            "2026年9月",
            "September 2026",
            ("2026-10", "2026年10月", "October 2026", "2026-11-01", "2027-01-31"),
        ),
        ("2026", "2026年", "Year 2026", ("2027", "2027年", "Year 2027", "2027-10-01", "2027-12-31")),
        # A name that does not say its period is left for the manager; a key that is taken is passed over.
        ("2026Q2", "夏天的一期", "Summer 2026", ("2026Q4", "", "", "2027-04-01", "2027-06-30")),
    ],
)
def test_a_wave_is_followed_by_the_next_period(key: str, name_zh: str, name_en: str, expected: tuple[str, ...]) -> None:
    wave = Wave(key=key, name_zh=name_zh, name_en=name_en, opens_on=QUARTER[0], closes_on=QUARTER[1])
    assert tuple(following(wave, {"2026Q3"}).values()) == expected


def test_a_key_that_is_no_period_says_nothing() -> None:
    wave = Wave(key="pilot-3", name_zh="试点", name_en="", opens_on=QUARTER[0], closes_on=QUARTER[1])
    assert following(wave, ()) == {}


def figure(community: str, effect: float | None, statistic: str = "proportion") -> dict[str, Any]:
    return {"domain": [["community", community]], "statistic": statistic, "design_effect": effect}


def test_the_usual_design_effect_is_the_middle_one_of_shares_in_communities() -> None:
    city = {"domain": [], "statistic": "proportion", "design_effect": 9.0}
    rows = [city, *(figure(name, effect) for name, effect in (("a", 1.0), ("b", 1.304), ("c", 2.0), ("d", None)))]
    assert usual_effect({"raw": [{"estimates": rows}, {"estimates": [figure("a", 7.0, "mean")]}]}) == 1.3
    assert usual_effect({"raw": [{"estimates": rows[:3]}]}) is None  # two communities say nothing of what is usual
    assert usual_effect({"raw": [{"estimates": [figure(name, 0.01) for name in "abc"]}]}) == 0.5
    assert usual_effect({}) is None
