"""One cell to one answer, as the judge takes it; or to the reason why nobody can tell what it says."""

from __future__ import annotations

import difflib
import re
import unicodedata
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta

from questionnaires.model import Option, Question, QuestionType
from survey_service.importing import damage
from survey_service.importing.plan import MISSING_MARK
from survey_service.importing.words import Kind, Notice, Problem
from survey_service.tabular.cells import Mark

PLATFORM_MISSING = frozenset({"(跳过)", "（跳过）", "(空)", "（空）"})
PLATFORM_CODES = frozenset({"-2", "-3"})
BETWEEN = "┋"
_PART = re.compile(r"([^〖]*)(?:〖(.*)〗)?", re.DOTALL)
_NUMBERED = re.compile(r"([A-Za-z]|\d{1,2})\s*[.．、:：)）]\s*(\S.*)")
_SEPARATORS = re.compile(r"[,，;；、|/\n]+")
_YES = frozenset({"1", "√", "✓", "✔", "是", "选中", "已选", "true", "yes", "y", "x", "●", "■"})
_NO = frozenset({"", "0", "否", "未选", "未选中", "false", "no", "n", "○", "□"})
_SERIAL_FIRST, _SERIAL_LAST = 10_000, 80_000  # 1927 to 2119
NEAR = 0.55


@dataclass(slots=True)
class Reading:
    """What a cell says. ``answer`` None: nothing; ``words``: text behind 其他."""

    answer: object = None
    words: str = ""
    problem: Problem | None = None
    notices: list[tuple[Notice, str, str]] = field(default_factory=list)  # kind, seen, taken

    def notice(self, kind: Notice, seen: str, taken: str = "") -> None:
        self.notices.append((kind, seen, taken))


Reader = Callable[[str], Reading]


def fold(text: str) -> str:
    """What two spellings of one label have in common."""
    return re.sub(r"[\s“”\"'‘’。.]+", "", unicodedata.normalize("NFKC", text)).casefold()


def refuse(kind: Kind, seen: str, near: str = "") -> Reading:
    return Reading(problem=Problem(kind=kind, seen=seen[:60], near=near))


class Codes:
    """The options of a question by code and by label."""

    def __init__(self, question: Question, said: Mapping[str, str]) -> None:
        self.question = question
        self.codes = {option.code: option for option in question.options}
        self._said = said
        self._labels: dict[str, Option | None] = {}
        for option in question.options:
            for label in {fold(option.label.zh), fold(option.label.en)} - {""}:
                known = self._labels.get(label, option)
                self._labels[label] = option if known is option else None  # two options alike: neither

    def said(self, text: str) -> object | None:
        """What a person said of this value, ready for the judge; None where nothing was said."""
        code = self._said.get(text)
        if code is None:
            return None
        if code.startswith(MISSING_MARK):
            return {"missing": code.removeprefix(MISSING_MARK)}
        return code if code in self.codes else None

    def labelled(self, text: str) -> Option | None:
        return self._labels.get(fold(text))

    def near(self, text: str) -> Option | None:
        """The option whose label is most like ``text``, for a hint."""
        labels = [label for label, option in self._labels.items() if option is not None]
        found = difflib.get_close_matches(fold(text), labels, n=1, cutoff=NEAR)
        return self._labels[found[0]] if found else None

    def one(self, text: str, reading: Reading) -> str | None:
        """The code of one value. None with ``reading.problem`` set where it cannot be told."""
        shown = text
        if (bare := damage.unquoted(text)) is not None:
            reading.notice(Notice.QUOTED, text, bare)
            text = bare
        folded = damage.half_width(text)
        if folded != text and damage.has_full_width(text) and folded in self.codes:
            reading.notice(Notice.FULL_WIDTH, text, folded)
        label = self.labelled(text)
        by_code = self._by_code(folded, reading, said_otherwise=label is not None)
        if reading.problem is not None:
            return None
        if by_code is not None and label is not None and label.code != by_code:
            reading.problem = Problem(kind=Kind.TWO_MEANINGS, seen=shown[:60])
            return None
        if by_code is not None:
            return by_code
        if label is not None:
            return label.code
        return self._numbered(folded, shown, reading)

    def _by_code(self, text: str, reading: Reading, *, said_otherwise: bool) -> str | None:
        if re.fullmatch(r"\d+\.0+", text) and text not in self.codes:
            whole = text.partition(".")[0]
            if whole in self.codes:
                reading.notice(Notice.POINT_ZERO, text, whole)
                text = whole
        if not text.isdigit():
            return text if text in self.codes else None
        alike = [code for code in self.codes if code.isdigit() and code.lstrip("0") == text.lstrip("0")]
        shorter = [code for code in alike if len(code) > len(text)]  # what this may have been before Excel
        if text in self.codes and not shorter:
            return text
        if len(alike) == 1 and shorter and not said_otherwise:
            reading.notice(Notice.LOST_ZERO, text, alike[0])
            return alike[0]
        if text in self.codes or len(shorter) > 1:
            reading.problem = Problem(kind=Kind.TWO_CODES, seen=text, codes="、".join(alike))
        return None

    def _numbered(self, text: str, shown: str, reading: Reading) -> str | None:
        """“1. 满意” and “A、满意”: the label decides, and a code in front may not say otherwise."""
        match = _NUMBERED.fullmatch(text)
        label = self.labelled(match.group(2)) if match else None
        if match and label is not None:
            if match.group(1) in self.codes and match.group(1) != label.code:
                reading.problem = Problem(kind=Kind.TWO_MEANINGS, seen=shown[:60])
                return None
            return label.code
        near = self.near(text)
        hint = near.label.zh if near else ""
        reading.problem = Problem(kind=Kind.UNKNOWN_VALUE, seen=shown[:60], near=hint)
        return None


