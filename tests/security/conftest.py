"""The small city over HTTP, as in tests/service."""

from __future__ import annotations

from tests.service.conftest import TestClock, client, clock, light_passwords, world

__all__ = ["TestClock", "client", "clock", "light_passwords", "world"]
