"""A small city by hand: one street, two communities, one open wave with six cases each, a person for every role."""

from __future__ import annotations

import hashlib
import sqlite3
from collections.abc import Callable, Mapping
from contextlib import closing
from dataclasses import dataclass, field, fields, replace
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any, ClassVar, Protocol, TypeVar
from uuid import UUID

import psycopg
from psycopg import sql
from sqlalchemy import make_url
from sqlalchemy.orm import Session

from questionnaires.loader import load
from questionnaires.model import Questionnaire
from questionnaires.text import Text
from survey_service.accounts import service as accounts
from survey_service.audit.chain import SERVICE
from survey_service.database import Database
from survey_service.models import Area, Case, Mode, QuestionnaireVersion, Role, Survey, Wave
from survey_service.secrets import KeyRing
from survey_service.settings import Settings
from survey_service.surveys import codes, definitions
from survey_service.surveys import service as surveys

QUESTIONNAIRE = load(Path(__file__).parent / "small.yaml")
NOW = datetime(2026, 9, 18, 2, 0, tzinfo=UTC)
OPENS, CLOSES = date(2026, 9, 1), date(2026, 9, 30)
PASSWORD = "a password for tests"


class Values(Protocol):
    """A dataclass."""

    __dataclass_fields__: ClassVar[dict[str, Any]]


Made = TypeVar("Made", bound=Values)


@dataclass(kw_only=True)
class World:
    survey_id: UUID
    survey_key: str
    wave_id: UUID
    wave_key: str
    version_id: UUID
    city_id: UUID
    street_id: UUID
    community_ids: list[UUID]
    case_ids: list[UUID]
    case_numbers: list[str]
    case_codes: list[str]  # single-use, in the order of the cases
    open_codes: list[str]  # one per community
    questionnaire: Questionnaire = field(default=QUESTIONNAIRE)


def build(database: Database, keys: KeyRing, questionnaire: Questionnaire = QUESTIONNAIRE) -> World:
    with database.writing.begin() as session:
        return _build(session, keys, questionnaire)


def build_or_copy(database: Database, settings: Settings) -> World:
    """What ``build`` makes in an empty database, made once a process."""
    secret = settings.secret_key.get_secret_value()
    return once(database, f"city {secret}", lambda: build(database, KeyRing(secret)))


def once(database: Database, state: str, make: Callable[[], Made]) -> Made:
    """The database as ``make`` leaves it, ids and all: made once a process under the name ``state``, then copied.

    ``make`` writes into this database and nothing else; what it needs of other states it asks for by itself.
    """
    if not database.is_sqlite and _served(database):
        return make()
    copies = _on_sqlite if database.is_sqlite else _on_postgresql
    template = f"{copies.__name__}{hashlib.sha256(state.encode()).hexdigest()[:16]}"
    if template not in _MADE:
        _MADE[template] = make()
        copies(database, template, keep=True)
    else:
        copies(database, template, keep=False)
    made: Made = _MADE[template]
    lists: dict[str, Any] = {
        one.name: list(getattr(made, one.name)) for one in fields(made) if str(one.type).startswith("list")
    }
    return replace(made, **lists)  # a test may add to its own


_MADE: dict[str, Any] = {}


def _on_sqlite(database: Database, template: str, *, keep: bool) -> None:
    target = Path(str(make_url(database.url).database))
    kept = target.with_name(f"{template}.db")
    source, copied = (target, kept) if keep else (kept, target)
    with closing(sqlite3.connect(source)) as reading, closing(sqlite3.connect(copied)) as writing:
        reading.backup(writing)


def _served(database: Database) -> bool:
    """Whether anybody else uses it, a client of HTTP for one: PostgreSQL copies no such database."""
    _leave(database)
    with _server(database) as server:
        asked = server.execute("SELECT 1 FROM pg_stat_activity WHERE datname = %s", [make_url(database.url).database])
        return asked.fetchone() is not None


def _leave(database: Database) -> None:
    for engine in (database.reading_engine, database.writing_engine):
        engine.dispose()


def _server(database: Database) -> psycopg.Connection[Any]:
    url = make_url(database.url).set(drivername="postgresql", database="postgres")
    return psycopg.connect(url.render_as_string(hide_password=False), autocommit=True)


