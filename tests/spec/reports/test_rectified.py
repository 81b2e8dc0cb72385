"""What a sheet says of what was put right: the state on the day, and of the change what this wave tells, no more."""

from __future__ import annotations

from dataclasses import replace

import pytest

from analysis.results import ChangeVerdict, PublishedChange
from questionnaires.text import Text
from reports.blocks import Block, Table
from reports.content import PutRight, PutRightItem
from reports.story.area import area_story
from reports.story.community import community_story
from reports.story.rectified import MOST
from survey_service.analyses.summaries import Summaries
from survey_service.models import RectificationState
from survey_service.releases.signed_summaries import packed, unpacked
from tests.spec.reports import summaries

SUMMARY = summaries.community()
INDICATOR = SUMMARY.indicators[0].id


def told(verdict: ChangeVerdict) -> PublishedChange:
    change = PublishedChange(variable=INDICATOR, domain=SUMMARY.place.domain, verdict=verdict)
    if verdict in (ChangeVerdict.NOT_COMPARABLE, ChangeVerdict.NOT_ESTIMABLE):
        return change
    return replace(change, difference=0.03, low=0.01, high=0.06, digits=0)


def item(change: PublishedChange | None, indicator: str = INDICATOR, state: str = "checked") -> PutRightItem:
    return PutRightItem(
        area=Text("甲", "A"), item=Text("停车", "Parking"), indicator=indicator, state=state, change=change
    )


def rows(blocks: tuple[Block, ...], title: str) -> list[tuple[str, ...]]:
    [table] = [one for one in blocks if isinstance(one, Table) and one.title == title]
    return [tuple(cell.text for cell in row.cells) for row in table.rows]


@pytest.mark.parametrize(
    ("change", "indicator", "zh", "en"),
    [
        (told(ChangeVerdict.RISEN), INDICATOR, "查出了变化：升 3（1–6）", "a change was found: up 3 (1–6)"),
        (told(ChangeVerdict.NO_DETECTABLE_CHANGE), INDICATOR, "没有查出变化", "no change was found"),
        (told(ChangeVerdict.NOT_COMPARABLE), INDICATOR, "不能比较", "cannot be compared"),
        (None, INDICATOR, "不能比较", "cannot be compared"),
        (None, "", "不依据调查数字", "rests on no figure of the survey"),
    ],
)
def test_a_sheet_says_what_its_wave_tells(change: PublishedChange | None, indicator: str, zh: str, en: str) -> None:
    summary = replace(SUMMARY, put_right=PutRight(wave=Text("上一期", "Before"), items=(item(change, indicator),)))
    assert rows(community_story(summary, "zh").blocks, "上一期列入整改的") == [("停车", "已核", zh)]
    english = community_story(summary, "en").blocks
    assert rows(english, "Put on the rectification list after Before") == [("Parking", "checked", en)]


def test_a_street_says_whose_they_are_and_how_many_more_there_are() -> None:
    items = tuple(item(None, state=one.value) for one in RectificationState if one.value != "struck") * 2
    street = replace(summaries.street(), put_right=PutRight(wave=Text("上一期", "Before"), items=items))
    shown = rows(area_story(street, "zh").blocks, "上一期列入整改的")
    assert len(shown) == MOST
    assert shown[0][:2] == ("甲", "停车")
    notes = [note for one in area_story(street, "zh").blocks if isinstance(one, Table) for note in one.notes]
    assert f"另有 {len(items) - MOST} 项，见整改清单。" in notes


def test_nothing_is_said_where_nothing_was_listed_and_what_is_kept_reads_as_it_was() -> None:
    assert not [one for one in community_story(SUMMARY, "zh").blocks if isinstance(one, Table) and "整改" in one.title]
    put_right = PutRight(wave=Text("上一期", "Before"), items=(item(told(ChangeVerdict.RISEN)), item(None, "")))
    kept = Summaries(communities={"1": replace(SUMMARY, put_right=put_right)}, streets={}, city=summaries.city())
    assert unpacked(packed(kept)) == kept
