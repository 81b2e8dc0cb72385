"""A questionnaire as JSON that loads for ever, without its file; and its fingerprint.

``FORMAT`` is raised when the shape changes; ``from_canonical`` keeps reading every earlier format. Fields that have
their default are left out, so that a field added later changes no fingerprint of a questionnaire that does not use it.
"""

from __future__ import annotations

import hashlib
import types
import typing
from collections.abc import Mapping
from dataclasses import is_dataclass
from datetime import date, time
from enum import Enum
from functools import cache

from questionnaires import expressions
from questionnaires.canonical_json import Form, canonical_text
from questionnaires.conditions import Condition, from_json, held
from questionnaires.expressions import Formula
from questionnaires.lists import put_back, unfilled, without_entries
from questionnaires.model import Questionnaire
from questionnaires.text import Piped, Text, text_of

FORMAT = 1


class NotCanonical(ValueError):
    """A stored definition that this version cannot read."""


def to_canonical(questionnaire: Questionnaire) -> dict[str, object]:
    """Plain JSON values: ``{"format": 1, "questionnaire": {...}}``."""
    return {"format": FORMAT, "questionnaire": _FORM.plain(unfilled(questionnaire))}


def in_rounds(questionnaire: Questionnaire) -> dict[str, object]:
    """``to_canonical`` with every round as a section of its own, for a program that knows of none: not for storing."""
    return {"format": FORMAT, "questionnaire": _FORM.plain(without_entries(questionnaire))}


def in_full(questionnaire: Questionnaire) -> object:
    """Plain values of all that it asks and counts, with what is made of lists: for comparing, not for storing."""
    return _FORM.plain(questionnaire)


def from_canonical(stored: Mapping[str, object]) -> Questionnaire:
    """The questionnaire that ``to_canonical`` wrote; ``NotCanonical`` where it is none."""
    if stored.get("format") != FORMAT:
        raise NotCanonical(f"a definition of format {stored.get('format')!r}; this version reads format {FORMAT}")
    try:
        built = _build(Questionnaire, stored["questionnaire"])
    except (KeyError, TypeError, ValueError, AttributeError) as error:
        raise NotCanonical(f"not a stored questionnaire: {error}") from error
    assert isinstance(built, Questionnaire)
    return put_back(built)


def canonical_bytes(questionnaire: Questionnaire) -> bytes:
    """UTF-8 JSON, keys sorted, no spaces: equal questionnaires give equal bytes."""
    return canonical_text(to_canonical(questionnaire)).encode()


def sha256(questionnaire: Questionnaire) -> str:
    """The fingerprint of a questionnaire version, 64 hexadecimal digits."""
    return hashlib.sha256(canonical_bytes(questionnaire)).hexdigest()


def _by_language(text: Text) -> dict[str, str]:
    return {"zh": text.zh} | ({"en": text.en} if text.en else {}) | dict(text.others)


_FORM = Form(
    without=frozenset({"written", "round"}),
    defaults=False,
    words={
        Condition: lambda condition: {"source": condition.source, "tree": condition.to_json()},
        Formula: lambda formula: {"source": formula.source, "tree": expressions.to_json(formula.tree)},
        Piped: lambda text: _by_language(text.written),
        Text: _by_language,
    },
)


@cache
def _hints(kind: type) -> dict[str, object]:
    return typing.get_type_hints(kind)


def _build(kind: object, stored: object) -> object:
    """``stored`` as the type that a field declares. A shape of the wrong kind raises one of the errors caught above."""
    origin = typing.get_origin(kind)
    if origin in (types.UnionType, typing.Union):
        return _build_union(typing.get_args(kind), stored)
    if origin is tuple:
        if not isinstance(stored, list):
            raise TypeError(f"a list is expected, not {stored!r:.40}")
        return tuple(_build(typing.get_args(kind)[0], one) for one in stored)
    if origin is not None:  # Mapping[str, X]
        if not isinstance(stored, dict):
            raise TypeError(f"an object is expected, not {stored!r:.40}")
        return {key: _build(typing.get_args(kind)[1], one) for key, one in stored.items()}
    assert isinstance(kind, type)
    if kind is Condition:
        return Condition(stored["source"], from_json(stored["tree"]))  # type: ignore[index] # TypeError is caught above
    if kind is Text:
        words = {name: _build(str, one) for name, one in stored.items()}  # type: ignore[attr-defined] # the same
        return text_of({"zh": words["zh"], **words})  # type: ignore[dict-item] # of strings alone, or it was no text
    if kind is Formula:
        return Formula(stored["source"], expressions.from_json(stored["tree"], held))  # type: ignore[index] # the same
    if is_dataclass(kind):
        hints = _hints(kind)
        return kind(**{name: _build(hints[name], one) for name, one in stored.items()})  # type: ignore[attr-defined] # AttributeError is caught above
    if issubclass(kind, Enum):
        return kind(stored)
    if kind is date:
        return date.fromisoformat(stored)  # type: ignore[arg-type] # TypeError is caught above
    if kind is time:
        return time.fromisoformat(stored)  # type: ignore[arg-type] # TypeError is caught above
    if kind is float and type(stored) is int:
        return float(stored)
    if type(stored) is not kind:
        raise TypeError(f"{kind.__name__} is expected, not {stored!r:.40}")
    return stored


def _build_union(kinds: tuple[object, ...], stored: object) -> object:
    if stored is None:
        if type(None) not in kinds:
            raise TypeError("a value is expected, not null")
        return None
    kinds = tuple(kind for kind in kinds if kind is not type(None))
    if date in kinds and float in kinds:  # the limits of a question: a number, or a date or a time as text
        if isinstance(stored, str):
            return _build(time if ":" in stored else date, stored)
        return _build(float, stored)
    return _build(kinds[0], stored)