def _on_postgresql(database: Database, template: str, *, keep: bool) -> None:
    _leave(database)
    here = make_url(database.url).database
    source, copied = (here, template) if keep else (template, here)
    with _server(database) as server:
        name = sql.Identifier
        server.execute(sql.SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)").format(name(str(copied))))
        made = sql.SQL("CREATE DATABASE {} TEMPLATE {} STRATEGY FILE_COPY")
        server.execute(made.format(name(str(copied)), name(str(source))))


def _build(session: Session, keys: KeyRing, questionnaire: Questionnaire) -> World:
    city, street, communities = _areas(session)
    survey, version, wave = draft(
        session,
        questionnaire,
        city_id=city.id,
        key="satisfaction",
        title=Text("示范市公众满意度测评", "Demonstration City Survey"),
    )
    cases = [_case(survey.id, wave.id, community, number) for community in communities for number in range(1, 7)]
    session.add_all(cases)
    session.flush()
    grant_every_role(session, city)
    surveys.open_wave(session, survey.id, wave.id, on=NOW.date(), at=NOW, by=SERVICE)
    return World(
        survey_id=survey.id,
        survey_key=survey.key,
        wave_id=wave.id,
        wave_key=wave.key,
        version_id=version.id,
        city_id=city.id,
        street_id=street.id,
        community_ids=[community.id for community in communities],
        case_ids=[case.id for case in cases],
        case_numbers=[case.number for case in cases],
        questionnaire=questionnaire,
        case_codes=[codes.issue_case_code(session, case, keys=keys) for case in cases],
        open_codes=[
            codes.issue_open_code(session, survey.id, wave.id, community.id, keys=keys) for community in communities
        ],
    )


def draft(
    session: Session,
    questionnaire: Questionnaire,
    *,
    city_id: UUID,
    key: str,
    title: Text,
    header: Mapping[str, str] | None = None,
) -> tuple[Survey, QuestionnaireVersion, Wave]:
    """A survey of ``questionnaire`` with its wave of the third quarter, not open yet."""
    survey = surveys.create_survey(
        session, key=key, title_zh=title.zh, title_en=title.en, city_id=city_id, at=NOW, by=SERVICE
    )
    version = definitions.store(session, survey.id, questionnaire, at=NOW, by=SERVICE)
    new = surveys.NewWave(
        key="2026Q3",
        name_zh="2026年第三季度",
        name_en="Third quarter 2026",
        questionnaire_version_id=version.id,
        opens_on=OPENS,
        closes_on=CLOSES,
        header=header,
    )
    return survey, version, surveys.create_wave(session, survey.id, new, at=NOW, by=SERVICE)


def _areas(session: Session) -> tuple[Area, Area, list[Area]]:
    city = Area(code="110000000000", name_zh="示范市", name_en="Demonstration City", kind="city")
    session.add(city)
    session.flush()
    street = Area(
        code="110101000000", name_zh="城厢街道", name_en="Chengxiang Subdistrict", kind="street", parent_id=city.id
    )
    session.add(street)
    session.flush()
    communities = [
        Area(
            code=f"11010100{number:04d}",
            name_zh=name,
            name_en=english,
            kind="community",
            parent_id=street.id,
            households=60,
        )
        for number, (name, english) in enumerate(
            [("万寿桥社区", "Wanshouqiao Community"), ("文昌阁社区", "Wenchangge Community")], start=1
        )
    ]
    session.add_all(communities)
    session.flush()
    return city, street, communities


def grant_every_role(session: Session, city: Area) -> None:
    """A person for every role, named after it."""
    for role in Role:
        person = accounts.create_account(
            session, user=role.value, name=f"测试{role.value}", password=PASSWORD, at=NOW, by=SERVICE
        )
        accounts.grant(session, account=person, role=role, area_id=city.id, at=NOW, by=SERVICE)


def _case(survey_id: UUID, wave_id: UUID, community: Area, number: int) -> Case:
    grid = f"{community.code}-{(number - 1) // 3 + 1:02d}"
    return Case(
        survey_id=survey_id,
        wave_id=wave_id,
        area_id=community.id,
        number=f"{community.code[-4:]}-{number:03d}",
        stratum=grid,
        psu=f"{grid}-{number:03d}",
        stages=[
            {"unit": f"{grid}-{number:03d}", "population": 30, "sampled": 3, "probability": 0.1, "variance": True},
            {"unit": "adult", "population": 2, "sampled": 1, "probability": 0.5, "variance": False},
        ],
        inclusion_probability=0.05,
        first_mode=Mode.WEB_INVITED if number % 2 else Mode.PAPER,
    )
