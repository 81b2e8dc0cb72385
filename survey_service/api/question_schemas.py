"""The tables of closed questions and what came of the tests of a plan, for programs."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field

from survey_service.analyses.question_shown import QuestionTable, QuestionTables, Share, TestShown
from survey_service.api.schemas import AreaCode, Words
from survey_service.api.shapes import Shape
from survey_service.api.shown import words


class ShareOut(Shape):
    """One answer's share of those who answered, in per cent, as it is printed: no finer number exists."""

    option: str
    label: Words
    figure: Annotated[str, Field(description="As printed: 86.2, ≥88, — where it is hidden.")]
    value: Annotated[float | None, Field(description="None where hidden or told by an end only.")]
    low: float | None
    high: float | None
    digits: int
    mark: Annotated[str, Field(description="shown, coarse, end or hidden.")]


class QuestionAreaOut(Shape):
    area: AreaCode
    level: Annotated[str, Field(description="city or street.")]
    respondents: Annotated[int, Field(description="Who answered the question: the base.")]
    shares: list[ShareOut]


class MissingOut(Shape):
    reason: Words
    count: Annotated[int, Field(description="Questionnaires of the city, not weighted.")]


class QuestionOut(Shape):
    variable: Annotated[str, Field(description="The question, or question.row.")]
    text: Words
    of: Annotated[Words | None, Field(description="The question, where this is a row of it.")]
    several: Annotated[bool, Field(description="Whether more than one answer may be chosen.")]
    missing: list[MissingOut]
    areas: Annotated[list[QuestionAreaOut], Field(description="The city, then its streets where they may stand.")]
    without_streets: Annotated[Words | None, Field(description="Why they may not.")]


class CrosstabRowOut(Shape):
    name: Words
    shares: list[ShareOut]


class CoefficientOut(Shape):
    name: Words
    value: Annotated[str, Field(description="As printed, in `unit`.")]
    interval: str
    p: Annotated[str, Field(description="As printed: p = 0.012.")]


class TestOut(Shape):
    __test__ = False  # not a test case of pytest's

    title: Words
    said: Annotated[Words, Field(description="The result in a sentence, or why there is none.")]
    rows: Annotated[list[CrosstabRowOut], Field(description="Of a crosstab.")]
    coefficients: Annotated[list[CoefficientOut], Field(description="Of a regression.")]
    unit: Annotated[Words | None, Field(description="What coefficients are: odds ratios, percentage points.")]


class QuestionsOut(Shape):
    level: Annotated[float, Field(description="Of the intervals: 0.95.")]
    notes: Annotated[list[Words], Field(description="Why there is no table.")]
    questions: list[QuestionOut]
    tests: Annotated[list[TestOut], Field(description="Tests and models of the plan, in its order.")]


def questions(found: QuestionTables) -> QuestionsOut:
    return QuestionsOut(
        level=found.level,
        notes=[words(one) for one in found.notes],
        questions=[_question(one) for one in found.tables],
        tests=[_test(one) for one in found.tests],
    )


def _question(one: QuestionTable) -> QuestionOut:
    return QuestionOut(
        variable=one.variable,
        text=words(one.text),
        of=None if one.of is None else words(one.of),
        several=one.several,
        missing=[MissingOut(reason=words(why), count=count) for why, count in one.missing],
        areas=[
            QuestionAreaOut(
                area=area.code,
                level=area.level,
                respondents=area.respondents,
                shares=[_share(each) for each in area.shares],
            )
            for area in one.areas
        ],
        without_streets=None if one.without_streets is None else words(one.without_streets),
    )


def _share(one: Share) -> ShareOut:
    return ShareOut(
        option=one.option,
        label=words(one.name),
        figure=one.printed,
        value=one.value,
        low=one.low,
        high=one.high,
        digits=one.decimals,
        mark=one.mark,
    )


def _test(one: TestShown) -> TestOut:
    return TestOut(
        title=words(one.title),
        said=words(one.said),
        rows=[CrosstabRowOut(name=words(row.name), shares=[_share(each) for each in row.shares]) for row in one.rows],
        coefficients=[
            CoefficientOut(name=words(line.name), value=line.value, interval=line.interval, p=line.chance)
            for line in one.coefficients
        ],
        unit=None if one.of_coefficients is None else words(one.of_coefficients),
    )
