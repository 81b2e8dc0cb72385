"""The distance of an interviewer's answers: by hand, blind to levels, and right about chance."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from analysis.interviewer_checks import distance


def rng() -> np.random.Generator:
    return np.random.default_rng(7)


def test_by_hand() -> None:
    #  one place: own 8 answer 1,1,1,1,1,1,2,2; others 8 answer 1,1,2,2,2,2,2,2: .75 against .25
    #  a second question that all answer alike: 0. Mean of the two: (.5 + 0) / 2
    first = [1] * 6 + [2] * 2 + [1] * 2 + [2] * 6
    answers = np.array([first, [5] * 16]).T
    found = distance(answers, [True] * 8 + [False] * 8, np.zeros(16, dtype=int), rng())
    assert found is not None
    assert found.value == pytest.approx(0.25)
    assert (found.own, found.others) == (8, 8)


def test_others_are_weighed_to_lie_where_the_own_do() -> None:
    #  place 0: own 6, others 2, all answer 1; place 1: own 2, others 6, all answer 2. Alike within both: no distance.
    place = np.array([0] * 6 + [1] * 2 + [0] * 2 + [1] * 6)
    found = distance((place + 1)[:, None], [True] * 8 + [False] * 8, place, rng())
    assert found is not None
    assert found.value == pytest.approx(0)
    assert found.p_value == 1


def test_too_few_or_alone_in_their_places_are_not_compared() -> None:
    answers = np.ones((20, 3), dtype=int)
    assert distance(answers, [True] * 7 + [False] * 13, np.zeros(20, dtype=int), rng()) is None
    assert distance(answers, [True] * 10 + [False] * 10, np.array([0] * 10 + [1] * 10), rng()) is None


@settings(max_examples=20, deadline=None)
@given(st.integers(0, 10_000))
def test_it_is_blind_to_what_the_options_are_called(seed: int) -> None:
    chance = np.random.default_rng(seed)
    answers = chance.integers(1, 5, size=(40, 6))
    own, place = chance.random(40) < 0.5, chance.integers(0, 3, size=40)
    renamed = np.column_stack([chance.permutation(9)[question] for question in answers.T])
    before, after = (distance(one, own, place, rng()) for one in (answers, renamed))
    assert (before is None) == (after is None)
    if before is not None and after is not None:
        assert after.value == pytest.approx(before.value)
        assert after.p_value == before.p_value


def test_where_nothing_is_wrong_few_are_marked() -> None:
    chance = np.random.default_rng(3)
    marked = 0
    for _ in range(100):
        answers = chance.integers(1, 4, size=(60, 8)) + chance.integers(0, 2, size=(60, 1))
        found = distance(answers, np.arange(60) < 25, chance.integers(0, 4, size=60), chance)
        marked += found is not None and found.p_value <= 0.05
    assert marked <= 11  # of 100 expected 5; 11 or fewer come with 99.6 %


def test_who_makes_answers_up_is_far_off() -> None:
    chance = np.random.default_rng(5)
    honest = chance.integers(1, 5, size=(60, 10))
    honest[:20] = 2
    found = distance(honest, np.arange(60) < 20, chance.integers(0, 3, size=60), chance)
    assert found is not None
    assert found.p_value == 1 / 200
    assert found.value > 3 * found.by_chance
