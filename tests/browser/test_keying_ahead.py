"""Keys typed ahead of the network: into the form they are meant for, or nowhere."""

from __future__ import annotations

import random
from collections.abc import Callable, Iterator
from datetime import timedelta
from typing import TYPE_CHECKING

import pytest
from playwright.sync_api import expect
from sqlalchemy import select, update

from survey_service.app import create_app
from survey_service.captures.content import answers_of
from survey_service.ids import new_id
from survey_service.models import Capture, Keying, KeyingPass, KeyingState, PaperForm
from tests.browser.blind import Robot, Slow, papers, shown, wrong_fields
from tests.browser.staff_fixtures import sign_in
from tests.browser.test_keying import ASKED, Keys, boxes, here, open_form, store
from tests.conftest import free_port, serving
from tests.service.conftest import TestClock
from tests.service.paper_batches import colleagues, issue
from tests.service.world import NOW

if TYPE_CHECKING:
    from playwright.sync_api import Page

    from survey_service.database import Database
    from survey_service.settings import Settings
    from tests.service.world import World

pytestmark = pytest.mark.browser
SEED = 20261129
HERE = "/keying/satisfaction/2026Q3"


@pytest.fixture
def network(settings: Settings, world: World, clock: TestClock) -> Iterator[tuple[str, Slow]]:
    """The served city behind a network whose latency can be set: address and network."""
    port = free_port()
    chosen = settings.model_copy(update={"public_url": f"http://127.0.0.1:{port}"})
    slow = Slow(create_app(chosen, clock=clock), SEED)
    with serving(slow, port) as base:
        yield base, slow


def at_serials(page: Page, base: str) -> None:
    sign_in(page, base, "keyer")
    page.goto(f"{base}{HERE}")
    page.wait_for_selector("#find:not([hidden])")
    expect(page.locator("#number")).to_be_focused()


@pytest.mark.parametrize(
    ("forms", "latencies", "pace"),
    [
        pytest.param(2, (0, 100, 300), 0.004, id="small"),
        pytest.param(125, (0, 100, 300, 1000), 0.1, id="500", marks=pytest.mark.soak),
    ],
)
def test_a_blind_clerk_stores_no_wrong_field(
    network: tuple[str, Slow],
    world: World,
    database: Database,
    desk: Callable[..., Page],
    forms: int,
    latencies: tuple[int, ...],
    pace: float,
) -> None:
    base, slow = network
    chance = random.Random(SEED)
    work = papers(issue(database, world, forms=forms * len(latencies), open_=True).serials, chance)
    page = desk()
    at_serials(page, base)
    strokes = refused = 0
    for turn, milliseconds in enumerate(latencies):
        slow.seconds = milliseconds / 1000
        robot = Robot(page, work[turn * forms : (turn + 1) * forms], chance, pace, slips=0.4)
        robot.work()
        strokes, refused = strokes + robot.strokes, refused + robot.refused
    assert wrong_fields(database, work) == []
    assert refused > 0, "nothing was refused: this proves little"
    print(f"{len(work)} forms, {strokes} keys, {refused} stops, seed {SEED}")


def test_the_next_form_of_a_batch_opens_before_its_hold_has_come(
    network: tuple[str, Slow], world: World, database: Database, desk: Callable[..., Page]
) -> None:
    base, _ = network
    first, second = issue(database, world, forms=2, open_=True).serials
    page = desk()
    at_serials(page, base)
    keys = Keys(page)
    open_form(keys, first)
    keys.type("2111*")
    store(keys, shown(first))
    asked: list[str] = []
    page.route("**/hold", lambda route: asked.append(route.request.url))  # never answered
    keys.type(f"{second}")
    keys.press("Enter")
    expect(page.locator(".ask.now")).to_have_attribute("data-row", "know")
    keys.type("23")
    assert boxes(page)["overall"] == "3"
    expect(page.locator("#strip-saved")).to_contain_text("还没有存到服务器")
    expect(page.locator("#strip-saved")).to_have_attribute("data-kept", "2")
    assert asked
    page.reload()  # whatever ended the page: what was keyed without a hold is there again
    page.unroute("**/hold")
    page.wait_for_selector(ASKED)
    open_form(keys, second)
    assert boxes(page)["overall"] == "3"
    keys.type("11*")
    store(keys, shown(second))
    with database.reading.begin() as session:
        rows = session.scalars(select(Capture).order_by(Capture.at, Capture.id)).all()
        assert [answers_of(one)["overall"] for one in rows] == ["1", "3"]


