"""Scripts beside an exported CSV for the tests and models of the plan, in R and in Python: design and weights are those
of the scripts of the figures (``scripts``). None where the plan has none."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from analysis.plan import KindOfTest
from questionnaires.text import Text
from survey_service.analyses.closed_questions import ClosedVariable, closed_variables
from survey_service.exports import scripts
from survey_service.exports.dataset import Dataset, Role, Variable

_NOTE = Text(
    "方案里的检验和模型；权数、设计和误差的算法，和旁边算各项数字的脚本一样。",
    "The tests and models of the plan; weights, design and variance are those of the script of the figures beside it.",
)


def write_for_r(dataset: Dataset, path: Path, stem: str) -> None:
    """``<stem>-tests.R``; it reads ``<stem>.csv`` and ``margins.csv`` from the folder where it lies."""
    found = {**scripts.settings(dataset, stem), **settings(dataset)}
    path.write_bytes(scripts.in_r_with(found, (_NOTE, *dataset.notes), ("design.R", "intervals.R", "tests.R")))


def write_for_python(dataset: Dataset, path: Path, stem: str) -> None:
    """``<stem>-tests.py``; it needs ``<stem>.py`` beside it."""
    found = {"figures": f"{stem}.py", **settings(dataset)}
    path.write_bytes(scripts.in_python_with(found, (_NOTE, *dataset.notes), "tests.py"))


def settings(dataset: Dataset) -> dict[str, Any]:
    """The tests of the plan, and where the variables that they name stand: of classes the codes in their order."""
    tests = dataset.plan.tests
    classes = {name for one in tests for name in one.by}
    classes |= {one.outcome for one in tests if one.kind is KindOfTest.CROSSTAB}
    outcomes = {one.outcome for one in tests if one.kind is not KindOfTest.CROSSTAB}
    closed = {one.name: one for one in closed_variables(dataset.questionnaire)}
    answers = {one.source: one for one in dataset.of(Role.ANSWER)}
    return {
        "tests": [{"kind": one.kind.value, "outcome": one.outcome, "by": list(one.by)} for one in tests],
        "variables": {
            name: _of_group(name, dataset) if name in dataset.classes else _of_question(closed[name], answers[name])
            for name in sorted(classes)
        },
        "outcomes": {name: {"y": dataset.names["y", name], "x": dataset.names["x", name]} for name in sorted(outcomes)},
    }


def _of_group(name: str, dataset: Dataset) -> Mapping[str, Any]:
    classes = list(dataset.classes[name])
    return {"column": name, "codes": classes, "labels": classes, "drawn": f"{name}_drawn"}


def _of_question(question: ClosedVariable, column: Variable) -> Mapping[str, Any]:
    """Codes as the file writes them, and as the questionnaire has them; who gave no answer has none of them."""
    own = {there: here for here, there in column.codes.items()}
    options = [one.code for one in question.options]
    codes = [str(own.get(one, one)) for one in options]
    return {"column": column.name, "codes": codes, "labels": options, "drawn": None}
