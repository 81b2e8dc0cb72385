"""What a wave asks of its lists comes back from a backup as it was, and may change no more than before."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from sqlalchemy import select, update
from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import Session

from survey_service.audit.chain import SERVICE
from survey_service.database import open_database
from survey_service.models import Mode, Wave, WaveListEntry
from survey_service.surveys import definitions, service
from tests.service.backing_up import Running, restore, running, settings, target
from tests.service.test_wave_lists import LISTED, fill
from tests.service.world import CLOSES, NOW, OPENS

pytestmark = pytest.mark.both_databases

__all__ = ["running", "settings", "target"]


def asked(session: Session) -> str:
    """The hash of what the wave asks, read anew from the rows."""
    definitions.forget()
    wave = session.scalars(select(Wave).where(Wave.key == "2026Q4")).one()
    questionnaire = definitions.frozen(session, wave.survey_id, wave.questionnaire_version_id)
    return f"{[one.label.zh for one in questionnaire.question('unit').options]} {questionnaire.indicators[1].id}"


def test_lists_are_restored_and_stay_frozen(running: Running, tmp_path: Path, target: Callable[[], str]) -> None:
    with running.database.writing.begin() as session:
        survey_id = running.world.survey_id
        version = definitions.store(session, survey_id, LISTED, at=NOW, by=SERVICE)
        new = service.NewWave(
            key="2026Q4",
            name_zh="2026年第四季度",
            questionnaire_version_id=version.id,
            opens_on=OPENS,
            closes_on=CLOSES,
            modes=[Mode.WEB_OPEN],
        )
        wave = service.create_wave(session, survey_id, new, at=NOW, by=SERVICE)
        fill(session)
        service.open_wave(session, survey_id, wave.id, on=NOW.date(), at=NOW, by=SERVICE)
    with running.database.reading.begin() as session:
        before = asked(session)
    assert "市二院" in before
    assert "unit_satisfaction_e11" in before
    made = restore(running, running.back_up(tmp_path / "backups"), tmp_path / "new", target())
    assert made.manifest.rows["wave_list_entry"] == 5
    opened = open_database(made.database_url)
    try:
        with opened.reading.begin() as session:
            assert asked(session) == before
        with pytest.raises(DBAPIError), opened.writing.begin() as session:
            session.execute(update(WaveListEntry).values(label_zh="别的"))
    finally:
        opened.dispose()
