"""What one running service holds: made once by ``create_app``, handed to routes by dependencies."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Protocol

from survey_service.clock import Clock
from survey_service.database import Database
from survey_service.secrets import KeyRing
from survey_service.settings import Settings
from survey_service.writer import GroupWriter


class Processes(Protocol):
    """What works beside the server, where ``serve`` has begun it."""

    @property
    def living(self) -> int:
        """How many workers look for jobs or are at one."""

    def compute(self, place: str, *arguments: Any) -> Any:
        """What the function at ``place`` makes of ``arguments``, see ``processes.beside``."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Services:
    settings: Settings
    database: Database
    writer: GroupWriter
    keys: KeyRing
    clock: Clock
    processes: Processes | None = None

    @property
    def nobody_works(self) -> bool:
        """Whether jobs wait because no worker of this service lives. Where it has none, others may do them."""
        return self.processes is not None and self.processes.living == 0
