"""A served city, phones and desks: what browser tests take by name. Passwords are light here, as in tests/service."""

from __future__ import annotations

from tests.browser.devices import backend
from tests.browser.resident_fixtures import phone, wave
from tests.browser.staff_fixtures import base, clock, desk, world
from tests.service.conftest import light_passwords

__all__ = ["backend", "base", "clock", "desk", "light_passwords", "phone", "wave", "world"]
