"""How firmly a figure is told: coarse figures, coded ends, the one mark, verdicts that no result could reach."""

from __future__ import annotations

import re
from dataclasses import replace

import pytest

from analysis.results import Coding, PublishableCell, Suppression, Tier, Verdict
from reports.blocks import Answer, Card, Comparison, Look, Prose, Range, Story, Table, Tone
from reports.charts import Scale, axis_for, interval_marks
from reports.content import CommunitySummary
from reports.marks import Disc, Fill, Stroke
from reports.story import area_story, common, community_story
from reports.wording import tiers, verdicts
from reports.wording.figures import Figures, Unit
from tests.spec.reports import cases
from tests.spec.reports import summaries as given
from tests.spec.reports.cases import coarse
from tests.spec.reports.test_claims import blocks_of, said, texts

PERCENT = Figures(unit=Unit.PERCENT)
ONE_SENTENCE = "不单独公布：为保护受访人，或因把握不够；已计入上一级。"
LOOKS = (Look.OWN, Look.CONTEXT, Look.WHOLE, Look.PALE, Look.PALE_STRONG)


@pytest.fixture
def story() -> Story:
    return community_story(cases.few(), "zh")


def with_items(*cells: PublishableCell) -> CommunitySummary:
    """The usual community with these in place of its first items."""
    base = given.community()
    items = (*cells, *(cases.printed(cell) for cell in given.item_cells()[len(cells) :]))
    rows = tuple(
        replace(row, cells=(*row.cells[:4], *items)) if row.domain == given.COMMUNITY.domain else row
        for row in base.table.rows
    )
    return replace(base, table=replace(base.table, rows=rows))


# ------------------------------------------------------------------ digits


@pytest.mark.parametrize(
    ("cell", "printed"),
    [
        (coarse("x", 0.57, 0.29, 0.58, 22), "57 29–58"),  # 0.57 × 100 is 56.99999999999999 in binary
        (coarse("x", 0.95, 0.76, 1.0, 40), "95 76–100"),  # a limit raised to 100 is no claim that all said yes
        (coarse("x", 1.0, 0.9, 1.0, 60), ">99 90–100"),  # 0.996 rounded: not everyone said yes
        (coarse("x", 0.0, 0.0, 0.1, 60), "<1 0–10"),
        (
            replace(coarse("x", 0.613, 0.536, 0.687, 212), digits=1, value=0.613, low=0.536, high=0.687),
            "61.3 53.6–68.7",
        ),
    ],
)
def test_a_figure_is_printed_with_the_digits_that_it_has(cell: PublishableCell, printed: str) -> None:
    low, high = PERCENT.interval(cell)
    assert f"{PERCENT.value(cell)} {low}–{high}" == printed


def test_nothing_of_few_is_printed_with_a_decimal(story: Story) -> None:
    rows = [group.rows[0] for chart in blocks_of(story.blocks, Comparison) for group in chart.groups]
    [items] = [one for one in blocks_of(story.blocks, Table) if one.title.startswith("各方面评价")]
    cards = blocks_of(story.blocks, Card)
    for block in (
        *rows,
        *items.rows,
        *(replace(card, rows=card.rows[:1]) for card in cards if card.word != "不单独公布"),
    ):
        assert not [text for text in texts(block) if re.search(r"\d\.\d", text)]
    assert [card.figure for card in cards] == ["≥90", "86", "41", "—"]
    assert cards[0].rows == (("95% 置信区间", "70–100%"), ("目标", "≥ 90%"))


# ------------------------------------------------------------------ coded ends


@pytest.mark.parametrize(("coding", "value", "words"), [(Coding.AT_LEAST, 0.8, "≥80"), (Coding.AT_MOST, 0.2, "≤20")])
def test_a_coded_end_is_told_as_such(coding: Coding, value: float, words: str) -> None:
    cell = coarse("x", value, 0.2, 1.0, 15, coded=coding)
    assert common.value_words(cell, PERCENT) == words
    assert not common.figures_all_alike(replace(cell, all_alike=True), PERCENT)
    assert verdicts.all_alike("知晓率", replace(cell, all_alike=True), PERCENT, "zh") is None