def test_a_form_that_a_colleague_took_meanwhile_goes_from_the_screen(
    network: tuple[str, Slow], world: World, database: Database, desk: Callable[..., Page]
) -> None:
    base, slow = network
    people = colleagues(database, world)
    first, second, third = issue(database, world, forms=3, open_=True).serials
    page = desk()
    at_serials(page, base)
    keys = Keys(page)
    open_form(keys, first)
    with database.writing.begin() as session:
        session.execute(update(Keying).values(account_id=people["second"]))  # so that it stands for another's form
        row = session.scalars(select(Keying)).one()
        form = session.scalars(select(PaperForm).where(PaperForm.serial == second)).one()
        session.add(
            Keying(
                survey_id=row.survey_id,
                id=new_id(),
                wave_id=row.wave_id,
                area_id=row.area_id,
                paper_id=form.id,
                form_id=form.id,
                batch_id=row.batch_id,
                case_id=None,
                number=second,
                keying_pass=KeyingPass.FIRST,
                state=KeyingState.UNDER_WAY,
                account_id=people["second"],
                hold=1,
                held_until=NOW + timedelta(hours=1),
                hands=[str(people["second"])],
                fields={"know": "1"},
                sequence=1,
            )
        )
    keys.press("F4")
    page.wait_for_selector(ASKED)
    slow.seconds = 0.3
    keys.type(second)
    keys.press("Enter")
    keys.type("2111*")
    keys.press("Enter")
    keys.type(third)
    keys.press("Enter")
    expect(page.locator("#say")).to_contain_text("录入员second")
    expect(page.locator("#say")).to_contain_text("没有录入")
    assert page.is_visible(ASKED), "nothing typed for the refused form went into another one"
    with database.reading.begin() as session:
        assert session.scalars(select(Capture)).all() == []
        assert session.scalars(select(Keying.fields).where(Keying.number == second)).one() == {"know": "1"}
        assert session.scalars(select(Keying).where(Keying.number == third)).all() == []


def test_a_key_that_moves_typed_ahead_stops_and_lets_go_again(
    network: tuple[str, Slow], world: World, database: Database, desk: Callable[..., Page]
) -> None:
    """Tab between Enter and the open form: nobody knows where it was meant to lead. After Esc the keying goes on."""
    base, slow = network
    (serial,) = issue(database, world, forms=1, open_=True).serials
    page = desk()
    at_serials(page, base)
    keys = Keys(page)
    slow.seconds = 0.4
    keys.type(serial)
    keys.press("Enter")
    keys.press("Tab")
    expect(page.locator(".ask.now")).to_have_attribute("data-row", "know")
    keys.press("Escape")
    keys.type("2111*")
    store(keys, shown(serial))
    with database.reading.begin() as session:
        assert answers_of(session.scalars(select(Capture)).one())["know"] == "2"


