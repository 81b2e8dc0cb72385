"""No sheet says more than its cells: every claim and every figure of random sheets, worked out again from them.

In every text each claim is taken away that ``recomputed`` knows to be true; where a word of a claim is left, the sheet
says what its cells do not.
"""

from __future__ import annotations

import json
from collections import Counter
from typing import Final

import pytest
from hypothesis import HealthCheck, example, given, seed, settings
from hypothesis import strategies as st

from reports import pdf
from reports.blocks import Story
from reports.content import AreaSummary, CommunitySummary
from reports.fonts import TypeSettings
from reports.story import area_story, community_story
from tests.spec.reports.random_cells import Odds
from tests.spec.reports.random_city import Shape
from tests.spec.reports.random_summaries import SECTOR, shapes, summary_of
from tests.spec.reports.recomputed import (
    fitted,
    media,
    numbers,
    of_areas,
    of_brief,
    of_changes,
    of_circular,
    of_field,
    of_items,
    of_sectors,
    of_set,
    of_verdicts,
)
from tests.spec.reports.recomputed.exempt import ELSEWHERE, EXEMPT
from tests.spec.reports.recomputed.registry import CATALOGUE, TRUE, claims
from tests.spec.reports.recomputed.sheet import Sheet
from tests.spec.reports.recomputed.structure import faults
from tests.spec.reports.recomputed.told import false_claims, texts_of

TABLES: Final = (
    of_areas,
    of_changes,
    of_field,
    of_items,
    of_sectors,
    of_verdicts,
)  # read, so that their claims are known
SEED: Final = 20261201
STORIES, FILES, SETS = 3000, 300, 60  # of a soak
UNSAID: Final = {
    "counted_title": "in the words of many_title",
    "differs_higher": "held with the sentence that it is a part of",
    "differs_lower": "held with the sentence that it is a part of",
    "change_not_estimable": "a change that cannot be estimated is not published",
    "hidden dominated": "of totals alone, which no sheet prints",
    "hidden not_published": "the one mark is told in a sentence of its own",
    "no_target": "no reason is asked for where there is no target",
    "tip_never": "a tipping point outside the scale is not published",
    "unreliable": "the long phrase stands instead",
}
"""Phrases of ``TRUE`` that no sheet has a reason to say."""

several = st.permutations((0, 1, 2)).flatmap(lambda order: st.integers(1, 3).map(lambda count: order[:count]))
bound = st.tuples(shapes(most_headlines=12), several, st.sampled_from(("zh", "en")))
sheets = st.tuples(shapes(), st.sampled_from((0, 1, 2, SECTOR)), st.sampled_from(("zh", "en")))
Drawn = tuple[Shape, int, str]


def story_of(summary: CommunitySummary | AreaSummary, language: str) -> Story:
    if isinstance(summary, CommunitySummary):
        return community_story(summary, language)
    return area_story(summary, language)


def hold(drawn: Drawn, seen: Counter[str]) -> None:
    """The sheet, what it is where room is short, what a first page and a draft of a document say of it."""
    shape, which, language = drawn
    sheet = Sheet(summary_of(shape, which), language)
    story = story_of(sheet.summary, language)
    every = texts_of(story)
    assert not false_claims(sheet, every, seen)
    assert not faults(story, sheet)
    assert not numbers.unknown([one.text for one in every], sheet)
    for less in fitted.narrowed(story):
        assert not list(fitted.faults(story, less, sheet))
    if which == SECTOR:  # has no first page and no draft
        return
    assert not list(of_brief.faults(story, sheet, seen))
    if language == "zh" and isinstance(sheet.summary, AreaSummary):
        assert not list(of_circular.faults(sheet, seen))


