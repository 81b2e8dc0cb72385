"""Contact data go on their day by themselves, and at any time by ``survey-service erase``; both are audited."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

import structlog

from survey_service import audit, jobs
from survey_service.audit.chain import SERVICE
from survey_service.contacts.asked import contact_asked
from survey_service.contacts.store import ContactStore
from survey_service.database import Database
from survey_service.models import Wave
from survey_service.services import Services
from survey_service.settings import Settings

log = structlog.get_logger()


def erase_contacts(
    settings: Settings, database: Database, survey_id: UUID, wave_id: UUID, *, why: str, at: datetime
) -> int:
    """Erase a wave's contact data now; how many. The number of people stands in the audit log, nothing of them."""
    erased = ContactStore(settings).erase_wave(survey_id, wave_id)
    if erased:
        with database.writing.begin() as session:
            audit.record(
                session,
                survey_id=survey_id,
                at=at,
                by=SERVICE,
                action="contacts.erased",
                record=f"wave {wave_id}",
                detail={"people": erased, "ground": why},
            )
    return erased


@jobs.regularly(minutes=10)
def erase_due_contacts(services: Services) -> None:
    """Erase the contact data of waves whose day has come, and of those that no longer ask."""
    now = services.clock()
    for survey_id, wave_id in ContactStore(services.settings).counts():
        with services.database.reading.begin() as session:
            wave = session.get(Wave, (survey_id, wave_id))
            if wave is None:
                # Another database was restored beside the store: nobody knows here when they are due.
                log.warning("contacts_without_wave", wave=str(wave_id))
                continue
            asked = contact_asked(wave)
            due = asked is None or now >= asked.erased_at(wave, services.settings.zone)
        if due:
            erase_contacts(services.settings, services.database, survey_id, wave_id, why="due", at=now)
