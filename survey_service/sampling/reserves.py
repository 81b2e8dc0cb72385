"""Reserves are released while the field is open: a whole replicate of a community, in order, with new probabilities.

Every case of a list that a replicate enlarges, the first ones too, has then the probability (issued + released) / N: no
first case leaves the sample because a reserve came in. A release is never taken back.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from math import prod
from typing import Any, cast
from uuid import UUID

from sqlalchemy import Table, delete, func, insert, select, update
from sqlalchemy.orm import Session

from survey_service import audit
from survey_service.errors import Conflict
from survey_service.ids import new_id
from survey_service.models import ADULT_STAGE, Case, Disposition, ReserveCase, Wave, WaveState

Stages = Sequence[Mapping[str, Any]]


class NoReserves(Conflict):
    code = "E178"
    zh = "这个社区没有可以放出的备用样本了，或者别人刚刚放出过。刷新页面看看。"
    en = "This community has no reserves left, or somebody released them a moment ago. Reload the page."


class NotWhileOpen(Conflict):
    code = "E179"
    zh = "备用样本只在调查中放出。"
    en = "Reserves are released while the wave is open."


@dataclass(frozen=True, slots=True, kw_only=True)
class Waiting:
    """Reserves of one community. ``next``: the replicate that is released next, and how many households it has."""

    replicates: int
    households: int
    next: int
    of_next: int


def waiting(session: Session, survey_id: UUID, wave_id: UUID) -> dict[UUID, Waiting]:
    """By community, those that have any."""
    rows = session.execute(
        select(ReserveCase.area_id, ReserveCase.replicate, func.count())
        .where(ReserveCase.survey_id == survey_id, ReserveCase.wave_id == wave_id)
        .group_by(ReserveCase.area_id, ReserveCase.replicate)
        .order_by(ReserveCase.replicate)
    )
    found: dict[UUID, list[tuple[int, int]]] = defaultdict(list)
    for area_id, replicate, count in rows:
        found[area_id].append((replicate, count))
    return {
        area_id: Waiting(
            replicates=len(each), households=sum(count for _, count in each), next=each[0][0], of_next=each[0][1]
        )
        for area_id, each in found.items()
    }


def release(
    session: Session, survey_id: UUID, wave_id: UUID, area_id: UUID, replicate: int, *, at: datetime, by: audit.Actor
) -> int:
    """The households of the next replicate of a community become cases; how many. ``replicate``: the one that was seen.

    NotWhileOpen; NoReserves where it is not the next one any more: of two who press the button one releases.
    """
    wave = session.get_one(Wave, (survey_id, wave_id), with_for_update=True, populate_existing=True)
    if wave.state is not WaveState.OPEN:
        raise NotWhileOpen
    here = waiting(session, survey_id, wave_id).get(area_id)
    if here is None or here.next != replicate:
        raise NoReserves
    of_these = (
        (ReserveCase.survey_id == survey_id)
        & (ReserveCase.wave_id == wave_id)
        & (ReserveCase.area_id == area_id)
        & (ReserveCase.replicate == replicate)
    )
    released = session.scalars(select(ReserveCase).where(of_these).order_by(ReserveCase.number)).all()
    issued = session.execute(
        select(Case.id, Case.stratum, Case.psu, Case.stages).where(
            Case.survey_id == survey_id, Case.wave_id == wave_id, Case.area_id == area_id
        )
    ).all()
    # What its list gave, as its stages say: a substitute stands among the cases and was not drawn with them.
    given = {list_of(one.stratum, one.psu, one.stages): last_of_list(one.stages)["sampled"] for one in released}
    given |= {list_of(row.stratum, row.psu, row.stages): last_of_list(row.stages)["sampled"] for row in issued}
    counts = Counter(given) + Counter(list_of(one.stratum, one.psu, one.stages) for one in released)
    enlarged = {list_of(one.stratum, one.psu, one.stages) for one in released}
    for row in issued:
        if (where := list_of(row.stratum, row.psu, row.stages)) in enlarged:
            stages = with_sampled(row.stages, counts[where])
            session.execute(
                update(Case)
                .where(Case.survey_id == survey_id, Case.id == row.id)
                .values(stages=stages, inclusion_probability=over_all(stages))
                .execution_options(synchronize_session=False)
            )
    rows = [_row(one, counts[list_of(one.stratum, one.psu, one.stages)]) for one in released]
    session.execute(insert(cast("Table", Case.__table__)), rows)
    session.execute(delete(ReserveCase).where(of_these))
    audit.record(
        session,
        survey_id=survey_id,
        at=at,
        by=by,
        action="reserves.released",
        record=audit.Rows(f"wave {wave_id}", wave_id),
        detail={"area": str(area_id), "replicate": replicate, "cases": len(rows)},
    )
    return len(rows)


def list_of(stratum: str, psu: str, stages: Stages) -> tuple[str, str]:
    """The list that the last stage drew from: a grid that was drawn, or the stratum whose households are PSUs."""
    drawn = [stage for stage in stages if stage["unit"] != ADULT_STAGE]
    return stratum, psu if any(stage["variance"] for stage in drawn[:-1]) else ""


def last_of_list(stages: Stages) -> Mapping[str, Any]:
    """The stage that drew from it; below there is only the adult of a household."""
    return next(stage for stage in reversed(stages) if stage["unit"] != ADULT_STAGE)


def with_sampled(stages: Stages, sampled: int) -> list[dict[str, Any]]:
    """The same stages with so many households drawn from the last list."""
    last = max(place for place, stage in enumerate(stages) if stage["unit"] != ADULT_STAGE)
    changed = [dict(stage) for stage in stages]
    changed[last] |= {"sampled": sampled, "probability": sampled / changed[last]["population"]}
    return changed


def over_all(stages: Stages) -> float:
    """The inclusion probability over all stages."""
    return prod(float(stage["probability"]) for stage in stages)


def _row(one: ReserveCase, sampled: int) -> dict[str, Any]:
    stages = with_sampled(one.stages, sampled)
    return {
        "survey_id": one.survey_id,
        "id": new_id(),
        "wave_id": one.wave_id,
        "area_id": one.area_id,
        "number": one.number,
        "stratum": one.stratum,
        "psu": one.psu,
        "stages": stages,
        "inclusion_probability": over_all(stages),
        "first_mode": one.first_mode,
        "reserve_replicate": one.replicate,
        "kish_table": one.kish_table,
        "disposition": Disposition.UNKNOWN,
    }
