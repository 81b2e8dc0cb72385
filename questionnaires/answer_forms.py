"""What every reader of an answer has in common: one raw answer to its canonical form, or to what is wrong with it.

No answer ever raises. The readers stand with their kinds (``questionnaires.kinds``). Raw answers are whatever a web
form, a phone, a keyer or an import sends: strings, lists of strings, numbers, garbage. Canonical forms are documented
in docs/questionnaires.md and versioned by ``answers.CANONICAL_FORMAT``.
"""

from __future__ import annotations

import math
import re
import unicodedata
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from enum import StrEnum

from questionnaires.characters import without_invisible
from questionnaires.model import Missing, Option

MAX_RAW_LENGTH = 20_000  # characters of one raw answer; more is not looked at
MAX_OTHER_LENGTH = 100  # characters behind 其他

Canonical = str | int | float | list[str] | dict[str, str]


class FindingCode(StrEnum):
    UNKNOWN_VARIABLE = "unknown_variable"
    UNKNOWN_CODE = "unknown_code"
    NOT_OFFERED = "not_offered"  # an option that hangs on an earlier answer, which says otherwise
    CHOOSE_ONE = "choose_one"
    EXCLUSIVE = "exclusive"
    TOO_FEW_CHOICES = "too_few_choices"
    TOO_MANY_CHOICES = "too_many_choices"
    RANKED_TWICE = "ranked_twice"
    RANKS_MISSING = "ranks_missing"
    NOT_A_NUMBER = "not_a_number"
    OUT_OF_RANGE = "out_of_range"
    DECIMALS = "decimals"
    NOT_A_DATE = "not_a_date"
    DATE_OUT_OF_RANGE = "date_out_of_range"
    NOT_A_TIME = "not_a_time"
    TIME_OUT_OF_RANGE = "time_out_of_range"
    NOT_A_PLACE = "not_a_place"
    PLACE_OUT_OF_RANGE = "place_out_of_range"
    PLACE_TOO_COARSE = "place_too_coarse"
    NOT_A_FILE = "not_a_file"
    TOO_MANY_FILES = "too_many_files"
    FILE_NOT_ACCEPTED = "file_not_accepted"
    NOT_A_TEXT = "not_a_text"
    TOO_LONG = "too_long"
    UNKNOWN_MISSING = "unknown_missing"
    REQUIRED = "required"
    OFF_PATH = "off_path"
    NOT_DRAWN = "not_drawn"
    NO_DRAW = "no_draw"
    DRAWN_OTHERWISE = "drawn_otherwise"
    CONTRADICTION = "contradiction"
    RULE = "rule"
    TOO_LARGE = "too_large"


@dataclass(frozen=True, slots=True)
class Fault:
    """What is wrong with one answer; ``parameters`` are plain JSON values for the message.

    ``written``: the canonical form of an answer that is clear, though it cannot be meant: an age of 17 where adults
    are asked. Who keys paper keeps it, for the paper says so; it is never counted.
    """

    code: FindingCode
    parameters: Mapping[str, str | int | float] = field(default_factory=dict)
    written: Canonical | None = None


Read = tuple[Canonical | None, Fault | None]  # (None, None) is no answer
Reader = Callable[[object], Read]
NOTHING: Read = (None, None)


def explicit_missing(raw: Mapping[object, object], options: tuple[Option, ...], *, several: bool, seen: bool) -> Read:
    """``{"missing": kind}``: stated, not merely absent. ``seen``: somebody looked at paper and may call it illegible.

    A kind that the question offers as an option becomes that option's code: one meaning, one form.
    """
    kind = raw.get("missing")
    allowed = ("refused", "no_answer", "dont_know", "illegible") if seen else ("refused", "no_answer", "dont_know")
    if len(raw) != 1 or not isinstance(kind, str) or kind not in allowed:
        return None, Fault(FindingCode.UNKNOWN_MISSING, {"seen": glimpse(kind)})
    for option in options:
        if option.missing == kind:
            return ([option.code] if several else option.code), None
    return {"missing": str(Missing(kind))}, None


def glimpse(raw: object) -> str:
    """A few harmless characters of a raw answer, to show what was seen."""
    if isinstance(raw, str):
        return clean(raw[:40], several_lines=False)
    if is_number(raw) or raw is None or isinstance(raw, bool):
        return str(raw)
    return type(raw).__name__


def is_number(raw: object) -> bool:
    """A number of JSON, of a size that Python writes out: it refuses to print integers of 4,300 digits."""
    return (type(raw) is int and abs(raw) < 10**15) or (type(raw) is float and math.isfinite(raw))


def clean(text: str, *, several_lines: bool) -> str:
    """NFC, without characters that nobody sees, stripped; line ends as LF, or as a blank."""
    if text.isascii() and text.isprintable():
        return text.strip()
    text = text.replace("\r\n", "\n").replace("\r", "\n")
    if not several_lines:
        text = re.sub(r"[\n\t]", " ", text)
    return unicodedata.normalize("NFC", without_invisible(text)).strip()


def single_value(raw: object) -> tuple[str | int | float | None, bool]:
    """The single raw value, folded; and whether it was single. Form posts wrap it in a list of one."""
    if isinstance(raw, list | tuple):
        filled = [one for one in raw if one is not None and one != ""]
        if len(filled) > 1:
            return None, False
        raw = filled[0] if filled else None
    if raw is None:
        return None, True
    if isinstance(raw, str):
        if len(raw) > MAX_RAW_LENGTH:
            return None, False
        if not raw.isascii():
            raw = unicodedata.normalize("NFKC", clean(raw, several_lines=False))
        return raw.strip(), True
    if is_number(raw) and isinstance(raw, int | float):
        return raw, True
    return None, False
