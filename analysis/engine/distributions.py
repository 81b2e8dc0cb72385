"""The distribution of every closed question, all at once: each answer's weighted share of those who answered."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd

from analysis.arrays import FloatArray
from analysis.auxiliaries import Calibration
from analysis.case_columns import CaseColumns
from analysis.engine.figures import BY_LEVEL, frame_and_design, options_of
from analysis.estimation import estimate_table
from analysis.estimation.requests import Proportion, Request
from analysis.estimation.table import EstimateTable
from analysis.plan import AnalysisPlan, Level

_CHOSEN = ("0", "1")


@dataclass(frozen=True, slots=True, eq=False, kw_only=True)
class Answers:
    """One closed variable: ``code`` (respondents,) into ``answers``, the different values that occur."""

    id: str
    options: tuple[str, ...]
    code: np.ndarray
    answers: Sequence[frozenset[str] | None]  # None: no answer, or not asked; more than one where several may be chosen
    several: bool = False

    def choice(self) -> pd.Categorical[str]:
        """The option that each respondent chose; nothing where there is no answer."""
        place = {option: number for number, option in enumerate(self.options)}
        of_answer = [-1 if one is None else place.get(next(iter(one), ""), -1) for one in self.answers]
        return self._labels(of_answer, self.options)

    def chose(self, option: str) -> pd.Categorical[str]:
        """Whether each respondent chose ``option``."""
        of_answer = [-1 if one is None else int(option in one) for one in self.answers]
        return self._labels(of_answer, _CHOSEN)

    def _labels(self, of_answer: Sequence[int], names: Sequence[str]) -> pd.Categorical[str]:
        codes = np.array([*of_answer, -1], dtype=np.int8)[self.code]
        return pd.Categorical.from_codes(codes, pd.Index(list(names), dtype="str"))


@dataclass(frozen=True, slots=True)
class Named:
    """What a variable of the tables is: a question and, where several may be chosen, one of its options."""

    question: str
    option: str | None


def distributions(
    columns: CaseColumns,
    questions: Sequence[Answers],
    weight: FloatArray,
    calibration: Calibration | None,
    plan: AnalysisPlan,
    levels: Sequence[Level],
) -> tuple[dict[Level, EstimateTable], dict[str, Named]]:
    """By level, and what the variables of the tables are. ``weight`` (respondents,)."""
    frame, design = frame_and_design(columns, weight, calibration, (), plan)
    named: dict[str, Named] = {}
    requests: list[Request] = []
    added: dict[str, object] = {}
    for number, one in enumerate(questions):
        if not one.several:
            name = f"question {number}"
            named[name], added[name] = Named(one.id, None), one.choice()
            requests.append(Proportion(name, categories=one.options))
            continue
        for place, option in enumerate(one.options):
            name = f"question {number} option {place}"
            named[name], added[name] = Named(one.id, option), one.chose(option)
            requests.append(Proportion(name, category="1", categories=_CHOSEN))
    frame = pd.concat([frame, pd.DataFrame(added, copy=False)], axis=1)
    options = options_of(plan)
    return {
        level: estimate_table(frame, design, requests, by=BY_LEVEL[level], options=options) for level in levels
    }, named
