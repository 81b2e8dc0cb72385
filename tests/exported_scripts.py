"""Runs the scripts of an export, in R and in Python, and reads the table that they print."""

from __future__ import annotations

import io
import json
import os
import shutil
import subprocess
import sys
from collections.abc import Iterable, Mapping
from functools import cache
from pathlib import Path

import pandas as pd
import pytest

from analysis.estimation.table import EstimateTable

AREAS = ("community", "street", "age", "sex")
FIGURES = ("value", "standard_error", "low", "high", "respondents", "degrees_of_freedom")
PROGRAMS = {"R": "Rscript", "py": sys.executable}
TO = 1e-8
"""So near are value, standard error and limits, for figures up to 1; above, relative."""

Key = tuple[str, ...]
Line = tuple[float | None, ...]


@cache
def r_is_there() -> bool:
    if shutil.which("Rscript") is None:
        return False
    return (
        subprocess.run(["Rscript", "-e", "library(survey); library(MASS)"], capture_output=True, check=False).returncode
        == 0
    )


def skip_without_r() -> None:
    """In CI R is installed, and its absence a failure."""
    if not r_is_there() and not os.environ.get("CI"):
        needed = "r-base-core r-cran-survey r-cran-mass"
        pytest.skip(f"R with its packages survey and MASS is not installed: apt-get install {needed}")


def run(script: Path) -> Mapping[Key, Line]:
    """(community, street, age, sex, indicator) -> figures, as the script prints them. It has to read its own folder's
    files wherever it is started, and Chinese where no language is set."""
    table = printed(script)
    assert list(table.columns) == [*AREAS, "indicator", *FIGURES]
    return {
        tuple(row[:5]): tuple(float(one) if one else None for one in row[5:]) for row in table.itertuples(index=False)
    }


def printed(script: Path) -> pd.DataFrame:
    """What a script prints, all of it texts."""
    program = PROGRAMS[script.suffix.removeprefix(".")]
    plain = {name: value for name, value in os.environ.items() if not name.startswith(("LC_", "LANG"))}
    done = subprocess.run(
        [program, str(script)],
        capture_output=True,
        text=True,
        encoding="utf-8",
        cwd="/",
        env={**plain, "LC_ALL": "C"},
        check=False,
        timeout=300,
    )
    assert done.returncode == 0, done.stderr[-3000:]
    return pd.read_csv(io.StringIO(done.stdout), dtype=str, keep_default_na=False)


def of_tables(tables: Iterable[EstimateTable]) -> Mapping[Key, Line]:
    """The same as the engine has it."""
    found: dict[Key, Line] = {}
    for one in (one for table in tables for one in table.estimates().estimates):
        limits = (None, None) if one.interval is None else (one.interval.low, one.interval.high)
        figures = (one.value, one.standard_error, *limits, one.sample_size, one.degrees_of_freedom)
        found[_key(dict(one.domain), one.variable)] = figures
    return found


def of_record(text: str) -> Mapping[Key, Line]:
    """The same of the record of a release, before the publication rule; areas in which nobody answered are left out."""
    found: dict[Key, Line] = {}
    for one in (one for table in json.loads(text)["raw"] for one in table["estimates"]):
        interval = one.get("interval") or {}
        names = ("value", "standard_error", "low", "high", "sample_size", "degrees_of_freedom")
        figures = tuple((interval if name in ("low", "high") else one).get(name) for name in names)
        if figures[4] or figures[5] is not None:
            found[_key(dict(one["domain"]), one["variable"])] = figures
    return found


def _key(domain: Mapping[str, str], variable: str) -> Key:
    return (*(domain.get(name, "") for name in AREAS), variable)


def assert_same(printed: Mapping[Key, Line], wanted: Mapping[Key, Line]) -> None:
    assert set(printed) == set(wanted)
    for key, line in wanted.items():
        for name, told, figure in zip(FIGURES, printed[key], line, strict=True):
            if told is None or figure is None:
                assert told == figure, (key, name, told, figure)
                continue
            assert abs(told - figure) <= TO * max(1.0, abs(figure)), (key, name, told, figure)
