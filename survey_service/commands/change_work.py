"""The work of ``survey-service change``: two files become one frame that knows which PSUs were asked twice."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
from rich import box
from rich.console import Group, RenderableType
from rich.table import Table
from rich.text import Text

from analysis.change import Change, TwoWaves, WaveConditions, changes, differences_of, join_waves
from analysis.design import SurveyDesign
from analysis.problems import DesignError
from analysis.results import ChangeVerdict
from survey_service.commands.estimate_columns import EstimateArguments, Prepared, in_order, read_columns, requests_of
from survey_service.commands.margins import in_the_file
from survey_service.commands.output import Format, carried_out, figure, in_form
from survey_service.tabular import Sheet, TableError, in_english, read_sheet

_WAVE, _STRATUM, _PSU, _WEIGHT = "(wave)", "(stratum)", "(psu)", "(weight)"
_ROWS = ("definition", "selection", "frame")
_WORDS = {
    ChangeVerdict.RISEN: "risen",
    ChangeVerdict.FALLEN: "fallen",
    ChangeVerdict.NO_DETECTABLE_CHANGE: "no detectable change",
    ChangeVerdict.NOT_COMPARABLE: "not comparable",
    ChangeVerdict.NOT_ESTIMABLE: "not estimable",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class ChangeArguments:
    """What was asked on the command line."""

    before: EstimateArguments
    after: EstimateArguments
    labels: tuple[str, str]
    mode: str | None
    conditions: Path | None


@dataclass(frozen=True, slots=True, kw_only=True)
class _Found:
    changes: tuple[Change, ...]
    repeated_psus: int  # asked in both waves
    reasons: tuple[str, ...]
    notes: tuple[str, ...]


def run(given: ChangeArguments, format: Format, out: Path | None) -> int:
    """Compares and writes; the exit status."""

    def work() -> str:
        found = _changes(given)
        rows = [_row(one) for one in found.changes]
        document = {
            "waves": list(given.labels),
            "level": given.before.level,
            "psus_in_both": found.repeated_psus,
            "not_comparable": list(found.reasons),
            "changes": rows,
            "notes": list(found.notes),
        }
        flat = [{**row.pop("domain"), **row} for row in (dict(one) for one in rows)]
        return in_form(format, document, flat, lambda: _table(given, found))

    return carried_out(work, out)


def _changes(given: ChangeArguments) -> _Found:
    sheets = read_sheet(given.before.data), read_sheet(given.after.data)
    parts = [_wave(one, sheet) for one, sheet in zip((given.before, given.after), sheets, strict=True)]
    frames = [part[1] for part in parts]
    waves = TwoWaves(column=_WAVE, before=given.labels[0], after=given.labels[1])
    frame = join_waves(*frames, waves=waves, stratum=_STRATUM, psu=_PSU)
    for name in frame.columns.difference([_WAVE, _STRATUM, _PSU]):
        if not pd.api.types.is_numeric_dtype(frame[name].dtype):
            frame[name] = in_order(frame[name])  # the categories of both
    conditions = _conditions(given, sheets)
    first: Prepared = parts[0][0]
    try:
        design = SurveyDesign.from_frame(frame, weight=_WEIGHT, strata=[_STRATUM], clusters=[_PSU])
        found = changes(
            frame,
            design,
            requests_of(given.before, first.chosen, first.renamed),
            waves,
            by=first.labels(given.before.by),
            level=given.before.level,
            lonely_psu=given.before.lonely_psu,
            conditions=conditions,
        )
    except DesignError as error:
        raise _in_their_files(error, sheets, len(frames[0])) from error
    except ValueError as error:
        source = " and ".join(sheet.source for sheet in sheets)
        raise TableError(source, [in_english(message=str(error), remedy=_NO_DOMAIN)], "compared") from error
    names = {new: old for old, new in first.renamed.items()}
    back = [
        replace(
            one,
            variable=names.get(one.variable, one.variable),
            domain=tuple((names.get(column, column), label) for column, label in one.domain),
        )
        for one in found
    ]
    return _Found(
        changes=tuple(back),
        repeated_psus=_repeated(frame, given.labels),
        reasons=() if conditions is None else differences_of(*conditions),
        notes=(
            *dict.fromkeys(note for prepared, _ in parts for note in prepared.notes),
            *_alone(frames, first.labels(given.before.by), given.labels),
        ),
    )


def _alone(frames: list[pd.DataFrame], by: list[str], labels: tuple[str, str]) -> list[str]:
    """Domains that one wave alone has: they are in no row, so they are named."""
    if not by:
        return []
    of_wave = [dict.fromkeys(frame[by].dropna().itertuples(index=False, name=None)) for frame in frames]
    notes = []
    for place, label in enumerate(labels):
        alone = ["/".join(key) for key in of_wave[place] if key not in of_wave[1 - place]]
        if alone:
            notes.append(f"only in {label}: {', '.join(alone[:10])}{' …' if len(alone) > 10 else ''}")
    return notes


_NO_DOMAIN = "Labels of --by must be written alike in both files."


def _wave(given: EstimateArguments, sheet: Sheet) -> tuple[Prepared, pd.DataFrame]:
    """One wave's columns, checked by themselves; what the design does not name is one stratum, or a PSU per row."""
    prepared = read_columns(given, sheet)
    try:
        prepared.design(given)
    except DesignError as error:
        raise in_the_file(error, sheet, prepared.renamed) from error
    frame = prepared.frame.copy()
    strata, clusters = prepared.labels(given.strata), prepared.labels(given.clusters)
    frame[_STRATUM] = frame[strata[0]].astype(str) if strata else "all"
    frame[_PSU] = frame[clusters[0]].astype(str) if clusters else [f"{given.data}:{row}" for row in sheet.rows]
    if given.nest and clusters:  # the same number in another stratum is another unit
        frame[_PSU] = frame[_STRATUM] + "/" + frame[_PSU]
    frame[_WEIGHT] = frame[given.weight] if given.weight else np.ones(len(frame))
    return prepared, frame


