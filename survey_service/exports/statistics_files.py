"""An export for SPSS (.sav) and Stata (.dta): variable and value labels, measurement level, kinds of missing apart.

pyreadstat writes a file at one stroke from a table in memory, so that a large wave becomes one file a street.
SPSS counts bytes: 64 of a name, 256 of a variable's label, 120 of a value's; Stata 80 characters of a label. What is
longer is cut between characters, and the codebook lists it.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, time
from pathlib import Path
from typing import Any, Final

import numpy as np
import pandas as pd
import pyreadstat

from questionnaires.model import Missing
from questionnaires.text import Text
from survey_service.exports.csv_file import Told
from survey_service.exports.dataset import CutName, Dataset, Holds, Measure, Variable
from survey_service.exports.names import cut_to_bytes

AT_ONCE: Final = 100_000
"""Rows of one file; a wave with more becomes one file a street."""

SPSS_LABEL, SPSS_VALUE, SPSS_NOTE, SPSS_TITLE = 256, 120, 80, 64
STATA_LABEL: Final = 80  # characters
STATA_MISSING: Final = {
    Missing.NOT_ASKED: "a",
    Missing.NO_ANSWER: "b",
    Missing.REFUSED: "c",
    Missing.DONT_KNOW: "d",
    Missing.ILLEGIBLE: "e",
}
"""Extended missing values .a to .e."""

_MEASURES: Final = {
    Measure.NOMINAL: "nominal",
    Measure.ORDINAL: "ordinal",
    Measure.SCALE: "scale",
    Measure.TEXT: "nominal",
}


def streets(dataset: Dataset, told: Told) -> Mapping[str, int]:
    """Streets that have a file each, with their rows; one nameless street where the wave is one file."""
    if dataset.rows <= AT_ONCE:
        return {"": dataset.rows}
    found: Counter[str] = Counter()
    for block in dataset.blocks():
        found.update(block["street"].tolist())
        told(0)
    return dict(sorted(found.items()))


def _frame(dataset: Dataset, told: Told, street: str) -> pd.DataFrame:
    """All rows, or those of a street, in memory."""
    parts: list[pd.DataFrame] = []
    done = 0
    for block in dataset.blocks():
        parts.append(block if not street else block[block["street"] == street])
        done += len(block)
        told(done)
    return pd.concat(parts, ignore_index=True)


# ------------------------------------------------------------------ SPSS


def write_sav(dataset: Dataset, path: Path, told: Told, street: str, language: str) -> None:
    """All rows or those of a street. Missing answers are user-missing values with labels."""
    frame = _frame(dataset, told, street)
    named = {one.name: one for one in dataset.variables}
    pyreadstat.write_sav(
        _with_days_and_times(frame, dataset.variables),
        path,
        row_compress=True,
        file_label=cut_to_bytes(dataset.title.in_language(language), SPSS_TITLE),
        column_labels={name: cut_to_bytes(one.label.in_language(language), SPSS_LABEL) for name, one in named.items()},
        note=[line for note in dataset.notes for line in _lines(note.in_language(language), SPSS_NOTE)],
        variable_value_labels={
            name: {code: cut_to_bytes(label, SPSS_VALUE) for code, label in _values(one, language)}
            for name, one in named.items()
            if one.values or one.missing
        },
        missing_ranges={
            name: [{"lo": min(one.missing.values()), "hi": max(one.missing.values())}]
            for name, one in named.items()
            if one.missing
        },
        variable_measure={name: _MEASURES[one.measure] for name, one in named.items()},
        variable_format={name: found for name, one in named.items() if (found := _format(one))},
    )


def _values(variable: Variable, language: str) -> Iterator[tuple[Any, str]]:
    for code, label in variable.values:
        yield code, label.in_language(language)
    for kind, missing in variable.missing.items():
        yield missing, variable.missing_labels[kind].in_language(language)


def _format(variable: Variable) -> str:
    """Of numbers: as wide as their codes, with their decimals."""
    match variable.holds:
        case Holds.WHOLE:
            codes = [len(str(code)) for code, _ in variable.values] + [
                len(str(one)) for one in variable.missing.values()
            ]
            return f"F{max([8, *codes])}.0"
        case Holds.NUMBER:
            return f"F16.{variable.decimals or 6}"
        case Holds.CLOCK:
            return "TIME5"
        case _:
            return ""


def _reader(holds: Holds) -> Callable[[str], date | time] | None:
    match holds:
        case Holds.DAY:
            return date.fromisoformat
        case Holds.CLOCK:
            return time.fromisoformat
        case _:
            return None


def _with_days_and_times(frame: pd.DataFrame, variables: Sequence[Variable]) -> pd.DataFrame:
    """As dates and times of the day, which both programs know."""
    readers = {one.name: read for one in variables if (read := _reader(one.holds)) is not None}
    if not readers:
        return frame
    found = frame.copy(deep=False)
    for name, read in readers.items():
        found[name] = pd.Series([read(one) if one else None for one in frame[name]], dtype=object)
    return found


def _lines(text: str, most: int) -> Iterator[str]:
    """A note in lines of at most so many bytes, cut between characters."""
    line = ""
    for character in text:
        if len((line + character).encode()) > most:
            yield line
            line = ""
        line += character
    if line:
        yield line


# ------------------------------------------------------------------ Stata


def write_dta(dataset: Dataset, path: Path, told: Told, street: str, language: str) -> None:
    """As above; missing answers are the extended missing values .a to .e. Texts with labels become labelled numbers:
    Stata labels no text."""
    frame = _frame(dataset, told, street)
    columns: dict[str, Any] = {}
    labels: dict[str, dict[Any, str]] = {}
    for one in dataset.variables:
        columns[one.name] = _stata_column(frame, one)
        found = _stata_labels(one, language)
        if found:
            labels[one.name] = found
    pyreadstat.write_dta(
        _with_days_and_times(pd.DataFrame(columns), dataset.variables),
        path,
        file_label=_how_to_weigh(dataset)[:STATA_LABEL],
        column_labels={one.name: _stata_label(one.label, language) for one in dataset.variables},
        variable_value_labels=labels,
        missing_user_values={
            one.name: [STATA_MISSING[kind] for kind in one.missing] for one in dataset.variables if one.missing
        },
        version=15,
    )


def _stata_column(frame: pd.DataFrame, variable: Variable) -> Any:
    own = frame[variable.name]
    if variable.holds is Holds.TEXT and variable.values:
        place: dict[Any, float] = {code: float(at) for at, (code, _) in enumerate(variable.values, start=1)}
        place[""] = np.nan
        return own.map(place.__getitem__).astype(np.float64)
    if not variable.missing:
        return own
    letters = {float(code): STATA_MISSING[kind] for kind, code in variable.missing.items()}
    if not own.isin(list(letters)).any():
        return own
    found = own.astype(object)
    for code, letter in letters.items():
        found[own == code] = letter
    return found


def _stata_labels(variable: Variable, language: str) -> dict[Any, str]:
    if variable.holds is Holds.TEXT:
        return {
            at: f"{code} {label.in_language(language)}" if str(code).isdigit() else label.in_language(language)
            for at, (code, label) in enumerate(variable.values, start=1)
        }
    found: dict[Any, str] = {int(code): label.in_language(language) for code, label in variable.values}
    found |= {STATA_MISSING[kind]: variable.missing_labels[kind].in_language(language) for kind in variable.missing}
    return found


def _stata_label(label: Text, language: str) -> str:
    whole = label.in_language(language)
    return whole if len(whole) <= STATA_LABEL else whole[: STATA_LABEL - 1] + "…"


def _how_to_weigh(dataset: Dataset) -> str:
    return f"{dataset.wave}: pweight weight_final, strata stratum, psu {dataset.stages[0]}"


# ------------------------------------------------------------------ what was cut


@dataclass(frozen=True, slots=True)
class _Limit:
    format: str
    label: Callable[[str], str]
    value: Callable[[str], str]


_LIMITS: Final = (
    _Limit("sav", lambda one: cut_to_bytes(one, SPSS_LABEL), lambda one: cut_to_bytes(one, SPSS_VALUE)),
    _Limit("dta", lambda one: _stata_label(Text(one), "zh"), lambda one: one),
)


def cut_labels(dataset: Dataset, formats: Sequence[str], language: str) -> tuple[CutName, ...]:
    """Labels that the two programs do not take whole, for the list in the codebook."""
    found: list[CutName] = []
    for limit in _LIMITS:
        if limit.format not in formats:
            continue
        for one in dataset.variables:
            whole = one.label.in_language(language)
            said = [("label", whole, limit.label(whole))]
            said += [(f"value {code}", label, limit.value(label)) for code, label in _values(one, language)]
            found += [
                CutName(of=one.name, what=what, whole=whole, cut=cut, format=limit.format)
                for what, whole, cut in said
                if cut != whole
            ]
    return tuple(found)
