"""A survey of shops, staff, organisations or clients never reads 户: pages of the field say what stands on its list."""

from __future__ import annotations

import re

import pytest
from fastapi.testclient import TestClient
from sqlalchemy import update

from survey_service.database import Database
from survey_service.models import ListedUnit, Mode, Wave
from survey_service.sampling.unit_words import UNITS
from tests.service.signed_in import get, sign_in
from tests.service.test_appointments import give
from tests.service.test_field_pages import plain
from tests.service.test_supervision import person
from tests.service.world import World

OFFICE = ("", "/field", "/field/cases", "/field/supervision", "/field/people", "/field/call-backs", "/field/reserves")
OTHERS = tuple(unit for unit in ListedUnit if unit is not ListedUnit.HOUSEHOLD)
OF_A_HOUSEHOLD = re.compile(r"户(?!外)|household", re.IGNORECASE)
OF_THE_SHOP = ("商户",)  # has the same sign in it


def rest(page: str) -> str:
    """The text of a page below its bar of sections, without words that say something else by the same sign."""
    main = page[page.index("<main") :]
    text = plain(re.sub(r'(?:aria-label|placeholder)="([^"]*)"', r">\1<", main))
    for word in (*OF_THE_SHOP, "用户"):
        text = text.replace(word, "")
    return text


@pytest.mark.parametrize("unit", OTHERS)
def test_pages_of_the_field_use_the_word_of_the_list(
    client: TestClient, database: Database, world: World, unit: ListedUnit
) -> None:
    with database.writing.begin() as session:
        session.execute(update(Wave).values(listed_unit=unit, modes=[Mode.FACE_TO_FACE.value, Mode.WEB_INVITED.value]))
    give(database, world, range(3), person(database, "interviewer"))
    wave = f"/surveys/{world.survey_key}/waves/{world.wave_key}"
    pages = [f"{wave}{one}" for one in OFFICE]
    pages += [f"{wave}/field/cases/{world.case_ids[0]}", f"{wave}/invitations", f"{wave}/steps/close"]
    sign_in(client, "manager")
    read(client, pages)
    counted = UNITS[unit].counted(12)
    assert f"抽中 {counted.zh}" in plain(get(client, f"{wave}?lang=zh"))
    sign_in(client, "statistician")
    read(client, [f"{wave}/exports"])
    sign_in(client, "interviewer")
    here = f"/visits/{world.survey_key}/{world.wave_key}"
    read(client, [here, f"{here}/{world.case_ids[0]}", "/start"])


def read(client: TestClient, pages: list[str]) -> None:
    for page in pages:
        for language in ("zh", "en"):
            found = OF_A_HOUSEHOLD.search(text := rest(get(client, f"{page}?lang={language}")))
            assert found is None, (page, language, text[max(found.start() - 60, 0) : found.end() + 60])


def test_households_are_called_so(client: TestClient, world: World) -> None:
    sign_in(client, "manager")
    assert "抽中 12 户" in plain(get(client, f"/surveys/{world.survey_key}/waves/{world.wave_key}"))
