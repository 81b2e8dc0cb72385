"""The canary where only a step leads: accounts, imports, invitations, contact data, receipts, and what is printed."""

from __future__ import annotations

import io
import re
from collections.abc import Iterator

import pypdf
import pytest
from fastapi.testclient import TestClient
from sqlalchemy import select, update

from survey_service.app import create_app
from survey_service.database import Database
from survey_service.models import Account, Wave
from survey_service.settings import Settings
from tests.security.test_pages import CANARY, HERE, Reader, poison
from tests.service.conftest import TestClock
from tests.service.resident import read_page
from tests.service.signed_in import HTML, agreed_to, csrf, get, post, sign_in, sign_in_past_second_factor
from tests.service.world import NOW, World

__all__ = ["poison"]
pytestmark = pytest.mark.parametrize("backend", ["sqlite"], indirect=True)  # what is drawn, whatever stored it
SURVEY = "/surveys/satisfaction"


@pytest.fixture
def open_to(
    settings: Settings, clock: TestClock, world: World, poison: None, database: Database
) -> Iterator[TestClient]:
    """The poisoned city; its wave asks for contact data, which the manager may open."""
    plan = {"contact": {"purpose": {"zh": CANARY, "en": CANARY}, "days": 14}}
    with database.writing.begin() as session:
        session.execute(update(Wave).values(plan=plan))
    agreed_to(database, NOW, "manager")
    chosen = settings.model_copy(update={"contact_readers": "manager", "city_name": CANARY, "city_name_en": CANARY})
    with TestClient(create_app(chosen, clock=clock), follow_redirects=False) as client:
        yield client


def harmless(page: str, where: str) -> int:
    """How often the canary stands there as text; fails where it became markup."""
    assert "<svg onload" not in page, where
    assert "49</script>" not in page, where
    for tag, attributes in Reader(page).tags:
        assert not any(name.startswith("on") for name in attributes), (where, tag)
        assert "style" not in attributes, (where, tag)
        if tag == "script":
            assert str(attributes.get("src")).startswith("/static/"), where
    return page.count("&lt;svg onload")


def test_the_administrators_pages(open_to: TestClient, world: World, database: Database) -> None:
    with database.reading.begin() as session:
        keyer = session.scalars(select(Account.id).where(Account.user == "keyer")).one()
    sign_in(open_to, "administrator")
    here = f"/accounts/{keyer}"
    for address in (
        "/accounts",
        here,
        f"{here}/steps/disable",
        f"{here}/steps/password",
        f"{here}/grants/keyer/110000000000",
        "/accounts/new",
        "/accounts/from-list",
        "/account",
        "/account/second-factor",
        "/areas",
        "/areas/110101000001",
        "/areas/imports/tree",
        "/areas/imports/people",
        "/areas/counts",
    ):
        assert harmless(get(open_to, address), address), address
    typed = post(open_to, "/accounts", {"user": CANARY, "name": CANARY, "role": CANARY, "area": CANARY})
    assert harmless(typed.text, "typed again") > 2
    made = post(open_to, "/accounts", {"user": "li.na", "name": CANARY, "role": "keyer", "area": "110101000001"})
    assert harmless(made.text, "start password")
    quoted = '"' + CANARY.replace('"', '""') + '"'
    for line in (f"{quoted},{quoted},{quoted},{quoted}", f"{quoted},li.na.2,,110101000001"):
        file = {"file": (f"{CANARY}.csv", f"姓名,用户名,角色,地区\n{line}\n".encode())}
        seen = open_to.post(
            "/accounts/from-list", data={"csrf": csrf(get(open_to, "/account"))}, files=file, headers=HTML
        )
        assert harmless(seen.text, "list of accounts")
    slips = dict(re.findall(r'type="hidden" name="(\w+)" value="([^"]*)"', seen.text.partition("enctype")[2]))
    assert harmless(open_to.post("/accounts/from-list", data=slips, headers=HTML).text, "slips")
    for what, heads in (("tree", "代码,名称,级别"), ("people", "代码,性别,年龄组,人数")):
        for line in (f"{quoted},{quoted},{quoted},1", f"110101000009,{quoted},社区,"):
            file = {"file": (f"{CANARY}.csv", f"{heads},\n{line}\n".encode())}
            sent = {"csrf": csrf(get(open_to, "/account")), "source": CANARY, "as_of": "2026-06-30"}
            sent["register"] = "usual_residents"
            shown = open_to.post(f"/areas/imports/{what}", data=sent, files=file, headers=HTML)
            assert harmless(shown.text, f"import of {what}")


