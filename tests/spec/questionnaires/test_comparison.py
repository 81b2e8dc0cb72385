"""Two versions side by side: what changed, and whose figures may still be compared; and the copy for review."""

from __future__ import annotations

from functools import cache
from typing import Any

import pytest

from questionnaires.editing.document import Document
from questionnaires.editing.edits import apply
from questionnaires.editing.uses import fingerprint, uses_of
from questionnaires.loader import available, check_bytes
from questionnaires.model import Questionnaire
from reports.blocks import Prose, Table
from survey_service.catalogue.comparison import Standing, compare
from survey_service.catalogue.review_copy import review_story

SOURCE = available()["civilized_city"].read_text(encoding="utf-8")
SHARED: dict[str, Any] = {}


@cache
def shipped() -> Questionnaire:
    return version()


def version(*edits: dict[str, Any]) -> Questionnaire:
    made, problems = check_bytes(apply(SOURCE, edits, SHARED).encode(), "draft")
    assert problems == []
    assert made is not None
    return made


def put(at: str, field: str, value: str) -> dict[str, Any]:
    return {"do": "set", "at": at, "field": field, "value": value}


@pytest.mark.parametrize(
    ("edits", "changed", "lost"),
    [
        ([], [], []),
        # What the respondent reads in Chinese moves the figure; the short name and the English do not.
        ([put("question:q1", "text.zh", "您听说过吗？")], ["q1"], ["awareness"]),
        ([put("question:q1", "text.en", "Heard of it?"), put("question:q1", "short.zh", "听说过吗")], ["q1"], []),
        ([put("option:q3:1", "label.zh", "很支持")], ["q3"], ["support"]),
        ([put("item:q6:lanes", "text.zh", "小巷的保洁")], ["q6"], ["aspect_lanes"]),
        ([put("indicator:support", "target", "90")], ["support"], []),
    ],
)
def test_what_changed_and_what_stays_comparable(
    edits: list[dict[str, Any]], changed: list[str], lost: list[str]
) -> None:
    found = compare(shipped(), version(*edits))
    every = (*found.questions, *found.indicators)
    assert [one.id for one in every if one.standing is not Standing.SAME] == changed
    assert [one.id for one in found.indicators if not one.alike] == lost
    assert found.same == (not edits)
    assert not found.order


def test_every_field_is_named_with_both_sides() -> None:
    new = version(put("option:q3:1", "label.zh", "很支持"), put("questionnaire", "notice.minutes", "4"))
    found = compare(shipped(), new)
    [question] = [one for one in found.questions if one.differences]
    assert [(one.name.zh, one.before, one.after) for one in question.differences] == [
        ("选项 1 文字（中文）", "支持", "很支持")
    ]
    assert [(one.name.en, one.before, one.after) for one in found.about] == [("minutes", "3", "4")]
    [lost] = [one for one in found.indicators if not one.alike]
    assert lost.why is not None
    assert lost.why.zh == "算法没变，题目的问法或选项变了"


def test_what_is_added_left_out_or_moved_is_told() -> None:
    agreed = fingerprint(uses_of(Document(SOURCE).data, "question:q4"))
    new = version(
        {"do": "remove", "at": "question:q4", "with": agreed},
        {"do": "add", "what": "question", "at": "question:q3", "type": "number"},
        put("question:q13", "text.zh", "几年？"),
        put("question:q13", "text.en", "How many years?"),
        {"do": "move", "at": "question:q9", "by": 1},
    )
    found = compare(shipped(), new)
    assert {one.id: one.standing.value for one in found.questions if one.standing is not Standing.SAME} == {
        "q13": "added",
        "q4": "gone",
    }
    assert [one.id for one in found.indicators if one.standing is Standing.GONE] == ["participation"]
    assert found.order


@pytest.mark.parametrize("language", ["zh", "en"])
def test_the_copy_for_review_says_codes_conditions_checks_and_figures_in_words(language: str) -> None:
    story = review_story(version(put("indicator:support", "target", "90")), language)
    tables = [block for block in story.blocks if isinstance(block, Table)]
    rows = {row.cells[0].text: [cell.text for cell in row.cells] for table in tables for row in table.rows}
    said = {
        "zh": ("限第 1 题选“知道”或“听说过，不太清楚”者回答", "目标：至少 90%", "第 6.1 题", "提醒一次"),
        "en": ("question 1 is “Yes, I know” or", "target: at least 90%", "question 6.1", "told once"),
    }[language]
    assert said[0] in rows["2  q2"][2]
    assert said[1] in rows["support"][2]
    assert said[2] in rows["aspect_lanes"][2]
    assert said[3] in rows["overall_against_aspects"][2]
    assert len(tables) == len(shipped().sections) + 2
    head = story.blocks[0]
    assert isinstance(head, Prose)
    assert head.paragraphs[0] == "civilized_city 2.0"
