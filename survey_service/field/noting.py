"""What a form says of visits: which outcome, and when; and whether the wave takes it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime, time
from typing import Final
from zoneinfo import ZoneInfo

from analysis.outcome_codes import OUTCOME_CODES, OutcomeMode, disposition_of
from questionnaires.text import Text
from survey_service.field.errors import FieldOver, NoSuchOutcome, WrongMoment
from survey_service.fieldwork.words import MODES, outcome_words
from survey_service.models import ListedUnit, Wave, WaveState

NOON: Final = time(12)
TAKES_VISITS: Final = (WaveState.OPEN, WaveState.CLOSED)

USUAL: Final[tuple[tuple[OutcomeMode, tuple[str, ...]], ...]] = (
    (OutcomeMode.IN_PERSON, ("2.24", "2.25", "2.111", "2.112", "4.60", "3.10")),
    (OutcomeMode.MAIL, ("2.113", "2.11", "3.30")),
)
"""What an office notes most; everything else stands below, by mode."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    mode: OutcomeMode
    code: str
    unit: ListedUnit = ListedUnit.HOUSEHOLD

    @property
    def value(self) -> str:
        """As it stands in a form."""
        return f"{self.mode.value}:{self.code}"

    @property
    def words(self) -> Text:
        return outcome_words(self.code, self.mode, self.unit)


@dataclass(frozen=True, slots=True)
class Choices:
    name: Text
    outcomes: tuple[Outcome, ...]


HEADINGS: Final = ("2.10", "2.20", "2.30")
"""Of AAPOR's tables: they only sum up what stands below them. Files and programs may tell them; a form offers what they
are made of."""


def choices(unit: ListedUnit) -> list[Choices]:
    """What a form offers of a visit: the usual first, then the others by mode, each once. No answer is among them."""
    usual = [Outcome(mode=mode, code=code, unit=unit) for mode, codes in USUAL for code in codes]

    def offered(one: Outcome) -> bool:
        return one not in usual and one.code not in HEADINGS and not disposition_of(one.code, one.mode).is_answer

    every = [
        Choices(MODES[mode], tuple(filter(offered, (Outcome(mode=mode, code=one.code, unit=unit) for one in codes))))
        for mode, codes in OUTCOME_CODES.items()
    ]
    return [Choices(Text("常用", "The usual"), tuple(usual)), *every]


def outcome_of(typed: str) -> Outcome:
    """NoSuchOutcome for what is in no list, and for one that says somebody answered."""
    mode, _, code = typed.partition(":")
    try:
        found = Outcome(mode=OutcomeMode(mode), code=code)
        outcome_words(found.code, found.mode)  # the very codes of the list, and none that merely mean one of them
    except (ValueError, KeyError):
        raise NoSuchOutcome from None
    if disposition_of(found.code, found.mode).is_answer:
        raise NoSuchOutcome
    return found


def moment_of(day: str, clock: str, *, zone: ZoneInfo, now: datetime) -> datetime:
    """When somebody was there. No time: at noon, or now where that lies ahead. WrongMoment for what lies ahead."""
    try:
        on = date.fromisoformat(day)
        at = time.fromisoformat(clock) if clock else None
    except ValueError:
        raise WrongMoment from None
    if at is not None and at.tzinfo is not None:
        raise WrongMoment
    found = datetime.combine(on, at or NOON, tzinfo=zone).astimezone(UTC)
    if at is None and on == now.astimezone(zone).date():
        found = min(found, now)
    if found > now:
        raise WrongMoment
    return found


def refuse_unless_noted(wave: Wave) -> None:
    """FieldOver where the wave has not begun, or its review has."""
    if wave.state not in TAKES_VISITS:
        raise FieldOver
