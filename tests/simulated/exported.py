"""Waves of an invented city as an exported CSV with its scripts, without a database: any design and any indicator."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from uuid import UUID

import numpy as np
import pandas as pd

from analysis import engine
from analysis.case_columns import CaseColumns, PopulationRegister
from analysis.engine.distributions import Answers
from analysis.engine.figures import Asked
from analysis.plan import AnalysisPlan
from questionnaires.text import Text
from survey_service.analyses.area_names import AreaName
from survey_service.analyses.wave_columns import WaveColumns
from survey_service.exports import planned_scripts, scripts
from survey_service.exports.csv_file import write_csv
from survey_service.exports.dataset import Dataset, Holds, Measure, Role, Variable
from survey_service.exports.drawn import DrawnCases
from survey_service.exports.fixed import CaseColumn, FixedColumns, Renamed
from tests.service.world import QUESTIONNAIRE

STEM = "wave"
MIXED = (
    Asked(id="share"),
    Asked(id="points", share=False, scale=(0.0, 100.0)),
    Asked(id="amount", share=False, scale=None),
    Asked(id="ticked"),  # of several things that were asked
    Asked(
        id="whole",
        share=False,
        scale=(-10.0, 110.0),
        parts=(("share", 30.0), ("points", 0.8), ("ticked", -10.0)),
    ),
)


def mixed(columns: CaseColumns, seed: int = 5) -> CaseColumns:
    """The same cases with answers for ``MIXED``: gaps, a community where all say yes, one where nobody does, one whose
    points are all alike."""
    rng = np.random.default_rng(seed)
    count = len(columns.respondents)
    community = columns.community.codes[columns.respondents]
    share = np.where(community == 0, 1.0, np.where(community == 1, 0.0, rng.random(count) < 0.7))
    points = np.where(rng.random(count) < 0.1, np.nan, rng.choice([0.0, 25.0, 50.0, 100.0], count))
    points[community == 2] = 50.0
    amount = np.where(rng.random(count) < 0.05, np.nan, rng.gamma(2, 300, count))
    asked = rng.integers(0, 4, count).astype(np.float64)
    ticked = np.floor(rng.random(count) * (asked + 1))
    ones = np.ones(count)
    return replace(
        columns,
        indicators=tuple(one.id for one in MIXED if not one.parts),
        numerators=np.stack([share, points, amount, ticked]),
        denominators=np.stack(
            [ones, np.where(np.isnan(points), np.nan, 1), np.where(np.isnan(amount), np.nan, 1), asked]
        ),
    )


def export(
    folder: Path,
    columns: CaseColumns,
    register: PopulationRegister,
    plan: AnalysisPlan,
    asked: Sequence[Asked] = MIXED,
    questions: Sequence[Answers] = (),
) -> engine.Analysis:
    """Write ``wave.csv``, ``wave.R``, ``wave.py`` and ``margins.csv``; returns what the engine makes of the columns.

    ``questions``: answers to questions of ``QUESTIONNAIRE``, of one answer. A plan with tests brings their scripts.
    """
    found = engine.run(plan, columns, asked, register)
    dataset = _dataset(columns, plan, found, questions)
    write_csv(dataset, folder / f"{STEM}.csv", lambda _: None)
    indicators = [
        {
            "id": one.id,
            "y": None if one.parts else f"y_{one.id}",
            "x": None if one.parts else f"x_{one.id}",
            "share": one.share,
            "scale": None if one.scale is None else list(one.scale),
            "parts": dict(one.parts) or None,
        }
        for one in asked
    ]
    settings = {**scripts.settings(dataset, STEM), "indicators": indicators}
    (folder / f"{STEM}.R").write_bytes(scripts.for_r(settings, ()))
    (folder / f"{STEM}.py").write_bytes(scripts.for_python(settings, ()))
    scripts.write_margins(dataset, folder / scripts.MARGINS)
    if plan.tests:
        planned_scripts.write_for_r(dataset, folder / f"{STEM}-tests.R", STEM)
        planned_scripts.write_for_python(dataset, folder / f"{STEM}-tests.py", STEM)
    return found


def _dataset(columns: CaseColumns, plan: AnalysisPlan, found: engine.Analysis, questions: Sequence[Answers]) -> Dataset:
    fixed, margins = FixedColumns(
        wave=_wave(columns),
        plan=plan,
        weighed=found.weighed,
        drawn=DrawnCases(ids=np.zeros((columns.cases, 16), dtype=np.uint8), probabilities=()),
        renamed=Renamed.of(columns, (), np.random.default_rng(1)),
    ).build()
    pairs = [
        CaseColumn(variable=_pair(f"{which}_{name}"), values=_spread(columns, values[place]))
        for place, name in enumerate(columns.indicators)
        for which, values in (("y", columns.numerators), ("x", columns.denominators))
    ]
    order = np.random.default_rng(2).permutation(columns.cases)
    every = (*fixed, *pairs, *(_answers(columns, one) for one in questions))
    return Dataset(
        survey="simulated",
        wave=STEM,
        title=Text("某次调查", "A survey"),
        release=None,
        variables=tuple(one.variable for one in every),
        rows=columns.cases,
        blocks=lambda: iter([pd.DataFrame({one.variable.name: one.take(order) for one in every})]),
        notes=(),
        plan=plan,
        questionnaire=QUESTIONNAIRE,
        indicators=(),
        names={(which, name): f"{which}_{name}" for which in ("y", "x") for name in columns.indicators},
        margins=margins,
        classes={name: tuple(labels.names) for name, labels in columns.groups.items()},
        adults_known=columns.adults_known,
    )


def _pair(name: str) -> Variable:
    label = Text(name, name)
    return Variable(name=name, label=label, measure=Measure.SCALE, holds=Holds.NUMBER, role=Role.INDICATOR)


def _answers(columns: CaseColumns, one: Answers) -> CaseColumn:
    """Codes as an export has them: -9 where somebody gave no answer."""
    codes = np.array([-9.0 if answer is None else float(next(iter(answer))) for answer in one.answers])
    label = Text(one.id, one.id)
    variable = Variable(
        name=one.id, label=label, measure=Measure.NOMINAL, holds=Holds.WHOLE, role=Role.ANSWER, source=one.id
    )
    return CaseColumn(variable=variable, values=_spread(columns, codes[one.code]))


def _spread(columns: CaseColumns, values: np.ndarray) -> np.ndarray:
    found = np.full(columns.cases, np.nan)
    found[columns.respondents] = values
    return found


def _wave(columns: CaseColumns) -> WaveColumns:
    def area(code: str) -> AreaName:
        return AreaName(code=code, name_zh=code, name_en=code, adults=None)

    streets = tuple(
        (
            area(street),
            tuple(
                area(name)
                for name, of in zip(columns.community.names, columns.street_of_community, strict=True)
                if of == place
            ),
        )
        for place, street in enumerate(columns.streets)
    )
    return WaveColumns(
        survey_id=UUID(int=1),
        wave_id=UUID(int=2),
        questionnaire=QUESTIONNAIRE,
        questionnaire_sha256="",
        columns=columns,
        answers={},
        closed={},
        item_nonresponse={},
        open_responses={},
        open_in_bursts={},
        open_sums={},
        city=area("city"),
        streets=streets,
        snapshot_sha256="",
    )
