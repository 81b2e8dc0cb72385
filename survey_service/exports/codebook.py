"""The codebook of an export as plain values: JSON, and what the sheet, the PDF and the DDI file are made of."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any, Final

from questionnaires.text import Text
from survey_service.exports.dataset import Dataset, Measure, Role, Variable

FORMAT: Final = 1
MEASURES: Final = {
    Measure.NOMINAL: Text("名义", "nominal"),
    Measure.ORDINAL: Text("有序", "ordinal"),
    Measure.SCALE: Text("数值", "scale"),
    Measure.TEXT: Text("文字", "text"),
}
ROLES: Final = {
    Role.DESIGN: Text("抽样", "design"),
    Role.OUTCOME: Text("调查结果", "outcome"),
    Role.WEIGHTING: Text("加权依据", "weighting"),
    Role.WEIGHT: Text("权数", "weight"),
    Role.INDICATOR: Text("指标", "indicator"),
    Role.ANSWER: Text("答案", "answer"),
}


def codebook_of(dataset: Dataset) -> dict[str, Any]:
    """Everything but the rows, in both languages."""
    return {
        "format": FORMAT,
        "survey": dataset.survey,
        "wave": dataset.wave,
        "title": _both(dataset.title),
        "release": dataset.release,
        "rows": dataset.rows,
        "open_answers": dataset.texts,
        "notes": [_both(one) for one in dataset.notes],
        "columns": [column_of(one) for one in dataset.variables],
        "margins": [
            {"column": one.column, "label": _both(one.label), "totals": dict(one.totals)} for one in dataset.margins
        ],
        "shortened": [
            {"column": one.of, "what": one.what, "whole": one.whole, "written": one.cut, "format": one.format}
            for one in dataset.cut
        ],
    }


def column_of(variable: Variable) -> dict[str, Any]:
    """One column; what it has not is left out."""
    found: dict[str, Any] = {
        "name": variable.name,
        "label": _both(variable.label),
        "measure": variable.measure.value,
        "holds": variable.holds.value,
        "role": variable.role.value,
        "source": variable.source,
        "question": variable.question,
        "decimals": variable.decimals,
        "unit": None if variable.unit is None else _both(variable.unit),
        "rule": None if variable.rule is None else _both(variable.rule),
        "asked_if": list(variable.asked_if),
        "values": [{"code": code, "label": _both(label)} for code, label in variable.values],
        "missing": [
            {"code": code, "kind": kind.value, "label": _both(variable.missing_labels[kind])}
            for kind, code in variable.missing.items()
        ],
        "codes_in_the_questionnaire": {str(code): own for code, own in variable.codes.items()},
    }
    return {name: value for name, value in found.items() if value not in (None, "", 0, [], {})}


def write_codebook(dataset: Dataset, path: Path) -> None:
    path.write_text(json.dumps(codebook_of(dataset), ensure_ascii=False, indent=1) + "\n", encoding="utf-8")


def _both(text: Text) -> dict[str, str]:
    """Chinese and English always, and further languages where the questionnaire has them."""
    return {"zh": text.zh, "en": text.en or text.zh, **dict(text.others)}
