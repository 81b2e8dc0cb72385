"""The demonstration city in full: what it is made to show is found in it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from pathlib import Path

import pytest

from survey_service.commands.demo import SEED
from survey_service.demonstration import ground
from survey_service.demonstration.city import CITY_CODE
from survey_service.demonstration.service import Built, Options, build
from survey_service.releases import service as releases
from survey_service.services import Services
from survey_service.settings import Settings
from tests.service import group_claims
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
        modes = estimates.analysis.modes
        assert modes is not None
        assert modes.modes == ("paper", "web_invited")
        assert modes.difference_high[modes.indicators.index("satisfaction"), 1] < 0  # on the web fewer say so
        for language in ("zh", "en"):
            assert_groups_are_carried(services, built, language)


def assert_groups_are_carried(services: Services, built: Built, language: str) -> None:
    """Each sentence of groups on the sheet of the city is worked out again from the record; the young are told lower
    and those of 60 to 74 higher in taking part."""
    with services.database.reading.begin() as session:
        city = releases.release_summaries(session, built.survey_id, built.latest.release.id, services.settings).city
    names = group_claims.names_of(city, language)
    claims = group_claims.assert_carried(built.latest.release.estimates, city, language)
    rates = {one.id: one.name.in_language(language) for one in city.indicators if one.headline}
    assert len(claims) == len(rates)
    [taking_part] = [one for one in claims if one.startswith(rates["participation"])]
    young, old = (names["age"][1][label] for label in ("18-29", "60-74"))
    lower, higher = {"zh": ("低", "高"), "en": (" lower", " higher")}[language]
    assert f"{young}{lower}" in taking_part
    assert f"{old}{higher}" in taking_part
