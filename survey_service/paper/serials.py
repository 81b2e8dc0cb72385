"""Serials of printed forms: eight digits counted within the survey and a check digit.

Printed in threes (``000 012 346``), keyed on the number pad as nine digits or without the leading zeros. The check
digit is Damm's: every single wrong digit and every swap of two neighbours is noticed, and so are most other slips
(nine in ten of those that keep the length). A case number such as ``0009-001`` holds a hyphen and never passes for one.

Source: Damm (2004), Total anti-symmetrische Quasigruppen, doctoral thesis, Philipps-Universitaet Marburg;
the quasigroup of order 10 is the one printed there.
"""

from __future__ import annotations

import hashlib
import unicodedata
from dataclasses import dataclass
from uuid import UUID

LENGTH = 9
LARGEST_SEQUENCE = 10 ** (LENGTH - 1) - 1
_QUASIGROUP = (
    (0, 3, 1, 7, 5, 9, 8, 6, 4, 2),
    (7, 0, 9, 2, 1, 5, 4, 8, 6, 3),
    (4, 2, 0, 6, 8, 7, 1, 3, 5, 9),
    (1, 7, 5, 0, 9, 8, 3, 4, 2, 6),
    (6, 1, 2, 3, 0, 4, 5, 9, 7, 8),
    (3, 6, 7, 4, 2, 0, 9, 5, 8, 1),
    (5, 8, 6, 9, 7, 2, 0, 1, 3, 4),
    (8, 9, 4, 5, 3, 6, 2, 0, 1, 7),
    (9, 4, 3, 8, 6, 1, 7, 2, 0, 5),
    (2, 5, 8, 1, 4, 3, 6, 7, 9, 0),
)


def check_digit(digits: str) -> int:
    """Damm's check digit; zero for a number that ends with its own."""
    interim = 0
    for digit in digits:
        interim = _QUASIGROUP[interim][int(digit)]
    return interim


def serial(sequence: int) -> str:
    """The serial of the form that is the ``sequence``-th of its survey, from 1."""
    if not 1 <= sequence <= LARGEST_SEQUENCE:
        raise ValueError(f"no serial for {sequence}: a survey has at most {LARGEST_SEQUENCE} forms")
    digits = f"{sequence:0{LENGTH - 1}d}"
    return f"{digits}{check_digit(digits)}"


def sequence(of: str) -> int:
    """The count that a serial was made from."""
    return int(of) // 10


def read(typed: str) -> str | None:
    """The serial that was typed or scanned, or None where it is none: too long, not digits, or the check digit differs.

    Spaces and full-width digits pass; leading zeros may be left out, for they do not change Damm's digit.
    """
    digits = "".join(unicodedata.normalize("NFKC", typed).split())
    if not 2 <= len(digits) <= LENGTH or not (digits.isascii() and digits.isdigit()):
        return None
    whole = digits.zfill(LENGTH)
    return whole if check_digit(whole) == 0 and sequence(whole) > 0 else None


def grouped(of: str) -> str:
    """As people read it: 000 012 346."""
    return " ".join(of[start : start + 3] for start in range(0, len(of), 3))


def draw_number(of: str, case_number: str) -> str:
    """By which the blocks of a form are drawn: its case's, as on the phone; else its place among the survey's forms."""
    return case_number or str(sequence(of))


def shown(number: str) -> str:
    """A serial in threes, a case number as it is."""
    return grouped(number) if read(number) else number


# ------------------------------------------------------------------ the QR code of a page

MARK = "SF1"  # survey form, first edition of this payload
_SURVEY = 8
_VERSION = 8


@dataclass(frozen=True, slots=True, kw_only=True)
class PageCode:
    """What the QR code of a printed page says: which form, of which survey, which page, drawn from which definition."""

    survey: str  # 8 hexadecimal digits, see ``survey_mark``
    serial: str
    page: int  # from 1
    version: str  # the first 8 hexadecimal digits of the definition's SHA-256
    languages: str  # "zh", "en" or "zh-en": the drawing differs

    def payload(self) -> str:
        """Letters, digits and full stops only: the QR code's alphanumeric mode, so that its squares are large."""
        parts = (MARK, self.survey, self.serial, str(self.page), self.version, self.languages)
        return ".".join(parts).upper()


def survey_mark(survey_id: UUID) -> str:
    """A survey in 32 bits: enough to notice a form that strayed in from another survey, never a secret."""
    return hashlib.sha256(b"paper form " + survey_id.bytes).hexdigest()[:_SURVEY]


def read_payload(payload: str) -> PageCode | None:
    """The page that a scanned code names, or None where the code is not one of ours."""
    parts = payload.strip().lower().split(".")
    if len(parts) != 6 or parts[0] != MARK.lower():
        return None
    survey, number, page, version, languages = parts[1:]
    if len(survey) != _SURVEY or len(version) != _VERSION or not (page.isascii() and page.isdigit() and len(page) < 3):
        return None
    found = read(number)
    if found is None or languages not in ("zh", "en", "zh-en"):
        return None
    return PageCode(survey=survey, serial=found, page=int(page), version=version, languages=languages)