@pytest.mark.parametrize("look", LOOKS)
def test_of_a_coded_figure_the_interval_alone_is_drawn(look: Look) -> None:
    cell = coarse("x", 0.9, 0.7, 1.0, 22, coded=Coding.AT_LEAST)
    drawn = common.range_of(cell, PERCENT, look)
    assert drawn == Range(70.0, 100.0, None, look)
    scale = Scale(axis_for([70, 100], bounds=(0, 100), ticks=5), 0, 100)
    marks = interval_marks(scale, drawn, 10.0)
    [bar] = marks
    assert isinstance(bar, Fill | Stroke)
    # All alike of thirty: the limit that is known is marked, as ever. Any other figure has its point.
    alike = common.range_of(given.share("x", 1.0, 0.884, 1.0, 30, all_alike=True), PERCENT, look)
    assert alike is not None
    assert alike.limit
    assert len(interval_marks(scale, alike, 10.0)) == 2
    usual = common.range_of(coarse("x", 0.8, 0.7, 0.9, 22), PERCENT, look)
    assert usual is not None
    assert any(isinstance(mark, Disc) for mark in interval_marks(scale, usual, 10.0))


def test_an_axis_does_not_know_the_end_of_a_band() -> None:
    cells = [coarse("x", value, 0.4, 0.7, 22, coded=Coding.AT_LEAST) for value in (0.8, 0.9)]
    assert common.axis_of(cells[:1], PERCENT, ticks=4) == common.axis_of(cells[1:], PERCENT, ticks=4)


def test_the_sign_is_explained_once_whatever_it_stands_for(story: Story) -> None:
    words = said(story)
    assert "“≥”“≤”：为保护受访人，只公布到这一端。" in words
    summary = cases.street_of_few()
    alike = replace(cases.printed(given.share("support", 1.0, 0.88, 1.0, 30)), all_alike=True, digits=0)
    rows = list(summary.table.rows)
    rows[1] = replace(rows[1], cells=tuple(alike if cell.variable == "support" else cell for cell in rows[1].cells))
    words = said(area_story(replace(summary, table=replace(summary.table, rows=tuple(rows))), "zh"))
    assert "或为保护受访人，或因受访者回答全部相同" in words
    assert "只公布到这一端" not in words


# ------------------------------------------------------------------ coarse figures


def test_figures_for_orientation_are_marked_and_said_so(story: Story) -> None:
    assert "本社区有效问卷 22 份，误差大，各数字只印整数，仅供参考。" in blocks_of(story.blocks, Answer)[0].reading
    for card in blocks_of(story.blocks, Card)[:3]:
        assert "误差大，仅供参考。" in card.reasons
    assert [row.letter for group in blocks_of(story.blocks, Comparison)[0].groups for row in group.rows[:1]] == [
        "*",
        "*",
        "*",
        "",
    ]


def test_what_is_coarse_is_in_no_order_and_never_lowest(story: Story) -> None:
    words = said(story)
    for claim in ("评价最低", "由低到高", "粗体", "占比最高"):
        assert claim not in words
    [items] = [one for one in blocks_of(story.blocks, Table) if one.title.startswith("各方面评价")]
    assert items.title == "各方面评价，按问卷次序"
    assert [row.cells[0].text for row in items.rows] == [zh for zh, _ in given.ITEMS]
    assert not [row for row in items.rows if row.tone is Tone.STRONG]


def test_the_lowest_are_those_of_the_firm_and_say_so() -> None:
    """The coarse one has the lowest figure of all, the coded one may be lower still."""
    lowest = coarse("item.0", 0.2, 0.1, 0.4, 30)
    coded = coarse("item.1", 0.2, 0.0, 0.4, 15, coded=Coding.AT_MOST)
    story = community_story(with_items(lowest, coded), "zh")
    words = said(story)
    assert "10 项评价里最低的三项" in words
    assert "2 项高低未知，不在其列：机动车停放秩序、养犬管理。" in words
    [items] = [one for one in blocks_of(story.blocks, Table) if one.title.startswith("各方面评价")]
    assert items.title == "各方面评价：误差较小的由低到高，其余按问卷次序"
    assert [row.cells[0].text for row in items.rows[-2:]] == [zh for zh, _ in given.ITEMS[:2]]
    english = said(community_story(with_items(lowest, coded), "en"))
    assert "The three lowest of 10 items" in english


