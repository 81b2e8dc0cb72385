"""The record of a release as it was signed. Light: pages and programs read it without the statistics."""

from __future__ import annotations

import hashlib
import json
from typing import Any

from survey_service.models import Release


class DamagedRelease(ValueError):
    """The stored figures are not those whose hash was signed."""


def signed_record(release: Release) -> dict[str, Any]:
    """What the release keeps, its hash compared with the one that was signed; DamagedRelease where it is another."""
    if hashlib.sha256(release.estimates.encode()).hexdigest() != release.estimates_sha256:
        raise DamagedRelease(f"release {release.id} does not match its hash")
    kept: dict[str, Any] = json.loads(release.estimates)
    return kept
