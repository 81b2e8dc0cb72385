"""A sentence of a report is a claim: made of all that it speaks of, or saying of which part, or not made."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import fields, is_dataclass, replace

import pytest

from analysis.results import ResponseRates, Suppression, Verdict
from questionnaires.indicators import Sense
from reports.blocks import Answer, Card, Cards, Comparison, Story, Table
from reports.charts import Scale
from reports.content import AreaSummary, Caution, CommunitySummary, Sample
from reports.fonts import TypeSettings, typeface
from reports.layout.axes import axis_marks
from reports.layout.setting import Setter
from reports.marks import Words
from reports.story import area_story, common, community_story
from reports.typesetting.composer import Composer
from reports.wording import verdicts
from reports.wording.figures import Figures, Unit
from reports.wording.notes import note_words
from reports.wording.phrases import PHRASES, VERDICT_WORDS, say
from tests.spec.reports import cases
from tests.spec.reports import summaries as given

NEUTRAL = "不单独公布：为保护受访人，或因把握不够；已计入上一级。"
PRIVATE = (Suppression.FEW_RESPONDENTS, Suppression.COMPLEMENTARY, Suppression.GROUP_DISCLOSURE)


def texts(value: object) -> Iterator[str]:
    """Every text of a story, in order."""
    if isinstance(value, str):
        yield value
    elif is_dataclass(value):
        for one in fields(value):
            yield from texts(getattr(value, one.name))
    elif isinstance(value, (tuple, list)):
        for inner in value:
            yield from texts(inner)


def said(story: Story) -> str:
    return "\n".join(texts(story.blocks))


def blocks_of(value: object, kind: type) -> list:  # type: ignore[type-arg]
    if isinstance(value, kind):
        return [value]
    if is_dataclass(value):
        return [found for one in fields(value) for found in blocks_of(getattr(value, one.name), kind)]
    if isinstance(value, (tuple, list)):
        return [found for inner in value for found in blocks_of(inner, kind)]
    return []


def headline(story: Story) -> str:
    return blocks_of(story.blocks, Answer)[0].sentence


def community_with(hidden: Sequence[int], *, why: Suppression = Suppression.UNRELIABLE) -> CommunitySummary:
    """The usual community with some of its twelve items hidden; item 0 is the lowest of all."""
    base = given.community()
    items = [
        given.hidden(cell.variable, why) if place in hidden else cell for place, cell in enumerate(given.item_cells())
    ]
    rows = tuple(
        replace(row, cells=(*row.cells[:4], *items)) if row.domain == given.COMMUNITY.domain else row
        for row in base.table.rows
    )
    return replace(base, table=replace(base.table, rows=rows))


# ------------------------------------------------------------------ the lowest items


def test_bold_items_are_as_many_as_are_said() -> None:
    for hidden in ((), (0,), range(4), range(6), range(8)):
        story = community_story(community_with(tuple(hidden)), "zh")
        table = next(one for one in blocks_of(story.blocks, Table) if one.title.startswith("各方面评价"))
        bold = sum(row.tone.value == "strong" for row in table.rows)
        named = re.search(r"粗体为(.*?)估计值最低的(一|两|三)项", "".join(table.notes))
        assert bold == ({"一": 1, "两": 2, "三": 3}[named.group(2)] if named else 0)
        if named:
            assert named.group(1) == ("已公布各项中" if hidden else "")


# ------------------------------------------------------------------ communities that reached everything


def city_with(*given_verdicts: Sequence[Verdict]) -> AreaSummary:
    """A street of communities whose four headline indicators have these verdicts."""
    figure = {
        Verdict.REACHED: (0.96, 0.95, 0.97),
        Verdict.NOT_REACHED: (0.3, 0.25, 0.35),
        Verdict.CANNOT_TELL: (0.8, 0.6, 0.95),
    }
    base = given.street()
    street, _ = base.streets[0]
    rows, places, sizes = {}, [], {}
    for number, verdict_of in enumerate(given_verdicts):
        at = given.place(f"3399010{number:02d}", f"第{number + 1}社区", f"Community {number + 1}")
        rows[at] = tuple(
            given.hidden(key, Suppression.COMPLEMENTARY)
            if one is Verdict.NOT_PUBLISHED
            else given.share(key, *figure[one], 200, target=target)
            for (key, _, _, target), one in zip(given.HEADLINE, verdict_of, strict=True)
        )
        places.append(at)
        sizes[at] = 200
    for at in (street, given.CITY):
        rows[at] = tuple(given.share(key, 0.96, 0.95, 0.97, 900, target=target) for key, _, _, target in given.HEADLINE)
        sizes[at] = 900
    samples = {place.code: given.SAMPLE for place in (*places, street, given.CITY)}
    return replace(base, streets=((street, tuple(places)),), table=given.table(rows, sizes), samples=samples)


R, N, C, H = Verdict.REACHED, Verdict.NOT_REACHED, Verdict.CANNOT_TELL, Verdict.NOT_PUBLISHED
ALL_REACHED, MISSED, OPEN, HIDDEN = (R, R, R, R), (R, N, R, R), (R, R, R, C), (H, H, H, H)


@pytest.mark.parametrize(
    ("communities", "words", "english"),
    [
        (
            (MISSED, MISSED),
            "没有一个社区各项全部达标；支持率有 2 个社区未达标",
            "none reached every target; 2 missed support",
        ),
        (
            (MISSED, OPEN),
            "1 个社区至少一项未达标，另有 1 个社区尚不能判定或有数字不单独公布",
            "1 missed at least one target; 1 undecided or not fully published",
        ),
        (
            (MISSED, HIDDEN, OPEN),
            "1 个社区至少一项未达标，另有 2 个社区尚不能判定或有数字不单独公布",
            "1 missed at least one target; 2 undecided or not fully published",
        ),
        ((HIDDEN, HIDDEN), "2 个社区都还不能判定，或有数字不单独公布", "2 undecided or not fully published"),
        (
            (ALL_REACHED, MISSED),
            "1 个社区各项全部达标，1 个社区至少一项未达标；支持率有 1 个社区未达标",
            "1 reached every target; 1 missed at least one target",
        ),
        ((ALL_REACHED, ALL_REACHED), "2 个社区各项都达标", "2 reached every target"),
        (
            (ALL_REACHED, HIDDEN),
            "1 个社区各项全部达标，另有 1 个社区尚不能判定或有数字不单独公布",
            "1 reached every target; 1 undecided or not fully published",
        ),
    ],
)
def test_no_community_reached_all_only_where_each_is_known_to_have_missed(
    communities: Sequence[Sequence[Verdict]], words: str, english: str
) -> None:
    summary = city_with(*communities)
    assert words in said(area_story(summary, "zh"))
    assert english in said(area_story(summary, "en"))
    if not all(N in one for one in communities):
        assert "没有一个社区" not in said(area_story(summary, "zh"))
        assert "none reached" not in said(area_story(summary, "en"))


# ------------------------------------------------------------------ what is hidden


@pytest.mark.parametrize("why", PRIVATE)
def test_what_is_hidden_for_privacy_has_one_neutral_reason(why: Suppression) -> None:
    """126 answers, hidden for a neighbour's sake: that is no small sample."""
    own = [given.hidden(key, why) for key, *_ in given.HEADLINE]
    own[0] = given.share("awareness", 0.96, 0.92, 0.98, 126, target=0.9)
    summary = cases.with_cells(given.headline_indicators(), tuple(own), 126)
    story = community_story(summary, "zh")
    for card in blocks_of(story.blocks, Card)[1:]:
        assert card.reasons == (NEUTRAL,)
        assert card.word == "不单独公布"
    assert headline(story) == "知晓率达标，支持率、参与率、满意率不单独公布。"
    for language in ("zh", "en"):
        words = said(community_story(summary, language))
        assert "样本不足，" not in words
        assert "too small" not in words


