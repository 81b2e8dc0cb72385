"""What a release tells of change, small enough to be asked for one area: its record holds every figure of the city."""

from __future__ import annotations

from typing import Any

from survey_service.analyses.earlier_wave import WaveChanges


def told_changes(changes: WaveChanges | None) -> dict[str, Any] | None:
    """{"since": number of the earlier release, "areas": {code: {indicator: verdict}}}, with "" for the city; groups of
    it are left out. None where no earlier wave can be held against."""
    if changes is None:
        return None
    areas: dict[str, dict[str, str]] = {}
    for one in changes.published:
        if len(one.domain) > 1 or (one.domain and one.domain[0][0] not in ("community", "street")):
            continue
        code = one.domain[0][1] if one.domain else ""
        areas.setdefault(code, {})[one.variable] = one.verdict.value
    return {"since": changes.release_number, "areas": areas}
