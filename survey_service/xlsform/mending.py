"""A definition is made sound: what the check refuses is taken out, and told of at the row it came from."""

from __future__ import annotations

import re
from typing import Any, Final

from questionnaires.loader import check_bytes
from questionnaires.problem_words import explain
from questionnaires.problems import Code, Problem
from survey_service.xlsform.definition_text import Document, Trail, yaml_of
from survey_service.xlsform.pieces import Piece
from survey_service.xlsform.remarks import Remark, Why, same

_ROUNDS: Final = 25  # what is taken out may leave something else without what it is made of
_ALONE: Final = frozenset(
    {
        "ask_if",
        "hint",
        "short",
        "minimum",
        "maximum",
        "max_length",
        "minimum_choices",
        "decimals",
        "maximum_choices",
        "ranks",
        "layout",
        "order",
        "unit",
        "stands_for",
    }
)
_LISTS: Final = frozenset({"questions", "rules", "calculated", "contradictions", "indicators", "items", "sections"})
_BLANK: Final = "＿＿＿＿"
_PLACE: Final = re.compile(r"\{[^{}]*\}")


class _Beyond(Exception):
    """A problem of nothing that could be left out: a title, a notice of a definition that somebody wrote by hand."""

    def __init__(self, remark: Remark) -> None:
        super().__init__()
        self.remark = remark


def sound(document: Document) -> tuple[str, list[Remark]]:
    """The YAML that passes every check, "" where nothing is left; ``document`` is changed."""
    remarks: list[Remark] = []
    for _ in range(_ROUNDS):
        if not any(part["questions"] for part in document["sections"]):
            return "", remarks
        text, trails = yaml_of(document)
        questionnaire, problems = check_bytes(text.encode(), "questionnaire.yaml")
        if questionnaire is not None:
            return text, remarks
        gone: set[int] = set()
        for problem in problems:
            trail = trails[problem.location.line - 1] if problem.location.line <= len(trails) else ()
            try:
                remark = _take_out(problem, trail, gone)
            except _Beyond as beyond:
                return "", [*remarks, beyond.remark]
            if remark is not None and remark not in remarks:
                remarks.append(remark)
        document["sections"] = [part for part in document["sections"] if part["questions"]]
        for name in ("scales", "lists", "rules", "calculated", "contradictions", "indicators"):
            if name in document and not document[name]:
                del document[name]
    return "", remarks


def _take_out(problem: Problem, trail: Trail, gone: set[int]) -> Remark | None:
    """Takes out the smallest part that the problem is about; None where a larger one went before."""
    if any(id(spot.holder) in gone for spot in trail):
        return None
    remark = _remark(problem, trail)
    if problem.code is Code.PLACEHOLDER and trail and _is_text(trail[-1].value):
        for language, one in trail[-1].value.items():
            trail[-1].value[language] = _PLACE.sub(_BLANK, one)
        return remark
    for spot in reversed(trail):
        if spot.key in _ALONE and isinstance(spot.holder, dict):
            spot.holder.pop(spot.key, None)  # two problems of one field take it out once
            return remark
        if isinstance(spot.holder, list) and _named(trail, spot.holder) in _LISTS:
            spot.holder[:] = [one for one in spot.holder if one is not spot.value]
            gone.add(id(spot.value))
            return remark
        if len(trail) > 1 and trail[0].key in ("scales", "lists") and spot is trail[1]:
            spot.holder.pop(spot.key, None)  # its questions follow in the next round
            return remark
    raise _Beyond(remark)


def _is_text(value: Any) -> bool:
    return isinstance(value, dict) and (not value or "zh" in value)


def _named(trail: Trail, held: Any) -> str:
    return next((str(spot.key) for spot in trail if spot.value is held), "")


def _remark(problem: Problem, trail: Trail) -> Remark:
    """Told at the row and column that the innermost part came from."""
    said = tuple(
        f"{one.message}{'；' if language == 'zh' and one.hint else '; ' if one.hint else ''}{one.hint}"
        for language in ("zh", "en")
        for one in [explain(problem, language)]
    )
    for place in range(len(trail) - 1, -1, -1):
        holder = trail[place].holder
        if isinstance(holder, Piece):
            column = holder.columns.get(str(trail[place].key), "")
            return holder.row.remark(Why.REFUSED, column, now=(said[0], said[1]), seen=same(problem.code.number))
    values = {"now": (said[0], said[1]), "seen": same(problem.code.number)}
    return Remark(why=Why.REFUSED, sheet="survey", values=values)
