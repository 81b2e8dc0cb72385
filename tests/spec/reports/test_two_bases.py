"""One figure over two bases in a report: both with their people and names, one verdict, and no row of its own."""

from __future__ import annotations

from dataclasses import replace

import pytest

from analysis.results import PublishableCell, Suppression
from questionnaires.indicators import DontKnow, SecondBase, with_second_base
from questionnaires.text import Text
from reports.blocks import Card, Cards
from reports.content import AreaSummary, CommunitySummary
from reports.story import area_story, community_story
from tests.spec.reports import summaries as given
from tests.spec.reports.test_claims import blocks_of, said

BASES = SecondBase(
    own=Text("全部作答者", "all who answered"),
    name=Text("不含说不清", "without “cannot say”"),
    dont_know=DontKnow.EXCLUDED,
)


def satisfaction(second: PublishableCell) -> CommunitySummary:
    first = replace(given.headline_indicators()[3], second_base=BASES)
    own = given.community()
    cells = {
        place: (
            given.share(first.id, 0.8, 0.74, 0.86, 212, target=first.target.value if first.target else None),
            second,
        )
        for place in (given.COMMUNITY, given.STREET, given.CITY)
    }
    sizes = {given.COMMUNITY: 212, given.STREET: 212, given.CITY: 212}
    return replace(own, indicators=with_second_base(first), table=given.table(cells, sizes))


def shown() -> PublishableCell:
    return given.share("satisfaction.second", 0.9, 0.85, 0.94, 188, target=None)


@pytest.mark.parametrize(
    ("language", "words"),
    [
        (
            "zh",
            "分母是全部作答者（212 人）；不含说不清的是 90.0%（188 人，95% 置信区间 85.0–94.0%）。"
            "是否达标只看上面的数字。",
        ),
        (
            "en",
            "Base of the figure above: all who answered (n 212); without “cannot say”: 90.0% (n 188, 95% CI "
            "85.0–94.0%). The verdict goes by the figure above alone.",
        ),
    ],
)
def test_a_card_names_both_bases_with_their_people(language: str, words: str) -> None:
    story = community_story(satisfaction(shown()), language)
    (card,) = [one for block in blocks_of(story.blocks, Cards) for one in block.cards]
    assert isinstance(card, Card)
    assert words in card.reasons[0]
    assert card.figure == "80.0"
    assert said(story).count("90.0%") == 1, "the second figure stands nowhere as one of its own"


def test_a_second_figure_that_is_hidden_says_so_and_no_more() -> None:
    hidden = PublishableCell(variable="satisfaction.second", suppression=Suppression.NOT_PUBLISHED)
    story = community_story(satisfaction(hidden), "zh")
    (card,) = [one for block in blocks_of(story.blocks, Cards) for one in block.cards]
    assert "不含说不清的不单独公布。" in card.reasons[0]


def test_the_area_report_has_it_under_the_card() -> None:
    summary = satisfaction(shown())
    area = given.city()
    whole: AreaSummary = replace(area, indicators=summary.indicators, table=summary.table)
    (card,) = [one for block in blocks_of(area_story(whole, "zh").blocks, Cards) for one in block.cards]
    assert "不含说不清的是 90.0%" in card.reasons[0]
