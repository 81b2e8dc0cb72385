"""Where places go: no file holds one unless it was asked for, and only a page that asks for one may ask the phone."""

from __future__ import annotations

import pytest

from questionnaires.answers import Policy, check_answers
from questionnaires.codebook import MISSING_CODES
from questionnaires.model import Missing, Questionnaire
from survey_service.collection.phone_permissions import asked_of_phone
from survey_service.exports.answers import answer_columns
from tests.programmes import programme
from tests.spec.questionnaires import test_place
from tests.spec.questionnaires.examples import loaded


@pytest.fixture(scope="module")
def questionnaire(tmp_path_factory: pytest.TempPathFactory) -> Questionnaire:
    return loaded(tmp_path_factory.mktemp("where"), test_place.DEFINITION)


def test_an_export_without_words_is_without_places(questionnaire: Questionnaire) -> None:
    named = [column.variable.source for _, column in answer_columns(questionnaire, texts=False)]
    assert named == ["about.given", "near.given", "site.given"]
    named = [column.variable.source for variable, column in answer_columns(questionnaire, texts=True)]
    parts = ("latitude", "longitude", "accuracy", "given")
    assert named == [f"{one}.{part}" for one in ("about", "near", "site") for part in parts]


def test_its_columns_are_numbers_with_their_missing_values(questionnaire: Questionnaire) -> None:
    raw = [{"site": "-12.345678,-77.123456,4.5"}, {"site": "30.657421,104.065735"}, {"site": {"missing": "refused"}}]
    values = [check_answers(questionnaire, one, Policy.IMPORT).values["site"] for one in raw]
    latitude, longitude, accuracy, given = [
        column for name, column in answer_columns(questionnaire, texts=True) if name == "site"
    ]
    refused = float(latitude.variable.missing[Missing.REFUSED])
    assert refused < -180, "no code is a longitude"
    assert latitude.read(values) == [-12.345678, 30.657421, refused]
    assert longitude.read(values) == [-77.123456, 104.065735, refused]
    assert (latitude.variable.decimals, accuracy.variable.decimals) == (6, 0)
    lost = {kind: float(code) for kind, code in MISSING_CODES.items()}
    assert accuracy.read(values) == [5.0, lost[Missing.NO_ANSWER], lost[Missing.REFUSED]]
    assert given.read(values) == [1.0, 1.0, lost[Missing.REFUSED]]


def test_only_a_page_with_a_place_may_ask_the_phone(questionnaire: Questionnaire) -> None:
    assert asked_of_phone(questionnaire) == {"Permissions-Policy": "camera=(), geolocation=(self), microphone=()"}
    assert asked_of_phone(programme("civilized_city")) == {}
