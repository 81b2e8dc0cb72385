"""What every page and every error carries, and what no stored text can do to it."""

from __future__ import annotations

from dataclasses import replace
from html.parser import HTMLParser
from typing import Any

import pytest
from fastapi.testclient import TestClient
from sqlalchemy import update

from questionnaires.model import Questionnaire
from questionnaires.text import Text
from survey_service import audit
from survey_service.accounts import service as accounts
from survey_service.app import create_app
from survey_service.database import Database
from survey_service.models import Account, Area, Role, Survey, Wave
from survey_service.settings import Settings
from survey_service.surveys import definitions
from survey_service.web.headers import BODY_LIMIT, accepted_hosts
from tests.service.conftest import TestClock
from tests.service.signed_in import HTML, csrf, get, sign_in
from tests.service.world import NOW, PASSWORD, QUESTIONNAIRE, World

SERVICE = audit.chain.SERVICE
HERE = "/surveys/satisfaction/waves/2026Q3"
KEYING = "/keying/satisfaction/2026Q3"
PAGES = {
    "manager": [
        "/surveys",
        HERE,
        f"{HERE}/steps/close",
        f"{HERE}/steps/back",
        f"{HERE}/codes",
        f"{HERE}/codes/110101000001.svg",
        f"{HERE}/jobs",
        "/areas",
        "/account",
        "/keying",
        f"{KEYING}/batches",
        f"{KEYING}/quality",
        f"{KEYING}/record?number=0001-001",
        f"{KEYING}/decide",
    ],
    "statistician": ["/surveys", HERE, "/areas"],
    "keyer": ["/keying?lang=zh", "/keying/satisfaction/2026Q3", "/keying/satisfaction/2026Q3?number=0001-001"],
    "administrator": ["/areas", "/account"],
}
CANARY = "\"'><svg onload=alert(1)>{{7*7}}</script>"


