"""What ``serve`` runs beside its server: workers for jobs, and a process that computes what somebody waits for."""

from __future__ import annotations

from typing import Any

from survey_service.processes.beside import Beside
from survey_service.processes.supervisor import Workers
from survey_service.services import Services
from survey_service.settings import Settings


class ProcessesOfAServer:
    def __init__(self, settings: Settings) -> None:
        self._workers = Workers(number=settings.workers, rounds=True)
        self._beside = Beside(settings)

    def start(self, services: Services) -> None:
        self._workers.start(services)

    def stop(self) -> None:
        self._workers.stop()
        self._beside.stop()

    @property
    def living(self) -> int:
        return self._workers.living

    def compute(self, place: str, *arguments: Any) -> Any:
        return self._beside.compute(place, *arguments)
