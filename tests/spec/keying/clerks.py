"""Two simulated clerks who err independently, and somebody who decides from the paper: the workflow's own functions.

A form has ten two-option fields and ten five-option fields. Each clerk keys each field wrong with probability 1 %, and
then any of the other codes alike often. What differs is decided by the paper, without error.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np

from questionnaires.answer_forms import Canonical
from questionnaires.answers import Policy, check_answers
from questionnaires.loader import load
from questionnaires.model import Questionnaire
from survey_service.keying import comparison, sheets
from survey_service.keying.quality import QuestionLine
from survey_service.models import Decision

OPTIONS = (2, 5)
FIELDS = 10  # of each kind in a form
ERROR = 0.01
GROUP = 1_000  # forms drawn at a time

HEADER = """
key: clerks
version: "1.0"
title: {zh: 录入试验, en: Keying trial}
header: {form_number: 试 01 表, issuing_body: 试, approval_number: 试, valid_until: 2027-06-30}
notice:
  purpose: {zh: 试。, en: Trial.}
  body: {zh: 试, en: Trial}
  retention: {zh: 试。, en: Trial.}
  contact: {zh: 试, en: Trial}
  minutes: 1
sections:
  - id: main
    title: {zh: 题, en: Questions}
    questions:
"""


def questionnaire(folder: Path) -> Questionnaire:
    lines = [HEADER.strip("\n")]
    for options in OPTIONS:
        for place in range(FIELDS):
            name = f"q{options}_{place}"
            lines += [
                f"      - id: {name}",
                "        type: single_choice",
                f"        text: {{zh: 题 {name}, en: Question {name}}}",
                f"        short: {{zh: {name}, en: {name}}}",
                "        options:",
                *(
                    f'          - {{code: "{code}", label: {{zh: 甲{code}, en: A{code}}}}}'
                    for code in range(1, options + 1)
                ),
            ]
    path = folder / "clerks.yaml"
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")
    return load(path)


@dataclass
class Tally:
    """What was planted, and what was left, by number of options."""

    fields: dict[int, int] = field(default_factory=lambda: dict.fromkeys(OPTIONS, 0))
    planted: dict[int, int] = field(default_factory=lambda: dict.fromkeys(OPTIONS, 0))  # by the first clerk
    left: dict[int, int] = field(default_factory=lambda: dict.fromkeys(OPTIONS, 0))
    different: dict[str, int] = field(default_factory=dict)
    wrong_first: dict[str, int] = field(default_factory=dict)
    wrong_second: dict[str, int] = field(default_factory=dict)

    def per_ten_thousand(self, options: int) -> float:
        return 10_000 * self.left[options] / self.fields[options]

    def lines(self, sheet: sheets.Sheet, forms: int) -> list[QuestionLine]:
        return [
            QuestionLine(
                row=row,
                forms=forms,
                different=self.different.get(row.variable, 0),
                undecided=0,
                wrong_first=self.wrong_first.get(row.variable, 0),
                wrong_second=self.wrong_second.get(row.variable, 0),
                illegible=0,
            )
            for row in sheet.rows
        ]


def run(questions: Questionnaire, forms: int, seed: int) -> Tally:
    """Key ``forms`` forms twice and settle them; every answer goes through the judge, as the service's does."""
    rng = np.random.default_rng(seed)
    names = [name for question in questions.questions() for name in question.variables()]
    counts = np.array([int(name[1]) for name in names])
    tally = Tally()
    for start in range(0, forms, GROUP):
        size = min(GROUP, forms - start)
        truth = rng.integers(1, counts + 1, size=(size, len(names)))
        clerks = [_keyed(truth, counts, rng) for _ in range(2)]
        for paper, once, again in zip(truth, *clerks, strict=True):
            _form(questions, names, paper, once, again, tally)
    return tally


def _keyed(truth: np.ndarray, counts: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    """What a clerk keys: the paper, but for planted errors to any other code."""
    errs = rng.random(truth.shape) < ERROR
    step = rng.integers(1, counts, size=truth.shape)  # 1 .. options - 1 codes further round
    return np.where(errs, (truth - 1 + step) % counts + 1, truth)


def _judged(questions: Questionnaire, names: list[str], codes: np.ndarray) -> Mapping[str, Canonical]:
    typed = {f"{sheets.PREFIX}{name}": str(code) for name, code in zip(names, codes.tolist(), strict=True)}
    return sheets.judge(questions, sheets.read_keys(typed)).canonical


def _form(
    questions: Questionnaire, names: list[str], paper: np.ndarray, once: np.ndarray, again: np.ndarray, tally: Tally
) -> None:
    first, second = _judged(questions, names, once), _judged(questions, names, again)
    true = {name: str(code) for name, code in zip(names, paper.tolist(), strict=True)}
    decisions: dict[str, tuple[Decision, object]] = {}
    for name in comparison.differences(first, second, names):
        decision = comparison.decided(first, second, name, Decision.OTHER, true[name])
        decisions[name] = (decision, true[name])
        tally.different[name] = tally.different.get(name, 0) + 1
        for wrong, counter in (
            (decision is not Decision.FIRST, tally.wrong_first),
            (decision is not Decision.SECOND, tally.wrong_second),
        ):
            counter[name] = counter.get(name, 0) + wrong
    checked = check_answers(questions, comparison.settled(first, first, second, decisions), Policy.PAPER)
    assert checked.accepted
    for name in names:
        options = int(name[1])
        tally.fields[options] += 1
        tally.planted[options] += first[name] != true[name]
        tally.left[options] += checked.canonical[name] != true[name]
