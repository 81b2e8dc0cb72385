"""The form as a keyer sees it: rows in the order of the paper, each with the codes that can be typed."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any
from uuid import UUID

from survey_service.keying.kinds import Box
from survey_service.models import Area, FormState, Mode, PaperBatch, VerificationDraw
from survey_service.paper.serials import grouped


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """One box to fill."""

    variable: str
    number: str  # as printed: 3, or 5.2 for a row of a matrix; empty for the words behind 其他
    label: str
    kind: Box
    example: str = ""  # of an answer, where its form is fixed
    codes: tuple[tuple[str, str], ...] = ()  # code and label
    minimum: str = ""  # of a number or a day; of several codes, how many; a ranking has as many as its maximum
    maximum: str = ""
    decimals: int = 0
    units: tuple[str, ...] = ()  # words that may stand behind the number
    max_length: int | None = None
    required: bool = False
    asked_if: tuple[Any, ...] = ()  # condition trees that must all hold
    exclusive: tuple[str, ...] = ()  # several: codes that rule out the others
    offers: Mapping[str, Any] = field(
        default_factory=dict
    )  # code -> condition tree, of what is not offered to everybody
    list_address: str = ""  # of a long list, whose codes do not stand beside the box
    narrowing: Mapping[str, Any] = field(default_factory=dict)  # what narrows a long list: ``option_search.narrowing``
    listed: int = 0  # how many entries it has

    def for_script(self) -> dict[str, Any]:
        """What ``keying.js`` needs besides the page itself."""
        return {
            "variable": self.variable,
            "number": self.number,
            "kind": self.kind.value,
            "codes": [list(code) for code in self.codes],
            "minimum": self.minimum,
            "maximum": self.maximum,
            "decimals": self.decimals,
            "units": list(self.units),
            "required": self.required,
            "askedIf": list(self.asked_if),
            "exclusive": list(self.exclusive),
            "offers": dict(self.offers),
            "list": self.list_address,
            "narrowing": dict(self.narrowing),
        }


@dataclass(frozen=True, slots=True, kw_only=True)
class SheetSection:
    title: str
    rows: tuple[Row, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Sheet:
    """A whole form in one language."""

    title: str
    form_number: str
    sections: tuple[SheetSection, ...]
    contradictions: tuple[tuple[Any, str, str], ...]  # rules too: condition tree, last variable of it, message

    @property
    def rows(self) -> list[Row]:
        return [row for section in self.sections for row in section.rows]

    def for_script(self, today: date | None = None) -> dict[str, Any]:
        """What ``keying.js`` needs of it on the day of keying."""
        return {
            "today": "" if today is None else today.isoformat(),
            "rows": [row.for_script() for row in self.rows],
            "contradictions": [
                {"tree": tree, "variable": variable, "message": message}
                for tree, variable, message in self.contradictions
            ],
        }


@dataclass(frozen=True, slots=True, kw_only=True)
class BatchPlace:
    """Where a form lies in its batch."""

    batch_id: UUID
    number: int  # of the batch
    position: int
    size: int
    keyer_id: UUID | None
    verifier_id: UUID | None


@dataclass(frozen=True, slots=True, kw_only=True)
class FormFound:
    """The form whose serial was typed."""

    case_id: UUID | None  # None: printed for nobody in particular
    area_id: UUID
    number: str  # nine digits, or the case's number where the wave prints no serials
    community: str
    keyed: bool  # its case has the complete response already
    form_id: UUID | None = None
    batch: BatchPlace | None = None
    mode: Mode = Mode.PAPER
    in_time: bool = False  # recorded as returned before the wave closed
    set_aside: bool = False  # spoiled
    draw_number: str = ""  # by which its blocks are drawn

    @property
    def paper_id(self) -> UUID:
        """What its keyings are filed under."""
        found = self.form_id or self.case_id
        assert found is not None  # a form has a serial or a case
        return found

    @property
    def shown(self) -> str:
        """As it is printed: 000 012 346."""
        return grouped(self.number) if self.form_id else self.number


@dataclass(frozen=True, slots=True, kw_only=True)
class Tally:
    """What one keyer has done today."""

    forms: int
    per_hour: int | None  # None before there is something to divide by


@dataclass(frozen=True, slots=True, kw_only=True)
class FieldMessage:
    """What is to be looked at in one box."""

    variable: str
    message: str
    hard: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Draft:
    """A form as the page gets it to key: what stands in its boxes, and the hold that lets the page save."""

    keying_id: UUID
    hold: int
    previous_hold: int
    sequence: int
    fields: Mapping[str, str]
    accepted: Sequence[str]
    notes: Mapping[str, str]
    keystrokes: int
    seconds: int
    by_others: bool  # somebody else keyed part of it


@dataclass(frozen=True, slots=True, kw_only=True)
class Save:
    """All boxes of a form at one moment. Of two saves the one with the larger (hold, sequence) is the later."""

    hold: int
    sequence: int
    fields: Mapping[str, str]
    accepted: Sequence[str] = ()
    notes: Mapping[str, str] = field(default_factory=dict)
    keystrokes: int = 0
    seconds: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class OpenForm:
    """A form of a batch whose first keying is not done, and may still be."""

    number: str
    state: FormState
    half_keyed: bool
    keyer: str  # who began it; empty where no box is keyed

    @property
    def shown(self) -> str:
        return grouped(self.number)


@dataclass(frozen=True, slots=True, kw_only=True)
class BatchLine:
    """One batch and how far it has come. Counts are forms unless they say fields."""

    batch: PaperBatch
    area: Area
    keyer: str  # name; empty where anybody may key it
    verifier: str
    drawn: VerificationDraw | None  # None while the first keying goes on
    returned: int
    set_aside: int  # spoiled or missing
    keyed: int
    left: int  # may still come to be keyed
    waiting: int  # for their second keying
    verified: int
    compared: int  # fields
    different: int  # fields
    undecided: int  # fields
    wrong: int  # fields of the first keying that were decided against it

    @property
    def error_rate(self) -> float | None:
        """Wrong fields of the first keying per field compared, 0..1; None while a field is undecided."""
        return self.wrong / self.compared if self.compared and not self.undecided else None

    @property
    def drawn_forms(self) -> int:
        return self.waiting + self.verified
