"""What the page of a draw begins with: what the last wave measured of its field, and the targets of this one."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Final
from uuid import UUID

from sqlalchemy import Select, func, select
from sqlalchemy.orm import Session

from analysis.outcome_codes import OutcomeMode
from questionnaires.indicators import SHARES
from questionnaires.model import Questionnaire
from questionnaires.text import Text
from survey_service.models import Survey, Visit, Wave
from survey_service.sampling.sizes import Target
from survey_service.surveys import definitions, next_wave, planning_queries, queries
from survey_service.surveys.draw_form import USUAL
from survey_service.web.posted_forms import shown_percent

LEAST_VISITS: Final = 50  # of a wave: fewer say nothing of what is usual


@dataclass(slots=True)
class Offers:
    """Boxes that are filled beforehand, and where each value comes from."""

    typed: dict[str, str] = field(default_factory=dict)
    hints: dict[str, Text] = field(default_factory=dict)


def offers(session: Session, survey: Survey, wave: Wave, visible: Select[tuple[UUID]]) -> Offers:
    """USUAL values, better ones from the wave's own plan and from the last wave that is over."""
    found = Offers(typed=dict(USUAL))
    _targets(session, wave, found)
    before = _last(session, survey, wave)
    if wave.plan.get("response_rate"):
        found.typed["response"] = shown_percent(wave.plan["response_rate"])
        found.hints["response"] = Text("这一期计划里写的。", "As the plan of this wave has it.")
    if before is None:
        return found
    name = Text(before.name_zh, before.name_en or before.name_zh)
    if not found.typed["response"]:
        rate = next_wave.measured(session, survey, before, visible).response_rate
        if rate:
            found.typed["response"] = shown_percent(round(rate, 3))
            found.hints["response"] = _measured(name)
    _visits(session, before, name, found)
    _level(session, wave, before, name, found)
    return found


def targets_of(questionnaire: Questionnaire, own: Mapping[str, Mapping[str, object]]) -> list[tuple[str, Target]]:
    """Targets of shares by indicator, the wave's own before those of the questionnaire; headline indicators first."""
    found = []
    for one in sorted(questionnaire.indicators, key=lambda each: not each.headline):
        if one.kind not in SHARES:
            continue
        if given := own.get(one.id):
            found.append((one.id, Target(value=float(str(given["value"])), at_least=_floor(given), name=one.name)))
        elif one.target is not None:
            floor = one.target.sense.value == "at_least"
            found.append((one.id, Target(value=one.target.value, at_least=floor, name=one.name)))
    return found


def targets(session: Session, wave: Wave) -> list[tuple[str, Target]]:
    questionnaire = definitions.frozen(session, wave.survey_id, wave.questionnaire_version_id)
    return targets_of(questionnaire, wave.targets)


def _floor(given: Mapping[str, object]) -> bool:
    return given["sense"] == "at_least"


def _targets(session: Session, wave: Wave, found: Offers) -> None:
    known = targets(session, wave)
    if not known:
        found.hints["level"] = Text(
            "只在“按判定”时用。这一期还没有目标。", "Only by the verdict; this wave has no target yet."
        )
        return
    target = known[0][1]
    sign = "≥" if target.at_least else "≤"
    of = f"{sign} {shown_percent(target.value)}%"
    found.hints["level"] = Text(
        f"“{target.name.zh}”（目标 {of}）预计会是多少。空着就不算把握。",
        f"Of “{target.name.en or target.name.zh}” (target {of}). Empty: no power is told.",
    )


def _last(session: Session, survey: Survey, wave: Wave) -> Wave | None:
    return next(
        (
            one
            for one in planning_queries.waves(session, survey)
            if one.id != wave.id and one.state in next_wave.OVER and one.opens_on <= wave.opens_on
        ),
        None,
    )


def _measured(name: Text) -> Text:
    return Text(f"“{name.zh}”测到的。", f"As “{name.en}” measured it.")


def _visits(session: Session, before: Wave, name: Text, found: Offers) -> None:
    """Visits at doors: to each case that was visited, and of each person on each day that they went out."""
    of_wave = (
        (Visit.survey_id == before.survey_id)
        & (Visit.wave_id == before.id)
        & (Visit.mode == OutcomeMode.IN_PERSON)
        & Visit.withdrawn_at.is_(None)
    )
    count, cases = session.execute(select(func.count(), func.count(func.distinct(Visit.case_id))).where(of_wave)).one()
    if count < LEAST_VISITS:
        return
    found.typed["visits"] = f"{count / cases:.1f}"
    found.hints["visits"] = _measured(name)
    by_day = (
        select(Visit.by_account_id, func.date(Visit.at))
        .where(of_wave, Visit.by_account_id.is_not(None))
        .distinct()
        .subquery()
    )
    days = session.scalar(select(func.count()).select_from(by_day)) or 0
    if days:
        counted = session.scalar(select(func.count()).where(of_wave, Visit.by_account_id.is_not(None))) or 0
        found.typed["per_day"] = f"{counted / days:.0f}" if counted >= days else f"{counted / days:.1f}"
        found.hints["per_day"] = _measured(name)


def _level(session: Session, wave: Wave, before: Wave, name: Text, found: Offers) -> None:
    """The city's figure of the first target's indicator, where the last wave published it."""
    known: Sequence[tuple[str, Target]] = targets(session, wave)
    signed = next(iter(queries.releases(session, before)), None)
    if not known or signed is None:
        return
    for table in json.loads(signed.estimates).get("raw", ()):
        for one in table["estimates"]:
            if one.get("variable") == known[0][0] and not one["domain"] and one.get("value") is not None:
                found.typed["level"] = shown_percent(round(float(one["value"]), 3))
                zh, en = found.hints["level"].zh, found.hints["level"].en
                found.hints["level"] = Text(f"{zh}{_measured(name).zh}", f"{en} {_measured(name).en}")
                return
