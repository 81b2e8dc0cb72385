"""One line of the doctor: what was looked at, how it stands, and the way out."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum


class Mark(Enum):
    WELL = "✓"
    CARE = "!"
    WRONG = "✕"


@dataclass(frozen=True, slots=True)
class Finding:
    """``way_*`` is empty where all is well. No name of a person, no code, no secret stands in any of it."""

    check: str
    mark: Mark
    zh: str
    en: str
    way_zh: str = ""
    way_en: str = ""

    def in_language(self, language: str) -> tuple[str, str]:
        return (self.en, self.way_en) if language == "en" else (self.zh, self.way_zh)

    def to_json(self) -> dict[str, str]:
        return {
            "check": self.check,
            "state": self.mark.name.lower(),
            "zh": self.zh,
            "en": self.en,
            "way_zh": self.way_zh,
            "way_en": self.way_en,
        }