def test_no_way_leads_past_a_check(
    network: tuple[str, Slow], world: World, database: Database, desk: Callable[..., Page]
) -> None:
    base, _ = network
    (serial,) = issue(database, world, forms=1, open_=True).serials
    page = desk()
    at_serials(page, base)
    keys = Keys(page)
    open_form(keys, serial)
    keys.type("11")
    keys.press("Enter")
    keys.type("111")
    keys.type("16")
    keys.press("ArrowDown")  # out of range: the arrow asks as Enter does
    expect(page.locator("#say")).to_contain_text("18–120")
    keys.type("+")
    expect(page.locator("#store")).to_be_focused()
    keys.type("-")
    keys.type("15")  # another age is another doubt: the + of before was not for it
    keys.press("Enter")
    expect(page.locator("#say")).to_contain_text("18–120")
    keys.type("+")
    for _ in range(6):
        keys.press("ArrowUp")
    assert here(page) == "know"
    keys.type("2")  # now the channels are off the path, and nothing has been said of it
    assert here(page) == "channels"
    for _ in range(5):
        page.keyboard.press("Tab")
    page.focus("#store")
    keys.press("Enter")
    expect(page.locator("#say")).to_contain_text("这道题不用答")
    assert here(page) == "channels"
    with database.reading.begin() as session:
        assert session.scalars(select(Capture)).all() == []
    keys.type("+")  # the form was handed in already: it is stored now
    page.wait_for_selector(ASKED)
    with database.reading.begin() as session:
        capture = session.scalars(select(Capture)).one()
        assert capture.paradata["confirmed"] == ["channels", "age"]


def test_a_plus_that_was_meant_for_another_box_keeps_nothing(
    network: tuple[str, Slow], world: World, database: Database, desk: Callable[..., Page]
) -> None:
    base, _ = network
    (serial,) = issue(database, world, forms=1, open_=True).serials
    page = desk()
    at_serials(page, base)
    keys = Keys(page)
    open_form(keys, serial)
    keys.type("2.11+")  # the dot is asked about; the + comes behind two keys that went nowhere
    assert here(page) == "overall"
    expect(page.locator("#say")).to_contain_text("后来按的 3 个键没有录入")
    keys.press("Escape")
    keys.type("+")
    assert here(page) == "aspects.parking"


def test_a_sound_only_where_it_was_asked_for(
    network: tuple[str, Slow], world: World, desk: Callable[..., Page]
) -> None:
    base, _ = network
    page = desk()
    at_serials(page, base)
    keys = Keys(page)
    open_form(keys, "0001-001")
    keys.type("7")
    assert page.get_attribute("#say", "data-sounded") is None
    keys.press("Escape")
    page.check("#sound")
    page.focus(".ask.now input")
    keys.type("77")
    assert page.get_attribute("#say", "data-sounded") == "3", (
        "at the tick, at the stop, and at the key that went nowhere"
    )
    page.reload()
    page.wait_for_selector(ASKED)
    assert page.is_checked("#sound"), "the setting stays at this desk"


def test_a_form_left_in_an_old_window_is_not_handed_in_there(
    network: tuple[str, Slow], world: World, database: Database, desk: Callable[..., Page]
) -> None:
    base, _ = network
    old, new = desk(), desk()
    at_serials(old, base)
    first = Keys(old)
    open_form(first, "0001-001")
    old.route("**/drafts/*", lambda route: route.abort())  # it does not hear that its hold is gone
    first.type("2111*")
    at_serials(new, base)
    open_form(Keys(new), "0001-001")
    Keys(new).type("23")
    first.press("Enter")
    expect(old.locator("#say")).to_contain_text("另一个窗口")
    with database.reading.begin() as session:
        assert session.scalars(select(Capture)).all() == []


def test_a_telephone_number_in_words_stops_the_form_at_its_box(
    network: tuple[str, Slow], world: World, database: Database, desk: Callable[..., Page]
) -> None:
    base, _ = network
    (serial,) = issue(database, world, forms=1, open_=True).serials
    page = desk()
    at_serials(page, base)
    keys = Keys(page)
    open_form(keys, serial)
    keys.type("15")
    keys.press("Enter")
    keys.type("13812345678")
    keys.press("Enter")
    keys.type("111*")
    keys.press("Enter")
    expect(page.locator("#say")).to_contain_text("手机号")
    assert here(page) == "channels.other"
    keys.press("Escape")
    page.keyboard.insert_text("（号码）")
    keys.press("Enter")
    store(keys, shown(serial))
    with database.reading.begin() as session:
        assert answers_of(session.scalars(select(Capture)).one())["channels.other"] == "（号码）"
