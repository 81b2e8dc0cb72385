"""The rows of a wave, read in the order of the draw and kept as columns while they are read.

Cases come with their complete response in one statement, a thousand at a time; a thousand answers are judged at once.
Nothing of a row stays but its cells: a million cases need a few hundred bytes each, not fifteen thousand.
"""

from __future__ import annotations

import hashlib
import json
from array import array
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from math import isclose
from typing import Any
from uuid import UUID

import numpy as np
from sqlalchemy.orm import Session

from analysis.arrays import BoolArray, FloatArray
from analysis.case_columns import DISPOSITIONS, CaseColumns, Labels
from analysis.sampling.household import kish_probability
from questionnaires.answers import Value, judge
from questionnaires.answers_by_column import ColumnJudge, ValueColumn
from questionnaires.canonical_json import canonical_text
from questionnaires.evaluation import evaluator
from questionnaires.household_adults import ADULTS_QUESTION
from questionnaires.indicators import IndicatorKind
from questionnaires.model import Missing, Questionnaire
from survey_service.analyses import queries
from survey_service.analyses.area_names import CityTree
from survey_service.analyses.closed_questions import closed_variables, written
from survey_service.analyses.marked_rows import MarkedRows
from survey_service.analyses.population import asked_who
from survey_service.analyses.stored_columns import StoredWave
from survey_service.collection import quality_mark_counts
from survey_service.fieldwork.outcomes import AAPOR
from survey_service.models import ADULT_STAGE

SNAPSHOT_FORMAT = 1
_LOST = frozenset((Missing.NO_ANSWER, Missing.REFUSED, Missing.ILLEGIBLE))
_PLACE_OF = {one: number for number, one in enumerate(DISPOSITIONS)}

Watch = Callable[[int, int], None]
"""Told how many cases were read, and of how many."""


def read_rows(
    session: Session,
    survey_id: UUID,
    wave_id: UUID,
    questionnaire: Questionnaire,
    tree: CityTree,
    questionnaire_sha256: str,
    watch: Watch | None = None,
) -> StoredWave:
    """Everything that the figures come from, in a fixed number of statements."""
    open_by_area = queries.open_responses(session, survey_id, wave_id)
    open_responses = {tree.code(area): count for area, count in open_by_area.items()}
    cases, answers, marked = _Cases(tree), _Answers(questionnaire), MarkedRows(session, survey_id, wave_id)
    snapshot = _Snapshot(questionnaire_sha256, open_responses, tree)
    total = queries.case_count(session, survey_id, wave_id) if watch else 0
    read = 0
    for rows in queries.cases_and_answers(session, survey_id, wave_id):
        if watch is not None:
            watch(read, total)
        for row in rows:
            cases.add(row)
            snapshot.add(row)
        answered = [row for row in rows if row.mode is not None]
        answers.add([row.answers for row in answered])
        marked.add(answered)
        read += len(rows)
    heaped = quality_mark_counts.open_in_bursts(session, survey_id, wave_id)
    return StoredWave(
        columns=replace(cases.columns(answers), marked=marked.array()),
        answers=answers.labels(),
        closed=answers.closed(),
        item_nonresponse={name: (count, answers.lost[name]) for name, count in answers.asked.items()},
        open_responses=open_responses,
        open_sums=_open_sums(session, survey_id, wave_id, questionnaire),
        open_in_bursts={tree.code(area): count for area, count in heaped.items()},
        snapshot_sha256=snapshot.sha256(),
    )


def _open_sums(
    session: Session, survey_id: UUID, wave_id: UUID, questionnaire: Questionnaire
) -> dict[str, tuple[float, float, int]]:
    """Of the answers by open codes, unweighted: y and x of every pair added up, and how many are in its base."""
    answers = _Answers(questionnaire)
    for texts in queries.open_answers(session, survey_id, wave_id):
        answers.add(texts)
    above, below = answers.pairs()
    inside = below > 0
    sums = [np.where(inside, one, 0.0).sum(axis=1).tolist() for one in (above, below)]
    return {
        name: (y, x, int(count))
        for name, y, x, count in zip(answers.indicators, *sums, inside.sum(axis=1), strict=True)
    }


class _Texts:
    """A column of texts that grows by a row: codes in the order in which the texts came."""

    def __init__(self) -> None:
        self._codes: array[int] = array("i")
        self._places: dict[str, int] = {}

    def copy(self) -> _Texts:
        found = _Texts()
        found._codes, found._places = self._codes[:], dict(self._places)
        return found

    def add(self, text: str | None) -> None:
        self._codes.append(-1 if text is None else self._places.setdefault(text, len(self._places)))

    def add_coded(self, codes: Sequence[int], texts: Sequence[str]) -> None:
        """Many at once: ``texts[codes[row]]``."""
        place = {code: self._places.setdefault(texts[code], len(self._places)) for code in set(codes)}
        self._codes.extend(map(place.__getitem__, codes))

    def labels(self, names: Sequence[str] | None = None) -> Labels:
        """``names``: all that may occur, in their order (default: what occurred, sorted)."""
        known = tuple(sorted(self._places) if names is None else names)
        place_of = {name: number for number, name in enumerate(known)}
        final = np.array([*map(place_of.__getitem__, self._places), -1], dtype=np.int64)
        return Labels(final[np.frombuffer(self._codes, dtype=np.int32)], known)


