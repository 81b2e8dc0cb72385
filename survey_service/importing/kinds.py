"""How the cells of a column are read that answers a question, by kind of question."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Final

from questionnaires.kinds import kind_of
from questionnaires.model import Question, QuestionType
from survey_service.importing import values
from survey_service.importing.choices import Codes
from survey_service.importing.plan import ColumnPlan, Target
from survey_service.importing.reading import Reader


@dataclass(frozen=True, slots=True, kw_only=True)
class Source:
    """What is known of a column before its cells are read."""

    question: Question
    said: Mapping[str, str]  # what a person said that a word of the file means
    platform: bool  # it comes from a survey platform, which writes (跳过), -2 and -3
    epoch_1904: bool
    lettered: bool = False  # A is the first option

    def codes(self) -> Codes:
        return Codes(self.question, self.said, lettered=self.lettered)


@dataclass(frozen=True, slots=True, kw_only=True)
class Imported:
    read: Callable[[Source], Reader]
    closed: bool  # no answer of it is the word 合计


def _words(column: Source) -> Reader:
    return values.guarded(values.written(), column.platform)


IMPORTED: Final[Mapping[QuestionType, Imported | None]] = {  # None: no column answers it
    QuestionType.SINGLE_CHOICE: Imported(
        read=lambda column: values.guarded(values.single(column.codes()), column.platform), closed=True
    ),
    QuestionType.MULTIPLE_CHOICE: Imported(
        read=lambda column: values.guarded(values.several(column.codes()), column.platform), closed=True
    ),
    QuestionType.RANKING: Imported(
        read=lambda column: values.guarded(values.ranked(column.codes()), column.platform), closed=True
    ),
    QuestionType.SCALE: Imported(
        read=lambda column: values.guarded(values.single(column.codes()), column.platform), closed=True
    ),
    QuestionType.NUMBER: Imported(
        read=lambda column: values.guarded(
            values.number(column.question, column.platform), column.platform, keeps_codes=True
        ),
        closed=True,
    ),
    QuestionType.SHORT_TEXT: Imported(read=_words, closed=False),
    QuestionType.LONG_TEXT: Imported(read=_words, closed=False),
    QuestionType.DATE: Imported(
        read=lambda column: values.guarded(values.day(column.epoch_1904), column.platform), closed=False
    ),
    QuestionType.TIME: Imported(read=lambda column: values.guarded(values.clock(), column.platform), closed=False),
    QuestionType.PLACE: Imported(read=lambda column: values.guarded(values.position(), column.platform), closed=False),
    QuestionType.ATTACHMENT: None,
    QuestionType.NOTE: None,
}


def reader(column: Source, variable: str) -> Reader:
    """The reader of the column that holds ``variable``."""
    imported = IMPORTED[column.question.type]
    assert imported is not None  # a kind without variables has no column
    return _words(column) if variable == f"{column.question.id}.other" else imported.read(column)


def reader_of(column: Source, planned: ColumnPlan) -> Reader:
    """The reader of a column by what it was taken for: an answer, an option that it ticks or ranks, a part of one."""
    if planned.target is not Target.OPTION:
        return reader(column, planned.variable)
    kind = kind_of(column.question)
    read = values.part_reader if kind.parts else values.rank_reader if kind.ordered else values.option_reader
    return read(column.question, planned.option, platform=column.platform)


def is_closed(question: Question, variable: str) -> bool:
    imported = IMPORTED[question.type]
    return imported is not None and imported.closed and variable != f"{question.id}.other"
