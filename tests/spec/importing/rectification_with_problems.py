"""For every kind of problem of a rectification list that comes back, a file that has it."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, date, datetime
from uuid import UUID

from survey_service.models import Rectification, RectificationReason, RectificationState
from survey_service.rectification.pages.list_file import COLUMNS, InRectification, Judge, Standing
from survey_service.tabular.problems import ProblemKind
from tests.spec.importing.read_here import Meets, read_here

TODAY, WHO = date(2026, 9, 18), UUID(int=7)


def row(number: int, state: RectificationState) -> Rectification:
    at = datetime(2026, 9, 1, tzinfo=UTC)
    return Rectification(
        survey_id=UUID(int=1),
        id=UUID(int=number),
        number=number,
        wave_id=UUID(int=2),
        area_id=UUID(int=3),
        item_zh="a",
        reason=RectificationReason.OFFICE,
        state=state,
        body="street",
        due_on=None,
        action="",
        acts=1,
        created_at=at,
        reported_by_id=WHO if state is RectificationState.REPORTED else None,
    )


KNOWN = {
    1: Standing(row=row(1, RectificationState.PLANNED), office=True),
    2: Standing(row=row(2, RectificationState.REPORTED), office=True),
    3: Standing(row=row(3, RectificationState.PLANNED), office=False),
}


def listed(*rows: str) -> Meets:
    """Rows of number, body, due, action, state, note."""
    content = "\n".join(["number,body,due,action,state,note", *rows]).encode()
    return lambda: Judge(KNOWN, WHO, TODAY).judge(read_here(content, COLUMNS)).problems


IN_RECTIFICATION: Mapping[ProblemKind, Meets] = {
    InRectification.NO_ROW: listed("9,street,,,planned,"),
    InRectification.TWICE: listed("1,street,,,planned,", "1,street,,,planned,"),
    InRectification.NO_STATE: listed("1,street,,,perhaps,"),
    InRectification.NO_WAY: listed("1,street,,,checked,"),
    InRectification.OWN_REPORT: listed("2,street,,,checked,"),
    InRectification.NO_NOTE: listed('1,street,,,"done, to be checked",'),
    InRectification.NO_DAY: listed("1,street,soon,,planned,"),
    InRectification.TOO_LONG: listed(f"1,{'street' * 11},,,planned,"),
    InRectification.NOT_YOURS: listed("3,elsewhere,,,planned,"),
}
