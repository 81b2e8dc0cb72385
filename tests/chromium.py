"""The Chromium that tests and benchmarks start."""

from __future__ import annotations

import shutil

# The shell first: the same engine without windows, whose own interface is a page more to draw for every test.
_NAMES = ("chromium-headless-shell", "chromium", "chromium-browser", "google-chrome")

CHROMIUM_ARGUMENTS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]


def chromium() -> str | None:
    """Where it lies; None: there is none here."""
    return next((found for name in _NAMES if (found := shutil.which(name))), None)
