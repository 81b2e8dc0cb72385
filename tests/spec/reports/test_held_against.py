"""What sheets say of figures held against each other: sets, never a bare rank, and nothing of overlapping intervals."""

from __future__ import annotations

import re
from dataclasses import replace

import pytest

from analysis.comparisons import Comparisons
from reports.blocks import Block, Columns, Comparison, Notes, Prose, Spare, Story, Table
from reports.story.area import area_story
from reports.story.community import community_story
from tests.spec.reports import held_against as given
from tests.spec.reports import summaries


def said(story: Story) -> str:
    """All notes, also those of tables."""
    return "\n".join(note for block in story.blocks for note in notes_of(block))


def notes_of(block: Block) -> list[str]:
    if isinstance(block, Columns):
        return [note for side in block.sides for inner in side.blocks for note in notes_of(inner)]
    if isinstance(block, Spare):
        return [note for inner in block.blocks for note in notes_of(inner)]
    if isinstance(block, Prose):
        return list(block.paragraphs)
    if isinstance(block, Notes):
        return list(block.lines)
    return list(block.notes) if isinstance(block, Table) else []


def test_items_that_cannot_be_told_from_the_lowest_are_named() -> None:
    zh, en = (said(community_story(given.community(), language)) for language in ("zh", "en"))
    assert zh.count("与最低的“机动车停放秩序”分不开高低的还有：养犬管理、电动自行车充电停放。") == 1
    assert "成对比较；各对合起来，误判的机会不超过 5%" in zh
    assert "Too close to call with the lowest, car parking: dog keeping and E-bike charging." in en


@pytest.mark.parametrize(
    ("together", "sentence"),
    [(1, "“机动车停放秩序”低于其余各项。"), (12, "哪一项最低，分不出来。")],
    ids=["alone", "all of them"],
)
def test_one_that_is_lowest_alone_and_none(together: int, sentence: str) -> None:
    summary = given.community()
    assert summary.comparisons is not None
    [items] = summary.comparisons.items
    told = Comparisons(items=(replace(items, with_lowest=items.items[:together]),))
    assert sentence in said(community_story(replace(summary, comparisons=told), "zh"))


def test_a_release_from_before_says_nothing_of_them_and_no_sheet_speaks_of_overlap() -> None:
    for summary in (summaries.community(), given.community()):
        for language in ("zh", "en"):
            words = said(community_story(summary, language))
            assert not re.search("区间相互重叠|intervals overlap (are|cannot)", words)
    assert "分不开" not in said(community_story(summaries.community(), "zh"))


def test_an_area_is_held_against_what_it_is_part_of() -> None:
    words = said(community_story(given.community(), "zh"))
    assert "比城厢街道，满意率没有查出差别（−6.1 … 3.7）。" in words
    assert "知晓率高 2.6（0.1–5.2）" in words
    assert "满意率高 5.7（1.2–10.3）" in words


def test_page_one_tells_the_differences_that_were_found_and_counts_the_others() -> None:
    story = community_story(given.community(), "zh")
    [chart] = [block for block in story.blocks if isinstance(block, Comparison)]
    assert chart.lead == "查明的差别：比示范市知晓率高 2.6、满意率高 5.7；其余能比的 1 处没有查出。"
    summary = given.community()
    assert summary.comparisons is not None
    none = tuple(replace(one, side=0) for one in summary.comparisons.differences)
    quiet = replace(summary, comparisons=replace(summary.comparisons, differences=none))
    [chart] = [block for block in community_story(quiet, "en").blocks if isinstance(block, Comparison)]
    assert chart.lead == "No difference is found in any of the 3 that can be compared."
    assert summaries.community().comparisons is None
    [chart] = [block for block in community_story(summaries.community(), "zh").blocks if isinstance(block, Comparison)]
    assert chart.lead == ""


def test_ranks_of_a_street_are_sets_or_one_sentence() -> None:
    words = said(area_story(given.street(), "zh"))
    assert "知晓率：4 个社区分不出先后。" in words
    assert "满意率：4 个社区的名次范围，柳堤社区 2–4、观澜社区 1、东湖新村社区 2–4；其余都可能是 1–4。" in words
    assert "比示范市，满意率低 4.0（−8.1 … −0.2）。" in words
    english = said(area_story(given.street(), "en"))
    assert "Awareness: of 4 communities no two can be told apart." in english


def test_the_city_tells_in_how_many_streets_and_ranks_the_streets() -> None:
    words = said(area_story(given.city(), "zh"))
    assert "按知晓率，同一街道（镇）里的社区都分不出先后。" in words
    ranks = "满意率：3 个街道（镇）的名次范围，青石镇 3；其余都可能是 1–3。"
    assert f"{ranks}按满意率分得出先后的社区，只在这些街道（镇）里有：东湖街道。" in words
    assert words.count("满意率：3 个街道") == 1
