"""What was published, from the text that a release keeps: no later rule is put to it again. Light, for pages."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import fields
from types import NoneType
from typing import Any, Final, get_args, get_type_hints

from analysis.results import (
    PROTECTED,
    IntervalMethod,
    PublicationRule,
    PublishableCell,
    PublishableRow,
    PublishableTable,
)
from survey_service.releases.read_back import read_back


def published_table(text: str) -> PublishableTable:
    """What was published, as it was published, from the text that a release keeps."""
    kept = json.loads(text)["published"]
    return PublishableTable(
        rows=tuple(
            PublishableRow(
                domain=tuple((column, value) for column, value in row["domain"]),
                sample_size=row["sample_size"],
                cells=tuple(_cell_again(cell) for cell in row["cells"]),
            )
            for row in kept["rows"]
        ),
        rule=read_back(PublicationRule, kept["rule"]),
        level=kept["level"],
        interval_method=IntervalMethod(kept["interval"]),
        notes=tuple(kept["notes"]),
        seal=PROTECTED,
    )


def _cell_again(kept: Mapping[str, Any]) -> PublishableCell:
    """What a cell did not have was left out; a field that came later has its default."""
    cell: PublishableCell = read_back(PublishableCell, {**_ABSENT, **kept})
    return cell


_HINTS = get_type_hints(PublishableCell)
_ABSENT: Final = {one.name: None for one in fields(PublishableCell) if NoneType in get_args(_HINTS[one.name])}
