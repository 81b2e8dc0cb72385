"""The data set of a closed wave: its cases in a drawn order, weighed by the plan that is in force.

The plan of a released wave is the one its newest edition kept. Nothing is exported before somebody opened the figures:
with answers and weights at hand anybody can compute them.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from importlib.metadata import version
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from analysis.engine.run import Weighed, weigh
from analysis.plan import AnalysisPlan, to_document
from analysis.problems import DesignError
from questionnaires.indicators import Indicator, IndicatorKind, beside_of
from questionnaires.text import Text
from survey_service.analyses.errors import PlanFails
from survey_service.analyses.method_words import variance_words, weighting_words
from survey_service.analyses.service import with_targets
from survey_service.analyses.wave_analysis import WaveToAnalyse, columns_and_register
from survey_service.analyses.wave_columns import WaveColumns
from survey_service.areas import queries as area_queries
from survey_service.audit.rows import rows_key
from survey_service.collection import quality_mark_counts
from survey_service.errors import NotFound
from survey_service.exports import words
from survey_service.exports.answers import Answers, answer_columns, spread
from survey_service.exports.block import frame_of
from survey_service.exports.dataset import CutName, Dataset, Holds, Measure, Role, Variable
from survey_service.exports.drawn import DrawnCases, drawn_cases
from survey_service.exports.fixed import CaseColumn, FixedColumns, Renamed
from survey_service.exports.names import Names
from survey_service.models import Survey, Wave
from survey_service.releases import queries as release_queries
from survey_service.releases.recomputing import plan_of
from survey_service.surveys.figures import FiguresClosed

if TYPE_CHECKING:
    from survey_service.exports.writing import WaveSource

BLOCK = 5_000
"""Rows that are in memory at once."""


@dataclass(frozen=True, slots=True, eq=False, kw_only=True)
class _WeighedWave:
    """What the sentences about method are made of."""

    cases: WaveColumns
    plan: AnalysisPlan
    weights: Weighed
    plan_changes: tuple[str, ...]


def dataset_of_wave(source: WaveSource, *, texts: bool = False, seed_of: Callable[[str], int] | None = None) -> Dataset:
    """The data set of a wave; its blocks read from the session of ``source``, which stays open.

    ``texts``: open answers too. ``seed_of`` gives the seed of the order and of the numbers that stand for households,
    for a key of what the rows are made of; None: drawn, so that no two exports can be laid side by side. Raises
    NotFound, FiguresClosed, PlanFails.
    """
    session, survey_id, wave_id = source.session, source.survey_id, source.wave_id
    survey, wave = session.get(Survey, survey_id), session.get(Wave, (survey_id, wave_id))
    if survey is None or wave is None:
        raise NotFound
    if wave.figures_opened_at is None:
        raise FiguresClosed
    given = columns_and_register(session, survey_id, wave_id, source.columns)
    release = release_queries.newest(session, survey_id, wave_id)
    plan = given.plan if release is None else plan_of(release)
    weighed = _weigh(given, plan)
    key = _key(source, plan, given, texts=texts)
    rng = np.random.default_rng(None if seed_of is None else seed_of(key))
    drawn = drawn_cases(session, survey_id, wave_id, given.wave.columns.cases)
    areas = {one.code for one in area_queries.below(session, survey.city_id)}
    fixed, margins = FixedColumns(
        wave=given.wave,
        plan=plan,
        weighed=weighed,
        drawn=drawn,
        renamed=Renamed.of(given.wave.columns, areas, rng),
    ).build()
    questionnaire = given.wave.questionnaire
    indicators = _of_plan(with_targets(questionnaire, wave.targets), plan)
    table = _Table(fixed, drawn, given.wave, indicators, rng.permutation(given.wave.columns.cases).astype(np.int32))
    table.answered = Answers(
        session=session,
        survey_id=survey_id,
        wave_id=wave_id,
        questionnaire=questionnaire,
        columns=answer_columns(questionnaire, texts=texts),
        together=quality_mark_counts.invited_together(session, survey_id, wave_id),
    )
    method = _WeighedWave(cases=given.wave, plan=plan, weights=weighed, plan_changes=given.plan_changes)
    return Dataset(
        survey=survey.key,
        wave=wave.key,
        title=questionnaire.title,
        release=None if release is None else release.number,
        variables=table.variables(),
        rows=given.wave.columns.cases,
        blocks=table.blocks,
        notes=(weighting_words(method), variance_words(method), _how_to_weigh(given.wave)),
        plan=plan,
        questionnaire=questionnaire,
        indicators=indicators,
        names=table.pair_names,
        register=given.population.register,
        margins=margins,
        cut=tuple(table.cut),
        texts=texts,
        classes={name: tuple(labels.names) for name, labels in given.wave.columns.groups.items()},
        adults_known=given.wave.columns.adults_known,
    )


def _key(source: WaveSource, plan: AnalysisPlan, given: WaveToAnalyse, *, texts: bool) -> str:
    """Of everything that a row is made of: as long as it stays, a second try can go on where the first was killed."""
    register = given.population.register
    made_of = {
        "rows": rows_key(source.session, source.survey_id, source.wave_id),
        "plan": to_document(plan),
        "register": None if register is None else sorted(map(repr, register.cells.items())),
        "questionnaire": given.wave.questionnaire_sha256,
        "texts": texts,
        "software": version("survey-service"),
        "block": BLOCK,
    }
    return hashlib.sha256(json.dumps(made_of, sort_keys=True).encode()).hexdigest()


def _weigh(given: WaveToAnalyse, plan: AnalysisPlan) -> Weighed:
    try:
        return weigh(plan, given.wave.columns, given.population.register)
    except DesignError as error:
        raise PlanFails from error


def _of_plan(indicators: Sequence[Indicator], plan: AnalysisPlan) -> tuple[Indicator, ...]:
    return tuple(one for one in indicators if plan.names(one.id, beside_of(one.id)))


def _how_to_weigh(wave: WaveColumns) -> Text:
    """Which columns a program is told."""
    stages = len(wave.columns.units)
    named = ["psu", "household", *(f"unit_{stage}" for stage in range(3, stages + 1))][:stages]
    populations = [f"population_{stage}" for stage in range(1, stages + 1)]
    return Text(
        f"加权用 weight_final；分层 stratum，抽样单元 {'、'.join(named)}，总单元数 {'、'.join(populations)}。"
        "只有 answered 为 1 的行有答案。",
        f"Weight by weight_final; strata: stratum; units: {', '.join(named)}; units of the stratum: "
        f"{', '.join(populations)}. Rows with answered 1 have answers.",
    )


class _Table:
    """The columns with their names, and the rows in the drawn order."""

    answered: Answers

    def __init__(
        self,
        fixed: Sequence[CaseColumn],
        drawn: DrawnCases,
        wave: WaveColumns,
        indicators: Sequence[Indicator],
        order: np.ndarray,
    ) -> None:
        self._fixed, self._drawn, self._wave, self._order = fixed, drawn, wave, order
        self._pooled = [one for one in indicators if one.kind is not IndicatorKind.INDEX]
        self._place_of = np.cumsum(wave.columns.responded, dtype=np.int32) - 1  # of a respondent among the respondents
        self.pair_names: dict[tuple[str, str], str] = {}
        self.cut: list[CutName] = []
        self._variables: tuple[Variable, ...] = ()

    def variables(self) -> tuple[Variable, ...]:
        if not self._variables:
            own = [_own("row", Holds.WHOLE, Measure.SCALE, Role.DESIGN)]
            own += [one.variable for one in self._fixed]
            own.append(
                replace(_own("row", Holds.TEXT, Measure.NOMINAL, Role.OUTCOME), name="marks", label=words.marks_words())
            )
            names = Names([one.name for one in own])
            pairs = [self._pair(one, which, names) for one in self._pooled for which in ("y", "x")]
            answers = [
                replace(column.variable, name=names.give(column.variable.source)) for _, column in self.answered.columns
            ]
            self.cut = names.cut
            self._variables = (*own, *pairs, *answers)
        return self._variables

    def _pair(self, indicator: Indicator, which: str, names: Names) -> Variable:
        name = names.give(f"{which}_{indicator.id}")
        self.pair_names[which, indicator.id] = name
        return Variable(
            name=name,
            label=words.pair_words(indicator.name, which),
            measure=Measure.SCALE,
            holds=Holds.NUMBER,
            role=Role.INDICATOR,
            source=indicator.id,
        )

    def blocks(self, start: int = 0) -> Iterator[pd.DataFrame]:
        for first in range(start, len(self._order), BLOCK):
            rows = self._order[first : first + BLOCK]
            yield frame_of(self.variables(), self._cells(first, rows))

    def _cells(self, start: int, rows: np.ndarray) -> Iterator[np.ndarray]:
        columns = self._wave.columns
        yield np.arange(start + 1, start + 1 + len(rows), dtype=np.float64)
        for one in self._fixed:
            yield one.take(rows)
        answered = columns.responded[rows]
        cells, marks = self.answered.read([self._drawn.id(row) for row in rows[answered].tolist()])
        yield spread(marks, answered, Holds.TEXT)
        places = self._place_of[rows[answered]]
        at = {name: place for place, name in enumerate(columns.indicators)}
        for indicator in self._pooled:
            for pairs in (columns.numerators, columns.denominators):
                yield spread(pairs[at[indicator.id]][places], answered, Holds.NUMBER)
        for (_, column), found in zip(self.answered.columns, cells, strict=True):
            yield spread(found, answered, column.variable.holds)


def _own(name: str, holds: Holds, measure: Measure, role: Role) -> Variable:
    return Variable(name=name, label=words.LABELS[name], measure=measure, holds=holds, role=role)
