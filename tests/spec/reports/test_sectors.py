"""The sheet of a sector: its answer, who rated it, where it stands among the sectors, and nothing of the others."""

from __future__ import annotations

from dataclasses import replace

import pytest

from analysis.comparisons import Comparisons
from analysis.results import PublicationRule
from questionnaires.indicators import IndicatorKind
from questionnaires.sectors import sectors_of
from questionnaires.text import Text
from reports.blocks import Answer, Cards, Prose, Story, Table
from reports.content import SectorSummary
from reports.fonts import TypeSettings
from reports.pdf import area_typeset
from reports.sectors import sector_summaries
from reports.story import area_story
from reports.story.contents import kind
from tests.programmes import programme
from tests.spec.reports import sector_city
from tests.spec.reports.test_claims import blocks_of, texts

MUST, RATED = ["hospital", "clinic"], 22


def paragraphs(story: Story, title: str) -> tuple[str, ...]:
    return next(one.paragraphs for one in blocks_of(story.blocks, Prose) if one.title == title)


def said(which: str, language: str = "zh", *, target: float | None = sector_city.TARGET) -> str:
    return "\n".join(texts(area_story(sector_city.sector(which, target=target), language)))


def test_the_sectors_of_the_questionnaire_that_ships_are_what_its_groups_list() -> None:
    found = sectors_of(programme("window_services").estimated())
    assert len(found) == RATED + len(MUST)
    assert [one.id for one in found if len(one.among) == len(MUST)] == MUST
    assert all(one.name == one.indicators[0].name for one in found)
    assert not sectors_of(programme("civilized_city").estimated())


def test_a_score_of_the_same_question_stands_on_the_sheet_too() -> None:
    found = {one.id: one for one in sectors_of(programme("window_services_full").estimated())}
    assert [one.kind for one in found["water"].indicators] == [IndicatorKind.PROPORTION, IndicatorKind.MEAN_SCORE]
    assert [one.id for one in found["power"].among][:2] == ["power", "water"]


def test_a_sheet_answers_in_one_sentence_and_says_what_changed() -> None:
    story = area_story(sector_city.sector("power"), "zh")
    [answer] = blocks_of(story.blocks, Answer)
    assert answer.sentence == "全市供电尚不能判定。"
    assert answer.reading[0] == "比2026年第二季度，供电升 3.1 个百分点。"
    [cards] = blocks_of(story.blocks, Cards)
    assert [card.name for card in cards.cards] == ["供电"]


@pytest.mark.parametrize(
    ("which", "language", "words"),
    [
        ("bus", "zh", "比2026年第二季度，没有查出变化。"),
        ("bus", "en", "Since the second quarter 2026: no change found."),
        ("tax", "zh", "比不了2026年第二季度："),
        ("power", "zh", "全市有效答卷 1,248 人，其中 1,010 人用过“供电”而且评了，数字只算他们。"),
        (
            "power",
            "en",
            "Of 1,248 valid questionnaires in the city, 1,010 are of people who used and rated electricity;",
        ),
        ("heating", "zh", "其中多少人评了“供热”，和数字一样不单独公布。"),
        ("heating", "zh", "全市供热不单独公布。"),
        ("power", "zh", "能比的 20 个行业里，“供电”高于最低的“移动通信”，低于最高的“政务服务大厅”。"),
        ("mobile", "zh", "能比的 20 个行业里，有 4 个分不出谁最低，“移动通信”是其中一个；它低于最高的“政务服务大厅”。"),
        ("tax", "zh", "这 4 个是："),
        ("service_hall", "en", "are too close to call for the highest, government service hall among them"),
        ("insurance", "zh", "没有拿“保险”和别的行业比"),
        ("power", "zh", "另有 2 个行业没有比"),
    ],
)
def test_what_a_sheet_says(which: str, language: str, words: str) -> None:
    assert words in said(which, language), said(which, language)


def test_without_a_target_the_answer_is_the_figure() -> None:
    [answer] = blocks_of(area_story(sector_city.sector("bus", target=None), "zh").blocks, Answer)
    assert answer.sentence == "公交 83.0%（79.3–86.7），没有设目标。"


def test_streets_stand_by_code_with_their_intervals_and_the_city_last() -> None:
    story = area_story(sector_city.sector("power"), "zh")
    table = next(one for one in blocks_of(story.blocks, Table) if one.title == "各街道（镇）的“供电”")
    assert [row.cells[0].text for row in table.rows] == ["城厢街道", "东湖街道", "青石镇", "示范市"]
    assert all(row.cells[3].interval for row in table.rows)
    assert "不作排名" in table.unit
    assert not [
        one for one in blocks_of(area_story(sector_city.sector("heating"), "zh").blocks, Table) if "供热" in one.title
    ]


def test_a_sheet_holds_no_figure_of_another_sector() -> None:
    made = sector_city.sector("power")
    assert {one.id for one in made.indicators} == {"power"}
    others = [one for one in sector_summaries(sector_city.city()) if one.place.code != made.place.code]
    for story in (area_story(made, "zh"), area_story(made, "en")):
        cards = [card.name for block in blocks_of(story.blocks, Cards) for card in block.cards]
        heads = [column.head for table in blocks_of(story.blocks, Table) for column in table.columns]
        labels = [row.cells[0].text for table in blocks_of(story.blocks, Table) for row in table.rows]
        named = {one.place.name.in_language(story.language) for one in others}
        assert not named & {*cards, *heads, *labels}


def test_where_a_release_kept_no_comparisons_none_is_told() -> None:
    for without in (None, Comparisons()):
        made = replace(sector_city.city(), comparisons=without)
        [power] = [one for one in sector_summaries(made) if one.indicators[0].id == "power"]
        assert paragraphs(area_story(power, "zh"), "在各行业里")[0].startswith("没有拿“供电”和别的行业比")


def test_the_sheet_of_the_city_counts_the_sectors_by_their_verdicts() -> None:
    story = area_story(sector_city.city(), "zh")
    told = paragraphs(story, "行业达标情况")
    assert told[0] == "有目标的 22 个行业：达标 10，未达标 5，尚不能判定 6，不单独公布 1。"
    assert told[1] == "未达标的是：“供水”、“供气”、“移动通信”、“中小学、幼儿园”、“税务”。"
    without = area_story(sector_city.city(target=None), "zh")
    assert "行业达标情况" not in [one.title for one in blocks_of(without.blocks, Prose)]


@pytest.mark.parametrize("language", ["zh", "en"])
def test_two_pages_are_enough_with_twelve_streets_and_long_names(language: str, type_settings: TypeSettings) -> None:
    made = sector_city.sector("power")
    street = made.streets[0]
    place = replace(made.place, name=Text("供电" + "龙" * 116, "Electricity " + "quartz " * 15))
    for one in (made, replace(made, place=place, streets=(street,) * 12)):
        assert len(area_typeset(one, language, type_settings).pages) <= 2


def test_it_is_called_what_it_is() -> None:
    made = sector_city.sector("power")
    assert isinstance(made, SectorSummary)
    assert made.place.code == "3399~power"
    assert kind(made, "zh") == "行业报告"
    assert made.table.rule == PublicationRule()
