"""What stands in every field of a draft that may be written, by part and field."""

from __future__ import annotations

from typing import Any

from questionnaires.languages import USUAL
from questionnaires.readiness import TO_FILL
from survey_service.catalogue.draft_words import field_name, names
from survey_service.web.pages import Language


def values(outline: Any) -> dict[tuple[str, str], str]:
    """What stands in every field that may be written."""
    found: dict[tuple[str, str], str] = {}
    spoken = dict.fromkeys([*USUAL, *outline["languages"]])

    def put(at: str, field: str, value: Any) -> None:
        if isinstance(value, dict):
            found.update({(at, f"{field}.{tag}"): str(value.get(tag, "")) for tag in spoken})
        else:
            found[at, field] = "true" if value is True else "" if value is False else str(value)

    put("questionnaire", "title", outline["title"])
    put("questionnaire", "version", outline["version"])
    put("questionnaire", "notice.minutes", outline["minutes"])
    for group in ("header", "notice"):
        for name, value in outline[group].items():
            put("questionnaire", f"{group}.{name}", value)
    parts: list[dict[str, Any]] = [
        *outline["sections"],
        *outline["indicators"],
        *outline["checks"],
        *outline["calculated"],
    ]
    for section in outline["sections"]:
        parts += section["questions"]
        for question in section["questions"]:
            parts += [*question["items"], *(question["options"] if not question["scale"] else ())]
    for scale in outline["scales"]:
        parts += scale["options"]
    for part in parts:
        for field, value in part.items():
            if isinstance(value, str | dict | bool):
                put(part["at"], "target.sense" if field == "sense" else field, value)
    return found


def to_fill(outline: Any, language: Language) -> list[dict[str, str]]:
    """Fields in which 〔待填：…〕 still stands: what only the city knows, without which no wave opens."""
    named = names(outline, language)
    order = {at: number for number, at in enumerate(named)}
    held = sorted(values(outline).items(), key=lambda one: order.get(one[0][0], len(order)))
    return [
        {"at": at, "field": field, "name": f"{named.get(at, at)} · {field_name(field, language)}"}
        for (at, field), value in held
        if TO_FILL in value
    ]
