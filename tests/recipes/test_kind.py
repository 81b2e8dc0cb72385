"""A kind of question, by its recipe: one module, one line in every room; and who names the line that was left out."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from pathlib import Path

import pytest

from tests.recipes.scratch import Scratch, copied

MODULE = '''"""A month of a year: 2026-09."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import ClassVar

from questionnaires.answer_forms import NOTHING, Canonical, Fault, FindingCode, Read, Reader, glimpse, single_value
from questionnaires.conditions import Literal
from questionnaires.kinds.kind import Given, Kind, Own, VariableType, leave_blank, plain_words
from questionnaires.model import Question, QuestionType

_WRITTEN = re.compile(r"([0-9]{4})(?:-|年)(1[0-2]|0?[1-9])月?")


class Month(Kind):
    type: ClassVar = QuestionType.MONTH
    fields: ClassVar = ()
    variable: ClassVar = VariableType.TEXT
    faults: ClassVar = frozenset({FindingCode.NOT_A_MONTH})

    def parse(self, given: Given) -> Own:
        return {}

    def reader(self, question: Question) -> Reader:
        def read(raw: object) -> Read:
            value, single = single_value(raw)
            if single and (value is None or value == ""):
                return NOTHING
            match = _WRITTEN.fullmatch(str(value)) if single else None
            if match is None:
                return None, Fault(FindingCode.NOT_A_MONTH, {"seen": glimpse(raw)})
            return f"{match[1]}-{int(match[2]):02d}", None

        return read

    def expected(self, question: Question, language: str) -> str:
        sentence = "写年和月，例如 2026-09。" if language != "en" else "Write year and month, for example 2026-09."
        return sentence + leave_blank(question, language)

    def in_words(self, question: Question, answer: Canonical, language: str) -> str:
        return plain_words(answer)

    def refuses(self, name: str, literals: tuple[Literal, ...], *, ordering: bool) -> str:
        return f"a month can only be tested for being there: answered({name})"

    def worth_trying(self, question: Question, literals: Iterable[Literal], most: int) -> list[object]:
        return ["2026-09"]


KIND = Month()
'''
NOTE = "    QuestionType.NOTE: "
# What the line is for -> the file, the text before which it stands, the line.
LINES: Mapping[str, tuple[str, str, str]] = {
    "the model": ("questionnaires/model.py", '    NOTE = "note"\n', '    MONTH = "month"\n'),
    "its fault": (
        "questionnaires/answer_forms.py",
        '    NOT_A_TEXT = "not_a_text"\n',
        '    NOT_A_MONTH = "not_a_month"\n',
    ),
    "the resident's page": (
        "survey_service/collection/kinds.py",
        NOTE,
        '    QuestionType.MONTH: OnPhone(fields="picker", hint=_expected, input="month", single=True),\n',
    ),
    "the keying sheet": (
        "survey_service/keying/kinds.py",
        NOTE,
        '    QuestionType.MONTH: Keyed(box=Box.TEXT, example="2026-09"),\n',
    ),
    "the printed form": (
        "reports/paper_form/kinds.py",
        NOTE,
        '    QuestionType.MONTH: asked(cells("month", ((4, Text("年", "year")), (2, Text("月", "month"))))),\n',
    ),
    "the reader of scans": (
        "survey_service/paper/reading/kinds.py",
        NOTE,
        "    QuestionType.MONTH: Ticks.NONE,\n",
    ),
    "the import of tables": (
        "survey_service/importing/kinds.py",
        NOTE,
        "    QuestionType.MONTH: Imported(read=_words, closed=False),\n",
    ),
    "the export": (
        "survey_service/exports/kinds.py",
        NOTE,
        "    QuestionType.MONTH: _written(Holds.TEXT, open=False),\n",
    ),
    "the invented file": (
        "survey_service/demonstration/kinds.py",
        NOTE,
        "    QuestionType.MONTH: nothing,\n",
    ),
    "the form of other systems": (
        "survey_service/xlsform/kinds.py",
        NOTE,
        '    QuestionType.MONTH: RowKind("text"),\n',
    ),
    "the samples of this test": (
        "tests/architecture/kind_samples.py",
        NOTE,
        '    QuestionType.MONTH: Sample(right="2026-09", wrong="banana"),\n',
    ),
}
COMPLETENESS = "tests/architecture/test_completeness.py"
ADAPTERS = f"{COMPLETENESS}::test_every_kind_has_an_adapter"
ROOMS = tuple(name for name in LINES if name not in ("the model", "its fault"))


def followed(folder: Path, without: Collection[str] = ()) -> Scratch:
    scratch = copied(folder)
    scratch.write("questionnaires/kinds/month.py", MODULE)
    for name, (place, before, line) in LINES.items():
        if name not in without:
            scratch.change(place, before, line + before)
    return scratch


def test_a_kind_by_the_recipe(tmp_path: Path) -> None:
    scratch = followed(tmp_path)
    assert scratch.touched == {"questionnaires/kinds/month.py", *(place for place, _, _ in LINES.values())}
    whole = scratch.pytest(COMPLETENESS, "-k", "month or adapter or module or tables")
    assert whole.returncode == 0, whole.stdout
    assert "test_every_kind_walks_through_every_surface" not in whole.stdout


def test_a_kind_without_two_of_its_lines_is_named_in_both_rooms(tmp_path: Path) -> None:
    two = ("the import of tables", "the printed form")
    incomplete = followed(tmp_path, two).pytest(ADAPTERS)
    assert incomplete.returncode == 1, incomplete.stdout
    for name in two:
        assert f"kind month has no adapter on {name}" in incomplete.stdout
    assert incomplete.stdout.count("FAILED") == len(two)


@pytest.mark.soak
@pytest.mark.parametrize("name", LINES)
def test_a_kind_without_one_of_its_lines_is_named(name: str, tmp_path: Path) -> None:
    incomplete = followed(tmp_path, (name,)).pytest(ADAPTERS)
    assert incomplete.returncode != 0, incomplete.stdout
    if name in ROOMS:
        assert f"kind month has no adapter on {name}" in incomplete.stdout
    else:
        assert {"the model": "QuestionType", "its fault": "FindingCode"}[name] in incomplete.stdout
        assert "MONTH" in incomplete.stdout
