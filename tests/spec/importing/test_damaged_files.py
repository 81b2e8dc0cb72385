"""No value that Excel has damaged is taken in without a notice: files with known truth, damaged by the seed."""

from __future__ import annotations

from collections import Counter

import pytest

from survey_service.importing.prepare import Prepared, prepare
from survey_service.importing.recognise import suggest
from survey_service.tabular import TableError
from survey_service.tabular.cells import read_cells
from tests.spec.importing.damaged import QUESTIONNAIRE, Made
from tests.spec.importing.hurts import HURTS, build


def taken_in(made: Made) -> Prepared | None:
    """What the service makes of the file with the columns as it suggests them; None where it cannot be read."""
    try:
        grid = read_cells(made.name, made.data)
    except TableError:
        return None
    return prepare(grid, suggest(grid, QUESTIONNAIRE, made.ground.cases), QUESTIONNAIRE, made.ground)


def wrongs(made: Made, prepared: Prepared) -> list[str]:
    """Everything that would be stored other than it is, and of which no notice tells by row."""
    told = prepared.notices.places
    told_rows = {row for row, column in told if not column}
    found = []
    stored = {row.row: row for row in prepared.rows}
    for number, answers in made.truth.items():
        row = stored.pop(number, None)
        if row is None:
            if number not in told_rows:
                found.append(f"row {number} is missing")
            continue
        if row.case is None or row.case.number != made.cases[number]:
            found.append(f"row {number} went to another case")
        heads = [column for told_row, column in told if told_row == number]
        kept = row.checked.canonical
        found += [
            f"row {number} {variable}: {answers.get(variable)!r} became {kept.get(variable)!r}"
            for variable in {*answers, *kept}
            if answers.get(variable) != kept.get(variable) and not any(_is_about(head, variable) for head in heads)
        ]
    found += [f"row {number} was no answer" for number in stored]
    return found


def _is_about(column: str, variable: str) -> bool:
    question = QUESTIONNAIRE.question(variable.partition(".")[0])
    item = next((one.text.zh for one in question.items if variable.endswith(f".{one.id}")), "")
    return question.text.zh in column and item in column


def run(seeds: range) -> Counter[str]:
    outcome: Counter[str] = Counter()
    wrong = []
    for seed in seeds:
        made = build(seed)
        prepared = taken_in(made)
        if prepared is None or prepared.problems:
            outcome["refused"] += 1
            continue
        if found := wrongs(made, prepared):
            wrong.append((seed, made.damages, found))
        outcome["taken in" if made.damages else "sound"] += 1
    assert not wrong, wrong
    return outcome


def test_two_hundred_damaged_files_store_no_wrong_value_in_silence() -> None:
    outcome = run(range(200))
    assert outcome["refused"] > 40
    assert outcome["taken in"] > 40


@pytest.mark.soak
def test_ten_thousand_damaged_files_store_no_wrong_value_in_silence() -> None:
    outcome = run(range(10_000))
    print(f"\n10,000 damaged files: {dict(outcome)}")
    assert outcome["refused"] + outcome["taken in"] > 9_000


def test_sound_files_are_taken_in_as_they_are() -> None:
    """Else the proof above would hold of a service that refuses everything."""
    for seed in range(20_000, 20_030):
        made = build(seed, damages=0)
        prepared = taken_in(made)
        assert prepared is not None
        assert not prepared.problems, (seed, [one.in_language("en") for one in prepared.problems])
        assert {row.row: dict(row.checked.canonical) for row in prepared.rows} == made.truth, seed
        assert {row.row: row.case.number for row in prepared.rows if row.case} == made.cases


def test_every_damage_is_met_and_the_check_can_fail() -> None:
    met = Counter(name for seed in range(200) for name in build(seed).damages)
    assert set(met) == {hurt.__name__ for hurt in HURTS}
    made = build(20_000, damages=0)
    prepared = taken_in(made)
    assert prepared is not None
    number = next(iter(made.truth))
    made.truth[number] = {**made.truth[number], "age": 17}
    assert wrongs(made, prepared)
