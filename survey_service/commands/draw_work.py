"""The work of ``survey-service draw``: frame and sizes -> sample -> lists, and a record that can repeat it."""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from importlib.metadata import version
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import typer

from analysis.sampling import (
    Allocation,
    GridStage,
    ListDraw,
    Reserves,
    Sample,
    allocate,
    as_strata,
    assign_kish_tables,
    dealt,
    draw_stratified,
    draw_two_stage,
    over_strata,
)
from questionnaires.figures import in_digits
from survey_service.commands.field_lists import FieldLists, write_lists
from survey_service.commands.speech import language
from survey_service.sampling.frames import Frame, read_frame
from survey_service.sampling.words import InSizes
from survey_service.tabular import TableError, TableProblem, read_sheet
from survey_service.tabular.problems import problem

# Each use of chance has a stream of its own, so that an option more does not draw other households.
_CASES, _KISH, _MODES, _SUBSTITUTES = range(4)


@dataclass(frozen=True, slots=True, kw_only=True)
class DrawArguments:
    """What was asked on the command line."""

    frame: Path
    unit: str
    community: str
    grid: str | None
    order: tuple[str, ...]
    keep: tuple[str, ...]
    size: int | None
    sizes: Path | None
    allocation: str
    minimum: int
    maximum: int | None
    grids: int | None
    per_grid: int | None
    method: str
    reserves: int
    reserve_share: float
    release: tuple[tuple[str, float], ...]
    substitute: tuple[str, ...]
    kish: bool
    modes: tuple[tuple[str, float], ...]
    seed: int
    out: Path
    language: str


def run(given: DrawArguments) -> int:
    """Draws and writes; the exit status."""
    try:
        data = given.frame.read_bytes()
        sizes = None if given.sizes is None else _read_sizes(given.sizes)
        frame = read_frame(
            read_sheet(given.frame),
            unit=given.unit,
            community=given.community,
            grid=given.grid,
            order=given.order,
            keep=given.keep,
            known_communities=None if sizes is None else list(sizes),
        )
        sample = _sample(given, frame, sizes)
        table = _table(given, frame, sample)
        record = _record(given, frame, sample, hashlib.sha256(data).hexdigest())
        lists = FieldLists(table=table, kept=given.keep, record=record, language=given.language)
        write_lists(lists, given.out)
    except OSError as error:
        typer.echo(f"{error.filename or given.frame}: {error.strerror or error}", err=True)
        return 1
    except TableError as error:
        typer.echo(error.told(language()), err=True)
        return 1
    except ValueError as error:
        typer.echo(str(error), err=True)
        return 1
    for line in _told(given, table, frame):
        typer.echo(line)
    return 0


def _read_sizes(path: Path) -> dict[str, int]:
    sheet = read_sheet(path)
    frame, _ = sheet.typed(numbers=["cases"], labels=["code"])
    problems: list[TableProblem] = []
    sizes: dict[str, int] = {}
    for position, (code, cases) in enumerate(zip(frame["code"], frame["cases"], strict=True)):
        row = sheet.row(position)
        if not isinstance(code, str) or code in sizes:
            found = code if isinstance(code, str) else ""
            kind = InSizes.CODE_TWICE if found else InSizes.NO_CODE
            problems.append(problem(kind, row=row, column="code", seen=found))
        elif not cases >= 0 or cases % 1:
            problems.append(problem(InSizes.NO_COUNT, row=row, column="cases"))
        else:
            sizes[code] = int(cases)
    if problems:
        raise TableError(sheet.source, problems)
    return sizes


def _sample(given: DrawArguments, frame: Frame, sizes: Mapping[str, int] | None) -> Sample:
    chance = np.random.default_rng([given.seed, _CASES])
    method = ListDraw(given.method)
    reserves = Reserves(replicates=given.reserves, share=given.reserve_share)
    communities = list(dict.fromkeys(frame.communities))
    if given.grids is not None:
        assert frame.grids is not None
        assert given.per_grid is not None
        first = GridStage(drawn=dict.fromkeys(communities, given.grids), per_grid=given.per_grid)
        sample = draw_two_stage(
            frame.units,
            frame.communities,
            frame.grids,
            first,
            method=method,
            reserves=reserves,
            rng=chance,
        )
    else:
        if sizes is None:
            sizes = _shared_out(given, frame)
        strata, of_strata, groups = _strata(frame, sizes)
        sample = draw_stratified(
            frame.units, strata, of_strata, release_groups=groups, method=method, reserves=reserves, rng=chance
        )
    for code, replicates in given.release:
        if replicates % 1 or replicates < 0:
            raise ValueError(f"--release {code}={in_digits(replicates)}: a whole number of reserves")
        sample = sample.release(code, int(replicates))
    for place, number in enumerate(given.substitute):
        sample = sample.substitute(number, np.random.default_rng([given.seed, _SUBSTITUTES, place]))
    return sample


