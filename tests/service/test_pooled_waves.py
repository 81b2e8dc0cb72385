"""Waves put together on the statistician's page: what is taken, what is not and why; and that it leaves nowhere."""

from __future__ import annotations

from dataclasses import replace

import pytest
from fastapi.testclient import TestClient
from sqlalchemy.orm import Session

from survey_service.database import Database
from survey_service.models import Release, Wave
from survey_service.releases import pooled as pool
from survey_service.releases import service as releases
from tests.service.signed_in import get, sign_in
from tests.service.test_changes import first
from tests.service.test_releases import release, reviewed
from tests.service.test_trends import third
from tests.service.world import World

__all__ = ["first", "reviewed", "third"]

TITLE = "几期合起来看：知晓率"


def page_of(client: TestClient, world: World) -> str:
    address = f"/surveys/{world.survey_key}/waves/{world.wave_key}/estimates?indicator=awareness"
    return " ".join(get(client, address).split())


def section(page: str) -> str:
    return page[page.index('id="pooled-title"') :]


def test_three_waves_of_the_same_households_stand_as_one_figure(
    client: TestClient, database: Database, third: World
) -> None:
    sign_in(client, "statistician")
    page = section(page_of(client, third))
    assert TITLE in page
    heads = [
        f'<th scope="col" class="num">n {name}</th>' for name in ("2026年第三季度", "2026年第四季度", "2027年第一季度")
    ]
    assert "".join(heads) in page
    # 44, 20 and 30 of sixty: 94 of 180 answers, of sixty households.
    assert 3 * '<td class="num">60</td>' in page
    assert '180 <span class="small quiet">去重 60</span>' in page
    assert '<td class="num">52.2</td>' in page
    assert "只给您看：不公布，不判定，不排先后。" in page
    assert "33%、2026年第四季度 33%" in page


def test_it_is_in_no_release_no_report_and_no_program(client: TestClient, database: Database, third: World) -> None:
    sign_in(client, "statistician")
    assert TITLE in page_of(client, third)
    release_id = release(database, third)
    with database.reading.begin() as session:
        kept = session.get_one(Release, (third.survey_id, release_id))
        number, record, printed = kept.number, kept.estimates, kept.printed or b""
    assert "pooled" not in record
    assert "0.522" not in record
    assert b"PooledLine" not in printed
    told = client.get(f"/api/v1/releases/{number}").text
    assert "pooled" not in told
    assert "0.522" not in told


def test_a_wave_asked_otherwise_ends_it_and_the_page_says_why(
    client: TestClient, database: Database, third: World
) -> None:
    with database.writing.begin() as session:
        [(_, earliest), _] = pool.queries.released_waves_before(
            session, third.survey_id, session.get_one(Wave, (third.survey_id, third.wave_id)).opens_on, 2
        )
        earliest.method = {**earliest.method, "frame": {"zh": "另一份名册", "en": "another list"}}
    sign_in(client, "statistician")
    page = section(page_of(client, third))
    assert "n 2026年第三季度" not in page
    assert '120 <span class="small quiet">去重 60</span>' in page
    assert '<td class="num">41.7</td>' in page  # 50 of 120
    assert "2026年第三季度和更早的不合进来：抽样名册不同。" in page
    with database.writing.begin() as session:
        wave = session.get_one(Wave, (third.survey_id, third.wave_id))
        wave.method = {**wave.method, "frame": {"zh": "又一份名册", "en": "yet another list"}}
    page = section(page_of(client, third))
    assert "2026年第四季度和更早的不合进来：抽样名册不同。" in page
    assert "n 合计" not in page


def test_with_one_wave_it_says_what_is_missing(client: TestClient, reviewed: World, database: Database) -> None:
    sign_in(client, "statistician")
    client.post(f"/surveys/{reviewed.survey_key}/waves/{reviewed.wave_key}/estimates/open")
    page = page_of(client, reviewed)
    if "figures" not in page:
        pytest.fail("the figures are not open")
    assert "还只有这一期：以前没有发布过的一期，等下一期发布了再合。" in section(page)


@pytest.mark.parametrize(("most", "together"), [(1, None), (2, 120), (12, 180)])
def test_the_plan_says_how_many(database: Database, third: World, most: int, together: int | None) -> None:
    with database.reading.begin() as session:
        shown = _shown(session, third, most)
    assert (None if shown is None else shown.lines[0].together) == together


def test_weights_that_cannot_be_made_again_and_another_unit_end_it(
    database: Database, third: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    with database.reading.begin() as session:
        monkeypatch.setattr(pool, "weighed_again", lambda *_: None)
        shown = _shown(session, third, 4)
    assert shown is not None
    assert shown.why_none is not None
    assert shown.why_none.zh == "2026年第四季度和更早的不合进来：它的权数不能照发布时重算了。"


def _shown(session: Session, world: World, most: int) -> pool.PooledShown | None:
    prepared = releases.prepare(session, world.survey_id, world.wave_id)
    plan = replace(prepared.estimates.plan, pooled=most)
    prepared = replace(prepared, estimates=replace(prepared.estimates, plan=plan))
    wave = session.get_one(Wave, (world.survey_id, world.wave_id))
    indicator = next(one for one in prepared.estimates.indicators if one.id == "awareness")
    return pool.pooled(session, wave, prepared, indicator, None)
