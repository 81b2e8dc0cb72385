"""Small forms as sheets, written for the tests."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from questionnaires.loader import check_bytes
from questionnaires.model import Questionnaire
from survey_service.xlsform.book import Grid
from survey_service.xlsform.reading import Converted, convert

YES_NO = [["yes_no", "yes", "有", "Yes"], ["yes_no", "no", "没有", "No"]]
HEADS = ["type", "name", "label::中文 (zh)", "label::English (en)"]


def grid(rows: Sequence[Sequence[str]]) -> Grid:
    return [(number, tuple(row)) for number, row in enumerate(rows, start=1) if any(row)]


def read(
    survey: Sequence[Sequence[str]],
    choices: Sequence[Sequence[str]] = YES_NO,
    *more: str,
    settings: Mapping[str, str] | None = None,
) -> Converted:
    """``more``: heads of the sheet survey behind the usual four."""
    sheets = {
        "survey": grid([[*HEADS, *more], *survey]),
        "choices": grid([["list_name", "name", "label::中文 (zh)", "label::English (en)"], *choices]),
    }
    if settings:
        sheets["settings"] = grid([list(settings), list(settings.values())])
    return convert(sheets, "household")


def asked(done: Converted) -> Questionnaire:
    """The questionnaire, which the check of definition files finds nothing wrong with."""
    questionnaire, problems = check_bytes(done.definition.encode(), "questionnaire.yaml")
    assert questionnaire is not None, problems
    return questionnaire


def told(done: Converted) -> set[tuple[int | None, str, str]]:
    """Row, column and kind of what was remarked."""
    return {(one.row, one.column, one.why.name) for one in done.remarks}
