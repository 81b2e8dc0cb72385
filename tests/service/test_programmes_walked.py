"""Every programme from the first answer to the figures: on phones, on paper that is scanned, keyed twice, estimated.

One person's answers are drawn before anything is asked; each way brings them into the database, and what counts there
is what was meant. The figures are those of a plain count with the weights of the draw. `make test` walks the shortest
programme; `make soak` all of them.
"""

from __future__ import annotations

from pathlib import Path

import pytest
from fastapi.testclient import TestClient

from survey_service.analyses.plans import default_plan
from survey_service.analyses.service import CITY_DOMAIN, analyse_wave, community_domain
from survey_service.analyses.wave_columns import columns_of_wave
from survey_service.app import create_app
from survey_service.database import Database
from survey_service.settings import Settings
from tests.programmes import KEYS
from tests.service import plain_figures, walked
from tests.service.conftest import TestClock
from tests.service.walked import KEYED, PHONES, SCANNED, Asked
from tests.service.world import NOW

SHORTEST = "issue_follow_up"
pytestmark = pytest.mark.parametrize("backend", ["sqlite"], indirect=True)


@pytest.mark.parametrize("key", [SHORTEST, *(pytest.param(key, marks=pytest.mark.soak) for key in KEYS)])
def test_a_programme_is_answered_printed_scanned_keyed_and_estimated(
    key: str, database: Database, settings: Settings, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked = walked.ask(database, settings, key)
    monkeypatch.setenv("SURVEY_DATA_DIR", str(settings.data_dir))
    monkeypatch.setenv("SURVEY_SECRET_KEY", settings.secret_key.get_secret_value())
    with TestClient(create_app(settings, clock=TestClock(NOW)), follow_redirects=False) as client:
        walked.answer_on_phones(client, asked)
        said = {place: one.answers for place, one in asked.people.items()}
        assert walked.stored(database, asked) == {place: said[place] for place in PHONES}
        read = walked.print_and_scan(database, asked, settings.resolved_database_url, tmp_path)
        meant = walked.scanned(asked.questionnaire, said[SCANNED[0]])
        assert {name: codes for name, codes in read.items() if meant.get(name) != codes} == {}, "read otherwise"
        assert len(read) >= 0.9 * len(meant) > 0, set(meant) - set(read)  # the rest is left to the keyer
        slip = another_answer(asked)
        serials = walked.key_twice(client, database, asked, slip)
        walked.decide(client, serials[len(SCANNED)], slip[0])
    assert walked.stored(database, asked) == said
    walked.close(database, asked)
    same_figures(database, asked)


def another_answer(asked: Asked) -> tuple[str, str]:
    """A slip of the finger: some variable of the first form that is keyed, and another code of it."""
    said = asked.people[KEYED[0]].answers
    for variable in asked.people[KEYED[0]].asked:
        question = asked.questionnaire.question(variable.partition(".")[0])
        others = [option.code for option in question.options if option.code != said.get(variable)]
        if isinstance(said.get(variable), str) and others and not decides(asked, variable):
            return variable, others[0]
    raise AssertionError("no single choice was asked")


def decides(asked: Asked, variable: str) -> bool:
    """Whether what else is asked hangs on it, or a rule."""
    one = asked.questionnaire
    told = [each.ask_if for each in (*one.sections, *one.questions())]
    told += [each.condition for each in (*one.rules, *one.contradictions)]
    has_words = any(option.other for option in one.question(variable.partition(".")[0]).options)
    return has_words or any(variable in one.of_answers(each).variables() for each in told if each is not None)


def same_figures(database: Database, asked: Asked) -> None:
    with database.reading.begin() as session:
        wave = columns_of_wave(session, asked.world.survey_id, asked.world.wave_id)
    found = analyse_wave(wave, default_plan(wave.columns))
    weights = weights_by_hand(asked)
    estimates = {(one.domain, one.variable): one for table in found.raw for one in table.estimates}
    first = [place for place in weights if place < 6]
    for domain, places in ((CITY_DOMAIN, list(weights)), (community_domain("110101000001"), first)):
        plain = plain_figures.shares(
            asked.questionnaire, [(weights[place], walked.person(asked, place)) for place in places]
        )
        assert plain
        for name, value in plain.items():
            assert estimates[domain, name].value == pytest.approx(value), (domain, name)
        told = {variable for where, variable in estimates if where == domain and estimates[where, variable].sample_size}
        assert told <= {*plain, *(one.id for one in asked.questionnaire.indicators if one.parts)}, "nobody is in it"


def weights_by_hand(asked: Asked) -> dict[int, float]:
    """One over the chance of being drawn; whoever answered stands for those of the community who did not."""
    drawn = {place: 1 / walked.probability(place) for place in range(12)}
    found = {}
    for community in (range(6), range(6, 12)):
        answered = [place for place in community if place in asked.people]
        factor = sum(drawn[place] for place in community) / sum(drawn[place] for place in answered)
        found |= {place: drawn[place] * factor for place in answered}
    return found
