"""The columns of an export that a question of each kind becomes, and how its values are read into them.

A column is read from the values of many respondents at once: a list of what the judge made of each (``answers.Value``).
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Final

from questionnaires.answers import Value
from questionnaires.codebook import MISSING_CODES, MISSING_LABELS, Column, ValueLabel
from questionnaires.codebook import Variable as Row
from questionnaires.kinds.place import ACCURACY, GRAINS, parts_of
from questionnaires.model import Missing, Question, QuestionType
from questionnaires.text import Text
from survey_service.exports.dataset import Holds, Measure, Role, Variable

Cells = list[float] | list[str]
Read = Callable[[Sequence[Value]], Cells]
GIVEN: Final = 1
_LARGEST: Final = 2_000_000_000  # a code with a label is a long integer of Stata
_STEP: Final = 90
_CHOSEN: Final = ((0, Text("未选", "Not chosen")), (1, Text("选了", "Chosen")))
_ANSWERED: Final = ((GIVEN, Text("有回答", "Answered")),)


@dataclass(frozen=True, slots=True, kw_only=True)
class AnswerColumn:
    """``variable`` without its name, which the export gives; ``read`` fills it; ``open``: words of the respondent,
    or where somebody is."""

    variable: Variable
    read: Read
    open: bool = False


Exporter = Callable[[Question, Row], tuple[AnswerColumn, ...]]


def _coded(row: Row) -> Mapping[str, int]:
    """Code of the questionnaire -> number: itself where it is one, else its place."""
    codes = [one.code for one in row.values]
    numbers = [int(code) for code in codes if code.isascii() and code.isdigit()]
    if len(set(numbers)) == len(codes) and max(numbers, default=0) < _LARGEST:
        return dict(zip(codes, numbers, strict=True))
    return {code: place for place, code in enumerate(codes, start=1)}


def _missing_labels(row: Row) -> Mapping[Missing, Text]:
    """As the questionnaire words them, where an option means that nothing is known."""
    own = {one.missing: one.label for one in row.values if one.missing is not None}
    return {kind: own.get(kind, label) for kind, label in MISSING_LABELS.items()}


def _clear_of(least: float | None) -> Mapping[Missing, int]:
    """The codes of missing answers, moved below the least answer where that may be negative."""
    if least is not None and least >= 0:
        return MISSING_CODES
    steps = 11_111_111 if least is None else max(0, -int(least // _STEP))
    return {kind: code - _STEP * steps for kind, code in MISSING_CODES.items()}


def _one_code(_question: Question, row: Row) -> tuple[AnswerColumn, ...]:
    coded = _coded(row)
    told = [one for one in row.values if one.missing is None]
    ordered = len(told) > 1 and all(one.value is not None for one in told)
    numbers: dict[object, float] = {code: float(number) for code, number in coded.items()}
    numbers |= {kind: float(code) for kind, code in MISSING_CODES.items()}
    variable = _variable(
        row,
        measure=Measure.ORDINAL if ordered else Measure.NOMINAL,
        holds=Holds.WHOLE,
        values=tuple((coded[one.code], one.label) for one in told),
        codes={number: code for code, number in coded.items() if str(number) != code},
    )
    return (AnswerColumn(variable=variable, read=lambda values: [numbers[one] for one in values]),)


def _several_codes(_question: Question, row: Row) -> tuple[AnswerColumn, ...]:
    return tuple(_chosen(row, option, column) for option, column in zip(row.values, row.columns(), strict=True))


def _ranks(_question: Question, row: Row) -> tuple[AnswerColumn, ...]:
    return tuple(_at_rank(row, place, column) for place, column in enumerate(row.columns()))


def _at_rank(row: Row, place: int, column: Column) -> AnswerColumn:
    coded = _coded(row)
    lost: dict[object, float] = {kind: float(code) for kind, code in MISSING_CODES.items()}

    def read(values: Sequence[Value]) -> list[float]:
        return [float(coded[one[place]]) if isinstance(one, list) else lost[one] for one in values]

    variable = _variable(
        row,
        source=column.name,
        label=column.label,
        measure=Measure.NOMINAL,
        holds=Holds.WHOLE,
        values=tuple((coded[one.code], one.label) for one in row.values),
        codes={number: code for code, number in coded.items() if str(number) != code},
    )
    return AnswerColumn(variable=variable, read=read)


def _chosen(row: Row, option: ValueLabel, column: Column) -> AnswerColumn:
    lost: dict[object, float] = {kind: float(code) for kind, code in MISSING_CODES.items()}
    code = option.code

    def read(values: Sequence[Value]) -> list[float]:
        return [float(code in one) if isinstance(one, list) else lost[one] for one in values]

    variable = _variable(
        row, source=column.name, label=column.label, measure=Measure.NOMINAL, holds=Holds.WHOLE, values=_CHOSEN
    )
    return AnswerColumn(variable=variable, read=read)


def _number(question: Question, row: Row) -> tuple[AnswerColumn, ...]:
    least = question.minimum if isinstance(question.minimum, int | float) else None
    missing = _clear_of(least)
    lost: dict[object, float] = {kind: float(code) for kind, code in missing.items()}

    def read(values: Sequence[Value]) -> list[float]:
        return [lost[one] if isinstance(one, Missing) else float(one) for one in values]  # type: ignore[arg-type]

    holds = Holds.NUMBER if row.decimals else Holds.WHOLE
    return (AnswerColumn(variable=_variable(row, measure=Measure.SCALE, holds=holds, missing=missing), read=read),)


def _place(question: Question, row: Row) -> tuple[AnswerColumn, ...]:
    """Its parts, as open as words: a place may tell a household; and whether one was given."""
    parts = zip(row.parts, row.columns(), strict=True)
    return (*(_part_of_place(question, row, part, column) for (part, _), column in parts), _whether(row))


def _part_of_place(question: Question, row: Row, part: str, column: Column) -> AnswerColumn:
    missing = MISSING_CODES if part == ACCURACY else _clear_of(-180.0)
    lost: dict[object, float] = {kind: float(code) for kind, code in missing.items()}

    def read(values: Sequence[Value]) -> list[float]:
        told = (one if isinstance(one, Missing) else parts_of(str(one)).get(part, Missing.NO_ANSWER) for one in values)
        return [lost[one] if isinstance(one, Missing) else float(one) for one in told]

    decimals = 0 if part == ACCURACY else GRAINS[question.precision].decimals
    variable = _variable(
        row,
        source=column.name,
        label=column.label,
        measure=Measure.SCALE,
        holds=Holds.NUMBER if decimals else Holds.WHOLE,
        missing=missing,
    )
    return AnswerColumn(variable=replace(variable, decimals=decimals), read=read, open=True)


def _given_alone(_question: Question, row: Row) -> tuple[AnswerColumn, ...]:
    """Of files whether there are any: they themselves are in no table."""
    return (_whether(row),)


def _whether(row: Row) -> AnswerColumn:
    """Whether it was answered, or why not, beside what has no codes for that or is left out."""
    lost: dict[object, float] = {kind: float(code) for kind, code in MISSING_CODES.items()}

    def given(values: Sequence[Value]) -> list[float]:
        return [lost[one] if isinstance(one, Missing) else float(GIVEN) for one in values]

    whether = _variable(
        row,
        source=f"{row.name}.given",
        label=Text(f"{row.short.zh}：是否回答", f"{row.short.en or row.short.zh}: whether answered"),
        measure=Measure.NOMINAL,
        holds=Holds.WHOLE,
        values=_ANSWERED,
    )
    return AnswerColumn(variable=whether, read=given)


def _written(holds: Holds, *, open: bool) -> Exporter:
    """The text itself, and beside it whether it was given."""

    def text(values: Sequence[Value]) -> list[str]:
        return ["" if isinstance(one, Missing) else str(one) for one in values]

    def columns(_question: Question, row: Row) -> tuple[AnswerColumn, ...]:
        written = _variable(row, measure=Measure.TEXT, holds=holds, missing={})
        return (
            AnswerColumn(variable=written, read=text, open=open),
            _whether(row),
        )

    return columns


def _variable(
    row: Row,
    *,
    measure: Measure,
    holds: Holds,
    source: str | None = None,
    label: Text | None = None,
    values: tuple[tuple[int | str, Text], ...] = (),
    missing: Mapping[Missing, int] = MISSING_CODES,
    codes: Mapping[int, str] | None = None,
) -> Variable:
    return Variable(
        name="",
        label=row.label if label is None else label,
        measure=measure,
        holds=holds,
        role=Role.ANSWER,
        values=values,
        missing=missing,
        missing_labels=_missing_labels(row) if missing else {},
        decimals=row.decimals,
        question=row.question,
        source=row.name if source is None else source,
        codes=codes or {},
        asked_if=row.asked_if,
        unit=row.unit,
        rule=row.rule,
    )


_words: Final = _written(Holds.TEXT, open=True)
EXPORTED: Final[Mapping[QuestionType, Exporter | None]] = {  # None: it yields no column
    QuestionType.SINGLE_CHOICE: _one_code,
    QuestionType.MULTIPLE_CHOICE: _several_codes,
    QuestionType.SCALE: _one_code,
    QuestionType.RANKING: _ranks,
    QuestionType.NUMBER: _number,
    QuestionType.SHORT_TEXT: _words,
    QuestionType.LONG_TEXT: _words,
    QuestionType.DATE: _written(Holds.DAY, open=False),
    QuestionType.TIME: _written(Holds.CLOCK, open=False),
    QuestionType.PLACE: _place,
    QuestionType.ATTACHMENT: _given_alone,
    QuestionType.NOTE: None,
}


def exported(question: Question, row: Row) -> tuple[AnswerColumn, ...]:
    """The columns of the variable ``row`` of ``question``; the words behind 其他 are words, whatever the question."""
    if row.name == f"{question.id}.other" and not any(
        row.name == f"{question.id}.{item.id}" for item in question.items
    ):
        return _words(question, row)
    exporter = EXPORTED[question.type]
    assert exporter is not None  # a kind without variables has no row in the codebook
    return exporter(question, row)
