"""One keyed value as people read it: codes with their labels, or the kind of missing."""

from __future__ import annotations

from dataclasses import dataclass

from questionnaires.figures import in_digits
from survey_service.keying.schemas import Row


@dataclass(frozen=True, slots=True)
class Shown:
    parts: tuple[str, ...]  # "1 知道"; "1 公告栏", "4 上门"; "47"; empty where nothing was answered
    missing: str = ""  # no_answer, refused, dont_know, illegible


def shown(row: Row, value: object) -> Shown:
    """A canonical value; None is a box that was left empty."""
    if value is None:
        return Shown((), "no_answer")
    if isinstance(value, dict):
        return Shown((), str(value.get("missing", "no_answer")))
    labels = dict(row.codes)
    codes = value if isinstance(value, list) else [value]
    codes = [code or "–" for code in codes] if isinstance(value, list) else codes  # a rank that stands empty
    return Shown(tuple(f"{code} {labels[code]}".rstrip() if code in labels else typed(code) for code in codes))


def typed(value: object) -> str:
    """What stands in a box for a value: the codes in a row, or the key of what is missing."""
    if value is None:
        return ""
    if isinstance(value, dict):
        return {"no_answer": ".", "refused": "*", "illegible": "/"}.get(str(value.get("missing")), "")
    if isinstance(value, list):
        return "".join(value) if all(len(code) == 1 for code in value) else ",".join(value)
    return in_digits(value) if isinstance(value, int | float) else str(value)
