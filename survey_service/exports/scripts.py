"""Scripts beside an exported CSV, for R (package ``survey``) and for Python (numpy and pandas): they rebuild design and
weights from the columns and print every figure of the wave with its standard error.

A script is a head with what the plan says, as plain values, and a body that is the same for every wave (``bodies/``).
No figure and no answer stands in either; how many people the register has in each cell of a margin stands in a table
of its own.
"""

from __future__ import annotations

import csv
import io
import json
import pprint
from collections.abc import Mapping, Sequence
from functools import cache
from importlib.resources import files
from pathlib import Path
from typing import Any

from analysis.dispositions import Disposition
from analysis.plan import OF_REGISTER, Adults
from analysis.weighting.records import CalibrationMethod
from questionnaires.text import Text
from survey_service.analyses.service import asked
from survey_service.exports.csv_file import number_text
from survey_service.exports.dataset import Dataset, Margin
from survey_service.tabular.harmless import harmless

MARGINS = "margins.csv"
WIDTH = 110
_PLACE_IN_PYTHON = "SETTINGS: dict[str, Any] = {}  # written by the export\n"
_HEAD = (
    Text(
        "由导出的列重建设计和权数，算出本期的全部数字和标准误。脚本和数据里没有已公布的数字。",
        "Rebuilds design and weights from the exported columns and computes every figure of the wave with its standard "
        "error. No published figure stands in script or data.",
    ),
    Text(
        "算出的是公布规则以前的数字，只供统计人员使用；能公布的，见发布。",
        "These are figures before the publication rule, for statisticians; what may be published is in the release.",
    ),
)


def write_for_r(dataset: Dataset, path: Path, stem: str) -> None:
    """``<stem>.R``; it reads ``<stem>.csv`` and ``margins.csv`` from the folder where it lies."""
    path.write_bytes(for_r(settings(dataset, stem), dataset.notes))


def write_for_python(dataset: Dataset, path: Path, stem: str) -> None:
    """``<stem>.py``; the same."""
    path.write_bytes(for_python(settings(dataset, stem), dataset.notes))


def write_margins(dataset: Dataset, path: Path) -> None:
    """``margins.csv``: margin, cell, population."""
    path.write_bytes(margins_table(dataset.margins))


def settings(dataset: Dataset, stem: str) -> dict[str, Any]:
    """What the scripts need to know beside the rows: of the plan, and which columns hold what."""
    plan = dataset.plan
    asks_adults = plan.base_weight.adults is Adults.ASKED
    estimated = asked(dataset.indicators, dataset.questionnaire)
    return {
        "data": f"{stem}.csv",
        "margins_file": MARGINS,
        "unknown": [Disposition.UNKNOWN_HOUSEHOLD.value, Disposition.UNKNOWN_PERSON.value],
        "ineligible": [Disposition.NOT_ELIGIBLE.value],
        "units": list(dataset.stages),
        "populations": [f"population_{stage}" for stage in range(1, len(dataset.stages) + 1)],
        "adult_stage": plan.variance.adult_stage and (dataset.adults_known or asks_adults),
        "adults": "adults_weighed" if asks_adults else "adults",
        "adults_asked": asks_adults,  # in the weight after nonresponse, and not in the probability
        "asked_in_part": any(one.by_draw for one in estimated),
        "lonely_psu": plan.variance.lonely_psu.value,
        "margins": [margin.column for margin in dataset.margins],
        # Post-stratification to one margin is the linear distance to it.
        "calfun": "raking" if plan.calibration.method is CalibrationMethod.RAKING else "linear",
        "trim": plan.trimming.median_multiple if dataset.margins else None,
        "interval": plan.interval.value,
        "level": plan.level,
        "levels": [level.value for level in plan.levels],
        "groups": [str(group) for group in plan.groups if group in OF_REGISTER],
        "indicators": [
            {
                "id": one.id,
                "y": dataset.names.get(("y", one.id)),
                "x": dataset.names.get(("x", one.id)),
                "share": one.share,
                "scale": None if one.scale is None else list(one.scale),
                "parts": dict(one.parts) or None,
            }
            for one in estimated
        ],
    }


def for_r(found: Mapping[str, Any], notes: Sequence[Text]) -> bytes:
    return in_r_with(found, notes, ("design.R", "intervals.R", "estimates.R"))


def in_r_with(found: Mapping[str, Any], notes: Sequence[Text], bodies: Sequence[str]) -> bytes:
    """A script for R: its settings, and one body after another."""
    head = [*_comments(notes), "# Rscript <this file>", "", f"settings <- {in_r(found)}", ""]
    return ("\n".join(head) + "\n".join(map(body, bodies))).encode()


def for_python(found: Mapping[str, Any], notes: Sequence[Text]) -> bytes:
    return in_python_with(found, notes, "estimates.py")


def in_python_with(found: Mapping[str, Any], notes: Sequence[Text], name: str) -> bytes:
    """A script for Python: the body of that name with its settings."""
    text = body(name)
    if text.count(_PLACE_IN_PYTHON) != 1:
        raise ValueError("the script for Python has no place for its settings")
    written = f"SETTINGS: dict[str, Any] = {pprint.pformat(dict(found), width=WIDTH, sort_dicts=False)}\n"
    return ("\n".join(_comments(notes)) + "\n" + text.replace(_PLACE_IN_PYTHON, written)).encode()


def margins_table(margins: Sequence[Margin]) -> bytes:
    """``margin,cell,population``: adults of the register in every cell, joined as the weights joined them."""
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(["margin", "cell", "population"])
    for margin in margins:
        writer.writerows([margin.column, harmless(cell), number_text(total)] for cell, total in margin.totals.items())
    return text.getvalue().encode()


def in_r(value: Any) -> str:
    """A plain value as R writes it: texts, numbers, truth, lists of one kind as vectors, mappings as lists."""
    match value:
        case None:
            return "NULL"
        case bool():
            return "TRUE" if value else "FALSE"
        case str():
            return json.dumps(value, ensure_ascii=True)
        case int() | float():
            return repr(value)
        case Mapping():
            return "list(" + ", ".join(f"{_name(key)} = {in_r(one)}" for key, one in value.items()) + ")"
        case [Mapping(), *_]:
            return "list(\n  " + ",\n  ".join(map(in_r, value)) + ")"
        case []:
            return "character()"
    return f"c({', '.join(map(in_r, value))})"


def _name(key: str) -> str:
    """A name inside R's list; back ticks hold any."""
    return f"`{key}`"


def _comments(notes: Sequence[Text]) -> list[str]:
    lines = [line for text in (*_HEAD, *notes) for line in (text.zh, text.en) if line]
    return [f"# {part}" for line in lines for part in line.splitlines()]


@cache
def body(name: str) -> str:
    """What stands in every script of that language."""
    return files("survey_service.exports").joinpath("bodies", name).read_text(encoding="utf-8")
