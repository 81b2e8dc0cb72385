"""Forty headlines: what missed comes first, and nothing stops at eight."""

from __future__ import annotations

from dataclasses import replace

import pytest

from analysis.results import Verdict
from reports.blocks import Cards, Table
from reports.content import AreaSummary
from reports.story import area_story, common, community_story, many
from reports.wording import verdicts
from tests.spec.reports import cases
from tests.spec.reports import summaries as given
from tests.spec.reports.test_claims import blocks_of

BOTH = ("zh", "en")
TITLES = {"zh": "未达标的在前", "en": "missed their target first"}


@pytest.mark.parametrize("language", BOTH)
def test_all_forty_stand_in_one_table_what_missed_first(language: str) -> None:
    summary = cases.many_indicators(40)
    story = community_story(summary, language)
    assert not blocks_of(story.blocks, Cards)
    [table] = [one for one in blocks_of(story.blocks, Table) if TITLES[language] in one.title]
    assert len(table.rows) == 40
    told = [row.cells[0].verdict for row in table.rows]
    assert set(told) == {Verdict.NOT_REACHED, Verdict.CANNOT_TELL, Verdict.REACHED}
    assert told == sorted(told, key=many.ORDER.index)
    cells = summary.table.row(given.COMMUNITY.domain).cells
    assert sum(one is Verdict.NOT_REACHED for one in told) == sum(cell.verdict is Verdict.NOT_REACHED for cell in cells)


@pytest.mark.parametrize("language", BOTH)
def test_of_a_city_with_twelve_each_is_told_with_the_verdicts_of_its_communities(language: str) -> None:
    summary = cases.twelve_for_the_city()
    story = area_story(summary, language)
    [table] = [one for one in blocks_of(story.blocks, Table) if TITLES[language] in one.title]
    assert len(table.rows) == 12
    own = many.by_urgency(common.measured(summary.table, summary.place, common.headline(summary.indicators), language))
    for row, each in zip(table.rows, own, strict=True):
        assert row.cells[0].text == each.name
        given_verdicts = [
            verdicts.shown_verdict(common.cell_of(common.row_of(summary.table, place), each.indicator))
            for _, inside in summary.streets
            for place in inside
        ]
        for verdict in Verdict:
            said = f"{verdicts.verdict_word(verdict, language)} {given_verdicts.count(verdict)}"
            assert (said in row.cells[-1].text.split("，" if language == "zh" else ", ")) is (verdict in given_verdicts)
    figures = [one for one in blocks_of(story.blocks, Table) if len(one.columns) == 2 + 4]
    assert len(figures) >= 3  # four side by side, all twelve


def test_a_city_lists_its_streets_before_a_long_table_of_communities() -> None:
    sixty = cases.sixty_communities()
    titles = [one.title for one in blocks_of(area_story(sixty, "zh").blocks, Table)]
    assert titles[0].startswith("10 个街道（镇）")
    assert "60 个社区，按街道列出" in titles[1:]
    few: AreaSummary = replace(sixty, streets=sixty.streets[:2])
    titles = [one.title for one in blocks_of(area_story(few, "zh").blocks, Table)]
    assert titles[0] == "12 个社区，按街道列出"
