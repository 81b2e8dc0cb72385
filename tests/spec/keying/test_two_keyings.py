"""What two keyings find: the rules of comparing and deciding by hand, and the share of errors that gets through."""

from __future__ import annotations

from pathlib import Path

import pytest

from survey_service.keying import comparison, quality, sheets
from survey_service.models import Decision
from tests.service.world import QUESTIONNAIRE
from tests.spec.keying import clerks

EMPTY = {"missing": "no_answer"}
ILLEGIBLE = {"missing": "illegible"}


@pytest.mark.parametrize(
    ("first", "second", "same"),
    [
        ("1", "1", True),
        ("1", "2", False),
        (None, EMPTY, True),  # a box left empty is a box marked empty
        (None, ILLEGIBLE, False),
        ({"missing": "refused"}, EMPTY, False),
        (["1", "4"], ["1", "4"], True),
        (["1"], ["1", "4"], False),
        (47, 74, False),
        ("菜市场", "菜 市场", True),  # spaces in words are free,
        ("ＡＢ", "AB", True),  # and so is the width of letters
        ("菜市场", "菜场", False),
    ],
)
def test_what_two_keyings_must_share(first: object, second: object, same: bool) -> None:
    sides = [{"q": value} if value is not None else {} for value in (first, second)]
    assert (comparison.differences(sides[0], sides[1], ["q"]) == []) is same  # type: ignore[arg-type]


def test_where_they_agree_nobody_is_asked_and_where_they_differ_the_decision_counts() -> None:
    first, second = {"a": "1", "b": "1", "c": "1", "d": "1"}, {"a": "1", "b": "2", "c": "2", "d": "2", "e": "5"}
    assert comparison.differences(first, second, ["e", "d", "c", "b", "a"]) == ["e", "d", "c", "b"]
    decisions: dict[str, tuple[Decision, object]] = {
        "b": (Decision.SECOND, None),
        "c": (Decision.OTHER, "3"),
        "d": (Decision.ILLEGIBLE, None),
        "e": (Decision.FIRST, None),
    }
    assert comparison.settled(first, first, second, decisions) == {"a": "1", "b": "2", "c": "3", "d": ILLEGIBLE}


def line(wrong: tuple[int, int], forms: int, variable: str) -> quality.QuestionLine:
    row = next(row for row in sheets.sheet(QUESTIONNAIRE, "zh").rows if row.variable == variable)
    return quality.QuestionLine(
        row=row,
        forms=forms,
        different=sum(wrong),
        undecided=0,
        wrong_first=wrong[0],
        wrong_second=wrong[1],
        illegible=0,
    )


def test_errors_that_both_made_alike_by_hand() -> None:
    #  1,000 forms; of a two-option field 10 wrong the first time, 20 the second: 10 * 20 / 1,000 / 1 other code = 0.2.
    assert line((10, 20), 1000, "know").alike == pytest.approx(0.2)
    #  Of a field with 4 codes, 3 others: a third of it.
    assert line((10, 20), 1000, "overall").alike == pytest.approx(0.2 / 3)
    #  Words are never misspelt alike.
    assert line((10, 20), 1000, "channels.other").alike == 0
    lines = [line((10, 20), 1000, "know"), line((0, 0), 1000, "overall")]
    #  2,000 fields compared, 0.2 left: 1 in 10,000.
    rate = quality.residual_rate(lines, [], keyed=1000, verified=1000, compared=2000)
    assert rate == pytest.approx(0.2 / 2000)
    assert quality.residual_rate(lines, [], keyed=5, verified=0, compared=0) is None


def proof(folder: Path, forms: int, seed: int) -> None:
    questions = clerks.questionnaire(folder)
    tally = clerks.run(questions, forms, seed)
    two, five = (tally.per_ten_thousand(options) for options in clerks.OPTIONS)
    fields = forms * clerks.FIELDS
    planted = {options: tally.planted[options] / fields for options in clerks.OPTIONS}
    print(f"seed {seed}: {fields:,} fields of each kind, planted {planted}, left per 10,000: {two:.2f}, {five:.2f}")
    for options in clerks.OPTIONS:
        assert tally.fields[options] == fields
        assert planted[options] == pytest.approx(clerks.ERROR, rel=0.1)
    lines = tally.lines(sheets.sheet(questions, "zh"), forms)
    estimated = {
        options: 10_000 * sum(one.alike for one in lines if len(one.row.codes) == options) / fields
        for options in clerks.OPTIONS
    }
    print(f"the page would estimate {estimated}")
    assert two <= 1.2
    assert five <= 0.4
    # The estimate knows nothing of the paper: it sees only what differed. It must find what is there.
    assert estimated[2] == pytest.approx(two, abs=0.35)
    assert estimated[5] == pytest.approx(five, abs=0.2)


def test_full_verification_finds_what_two_clerks_do_not_err_in_alike(tmp_path: Path) -> None:
    """20,000 fields in short; ``make soak`` does 1,000,000 of each kind."""
    questions = clerks.questionnaire(tmp_path)
    tally = clerks.run(questions, forms=1_000, seed=20261126)
    #  10,000 two-option fields: 1 expected (100 planted by each clerk, a hundredth of them alike), 5 is one in 270.
    assert tally.left[2] <= 4
    #  10,000 five-option fields: 0.25 expected.
    assert tally.left[5] <= 2
    assert 60 < tally.planted[2] < 150


@pytest.mark.soak
@pytest.mark.parametrize("seed", [20261126])
def test_over_a_million_fields_of_each_kind(tmp_path: Path, seed: int) -> None:
    proof(tmp_path, forms=100_000, seed=seed)
