"""The fields that a page may write, and how each is typed, shown and written."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from types import MappingProxyType
from typing import Any, Final

from questionnaires.characters import without_invisible
from questionnaires.editing.addresses import way_to
from questionnaires.editing.document import CannotEdit, Document, Plain, Way
from questionnaires.editing.surgery import Cut, add_field, remove_field, replace
from questionnaires.indicators import SHARES
from questionnaires.languages import USUAL, fault_of_tag


class Kind(StrEnum):
    TEXT = "text"  # in the languages of the file; the field is named with its language: ``text.zh``
    WORD = "word"  # quoted
    NUMBER = "number"
    DAY = "day"
    FLAG = "flag"  # "" or "true"
    TARGET = "target"  # a share is typed in per cent
    SENSE = "sense"


@dataclass(frozen=True, slots=True)
class Field:
    kind: Kind
    needed: bool = False


_T, _TN = Field(Kind.TEXT), Field(Kind.TEXT, needed=True)
_N = Field(Kind.NUMBER)
FIELDS: Final[Mapping[str, Mapping[str, Field]]] = MappingProxyType(
    {
        "questionnaire": {
            "title": _TN,
            "version": Field(Kind.WORD, needed=True),
            "header.form_number": Field(Kind.WORD, needed=True),
            "header.issuing_body": Field(Kind.WORD, needed=True),
            "header.approval_number": Field(Kind.WORD, needed=True),
            "header.valid_until": Field(Kind.DAY),
            "notice.purpose": _TN,
            "notice.body": _TN,
            "notice.retention": _TN,
            "notice.contact": _TN,
            "notice.minutes": _N,
        },
        "section": {
            "title": _TN,
            "repeats.most": _N,
            "repeats.on_paper": _N,
            "repeats.ask_for_more": _T,
            "repeats.heading": _T,
        },
        "question": {
            "text": _TN,
            "short": _T,
            "hint": _T,
            "unit": _T,
            "required": Field(Kind.FLAG),
            "minimum": Field(Kind.DAY),
            "maximum": Field(Kind.DAY),
            "minimum_choices": _N,
            "maximum_choices": _N,
            "decimals": _N,
            "max_length": _N,
        },
        "option": {"label": _TN},
        "choice": {"label": _TN},
        "item": {"text": _TN, "short": _T},
        "indicator": {
            "name": _TN,
            "definition": _TN,
            "target": Field(Kind.TARGET),
            "target.sense": Field(Kind.SENSE),
        },
        "contradiction": {"message": _TN},
        "rule": {"message": _TN},
        "calculated": {"text": _TN, "short": _T, "unit": _T},
    }
)
"""By the kind of what is named, and by the field without its language. Empty and needed: the field stays, empty."""

ORDER: Final = (
    *(
        "key",
        "id",
        "type",
        "stands_for",
        "name",
        "version",
        "languages",
        "title",
        "text",
        "label",
        "definition",
        "kind",
    ),
    *("short", "hint", "required", "ask_if", "order", "scale", "minimum", "maximum", "minimum_choices"),
    *("maximum_choices", "decimals", "unit", "max_length", "value", "sense", "header", "notice", "form_number"),
    *("issuing_body", "approval_number", "valid_until", "purpose", "body", "retention", "contact", "minutes"),
    *("most", "count", "ask_for_more", "more", "no_more", "heading", "on_paper"),
    *("zh", "en"),
)
"""A field that is not there yet is put behind the nearest that stands before it here."""

_NUMBER = re.compile(r"-?\d{1,12}(\.\d{1,6})?")
_WIDE = str.maketrans("０１２３４５６７８９．－％", "0123456789.-%")


def in_language(name: str) -> tuple[str, str]:
    """``text.zh``: the field, and the language of a text; empty for what is no text."""
    plain, dot, language = name.rpartition(".")
    is_text = dot and any(plain in known and known[plain].kind is Kind.TEXT for known in FIELDS.values())
    return (plain, language) if is_text and not fault_of_tag(language) else (name, "")


def written(document: Document, at: str, name: str, value: str) -> Cut | None:
    """The cut that writes ``value`` into a field; None where it holds that already. CannotEdit for unknown fields."""
    kind = at.partition(":")[0]
    plain, language = in_language(name)
    field = FIELDS.get(kind, {}).get(plain)
    spoken = (*USUAL, *(document.get(("languages",)) or ()))
    if field is None or (field.kind is Kind.TEXT) != bool(language) or (language and language not in spoken):
        raise CannotEdit(f"{at} has no field {name:.60} to be written")
    way = (*way_to(document.data, at), *plain.split("."))
    value = without_invisible(value, keep="\u200b").strip()
    if field.kind is Kind.TEXT:
        return _text(document, way, language, value, needed=field.needed)
    if field.kind is Kind.TARGET:
        return _target(document, way, value)
    if field.kind is Kind.SENSE:
        return _value(document, way, Plain(value) if re.fullmatch("[a-z_]{1,20}", value) else value, needed=False)
    return _value(document, way, _typed(field.kind, value), needed=field.needed)


def _typed(kind: Kind, value: str) -> str:
    """As it is written: what is no number and no date is written in quotes, for the check to name."""
    narrow = value.translate(_WIDE)
    if kind is Kind.WORD or not value:
        return value
    if kind is Kind.FLAG:
        return Plain("true") if value == "true" else value
    if kind is Kind.DAY:
        try:
            return Plain(date.fromisoformat(narrow).isoformat())
        except ValueError:
            pass
    return Plain(narrow) if _NUMBER.fullmatch(narrow) else value


def _value(document: Document, way: Way, value: str, *, needed: bool) -> Cut | None:
    held = document.get(way)
    if held == value or (held is None and not value):
        return None
    if not value and not needed:
        return remove_field(document, way)
    if held is None:
        return _added(document, way, value)
    return replace(document, way, value)


def _added(document: Document, way: Way, value: Any) -> Cut:
    """With the fields around it, where those are not there either."""
    holder = document.get(way[:-1])
    if isinstance(holder, dict):
        return add_field(document, way, value, ORDER)
    if holder is None and len(way) > 1:
        return _added(document, way[:-1], {str(way[-1]): value})
    return replace(document, way[:-1], {str(way[-1]): value})


def _text(document: Document, way: Way, language: str, value: str, *, needed: bool) -> Cut | None:
    held = document.get(way)
    texts = held if isinstance(held, dict) else {"zh": held} if isinstance(held, str) and held else {}
    if str(texts.get(language, "")) == value:
        return None
    new = {"zh": "", **texts, language: value}
    if not needed and not any(new.values()):
        return remove_field(document, way)
    if isinstance(held, dict):
        if language in held:
            return replace(document, (*way, language), value)
        return add_field(document, (*way, language), value, ORDER)
    if isinstance(held, str) and language == "zh" and document.get(("languages",)) == ["zh"]:
        return replace(document, way, value)
    return replace(document, way, new) if isinstance(held, str) else _added(document, way, new)


def is_share(indicator: Mapping[str, Any]) -> bool:
    """Whether the targets of an indicator are shares, which people type in per cent."""
    return indicator.get("kind") in SHARES


def _target(document: Document, way: Way, value: str) -> Cut | None:
    if not value:
        return remove_field(document, way) if document.get(way) is not None else None
    typed = value.translate(_WIDE).removesuffix("%").strip()
    new: str = value
    if _NUMBER.fullmatch(typed):
        share = is_share(document.get(way[:-1]))
        new = Plain(f"{float(typed) / 100:.6f}".rstrip("0").rstrip(".") if share else typed)
    return _value(document, (*way, "value"), new, needed=True)


def shown_target(indicator: Mapping[str, Any]) -> str:
    """What stands in the box of a target: per cent of a share."""
    target = indicator.get("target")
    value = str(target.get("value", "")) if isinstance(target, dict) else ""
    if is_share(indicator) and _NUMBER.fullmatch(value):
        return f"{float(value) * 100:.4f}".rstrip("0").rstrip(".")
    return value
