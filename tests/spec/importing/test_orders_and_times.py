"""Cells that hold an order or a time of the day, as platforms and spreadsheets leave them."""

from __future__ import annotations

import pytest

from questionnaires.answers import Policy, check_answers
from questionnaires.model import Questionnaire
from survey_service.importing.kinds import Source, reader
from survey_service.importing.words import Notice
from survey_service.tabular.cells import Mark, Odd
from tests.spec.questionnaires import test_ranking, test_time
from tests.spec.questionnaires.examples import loaded

ORDERS = [
    ("选项3→选项1→选项2", ["3", "1", "2"]),
    ("选项3┋选项1┋选项2", ["3", "1", "2"]),
    ("Option 3; Option 1; Option 2", ["3", "1", "2"]),
    ("3,1,2", ["3", "1", "2"]),
    ("312", ["3", "1", "2"]),
    ("选项3→选项1", None),  # two of three
    ("选项3→选项1→选项1", None),
    ("(空)", []),
    ("", []),
]
TIMES = [
    ("8:30", "08:30", set()),
    ("下午3点", "15:00", set()),
    ("８：３０", "08:30", {Notice.FULL_WIDTH}),
    ("08:30:00", "08:30", {Notice.TIME_CELL}),
    ("08:30:59", "08:30", {Notice.TIME_CELL}),
    ("2026-09-18 19:42:00", "19:42", {Notice.TIME_CELL}),
    ("1900/1/0 6:05", "06:05", {Notice.TIME_CELL}),
    ("0.354166666666667", "08:30", {Notice.TIME_CELL}),
    (Odd.of("08:30:00", Mark.DATE), "08:30", {Notice.TIME_CELL}),
    ("早上", None, set()),
    ("46000", None, set()),
]


@pytest.fixture(scope="module")
def ranked(tmp_path_factory: pytest.TempPathFactory) -> Questionnaire:
    return loaded(tmp_path_factory.mktemp("ranked"), test_ranking.DEFINITION)


@pytest.fixture(scope="module")
def clock(tmp_path_factory: pytest.TempPathFactory) -> Questionnaire:
    return loaded(tmp_path_factory.mktemp("clock"), test_time.DEFINITION)


def source(questionnaire: Questionnaire, name: str) -> Source:
    return Source(question=questionnaire.question(name), said={}, platform=True, epoch_1904=False)


@pytest.mark.parametrize(("cell", "placed"), ORDERS, ids=[one[0] or "blank" for one in ORDERS])
def test_an_order_in_one_cell(ranked: Questionnaire, cell: str, placed: list[str] | None) -> None:
    reading = reader(source(ranked, "first"), "first")(cell)
    assert reading.problem is None
    checked = check_answers(ranked, {"first": reading.answer}, Policy.IMPORT)
    assert checked.canonical.get("first", []) == (placed or [])
    assert checked.accepted == (placed is not None)


@pytest.mark.parametrize(("cell", "kept", "notices"), TIMES, ids=[str(one[0]) for one in TIMES])
def test_a_time_in_a_cell(clock: Questionnaire, cell: str, kept: str | None, notices: set[Notice]) -> None:
    reading = reader(source(clock, "any"), "any")(cell)
    assert {kind for kind, _, _ in reading.notices} == notices
    checked = check_answers(clock, {"any": reading.answer}, Policy.IMPORT)
    assert checked.canonical.get("any") == kept
    assert checked.accepted == (kept is not None)
