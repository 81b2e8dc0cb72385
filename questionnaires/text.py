"""Words in the languages a questionnaire speaks."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Text:
    """One text, Chinese first. ``en`` may be empty only where a definition declares Chinese alone."""

    zh: str
    en: str = ""

    def in_language(self, language: str) -> str:
        """The text in ``language`` ("zh" or "en"); Chinese where the other is empty."""
        return self.en if language == "en" and self.en else self.zh
