"""The clock of what waves sealed: on its day the key goes, and with it every address, in the backups too."""

from __future__ import annotations

from datetime import timedelta
from typing import Final

import structlog
from sqlalchemy import select

from survey_service import jobs
from survey_service.models import Wave, WaveSeal
from survey_service.sealed.clock import opens_until
from survey_service.sealed.keys import WaveKeys
from survey_service.services import Services

log = structlog.get_logger()

LEFT_ALONE: Final = timedelta(days=1)
"""A key of a wave that the database does not know: it may be in the making; older than this, the wave was deleted."""


@jobs.regularly(minutes=10)
def destroy_due_keys(services: Services) -> None:
    """Also the files of keys that another machine destroyed, and of waves that are no more."""
    now, keys = services.clock(), WaveKeys(services.settings, services.keys)
    with services.database.reading.begin() as session:
        rows = session.execute(
            select(Wave, WaveSeal.destroyed_at).join(
                WaveSeal, (WaveSeal.survey_id == Wave.survey_id) & (WaveSeal.wave_id == Wave.id)
            )
        ).all()
        due = [
            (wave.survey_id, wave.id)
            for wave, destroyed_at in rows
            if destroyed_at is None and now >= opens_until(wave, services.settings.zone)
        ]
        living = {wave.id for wave, destroyed_at in rows if destroyed_at is None}
    for survey_id, wave_id in due:
        with services.database.writing.begin() as session:
            if keys.destroy(session, survey_id, wave_id, why="due", at=now):
                log.info("wave_key_destroyed", wave=str(wave_id))
    for wave_id, since in list(keys.held()):
        if wave_id not in living and now - since > LEFT_ALONE:
            keys.wipe(wave_id)
