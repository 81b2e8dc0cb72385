"""Estimates as the canonical text that a release keeps and hashes: floats to 12 digits, keys sorted."""

from __future__ import annotations

import hashlib
import json
from dataclasses import fields, is_dataclass
from enum import Enum
from typing import Any

from analysis.results import PublishableCell, PublishableTable
from survey_service.estimates.service import WaveEstimates

FORMAT = 1
DIGITS = 12
"""The same software on another machine may differ in the last bits; what is printed never shows so many digits."""

_HIDDEN = ("seal",)


def estimates_text(estimates: WaveEstimates) -> str:
    """Everything estimated, before and after protection, with weights and rates, as one text."""
    document = {
        "format": FORMAT,
        "raw": plain(estimates.raw),
        "published": _table(estimates.table),
        "weights": {
            "diagnostics": plain(estimates.weights.diagnostics),
            "eligibility": plain(estimates.weights.eligibility),
            "nonresponse": plain(estimates.weights.records),
        },
        "response_rates": plain(estimates.rates),
        "open_responses": plain(estimates.frame.open_responses),
    }
    return json.dumps(document, ensure_ascii=False, sort_keys=True, separators=(",", ":"), allow_nan=False)


def sha256(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()


def plain(value: Any) -> Any:
    """A frozen value as JSON holds it."""
    if isinstance(value, Enum):
        return value.value
    if isinstance(value, bool) or value is None or isinstance(value, (str, int)):
        return value
    if isinstance(value, float):
        return float(f"{value:.{DIGITS}g}")
    if is_dataclass(value):
        return {field.name: plain(getattr(value, field.name)) for field in fields(value) if field.name not in _HIDDEN}
    if isinstance(value, dict):
        return {str(key): plain(inner) for key, inner in value.items()}
    if isinstance(value, (list, tuple)):
        return [plain(inner) for inner in value]
    raise TypeError(f"{type(value).__name__} has no canonical form")


def _table(table: PublishableTable) -> Any:
    return {
        "level": table.level,
        "interval": table.interval_method.value,
        "rule": plain(table.rule),
        "notes": list(table.notes),
        "rows": [
            {"domain": plain(row.domain), "sample_size": row.sample_size, "cells": [_cell(cell) for cell in row.cells]}
            for row in table.rows
        ],
    }


def _cell(cell: PublishableCell) -> Any:
    return {name: value for name, value in plain(cell).items() if value is not None}
