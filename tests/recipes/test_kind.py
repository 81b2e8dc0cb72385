"""A kind of question, by its recipe: one module, one line in every room; and who names the line that was left out."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from pathlib import Path

import pytest

from tests.recipes.scratch import Scratch, copied

MODULE = '''"""A time of the day: 19:42."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import ClassVar

from questionnaires.answer_forms import NOTHING, Canonical, Fault, FindingCode, Read, Reader, glimpse, single_value
from questionnaires.conditions import Literal
from questionnaires.kinds.kind import Given, Kind, Own, VariableType, leave_blank, plain_words
from questionnaires.model import Question, QuestionType

_WRITTEN = re.compile(r"([01]?[0-9]|2[0-3])(?::|时|点)([0-5][0-9])分?")


class Time(Kind):
    type: ClassVar = QuestionType.TIME
    fields: ClassVar = ()
    variable: ClassVar = VariableType.TEXT
    faults: ClassVar = frozenset({FindingCode.NOT_A_TIME})

    def parse(self, given: Given) -> Own:
        return {}

    def reader(self, question: Question) -> Reader:
        def read(raw: object) -> Read:
            value, single = single_value(raw)
            if single and (value is None or value == ""):
                return NOTHING
            match = _WRITTEN.fullmatch(str(value)) if single else None
            if match is None:
                return None, Fault(FindingCode.NOT_A_TIME, {"seen": glimpse(raw)})
            return f"{int(match[1]):02d}:{match[2]}", None

        return read

    def expected(self, question: Question, language: str) -> str:
        sentence = "写时和分，例如 19:42。" if language != "en" else "Write hour and minute, for example 19:42."
        return sentence + leave_blank(question, language)

    def in_words(self, question: Question, answer: Canonical, language: str) -> str:
        return plain_words(answer)

    def refuses(self, name: str, literals: tuple[Literal, ...], *, ordering: bool) -> str:
        return f"a time can only be tested for being there: answered({name})"

    def worth_trying(self, question: Question, literals: Iterable[Literal], most: int) -> list[object]:
        return ["00:00"]


KIND = Time()
'''
NOTE = "    QuestionType.NOTE: "
# What the line is for -> the file, the text before which it stands, the line.
LINES: Mapping[str, tuple[str, str, str]] = {
    "the model": ("questionnaires/model.py", '    NOTE = "note"\n', '    TIME = "time"\n'),
    "its fault": (
        "questionnaires/answer_forms.py",
        '    NOT_A_TEXT = "not_a_text"\n',
        '    NOT_A_TIME = "not_a_time"\n',
    ),
    "the resident's page": (
        "survey_service/collection/kinds.py",
        NOTE,
        '    QuestionType.TIME: OnPhone(fields="picker", hint=_expected, input="time", single=True),\n',
    ),
    "the keying sheet": (
        "survey_service/keying/kinds.py",
        NOTE,
        '    QuestionType.TIME: Keyed(box=Box.TEXT, example="19:42"),\n',
    ),
    "the printed form": (
        "reports/paper_form/kinds.py",
        NOTE,
        '    QuestionType.TIME: asked(cells("time", ((2, Text("时", "h")), (2, Text("分", "min"))))),\n',
    ),
    "the reader of scans": (
        "survey_service/paper/reading/kinds.py",
        NOTE,
        "    QuestionType.TIME: Ticks.NONE,\n",
    ),
    "the import of tables": (
        "survey_service/importing/kinds.py",
        NOTE,
        "    QuestionType.TIME: Imported(read=_words, closed=False),\n",
    ),
    "the export": (
        "survey_service/exports/kinds.py",
        NOTE,
        "    QuestionType.TIME: _written(Holds.TEXT, open=False),\n",
    ),
    "the invented file": (
        "survey_service/demonstration/kinds.py",
        NOTE,
        "    QuestionType.TIME: nothing,\n",
    ),
    "the samples of this test": (
        "tests/architecture/kind_samples.py",
        NOTE,
        '    QuestionType.TIME: Sample(right="19:42", wrong="banana"),\n',
    ),
}
COMPLETENESS = "tests/architecture/test_completeness.py"
ADAPTERS = f"{COMPLETENESS}::test_every_kind_has_an_adapter"
ROOMS = tuple(name for name in LINES if name not in ("the model", "its fault"))


def followed(folder: Path, without: Collection[str] = ()) -> Scratch:
    scratch = copied(folder)
    scratch.write("questionnaires/kinds/time.py", MODULE)
    for name, (place, before, line) in LINES.items():
        if name not in without:
            scratch.change(place, before, line + before)
    return scratch


def test_a_kind_by_the_recipe(tmp_path: Path) -> None:
    scratch = followed(tmp_path)
    assert scratch.touched == {"questionnaires/kinds/time.py", *(place for place, _, _ in LINES.values())}
    whole = scratch.pytest(COMPLETENESS, "-k", "time or adapter or module or tables")
    assert whole.returncode == 0, whole.stdout
    assert "test_every_kind_walks_through_every_surface" not in whole.stdout


def test_a_kind_without_two_of_its_lines_is_named_in_both_rooms(tmp_path: Path) -> None:
    two = ("the import of tables", "the printed form")
    incomplete = followed(tmp_path, two).pytest(ADAPTERS)
    assert incomplete.returncode == 1, incomplete.stdout
    for name in two:
        assert f"kind time has no adapter on {name}" in incomplete.stdout
    assert incomplete.stdout.count("FAILED") == len(two)


@pytest.mark.soak
@pytest.mark.parametrize("name", LINES)
def test_a_kind_without_one_of_its_lines_is_named(name: str, tmp_path: Path) -> None:
    incomplete = followed(tmp_path, (name,)).pytest(ADAPTERS)
    assert incomplete.returncode != 0, incomplete.stdout
    if name in ROOMS:
        assert f"kind time has no adapter on {name}" in incomplete.stdout
    else:
        assert {"the model": "QuestionType", "its fault": "FindingCode"}[name] in incomplete.stdout
        assert "TIME" in incomplete.stdout