def _shared_out(given: DrawArguments, frame: Frame) -> dict[str, int]:
    strata = as_strata(frame.communities)
    assert given.size is not None
    shared = allocate(given.size, strata, Allocation(given.allocation), minimum=given.minimum, maximum=given.maximum)
    return {stratum.name: size for stratum, size in zip(strata, shared, strict=True)}


def _strata(frame: Frame, sizes: Mapping[str, int]) -> tuple[list[str], dict[str, int], dict[str, str]]:
    """Stratum of every row, its size, and the community whose reserves it is released with."""
    if frame.grids is None:
        return list(frame.communities), dict(sizes), {}
    strata = [f"{community}/{grid}" for community, grid in zip(frame.communities, frame.grids, strict=True)]
    home = dict(zip(strata, frame.communities, strict=True))
    lists = Counter(strata)
    of_strata: dict[str, int] = {}
    for community, size in sizes.items():
        inside = [stratum for stratum, of in home.items() if of == community]
        if not inside and size:
            raise ValueError(f"{community}: {size} cases are wanted, but the frame has no household there")
        there = sum(lists[stratum] for stratum in inside)
        if size > there:
            raise ValueError(f"{community}: {size} cases are wanted, but the frame has {there} households there")
        of_strata |= over_strata(size, {stratum: lists[stratum] for stratum in inside})
    return strata, of_strata, home


def _table(given: DrawArguments, frame: Frame, sample: Sample) -> pd.DataFrame:
    """One row per case, issued or not, with what the lists print and all probabilities."""
    table = sample.frame()
    issued = {case.number for case in sample.issued()}
    positions = [case.position for case in sample.cases]
    table.insert(1, "issued", [int(number in issued) for number in table["case"]])
    table.insert(2, "community", [frame.communities[row] for row in positions])
    if frame.grids is not None:
        table.insert(3, "grid", [frame.grids[row] for row in positions])
    # A weight is for what was issued; a reserve in the drawer has none yet.
    table.loc[table["issued"] == 0, ["inclusion_probability", "household_weight"]] = np.nan
    if given.kish:
        tables = assign_kish_tables(len(table), np.random.default_rng([given.seed, _KISH]))
        table["kish_table"] = [str(one) for one in tables]
    if given.modes:
        table["first_mode"] = _first_modes(given, table)
    for name in given.keep:
        table[name] = frame.kept[name].iloc[positions].to_numpy()
    return table


def _first_modes(given: DrawArguments, table: pd.DataFrame) -> list[str]:
    """Modes by lot within community and replicate: so that a difference between modes is not one between people."""
    total = sum(share for _, share in given.modes)
    if abs(total - 1) > 1e-6 or any(share < 0 for _, share in given.modes):
        raise ValueError(f"--modes: the shares add up to {total:g}, not to 1")
    chance = np.random.default_rng([given.seed, _MODES])
    assigned = np.empty(len(table), dtype=object)
    for places in table.groupby(["community", "replicate"], sort=False).indices.values():
        assigned[places] = dealt(len(places), dict(given.modes), len(table), chance)
    return [str(mode) for mode in assigned]


def _record(given: DrawArguments, frame: Frame, sample: Sample, digest: str) -> dict[str, Any]:
    issued = sample.issued()
    return {
        "frame": given.frame.name,
        "frame_sha256": digest,
        "households": len(frame.units),
        "seed": given.seed,
        "method": given.method,
        "design": _design(given),
        "unit": given.unit,
        "community": given.community,
        "grid": given.grid,
        "order": list(given.order),
        "size": given.size,
        "sizes": None if given.sizes is None else given.sizes.name,
        "allocation": given.allocation if given.size is not None else None,
        "grids": given.grids,
        "per_grid": given.per_grid,
        "reserves": given.reserves,
        "reserve_share": given.reserve_share,
        "released": {code: int(replicates) for code, replicates in given.release},
        "substitutes": list(given.substitute),
        "issued": len([case for case in issued if case.substitute_for is None]),
        "in_reserve": len(sample.cases) - len(issued),
        "software": f"survey-service {version('survey-service')}",
        "numpy": version("numpy"),
        "notes": list(frame.notices),
    }


def _design(given: DrawArguments) -> str:
    if given.grids is not None:
        return "two stages: grids in proportion to their households, then households"
    return "stratified by grid" if given.grid else "stratified by community"


def _told(given: DrawArguments, table: pd.DataFrame, frame: Frame) -> list[str]:
    lines = [f"Note: {notice.text.in_language(language())}" for notice in frame.notices]
    main = table[(table["issued"] == 1) & (table["substitute_for"] == "")]
    for community, cases in main.groupby("community", sort=False):
        waiting = int(((table["community"] == community) & (table["issued"] == 0)).sum())
        reserve = f", {waiting} in reserve" if waiting else ""
        total = cases["household_weight"].sum()
        lines.append(f"{community}: {len(cases)} cases{reserve}, weights add up to {total:,.0f}")
    lines.append(f"{given.out}: {len(main)} cases of {len(frame.units)} households, seed {given.seed}")
    return lines
