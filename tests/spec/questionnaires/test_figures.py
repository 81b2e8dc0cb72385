"""Numbers are written in digits: nobody reads 1e+07."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from questionnaires import check_answers, describe
from questionnaires.answers import Policy
from questionnaires.figures import in_digits, significant
from questionnaires.model import Question
from survey_service.keying import sheets, values
from tests.spec.questionnaires.examples import EVERY_TYPE, loaded


@pytest.mark.parametrize(
    ("value", "plain", "grouped"),
    [
        (18, "18", "18"),
        (18.0, "18", "18"),
        (1e6, "1000000", "1,000,000"),
        (12_345_678, "12345678", "12,345,678"),
        (1e14, "100000000000000", "100,000,000,000,000"),
        (0.000001, "0.000001", "0.000001"),
        (-2.5, "-2.5", "-2.5"),
        (0.1 + 0.2, "0.30000000000000004", "0.30000000000000004"),
        (-0.0, "0", "0"),
    ],
)
def test_digits(value: float, plain: str, grouped: str) -> None:
    assert in_digits(value) == plain
    assert in_digits(value, grouped=True) == grouped


@given(st.floats(allow_nan=False, allow_infinity=False) | st.integers(-(10**15), 10**15))
def test_digits_read_back_as_the_same_number(value: float) -> None:
    written = in_digits(value)
    assert "e" not in written.lower()
    assert float(written) == value


@pytest.mark.parametrize(
    ("value", "shown"),
    [(12345.6, "12,346"), (1234567.0, "1,234,567"), (3.14159, "3.142"), (0.0123456, "0.01235"), (1e-7, "0.0000001")],
)
def test_rounding_keeps_whole_digits(value: float, shown: str) -> None:
    assert significant(value, 4) == shown


@pytest.fixture
def hours(tmp_path: Path) -> Question:
    """An income: from a million to twenty million."""
    question = loaded(tmp_path, EVERY_TYPE).question("hours")
    return replace(question, minimum=1_000_000, maximum=20_000_000)


def test_large_limits_are_read_in_hints_faults_and_keying(tmp_path: Path, hours: Question) -> None:
    whole = loaded(tmp_path, EVERY_TYPE)
    sections = tuple(
        replace(section, questions=tuple(hours if one.id == "hours" else one for one in section.questions))
        for section in whole.sections
    )
    questionnaire = replace(whole, sections=sections)
    (finding,) = (
        one
        for one in check_answers(questionnaire, {"hours": "5", "age": "45", "knows": "1"}, Policy.WEB).findings
        if one.variable == "hours"
    )
    said = describe(finding, questionnaire, "zh")
    assert "1,000,000 到 20,000,000 之间" in said
    assert "例如 5750000" in said
    assert "from 1,000,000 to 20,000,000" in describe(finding, questionnaire, "en")
    (row,) = (
        row
        for section in sheets.build_sheet(questionnaire, "zh").sections
        for row in section.rows
        if row.variable == "hours"
    )
    assert (row.minimum, row.maximum) == ("1000000", "20000000")
    assert values.typed(0.000001) == "0.000001"
    assert values.shown(row, 12_000_000).parts == ("12000000",)
