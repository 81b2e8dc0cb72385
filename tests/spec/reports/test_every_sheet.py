"""No sheet says more than its cells: every claim and every figure of random sheets, worked out again from them.

In every text each claim is taken away that ``recomputed`` knows to be true; where a word of a claim is left, the sheet
says what its cells do not.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import fields, is_dataclass
from enum import Enum
from typing import Final

import pytest
from hypothesis import HealthCheck, example, given, seed, settings
from hypothesis import strategies as st

from reports.blocks import Axis, Story
from reports.content import AreaSummary, CommunitySummary
from reports.fonts import TypeSettings
from reports.story import area_story, community_story
from tests.spec.reports.random_cells import Odds
from tests.spec.reports.random_city import Shape
from tests.spec.reports.random_summaries import SECTOR, shapes, summary_of
from tests.spec.reports.recomputed import (
    media,
    numbers,
    of_areas,
    of_changes,
    of_field,
    of_items,
    of_sectors,
    of_verdicts,
)
from tests.spec.reports.recomputed.exempt import ELSEWHERE, EXEMPT
from tests.spec.reports.recomputed.registry import CATALOGUE, CLAIMS, TRUE, claims, unproved
from tests.spec.reports.recomputed.sheet import Sheet, Where
from tests.spec.reports.recomputed.structure import faults

TABLES: Final = (
    of_areas,
    of_changes,
    of_field,
    of_items,
    of_sectors,
    of_verdicts,
)  # read, so that their claims are known
SEED: Final = 20261201
STORIES, FILES = 3000, 300  # of a soak
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

sheets = st.tuples(shapes(), st.sampled_from((0, 1, 2, SECTOR)), st.sampled_from(("zh", "en")))
Drawn = tuple[Shape, int, str]


def story_of(summary: CommunitySummary | AreaSummary, language: str) -> Story:
    if isinstance(summary, CommunitySummary):
        return community_story(summary, language)
    return area_story(summary, language)


def texts(value: object, inside: tuple[object, ...] = ()) -> Iterator[Where]:
    """Every text of a story with what it stands in."""
    if isinstance(value, str):
        if not isinstance(value, Enum):
            yield Where(inside, value)
    elif isinstance(value, tuple):
        for one in value:
            yield from texts(one, inside)
    elif is_dataclass(value):
        for each in fields(value):
            yield from texts(getattr(value, each.name), (*inside, value))


def texts_of(story: Story) -> list[Where]:
    every = texts((story.blocks, story.title, story.page_note, story.running_head, story.running_title))
    return [one for one in every if one.nearest(Axis) is None]


def false_claims(sheet: Sheet, every: list[Where], seen: set[str]) -> list[tuple[str, str]]:
    """Texts of a sheet with what is left of them that claims something and is not known to be true."""
    found = []
    for where in every:
        left = unproved(where.text, where, sheet, seen)
        if CLAIMS[sheet.language].search(left):
            found.append((where.text, left))
    return found


def hold(drawn: Drawn, seen: set[str]) -> None:
    shape, which, language = drawn
    sheet = Sheet(summary_of(shape, which), language)
    story = story_of(sheet.summary, language)
    every = texts_of(story)
    assert not false_claims(sheet, every, seen)
    assert not faults(story, sheet)
    assert not numbers.unknown([one.text for one in every], sheet)


def hold_files(drawn: Drawn, type_settings: TypeSettings) -> None:
    shape, which, language = drawn
    story = story_of(summary_of(shape, which), language)
    assert not list(media.of_pdf(story, type_settings))
    assert not list(media.of_word(story))
    assert not list(media.of_web(story))


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
    hold(drawn, set())


@settings(max_examples=6, derandomize=True, suppress_health_check=list(HealthCheck))
@given(drawn=sheets)
def test_files_and_pages_say_what_the_story_says_and_nothing_beside(drawn: Drawn, type_settings: TypeSettings) -> None:
    hold_files(drawn, type_settings)


@pytest.mark.soak
def test_thousands_of_sheets_say_what_their_cells_say_and_every_phrase_is_said() -> None:
    seen: set[str] = set()

    @seed(SEED)
    @settings(max_examples=STORIES, database=None, suppress_health_check=list(HealthCheck))
    @given(sheets)
    def held(drawn: Drawn) -> None:
        hold(drawn, seen)

    held()
    assert not TRUE.keys() - seen - UNSAID.keys()
    assert not seen & (UNSAID.keys() | ELSEWHERE)


@pytest.mark.soak
@seed(SEED)
@settings(max_examples=FILES, database=None, suppress_health_check=list(HealthCheck))
@given(drawn=sheets)
def test_hundreds_of_files_say_nothing_beside_their_story(drawn: Drawn, type_settings: TypeSettings) -> None:
    hold_files(drawn, type_settings)