def _of_adult(row: Any) -> list[Mapping[str, Any]]:
    """The stage of the adult, where the draw counted them."""
    return [stage for stage in row.stages if stage["unit"] == ADULT_STAGE]


def _chance(row: Any) -> float:
    """That a Kish table gave whoever was chosen, as drawn or else at the door; NaN where it is 1 / adults."""
    if drawn := _of_adult(row):
        adults, chance = drawn[0]["population"], drawn[0]["probability"]
    elif row.kish_table is not None and row.chosen is not None:
        adults, chance = row.rolled, kish_probability(row.rolled, row.chosen)
    else:
        return np.nan
    return np.nan if isclose(chance * adults, 1.0) else float(chance)


@dataclass(slots=True, eq=False)
class _Cases:
    tree: CityTree
    community: _Texts = field(default_factory=_Texts)
    stratum: _Texts = field(default_factory=_Texts)
    units: list[_Texts] = field(default_factory=lambda: [_Texts()])
    populations: list[array[float]] = field(default_factory=lambda: [array("d")])
    adults: array[float] = field(default_factory=lambda: array("d"))
    rolled: array[float] = field(default_factory=lambda: array("d"))  # as told at the door
    chance: array[float] = field(default_factory=lambda: array("d"))  # by a Kish table; see ``CaseColumns.chance``
    weighting_class: _Texts = field(default_factory=_Texts)
    probability: array[float] = field(default_factory=lambda: array("d"))
    disposition: array[int] = field(default_factory=lambda: array("q"))
    first_mode: _Texts = field(default_factory=_Texts)
    mode: _Texts = field(default_factory=_Texts)

    def add(self, row: Any) -> None:
        staged = [stage for stage in row.stages if stage["variance"]]
        self._deepen(len(staged))
        last = len(staged) - 1
        for at, (unit, population) in enumerate(zip(self.units, self.populations, strict=True)):
            # Below a row's last stage the unit is drawn with certainty, 1 of 1.
            unit.add(str(staged[min(at, last)]["unit"]))
            population.append(_population(staged[at]) if at <= last else 1.0)
        self.community.add(self.tree.code(row.area_id))
        self.stratum.add(row.stratum)
        # Of the household, where the draw counted them.
        self.adults.append(next((float(stage["population"]) for stage in _of_adult(row)), np.nan))
        self.chance.append(_chance(row))
        self.rolled.append(np.nan if row.rolled is None else float(row.rolled))
        # The grid: the stratum where every grid is in the sample, the primary unit where grids were drawn.
        self.weighting_class.add(row.psu if last > 0 else row.stratum)
        self.probability.append(row.inclusion_probability)
        self.disposition.append(_PLACE_OF[AAPOR[row.disposition]])
        self.first_mode.add(row.first_mode.value)
        self.mode.add(None if row.mode is None else row.mode.value)

    def _deepen(self, depth: int) -> None:
        """More stages than any row before: those had their last unit there, 1 of 1."""
        while len(self.units) < depth:
            self.units.append(self.units[-1].copy())
            self.populations.append(array("d", [1.0] * len(self.probability)))

    def columns(self, answers: _Answers) -> CaseColumns:
        tree, codes = self.tree, self.tree.community_codes
        mode = self.mode.labels()
        numerators, denominators = answers.pairs()
        return CaseColumns(
            community=self.community.labels(codes),
            street_of_community=np.array([tree.street_codes.index(tree.street_of(one)) for one in codes], np.int64),
            streets=tree.street_codes,
            stratum=self.stratum.labels(),
            units=tuple(unit.labels() for unit in self.units),
            populations=tuple(map(_floats, self.populations)),
            adults=_floats(self.adults),
            weighting_class=self.weighting_class.labels(),
            probability=_floats(self.probability),
            disposition=np.array(self.disposition, dtype=np.int64),
            first_mode=self.first_mode.labels(),
            mode=mode,
            responded=mode.codes >= 0,
            indicators=answers.indicators,
            numerators=numerators,
            denominators=denominators,
            groups={},
            told=self._told(answers, mode.codes >= 0),
            chance=None if np.isnan(chance := _floats(self.chance)).all() else chance,
        )

    def _told(self, answers: _Answers, responded: BoolArray) -> FloatArray | None:
        """At the door, else in the answers; where the draw counted the adults, it is believed."""
        told = _floats(self.rolled)
        answered = np.full(len(told), np.nan)
        answered[responded] = answers.adults()
        told = np.where(np.isnan(told), answered, told)
        told[~np.isnan(_floats(self.adults))] = np.nan
        return None if np.isnan(told).all() else told


def _population(stage: Mapping[str, Any]) -> float:
    """Units that were drawn from; of those with unequal chances none, so that they count as drawn with replacement."""
    population = stage["population"]
    return np.inf if population is None else float(population)


