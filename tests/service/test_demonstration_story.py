"""The demonstration city in full: what it is made to show is found in it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from analysis import engine
from analysis.plan import Group
from survey_service.analyses.service import asked
from survey_service.analyses.wave_analysis import columns_and_register
from survey_service.commands.demo import SEED
from survey_service.demonstration import ground
from survey_service.demonstration.city import CITY_CODE
from survey_service.demonstration.service import Options, build
from survey_service.releases import service as releases
from survey_service.settings import Settings
from tests.service.change_claims import Records
from tests.service.test_demonstration import ON, quietly, serve


@pytest.mark.soak
def test_a_rate_fell_one_rose_one_did_not_and_one_cannot_be_compared(
    empty_databases: Callable[[str, pytest.FixtureRequest], str], request: pytest.FixtureRequest, tmp_path: Path
) -> None:
    url = empty_databases("sqlite", request)
    settings = Settings(data_dir=tmp_path, database_url=url, secret_key="a key for tests only, long enough to be taken")
    for services in serve(settings, url):
        built = build(services, Options(seed=SEED, on=ON, languages={"zh": [CITY_CODE]}), quietly)
        records = Records.of(built.earlier.release, built.latest.release)
        city = records.verdicts(())
        assert [city[name] for name in ("awareness", "support", "participation", "satisfaction")] == [
            "no_detectable_change",
            "not_comparable",
            "risen",
            "fallen",
        ]
        found = Counter(
            (name, verdict)
            for code in ground.people(SEED)
            for name, verdict in records.verdicts((("community", code),)).items()
        )
        assert found["satisfaction", "fallen"] >= 2
        assert found["satisfaction", "no_detectable_change"] >= 5
        assert found["participation", "risen"] >= 2
        assert found["participation", "fallen"] == 0
        with services.database.reading.begin() as session:
            estimates = releases.prepare(session, built.survey_id, built.latest.asked.wave_id).estimates
            given = columns_and_register(session, built.survey_id, built.latest.asked.wave_id)
        modes = estimates.analysis.modes
        assert modes is not None
        assert modes.modes == ("paper", "web_invited")
        assert modes.difference_high[modes.indicators.index("satisfaction"), 1] < 0  # on the web fewer say so
        plan = replace(estimates.plan, groups=(Group.AGE,))
        indicators = asked(estimates.indicators, estimates.cases.questionnaire)
        tables = engine.run(plan, given.wave.columns, indicators, given.population.register).tables
        by_age = {
            one.domain[0][1]: one.interval
            for one in tables["city.age"].estimates().estimates
            if one.variable == "participation"
        }
        young, old = by_age["18-29"], by_age["60-74"]
        assert young is not None
        assert old is not None
        assert young.high < old.low