# ------------------------------------------------------------------ the one mark


def test_a_hidden_figure_has_one_sentence_and_the_figure_of_its_street(story: Story) -> None:
    card = blocks_of(story.blocks, Card)[3]
    assert card.reasons == (ONE_SENTENCE,)
    assert card.rows == (("城厢街道", "90.1%"), ("目标", "≥ 85%"))
    words = said(story)
    assert f"“—”　{ONE_SENTENCE}" in words
    assert "不单独公布的各项，看城厢街道：背街小巷保洁 75.7%（68.6–82.1）。" in words
    for letter in "abcde":
        assert f"“—”表示不单独公布：{letter}" not in words


def test_where_the_street_is_hidden_too_the_city_stands_for_it() -> None:
    summary = cases.few()
    rows = tuple(
        replace(
            row,
            cells=tuple(
                given.hidden(cell.variable, Suppression.NOT_PUBLISHED) if cell.variable == "satisfaction" else cell
                for cell in row.cells
            ),
        )
        if row.domain == given.STREET.domain
        else row
        for row in summary.table.rows
    )
    story = community_story(replace(summary, table=replace(summary.table, rows=rows)), "zh")
    assert blocks_of(story.blocks, Card)[3].rows[0] == ("示范市", "83.2%")


def test_a_release_of_old_has_no_substitute_and_none_of_the_new_sentences() -> None:
    for case in (cases.suppressed, cases.all_yes, given.community):
        for language in ("zh", "en"):
            words = said(community_story(case(), language))
            for claim in (
                "仅供参考",
                "orientation",
                "城厢街道：",
                "单凭偶然",
                "chance",
                "误差大或只公布到",
                "100 份或只公布到",
            ):
                assert claim not in words


# ------------------------------------------------------------------ verdicts


def test_a_target_that_no_result_could_reach_is_said_to_be_so(story: Story) -> None:
    cards = blocks_of(story.blocks, Card)
    assert (cards[0].verdict, cards[0].word) == (Verdict.CANNOT_REACH, "不足以判定达标")
    for card in cards[:2]:
        assert card.reasons[-1] == "本社区有效问卷 22 份，任何结果都不足以判定达标（至少需 36 份）。"
    assert cards[2].verdict is Verdict.NOT_REACHED  # which is still given where the interval lies below
    sentence = blocks_of(story.blocks, Answer)[0].sentence
    assert sentence == "参与率未达标，知晓率、支持率因问卷少，不足以判定达标，满意率不单独公布。"
    street = said(area_story(cases.street_of_few(), "zh"))
    assert "3 个社区至少一项未达标，另有 1 个社区尚不能判定或有数字不单独公布" in street


@pytest.mark.parametrize(
    ("verdicts_given", "judged", "wrong"),
    [
        ([Verdict.REACHED] * 20, 20, 1.0),
        ([Verdict.CANNOT_REACH] * 20, 20, 0.5),  # only 未达标 can be wrong
        ([Verdict.CANNOT_TELL, Verdict.NOT_REACHED, Verdict.NOT_PUBLISHED, None], 2, 0.1),
        ([None, Verdict.NOT_PUBLISHED], 0, 0.0),
    ],
)
def test_how_many_were_judged_and_how_many_chance_would_get_wrong(
    verdicts_given: list[Verdict | None], judged: int, wrong: float
) -> None:
    counted, expected = tiers.false_verdicts(verdicts_given, 0.95)
    assert counted == judged
    assert expected == pytest.approx(wrong)


def test_the_page_says_it(story: Story) -> None:
    made = blocks_of(story.blocks, Prose)[-1]
    assert made.paragraphs[-1] == "这份报告判定了 3 次；即使真实水平都恰好等于目标，单凭偶然平均也会误判约 0.1 次。"
    assert "这份报告判定了 13 次" in said(area_story(cases.street_of_few(), "zh"))


def test_tiers_are_told_of_what_is_shown() -> None:
    assert not tiers.coarse(replace(given.hidden("x"), tier=Tier.COARSE))
    assert tiers.comparable(given.share("x", 0.5, 0.4, 0.6, 200))
    assert not tiers.comparable(given.hidden("x"))