@pytest.mark.parametrize("why", PRIVATE)
def test_a_community_with_nothing_of_its_own_has_one_sentence_and_the_figures_above(why: Suppression) -> None:
    summary = cases.with_cells(
        given.headline_indicators(), tuple(given.hidden(key, why) for key, *_ in given.HEADLINE), 126
    )
    story = community_story(summary, "zh")
    assert headline(story) == "这里没有一项数字单独公布，下面是城厢街道的。"
    assert not blocks_of(story.blocks, Card)
    [chart] = blocks_of(story.blocks, Comparison)
    assert [[row.name for row in group.rows] for group in chart.groups] == [["城厢街道", "示范市"]] * 4
    assert all(group.verdict is None for group in chart.groups)
    assert "抽中 350，完成 221，有效 212" in said(story)


def test_no_wording_calls_a_hidden_figure_a_small_sample() -> None:
    for text in (*PHRASES.values(), *VERDICT_WORDS.values()):
        assert "样本不足，未作判定" not in text.zh
        assert "too small" not in text.en
        assert "合乎目标" not in text.zh
        assert "不合目标" not in text.zh


def test_at_the_top_there_is_no_level_above() -> None:
    whole = given.city()
    hidden = tuple(given.hidden(key) for key, *_ in given.HEADLINE)
    rows = tuple(replace(row, cells=hidden) if row.domain == given.CITY.domain else row for row in whole.table.rows)
    no_targets = tuple(replace(one, target=None) for one in whole.indicators)
    summary = replace(whole, table=replace(whole.table, rows=rows), indicators=no_targets)
    words = said(area_story(summary, "zh"))
    assert "不单独公布：为保护受访人，或因把握不够。" in words
    assert "已计入上一级" not in words


