"""Processes that may be killed, and a wait that asks the service itself."""

from __future__ import annotations

import subprocess
from collections.abc import Iterator

import pytest

from tests.faults.killed import killable
from tests.service.conftest import light_passwords

__all__ = ["light_passwords", "parent"]


@pytest.fixture(scope="session")
def parent() -> Iterator[subprocess.Popen[str]]:
    """Starts served processes that may be killed; one for all tests of a run."""
    with killable() as started:
        yield started
