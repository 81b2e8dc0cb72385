"""Residents' words on sheets: quoted as they were chosen, by theme above a community, and absent from old releases."""

from __future__ import annotations

from dataclasses import replace

import pytest

from questionnaires.text import Text
from reports.blocks import Notes, Spare, Table
from reports.content import Remark, Remarks, RemarkTheme
from reports.story.area import area_story
from reports.story.community import community_story
from survey_service.analyses.summaries import Summaries
from survey_service.releases.signed_summaries import packed, unpacked
from tests.spec.reports import summaries

QUESTION = Text("最希望先改进的", "To mend first")
PARKING, NOISE = Text("停车", "Parking"), Text("噪音", "Noise")
QUOTE = Remark(text="我家〔略〕门口停不下车", theme=PARKING)
COUNTED = Remarks(
    question=QUESTION,
    answers=40,
    themes=(RemarkTheme(theme=PARKING, count=22), RemarkTheme(theme=NOISE, count=9)),
    rest=9,
    quotes=(QUOTE,),
)


@pytest.mark.parametrize("language", ["zh", "en"])
def test_a_community_has_a_few_quotes_which_give_way_for_its_two_pages(language: str) -> None:
    summary = replace(summaries.community(), remarks=(Remarks(question=QUESTION, quotes=(QUOTE,)),))
    story = community_story(summary, language)
    [notes] = [
        each
        for one in story.blocks
        if isinstance(one, Spare)
        for each in one.blocks
        if isinstance(each, Notes) and QUESTION.in_language(language) in each.lines[0]
    ]
    assert notes.lines[0].endswith("“我家〔略〕门口停不下车”")  # in the resident's language on either sheet
    assert len(notes.lines) == 2


def table_of(language: str, remarks: Remarks) -> Table:
    story = area_story(replace(summaries.street(), remarks=(remarks,)), language)
    [found] = [one for one in story.blocks if isinstance(one, Table) and QUESTION.in_language(language) in one.title]
    return found


def test_themes_stand_in_rows_with_their_counts_and_one_quote() -> None:
    found = table_of("zh", COUNTED)
    assert [[cell.text for cell in row.cells] for row in found.rows] == [
        ["停车", "22", "“我家〔略〕门口停不下车”"],
        ["噪音", "9", ""],
        ["其他和没有归类的", "9", ""],
    ]
    assert "从 40 条意见里数的" in found.notes[0]


def test_where_themes_are_not_counted_there_is_no_column_of_counts() -> None:
    found = table_of("en", Remarks(question=QUESTION, quotes=(QUOTE,)))
    assert [[cell.text for cell in row.cells] for row in found.rows] == [["Parking", "“我家〔略〕门口停不下车”"]]
    assert len(found.notes) == 1


def test_words_are_kept_with_the_signature_and_old_releases_have_none() -> None:
    city = replace(summaries.city(), remarks=(COUNTED,))
    kept = Summaries(communities={}, streets={}, city=city)
    assert unpacked(packed(kept)).city.remarks == (COUNTED,)
    assert summaries.city().remarks == ()
