"""ask_if: parsed, checked, evaluated. (Laid as a type first; the language follows.)"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Condition:
    source: str