def _repeated(frame: pd.DataFrame, labels: tuple[str, str]) -> int:
    units = frame.loc[frame[_WEIGHT] > 0, [_WAVE, _STRATUM, _PSU]].drop_duplicates()
    of_wave = [set(units.loc[units[_WAVE] == label, [_STRATUM, _PSU]].itertuples(index=False)) for label in labels]
    return len(of_wave[0] & of_wave[1])


def _in_their_files(error: DesignError, sheets: tuple[Sheet, Sheet], length: int) -> TableError:
    """Rows count in the joined frame: the first ``length`` are those of the earlier file."""
    problems = []
    for problem in error.problems:
        later = bool(problem.rows) and problem.rows[0] >= length
        rows = tuple(row - length if later else row for row in problem.rows if (row >= length) == later)
        sheet = sheets[1] if later else sheets[0]
        (said,) = in_the_file(DesignError([replace(problem, rows=rows)]), sheet).problems
        message = said.message("en").replace(f"{_STRATUM}: ", "").replace(f"{_PSU}: ", "")
        message = f"{sheet.source}: {message}" if rows else message
        problems.append(replace(said, values={**said.values, "message": message}))
    return TableError(" and ".join(sheet.source for sheet in sheets), problems, "compared")


# ------------------------------------------------------------------ what must be alike
def _conditions(given: ChangeArguments, sheets: tuple[Sheet, Sheet]) -> tuple[WaveConditions, WaveConditions] | None:
    if given.mode is None and given.conditions is None:
        return None
    said = ({}, {}) if given.conditions is None else _told(given.conditions)
    shares = [_mode_shares(given.mode, sheet) for sheet in sheets]
    one, other = (
        WaveConditions(
            definition=each.get("definition", ""),
            selection=each.get("selection", ""),
            frame=each.get("frame", ""),
            mode_shares=share,
        )
        for each, share in zip(said, shares, strict=True)
    )
    return one, other


def _mode_shares(column: str | None, sheet: Sheet) -> dict[str, float]:
    if column is None:
        return {}
    labels, _ = sheet.typed(labels=[column])
    counts = Counter(labels[column].dropna())
    return {mode: count / counts.total() for mode, count in counts.items()}


def _told(path: Path) -> tuple[dict[str, str], dict[str, str]]:
    sheet = read_sheet(path)
    labels, _ = sheet.typed(labels=["what", "before", "after"])
    problems = [
        in_english(
            row=sheet.row(place),
            column="what",
            message=f"“{what}” is nothing that waves are compared by",
            remedy=f"The rows are {', '.join(_ROWS)}.",
        )
        for place, what in enumerate(labels["what"])
        if what not in _ROWS
    ]
    if problems:
        raise TableError(sheet.source, problems)
    known = labels.fillna("")
    return dict(zip(known["what"], known["before"], strict=True)), dict(zip(known["what"], known["after"], strict=True))


# ------------------------------------------------------------------ how it is written
def _row(one: Change) -> dict[str, Any]:
    return {
        "domain": dict(one.domain),
        "variable": one.variable,
        "category": one.category,
        "before": one.before,
        "after": one.after,
        "change": one.difference,
        "standard_error": one.standard_error,
        "ci_low": None if one.interval is None else one.interval.low,
        "ci_high": None if one.interval is None else one.interval.high,
        "degrees_of_freedom": one.degrees_of_freedom,
        "verdict": str(one.verdict),
    }


def _table(given: ChangeArguments, found: _Found) -> RenderableType:
    columns = list(dict.fromkeys(column for one in found.changes for column, _ in one.domain))
    table = Table(box=box.SIMPLE_HEAD, pad_edge=False, padding=(0, 1))
    for head in ("what", *columns):
        table.add_column(Text(head), overflow="fold", max_width=28)
    for head in (*given.labels, "change", f"{given.before.level:.4g} interval", "df"):
        table.add_column(Text(head), justify="right", no_wrap=True)
    table.add_column("", no_wrap=True)
    for one in found.changes:
        share = one.category is not None
        interval = one.interval
        limits = "—" if interval is None else f"{figure(interval.low, share)} to {figure(interval.high, share)}"
        freedom = "—" if one.degrees_of_freedom is None else f"{one.degrees_of_freedom:,}"
        what = one.variable if one.category is None else f"{one.variable}={one.category}"
        places = [dict(one.domain).get(column, "") for column in columns]
        cells = [what, *places, figure(one.before, share), figure(one.after, share), _signed(one.difference, share)]
        table.add_row(*map(Text, [*cells, limits, freedom, _WORDS[one.verdict]]))
    plural = "PSU was" if found.repeated_psus == 1 else "PSUs were"
    lines = [f"{found.repeated_psus:,} {plural} asked in both waves."]
    lines += [f"Not comparable: {reason}." for reason in found.reasons]
    lines += [f"Note: {note}" for note in found.notes]
    return Group(table, *map(Text, lines))


def _signed(value: float | None, share: bool) -> str:
    shown = figure(value, share)
    return f"+{shown}" if value is not None and value > 0 else shown
