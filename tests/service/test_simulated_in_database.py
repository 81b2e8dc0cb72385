"""Waves of an invented city through the database: columns, register, plan and figures are those of the engine alone,
and the page of figures tells them."""

from __future__ import annotations

import pytest
from fastapi.testclient import TestClient

from analysis import engine
from analysis.engine.figures import Asked
from analysis.plan import AnalysisPlan, Level, MarginOf
from survey_service.analyses.wave_analysis import analysis_of_wave, columns_and_register
from survey_service.audit.chain import SERVICE
from survey_service.database import Database
from survey_service.models import Area
from survey_service.surveys import figures
from survey_service.surveys import service as surveys
from tests.service.signed_in import get, sign_in
from tests.service.world import NOW, World
from tests.simulated.in_database import INDICATORS, lay_city, lay_wave
from tests.simulated.waves import Shape, city, wave

SHAPE = Shape(streets=3, communities=4, issued=14, indicators=2)
ASKED = (Asked(id="q1"), Asked(id="q2"))


@pytest.mark.parametrize("waves", [pytest.param(1, id="small"), pytest.param(20, marks=pytest.mark.soak, id="full")])
def test_what_the_database_gives_is_what_the_engine_gives(
    client: TestClient, database: Database, world: World, waves: int
) -> None:
    of = city(SHAPE, 11)
    with database.writing.begin() as session:
        laid = lay_city(session, of)
        session.get_one(Area, laid.city_id).parent_id = world.city_id  # whom the statistician may see
        drawn = [wave(of, 500 + number) for number in range(waves)]
        keys = [lay_wave(session, laid, one, f"w{number}") for number, one in enumerate(drawn)]
    for number, (wave_id, columns) in enumerate(zip(keys, drawn, strict=True)):
        with database.reading.begin() as session:
            given = columns_and_register(session, laid.survey_id, wave_id)
            found = analysis_of_wave(given, targets={})
        assert [one.of for one in found.plan.calibration.margins] == [MarginOf.COMMUNITY, MarginOf.AGE_SEX]
        own = engine.run(AnalysisPlan(), columns, ASKED, of.register())
        expected = own.tables[Level.CITY.value].figures
        by_name = {one.variable: one for table in found.raw for one in table.estimates if not one.domain}
        for place, name in enumerate(INDICATORS):
            assert by_name[name].value == pytest.approx(expected.value[place, 0], rel=1e-9), number
            assert by_name[name].standard_error == pytest.approx(expected.standard_error[place, 0], rel=1e-7), number
        with database.writing.begin() as session:
            for step in (surveys.begin_review, figures.open_figures):
                step(session, laid.survey_id, wave_id, at=NOW, by=SERVICE)
    sign_in(client, "statistician")
    for number, wave_id in enumerate(keys[:3]):
        page = get(client, f"/surveys/simulated/waves/w{number}/estimates?indicator=awareness")
        with database.reading.begin() as session:
            found = analysis_of_wave(columns_and_register(session, laid.survey_id, wave_id), targets={})
        cell = found.table.row(()).cell("awareness")
        assert cell.value is not None
        assert f"{cell.value * 100:.1f}" in page
