"""What the receipt page says of contact data: nothing, unless the wave asks."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy.orm import Session

from survey_service.contacts.asked import ContactAsked, contact_asked
from survey_service.contacts.errors import ContactsUnreadable
from survey_service.contacts.store import ContactStore
from survey_service.models import Wave
from survey_service.services import Services


@dataclass(frozen=True, slots=True, kw_only=True)
class Offer:
    """What the receipt page says and asks; nothing where the wave does not ask."""

    asked: ContactAsked
    until: datetime
    held: bool


def offer(session: Session, running: Services, survey_id: UUID, wave_id: UUID, receipt: str) -> Offer | None:
    """None where the wave does not ask, or where nothing could be kept now."""
    wave = session.get_one(Wave, (survey_id, wave_id))
    asked = contact_asked(wave)
    if asked is None:
        return None
    try:
        held = ContactStore(running.settings).holds(survey_id, receipt)
    except ContactsUnreadable:
        return None  # the receipt is what this person came for; the log tells the office
    return Offer(asked=asked, until=asked.erased_at(wave, running.settings.zone), held=held)
