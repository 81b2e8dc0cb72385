"""What one running service holds: made once by ``create_app``, handed to routes by dependencies."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any, Protocol, TypeVar

from survey_service.clock import Clock
from survey_service.database import Database
from survey_service.secrets import KeyRing
from survey_service.settings import Settings
from survey_service.writer import GroupWriter

T = TypeVar("T")


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
    # What slices above this module hold for a server: they know its type, this module does not.
    held: dict[type, object] = field(default_factory=dict, repr=False)

    def hold(self, *made: object) -> None:
        """At the start, by ``create_app``: one of each type."""
        self.held.update({type(one): one for one in made})

    def of(self, kind: type[T]) -> T:
        """The one of this type that the server holds."""
        found = self.held[kind]
        assert isinstance(found, kind)
        return found

    @property
    def nobody_works(self) -> bool:
        """Whether jobs wait because no worker of this service lives. Where it has none, others may do them."""
        return self.processes is not None and self.processes.living == 0
