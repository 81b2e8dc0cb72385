"""One cell to one answer, as the judge takes it; or to the reason why nobody can tell what it says. See ``kinds``."""

from __future__ import annotations

import re
from datetime import date, timedelta

from questionnaires.kinds.place import GRAINS, LATITUDE, LONGITUDE
from questionnaires.model import Question
from survey_service.importing import choices, damage
from survey_service.importing.choices import Codes, fold, part_words
from survey_service.importing.reading import Reader, Reading, refuse
from survey_service.importing.words import Kind, Notice
from survey_service.tabular.cells import Mark

PLATFORM_MISSING = frozenset({"(跳过)", "（跳过）", "(空)", "（空）"})
PLATFORM_CODES = frozenset({"-2", "-3"})
_YES = frozenset({"1", "√", "✓", "✔", "是", "选中", "已选", "true", "yes", "y", "x", "●", "■"})
_NO = frozenset({"", "0", "否", "未选", "未选中", "false", "no", "n", "n/a", "○", "□"})
_RANK = re.compile(r"(?:第\s*)?0*([1-9][0-9]?)(?:\.0+)?\s*(?:位|名)?")
_SERIAL_FIRST, _SERIAL_LAST = 10_000, 80_000  # 1927 to 2119


def guarded(read: Reader, platform: bool, *, keeps_codes: bool = False) -> Reader:
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


def single(codes: Codes) -> Reader:
    def read(cell: str) -> Reading:
        text = damage.plain(cell)
        if damage.mark_of(cell) in (Mark.DATE, Mark.PERCENT):
            return refuse(Kind.DATE_MADE if damage.mark_of(cell) is Mark.DATE else Kind.PERCENT, text)
        said = codes.said(text)
        if said is not None and not isinstance(said, str):
            return Reading(said)
        choice, problem = choices.choice(codes, text)
        if choice is None:
            return _unread(text, Reading(problem=problem or codes.unknown(text)))
        return _taken(choice.code, [choice])

    return read


def _unread(text: str, reading: Reading) -> Reading:
    """Nobody can tell what it says: perhaps because it became a date."""
    problem = reading.problem
    if problem is not None and problem.kind is Kind.UNKNOWN_VALUE and damage.DATE.fullmatch(text):
        return refuse(Kind.DATE_MADE, text)
    return reading


def _taken(answer: object, chosen: list[choices.Choice]) -> Reading:
    """The reading of these options, with the words behind 其他 where they can be taken."""
    reading = Reading(answer)
    for one in chosen:
        reading.notices += one.notices
        if one.words and not _take_words(one.words, reading):
            return Reading(problem=reading.problem)
    return reading


def _take_words(words: str, reading: Reading) -> bool:
    """Words behind 其他 are a text like any other; False with ``reading.problem`` set where they cannot be taken."""
    read = written()(words)
    reading.notices += read.notices
    reading.problem = read.problem
    reading.words = str(read.answer or "")
    return read.problem is None


def several(codes: Codes) -> Reader:
    def read(cell: str) -> Reading:
        text = damage.plain(cell)
        if damage.mark_of(cell) in (Mark.DATE, Mark.PERCENT):
            return refuse(Kind.DATE_MADE if damage.mark_of(cell) is Mark.DATE else Kind.PERCENT, text)
        said = codes.said(text)
        if said is not None and not isinstance(said, str):
            return Reading(said)
        chosen, problem = choices.choose(codes, text)
        if problem is not None:
            return _unread(text, Reading(problem=problem))
        return _taken(list(dict.fromkeys(one.code for one in chosen if one.code is not None)) or None, chosen)

    return read


def ranked(codes: Codes) -> Reader:
    """Options in their order, joined as platforms join them: 停车→路灯→绿化."""
    read = several(codes)
    labelled = any("→" in label for one in codes.question.options for label in (one.label.zh, one.label.en))

    return lambda cell: read(cell if labelled or "→" not in cell else cell.replace("→", choices.BETWEEN))


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
        bare, words = part_words(text)
        folded = damage.half_width(bare).casefold()
        if folded != bare.casefold() and damage.has_full_width(bare):
            reading.notice(Notice.FULL_WIDTH, bare, folded)
        folded = re.sub(r"\.0+$", "", folded)
        if folded in _NO and not words:
            return refuse(Kind.TWO_MEANINGS, text) if folded == code else reading
        label = fold(bare) in {fold(option.label.zh), fold(option.label.en)}
        ticked = folded in _YES or folded == code.casefold() or label
        if not ticked and (not option.other or damage.NUMBER.fullmatch(folded)):
            return refuse(Kind.UNKNOWN_VALUE, text, near=option.label)
        reading.answer = [code]
        if not ticked:  # the column of 其他 holds its words
            _take_words(bare, reading)
        elif words and option.other:
            _take_words(words, reading)
        elif words:
            reading.notice(Notice.WORDS_DROPPED, text)
        return reading

    return guarded(read, platform)


