"""A questionnaire as JSON that loads for ever, without its file; and its fingerprint.

``FORMAT`` is raised when the shape changes; ``from_canonical`` keeps reading every earlier format. Fields that have
their default are left out, so that a field added later changes no fingerprint of a questionnaire that does not use it.
"""

from __future__ import annotations

import hashlib
import json
import types
import typing
from collections.abc import Mapping
from dataclasses import MISSING, fields, is_dataclass
from datetime import date
from enum import Enum
from functools import cache

from questionnaires.conditions import Condition, from_json
from questionnaires.model import Questionnaire
from questionnaires.text import Text

FORMAT = 1


class NotCanonical(ValueError):
    """A stored definition that this version cannot read."""


def to_canonical(questionnaire: Questionnaire) -> dict[str, object]:
    """Plain JSON values: ``{"format": 1, "questionnaire": {...}}``."""
    return {"format": FORMAT, "questionnaire": _plain(questionnaire)}


def from_canonical(stored: Mapping[str, object]) -> Questionnaire:
    """The questionnaire that ``to_canonical`` wrote; ``NotCanonical`` where it is none."""
    if stored.get("format") != FORMAT:
        raise NotCanonical(f"a definition of format {stored.get('format')!r}; this version reads format {FORMAT}")
    try:
        built = _build(Questionnaire, stored["questionnaire"])
    except (KeyError, TypeError, ValueError, AttributeError) as error:
        raise NotCanonical(f"not a stored questionnaire: {error}") from error
    assert isinstance(built, Questionnaire)
    return built


def canonical_bytes(questionnaire: Questionnaire) -> bytes:
    """UTF-8 JSON, keys sorted, no spaces: equal questionnaires give equal bytes."""
    return json.dumps(
        to_canonical(questionnaire), ensure_ascii=False, sort_keys=True, separators=(",", ":"), allow_nan=False
    ).encode()


def sha256(questionnaire: Questionnaire) -> str:
    """The fingerprint of a questionnaire version, 64 hexadecimal digits."""
    return hashlib.sha256(canonical_bytes(questionnaire)).hexdigest()


def _plain(value: object) -> object:
    match value:
        case Enum():
            return value.value
        case Condition():
            return {"source": value.source, "tree": value.to_json()}
        case Text():
            return {"zh": value.zh, "en": value.en} if value.en else {"zh": value.zh}
        case date():
            return value.isoformat()
        case tuple():
            return [_plain(one) for one in value]
        case Mapping():
            return {key: _plain(one) for key, one in value.items()}
        case str() | int() | float() | None:
            return value
    assert is_dataclass(value)
    kept = {}
    for one in fields(value):
        content = getattr(value, one.name)
        default = one.default_factory() if one.default_factory is not MISSING else one.default
        if default is MISSING or content != default:
            kept[one.name] = _plain(content)
    return kept


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
    if is_dataclass(kind):
        hints = _hints(kind)
        return kind(**{name: _build(hints[name], one) for name, one in stored.items()})  # type: ignore[attr-defined] # AttributeError is caught above
    if issubclass(kind, Enum):
        return kind(stored)
    if kind is date:
        return date.fromisoformat(stored)  # type: ignore[arg-type] # TypeError is caught above
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
    if date in kinds and float in kinds:  # the limits of a question: a number, or a date as text
        return _build(date if isinstance(stored, str) else float, stored)
    return _build(kinds[0], stored)
