"""Domains: the combinations of the ``by`` columns that occur, in the order of their values."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd

from analysis.arrays import FloatArray, IntArray, blank_note, combine_codes, first_rows
from analysis.estimation.requests import labels_and_blanks
from analysis.problems import DataProblem, DesignError
from analysis.results import Domain


@dataclass(frozen=True, slots=True, eq=False)
class Domains:
    code_of_row: IntArray  # (rows,), -1 in none
    keys: tuple[Domain, ...]
    missing: int  # respondents in no domain
    notes: tuple[str, ...] = ()

    @property
    def count(self) -> int:
        return len(self.keys)


def read_domains(frame: pd.DataFrame, by: Sequence[str], respondents: FloatArray | None = None) -> Domains:
    """Codes the rows by the ``by`` columns; no column: the whole sample.

    ``respondents`` (rows,): how many each row stands for.
    """
    if not by:
        return Domains(np.zeros(len(frame), dtype=np.int64), ((),), 0)
    unknown = [column for column in by if column not in frame.columns]
    if unknown:
        there = ", ".join(str(column) for column in frame.columns)
        raise DesignError(
            [
                DataProblem(
                    column=name, rows=(), message="there is no such column", remedy=f"The columns are: {there}."
                )
                for name in unknown
            ]
        )
    read = [labels_and_blanks(frame[column]) for column in by]
    columns = [(column_codes, names) for column_codes, names, _ in read]
    notes = [note for column, (*_, blank) in zip(by, read, strict=True) for note in blank_note(column, blank)]
    codes, count = np.zeros(len(frame), dtype=np.int64), 1
    for column_codes, names in columns:
        codes, count = combine_codes(codes, count, column_codes, len(names))
    row_of = first_rows(codes, count)
    parts = np.stack([column_codes[row_of] for column_codes, _ in columns]) if count else np.empty((len(by), 0), int)
    order = np.lexsort(parts[::-1])
    rank = np.empty(count + 1, dtype=np.int64)
    rank[order] = np.arange(count)
    rank[-1] = -1
    named = [
        [(column, labels[part]) for part in places]
        for column, (_, labels), places in zip(by, columns, parts[:, order].tolist(), strict=True)
    ]
    keys = tuple(zip(*named, strict=True))
    outside = codes < 0
    missing = int(outside.sum() if respondents is None else respondents[outside].sum())
    return Domains(rank[codes], keys, missing, tuple(notes))
