"""What was drawn from a list becomes cases and reserves."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from uuid import UUID

from sqlalchemy import insert
from sqlalchemy.orm import Session

from survey_service import audit
from survey_service.ids import new_id
from survey_service.models import Case, Disposition, ReserveCase, Wave
from survey_service.sampling.drawing import DrawnHousehold


def store_drawn(
    session: Session,
    wave: Wave,
    drawn: Sequence[DrawnHousehold],
    prefixes: Mapping[UUID, str],
    *,
    source: str,
    at: datetime,
    by: audit.Actor,
) -> list[str]:
    """Cases and reserves of a draw from a list; the caller holds the draft. ``prefixes``: community -> how its numbers
    begin. One audit row names how many. Returns the numbers of ``drawn``, in its order."""
    issued, kept = [], []
    numbers = [f"{prefixes[one.area_id]}-{one.serial:04d}" for one in drawn]
    for one, number in zip(drawn, numbers, strict=True):
        row = {
            "survey_id": wave.survey_id,
            "id": new_id(),
            "wave_id": wave.id,
            "area_id": one.area_id,
            "number": number,
            "stratum": one.stratum,
            "psu": one.psu,
            "stages": [dict(stage) for stage in one.stages],
            "first_mode": one.first_mode,
            "kish_table": one.kish_table,
        }
        if one.replicate:
            kept.append({**row, "replicate": one.replicate})
        else:
            probability = {"inclusion_probability": one.inclusion_probability, "reserve_replicate": 0}
            issued.append({**row, **probability, "disposition": Disposition.UNKNOWN})
    session.execute(insert(Case), issued)
    if kept:
        session.execute(insert(ReserveCase), kept)
    audit.record(
        session,
        survey_id=wave.survey_id,
        at=at,
        by=by,
        action="cases.drawn",
        record=audit.Rows(f"wave {wave.id}", wave.id),
        detail={"cases": len(issued), "reserves": len(kept), "file": source},
    )
    return numbers