# ------------------------------------------------------------------ response


USUAL = Caution()


def sample(completed: int, sampled: int, rr3: float | None, *, recorded: bool = True, e: float | None = 0.9) -> Sample:
    rates = ResponseRates(
        sampled=sampled,
        completed=completed,
        valid=completed,
        eligible=None,
        e=e,
        rr1=rr3,
        rr3=rr3,
        by_mode={"paper": (sampled, completed, completed)},
        coop1=1.0,
        ref1=0.0,
    )
    return replace(given.SAMPLE, rates=rates, outcomes_recorded=recorded)


def both(found: Sample, caution: Caution = USUAL) -> list[CommunitySummary | AreaSummary]:
    street = replace(given.street(), samples={**given.street().samples, "339901": found}, caution=caution)
    return [replace(given.community(), sample=found, caution=caution), street]


def story_of(summary: CommunitySummary | AreaSummary, language: str) -> Story:
    return (
        community_story(summary, language) if isinstance(summary, CommunitySummary) else area_story(summary, language)
    )


@pytest.mark.parametrize(
    ("rr3", "carries", "verdicts_stand"),
    [
        (0.62, False, True),
        (0.60, False, True),
        (0.599, True, True),
        (0.30, True, True),
        (0.299, True, False),
        (0.177, True, False),
    ],
)
def test_a_low_response_stands_in_the_headline_and_a_very_low_one_instead_of_it(
    rr3: float, carries: bool, verdicts_stand: bool
) -> None:
    for summary in both(sample(200, 1000, rr3)):
        zh, en = headline(story_of(summary, "zh")), headline(story_of(summary, "en"))
        assert (f"应答率{'' if verdicts_stand else '只有'} {rr3:.1%}" in zh) is carries
        assert (f"{rr3:.1%}" in en) is carries
        assert ("达标" in zh) is verdicts_stand
        assert ("reached" in en) is verdicts_stand
        words = said(story_of(summary, "zh"))
        assert ("没有应答的人若与应答的人不同，结论可能改变" in words) is (carries and verdicts_stand)
        assert ("没有应答的人不在区间之内" in words) is not verdicts_stand


def test_the_limits_are_the_installations() -> None:
    for summary in both(sample(200, 1000, 0.5), Caution(caution_below=0.4, no_headline_below=0.2)):
        assert "应答率" not in headline(story_of(summary, "zh"))
    for summary in both(sample(200, 1000, 0.5), Caution(caution_below=0.9, no_headline_below=0.55)):
        assert "达标" not in headline(story_of(summary, "zh"))


def test_a_low_response_stands_there_without_targets_too() -> None:
    summary = replace(cases.no_target(), sample=sample(200, 1000, 0.177))
    assert headline(community_story(summary, "zh")).startswith("应答率 17.7%。")


