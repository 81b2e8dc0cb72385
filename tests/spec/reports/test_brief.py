"""What a first page says of an area is of its sheet: every text of it, and every figure."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import fields, is_dataclass, replace
from enum import Enum
from typing import Any

import pytest

from analysis.results import Verdict
from reports.blocks import Axis, Cards, Range, Table
from reports.content import CommunitySummary
from reports.story import area_story, community_story
from reports.story.brief import brief
from reports.story.many import CARDS_MOST
from survey_service.releases import briefs
from tests.spec.reports.cases import CASES

SEVERITY = (
    Verdict.NOT_REACHED,
    Verdict.CANNOT_TELL,
    Verdict.CANNOT_REACH,
    Verdict.REACHED,
    None,
    Verdict.NOT_PUBLISHED,
)


def texts_of(value: Any) -> Iterator[str]:
    if isinstance(value, str):
        if not isinstance(value, Enum):
            yield value
    elif isinstance(value, tuple):
        for one in value:
            yield from texts_of(one)
    elif is_dataclass(value) and not isinstance(value, Axis | Range):
        for each in fields(value):
            yield from texts_of(getattr(value, each.name))


@pytest.mark.parametrize("language", ["zh", "en"])
@pytest.mark.parametrize("case", sorted(CASES))
def test_every_text_of_a_brief_stands_on_the_sheet(case: str, language: str) -> None:
    summary = CASES[case]()
    if isinstance(summary, CommunitySummary):
        story = community_story(summary, language)
    else:
        story = area_story(summary, language)
    made = brief(summary, language)
    sheet = "\n".join(texts_of(story.blocks))
    values = {one.value for one in (made.mend.items if made.mend else ())}
    # Without a figure, and with more headlines than cards, the sheet has none: the figures are those of its tables.
    hidden, many = all(one.card.figure == "—" for one in made.cards), len(made.cards) > CARDS_MOST
    told = replace(made, cards=()) if hidden or many else made
    assert not [text for text in texts_of(told) if text not in sheet and text not in values], (
        "the unit of a figure stands in the head of its column"
    )
    assert not [value for value in values if value.rstrip("% 分points") not in sheet]
    cards = [card for block in story.blocks if isinstance(block, Cards) for card in block.cards]
    if cards:
        assert [one.card for one in made.cards] == cards
    elif not many:  # no figure of the area is shown alone
        assert {one.card.figure for one in made.cards} <= {"—"}
    else:  # each as a row of its table says it, and in its order: what missed its target first
        tables = [block for block in story.blocks if isinstance(block, Table)]
        rows = [[cell.text for cell in row.cells][:2] for table in tables for row in table.rows]
        cells = [[one.card.name, one.card.figure] for one in made.cards]
        assert [row for row in rows if row in cells] == cells
        order = [SEVERITY.index(one.card.verdict) for one in made.cards]
        assert order == sorted(order)
    for one in made.cards:
        if one.range is not None and one.axis is not None:
            assert one.axis.low <= one.range.low <= one.range.high <= one.axis.high
            assert one.axis.target is None or one.axis.low <= one.axis.target <= one.axis.high
            assert one.card.figure != "—"


@pytest.mark.parametrize("case", sorted(CASES))
def test_what_is_kept_is_read_back_as_it_was(case: str) -> None:
    summary = CASES[case]()
    assert briefs.read(json.loads(json.dumps(briefs.kept(summary, "zh")))) == brief(summary, "zh")
