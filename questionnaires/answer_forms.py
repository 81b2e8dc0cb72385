"""One raw answer to its canonical form, or to what is wrong with it. No answer ever raises.

Raw answers are whatever a web form, a phone, a keyer or an import sends: strings, lists of strings, numbers, garbage.
Canonical forms are documented in docs/questionnaires.md and versioned by ``answers.CANONICAL_FORMAT``.
"""

from __future__ import annotations

import math
import re
import unicodedata
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum

from questionnaires.characters import without_invisible
from questionnaires.model import Missing, Option, Question, QuestionType

MAX_RAW_LENGTH = 20_000  # characters of one raw answer; more is not looked at
MAX_OTHER_LENGTH = 100  # characters behind 其他

Canonical = str | int | float | list[str] | dict[str, str]


class FindingCode(StrEnum):
    UNKNOWN_VARIABLE = "unknown_variable"
    UNKNOWN_CODE = "unknown_code"
    CHOOSE_ONE = "choose_one"
    EXCLUSIVE = "exclusive"
    NOT_A_NUMBER = "not_a_number"
    OUT_OF_RANGE = "out_of_range"
    DECIMALS = "decimals"
    NOT_A_DATE = "not_a_date"
    DATE_OUT_OF_RANGE = "date_out_of_range"
    NOT_A_TEXT = "not_a_text"
    TOO_LONG = "too_long"
    UNKNOWN_MISSING = "unknown_missing"
    REQUIRED = "required"
    OFF_PATH = "off_path"
    CONTRADICTION = "contradiction"
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


def reader(question: Question) -> Reader:
    """The reader for every variable of a question but the words behind 其他."""
    match question.type:
        case QuestionType.SINGLE_CHOICE | QuestionType.SCALE:
            return _single_choice(question.options)
        case QuestionType.MULTIPLE_CHOICE:
            return _multiple_choice(question.options)
        case QuestionType.NUMBER:
            return _number(question)
        case QuestionType.DATE:
            return _date(question)
        case QuestionType.LONG_TEXT:
            return _text(question.max_length or MAX_RAW_LENGTH, several_lines=True)
        case _:
            return _text(question.max_length or MAX_OTHER_LENGTH, several_lines=False)


def other_reader() -> Reader:
    """The reader for the words behind 其他."""
    return _text(MAX_OTHER_LENGTH, several_lines=False)


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
    if _is_number(raw) or raw is None or isinstance(raw, bool):
        return str(raw)
    return type(raw).__name__


def _is_number(raw: object) -> bool:
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


def _one(raw: object) -> tuple[str | int | float | None, bool]:
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
    if _is_number(raw) and isinstance(raw, int | float):
        return raw, True
    return None, False


def _single_choice(options: tuple[Option, ...]) -> Reader:
    codes = frozenset(option.code for option in options)

    def read(raw: object) -> Read:
        if isinstance(raw, str) and raw in codes:
            return raw, None
        value, single = _one(raw)
        if not single:
            several = isinstance(raw, list | tuple)
            return None, Fault(FindingCode.CHOOSE_ONE if several else FindingCode.UNKNOWN_CODE, {"seen": glimpse(raw)})
        if value is None or value == "":
            return NOTHING
        code = str(value) if not isinstance(value, float) else ""
        return (code, None) if code in codes else (None, Fault(FindingCode.UNKNOWN_CODE, {"seen": glimpse(raw)}))

    return read


def _multiple_choice(options: tuple[Option, ...]) -> Reader:
    codes = tuple(option.code for option in options)
    exclusive = {option.code for option in options if option.exclusive}
    keyed_singly = all(len(code) == 1 for code in codes)

    def spread(raw: object) -> list[object]:
        """Keyers type 14 or 1,4 for the codes 1 and 4."""
        if isinstance(raw, list | tuple):
            filled = [part for part in raw[: len(codes) * 4] if part is not None]
            return [one for part in filled for one in (spread(part) if isinstance(part, str) else [part])]
        if not isinstance(raw, str):
            return [] if raw is None else [raw]
        folded = unicodedata.normalize("NFKC", clean(raw[:1000], several_lines=False))
        if folded in codes:
            return [folded]
        parts = [part for part in re.split(r"[\s,;、]+", folded) if part]
        if keyed_singly and len(parts) == 1 and all(one in codes for one in parts[0]):
            return list(parts[0])
        return list(parts)

    def read(raw: object) -> Read:
        chosen: set[str] = set()
        for one in spread(raw):
            code = str(one) if isinstance(one, str) or (type(one) is int and _is_number(one)) else ""
            if code not in codes:
                return None, Fault(FindingCode.UNKNOWN_CODE, {"seen": glimpse(one)})
            chosen.add(code)
        if not chosen:
            return NOTHING
        alone = sorted(chosen & exclusive)
        if alone and len(chosen) > 1:
            written = [code for code in codes if code in chosen]
            return None, Fault(FindingCode.EXCLUSIVE, {"option": alone[0]}, written)
        return [code for code in codes if code in chosen], None

    return read


