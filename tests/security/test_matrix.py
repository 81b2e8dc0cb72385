"""Who may do what where: every route of the service with every role, granted on every kind of area. See matrix.py."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any
from uuid import UUID

import pytest
from fastapi.dependencies.models import Dependant
from fastapi.testclient import TestClient
from httpx2 import Response
from sqlalchemy import func, select, update

from analysis.outcome_codes import OutcomeMode
from survey_service.accounts import passwords, queries
from survey_service.accounts import service as accounts
from survey_service.audit.chain import SYSTEM, verify
from survey_service.database import Database
from survey_service.files import FileStore
from survey_service.models import (
    Account,
    Area,
    AuditEntry,
    CallBack,
    Grant,
    Rectification,
    RectificationReason,
    RectificationState,
    Release,
    ReleaseDocument,
    Role,
    Survey,
    Visit,
    VisitSource,
    Wave,
)
from survey_service.secrets import code_hash
from survey_service.settings import Settings
from tests.security.matrix import OUTCOMES, RELATIONS, Line, lines
from tests.security.test_routes import filled, signatures
from tests.service.world import NOW, World

# Words of the addressed records: nobody who has no business with them may read one of these, wherever it may stand.
OF_THE_COMMUNITY = ("万寿桥", "Wanshouqiao", "靶子", "target-account")
SECRET = (*OF_THE_COMMUNITY, "秘密的测评", "secret survey", "秘密的一期", "secret wave")
# What a route needs before it looks whether the record is the person's; everything else is sent an empty form.
FORMS = {
    "/surveys/{survey_key}/waves": {"version": "{version_id}"},
    "/surveys/{survey_key}/waves/{wave_key}/edit": {"version": "{version_id}"},
    **{
        f"/surveys/{{survey_key}}/waves/{{wave_key}}/release{step}": {"rows": "0" * 64, "plan": "0" * 64}
        for step in ("", "/prepared", "/reviewed")
    },
    "/surveys/{survey_key}/waves/{wave_key}/field/call-backs/{case_id}": {"visited": "came"},
    "/surveys/{survey_key}/waves/{wave_key}/field/cases/{case_id}": {"outcome": "in_person:2.24", "day": "2026-09-01"},
    "/keying/{survey_key}/{wave_key}/decide/{number}": {"variable": "q1"},
    "/keying/{survey_key}/{wave_key}/record": {"number": "{number}", "variable": "q1", "client_id": "0" * 16},
}
PROGRAMS: dict[str, dict[str, Any]] = {
    "/keying/{survey_key}/{wave_key}/forms/{number}/hold": {},
    "/keying/{survey_key}/{wave_key}/drafts/{keying_id}": {"hold": 1, "sequence": 1, "fields": {}},
    "/surveys/{survey_key}/drafts/{draft_id}/saves": {
        "base": 1,
        "change": "0" * 8,
        "edits": [{"do": "move", "at": "question:q1", "by": 1}],
    },
    "/api/v1/surveys/{survey_key}/waves/{wave_key}/exports": {"formats": ["csv"]},
    "/api/v1/surveys/{survey_key}/waves/{wave_key}/visits": {
        "visits": [{"id": str(UUID(int=1)), "case": "x", "code": "2.24", "at": str(NOW)}]
    },
    "/api/v1/surveys/{survey_key}/waves/{wave_key}/captures": {
        "questionnaire_sha256": "0" * 64,
        "captures": [
            {"client_id": "0" * 16, "case": "x", "answers": {}, "started_at": str(NOW), "finished_at": str(NOW)}
        ],
    },
}
# Refusals by who asks. Every other one is about what was asked (no such form, a wrong code): the person was let in.
BY_PERSON = {"E001", "E002", "E003", "E004"}


@dataclass(frozen=True, slots=True)
class Desk:
    """Somebody at work."""

    account_id: UUID
    token: str
    csrf: str


@dataclass(kw_only=True)
class City:
    world: World
    target: UUID
    areas: dict[str, UUID]  # by relation
    database: Database

    def restore(self) -> None:
        """The role that an earlier request took from the account to be administered."""
        with self.database.writing.begin() as session:
            if session.get(Grant, (self.target, Role.KEYER, self.areas["community"])) is None:
                session.add(Grant(account_id=self.target, role=Role.KEYER, area_id=self.areas["community"]))

    def desk(self, role: str | None, relation: str) -> Desk:
        """A signed-in person with that role there; with None, somebody without any."""
        with self.database.writing.begin() as session:
            user = f"{role}-{relation}"
            account = session.scalar(select(Account).where(Account.user == user))
            if account is None:
                account = Account(user=user, name="某人", password_hash=passwords.nobody(), created_at=NOW)
                session.add(account)
                session.flush()
                if role:
                    session.add(Grant(account_id=account.id, role=Role(role), area_id=self.areas[relation]))
            opened = accounts.sign_in(session, account, previous_token=None, at=NOW, address="")
            session.flush()
            found = queries.sign_in_with_account(session, code_hash(opened.token))
            assert found is not None
            return Desk(account.id, opened.token, found[0].csrf_token)


@pytest.fixture
def city(database: Database, world: World, settings: Settings) -> City:
    """The small city with a released document, an account to be administered, and another city.

    Its names are found nowhere else, so that a page that shows them shows them to the wrong person.
    """
    blob = FileStore(settings.files_dir).put(b"%PDF-1.4 nothing")
    with database.writing.begin() as session:
        session.execute(update(Survey).values(title_zh="秘密的测评", title_en="secret survey"))
        session.execute(update(Wave).values(name_zh="秘密的一期", name_en="secret wave"))
        other = Area(code="220000000000", name_zh="别的市", name_en="Elsewhere", kind="city")
        session.add(other)
        target = Account(user="target-account", name="靶子", password_hash="x", created_at=NOW)
        session.add(target)
        session.flush()
        session.add(Grant(account_id=target.id, role=Role.KEYER, area_id=world.community_ids[0]))
        release = Release(
            survey_id=world.survey_id,
            wave_id=world.wave_id,
            edition=1,
            number="S-1",
            snapshot_sha256="0" * 64,
            questionnaire_sha256="0" * 64,
            specification={},
            estimates=RECORD,
            estimates_sha256=code_hash(RECORD),
            software_version="0",
            prepared_by="甲",
            reviewed_by="乙",
            signed_by="丙",
            released_at=NOW,
        )
        session.add(release)
        session.add(_visit(world))
        session.add(_call_back(world, target.id))
        session.add(_matter(world))
        session.flush()
        session.add(
            ReleaseDocument(
                survey_id=world.survey_id,
                release_id=release.id,
                area_id=world.community_ids[0],
                language="zh",
                file_name="a.pdf",
                blob_sha256=blob,
                pages=1,
            )
        )
        return City(
            world=world,
            target=target.id,
            database=database,
            areas={
                "city": world.city_id,
                "community": world.community_ids[0],
                "sibling": world.community_ids[1],
                "elsewhere": other.id,
            },
        )


def _visit(world: World) -> Visit:
    return Visit(
        survey_id=world.survey_id,
        id=world.wave_id,
        wave_id=world.wave_id,
        case_id=world.case_ids[0],
        at=NOW,
        noted_at=NOW,
        by_name="丁",
        source=VisitSource.OFFICE,
        mode=OutcomeMode.IN_PERSON,
        code="2.24",
    )


def _matter(world: World) -> Rectification:
    return Rectification(
        survey_id=world.survey_id,
        number=1,
        wave_id=world.wave_id,
        area_id=world.community_ids[0],
        item_zh="楼道堆物",
        reason=RectificationReason.OFFICE,
        state=RectificationState.PLANNED,
        created_at=NOW,
    )


def _call_back(world: World, account_id: UUID) -> CallBack:
    return CallBack(
        survey_id=world.survey_id,
        case_id=world.case_ids[0],
        wave_id=world.wave_id,
        account_id=account_id,
        seed=1,
        drawn_at=NOW,
    )


def address(path: str, city: City) -> str:
    special = {"{account_id}": str(city.target), "{what}": "tree", "/releases/{number}": "/releases/S-1"}
    special |= {"{kind}": "csv", "/rows/{number}": "/rows/1", "{photo_id}": "00000000-0000-7000-8000-000000000000"}
    special |= {"{link_id}": "00000000-0000-7000-8000-000000000000"}
    if path.startswith("/accounts"):
        special["{step}"] = "enable"
    for name, value in special.items():
        path = path.replace(name, value)
    return filled(path, city.world)


def ask(client: TestClient, desk: Desk, method: str, path: str, city: City) -> Response:
    client.cookies.clear()
    client.cookies.set("session", desk.token, domain="testserver.local", path="/")
    where = address(path, city)
    if method == "GET":
        return client.get(where)
    sent: dict[str, Any] = {"json": PROGRAMS[path]} if path in PROGRAMS else {"data": form(path, city)}
    return client.request(method, where, headers={"X-CSRF-Token": desk.csrf}, **sent)


def form(path: str, city: City) -> dict[str, str]:
    return {
        name: value.format(version_id=city.world.version_id, number=city.world.case_numbers[0])
        for name, value in FORMS.get(path, {}).items()
    }


def refused(answer: Response) -> int | None:
    """401, 403 or 404 where the person was refused; None where it was let in."""
    if answer.status_code not in (401, 403, 404) or code(answer) not in BY_PERSON:
        return None
    return None if STILL_ASKED in answer.text else answer.status_code


RECORD = json.dumps(
    {"published": {"level": 0.95, "interval": "korn_graubard", "rule": {}, "notes": [], "rows": []}}
)  # of a release without a figure
STILL_ASKED = "still being asked"  # the figures of a wave that is open: there are none, for nobody


def code(answer: Response) -> str:
    if "json" not in answer.headers.get("content-type", ""):
        return ""
    return str(answer.json().get("error", {}).get("code", ""))


def required(dependant: Dependant) -> frozenset[str] | None:
    """Roles that a route's signature asks for; ``anyone`` for whoever is signed in; None where it asks for nobody."""
    from survey_service.accounts.permissions import signed_in

    if dependant.call is signed_in:
        return frozenset({"anyone"})
    found = [roles for inner in dependant.dependencies if (roles := required(inner)) is not None]
    call = dependant.call
    if getattr(call, "__qualname__", "") == "require.<locals>.check":
        return frozenset(role.value for role in call.__closure__[0].cell_contents)  # type: ignore[union-attr]
    named = [roles for roles in found if roles != {"anyone"}]
    return frozenset.intersection(*named) if named else found[0] if found else None


