"""Estimates as the canonical text that a release keeps and hashes: floats to 12 digits, keys sorted, and its points."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping, Sequence
from typing import Any, Final

from analysis.city_results import CityResults
from analysis.comparisons import Comparisons
from analysis.results import (
    Domain,
    PublishableCell,
    PublishableTable,
    PublishedGroups,
    TrendPoint,
)
from questionnaires.canonical_json import Form, canonical_text
from questionnaires.canonical_writing import Writer, Written
from survey_service.analyses.city_told import NOTHING_BESIDE
from survey_service.analyses.service import WaveEstimates
from survey_service.analyses.summaries import NOTHING_BEFORE, Since
from survey_service.analyses.trends import Figure, WaveTrend
from survey_service.releases.read_back import read_back

FORMAT = 2
"""1: before plans were kept; its figures before the publication rule are written alike."""
DIGITS = 12
"""The same software on another machine may differ in the last bits; what is printed never shows so many digits."""

_OF_A_POINT: Final = ("value", "low", "high", "scale", "coded", "digits")
_SET: Final = ("all_alike", "tier")  # never None; a release from before there were tiers has none

_FORM = Form(without=frozenset({"seal"}), digits=DIGITS)
_WRITER, _CELLS = Writer(_FORM), Writer(_FORM, bare=True)


def estimates_text(
    estimates: WaveEstimates,
    before: Since = NOTHING_BEFORE,
    beside: CityResults = NOTHING_BESIDE,
    indices: Sequence[Mapping[str, Any]] = (),
) -> str:
    """Everything estimated, before and after protection, with weights and rates, as one text.

    Where the plan asks for groups, how they stand to everybody else, in streets too; what was published of figures held
    against each other; where waves were released before, of the change since, which waves they are, where they break,
    and of the change since the first that is comparable; what is told of the city beside its figures; and indices.
    """
    margins = estimates.weights.calibrated
    document: dict[str, object] = {
        "format": FORMAT,
        "raw": estimates.raw,
        "published": _table(estimates.table),
        "weights": {
            "diagnostics": estimates.weights.diagnostics,
            "eligibility": estimates.weights.field.eligibility,
            "nonresponse": estimates.weights.field.records,
            "calibration": None if margins is None else margins.record,
            "cells": [] if margins is None else margins.cells,
            "drawn": {} if margins is None else margins.drawn,
            "trimming": None if margins is None else margins.trimming,
        },
        "sensitivity": {one.value: found for one, found in estimates.analysis.sensitivities.rates.items()},
        "response_rates": estimates.rates,
        "open_responses": estimates.cases.open_responses,
    }
    if estimates.groups != PublishedGroups():
        document["groups"] = estimates.groups
    if estimates.street_groups:
        document["street_groups"] = estimates.street_groups
    if estimates.comparisons != Comparisons():
        document["comparisons"] = estimates.comparisons
    if (changes := before.changes) is not None:
        document["changes"] = {"since": changes.release_number, "published": changes.published}
    if before.trend is not None:
        document["trend"] = _trend(before.trend)
    if beside != NOTHING_BESIDE:
        document["beside"] = beside
    if indices:
        document["indices"] = Written(canonical_text(list(indices)))
    return _WRITER.text(document)


def _trend(trend: WaveTrend) -> Any:
    """Figures of earlier waves stand in their own releases, which are named; a reason stands beside the wave that broke
    with those before it."""
    numbers = [one.release_number for one in trend.waves[:-1]]
    return {
        "releases": numbers,
        "breaks": {
            indicator: [[place, list(why)] for place, why in enumerate(breaks) if why]
            for indicator, breaks in trend.breaks.items()
            if any(breaks)
        },
        "since_first": [
            {"since": numbers[trend.firsts[variable]], **_FORM.plain(change)}
            for (_, variable), change in trend.since_first.items()
        ],
    }


def published_points(text: str) -> dict[Figure, TrendPoint]:
    """What a release shows, as it printed it, without making a table of it."""
    return {
        (tuple((column, value) for column, value in row["domain"]), cell["variable"]): read_back(
            TrendPoint, {name: cell.get(name) for name in _OF_A_POINT} | {n: cell[n] for n in _SET if n in cell}
        )
        for row in json.loads(text)["published"]["rows"]
        for cell in row["cells"]
        if cell.get("category") is None and cell.get("suppression") is None and cell.get("value") is not None
    }


def sha256(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()


def _table(table: PublishableTable) -> Any:
    return {
        "level": Written(canonical_text(table.level)),  # all its digits
        "interval": table.interval_method,
        "rule": table.rule,
        "notes": table.notes,
        "rows": [
            {
                "domain": row.domain,
                "sample_size": row.sample_size,
                "cells": [Written(_CELLS.text(cell)) for cell in row.cells],
            }
            for row in table.rows
        ],
    }


def cells_by_domain(table: PublishableTable) -> dict[Domain, dict[str, Any]]:
    """Cells of areas as a release will keep them, by indicator."""
    return {
        row.domain: {cell.variable: _cell(cell) for cell in row.cells if cell.category is None}
        for row in table.rows
        if all(column in ("community", "street") for column, _ in row.domain)
    }


def _cell(cell: PublishableCell) -> Any:
    return {name: value for name, value in _FORM.plain(cell).items() if value is not None}
