"""Problems and notices of the reader as plain values: how a child tells them to the service."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from questionnaires.text import Text
from survey_service.tabular.notices import TableNotice
from survey_service.tabular.problems import TableProblem, Value
from survey_service.tabular.words import Read, Reader

_LONGEST: Final = 2_000  # characters of a value: a head may be as long


def plain_problem(one: TableProblem) -> list[object]:
    return [one.kind.name, one.row, one.head("en")[:_LONGEST], _plain(one.values)]


def problem_of(said: list[Any]) -> TableProblem:
    """Raises KeyError, TypeError and ValueError for what no child of ours says."""
    name, row, column, values = said
    return TableProblem(kind=Reader[name], row=row, column=column, values=_values(values))


def plain_notice(one: TableNotice) -> list[object]:
    return [one.kind.name, _plain(one.values)]


def notice_of(said: list[Any]) -> TableNotice:
    """Raises KeyError, TypeError and ValueError, as ``problem_of``."""
    name, values = said
    return TableNotice.of(Read[name], **_values(values))


def _plain(values: Mapping[str, Value]) -> dict[str, object]:
    return {name: _plain_value(value) for name, value in values.items()}


def _plain_value(value: Value) -> object:
    match value:
        case Text():
            return {"zh": value.zh[:_LONGEST], "en": value.en[:_LONGEST]}
        case tuple():
            return [str(one)[:_LONGEST] for one in value]
        case str():
            return value[:_LONGEST]
    return value


def _values(said: Mapping[str, Any]) -> dict[str, Value]:
    return {name: _value(value) for name, value in said.items()}


def _value(said: Any) -> Value:
    match said:
        case {"zh": str(zh), "en": str(en)}:
            return Text(zh, en)
        case list():
            return tuple(str(one) for one in said)
        case str() | int() | float():
            return said
    raise ValueError("no value of a problem")
