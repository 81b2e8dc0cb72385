"""A wave of 100,000 cases in 1,000 communities with forty indicators, from columns to what a release keeps.

``python -m tests.bench whole_wave``, JSON lines. A line for every stage: those of ``engine.run`` and of
``analyse_wave`` are found in the modules themselves, so that whatever is added to either has its line without being
named here; then the release's text, its table read back, the summaries of every sheet packed and read back. Then the
gate with communities by age and sex beside all that, and where few answered in each. ``at_most`` stands on the line of
all together. Beside them the floor: the bare ``np.bincount`` of the same weighted sums. What a busy machine adds shows
in ``seconds`` and not in ``processor``, which is that of all processes; ``processors`` is how many may be used.
"""

from __future__ import annotations

import gc
import inspect
import json
import resource
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from functools import wraps
from importlib import import_module
from types import FunctionType, ModuleType
from typing import Any
from uuid import UUID

import numpy as np

from analysis.case_columns import CaseColumns, Labels
from analysis.plan import AnalysisPlan, Group
from analysis.second_processor import processors
from questionnaires.indicators import Indicator, IndicatorKind, Sense, Target
from questionnaires.model import Questionnaire
from questionnaires.text import Text
from survey_service.analyses import service
from survey_service.analyses.area_names import AreaName
from survey_service.analyses.summaries import summaries
from survey_service.analyses.wave_columns import WaveColumns
from survey_service.processes.manners import SELDOM
from survey_service.releases import canonical_estimates, published_tables, signed_summaries
from tests.bench._crossed import FEW, counted, crossed, gated, of_few
from tests.bench._questions import NAMES, questionnaire
from tests.simulated.waves import City, Shape, city, wave
from tests.spec.reports.summaries import IMPRINT, METHOD

SHAPE = Shape(streets=100, communities=10, grids=20, households=15, issued=5, indicators=40, willing=1.1)
PLAN = AnalysisPlan(groups=(Group.AGE, Group.SEX))
AT_MOST = 30.0
"""Seconds from columns to published tables on two cores."""
LEAST = 0.05
"""Seconds from which a stage within another is told."""

WHOSE = (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)


def processor_seconds() -> float:
    """Of this process and of those that it began and that have ended."""
    spent = [resource.getrusage(who) for who in WHOSE]
    return sum(one.ru_utime + one.ru_stime for one in spent)


class Stages:
    """Prints what each stage took; stages within a stage are named with it, and what was called often is one stage."""

    def __init__(self) -> None:
        self._open: list[str] = []
        self._spent: dict[str, list[float]] = {}  # by name: seconds, processor's, calls

    @contextmanager
    def timed(self, name: str) -> Iterator[dict[str, object]]:
        self._open.append(name)
        place = " > ".join(self._open)
        spent = self._spent.setdefault(place, [0.0, 0.0, 0.0])
        began, used = time.perf_counter(), processor_seconds()
        told: dict[str, object] = {}
        yield told
        spent[0] += time.perf_counter() - began
        spent[1] += processor_seconds() - used
        spent[2] += 1
        self._open.pop()
        if not self._open:
            self._print(told)

    def _print(self, told: dict[str, object]) -> None:
        """The outermost stage and those within it."""
        own, others = (round(resource.getrusage(who).ru_maxrss / 1e6, 2) for who in WHOSE)
        peak = {"gigabytes": own, "gigabytes_beside": others, "processors": processors()}
        for place, (seconds, processor, calls) in self._spent.items():
            if seconds < LEAST and " > " in place:
                continue
            line = {"bench": "whole_wave", "stage": place, "seconds": round(seconds, 2)}
            line |= {"processor": round(processor, 2), "calls": int(calls)}
            print(json.dumps(line if " > " in place else line | peak | told), flush=True)
        self._spent.clear()

    @contextmanager
    def watching(self, *modules: ModuleType) -> Iterator[None]:
        """Every function that a module calls by a name of its own, made here or taken from another module of the
        house, is a stage."""
        found = [
            (module, name, made)
            for module in modules
            for name, made in inspect.getmembers(module, inspect.isfunction)
            if made.__module__.split(".")[0] in ("analysis", "survey_service")
        ]
        for module, name, made in found:
            setattr(module, name, self._watched(name, made))
        try:
            yield
        finally:
            for module, name, made in found:
                setattr(module, name, made)

    def _watched(self, name: str, made: FunctionType) -> Callable[..., Any]:
        @wraps(made)  # by its place it is found in another process too
        def run(*given: object, **named: object) -> Any:
            with self.timed(name):
                return made(*given, **named)

        return run


