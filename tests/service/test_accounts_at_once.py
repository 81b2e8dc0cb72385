"""Two people do at the same moment what only one of them may: the database decides, not who looked first."""

from __future__ import annotations

import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from uuid import UUID

import pytest
from sqlalchemy import select

from survey_service.accounts import first_administrator
from survey_service.accounts import service as accounts
from survey_service.accounts.administration import queries, service
from survey_service.accounts.administration.service import ActingAdministrator
from survey_service.accounts.errors import LastAdministrator
from survey_service.audit import Actor
from survey_service.audit.chain import SERVICE, SYSTEM, verify
from survey_service.database import Database
from survey_service.errors import NotFound
from survey_service.models import Account, Area, Role
from tests.service.world import NOW, PASSWORD, World

pytestmark = pytest.mark.both_databases

CITY = "110000000000"


def second_administrator(database: Database, world: World) -> tuple[UUID, UUID]:
    with database.writing.begin() as session:
        made = accounts.create_account(session, "second", "第二位", PASSWORD, at=NOW, by=SERVICE)
        accounts.grant(session, made, Role.ADMINISTRATOR, world.city_id, at=NOW, by=SERVICE)
        first = session.scalars(select(Account.id).where(Account.user == "administrator")).one()
        return first, made.id


@pytest.mark.parametrize("ways", [("revoke", "revoke"), ("disable", "disable"), ("revoke", "disable")], ids="-".join)
def test_two_administrators_who_take_the_right_from_each_other(
    database: Database, world: World, ways: tuple[str, str]
) -> None:
    first, second = second_administrator(database, world)
    start = threading.Barrier(2)

    def take(by: UUID, of: UUID, way: str) -> bool:
        acting = ActingAdministrator(by=Actor(by, "x"), scope=frozenset({world.city_id}), at=NOW, demonstration=False)
        start.wait(120)
        try:
            with database.writing.begin() as session:
                if way == "disable":
                    service.disable(session, acting, of)
                else:
                    service.revoke(session, acting, of, Role.ADMINISTRATOR, CITY)
        except LastAdministrator:
            return False
        return True

    with ThreadPoolExecutor(2) as pool:
        done = list(pool.map(take, (first, second), (second, first), ways))
    assert sorted(done) == [False, True]
    with database.reading.begin() as session:
        assert len(queries.top_administrators(session, demonstration=False)) == 1
        verify(session, SYSTEM)


def make_first(user: str) -> Callable[[Database], None]:
    def make(database: Database) -> None:
        with database.writing.begin() as session:
            first_administrator.make(
                session,
                user=user,
                name="管理员",
                password_hash="$hash",
                city_code=CITY,
                city_name="示范市",
                city_name_en="",
                at=NOW,
            )

    return make


def test_of_two_first_administrators_one_is_made(database: Database) -> None:
    """Both have the secret, and the city is there already: nothing but the lock stands between them."""
    with database.writing.begin() as session:
        session.add(Area(code=CITY, name_zh="示范市", kind="city"))
    tried = threading.Event()

    def second() -> str:
        tried.set()
        try:
            make_first("second")(database)
        except NotFound:
            return "refused"
        return "made"

    with ThreadPoolExecutor(1) as pool:
        with database.writing.begin() as session:
            first_administrator.make(
                session,
                user="first",
                name="管理员",
                password_hash="$hash",
                city_code=CITY,
                city_name="示范市",
                city_name_en="",
                at=NOW,
            )
            session.flush()
            answer = pool.submit(second)
            assert tried.wait(120)
        assert answer.result(120) == "refused"
    with database.reading.begin() as session:
        assert session.scalars(select(Account.user)).all() == ["first"]
