"""What one running service holds: made once by ``create_app``, handed to routes by dependencies."""

from __future__ import annotations

from dataclasses import dataclass

from survey_service.clock import Clock
from survey_service.database import Database
from survey_service.secrets import KeyRing
from survey_service.settings import Settings
from survey_service.writer import GroupWriter


@dataclass(frozen=True, slots=True, kw_only=True)
class Services:
    settings: Settings
    database: Database
    writer: GroupWriter
    keys: KeyRing
    clock: Clock
