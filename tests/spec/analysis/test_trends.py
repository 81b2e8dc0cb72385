"""A row of released waves: what was hidden is a gap, a break has its reason, and the first comparable wave is found."""

from __future__ import annotations

from dataclasses import replace

import pytest

from analysis.change import WaveConditions
from analysis.results import Coding, Suppression, Tier, TrendPoint
from questionnaires.loader import available, load
from questionnaires.text import Text
from survey_service.analyses.trends import WaveInTrend, trend_of
from survey_service.demonstration.ground import as_first_asked

ASKED = load(available()["civilized_city"])
LIKE = WaveConditions(definition="", selection="a", frame="b", mode_shares={"paper": 0.5, "web_invited": 0.5})
CITY = ((), "support")


def wave(number: int, value: float | None = 0.5, **more: object) -> WaveInTrend:
    points = {} if value is None else {CITY: TrendPoint(value=value, low=value - 0.1, high=value + 0.1, digits=1)}
    plain = WaveInTrend(
        name=Text(f"第{number}期", f"Wave {number}"),
        release_number=f"S-{number}",
        questionnaire=ASKED,
        conditions=LIKE,
        points=points,
    )
    return replace(plain, **more)  # type: ignore[arg-type]


def test_what_a_wave_did_not_show_is_a_gap_and_no_break() -> None:
    trend = trend_of([wave(1, 0.4), wave(2, None), wave(3, 0.6)])
    found = trend.of(*CITY)
    assert found is not None
    assert [one.value for one in found.points] == [0.4, None, 0.6]
    assert [one.breaks for one in found.points] == [(), (), ()]
    assert found.first == 0
    assert found.points[1].cell("support").suppression is Suppression.NOT_PUBLISHED


def test_a_point_is_told_as_its_wave_told_it() -> None:
    told = TrendPoint(value=0.8, low=0.7, high=1.0, digits=0, coded=Coding.AT_LEAST, tier=Tier.COARSE)
    found = trend_of([wave(1, points={CITY: told}), wave(2)]).of(*CITY)
    assert found is not None
    assert found.points[0] == told
    cell = found.points[0].cell("support")
    assert (cell.value, cell.coded, cell.tier, cell.digits) == (0.8, Coding.AT_LEAST, Tier.COARSE, 0)


@pytest.mark.parametrize(
    ("other", "why"),
    [
        ({"conditions": replace(LIKE, frame="c")}, "the frame differs"),
        ({"conditions": replace(LIKE, selection="c")}, "the selection differs"),
        (
            {"conditions": replace(LIKE, mode_shares={"paper": 0.65, "web_invited": 0.35})},
            "the share of paper, web_invited differs by more than 10%",
        ),
        ({"questionnaire": as_first_asked(ASKED)}, "the definition differs"),
    ],
)
def test_a_break_stands_where_it_was_with_its_reason(other: dict[str, object], why: str) -> None:
    trend = trend_of([wave(1, **other), wave(2, **other), wave(3), wave(4), wave(5)])  # type: ignore[arg-type]
    assert trend.breaks["support"] == ((), (), (why,), (), ())
    assert trend.firsts["support"] == 2
    # What was asked alike throughout is broken by the wave's conditions alone.
    alike = why == "the definition differs"
    assert trend.breaks["awareness"][2] == (() if alike else (why,))
    assert trend.firsts["awareness"] == (0 if alike else 2)


def test_a_wave_that_did_not_ask_is_passed_over_and_the_next_is_held_against_the_last_that_did() -> None:
    without = replace(ASKED, indicators=tuple(one for one in ASKED.indicators if one.id != "support"))
    trend = trend_of([wave(1), wave(2, None, questionnaire=without), wave(3)])
    assert trend.breaks["support"] == ((), (), ())
    assert trend.firsts["support"] == 0
    moved = replace(LIKE, frame="c")
    broken = trend_of([wave(1), wave(2, None, questionnaire=without, conditions=moved), wave(3)])
    assert broken.breaks["support"] == ((), (), ())  # 1 and 3 were drawn alike
    assert broken.breaks["awareness"] == ((), ("the frame differs",), ("the frame differs",))


def test_what_no_wave_before_asked_has_no_trend() -> None:
    without = replace(ASKED, indicators=tuple(one for one in ASKED.indicators if one.id != "support"))
    trend = trend_of([wave(1, None, questionnaire=without), wave(2)])
    assert trend.of(*CITY) is None
    assert trend_of([wave(1, None), wave(2, None)]).of(*CITY) is None