def test_where_no_outcome_was_recorded_no_rate_is_made_of_none() -> None:
    for summary in both(sample(177, 1000, 0.177, recorded=False, e=1.0)):
        if isinstance(summary, AreaSummary):
            unrecorded = sample(177, 1000, 0.177, recorded=False, e=1.0)
            summary = replace(summary, samples=dict.fromkeys(summary.samples, unrecorded))
        for language, share, never in (
            ("zh", "完成", ("应答率（AAPOR", "e = ", "应答率 17.7%", "应答率只有")),
            ("en", "completed", ("AAPOR", "e = ", "esponse rate 17.7%")),
        ):
            words = said(story_of(summary, language)).replace("\u00a0", " ")
            assert "17.7%" in words
            assert share in words
            assert say(language, "outcomes_unrecorded") in words
            for claim in never:
                assert claim not in words, claim


# ------------------------------------------------------------------ figures and axes


def test_a_chart_of_hidden_cells_has_no_axis() -> None:
    own = tuple(given.hidden(key) for key, *_ in given.HEADLINE)
    base = cases.with_cells(given.headline_indicators(), own, 8)
    rows = tuple(replace(row, cells=own) for row in base.table.rows)
    story = community_story(replace(base, table=replace(base.table, rows=rows)), "zh")
    charts = blocks_of(story.blocks, Comparison)
    assert charts
    for chart in charts:
        assert chart.axis.ticks == ()
        assert [group.target for group in chart.groups] == [None] * 4
    for language in ("zh", "en"):
        for column in blocks_of(area_story(hidden_city(), language).blocks, Table):
            assert not any(one.axis.ticks for one in column.columns if one.axis is not None)


def hidden_city() -> AreaSummary:
    whole = given.city()
    hidden = tuple(given.hidden(key) for key, *_ in given.HEADLINE)
    return replace(
        whole, table=replace(whole.table, rows=tuple(replace(row, cells=hidden) for row in whole.table.rows))
    )


@pytest.fixture
def setter(type_settings: TypeSettings) -> Setter:
    return Setter(Composer(typeface("zh", type_settings)), "zh")


@pytest.mark.parametrize("target", [0.02, 0.5, 0.9, 0.98])
@pytest.mark.parametrize("width", [40.0, 60.0, 200.0])
def test_an_axis_keeps_both_ends_whatever_the_target(setter: Setter, target: float, width: float) -> None:
    cell = replace(given.share("x", 0.5, 0.02, 0.99, 200), scale=(0.0, 1.0))
    axis = common.axis_of([cell], Figures(unit=Unit.PERCENT), ticks=3, target=target)
    marks = [mark for mark in axis_marks(setter, Scale(axis, 0.0, width), 10.0) if isinstance(mark, Words)]
    drawn = {"".join(piece.text for piece in mark.line.pieces) for mark in marks}
    assert {axis.ticks[0][1], axis.ticks[-1][1]} <= drawn
    assert (axis.ticks[0][0], axis.ticks[-1][0]) == (axis.low, axis.high)


# ------------------------------------------------------------------ words


def test_whoever_reads_english_never_reads_one_communities() -> None:
    """Every phrase with a number in it, said of one."""
    place = re.compile(r"\{(\w+)[:}]")
    wrong = re.compile(r"(?i)\b(?:1|one) (?!of\b|in\b|asked\b)(?:[a-z-]+ )?(\w+s)\b(?<!ss)")
    for key, text in PHRASES.items():
        names = set(place.findall(text.en))
        numbers = names & {"count", "valid", "n", "shown", "hidden", "psus", "strata"}
        if not numbers:
            continue
        words = say("en", key, **{name: "1" if name in numbers else "x" for name in names})
        assert not wrong.search(words), (key, words)


@pytest.mark.parametrize(
    ("key", "one", "two"),
    [
        ("communities_counted", "1 community", "2 communities"),
        ("streets_counted", "1 street or town", "2 streets and towns"),
        ("valid_only", "1 person answered", "2 people answered"),
        ("domain_count", "1 group", "2 groups"),
    ],
)
def test_a_plural_is_one_only_of_more(key: str, one: str, two: str) -> None:
    name = "valid" if key == "valid_only" else "count"
    assert say("en", key, **{name: 1}) == one
    assert say("en", key, **{name: "2"}) == two
    assert say("en", key, **{name: "1,001"}) == two.replace("2", "1,001")


