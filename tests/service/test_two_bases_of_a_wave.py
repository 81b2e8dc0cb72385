"""A wave whose rate has a second base: one thing on the review page, in files, in the API and in what was signed."""

from __future__ import annotations

import csv
import io
import json
from dataclasses import replace
from typing import Any

import pytest
from fastapi.testclient import TestClient

from questionnaires.indicators import DontKnow, SecondBase
from questionnaires.text import Text
from survey_service.app import create_app
from survey_service.database import Database
from survey_service.models import Release
from survey_service.settings import Settings
from tests.service import generated_city
from tests.service.conftest import TestClock
from tests.service.generated_city import SignedCity, signed_city
from tests.service.signed_in import get, post, sign_in
from tests.service.world import NOW, once

BASES = SecondBase(
    own=Text("全部作答者", "all who answered"),
    name=Text("不含说不清", "without “cannot say”"),
    dont_know=DontKnow.EXCLUDED,
)


@pytest.fixture
def backend() -> str:
    return "sqlite"


@pytest.fixture
def city(database: Database, settings: Settings, monkeypatch: pytest.MonkeyPatch) -> SignedCity:
    small, answer = generated_city.QUESTIONNAIRE, generated_city._answer
    indicators = tuple(replace(one, second_base=BASES) if one.id == "satisfaction" else one for one in small.indicators)
    monkeypatch.setattr(generated_city, "QUESTIONNAIRE", replace(small, indicators=indicators))

    def some_cannot_say(session: Any, keys: Any, case: Any, version: Any, said: dict[str, str]) -> None:
        unsure = int(case.number[-1]) % 4 == 0
        answer(session, keys, case, version, {**said, "overall": "9"} if unsure else said)

    monkeypatch.setattr(generated_city, "_answer", some_cannot_say)
    return once(database, "signed city of two bases", lambda: signed_city(database, settings, 3))


@pytest.fixture
def client(settings: Settings, city: SignedCity) -> Any:
    with TestClient(create_app(settings, clock=TestClock(NOW)), follow_redirects=False) as opened:
        yield opened


def test_both_figures_leave_together_by_name(client: TestClient, database: Database, city: SignedCity) -> None:
    with database.reading.begin() as session:
        kept = json.loads(session.get_one(Release, (city.survey_id, city.release_id)).estimates)
    raw = {
        (tuple(map(tuple, one["domain"])), one["variable"]): one for table in kept["raw"] for one in table["estimates"]
    }
    of_city, second = raw[(), "satisfaction"], raw[(), "satisfaction.second"]
    assert second["sample_size"] < of_city["sample_size"]
    assert second["value"] > of_city["value"]
    assert second["value"] * second["weight"] == pytest.approx(of_city["value"] * of_city["weight"]), "one sum"
    for row in kept["published"]["rows"]:
        cells = {one["variable"]: one for one in row["cells"]}
        hidden = [bool(cells[name].get("suppression")) for name in ("satisfaction", "satisfaction.second")]
        few = cells["satisfaction.second"].get("sample_size") or 99
        if hidden[1] and not hidden[0]:
            assert few >= 10, "a figure of few is not given away by the other base"
        assert cells["satisfaction.second"].get("verdict") is None
    sign_in(client, "manager")
    lines = list(
        csv.DictReader(io.StringIO(client.get(f"/releases/{city.release}/figures.csv").content.decode("utf-8-sig")))
    )
    names = {value for line in lines for value in line.values()}
    assert {"满意率（全部作答者）", "满意率（不含说不清）"} <= names
    told = client.get(f"/api/v1/releases/{city.release}").json()
    by_id = {one["id"]: one for one in told["indicators"]}
    assert by_id["satisfaction"]["second"] == "satisfaction.second"
    assert by_id["satisfaction"]["base"]["zh"] == "全部作答者"
    assert by_id["satisfaction.second"]["beside"] == "satisfaction"


def test_the_review_page_has_one_tab_and_a_column(client: TestClient, city: SignedCity) -> None:
    sign_in(client, "manager")
    wave = f"/surveys/{city.survey_key}/waves/{city.wave_key}"
    assert post(client, f"{wave}/correct", {"reason": "有一批卷子录错了"}).status_code == 303
    sign_in(client, "statistician")
    page = get(client, f"{wave}/estimates?indicator=satisfaction")
    assert "数字的分母是全部作答者；旁边一列分子相同，分母是不含说不清，不用来判定。" in page
    assert "不含说不清" in page
    assert "indicator=satisfaction.second" not in page
    assert "(n " in page
    assert "不含说不清" not in get(client, f"{wave}/estimates?indicator=awareness")
