"""Blocks drawn per person at the keyer's desk: the boxes of a form are those that were drawn for its number."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

import pytest

from questionnaires.answers import Policy, check_answers
from survey_service.models import Area
from survey_service.secrets import KeyRing
from survey_service.surveys import draw_tickets
from tests.browser.resident_world import OpenWave, open_wave_of
from tests.browser.staff_fixtures import sign_in
from tests.browser.test_keying import ASKED, Keys, here, open_form, store, stored
from tests.service.world import World, _case
from tests.spec.questionnaires.drawn import BODIES, questionnaire

if TYPE_CHECKING:
    from playwright.sync_api import Page

    from survey_service.database import Database
    from survey_service.settings import Settings

pytestmark = pytest.mark.browser
NUMBERS = ("0002-007", "0002-008", "0002-009")  # of three neighbours two share a round, in which blocks come once


@pytest.fixture
def keys_of(settings: Settings) -> KeyRing:
    return KeyRing(settings.secret_key.get_secret_value())


@pytest.fixture
def wave(database: Database, keys_of: KeyRing, world: World) -> OpenWave:
    opened = open_wave_of(database, keys_of, world, questionnaire())
    with database.writing.begin() as session:
        community = session.get_one(Area, world.community_ids[1])
        session.add_all(_case(opened.survey_id, opened.wave_id, community, number) for number in (7, 8, 9))
    return opened


def test_each_form_goes_through_its_own_blocks(
    base: str, wave: OpenWave, database: Database, desk: Callable[..., Page], keys_of: KeyRing
) -> None:
    page = desk()
    sign_in(page, base, "keyer")
    page.goto(f"{base}/keying/drawn/2026Q3")
    page.wait_for_selector(ASKED)
    keys = Keys(page)
    found = []
    for number in NUMBERS:
        ticket = draw_tickets.ticket_of(keys_of, wave.wave_id, number)
        drawn = check_answers(questionnaire(), {"used": list("1234"), "bodies": ticket}, Policy.WEB).values["bodies"]
        assert isinstance(drawn, list)
        open_form(keys, number)
        keys.type("1234")
        keys.press("Enter")
        for name in drawn:  # satisfied: nobody is asked why not
            assert here(page) == f"{name}_all"
            keys.type("1")
        assert here(page) == "wish"
        keys.type(".")
        keys.press("Enter")
        store(keys, number)
        answers = stored(database)[number]
        assert answers["bodies"] == ticket
        assert {name for name in BODIES if f"{name}_all" in answers} == set(drawn)
        found.append(tuple(drawn))
    assert len(set(found)) > 1, "neighbours have other blocks: two and two of four"
