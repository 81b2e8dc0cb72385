"""A wave from an empty installation to its signed figures, through pages alone.

Nothing is typed into a shell, no column is renamed and nothing is matched by hand."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator

import pytest
from fastapi.testclient import TestClient

from survey_service.app import create_app
from survey_service.database import Database
from survey_service.settings import Settings
from tests.service.conftest import TestClock
from tests.service.walked_city import City, Walk
from tests.service.world import NOW


@pytest.fixture
def walk(settings: Settings, database: Database, city: City) -> Iterator[Walk]:
    clock = TestClock(NOW)
    with TestClient(create_app(settings, clock=clock), follow_redirects=False) as client:
        yield Walk(client, settings, clock, city)


@pytest.mark.parametrize(
    "city",
    [
        pytest.param(City(communities=2, households=60, drawn=48), id="small"),
        pytest.param(City(communities=10, households=300, drawn=600), id="3,000 households", marks=pytest.mark.soak),
    ],
)
def test_a_wave_is_walked_from_an_empty_installation_to_its_figures(walk: Walk) -> None:
    walk.begin()
    walk.plan_and_draw()
    codes = walk.letters()
    assert len(codes) == len(set(codes)) > walk.city.drawn / 3
    walk.open()
    walk.answer_online(codes)
    walk.knock()
    walk.key_paper()
    outcomes = walk.outcomes_shown()
    walk.close()
    walk.sign()

    assert walk.refused_and_away.total() > 5
    told = {code: outcomes[code] for code in walk.refused_and_away}
    assert told == walk.refused_and_away
    assert outcomes["1.1"] == walk.answered, outcomes
    sheet = walk.report("990100000000")
    assert f"有效答卷 {walk.answered} 人" in sheet
    share = re.search(r"e = (0\.\d+) 计算", sheet)
    # Some homes were empty: not every case of unknown eligibility is eligible.
    assert share is not None, sheet[sheet.find("各社区样本与应答") :]
    assert 0.5 < float(share[1]) < 1
    assert "含户内成人数" in sheet
    assert "：。" not in sheet, "a sentence about something that nobody wrote down"
    print(json.dumps({"fields typed": walk.me.typed, "pressed": walk.me.pressed, "answers keyed": walk.keyed}))