def reader(question: Question, variable: str, said: Mapping[str, str], *, platform: bool, epoch_1904: bool) -> Reader:
    """The reader of one column that holds ``variable`` of ``question``."""
    if variable.endswith(".other") and variable == f"{question.id}.other":
        return _guarded(_text(), platform)
    match question.type:
        case QuestionType.SINGLE_CHOICE | QuestionType.SCALE:
            return _guarded(_single(Codes(question, said)), platform)
        case QuestionType.MULTIPLE_CHOICE:
            return _guarded(_several(Codes(question, said)), platform)
        case QuestionType.NUMBER:
            return _guarded(_number(question, platform), platform, keeps_codes=True)
        case QuestionType.DATE:
            return _guarded(_date(epoch_1904), platform)
        case _:
            return _guarded(_text(), platform)


def _guarded(read: Reader, platform: bool, *, keeps_codes: bool = False) -> Reader:
    """Nothing said and nothing readable are alike for every question."""

    def guarded(cell: str) -> Reading:
        text = damage.plain(cell)
        if not text and damage.mark_of(cell) is None:
            return Reading()
        if text in PLATFORM_MISSING or (platform and not keeps_codes and text in PLATFORM_CODES):
            return Reading()
        if (kind := damage.lost(cell)) is not None:
            return refuse(kind, text)
        reading = read(cell)
        if damage.mark_of(cell) is Mark.FORMULA and reading.problem is None:
            reading.notice(Notice.FORMULA, text)
        return reading

    return guarded


def _single(codes: Codes) -> Reader:
    def read(cell: str) -> Reading:
        text = damage.plain(cell)
        if damage.mark_of(cell) in (Mark.DATE, Mark.PERCENT):
            return refuse(Kind.DATE_MADE if damage.mark_of(cell) is Mark.DATE else Kind.PERCENT, text)
        said = codes.said(text)
        if said is not None:
            return Reading(said)
        reading = Reading()
        return _with_words(codes, text, reading, single=True)

    return read


def _with_words(codes: Codes, text: str, reading: Reading, *, single: bool) -> Reading:
    """“其他〖广播〗”: a label or a code, with words behind it where the option asks for them."""
    match = _PART.fullmatch(text)
    bare, words = (match.group(1).strip(), (match.group(2) or "").strip()) if match else (text, "")
    code = codes.one(bare or text, reading)
    if code is None:
        problem = reading.problem
        if problem is not None and problem.kind is Kind.UNKNOWN_VALUE and damage.DATE.fullmatch(text):
            reading.problem = Problem(kind=Kind.DATE_MADE, seen=text[:60])
        return reading
    if words and codes.codes[code].other:
        if not _take_words(words, reading):
            return reading
    elif words:
        reading.notice(Notice.WORDS_DROPPED, text)
    reading.answer = code if single else [code]
    return reading


