"""Who reads contact data is one account with a second factor, to which a second person agreed."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from uuid import UUID

import pytest
from fastapi.testclient import TestClient
from sqlalchemy import select, update

from survey_service import audit
from survey_service.accounts import service as accounts
from survey_service.app import create_app
from survey_service.audit.chain import SERVICE
from survey_service.database import Database
from survey_service.models import Account, AccountIdentity, Area, AuditEntry, Role, Wave
from survey_service.settings import Settings
from tests.security.test_second_factor import enrol
from tests.service.conftest import TestClock
from tests.service.signed_in import HTML, get, post, sign_in, sign_in_past_second_factor
from tests.service.world import NOW, PASSWORD, World

PAGE = "/surveys/satisfaction/waves/2026Q3/contacts"


@pytest.fixture
def naming(settings: Settings, world: World, clock: TestClock, database: Database) -> Iterator[TestClient]:
    """A wave that asks, and ``manager`` and ``second`` named as readers; ``second`` is another manager."""
    plan = {"contact": {"purpose": {"zh": "请您参加座谈", "en": "A talk"}, "days": 14}}
    with database.writing.begin() as session:
        session.execute(update(Wave).values(plan=plan))
        made = accounts.create_account(session, "second", "第二位", PASSWORD, at=NOW, by=SERVICE)
        city = session.scalars(select(Area.id).where(Area.parent_id.is_(None))).one()
        accounts.grant(session, made, Role.MANAGER, city, at=NOW, by=SERVICE)
    chosen = settings.model_copy(update={"contact_readers": "Manager, second"})
    app = create_app(chosen, clock=clock)
    with TestClient(app, follow_redirects=False, client=("203.0.113.7", 50000)) as opened:
        yield opened


def account(database: Database, user: str) -> UUID:
    with database.reading.begin() as session:
        return session.scalars(select(Account.id).where(Account.user == user)).one()


def agree(client: TestClient, database: Database, *, by: str, to: str = "manager") -> int:
    sign_in_past_second_factor(client, database, by)
    return post(client, f"/contact-readers/{account(database, to)}").status_code


def reads(client: TestClient, database: Database) -> int:
    sign_in_past_second_factor(client, database, "manager")
    token = post(client, PAGE, {"reason": "九月座谈会"})
    return token.status_code


def ready(client: TestClient, clock: TestClock, database: Database) -> None:
    """The manager has a second factor, and somebody has agreed."""
    enrol(client, clock, "manager")
    assert agree(client, database, by="administrator") == 303
    assert reads(client, database) == 200


def test_a_name_on_the_list_is_not_enough(naming: TestClient, database: Database, clock: TestClock) -> None:
    sign_in(naming, "manager")
    assert naming.get(PAGE).json()["error"]["code"] == "E101"  # a second factor, whatever the settings say
    assert agree(naming, database, by="administrator") == 422  # nothing to agree to before it is set up
    enrol(naming, clock, "manager")
    assert naming.get(PAGE).json()["error"]["code"] == "E108"
    assert "第二个人确认" in get(naming, PAGE, 403)
    assert agree(naming, database, by="second") == 303
    assert reads(naming, database) == 200
    sign_in_past_second_factor(naming, database, "administrator")
    assert "由第二位确认" in get(naming, "/contact-readers")


def test_nobody_agrees_to_themselves(naming: TestClient, database: Database, clock: TestClock) -> None:
    enrol(naming, clock, "manager")
    assert agree(naming, database, by="manager") == 409
    assert naming.get(PAGE).status_code == 403
    assert f"/contact-readers/{account(database, 'manager')}" not in get(naming, "/contact-readers")


@pytest.mark.parametrize("step", ["password", "second-factor", "identity-linked", "identity"])
def test_an_account_that_is_reset_reads_nothing_until_a_second_person_agrees(
    naming: TestClient, database: Database, clock: TestClock, step: str
) -> None:
    ready(naming, clock, database)
    theirs = account(database, "manager")
    if step == "identity":  # there is one to take back
        with database.writing.begin() as session:
            session.add(AccountIdentity(account_id=theirs, name="zhang.wei", linked_at=clock.at))
    sign_in_past_second_factor(naming, database, "administrator")
    if step == "identity-linked":
        with database.writing.begin() as session:  # as the page of identities does it
            held = session.get_one(Account, theirs)
            accounts.touched(session, held, at=clock.at, by=audit.Actor(account(database, "administrator")))
    else:
        assert post(naming, f"/accounts/{theirs}/steps/{step}").status_code in {200, 303}
    with database.writing.begin() as session:
        made = session.get_one(Account, theirs)
        made.start_password_until, made.second_factor_since = None, clock.at  # the reader has done their part
        assert made.contacts_agreed_at is None
        made.password_hash = session.scalars(select(Account.password_hash).where(Account.user == "second")).one()
    assert reads(naming, database) == 403
    assert agree(naming, database, by="administrator") == 409  # whoever reset it
    assert reads(naming, database) == 403
    assert agree(naming, database, by="second") == 303
    assert reads(naming, database) == 200


def test_an_account_made_anew_under_a_listed_name(
    settings: Settings, world: World, database: Database, clock: TestClock
) -> None:
    """The administrator who makes it, and a helper made in the same week, do not agree to it."""
    chosen = settings.model_copy(update={"contact_readers": "zhao.min"})
    with TestClient(create_app(chosen, clock=clock), follow_redirects=False) as client:
        for user in ("zhao.min", "helper"):
            sign_in(client, "administrator")
            made = {"user": user, "name": "赵敏", "role": "manager", "area": "370200000000"}
            with database.reading.begin() as session:
                made["area"] = session.scalars(select(Area.code).where(Area.parent_id.is_(None))).one()
            assert post(client, "/accounts", made).status_code == 200
            with database.writing.begin() as session:
                theirs = session.scalars(select(Account).where(Account.user == user)).one()
                theirs.start_password_until, theirs.second_factor_since = None, clock.at
                theirs.password_hash = session.scalars(
                    select(Account.password_hash).where(Account.user == "manager")
                ).one()
        assert agree(client, database, by="administrator", to="zhao.min") == 409
        assert agree(client, database, by="helper", to="zhao.min") == 409
        assert "7 天" in post(client, f"/contact-readers/{account(database, 'zhao.min')}").text
        clock.at += timedelta(days=7)
        assert agree(client, database, by="helper", to="zhao.min") == 303


def test_both_are_written_down_with_where_they_came_from(
    naming: TestClient, database: Database, clock: TestClock
) -> None:
    ready(naming, clock, database)
    sign_in_past_second_factor(naming, database, "administrator")
    post(naming, f"/accounts/{account(database, 'manager')}/steps/password")
    with database.reading.begin() as session:
        for action in ("account.contacts_agreed", "account.password_reset"):
            entry = session.scalars(select(AuditEntry).where(AuditEntry.action == action)).one()
            assert entry.by_account_id == account(database, "administrator")
            assert entry.record == f"account {account(database, 'manager')}"
            assert entry.detail["address"] == "203.0.113.7"


def test_who_is_not_named_is_not_agreed_to(naming: TestClient, database: Database) -> None:
    assert agree(naming, database, by="administrator", to="leader") == 404


def test_an_account_made_to_act_through_is_ones_own_hand(
    naming: TestClient, database: Database, clock: TestClock
) -> None:
    """The administrator makes another, who makes the reader: neither agrees, nor whoever the other makes beside."""
    enrol(naming, clock, "manager")
    administrator, second = (audit.Actor(account(database, user)) for user in ("administrator", "second"))
    with database.writing.begin() as session:
        puppet, reader = (
            session.scalars(select(Account).where(Account.user == user)).one() for user in ("second", "manager")
        )
        accounts.touched(session, puppet, at=clock.at, by=administrator)
        accounts.touched(session, reader, at=clock.at, by=second)
        assert set(reader.hands) == {str(administrator.account_id), str(second.account_id)}
    assert agree(naming, database, by="administrator") == 409
    assert agree(naming, database, by="second") == 409
    with database.writing.begin() as session:  # whoever was made long ago acts for themselves
        puppet, reader = (
            session.scalars(select(Account).where(Account.user == user)).one() for user in ("second", "manager")
        )
        reader.hands, puppet.touched_at = [], clock.at - accounts.SAME_HANDS_FOR
        session.flush()
        accounts.touched(session, reader, at=clock.at, by=second)
    assert agree(naming, database, by="administrator") == 303


def test_a_step_that_changes_nothing_ends_no_agreement(
    naming: TestClient, database: Database, clock: TestClock
) -> None:
    """Taking back an identity that is not there leaves no entry: it must not end what has one."""
    ready(naming, clock, database)
    theirs = account(database, "manager")
    sign_in_past_second_factor(naming, database, "administrator")
    post(naming, f"/accounts/{theirs}/steps/identity")
    with database.reading.begin() as session:
        assert session.get_one(Account, theirs).contacts_agreed_at is not None


@pytest.mark.parametrize("backend", ["postgresql"], indirect=True)
def test_an_agreement_given_while_a_reset_is_on_its_way_does_not_outlive_it(
    naming: TestClient, database: Database, clock: TestClock
) -> None:
    """On SQLite no two write at once; here the reset has read the account before the other agreed."""
    enrol(naming, clock, "manager")
    theirs = account(database, "manager")
    with database.writing.begin() as resetting:
        held = resetting.get_one(Account, theirs)
        assert held.contacts_agreed_at is None
        assert agree(naming, database, by="administrator") == 303
        accounts.touched(resetting, held, at=clock.at, by=SERVICE)
    with database.reading.begin() as session:
        assert session.get_one(Account, theirs).contacts_agreed_at is None


def test_by_default_administrators_and_contact_readers_must_have_a_second_factor(
    settings: Settings, world: World, clock: TestClock
) -> None:
    plain = Settings().second_factor_required
    chosen = settings.model_copy(update={"second_factor_required": plain, "contact_readers": "manager"})
    with TestClient(create_app(chosen, clock=clock), follow_redirects=False) as client:
        for user, asked in (("administrator", True), ("manager", True), ("statistician", False), ("keyer", False)):
            sign_in(client, user)
            led = client.get("/contact-readers", headers=HTML).headers.get("location", "")
            assert (led == "/account/second-factor") is asked, user


def test_the_invented_people_of_a_demonstration_are_not_asked_for_one(
    settings: Settings, world: World, clock: TestClock, database: Database
) -> None:
    """Their passwords, however short, stand on the sign-in page: `make run` asks nobody for a telephone."""
    with database.writing.begin() as session:
        shown = accounts.create_account(session, "shown", "示范", "shifan", at=NOW, by=SERVICE, demonstration=True)
        accounts.grant(session, shown, Role.ADMINISTRATOR, world.city_id, at=NOW, by=SERVICE)
    plain = Settings().second_factor_required
    chosen = settings.model_copy(update={"second_factor_required": plain, "demonstration": True})
    with TestClient(create_app(chosen, clock=clock), follow_redirects=False) as client:
        sign_in(client, "shown", "shifan")
        get(client, "/accounts")


def test_every_role_can_be_named_in_the_setting_and_nothing_else() -> None:
    from survey_service.settings import CONTACT_READER, SECOND_FACTOR_ROLES

    assert set(SECOND_FACTOR_ROLES) == {*(role.value for role in Role), CONTACT_READER}
    with pytest.raises(ValueError, match="administrater"):
        Settings(second_factor_required="administrater")
    assert Settings(second_factor_required="nobody").second_factor_roles == frozenset()
