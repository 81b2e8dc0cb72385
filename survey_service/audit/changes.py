"""What a change did to fields, as the log may hold it: names and keyed hashes, never values."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from survey_service.secrets import KeyRing


def changes(keys: KeyRing, kind: str, old: Mapping[str, Any], new: Mapping[str, Any]) -> dict[str, list[str]]:
    """Keyed hashes of old and new by the field that differs: equal values have equal hashes, nobody can try values."""
    return {
        field: [keys.keyed_hash(f"{kind}.{field}", _plain(one)) for one in (old[field], value)]
        for field, value in new.items()
        if old[field] != value
    }


def _plain(value: object) -> str:
    """One text for one value, however its mapping is ordered."""
    return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False, sort_keys=True, default=str)
