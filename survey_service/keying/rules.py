"""How keying is checked in this installation."""

from __future__ import annotations

import secrets
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Literal

from survey_service.settings import Settings


def _seed() -> str:
    return secrets.token_hex(16)


@dataclass(frozen=True, slots=True, kw_only=True)
class Rules:
    """Shares and rates are in 0..1."""

    verification_share: float = 1.0  # of a batch that names none
    error_limit: float = 0.005  # wrong fields of the first keying, per field, above which all forms are verified
    adjudicator: Literal["third", "second"] = "third"
    hold: timedelta = timedelta(minutes=15)
    seed: Callable[[], str] = field(default=_seed)  # of a draw; nobody may know it while the forms are keyed

    @classmethod
    def of(cls, settings: Settings) -> Rules:
        return cls(
            verification_share=settings.keying_verification_share,
            error_limit=settings.keying_error_limit / 1000,
            adjudicator=settings.keying_adjudicator,
            hold=timedelta(minutes=settings.keying_hold_minutes),
        )


DEFAULT_RULES = Rules()
