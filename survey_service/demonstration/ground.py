"""The ground the demonstration stands on: a mark in the database, areas with their people, staff, the survey."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Any, Final
from uuid import UUID

import numpy as np
from sqlalchemy import select
from sqlalchemy.orm import Session

from questionnaires.loader import available, load
from questionnaires.model import Questionnaire
from questionnaires.text import Text
from survey_service import audit
from survey_service.accounts import service as accounts
from survey_service.areas import service as areas
from survey_service.areas.people_file import Declaration
from survey_service.audit.chain import SERVICE, SYSTEM
from survey_service.demonstration.answers import TOPICS
from survey_service.demonstration.city import (
    CITY_CODE,
    CITY_NAME,
    POPULATION_SOURCE,
    STREETS,
    community_code,
    street_code,
)
from survey_service.demonstration.population import Residents, settle
from survey_service.models import Account, Area, AuditEntry, Mode, RegisterKind, Role
from survey_service.surveys import definitions
from survey_service.surveys import service as surveys

MARK: Final = "demonstration.begun"
SURVEY_KEY: Final = "sf"
PROGRAMME: Final = "civilized_city"

STAFF: Final[Mapping[Role, str]] = {
    Role.ADMINISTRATOR: "赵启明",
    Role.MANAGER: "李敏",
    Role.KEYER: "刘洋",
    Role.INTERVIEWER: "王芳",
    Role.STATISTICIAN: "林一舟",
    Role.LEADER: "周定之",
}

SUPPORT_QUESTION: Final = "q3"
FIRST_VERSION: Final = "1.9"
ONE_SIDED: Final = Text(
    "您支持我市创建全国文明城市吗？", "Do you support the city's effort to become a National Civilised City?"
)
HEADER: Final = {
    "form_number": "SFW-03 表",
    "issuing_body": "示范市精神文明建设办公室",
    "approval_number": "示统审〔{year}〕17 号",
}
TARGETS: Final = {
    "awareness": {"value": 0.90, "sense": "at_least"},
    "support": {"value": 0.90, "sense": "at_least"},
    "participation": {"value": 0.70, "sense": "at_least"},
    "satisfaction": {"value": 0.85, "sense": "at_least"},
}
METHOD: Final[Mapping[str, Any]] = {
    "population": {
        "zh": "本市常住 18 岁及以上居民，含流动人口",
        "en": "residents of the city aged 18 and over, migrants included",
    },
    "frame": {
        "zh": "社区网格住户地址台账，调查前一个月更新",
        "en": "the communities' grid registers of addresses, updated the month before the field",
    },
    "frame_coverage": 0.97,
    "selection": {
        "zh": "三个街道（镇）以网格为层，逐格在地址台账上等距抽取住户；云溪街道先抽取 10 个网格，再在其中等距抽取住户。"
        "每户按生日法抽选一名 18 岁及以上常住居民，未遇者回访两次。纸面问卷与邀请码随机分派",
        "en": "In three streets every grid is a stratum, in which households are drawn systematically from the "
        "register; in Yunxi Street 10 grids are drawn first, then households within them. In each household the "
        "adult with the next birthday is asked, with two callbacks. Paper and invitation code are assigned at random",
    },
}

MODES: Final = (Mode.WEB_INVITED, Mode.PAPER, Mode.FACE_TO_FACE, Mode.WEB_OPEN)
INTERVIEWERS: Final = (("interviewer2", "陈佳"), ("interviewer3", "何志强"))  # beside the one of ``STAFF``


@dataclass(frozen=True, slots=True, kw_only=True)
class Ground:
    survey_id: UUID
    version_id: UUID
    questionnaire: Questionnaire
    first_version: tuple[UUID, Questionnaire]  # what the first wave asked
    residents: Mapping[str, Residents]  # by community code, in code order
    area_ids: Mapping[str, UUID]  # by code: communities
    staff: Mapping[Role, audit.Actor]
    interviewers: Sequence[audit.Actor]  # all of them
    passwords: Mapping[str, tuple[str, str]]  # who -> user, password

    @property
    def in_the_first_wave(self) -> Ground:
        """What was asked then, of the same people as they were then."""
        version_id, questionnaire = self.first_version
        residents = {code: one.in_the_first_wave for code, one in self.residents.items()}
        return replace(self, version_id=version_id, questionnaire=questionnaire, residents=residents)


def begin(session: Session, *, seed: int, on: date, software_version: str, at: datetime) -> None:
    """Write the mark: from here on the database is the demonstration's own and may be made anew."""
    audit.record(
        session,
        survey_id=None,
        at=at,
        by=SERVICE,
        action=MARK,
        record="demonstration",
        detail={"seed": seed, "on": on.isoformat(), "software_version": software_version},
    )


def is_marked(session: Session) -> bool:
    """Whether the demonstration wrote the first entry of the system's chain."""
    first = select(AuditEntry.action).where(AuditEntry.chain == SYSTEM, AuditEntry.sequence == 1)
    return session.scalar(first) == MARK


def is_empty(session: Session) -> bool:
    """No area, no account and no audit entry: nobody has used this database."""
    kinds: tuple[Any, ...] = (Area.id, Account.id, AuditEntry.sequence)
    return all(session.scalar(select(column).limit(1)) is None for column in kinds)


