"""What a poster and a letter say: values that the service fills and the drawing sets."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from questionnaires.model import Header, Notice
from questionnaires.text import Text


@dataclass(frozen=True, slots=True, kw_only=True)
class Occasion:
    """What every sheet of one wave shares. Both days are inclusive."""

    title: Text  # of the questionnaire
    notice: Notice
    header: Header
    opens_on: date
    closes_on: date
    language: str  # "zh" or "en"
    quoted: bool = False  # own words may be, without a name


@dataclass(frozen=True, slots=True, kw_only=True)
class Poster:
    community: Text
    address: str  # of the open code's page; what the QR code holds and what can be typed


@dataclass(frozen=True, slots=True, kw_only=True)
class Letter:
    community: Text
    address: str  # of the single-use code's page
    door: str  # of the first page, where the short code is typed
    short_code: str  # in groups, as it is printed
    case_number: str
    household: str = ""  # where it is handed over: street, building, flat; no name
    whom: Text | None = None  # who of the household answers; None where anybody may
    unit: Text | None = None  # what stood on the list, in English the plural; None: households