def hold_files(drawn: Drawn, type_settings: TypeSettings) -> None:
    """The sheet in every medium, as it is printed where room is short, and the draft of a document."""
    shape, which, language = drawn
    sheet = Sheet(summary_of(shape, which), language)
    story = story_of(sheet.summary, language)
    assert not list(media.of_pdf(story, type_settings))
    assert not list(media.of_word(story))
    assert not list(media.of_web(story))
    if which == SECTOR:
        return
    printed = of_set.typeset(sheet, type_settings)
    assert not list(media.of_content(pdf.drawn(printed), printed.story))
    if language == "zh" and isinstance(sheet.summary, AreaSummary):
        assert not list(of_circular.of_file(sheet))


def hold_set(drawn: tuple[Shape, list[int], str], type_settings: TypeSettings) -> None:
    """Some sheets of one release, in any order, as one file."""
    shape, chosen, language = drawn
    sheets = [Sheet(summary_of(shape, which), language) for which in chosen]
    assert not list(of_set.faults(sheets, type_settings))


def test_every_phrase_that_claims_something_is_held_or_has_a_reason_not_to_be() -> None:
    assert not [key for key in CATALOGUE if claims(key) and key not in TRUE and key not in EXEMPT]
    assert not TRUE.keys() & EXEMPT.keys()
    assert not [key for key in (*TRUE, *EXEMPT) if key not in CATALOGUE]


MIXED: Final = Shape(seed=44, headlines=9, items=16, item_groups=3, communities=(2,), at_most=1.0, mixed=True, old=True)
TIES: Final = Shape(seed=43, headlines=1, items=9, item_groups=3, odds=Odds(0.0, 0.6, 1.0, 1.0), sizes=(30, 40))


@settings(max_examples=90, derandomize=True, suppress_health_check=list(HealthCheck))
@example((MIXED, 0, "zh"))
@example((TIES, 0, "en"))
@given(sheets)
def test_every_claim_and_figure_of_a_sheet_follows_from_its_cells(drawn: Drawn) -> None:
    hold(drawn, Counter())


@settings(max_examples=6, derandomize=True, suppress_health_check=list(HealthCheck))
@given(drawn=sheets)
def test_files_and_pages_say_what_the_story_says_and_nothing_beside(drawn: Drawn, type_settings: TypeSettings) -> None:
    hold_files(drawn, type_settings)


@settings(max_examples=3, derandomize=True, suppress_health_check=list(HealthCheck))
@given(drawn=bound)
def test_a_set_of_sheets_says_of_each_what_it_says_alone(
    drawn: tuple[Shape, list[int], str], type_settings: TypeSettings
) -> None:
    hold_set(drawn, type_settings)


@pytest.mark.soak
def test_thousands_of_sheets_say_what_their_cells_say_and_every_phrase_is_said() -> None:
    seen: Counter[str] = Counter()

    @seed(SEED)
    @settings(max_examples=STORIES, database=None, suppress_health_check=list(HealthCheck))
    @given(sheets)
    def held(drawn: Drawn) -> None:
        hold(drawn, seen)

    held()
    print(json.dumps({"sheets": STORIES, "seed": SEED, "claims": seen.total(), "phrases": len(seen)}))
    assert not TRUE.keys() - seen.keys() - UNSAID.keys()
    assert not seen.keys() & (UNSAID.keys() | ELSEWHERE)


@pytest.mark.soak
@seed(SEED)
@settings(max_examples=FILES, database=None, suppress_health_check=list(HealthCheck))
@given(drawn=sheets)
def test_hundreds_of_files_say_nothing_beside_their_story(drawn: Drawn, type_settings: TypeSettings) -> None:
    hold_files(drawn, type_settings)


@pytest.mark.soak
@seed(SEED)
@settings(max_examples=SETS, database=None, suppress_health_check=list(HealthCheck))
@given(drawn=bound)
def test_dozens_of_sets_say_of_each_sheet_what_it_says_alone(
    drawn: tuple[Shape, list[int], str], type_settings: TypeSettings
) -> None:
    hold_set(drawn, type_settings)
