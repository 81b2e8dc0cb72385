"""What a release keeps of residents' words: those that were chosen, and not one struck character."""

from __future__ import annotations

import zlib

import pytest
from fastapi.testclient import TestClient

from reports.story.area import area_story
from reports.story.community import community_story
from survey_service.analyses.summaries import Summaries
from survey_service.database import Database
from survey_service.releases import service as releases
from survey_service.releases.signed_summaries import packed, unpacked
from survey_service.settings import Settings
from tests.service.remarked_city import IDENTIFYING, WORDS, build_remarked
from tests.service.signed_in import post, sign_in
from tests.service.test_remarks import THEMES, step
from tests.service.world import NOW, World, once

STRUCK = ("王小明", "3栋2单元501室", "501", "１３８１２３４５６７８")
PRINTED = "我叫〔略〕，住〔略〕，电话〔略〕，停车太难"
COMMUNITY, SMALL = "110101000001", "110101000002"


@pytest.fixture
def world(database: Database, settings: Settings) -> World:
    secret = settings.secret_key.get_secret_value()
    return once(database, f"remarks {secret}", lambda: build_remarked(database, secret))


def as_signed(database: Database, world: World, settings: Settings) -> Summaries:
    with database.reading.begin() as session:
        prepared = releases.prepare(session, world.survey_id, world.wave_id)
        return releases.proof(session, prepared, ("甲", "乙", "丙"), settings, at=NOW)


def test_struck_characters_are_nowhere_in_what_a_release_keeps_and_prints(
    client: TestClient, database: Database, world: World, settings: Settings
) -> None:
    sign_in(client, "statistician")
    post(client, THEMES, {"act": "begin"})
    for text in WORDS[:6]:
        assert step(client, database, text, "theme-2").status_code == 303
    assert step(client, database, IDENTIFYING, "strike_proposed").status_code == 303
    sheets = ["community", "street", "city"]
    assert step(client, database, IDENTIFYING, "choose", sheet=sheets).status_code == 303
    made = as_signed(database, world, settings)
    kept = packed(made)
    plain = zlib.decompress(kept).decode()
    assert not [one for one in STRUCK if one in plain]
    again = unpacked(kept)
    stories = [
        *(area_story(one, language) for one in (again.city, *again.streets.values()) for language in ("zh", "en")),
        *(community_story(again.communities[COMMUNITY], language) for language in ("zh", "en")),
    ]
    for story in stories:
        assert PRINTED in repr(story.blocks)
        assert not [one for one in STRUCK if one in repr(story.blocks)]
    assert again.communities[SMALL].remarks == ()
    [told] = again.city.remarks
    assert (told.answers, [one.count for one in told.themes], told.rest) == (14, [6], 8)


def test_a_wave_of_which_no_words_were_chosen_prints_none(database: Database, world: World, settings: Settings) -> None:
    made = as_signed(database, world, settings)
    assert made.city.remarks == ()
    assert not any(one.remarks for one in (*made.streets.values(), *made.communities.values()))