def rank_reader(question: Question, code: str, *, platform: bool) -> Reader:
    """The reader of a column that holds at which rank one option was put: 2, 第2位; nothing where at none."""
    option = question.option(code)
    assert option is not None  # the plan was checked

    def read(cell: str) -> Reading:
        text = damage.plain(cell)
        if damage.mark_of(cell) in (Mark.DATE, Mark.PERCENT):
            return refuse(Kind.DATE_MADE if damage.mark_of(cell) is Mark.DATE else Kind.PERCENT, text)
        reading = Reading()
        folded = damage.half_width(text)
        if folded != text:
            reading.notice(Notice.FULL_WIDTH, text, folded)
        if folded.casefold() in _NO:
            return reading
        rank = _RANK.fullmatch(folded)
        if rank is None or int(rank[1]) > len(question.options):
            return refuse(Kind.UNKNOWN_VALUE, text)
        reading.answer = [f"{int(rank[1])}:{code}"]
        return reading

    return guarded(read, platform)


def part_reader(question: Question, part: str, *, platform: bool) -> Reader:
    """The reader of a column that holds one part of an answer: a number, kept by its name until the others are read."""

    def read(cell: str) -> Reading:
        text = damage.plain(cell)
        if damage.mark_of(cell) in (Mark.DATE, Mark.PERCENT):
            return refuse(Kind.DATE_MADE if damage.mark_of(cell) is Mark.DATE else Kind.PERCENT, text)
        reading = Reading()
        folded = damage.half_width(text)
        if folded != text:
            reading.notice(Notice.FULL_WIDTH, text, folded)
        reading.answer = {part: _filled_up(folded, question) if part in (LATITUDE, LONGITUDE) else folded}
        return reading

    return guarded(read, platform)


def _filled_up(number: str, question: Question) -> str:
    """A spreadsheet shows 30.650 as 30.65: the last zero is given back, not more."""
    whole, point, decimals = number.partition(".")
    return f"{whole}.{decimals}0" if point and len(decimals) == GRAINS[question.precision].least - 1 else number


def position() -> Reader:
    """A place in one cell."""

    def read(cell: str) -> Reading:
        text = damage.plain(cell)
        if damage.mark_of(cell) in (Mark.DATE, Mark.PERCENT):
            return refuse(Kind.DATE_MADE if damage.mark_of(cell) is Mark.DATE else Kind.PERCENT, text)
        return Reading(text)

    return read


def number(question: Question, platform: bool) -> Reader:
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


def day(epoch_1904: bool) -> Reader:
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


def clock() -> Reader:
    """A time of the day; of a cell of Excel, which is a fraction of a day or has a date in front, that time."""

    def read(cell: str) -> Reading:
        text = damage.plain(cell)
        reading = Reading()
        folded = damage.half_width(text)
        if folded != text:
            reading.notice(Notice.FULL_WIDTH, text, folded)
        if match := re.fullmatch(r"(?:\d{4}[-/.]\d{1,2}[-/.]\d{1,2}[ T])?(\d{1,2}:\d{2})(?::\d{2}(?:\.\d+)?)?", folded):
            if match[1] != folded:
                reading.notice(Notice.TIME_CELL, folded, match[1])
            folded = match[1]
        elif re.fullmatch(r"0?\.\d{2,}", folded):
            minute = round(float(folded) * 24 * 60) % (24 * 60)
            said = f"{minute // 60:02d}:{minute % 60:02d}"
            reading.notice(Notice.TIME_CELL, folded, said)
            folded = said
        reading.answer = folded
        return reading

    return read


def written() -> Reader:
    def read(cell: str) -> Reading:
        text = damage.plain(cell)
        reading = Reading()
        if damage.mark_of(cell) is Mark.DATE:
            return refuse(Kind.DATE_MADE, text)
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
