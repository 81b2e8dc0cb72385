"""Whether a demonstration city stands already; nothing heavy is imported, for `make run` asks each time."""

from __future__ import annotations

import json
from datetime import date
from importlib.metadata import version
from pathlib import Path
from typing import Final

DATABASE: Final = "survey.db"
DESCRIPTION: Final = "demo.json"


def stands(out: Path, *, on: date) -> bool:
    """Whether the city of this software stands in the folder, its open wave still open."""
    try:
        found = json.loads((out / DESCRIPTION).read_text(encoding="utf-8"))
        current = found["software_version"] == version("survey-service")
        return current and date.fromisoformat(found["open_until"]) >= on and (out / DATABASE).exists()
    except (FileNotFoundError, ValueError, KeyError, TypeError):
        return False