def _take_words(words: str, reading: Reading) -> bool:
    """Words behind 其他 are a text like any other; False with ``reading.problem`` set where they cannot be taken."""
    read = _text()(words)
    reading.notices += read.notices
    reading.problem = read.problem
    reading.words = str(read.answer or "")
    return read.problem is None


def _several(codes: Codes) -> Reader:
    singly = all(len(code) == 1 for code in codes.codes)

    def read(cell: str) -> Reading:
        text = damage.plain(cell)
        if damage.mark_of(cell) in (Mark.DATE, Mark.PERCENT):
            return refuse(Kind.DATE_MADE if damage.mark_of(cell) is Mark.DATE else Kind.PERCENT, text)
        said = codes.said(text)
        if said is not None:
            return Reading(said if isinstance(said, dict) else [said])
        reading = Reading()
        parts = _parts(text)
        if BETWEEN not in text:
            whole = _with_words(codes, text, Reading(), single=False)
            if whole.problem is None or whole.problem.kind is not Kind.UNKNOWN_VALUE:
                return whole
            if singly and text.isdigit() and "0" not in codes.codes and len(set(text)) == len(text) > 1:
                return _together(codes, text, reading)
            if len(parts) == 1:
                return whole
        chosen: list[str] = []
        for part in parts:
            told = codes.said(part)
            if isinstance(told, str):
                chosen.append(told)
                continue
            one = _with_words(codes, part, reading, single=False)
            if reading.problem is not None or not isinstance(one.answer, list):
                return Reading(problem=reading.problem)
            chosen += one.answer
        reading.answer = list(dict.fromkeys(chosen))
        return reading

    return read


def _together(codes: Codes, text: str, reading: Reading) -> Reading:
    """Codes written without anything between: 14 for 1 and 4."""
    if not all(one in codes.codes for one in text):
        return refuse(Kind.UNKNOWN_VALUE, text)
    reading.notice(Notice.SPLIT_DIGITS, text, "、".join(text))
    reading.answer = list(text)
    return reading


def _parts(text: str) -> list[str]:
    """The choices of a cell; what stands between 〖 and 〗 is words and is not parted."""
    kept: list[str] = []

    def keep(match: re.Match[str]) -> str:
        kept.append(match.group())
        return f"\x00{len(kept) - 1}\x00"

    bare = re.sub(r"〖.*?〗", keep, text, flags=re.DOTALL)
    pieces = bare.split(BETWEEN) if BETWEEN in bare else _SEPARATORS.split(bare)
    whole = [re.sub(r"\x00(\d+)\x00", lambda found: kept[int(found.group(1))], one).strip() for one in pieces]
    return [one for one in whole if one]


def option_reader(question: Question, code: str, *, platform: bool) -> Reader:
    """The reader of a column that ticks one option: 1 or 0, its label or nothing, words where it asks for them."""
    option = question.option(code)
    assert option is not None  # the plan was checked

    def read(cell: str) -> Reading:
        text = damage.plain(cell)
        if damage.mark_of(cell) in (Mark.DATE, Mark.PERCENT):
            return refuse(Kind.DATE_MADE if damage.mark_of(cell) is Mark.DATE else Kind.PERCENT, text)
        reading = Reading()
        if (inner := damage.unquoted(text)) is not None:
            reading.notice(Notice.QUOTED, text, inner)
            text = inner
        match = _PART.fullmatch(text)
        bare, words = (match.group(1).strip(), (match.group(2) or "").strip()) if match else (text, "")
        folded = damage.half_width(bare).casefold()
        if folded != bare.casefold() and damage.has_full_width(bare):
            reading.notice(Notice.FULL_WIDTH, bare, folded)
        folded = re.sub(r"\.0+$", "", folded)
        if folded in _NO and not words:
            return refuse(Kind.TWO_MEANINGS, text) if folded == code else reading
        label = fold(bare) in {fold(option.label.zh), fold(option.label.en)}
        ticked = folded in _YES or folded == code.casefold() or label
        if not ticked and (not option.other or damage.NUMBER.fullmatch(folded)):
            return refuse(Kind.UNKNOWN_VALUE, text, near=option.label.zh)
        reading.answer = [code]
        if not ticked:  # the column of 其他 holds its words
            _take_words(bare, reading)
        elif words and option.other:
            _take_words(words, reading)
        elif words:
            reading.notice(Notice.WORDS_DROPPED, text)
        return reading

    return _guarded(read, platform)