def test_the_lines_name_the_roles_of_the_signatures() -> None:
    table = lines()
    differing = {
        (method, path): sorted(required(route.dependant) or ())
        for method, path, route in signatures()
        if (method, path) in table
        and required(route.dependant) != frozenset().union(*(line.roles for line in table[method, path]))
    }
    assert not differing


def test_nobody_from_elsewhere_is_let_in_without_a_look_at_what_is_shown() -> None:
    """``yes`` looks at the status alone; only ``free`` has names of other areas looked for on the page."""
    assert not [line for several in lines().values() for line in several if line.outcomes["elsewhere"] == "yes"]


def present() -> list[Line]:
    there = {(method, path) for method, path, _ in signatures()}
    return [line for key, several in lines().items() if key in there for line in several]


def cases() -> Iterator[tuple[str, str, str | None, str, str]]:
    """Method, path, role, relation and the outcome; those who are refused come first, so that nothing changes yet."""
    table = present()
    for (method, path), several in lines().items():
        if not any((method, path) == (line.method, line.path) for line in table):
            continue
        may = frozenset().union(*(line.roles for line in several))
        yield method, path, None, "city", "free" if "anyone" in may else "no"
        for role in Role:
            if role.value not in may and "anyone" not in may:
                yield method, path, role.value, "city", "no"
    for wanted in ("void", "none", "no", "free", "yes"):
        for method in ("GET", "POST"):
            for line in table:
                for role in ["keyer"] if "anyone" in line.roles else sorted(line.roles):
                    for relation in RELATIONS[::-1]:
                        if line.method == method and line.outcomes[relation] == wanted:
                            yield method, line.path, role, relation, wanted