def floor(columns: CaseColumns) -> float:
    """The sums of weight and of weight times answer by every level and group, and nothing else."""
    rows = columns.respondents
    weight = np.ones(len(rows))
    community, street = columns.community.codes[rows], columns.street.codes[rows]
    total = 0.0
    groups = [columns.groups[name].codes.clip(0) for name in ("age", "sex")]
    for codes in (community, street, *groups, *(street * 10 + group for group in groups), np.zeros_like(community)):
        for values in columns.numerators:
            total += float(np.bincount(codes, weights=weight * values).sum())
            total += float(np.bincount(codes, weights=weight).sum())
    return total


def asked_in_two_modes(columns: CaseColumns) -> CaseColumns:
    """The same cases, to half of which another mode was dealt by lot."""
    mode = np.random.default_rng(7).integers(0, 2, columns.cases)
    names = ("paper", "web")
    return replace(columns, first_mode=Labels(mode, names), mode=Labels(np.where(columns.responded, mode, -1), names))


def whole_questionnaire(indicators: int) -> Questionnaire:
    """Questions with an indicator each, by the names of the simulated wave's."""
    asked = questionnaire()
    return replace(
        asked,
        indicators=tuple(
            Indicator(
                id=f"q{number + 1}",
                name=Text(f"第{number + 1}项", f"Item {number + 1}"),
                definition=Text("", ""),
                kind=IndicatorKind.PROPORTION,
                variables=(NAMES[number % len(NAMES)],),
                numerator=("1", "2"),
                target=Target(value=0.8, sense=Sense.AT_LEAST),
            )
            for number in range(indicators)
        ),
    )


def rows_of(of: City, columns: CaseColumns, asked: Questionnaire) -> WaveColumns:
    adults = of.register().adults
    names = [AreaName(code=one, name_zh=one, name_en=one, adults=int(adults[one])) for one in of.names()]
    inside = of.shape.communities
    streets = tuple(
        (AreaName(code=one, name_zh=one, name_en=one, adults=None), tuple(names[at * inside : (at + 1) * inside]))
        for at, one in enumerate(columns.streets)
    )
    return WaveColumns(
        survey_id=UUID(int=1),
        wave_id=UUID(int=2),
        questionnaire=asked,
        questionnaire_sha256="0" * 64,
        columns=columns,
        answers={},
        closed={},
        item_nonresponse={},
        open_responses={},
        open_in_bursts={},
        open_sums={},
        city=AreaName(code="city", name_zh="示范市", name_en="Demonstration City", adults=None),
        streets=streets,
        snapshot_sha256="0" * 64,
    )


def main(shape: Shape = SHAPE, few: Shape = FEW) -> None:
    stages = Stages()
    of, asked = city(shape, 1), whole_questionnaire(shape.indicators)
    register = of.register()
    rows = rows_of(of, asked_in_two_modes(wave(of, 2)), asked)
    engine = [import_module(f"analysis.engine.{one}") for one in ("run", "streets_meanwhile")]
    watching = stages.watching(*engine, service)
    gc.set_threshold(*SELDOM)  # as in a worker
    with watching, stages.timed("from columns to what a release keeps") as told:
        told["at_most"] = AT_MOST
        estimates = service.analyse_wave(rows, PLAN, register=register)
        with stages.timed("text"):
            text = canonical_estimates.estimates_text(estimates)
    with stages.timed("published table read") as told:
        told["megabytes"] = round(len(text) / 1e6)
        published_tables.published_table(text)
    with stages.timed("summaries"):
        sheets = summaries(estimates, imprint=IMPRINT, method=METHOD)
    with stages.timed("summaries packed") as told:
        kept = signed_summaries.packed(sheets)
        told["megabytes"] = round(len(kept) / 1e6, 1)
    with stages.timed("summaries read"):
        signed_summaries.unpacked(kept)
    with stages.timed("communities by age and sex"):
        raw, hierarchy = crossed(rows.columns, register, service.asked(asked.estimated(), asked))
    with stages.timed("gate of communities by age and sex") as told:
        told |= counted(gated(raw, hierarchy))
    raw, hierarchy = of_few(few)
    with stages.timed("gate of communities of few by age and sex") as told:
        told |= counted(gated(raw, hierarchy))
    with stages.timed("floor: bare bincount of the same sums"):
        floor(rows.columns)


if __name__ == "__main__":
    main()
