"""The sentence of what changed, on sheets of streets and the city, worked out again from the changes themselves."""

from __future__ import annotations

from dataclasses import replace
from itertools import combinations_with_replacement

import pytest

from analysis.results import ChangeVerdict, PublishedChange
from questionnaires.text import Text
from reports.blocks import Answer
from reports.content import AreaSummary, Changes
from reports.story import area_story
from tests.spec.reports import summaries as given
from tests.spec.reports.test_claims import blocks_of, both, sample

R, F, N, X = (
    ChangeVerdict.RISEN,
    ChangeVerdict.FALLEN,
    ChangeVerdict.NO_DETECTABLE_CHANGE,
    ChangeVerdict.NOT_COMPARABLE,
)
STREET = given.street()
KEYS = {key: (zh, en.lower()) for key, zh, en, _ in given.HEADLINE}


def with_changes(base: AreaSummary, verdicts: tuple[ChangeVerdict | None, ...]) -> AreaSummary:
    told = []
    for key, verdict in zip(KEYS, verdicts, strict=True):
        if verdict is None:
            continue
        by = {R: 0.031, F: -0.047, N: 0.008, X: None}[verdict]
        told.append(PublishedChange(variable=key, domain=base.place.domain, verdict=verdict, difference=by, digits=1))
    found = Changes(since=Text("2026年第二季度", "Second quarter 2026"), told=tuple(told))
    return replace(base, changes=found)


def sentence(summary: AreaSummary, language: str) -> str:
    start = {"zh": "比2026年第二季度，", "en": "Since the second quarter 2026: "}[language]
    [answer] = blocks_of(area_story(summary, language).blocks, Answer)
    lines = [line for line in answer.reading if line.startswith(start)]
    assert len(lines) <= 1
    return lines[0] if lines else ""


@pytest.mark.parametrize("base", [given.city(), STREET], ids=["city", "street"])
def test_only_changes_that_were_found_are_named_and_all_others_counted(base: AreaSummary) -> None:
    for verdicts in list(combinations_with_replacement((R, F, N, X, None), 4))[:: 1 if base == STREET else 7]:
        summary = with_changes(base, verdicts)
        zh, en = sentence(summary, "zh"), sentence(summary, "en")
        found, none = sum(one in (R, F) for one in verdicts), verdicts.count(N)
        assert bool(zh) is bool(en) is bool(found + none)
        for (name, english), verdict in zip(KEYS.values(), verdicts, strict=True):
            assert (f"{name}升 3.1 个百分点" in zh) is (f"{english} up 3.1 percentage" in en) is (verdict is R)
            assert (f"{name}降 4.7 个百分点" in zh) is (f"{english} down 4.7 percentage" in en) is (verdict is F)
            assert (name in zh) is (english in en) is (verdict in (R, F))
        assert (f"其余能比较的 {none} 项没有查出变化" in zh) is bool(found and none)
        assert (f"能比较的 {none} 项都没有查出变化" in zh) is bool(none and not found)
        left = 4 - found - none
        assert (f"另有 {left} 项不能比较" in zh) is bool(left and left < 4)
        assert (f"{left} not comparable" in en) is bool(left and left < 4)


def test_without_an_earlier_wave_and_under_a_very_low_response_nothing_is_said() -> None:
    assert not sentence(given.city(), "zh")
    for summary in both(sample(100, 1000, 0.1)):
        if isinstance(summary, AreaSummary):
            assert not sentence(with_changes(summary, (R, R, F, N)), "zh")