def _number(question: Question, platform: bool) -> Reader:
    least = question.minimum if isinstance(question.minimum, int | float) else None
    most = question.maximum if isinstance(question.maximum, int | float) else None

    def read(cell: str) -> Reading:
        text = damage.plain(cell)
        if damage.mark_of(cell) in (Mark.DATE, Mark.PERCENT):
            return refuse(Kind.DATE_MADE if damage.mark_of(cell) is Mark.DATE else Kind.PERCENT, text)
        reading = Reading()
        if platform and text in PLATFORM_CODES:
            if least is not None and least > int(text):
                return reading
            reading.notice(Notice.NOT_MISSING, text)
        if (bare := damage.unquoted(text)) is not None:
            reading.notice(Notice.QUOTED, text, bare)
            text = bare
        folded = damage.half_width(text)
        if folded != text:
            reading.notice(Notice.FULL_WIDTH, text, folded)
        if damage.DATE.fullmatch(folded):
            return refuse(Kind.DATE_MADE, text)
        if folded.isdigit() and 36_526 <= int(folded) <= 55_152 and (most is None or most >= int(folded)):
            reading.notice(Notice.LIKE_SERIAL, folded)
        reading.answer = folded
        return reading

    return read


def _date(epoch_1904: bool) -> Reader:
    first = date(1904, 1, 1) if epoch_1904 else date(1899, 12, 30)

    def read(cell: str) -> Reading:
        text = damage.plain(cell)
        reading = Reading()
        if damage.mark_of(cell) is Mark.DATE:
            text = text.partition(" ")[0]
            reading.notice(Notice.DATE_CELL, str(cell), text)
        folded = damage.half_width(text)
        if folded != text:
            reading.notice(Notice.FULL_WIDTH, text, folded)
        if re.fullmatch(r"\d{4}[-/.]\d{1,2}[-/.]\d{1,2}[ T]\d{1,2}:\d{2}.*", folded):
            bare = re.split(r"[ T]", folded)[0]
            reading.notice(Notice.DATE_CELL, folded, bare)
            folded = bare
        if re.fullmatch(r"\d{5}(?:\.\d+)?", folded) and _SERIAL_FIRST <= float(folded) <= _SERIAL_LAST:
            day = (first + timedelta(days=int(float(folded)))).isoformat()
            reading.notice(Notice.SERIAL_DATE, folded, day)
            folded = day
        reading.answer = folded
        return reading

    return read


def _text() -> Reader:
    def read(cell: str) -> Reading:
        text = damage.plain(cell)
        reading = Reading()
        if damage.mark_of(cell) is Mark.DATE:
            return refuse(Kind.DATE_MADE, text)
        if damage.is_personal(damage.half_width(text)):
            return refuse(Kind.PERSONAL, "")
        if (bare := damage.unquoted(text)) is not None:
            reading.notice(Notice.QUOTED, text, bare)
            text = bare
        elif re.match(r"'\d", text):  # the mark by which Excel is told to keep digits
            reading.notice(Notice.QUOTED, text, text[1:])
            text = text[1:]
        if damage.NUMBER.fullmatch(damage.half_width(text)) or text in ("TRUE", "FALSE"):
            reading.notice(Notice.NUMBER_IN_TEXT, text)
        elif damage.DATE.fullmatch(text) or damage.TIME.fullmatch(text):
            reading.notice(Notice.DATE_IN_TEXT, text)
        elif text.startswith("="):
            reading.notice(Notice.FORMULA, text)
        if re.search(r"[０-９]", text):
            reading.notice(Notice.WIDE_TEXT, text)
        if damage.mark_of(cell) is Mark.PERCENT or text.endswith("%"):
            reading.notice(Notice.NUMBER_IN_TEXT, text)
        if len(text) in (255, 32_767):
            reading.notice(Notice.CUT_TEXT, text, str(len(text)))
        reading.answer = text
        return reading

    return read