def test_a_target_of_at_most_is_reached_not_suited() -> None:
    most = given.indicator("complaints", "投诉率", "Complaints", 0.05, sense=Sense.AT_MOST)
    cell = given.share("x", 0.08, 0.06, 0.1, 200, target=0.05, at_least=False, tipping_point=0.01)
    assert verdicts.tipping(most, cell, Figures(unit=Unit.PERCENT), "zh") == "低于 1.0%，全体就达到目标"


def test_nobody_is_told_that_figures_can_be_had_again_by_themselves() -> None:
    for language in ("zh", "en"):
        words = said(community_story(given.community(), language))
        assert "重新算出" not in words
        assert "recomputed" not in words


@pytest.mark.parametrize(
    ("note", "zh", "en"),
    [
        (
            "得分: 5 missing values are left out of its domain",
            "“得分”有 5 份没有回答，不算在内。",
            "得分: 5 missing values are left out.",
        ),
        (
            "得分: 1 missing values are left out of its domain",
            "“得分”有 1 份没有回答，不算在内。",
            "得分: 1 missing value is left out.",
        ),
        ("知晓: 2 rows are outside its base", "“知晓”有 2 份不在分母之内。", "知晓: 2 rows are outside its base."),
        (
            "1 respondents have no value in the by columns and belong to no domain",
            "1 份没有分组的值，哪一组也不算。",
            "1 respondent has no value in the by columns and belongs to no group.",
        ),
        ("满意: nobody chose “是的”; did you mean “是”?", "“满意”没有人选“是的”。", "满意: nobody chose “是的”."),
        (
            "intervals hold jointly over 4 domains (bonferroni)",
            "区间对 4 组同时成立（bonferroni）。",
            "Intervals hold jointly over 4 groups (bonferroni).",
        ),
        (
            "q: blanks at the ends of categories were left out (“Yes ” is read as “Yes”)",
            "“q”选项首尾的空格没有算进去（“Yes ”读作“Yes”）。",
            "q: blanks at the ends of categories were left out (“Yes ” is read as “Yes”).",
        ),
        ("one-sided: lower limits at 0.95", "只给下限，置信水平 0.95。", "One-sided: lower limits at 0.95."),
    ],
)
def test_notes_of_the_statistics_are_told_in_the_language_of_the_report(note: str, zh: str, en: str) -> None:
    assert note_words(note, "zh") == zh
    assert note_words(note, "en") == en


# ------------------------------------------------------------------ how many were asked


def test_the_number_of_respondents_of_every_community_is_printed_everywhere() -> None:
    """A hidden figure hides no n of an area: it stands in the table of the fieldwork anyway."""
    whole = given.city()
    first = whole.streets[0][1][0]
    rows = tuple(
        replace(row, sample_size=None, cells=tuple(given.hidden(cell.variable) for cell in row.cells))
        if row.domain == first.domain
        else row
        for row in whole.table.rows
    )
    few = sample(8, 40, 0.5)
    summary = replace(whole, table=replace(whole.table, rows=rows), samples={**whole.samples, first.code: few})
    tables = blocks_of(area_story(summary, "zh").blocks, Table)
    own = [row for table in tables for row in table.rows if row.cells[0].text == first.name.zh]
    figures_table, field_table = own
    assert figures_table.cells[1].text == "8"
    assert field_table.cells[3].text == "8"


def cards_of(story: Story) -> list[Card]:
    return [card for cards in blocks_of(story.blocks, Cards) for card in cards.cards]


def test_every_hidden_cell_of_the_hand_made_cases_is_told_without_blame() -> None:
    for name in ("suppressed", "age_groups", "city"):
        for language in ("zh", "en"):
            for card in cards_of(story_of(cases.CASES[name](), language)):
                if card.verdict is Verdict.NOT_PUBLISHED:
                    assert card.reasons != (), (name, card)
