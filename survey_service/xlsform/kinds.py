"""Each kind of question as rows of a form: its word, whether it has a list, how it looks, what limits it."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import time
from typing import Final

from questionnaires.model import Accepts, Entry, Missing, Precision, Question, QuestionType
from survey_service.xlsform.conditions_out import minutes_of, number_text


def _none(_: Question) -> Iterator[str]:
    yield from ()


def _never(_: Question) -> bool:
    return False


_OF_FILES: Final = {
    Accepts.PICTURE: "image",
    Accepts.SOUND: "audio",
    Accepts.VIDEO: "video",
    Accepts.DOCUMENT: "file",
}


@dataclass(frozen=True, slots=True)
class RowKind:
    """``word``: the type of the row; ``listed``: the name of a list follows it; ``matrix``: a group of such rows."""

    word: str
    listed: bool = False
    matrix: bool = False
    appearance: str = ""
    limits: Callable[[Question], Iterator[str]] = _none
    parameters: str = ""
    coarser: Callable[[Question], bool] = _never  # whether it is kept here less exactly than there

    def type(self, question: Question) -> str:
        if question.accepts:
            return _OF_FILES[question.accepts[0]]
        if question.entry is Entry.BARCODE:
            return "barcode"
        return "decimal" if self.word == "integer" and question.decimals else self.word


def _between(question: Question, written: Callable[[object], str], own: str = ".") -> Iterator[str]:
    for sign, limit in ((">=", question.minimum), ("<=", question.maximum)):
        if limit is not None:
            yield f"{own} {sign} {written(limit)}"


def _numbers(question: Question) -> Iterator[str]:
    yield from _between(question, number_text)


def _days(question: Question) -> Iterator[str]:
    yield from _between(question, lambda day: f"date('{day}')")


def _times(question: Question) -> Iterator[str]:
    def in_minutes(limit: object) -> str:
        assert isinstance(limit, time)
        return str(limit.hour * 60 + limit.minute)

    yield from _between(question, in_minutes, minutes_of("."))


def _length(question: Question) -> Iterator[str]:
    yield f"string-length(.) <= {question.max_length}"


def _choices(question: Question) -> Iterator[str]:
    for sign, count in ((">=", question.minimum_choices), ("<=", question.maximum_choices)):
        if count is not None:
            yield f"count-selected(.) {sign} {count}"
    for one in question.options:
        if one.exclusive or one.missing in (Missing.DONT_KNOW, Missing.REFUSED):
            yield f"not(selected(., '{one.code}') and count-selected(.) > 1)"


WRITTEN: Final[Mapping[QuestionType, RowKind]] = {
    QuestionType.SINGLE_CHOICE: RowKind("select_one", listed=True),
    QuestionType.MULTIPLE_CHOICE: RowKind("select_multiple", listed=True, limits=_choices),
    QuestionType.SCALE: RowKind("select_one", listed=True, matrix=True, appearance="table-list"),
    QuestionType.RANKING: RowKind("rank", listed=True),
    QuestionType.NUMBER: RowKind("integer", limits=_numbers),
    QuestionType.SHORT_TEXT: RowKind("text", limits=_length),
    QuestionType.LONG_TEXT: RowKind("text", appearance="multiline", limits=_length),
    QuestionType.DATE: RowKind("date", limits=_days),
    QuestionType.TIME: RowKind("time", limits=_times),
    QuestionType.PLACE: RowKind("geopoint", coarser=lambda one: one.precision is not Precision.EXACT),
    QuestionType.ATTACHMENT: RowKind("image", parameters="max-pixels=2560"),
    QuestionType.NOTE: RowKind("note"),
}
