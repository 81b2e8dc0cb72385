"""Access tokens: where they are kept, what they open, and everything that ends them."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from uuid import UUID

import pytest
from fastapi.testclient import TestClient
from httpx2 import Response
from sqlalchemy import select, text, update

from survey_service.accounts import tokens
from survey_service.app import create_app
from survey_service.audit.chain import SYSTEM, verify
from survey_service.database import Database
from survey_service.models import AccessToken, Account, AuditEntry, Base, SignIn
from survey_service.settings import Settings
from tests.service.conftest import TestClock
from tests.service.signed_in import csrf, get, post, sign_in
from tests.service.world import PASSWORD, World

ME = "/api/v1/me"


def make(client: TestClient, role: str, *, days: str = "90", read_only: bool = True, name: str = "数据平台") -> str:
    """A token as its owner makes it; the browser is left signed out."""
    sign_in(client, role)
    sent = {"name": name, "days": days} | ({"read_only": "true"} if read_only else {})
    page = post(client, "/account/tokens", sent)
    assert page.status_code == 200, page.text
    assert page.headers["cache-control"] == "no-store"
    found = re.search(r">(svy_[\w-]{43})<", page.text)
    assert found
    client.cookies.clear()
    return found.group(1)


def ask(client: TestClient, token: str, path: str = ME, scheme: str = "Bearer") -> Response:
    return client.get(path, headers={"Authorization": f"{scheme} {token}"})


def code(answer: Response) -> str:
    return str(answer.json()["error"]["code"])


def test_a_token_has_the_rights_of_its_account_and_opens_no_page(client: TestClient) -> None:
    token = make(client, "statistician")
    answer = ask(client, token)
    assert answer.status_code == 200, answer.text
    told = answer.json()
    assert told["user"] == "statistician"
    assert told["token"]["name"] == "数据平台"
    assert told["token"]["read_only"] is True
    assert [(one["role"], one["area"]) for one in told["grants"]] == [("statistician", "110000000000")]
    for scheme in ("bearer", "BEARER", "Bearer "):  # its name is written in any case
        assert ask(client, token, scheme=scheme).status_code == 200
    assert ask(client, make(client, "keyer"), "/api/v1/surveys").status_code == 403
    for page in ("/surveys", "/account", "/account/tokens", "/areas"):
        assert ask(client, token, page).status_code == 401


def test_what_is_not_quite_the_token_is_refused(client: TestClient) -> None:
    token = make(client, "leader")
    swapped = token[:4] + token[4:].swapcase()
    for wrong in (swapped, token[:-1], token + "A", token.removeprefix("svy_"), "", "svy_", "null", "%00", "x" * 5000):
        answer = ask(client, wrong)
        assert (answer.status_code, code(answer)) == (401, "E216"), wrong
        assert answer.headers["www-authenticate"] == "Bearer"
    for scheme in ("Basic", "Token", ""):
        assert ask(client, token, scheme=scheme).status_code == 401, scheme
    for address in (f"{ME}?access_token={token}", f"{ME}?token={token}", f"{ME}?authorization=Bearer%20{token}"):
        assert client.get(address).status_code == 401
    client.cookies.set("session", token, domain="testserver.local", path="/")
    assert client.get(ME).status_code == 401
    # Whoever sends a token asks as its account; a browser's session beside it must not answer for another.
    sign_in(client, "manager")
    assert client.get(ME).status_code == 200
    assert ask(client, "svy_wrong").status_code == 401


def kept_by(database: Database) -> bytes:
    """Every value of every table, as bytes."""
    found = []
    with database.reading_engine.connect() as connection:
        for table in Base.metadata.tables.values():
            for row in connection.execute(select(table)):
                found += [repr(value).encode() for value in row]
    return b"\n".join(found)


def test_only_its_hash_is_kept(client: TestClient, database: Database, capsys: pytest.CaptureFixture[str]) -> None:
    token = make(client, "manager", name="name-that-is-kept")
    assert ask(client, token).status_code == 200
    client.get(f"{ME}?access_token={token}")
    logged = capsys.readouterr()
    assert "/api/v1/me" in logged.out + logged.err
    assert token not in logged.out + logged.err
    kept = kept_by(database)
    if database.is_sqlite:
        path = Path(database.url.removeprefix("sqlite:///"))
        kept += path.read_bytes() + Path(f"{path}-wal").read_bytes()
    assert b"name-that-is-kept" in kept
    assert token.encode() not in kept
    assert token.removeprefix("svy_").encode() not in kept
    sign_in(client, "manager")
    assert token not in get(client, "/account/tokens")
    with database.reading.begin() as session:
        assert len(session.scalars(select(AccessToken.token_sha256)).one()) == 64
        assert token not in str(session.scalars(select(AuditEntry.detail)).all())


def test_a_token_ends_with_its_day(client: TestClient, clock: TestClock) -> None:
    token = make(client, "manager", days="30")
    clock.at += timedelta(days=29, hours=23)
    assert ask(client, token).status_code == 200
    clock.at += timedelta(hours=1)
    assert code(ask(client, token)) == "E216"


def test_its_owner_ends_it_after_being_told_what_happens(client: TestClient, database: Database) -> None:
    token, other = make(client, "manager"), make(client, "manager", name="另一个")
    sign_in(client, "manager")
    page = get(client, "/account/tokens")
    address = re.findall(r'href="(/account/tokens/[^"]+/end)"', page)[-1]
    assert "数据平台" in get(client, address)
    assert post(client, address).status_code == 303
    assert post(client, address).status_code == 404
    assert "用不了的" in get(client, "/account/tokens")
    client.cookies.clear()
    assert ask(client, token).status_code == 401
    assert ask(client, other).status_code == 200
    with database.reading.begin() as session:
        actions = list(session.scalars(select(AuditEntry.action).where(AuditEntry.action.startswith("token."))))
        assert actions == ["token.made", "token.made", "token.ended"]
        verify(session, SYSTEM)


def test_another_persons_token_is_not_there(client: TestClient, database: Database) -> None:
    token = make(client, "manager")
    with database.reading.begin() as session:
        token_id = session.scalars(select(AccessToken.id)).one()
    sign_in(client, "administrator")
    get(client, f"/account/tokens/{token_id}/end", status=404)
    assert post(client, f"/account/tokens/{token_id}/end").status_code == 404
    client.cookies.clear()
    assert ask(client, token).status_code == 200


def account_of(database: Database, user: str) -> UUID:
    with database.reading.begin() as session:
        return session.scalars(select(Account.id).where(Account.user == user)).one()


def test_a_new_password_ends_all_of_them_and_signing_out_none(client: TestClient) -> None:
    token = make(client, "manager")
    sign_in(client, "manager")
    assert post(client, "/sign-out").status_code == 303
    assert ask(client, token).status_code == 200
    sign_in(client, "manager")
    changed = post(client, "/account/password", {"old": PASSWORD, "new": "another password"})
    assert changed.status_code == 303
    client.cookies.clear()
    assert code(ask(client, token)) == "E216"


def test_what_an_administrator_does_to_the_account_ends_them(client: TestClient, database: Database) -> None:
    account_id = account_of(database, "manager")
    token = make(client, "manager")
    sign_in(client, "administrator")
    given = {"role": "keyer", "area": "110101000001"}
    assert post(client, f"/accounts/{account_id}/grants", given).status_code == 303
    client.cookies.clear()
    assert ask(client, token).status_code == 401
    token = make(client, "manager")
    sign_in(client, "administrator")
    assert post(client, f"/accounts/{account_id}/grants/keyer/110101000001").status_code == 303
    client.cookies.clear()
    assert ask(client, token).status_code == 401
    for step in ("disable", "password"):
        token = make(client, "manager")
        sign_in(client, "administrator")
        assert post(client, f"/accounts/{account_id}/steps/{step}").status_code in (200, 303)
        client.cookies.clear()
        assert code(ask(client, token)) == "E216"
        if step == "disable":
            sign_in(client, "administrator")
            assert post(client, f"/accounts/{account_id}/steps/enable").status_code == 303
            assert code(ask(client, token)) == "E216"  # what was ended stays ended


def test_a_start_password_comes_first(client: TestClient, database: Database, clock: TestClock) -> None:
    token = make(client, "manager")
    with database.writing.begin() as session:
        session.execute(update(Account).values(start_password_until=clock.at + timedelta(days=7)))
    assert code(ask(client, token)) == "E100"
    sign_in(client, "manager")
    token_made = post(client, "/account/tokens", {"name": "x", "days": "90"}, token=csrf(get(client, "/account")))
    assert token_made.status_code == 403


@pytest.fixture
def forcing(settings: Settings, world: World, clock: TestClock) -> Iterator[TestClient]:
    forced = settings.model_copy(update={"second_factor_required": "administrator,statistician"})
    with TestClient(create_app(forced, clock=clock), follow_redirects=False) as opened:
        yield opened


def test_a_second_factor_that_is_asked_for_comes_first(
    client: TestClient, forcing: TestClient, database: Database
) -> None:
    """Made before the city asked for it: the token waits until its owner has set one up."""
    token, keyers = make(client, "statistician"), make(client, "keyer")
    assert code(ask(forcing, token)) == "E101"
    assert ask(forcing, keyers).status_code == 200


def test_what_cannot_be_a_token_is_told(
    client: TestClient, database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    sign_in(client, "manager")
    for name, days in (("", "90"), ("字" * 61, "90"), ("x", "366"), ("x", "-1"), ("x", "many")):
        assert post(client, "/account/tokens", {"name": name, "days": days}).status_code == 422, (name, days)
    with database.reading.begin() as session:
        assert session.scalars(select(AccessToken)).all() == []
    monkeypatch.setattr(tokens, "MOST", 2)
    make(client, "manager")
    make(client, "manager")
    sign_in(client, "manager")
    refused = post(client, "/account/tokens", {"name": "x", "days": "90"})
    assert refused.status_code == 409
    assert "2 个" in refused.text


def test_the_last_use_is_noted(client: TestClient, database: Database, clock: TestClock) -> None:
    token = make(client, "manager")
    ask(client, token)
    services = client.app.state.services  # type: ignore[attr-defined]
    services.writer.submit(lambda session: session.execute(text("SELECT 1"))).result(timeout=120)
    with database.reading.begin() as session:
        assert session.scalars(select(AccessToken.last_used_at)).one() == clock.at


def test_a_browser_needs_the_token_of_its_pages_and_a_program_does_not(client: TestClient, world: World) -> None:
    address = f"/api/v1/surveys/{world.survey_key}/waves/{world.wave_key}/captures"
    sign_in(client, "interviewer")
    assert code(client.post(address, json={})) == "E004"
    assert code(client.post(address, json={}, headers={"X-CSRF-Token": "x" * 43})) == "E004"
    page_token = csrf(get(client, "/account"))
    assert code(client.post(address, json={}, headers={"X-CSRF-Token": page_token})) == "E007"
    reads, writes = make(client, "interviewer"), make(client, "interviewer", read_only=False)
    assert code(client.post(address, json={}, headers={"Authorization": f"Bearer {reads}"})) == "E217"
    assert code(client.post(address, json={}, headers={"Authorization": f"Bearer {writes}"})) == "E007"


def test_a_session_serves_for_reading(client: TestClient, database: Database) -> None:
    sign_in(client, "leader")
    assert client.get(ME).json()["token"] is None
    with database.writing.begin() as session:
        session.execute(update(SignIn).values(ended_at=SignIn.created_at))
    assert code(client.get(ME)) == "E002"