_NUMBER = re.compile(r"[+-]?(?:[0-9]{1,15}|[0-9]{1,3}(?:,[0-9]{3}){1,4})(?:\.[0-9]{0,10})?")


def _number(question: Question) -> Reader:
    units = tuple(one for one in (question.unit.zh, question.unit.en) if one) if question.unit else ()
    least = question.minimum if isinstance(question.minimum, int | float) else -math.inf
    most = question.maximum if isinstance(question.maximum, int | float) else math.inf

    def read(raw: object) -> Read:
        value, single = _one(raw)
        if not single:
            return None, Fault(FindingCode.NOT_A_NUMBER, {"seen": glimpse(raw)})
        if value is None or value == "":
            return NOTHING
        if isinstance(value, str):
            for unit in units:  # 45 岁 is as good as 45
                value = value.removesuffix(unit).rstrip()
            if not _NUMBER.fullmatch(value):
                return None, Fault(FindingCode.NOT_A_NUMBER, {"seen": glimpse(raw)})
            value = float(value.replace(",", ""))
        if abs(value) >= 1e15:  # beyond what JSON readers keep exactly
            return None, Fault(FindingCode.NOT_A_NUMBER, {"seen": glimpse(raw)})
        number = int(value) if value == int(value) else float(value)
        if round(value, question.decimals) != value:
            return None, Fault(FindingCode.DECIMALS, {"seen": glimpse(raw), "decimals": question.decimals}, number)
        if not least <= number <= most:
            return None, Fault(FindingCode.OUT_OF_RANGE, {"seen": number}, number)
        return number, None

    return read


_DATE = re.compile(
    r"([0-9]{4})(?:-|/|\.|年)\s*([0-9]{1,2})(?:-|/|\.|月)\s*([0-9]{1,2})日?|([0-9]{4})([0-9]{2})([0-9]{2})"
)


def _date(question: Question) -> Reader:
    least = question.minimum if isinstance(question.minimum, date) else date.min
    most = question.maximum if isinstance(question.maximum, date) else date.max

    def read(raw: object) -> Read:
        value, single = _one(raw)
        if single and (value is None or value == ""):
            return NOTHING
        match = _DATE.fullmatch(str(value)) if single and not isinstance(value, float) else None
        try:
            day = date(*(int(part) for part in match.groups() if part)) if match else None
        except ValueError:  # 30 February
            day = None
        if day is None:
            return None, Fault(FindingCode.NOT_A_DATE, {"seen": glimpse(raw)})
        if not least <= day <= most:
            return None, Fault(FindingCode.DATE_OUT_OF_RANGE, {"seen": day.isoformat()}, day.isoformat())
        return day.isoformat(), None

    return read


def _text(max_length: int, *, several_lines: bool) -> Reader:
    def read(raw: object) -> Read:
        if isinstance(raw, list | tuple):
            filled = [one for one in raw if one is not None and one != ""]
            raw = filled[0] if len(filled) == 1 else filled or None
        if raw is None or raw == "":
            return NOTHING
        if _is_number(raw):
            raw = str(raw)  # a spreadsheet turned 12 into a number; it was words
        if not isinstance(raw, str):
            return None, Fault(FindingCode.NOT_A_TEXT, {"seen": glimpse(raw)})
        if len(raw) > MAX_RAW_LENGTH:
            return None, Fault(FindingCode.TOO_LONG, {"length": len(raw), "limit": max_length})
        text = clean(raw, several_lines=several_lines)
        if len(text) > max_length:
            return None, Fault(FindingCode.TOO_LONG, {"length": len(text), "limit": max_length})
        return (text, None) if text else NOTHING

    return read
