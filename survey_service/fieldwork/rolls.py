"""The roll of a household: its adults are written down at the door, and the rule of the wave says who answers.

Nobody at the door chooses: the next birthday is counted from the first day of the wave, and a Kish table belongs to the
case from before the field. A roll is written once; another one needs the first taken back, and both stay to be seen.
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import cast
from uuid import UUID

from sqlalchemy import Table, select, update
from sqlalchemy.orm import Session

from survey_service import audit
from survey_service.bulk import insert_unless_there
from survey_service.errors import BadInput, Conflict
from survey_service.fieldwork.visits import Told, settle
from survey_service.ids import new_id
from survey_service.models import MOST_ADULTS, Case, Kin, ListedUnit, Roll, SelectionWithin, Wave


class RollThere(Conflict):
    code = "E188"
    zh = "这一户的成年人已经记过了。要改，先撤回原来记的。"
    en = "The adults of this household are written down already. Take that back first to change it."


class RollGone(Conflict):
    code = "E189"
    zh = "这一户的成年人还没有记，或者已经撤回了。刷新页面看看。"
    en = "The adults of this household are not written down, or were taken back. Reload the page."


class WrongRoll(BadInput):
    code = "E193"
    zh = f"家里 18 岁以上的人要有 1 到 {MOST_ADULTS} 位；按表选人的，每一位都要选男或女。"
    en = f"A household has 1 to {MOST_ADULTS} adults; where a table chooses, each needs a sex."


class Sex(StrEnum):
    MALE = "male"
    FEMALE = "female"


@dataclass(frozen=True, slots=True, kw_only=True)
class Listed:
    """One adult as told at the door; no name."""

    sex: Sex
    kin: Kin


@dataclass(frozen=True, slots=True, kw_only=True)
class NewRoll:
    """``people``: from the oldest to the youngest; only a Kish table needs them. ``id``: made by whoever tells it, so
    that what is sent twice is one."""

    adults: int
    people: Sequence[Listed] = ()
    id: UUID = field(default_factory=new_id)


def rule_of(wave: Wave) -> SelectionWithin:
    """Who of a household answers in this wave. Of a list of shops or staff nobody is chosen among adults."""
    return wave.selection_within if wave.listed_unit is ListedUnit.HOUSEHOLD else SelectionWithin.ANY


def kish_table_of(case: Case) -> str:
    """The table that came with the case, else the one of its lot: fixed before the field, and nobody can pick it."""
    from analysis.sampling.household import kish_table_of_lot

    lot = hashlib.sha256(f"{case.wave_id}:{case.number}".encode()).digest()
    return case.kish_table or kish_table_of_lot(int.from_bytes(lot, "big"))


def in_force(session: Session, survey_id: UUID, case_id: UUID) -> Roll | None:
    return session.scalars(
        select(Roll).where(Roll.survey_id == survey_id, Roll.case_id == case_id, Roll.withdrawn_at.is_(None))
    ).one_or_none()


def every(session: Session, survey_id: UUID, case_id: UUID) -> Sequence[Roll]:
    """Also those that were taken back, in the order of time."""
    return session.scalars(
        select(Roll).where(Roll.survey_id == survey_id, Roll.case_id == case_id).order_by(Roll.at, Roll.id)
    ).all()


def write(session: Session, wave: Wave, case: Case, new: NewRoll, told: Told) -> None:
    """Keep the roll and whom the rule of the wave chooses by it; the outcome of the case is settled anew.

    WrongRoll for what is no household; RollThere where another roll is in force.
    """
    rule = rule_of(wave)
    by_table = rule is SelectionWithin.KISH
    if not 1 <= new.adults <= MOST_ADULTS or (by_table and len(new.people) != new.adults):
        raise WrongRoll
    row = {
        "survey_id": wave.survey_id,
        "id": new.id,
        "wave_id": wave.id,
        "case_id": case.id,
        "at": told.at,
        "by_account_id": told.by.account_id,
        "by_name": told.by.name[:60],
        "source": told.source,
        "rule": rule,
        "adults": new.adults,
        "listed": [],
        "chosen": None,
        "kish_table": None,
        **(_by_table(case, new.people) if by_table else {}),
    }
    if not insert_unless_there(session, cast("Table", Roll.__table__), row):
        if session.get(Roll, (wave.survey_id, new.id)) is None:
            raise RollThere
        return
    _log(session, case, told.at, told.by, "roll.written", new.id, rule)


def take_back(session: Session, case: Case, *, at: datetime, by: audit.Actor) -> None:
    """What was written by mistake chooses nobody any more and stays to be seen. RollGone where there is none."""
    roll_id = session.scalar(
        update(Roll)
        .where(Roll.survey_id == case.survey_id, Roll.case_id == case.id, Roll.withdrawn_at.is_(None))
        .values(withdrawn_at=at, withdrawn_by=by.name[:60] or "service")
        .returning(Roll.id)
    )
    if roll_id is None:
        raise RollGone
    _log(session, case, at, by, "roll.taken_back", roll_id, None)


def _by_table(case: Case, people: Sequence[Listed]) -> dict[str, object]:
    """In the order of a Kish table, with the place of whom the table of the case chooses."""
    from analysis.sampling.household import KishTable, kish_select

    ordered = sorted(people, key=lambda one: one.sex is Sex.FEMALE)  # stable: each sex stays from the oldest
    table = kish_table_of(case)
    return {
        "listed": [{"sex": one.sex.value, "kin": one.kin.value} for one in ordered],
        "chosen": kish_select(KishTable(table), len(ordered)),
        "kish_table": table,
    }


def _log(
    session: Session,
    case: Case,
    at: datetime,
    by: audit.Actor,
    action: str,
    roll_id: UUID,
    rule: SelectionWithin | None,
) -> None:
    if case.last_visit_at is not None:  # whether an adult is known decides what nobody at home means
        settle(session, case.survey_id, [case.id])
    audit.record(
        session,
        survey_id=case.survey_id,
        at=at,
        by=by,
        action=action,
        record=audit.Rows(f"case {case.id}", case.wave_id),
        detail={"roll": str(roll_id), **({"rule": rule.value} if rule else {})},
    )
