"""What is there and what comes next: for an administrator who begins, and for an interviewer who has just signed in."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from sqlalchemy import func, or_, select
from sqlalchemy.orm import Session

from questionnaires.text import Text
from survey_service.accounts import queries as accounts
from survey_service.accounts import rights
from survey_service.accounts.permissions import Person
from survey_service.models import (
    Account,
    Area,
    AreaPopulation,
    Case,
    Disposition,
    Grant,
    Role,
    Survey,
    Wave,
    WaveState,
)

STAFF_NEEDED = (*rights.PLAN, *rights.REVIEW)  # nobody else can plan a survey, or judge and release it


@dataclass(frozen=True, slots=True, kw_only=True)
class Begun:
    """Counts of what stands in an administrator's areas."""

    communities: int
    with_population: int  # of the communities
    administrators: int  # who can sign in, the one who looks among them
    missing_roles: tuple[str, ...]  # of those that every survey needs
    surveys: int
    second_factor: bool

    @property
    def finished(self) -> bool:
        return bool(
            self.communities
            and self.with_population == self.communities
            and self.administrators > 1
            and not self.missing_roles
            and self.surveys
            and self.second_factor
        )


def begun(session: Session, person: Person) -> Begun:
    within = accounts.below(person.areas(*rights.MANAGE_ACCOUNTS))
    communities = select(Area.id).where(Area.id.in_(within), Area.kind == "community")
    counted = select(func.count(AreaPopulation.area_id.distinct())).where(AreaPopulation.area_id.in_(communities))
    held = session.execute(
        select(Grant.role, func.count(Account.id.distinct()))
        .join(Account, Account.id == Grant.account_id)
        .where(Grant.area_id.in_(within), Account.disabled_at.is_(None))
        .group_by(Grant.role)
    )
    people = dict(held.all())
    # The city's surveys are asked in a street's areas too.
    above = accounts.above(person.areas(*rights.MANAGE_ACCOUNTS))
    surveys = select(func.count(Survey.id)).where(or_(Survey.city_id.in_(within), Survey.city_id.in_(above)))
    return Begun(
        communities=session.scalar(select(func.count()).select_from(communities.subquery())) or 0,
        with_population=session.scalar(counted) or 0,
        administrators=people.get(Role.ADMINISTRATOR, 0),
        missing_roles=tuple(role.value for role in STAFF_NEEDED if role not in people),
        surveys=session.scalar(surveys) or 0,
        second_factor=person.second_factor,
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class Visits:
    """A wave that is asked in an interviewer's areas."""

    survey: Text
    wave: Text
    opens_on: date
    closes_on: date
    cases: int  # sampled there
    answered: int


def visits(session: Session, person: Person) -> list[Visits]:
    """The open waves with sampled households in the areas of an interviewer."""
    answered = func.count(Case.id).filter(Case.disposition.in_((Disposition.COMPLETE, Disposition.PARTIAL)))
    rows = session.execute(
        select(Survey, Wave, func.count(Case.id), answered)
        .join(Wave, Wave.survey_id == Survey.id)
        .join(Case, (Case.survey_id == Wave.survey_id) & (Case.wave_id == Wave.id))
        .where(Wave.state == WaveState.OPEN, Case.area_id.in_(person.visible(*rights.VISIT)))
        .group_by(Survey.id, Wave.survey_id, Wave.id)
        .order_by(Wave.closes_on, Survey.key)
    )
    return [
        Visits(
            survey=Text(survey.title_zh, survey.title_en),
            wave=Text(wave.name_zh, wave.name_en),
            opens_on=wave.opens_on,
            closes_on=wave.closes_on,
            cases=cases,
            answered=done,
        )
        for survey, wave, cases, done in rows
    ]