def people(seed: int) -> dict[str, Residents]:
    """The residents of every community, by its code; each from its own stream of chance."""
    plans = [
        (community_code(street, position), plan)
        for street in STREETS
        for position, plan in enumerate(street.communities, start=1)
    ]
    return {
        code: settle(code, plan, topics=len(TOPICS), rng=np.random.default_rng([seed, 0, number]))
        for number, (code, plan) in sorted(enumerate(plans), key=lambda item: item[1][0])
    }


def lay(session: Session, residents: Mapping[str, Residents], *, counted_on: date, at: datetime) -> Ground:
    """Areas, people, accounts, survey and questionnaire, through the services that staff use."""
    city = areas.add_area(
        session,
        areas.NewArea(code=CITY_CODE, name_zh=CITY_NAME[0], name_en=CITY_NAME[1], kind="city"),
        at=at,
        by=SERVICE,
    )
    area_ids = _areas(session, city, residents, counted_on=counted_on, at=at)
    staff, passwords = _staff(session, city, at=at)
    more, theirs = _interviewers(session, city, at=at)
    interviewers, passwords = [staff[Role.INTERVIEWER], *more], {**passwords, **theirs}
    survey = surveys.create_survey(
        session,
        key=SURVEY_KEY,
        title_zh="示范市公众满意度测评",
        title_en="Shifan City Survey of Residents",
        city_id=city.id,
        method={name: METHOD[name] for name in ("population", "frame", "frame_coverage")},
        at=at,
        by=staff[Role.MANAGER],
    )
    questionnaire = load(available()[PROGRAMME])
    asked_first = as_first_asked(questionnaire)
    first = definitions.store(session, survey.id, asked_first, at=at, by=staff[Role.MANAGER])
    stored = definitions.store(session, survey.id, questionnaire, at=at, by=staff[Role.MANAGER])
    return Ground(
        survey_id=survey.id,
        version_id=stored.id,
        questionnaire=questionnaire,
        first_version=(first.id, asked_first),
        residents=residents,
        area_ids=area_ids,
        staff=staff,
        interviewers=interviewers,
        passwords=passwords,
    )


def as_first_asked(questionnaire: Questionnaire) -> Questionnaire:
    """The version of the first wave, which asked for support alone, not for both sides: its rate is not compared."""
    sections = tuple(
        replace(
            section,
            questions=tuple(
                replace(one, text=ONE_SIDED) if one.id == SUPPORT_QUESTION else one for one in section.questions
            ),
        )
        for section in questionnaire.sections
    )
    return replace(questionnaire, version=FIRST_VERSION, sections=sections)


def _areas(
    session: Session, city: Area, residents: Mapping[str, Residents], *, counted_on: date, at: datetime
) -> dict[str, UUID]:
    ids: dict[str, UUID] = {}
    for street in sorted(STREETS, key=street_code):
        above = areas.add_area(
            session,
            areas.NewArea(
                code=street_code(street),
                name_zh=street.name_zh,
                name_en=street.name_en,
                kind=street.kind,
                parent_id=city.id,
            ),
            at=at,
            by=SERVICE,
        )
        for position, plan in enumerate(street.communities, start=1):
            code = community_code(street, position)
            community = areas.add_area(
                session,
                areas.NewArea(
                    code=code,
                    name_zh=plan.name_zh,
                    name_en=plan.name_en,
                    kind="community",
                    parent_id=above.id,
                    households=plan.households,
                ),
                at=at,
                by=SERVICE,
            )
            ids[code] = community.id
            areas.record_population(
                session,
                community.id,
                residents[code].counts(),
                Declaration(as_of=counted_on, register=RegisterKind.USUAL_RESIDENTS, source=POPULATION_SOURCE),
                at=at,
                by=SERVICE,
            )
            for grid, households in enumerate(residents[code].households_by_grid()):
                areas.add_area(
                    session,
                    areas.NewArea(
                        code=residents[code].grid_code(grid),
                        name_zh=f"第{grid + 1}网格",
                        name_en=f"Grid {grid + 1}",
                        kind="grid",
                        parent_id=community.id,
                        households=households,
                    ),
                    at=at,
                    by=SERVICE,
                )
    return ids


def _staff(session: Session, city: Area, *, at: datetime) -> tuple[dict[Role, audit.Actor], dict[str, tuple[str, str]]]:
    actors: dict[Role, audit.Actor] = {}
    passwords: dict[str, tuple[str, str]] = {}
    for role, name in STAFF.items():
        password = f"shifan-{role.value}"
        account = accounts.create_account(session, role.value, name, password, at=at, by=SERVICE, demonstration=True)
        accounts.grant(session, account, role, city.id, at=at, by=SERVICE)
        actors[role] = audit.Actor(account.id, name)
        passwords[role.value] = (role.value, password)
    return actors, passwords


def _interviewers(
    session: Session, city: Area, *, at: datetime
) -> tuple[list[audit.Actor], dict[str, tuple[str, str]]]:
    actors, passwords = [], {}
    for user, name in INTERVIEWERS:
        account = accounts.create_account(session, user, name, f"shifan-{user}", at=at, by=SERVICE, demonstration=True)
        accounts.grant(session, account, Role.INTERVIEWER, city.id, at=at, by=SERVICE)
        actors.append(audit.Actor(account.id, name))
        passwords[user] = (user, f"shifan-{user}")
    return actors, passwords