class Reader(HTMLParser):
    """Tags and attributes of a page, as a browser reads them."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))


def poisoned(questionnaire: Questionnaire, words: str = CANARY) -> Questionnaire:
    """``questionnaire`` with ``words`` in every text of it."""
    text = Text(words, words)
    sections = tuple(
        replace(
            section,
            title=text,
            questions=tuple(
                replace(
                    question,
                    text=text,
                    short=text,
                    hint=text,
                    unit=text,
                    options=tuple(replace(option, label=text) for option in question.options),
                    items=tuple(replace(item, text=text, short=text) for item in question.items),
                )
                for question in section.questions
            ),
        )
        for section in questionnaire.sections
    )
    return replace(
        questionnaire, title=text, sections=sections, header=replace(questionnaire.header, form_number=words)
    )


@pytest.fixture
def poison(database: Database, world: World) -> None:
    """The canary in every text that staff or a definition file put into the database."""
    with database.writing.begin() as session:
        version = definitions.store(session, world.survey_id, poisoned(QUESTIONNAIRE), at=NOW, by=SERVICE)
        session.execute(update(Area).values(name_zh=CANARY, name_en=CANARY))
        session.execute(update(Account).values(name=CANARY))
        session.execute(update(Survey).values(title_zh=CANARY, title_en=CANARY))
        session.execute(update(Wave).values(name_zh=CANARY, name_en=CANARY, questionnaire_version_id=version.id))


@pytest.mark.parametrize("role", PAGES)
@pytest.mark.both_databases
def test_no_stored_text_becomes_markup(client: TestClient, world: World, poison: None, role: str) -> None:
    sign_in(client, role)
    seen = 0
    for address in PAGES[role]:
        for language in ("zh", "en"):
            joined = "&" if "?" in address else "?"
            page = get(client, f"{address}{joined}lang={language}")
            assert "<svg onload" not in page, address
            assert "49</script>" not in page, address
            seen += "&lt;svg onload" in page
            if page.startswith("<!doctype"):
                for tag, attributes in Reader(page).tags:
                    assert not any(name.startswith("on") for name in attributes), (address, tag)
                    assert "style" not in attributes, (address, tag)
                    if tag == "script":
                        assert str(attributes.get("src")).startswith("/static/"), address
    assert seen, "the canary reached no page: the test proves nothing"


@pytest.mark.parametrize("address", ["/keying/satisfaction/2026Q3?number=", "/sign-in?next=/", "/surveys/"])
def test_nothing_typed_becomes_markup(client: TestClient, world: World, address: str) -> None:
    sign_in(client, "keyer")
    answer = client.get(address + CANARY, headers=HTML)
    assert "<svg onload" not in answer.text
    answer = client.post("/sign-in", data={"user": CANARY, "password": "x", "next": CANARY}, headers=HTML)
    assert "<svg onload" not in answer.text


EXPECTED = {
    "x-content-type-options": "nosniff",
    "referrer-policy": "same-origin",
    "x-frame-options": "DENY",
}


@pytest.mark.parametrize(
    ("method", "address", "status"),
    [
        ("GET", "/sign-in", 200),
        ("GET", "/none", 404),
        ("PUT", "/sign-in", 405),
        ("GET", "/health", 200),
        ("GET", "/account", 401),
        ("GET", "/static/x/app.css", 200),
        ("POST", "/sign-in", 401),
    ],
)
def test_every_reply_carries_the_headers(
    client: TestClient, world: World, method: str, address: str, status: int
) -> None:
    answer = client.request(method, address)
    assert answer.status_code == status
    for name, value in EXPECTED.items():
        assert answer.headers[name] == value
    policy = answer.headers["content-security-policy"]
    assert "default-src 'none'" in policy
    assert "frame-ancestors 'none'" in policy
    assert "unsafe" not in policy
    assert "http" not in policy  # no outside host
    assert "server" not in answer.headers


@pytest.mark.parametrize("host", ["evil.example", "testserver.evil.example", "testserver:8000", "", "testserver@evil"])
def test_a_foreign_host_is_refused(client: TestClient, world: World, host: str) -> None:
    for address in ("/sign-in", "/health", "/none", "/a/ABC"):
        answer = client.get(address, headers={"Host": host})
        assert answer.status_code == 400
        assert "evil" not in answer.text


def test_loopback_goes_by_its_three_names_and_the_city_by_one() -> None:
    assert accepted_hosts(Settings(public_url="http://127.0.0.1:8000")) == {
        "127.0.0.1:8000",
        "localhost:8000",
        "[::1]:8000",
    }
    assert accepted_hosts(Settings(public_url="https://diaocha.example")) == {"diaocha.example"}


def test_a_body_has_a_limit_declared_or_not(client: TestClient, world: World) -> None:
    assert client.post("/sign-in", content=b"x" * (BODY_LIMIT + 1)).status_code == 413
    for kind in ("application/x-www-form-urlencoded", "multipart/form-data; boundary=b"):
        chunks = (b"x" * 100_000 for _ in range(12))
        answer = client.post("/sign-in", content=chunks, headers={"Content-Type": kind})
        assert answer.status_code == 413, kind
    assert client.post("/sign-in", headers={"Content-Length": "-5"}).status_code == 413


def test_a_fault_of_ours_says_nothing_of_its_cause(
    settings: Settings, world: World, clock: TestClock, capsys: pytest.CaptureFixture[str]
) -> None:
    app = create_app(settings, clock=clock)

    @app.get("/a/{code}/fault")
    def fault(code: str) -> str:
        raise ValueError(f"an answer: {code}")

    with TestClient(app) as client:
        for accept, expected in (("text/html", "系统出了故障"), ("application/json", "E013")):
            answer = client.get("/a/SECRETANSWER/fault", headers={"Accept": accept})
            assert answer.status_code == 500
            assert expected in answer.text
            assert "SECRETANSWER" not in answer.text
    logged = capsys.readouterr()
    assert "SECRETANSWER" not in logged.out + logged.err
    assert "ValueError" in logged.out + logged.err


def test_static_files_are_only_those_of_the_folder(client: TestClient, world: World) -> None:
    address = next(
        attributes["href"]
        for tag, attributes in Reader(get(client, "/sign-in")).tags
        if tag == "link" and "app.css" in str(attributes["href"])
    )
    answer = client.get(str(address), headers={"Accept-Encoding": "gzip"})
    assert answer.headers["content-type"] == "text/css; charset=utf-8"
    assert answer.headers["content-encoding"] == "gzip"
    assert "immutable" in answer.headers["cache-control"]
    assert "content-encoding" not in client.get(str(address), headers={"Accept-Encoding": "identity"}).headers
    for name in ("../pages.py", "..%2fpages.py", "%2e%2e/pages.py", "pages.py", ".env", "app.css%00", ""):
        assert client.get(f"/static/x/{name}").status_code in {404, 400}, name


# ------------------------------------------------------------------ scope


@pytest.fixture
def elsewhere(database: Database, world: World) -> dict[str, Any]:
    """A second city with its own survey, and a manager and a keyer of one community of the first."""
    from survey_service.surveys import service as surveys

    with database.writing.begin() as session:
        city = Area(code="220000000000", name_zh="别的市", kind="city")
        session.add(city)
        session.flush()
        survey = surveys.create_survey(session, key="other", title_zh="别的调查", city_id=city.id, at=NOW, by=SERVICE)
        version = definitions.store(session, survey.id, QUESTIONNAIRE, at=NOW, by=SERVICE)
        new = surveys.NewWave(
            key="w1",
            name_zh="别的一期",
            questionnaire_version_id=version.id,
            opens_on=NOW.date(),
            closes_on=NOW.date(),
        )
        surveys.create_wave(session, survey.id, new, at=NOW, by=SERVICE)
        for role in (Role.MANAGER, Role.KEYER):
            person = accounts.create_account(
                session, user=f"local-{role.value}", name="社区的人", password=PASSWORD, at=NOW, by=SERVICE
            )
            accounts.grant(session, person, role, world.community_ids[0], at=NOW, by=SERVICE)
        nobody = accounts.create_account(
            session, user="no-roles", name="没有角色", password=PASSWORD, at=NOW, by=SERVICE
        )
        assert nobody.id
    return {"survey": "other", "wave": "w1"}


def test_another_city_does_not_exist(client: TestClient, world: World, elsewhere: dict[str, Any]) -> None:
    sign_in(client, "manager")
    assert "别的" not in get(client, "/surveys")
    assert "别的市" not in get(client, "/areas")
    for further in ("", "/jobs", "/codes", "/steps/open", "/steps/nonsense", "/codes/110101000001.svg"):
        answer = client.get(f"/surveys/other/waves/w1{further}")
        missing = client.get(f"/surveys/none/waves/w1{further}")
        assert answer.status_code == missing.status_code == 404, further
        assert answer.text == missing.text
    sign_in(client, "keyer")
    assert client.get("/keying/other/w1").status_code == 404


def test_a_community_sees_itself_and_moves_no_wave(client: TestClient, world: World, elsewhere: dict[str, Any]) -> None:
    sign_in(client, "local-manager")
    page = get(client, HERE)
    assert "万寿桥社区" in page
    assert "文昌阁社区" not in page
    assert f"{HERE}/steps/close" not in page
    assert client.get(f"{HERE}/steps/close").status_code == 403
    assert "文昌阁社区" not in get(client, "/areas")
    assert client.get(f"{HERE}/codes/110101000001.svg").status_code == 200
    assert client.get(f"{HERE}/codes/110101000002.svg").status_code == 404


def test_a_keyer_keys_only_forms_of_their_areas(client: TestClient, world: World, elsewhere: dict[str, Any]) -> None:
    sign_in(client, "local-keyer")
    own, other = world.case_numbers[0], world.case_numbers[6]
    headers = {"X-CSRF-Token": csrf(get(client, "/account"))}

    def hold(number: str) -> Any:
        return client.post(f"/keying/satisfaction/2026Q3/forms/{number}/hold", json={}, headers=headers)

    assert hold(own).status_code == 200
    foreign, never = hold(other), hold("9999-999")
    assert foreign.status_code == never.status_code == 404
    assert foreign.json()["error"]["code"] == never.json()["error"]["code"]


def test_without_a_role_there_is_only_the_own_account(
    client: TestClient, world: World, elsewhere: dict[str, Any]
) -> None:
    sign_in(client, "no-roles")
    assert "还没有角色" in get(client, "/account")
    for address in ("/surveys", HERE, "/keying", "/areas"):
        assert client.get(address).status_code == 403, address
