"""What a release tells of the waves before it: changes as they were published, and where a row of waves breaks."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Literal

from survey_service.api.change_schemas import ChangeOut, TrendOut

TOLD = ("variable", "verdict", "difference", "low", "high", "detectable", "digits", "reasons")
Level = Literal["community", "street", "city"]
LEVELS: tuple[Level, ...] = ("community", "street")


def changes(record: Mapping[str, Any], city: str) -> list[ChangeOut]:
    """Since the wave before, then since the first that is comparable; none in a record from before they were kept."""
    before, trend = record.get("changes"), record.get("trend")
    found = [] if before is None else [_change(one, before["since"], city) for one in before["published"]]
    return found + ([] if trend is None else [_change(one, one["since"], city) for one in trend["since_first"]])


def trend(record: Mapping[str, Any], number: str) -> TrendOut | None:
    """``number``: of the release itself, which stands last."""
    kept = record.get("trend")
    if kept is None:
        return None
    numbers = [*kept["releases"], number]
    breaks = {variable: {numbers[at]: why for at, why in broken} for variable, broken in kept["breaks"].items()}
    return TrendOut(releases=kept["releases"], breaks=breaks)


def place(domain: Any, city: str) -> tuple[Level, str, dict[str, str]]:
    """Level and code of the area that a domain names, pairs as JSON keeps them, and the group within it."""
    named: dict[str, str] = dict(domain)
    level: Level = next((one for one in LEVELS if one in named), "city")
    return level, named.pop(level, city), named


def _change(kept: Mapping[str, Any], since: str, city: str) -> ChangeOut:
    level, code, group = place(kept["domain"], city)
    told = {name: kept[name] for name in TOLD if name in kept}
    return ChangeOut.model_validate({"since": since, "area": code, "level": level, "group": group, **told})
