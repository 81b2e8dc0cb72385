"""A survey with two released waves whose figures are written by hand: what may be evidence, and what may not."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy import select, update

from survey_service.audit.chain import SERVICE
from survey_service.database import Database
from survey_service.models import Account, Grant, Release, Role, Wave, WaveState
from survey_service.secrets import code_hash
from survey_service.surveys import service as surveys
from tests.service.world import NOW, World

COMMUNITY, OTHER = "110101000001", "110101000002"
HERE = "/surveys/satisfaction/rectification"
LATER = "2026Q4"


def cell(variable: str, value: float | None, **more: Any) -> dict[str, Any]:
    """A figure as a release keeps it."""
    known = {"low": 0.61, "high": 0.83, "sample_size": 89, "goal": {"value": 0.9, "at_least": True}, "digits": 1}
    return {"variable": variable, **({} if value is None else {"value": value, **known}), **more}


def record(cells: Mapping[str, Sequence[Mapping[str, Any]]], changes: Sequence[Mapping[str, Any]] | None = None) -> str:
    """The record of a release; ``cells`` by community."""
    rows = [
        {"domain": [["community", code]], "sample_size": 89, "cells": list(several)} for code, several in cells.items()
    ]
    made: dict[str, Any] = {
        "published": {"level": 0.95, "interval": "korn_graubard", "rule": {}, "notes": [], "rows": rows}
    }
    if changes is not None:
        made["changes"] = {"since": "S-1", "published": list(changes)}
    return json.dumps(made)


SHOWN = {
    COMMUNITY: [
        cell("awareness", 0.72, verdict="not_reached"),
        cell("satisfaction", 0.7, verdict="not_reached", tier="coarse"),
    ],
    OTHER: [
        cell("awareness", None, suppression="not_published", verdict="not_published", tier="not_alone"),
        cell("satisfaction", 0.8, coded="at_most", verdict="not_reached"),
    ],
}
"""One firm figure below its target; the others miss theirs too, and may not be said to."""


def release(
    database: Database,
    world: World,
    number: str,
    wave_id: Any,
    text: str,
    at: datetime = NOW,
    changes: Mapping[str, Any] | None = None,
) -> None:
    with database.writing.begin() as session:
        session.add(
            Release(
                survey_id=world.survey_id,
                wave_id=wave_id,
                edition=1,
                number=number,
                snapshot_sha256="0" * 64,
                questionnaire_sha256="0" * 64,
                specification={},
                estimates=text,
                estimates_sha256=code_hash(text),
                software_version="0",
                prepared_by="甲",
                reviewed_by="乙",
                signed_by="丙",
                released_at=at,
                changes=changes,
            )
        )
        session.execute(update(Wave).where(Wave.id == wave_id).values(state=WaveState.RELEASED, released_at=at))


def released(database: Database, world: World) -> World:
    """The first wave is released, and the leader answers for the first community alone."""
    release(database, world, "S-1", world.wave_id, record(SHOWN))
    with database.writing.begin() as session:
        leader = session.scalars(select(Account).where(Account.user == "leader")).one()
        session.execute(
            update(Grant)
            .where(Grant.account_id == leader.id, Grant.role == Role.LEADER)
            .values(area_id=world.community_ids[0])
        )
        other = Account(user="manager2", name="第二位", password_hash="", created_at=NOW)
        manager = session.scalars(select(Account).where(Account.user == "manager")).one()
        other.password_hash = manager.password_hash
        session.add(other)
        session.flush()
        session.add(Grant(account_id=other.id, role=Role.MANAGER, area_id=world.city_id))
    return world


def next_wave(
    database: Database, world: World, verdict: str | None, since: str = "S-1", *, apart: bool = False
) -> None:
    """A second wave is released, whose table of changes says this of the first community's awareness. ``apart``: what
    it tells of change is kept beside its record too, which then is not read."""
    told = {"variable": "awareness", "domain": [["community", COMMUNITY]], "verdict": verdict, "reasons": []}
    text = record(SHOWN, [] if verdict is None else [told]).replace('"S-1"', f'"{since}"')
    new = surveys.NewWave(
        key=LATER,
        name_zh="2026年第四季度",
        name_en="Fourth quarter 2026",
        questionnaire_version_id=world.version_id,
        opens_on=date(2026, 11, 1),
        closes_on=date(2026, 11, 30),
    )
    with database.writing.begin() as session:
        wave = surveys.create_wave(session, world.survey_id, new, at=NOW, by=SERVICE)
        wave_id = wave.id
    areas = {} if verdict is None else {COMMUNITY: {"awareness": verdict}}
    kept = {"since": since, "areas": areas} if apart else None
    release(database, world, "S-2", wave_id, "{}" if apart else text, NOW + timedelta(days=80), kept)
