"""A wave of 142,000 cases: from columns to figures, from the database to columns (``-m tests.bench analysis``).

Beside the engine stands the floor: the bare ``np.bincount`` of the same weighted sums, indicator by indicator for every
level and group, without weights made, variances or intervals.
"""

from __future__ import annotations

import json
import resource
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np

from analysis import engine
from analysis.case_columns import CaseColumns
from analysis.disclosure import protect
from analysis.plan import AnalysisPlan, Group
from analysis.published_areas import published_differences, published_ranks
from analysis.results import PublishableTable
from survey_service.analyses.wave_analysis import columns_and_register
from survey_service.database import open_database
from survey_service.migrations import migrate
from tests.simulated.in_database import lay_city, lay_wave
from tests.simulated.waves import Shape, asked, city, wave

SHAPE = Shape(streets=100, communities=10, grids=4, households=150, issued=36, indicators=20, willing=1.1)
PLAN = AnalysisPlan(groups=(Group.AGE, Group.SEX))


def timed(what: str, work: Callable[[], Any], **more: object) -> Any:
    began, used = time.perf_counter(), time.process_time()
    found = work()
    seconds = time.perf_counter() - began
    told = {"bench": "analysis", "what": what, "seconds": round(seconds, 2)}
    told |= {"processor": round(time.process_time() - used, 2)}
    told |= {"gigabytes": round(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1e6, 2)}
    print(json.dumps(told | more), flush=True)
    return found


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


def gate(found: engine.Analysis) -> PublishableTable:
    tables = [table.estimates() for table in found.tables.values()]
    return protect(*tables, rule=found.plan.rule, hierarchy=found.hierarchy)


def compared(found: engine.Analysis, published: PublishableTable) -> object:
    """Differences and sets of ranks of every community and street, by every indicator."""
    assert found.areas is not None
    names = dict.fromkeys(found.areas.to_whole.indicators, True)
    return published_differences(found.areas.to_whole, published, names), published_ranks(
        found.areas, published, names, {}
    )


def from_columns() -> None:
    of = city(SHAPE, 1)
    columns, register = wave(of, 2), of.register()
    size = {"cases": columns.cases, "respondents": len(columns.respondents)}
    found = timed(
        "engine: weights, 20 indicators, age and sex by city and street",
        lambda: engine.run(PLAN, columns, asked(SHAPE), register),
        **size,
    )
    published = timed("gate: what of it may be published", lambda: gate(found))
    timed("gate: differences to street and city, ranks within a street", lambda: compared(found, published))
    timed("floor: bare bincount of the same sums", lambda: floor(columns))


def from_database() -> None:
    with tempfile.TemporaryDirectory() as folder:
        database = open_database(f"sqlite:///{folder}/large.db")
        migrate(database)
        of = city(SHAPE, 1)
        drawn = wave(of, 2)
        with database.writing.begin() as session:
            laid = lay_city(session, of)
            wave_id = lay_wave(session, laid, drawn, "large")
        columns = Path(folder) / "columns"

        def read() -> object:
            with database.reading.begin() as session:
                return columns_and_register(session, laid.survey_id, wave_id, columns)

        timed(
            "first look: rows of the database to columns",
            read,
            cases=drawn.cases,
            respondents=int(drawn.responded.sum()),
        )
        timed("second look: columns from their file", read)
        database.dispose()


if __name__ == "__main__":
    for part in (from_columns, from_database):
        if len(sys.argv) < 2 or part.__name__ in sys.argv[1:]:
            part()
