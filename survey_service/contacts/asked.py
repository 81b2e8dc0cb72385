"""Whether a wave asks for contact data, what for, and until when they are kept. Stands in the wave's plan."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from questionnaires.text import Text
from survey_service.clock import end_of
from survey_service.models import Wave

IN_PLAN = "contact"
DAYS = 30  # after the wave closes, unless the wave says less
MOST_DAYS = 180


@dataclass(frozen=True, slots=True, kw_only=True)
class ContactAsked:
    """``purpose`` is printed in the notice: without one, nothing is asked."""

    purpose: Text
    days: int

    def erased_at(self, wave: Wave, zone: ZoneInfo) -> datetime:
        return end_of(wave.closes_on, zone) + timedelta(days=self.days)


def contact_asked(wave: Wave) -> ContactAsked | None:
    """None where the wave does not ask: then no page offers it and no post is taken."""
    given = wave.plan.get(IN_PLAN) or {}
    purpose = given.get("purpose") or {}
    if not purpose.get("zh"):
        return None
    return ContactAsked(
        purpose=Text(purpose["zh"], purpose.get("en") or purpose["zh"]), days=int(given.get("days", DAYS))
    )