def _floats(values: array[float]) -> FloatArray:
    return np.array(values, dtype=np.float64)


class _Answers:
    """What the judge makes of the complete responses, in the order of their cases."""

    def __init__(self, questionnaire: Questionnaire) -> None:
        self._judge = ColumnJudge(judge(questionnaire))
        self._pairs_of = evaluator(questionnaire)
        self.indicators = tuple(one.id for one in questionnaire.estimated() if one.kind is not IndicatorKind.INDEX)
        self._used = questionnaire.behind(name for one in questionnaire.indicators for name in one.variables)
        self._who = {one.id: _Texts() for one in asked_who(questionnaire)}
        self._closed = {one.name: _Texts() for one in closed_variables(questionnaire)}
        self._adults: list[float] = []
        self._blocks: list[FloatArray] = [np.empty((0, len(self.indicators), 2))]
        self.asked: Counter[str] = Counter()
        self.lost: Counter[str] = Counter()

    def add(self, texts: Sequence[str]) -> None:
        """As captures keep them."""
        if not texts:
            return
        # Canonical answers judge to themselves; off-path answers stay out of the values.
        found = self._judge.values([content["answers"] for content in json.loads(f"[{','.join(texts)}]")])
        for name, told in self._who.items():
            texts_of = [_as_text(one) for one in found[name].values]
            for code in found[name].codes:
                told.add(texts_of[code])
        for name, told in self._closed.items():
            told.add_coded(found[name].codes, [written(one) for one in found[name].values])
        adults = found.get(ADULTS_QUESTION)
        if adults is not None:
            numbers = [np.nan if isinstance(one, (Missing, list)) else float(one) for one in adults.values]
            self._adults.extend(numbers[code] for code in adults.codes)
        for name in self._used:
            self._count_left_out(name, found[name])
        columns = [map(one.values.__getitem__, one.codes) for one in found.values()]
        nothing = (np.nan, np.nan)
        block = []
        for row in zip(*columns, strict=True):
            pairs = self._pairs_of(dict(zip(found, row, strict=True)))
            block.append([pairs[name] or nothing for name in self.indicators])
        self._blocks.append(np.array(block, dtype=np.float64).reshape(len(texts), len(self.indicators), 2))

    def _count_left_out(self, name: str, found: ValueColumn) -> None:
        for code, count in Counter(found.codes).items():
            value = found.values[code]
            if value is Missing.NOT_ASKED:
                continue
            self.asked[name] += count
            if isinstance(value, Missing) and value in _LOST:
                self.lost[name] += count

    def pairs(self) -> tuple[FloatArray, FloatArray]:
        """y and x of every indicator, (indicators, respondents); NaN outside its base."""
        found = [np.concatenate([one[:, :, which] for one in self._blocks]).T for which in (0, 1)]
        return np.ascontiguousarray(found[0]), np.ascontiguousarray(found[1])

    def adults(self) -> FloatArray:
        """Of the household of every respondent, where the questionnaire asked; NaN else."""
        return np.array(self._adults or [np.nan] * sum(map(len, self._blocks)), dtype=np.float64)

    def labels(self) -> Mapping[str, Labels]:
        return {name: told.labels() for name, told in self._who.items()}

    def closed(self) -> Mapping[str, Labels]:
        return {name: _narrow(told.labels()) for name, told in self._closed.items()}


def _narrow(labels: Labels) -> Labels:
    """Answers to a closed question are few: a byte for each of a hundred different ones."""
    return Labels(labels.codes.astype(np.int8 if len(labels.names) < 128 else np.int32), labels.names)


def _as_text(value: Value) -> str | None:
    """A number as its digits, a code as it is; None where nothing was answered."""
    if isinstance(value, (Missing, list)):
        return None
    return value if isinstance(value, str) else f"{value:g}"


class _Snapshot:
    """The hash of the canonical rows, taken while they are read: of one document, whose rows stand last."""

    def __init__(self, questionnaire_sha256: str, open_responses: Mapping[str, int], tree: CityTree) -> None:
        whole = canonical_text(
            {
                "format": SNAPSHOT_FORMAT,
                "questionnaire": questionnaire_sha256,
                "open_responses": dict(open_responses),
                "rows": [],
            }
        )
        self._end = "]}"
        assert whole.endswith(f'"rows":[{self._end}')
        self._hash = hashlib.sha256(whole.removesuffix(self._end).encode())
        self._tree, self._before = tree, ""

    def add(self, row: Any) -> None:
        written = canonical_text(
            [
                row.number,
                self._tree.code(row.area_id),
                self._tree.street(row.area_id),
                row.stratum,
                row.psu,
                row.stages,
                row.inclusion_probability,
                row.disposition.value,
                row.first_mode.value,
                None if row.mode is None else row.mode.value,
                row.content_sha256,
                *(() if row.rolled is None else (row.rolled,)),
                *(() if np.isnan(chance := _chance(row)) else (chance,)),
            ]
        )
        self._hash.update(f"{self._before}{written}".encode())
        self._before = ","

    def sha256(self) -> str:
        self._hash.update(self._end.encode())
        return self._hash.hexdigest()
