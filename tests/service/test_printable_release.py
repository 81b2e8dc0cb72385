"""A release whose sheets would have empty boxes is refused, with every character at its place."""

from __future__ import annotations

import pytest
from sqlalchemy import select

from survey_service.audit.chain import SERVICE
from survey_service.database import Database
from survey_service.models import Area, Release
from survey_service.releases import service
from survey_service.releases.errors import CannotBePrinted
from survey_service.settings import Settings
from tests.service.test_releases import NAMES, prepare, reviewed
from tests.service.world import NOW, World

__all__ = ["reviewed"]


def test_a_character_without_a_glyph_keeps_the_release_back(database: Database, reviewed: World) -> None:
    with database.writing.begin() as session:
        area = session.get_one(Area, reviewed.community_ids[0])
        area.name_zh = "万\ue5e5桥社区"
        code = area.code
    prepared = prepare(database, reviewed)

    def sign() -> None:
        with database.writing.begin() as session:
            service.release_wave(session, prepared, NAMES, settings=Settings(), at=NOW, by=SERVICE)

    with pytest.raises(CannotBePrinted) as refused:
        sign()
    assert f"地区名称（{code}）“万\ue5e5桥社区”里的“\ue5e5”（U+E5E5）" in refused.value.zh
    assert f"area name ({code})" in refused.value.en
    with database.reading.begin() as session:
        assert session.scalars(select(Release)).all() == []