def test_every_role_on_every_area_meets_what_the_table_says(client: TestClient, city: City) -> None:
    desks: dict[tuple[str | None, str], Desk] = {}
    wrong, seen = [], 0
    for method, path, role, relation, outcome in cases():
        if (role, relation) not in desks:
            desks[role, relation] = city.desk(role, relation)
        if path.startswith("/accounts/") and method == "POST":
            city.restore()
        answer = ask(client, desks[role, relation], method, path, city)
        if path == "/sign-out":
            del desks[role, relation]
        seen += 1
        # A form that is another community's is told as one that was never printed: also 404, by its number.
        met = answer.status_code if outcome == "none" else refused(answer)
        if (met != OUTCOMES[outcome] and outcome != "void") or answer.status_code >= 500 or answer.status_code == 405:
            wrong.append(
                f"{method} {path} {role} {relation}: {outcome} expected, got {answer.status_code} {code(answer)}"
            )
        theirs = relation in ("city", "community") and role is not None
        hidden = () if theirs else OF_THE_COMMUNITY if relation == "sibling" else SECRET
        if method == "GET" and outcome != "yes" and any(word in answer.text for word in hidden):
            wrong.append(f"{method} {path} {role} {relation}: shows what is not theirs")
    assert not wrong, "\n".join(wrong)
    assert seen > 250
    with city.database.reading.begin() as session:
        verify(session, SYSTEM)


def test_what_was_refused_changed_nothing(client: TestClient, city: City) -> None:
    """Every change, tried by whoever may not: the log has not one entry more but their signing in."""
    stranger, foreign = city.desk(None, "city"), {role.value: city.desk(role.value, "elsewhere") for role in Role}
    with city.database.reading.begin() as session:
        before = session.scalar(select(func.count()).select_from(AuditEntry))
    tried = 0
    for line in present():
        if line.method == "GET" or "anyone" in line.roles:
            continue
        ask(client, stranger, line.method, line.path, city)
        if line.outcomes["elsewhere"] == "none":
            for role in sorted(line.roles):
                ask(client, foreign[role], line.method, line.path, city)
        tried += 1
    with city.database.reading.begin() as session:
        assert session.scalar(select(func.count()).select_from(AuditEntry)) == before
    assert tried > 10
