"""From what was asked to the items of one pass: every request read once, the parts of indices too."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd

from analysis.arrays import BoolArray, FloatArray, IntArray
from analysis.estimation.requests import Index, Quantity, Ratio, Request, Simple
from analysis.problems import DataProblem, DesignError
from analysis.psu_totals import Item
from analysis.results import Statistic


@dataclass(frozen=True, slots=True, eq=False, kw_only=True)
class RequestedItems:
    """The requests as items of one pass, and how their numerators become what was asked for."""

    items: tuple[Item, ...]
    quantities: tuple[Quantity, ...]  # one per numerator
    item_of: tuple[int, ...]  # the item of each
    answered_by_all: BoolArray  # (items,) no answer is missing
    asked: tuple[int, ...]  # rows of the result in the order of the requests; from len(quantities) on: indices
    indices: tuple[tuple[Quantity, IntArray, FloatArray, int], ...]  # what, numerators, coefficients, item of its base
    notes: tuple[str, ...]


def items_of_requests(
    frame: pd.DataFrame, requests: Sequence[Request], respondents: FloatArray | None = None
) -> RequestedItems:
    """Reads every request, the parts of indices too, each once.

    ``respondents`` (rows,): how many each row stands for, for the notes about those who did not answer.
    """
    if not requests:
        raise ValueError("ask for at least one statistic")
    return _Reader(frame, np.ones(len(frame)) if respondents is None else respondents).read(requests)


class _Reader:
    def __init__(self, frame: pd.DataFrame, respondents: FloatArray) -> None:
        self.frame = frame
        self.respondents = respondents
        self.items: list[Item] = []
        self.quantities: list[Quantity] = []
        self.item_of: list[int] = []
        self.missing: list[int] = []
        self.notes: list[str] = []
        self.places: dict[Simple, tuple[int, range]] = {}

    def read(self, requests: Sequence[Request]) -> RequestedItems:
        asked: list[tuple[str, int]] = []
        waiting: list[Index] = []
        for request in requests:
            if isinstance(request, Index):
                asked.append(("index", len(waiting)))
                waiting.append(request)
            else:
                asked.extend(("simple", row) for row in self._place(request)[1])
        indices = [self._index(index) for index in waiting]
        simple = len(self.quantities)
        return RequestedItems(
            items=tuple(self.items),
            quantities=tuple(self.quantities),
            item_of=tuple(self.item_of),
            answered_by_all=np.array([count == 0 for count in self.missing]),
            asked=tuple(row if kind == "simple" else simple + row for kind, row in asked),
            indices=tuple(indices),
            notes=tuple(dict.fromkeys(self.notes)),
        )

    def _place(self, request: Simple) -> tuple[int, range]:
        if request in self.places:
            return self.places[request]
        prepared = request.prepare(self.frame)
        rows = range(len(self.quantities), len(self.quantities) + len(prepared.quantities))
        self.places[request] = (len(self.items), rows)
        self.item_of.extend(len(self.items) for _ in prepared.quantities)
        self.items.append(prepared.item)
        self.quantities.extend(prepared.quantities)
        base = isinstance(request, Ratio) and request.scale is not None
        observed = prepared.item.observed
        missing = 0 if observed is None else int(self.respondents[~observed].sum())
        self.missing.append(0 if base else missing)
        if missing:
            name = prepared.quantities[0].variable if prepared.quantities else "?"
            what = "rows are outside its base" if base else "missing values are left out of its domain"
            self.notes.append(f"{name}: {missing} {what}")
        self.notes += prepared.notes
        return self.places[request]

    def _index(self, index: Index) -> tuple[Quantity, IntArray, FloatArray, int]:
        rows: list[int] = []
        anyone = np.zeros(len(self.frame), dtype=bool)
        for part, _ in index.parts:
            item, places = self._place(part)
            if len(places) != 1:
                raise DesignError(
                    [
                        DataProblem(
                            column=index.variable,
                            rows=(),
                            message="a part of the index is several proportions",
                            remedy="Name the category of each part.",
                        )
                    ]
                )
            rows.append(places[0])
            observed = self.items[item].observed
            anyone |= True if observed is None else observed
        coefficients = np.array([weight for _, weight in index.parts], dtype=np.float64)
        scale = index.scale or _scale([self.quantities[row].scale for row in rows], coefficients)
        quantity = Quantity(statistic=Statistic.COMBINATION, variable=index.variable, scale=scale)
        base = len(self.items)
        self.items.append(Item(observed=None if anyone.all() else anyone, denominator=None))
        self.missing.append(0)
        return quantity, np.array(rows, dtype=np.int64), coefficients, base


def _scale(parts: list[tuple[float, float] | None], coefficients: FloatArray) -> tuple[float, float] | None:
    low = high = 0.0
    for scale, coefficient in zip(parts, coefficients, strict=True):
        if scale is None:
            return None
        ends = (float(coefficient) * scale[0], float(coefficient) * scale[1])
        low, high = low + min(ends), high + max(ends)
    return low, high