def test_the_managers_pages(open_to: TestClient, world: World, database: Database) -> None:
    with database.reading.begin() as session:
        version = session.scalars(select(Wave.questionnaire_version_id)).one()
    sign_in_past_second_factor(open_to, database, "manager")
    for address in (
        SURVEY,
        f"{SURVEY}/edit",
        f"{SURVEY}/waves/new",
        f"{SURVEY}/questionnaires/new",
        f"{SURVEY}/questionnaires/{version}",
        f"{SURVEY}/questionnaires/{version}/phone",
        f"{HERE}/cases",
        f"{HERE}/field",
        f"{HERE}/field/cases",
        f"{HERE}/field/file",
        f"{HERE}/invitations",
        f"{HERE}/paper",
        f"{HERE}/imports",
        f"{HERE}/contacts",
    ):
        for language in ("zh", "en"):
            assert harmless(get(open_to, f"{address}?lang={language}"), address), address


def test_what_a_resident_left_and_reads(open_to: TestClient, world: World, database: Database) -> None:
    """The name beside a number, an answer in words, and the address that a code was typed in."""
    here = f"/a/{world.open_codes[0]}"
    answers = {"know": "1", "channels": "5", "channels.other": CANARY[:40], "overall": "1", "client_id": "0" * 32}
    for address in (here, f"{here}?lang=en"):
        assert harmless(get(open_to, address), address), address
    submitted = open_to.post(here, data=answers, headers=HTML)
    assert submitted.status_code == 200
    harmless(submitted.text, "receipt")
    code = read_page(submitted.text).own("_receipt")
    left = {"name": CANARY[:30], "number": "13900007777", "agreed": "yes", "action": "keep", "_receipt": code}
    harmless(open_to.post(f"{here}/contact", data=left, headers=HTML).text, "contact left")
    harmless(open_to.post("/receipt", data={"code": CANARY}, headers=HTML).text, "no receipt")
    sign_in_past_second_factor(open_to, database, "manager")
    opened = post(open_to, f"{HERE}/contacts", {"reason": "九月座谈会"})
    assert "13900007777" in opened.text
    assert harmless(opened.text, "contact data") > 1


def test_what_is_printed(open_to: TestClient, world: World, database: Database) -> None:
    """Markup in a name is drawn letter by letter, and breaks no file."""
    with database.reading.begin() as session:
        version = session.scalars(select(Wave.questionnaire_version_id)).one()
    sign_in_past_second_factor(open_to, database, "manager")
    files = {
        "posters": post(open_to, f"{HERE}/invitations/posters", {"language": "zh"}),
        "letters": post(open_to, f"{HERE}/invitations/letters/110101000001", {"language": "zh"}),
        "paper": open_to.get(f"{SURVEY}/questionnaires/{version}/paper-zh.pdf"),
    }
    for name, answer in files.items():
        assert answer.status_code == 200, (name, answer.text[:300])
        read = pypdf.PdfReader(io.BytesIO(answer.content))
        text = "".join("".join(page.extract_text().split()) for page in read.pages)
        assert "<svgonload=alert(1)>{{7*7}}</script>" in text, name
        for page in read.pages:
            actions = [one.get_object().get("/A", {}) for one in page.get("/Annots", [])]
            assert not [one for one in actions if "/JS" in one or one.get("/S") == "/Launch"], name
        assert "/OpenAction" not in read.root_object, name
