"""An XLSForm in the child: the definition that it becomes, with a remark on everything that is otherwise in it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, BinaryIO

from survey_service.outside.children.bounds import Output
from survey_service.tabular.named_sheets import read_named_sheets
from survey_service.tabular.plain import plain_problem
from survey_service.tabular.problems import TableError
from survey_service.xlsform.reading import convert


def answer(given: Mapping[str, Any], stream: BinaryIO, out: Output) -> None:
    source = given["source"]
    try:
        sheets = read_named_sheets(source, stream.read())
    except TableError as fault:
        out.line({"problems": [plain_problem(one) for one in fault.problems], "more": fault.more})
        return
    done = convert(sheets, given["name"])
    remarks = [one.to_json() for one in done.remarks[: given["told"]]]
    out.line(
        {
            "definition": done.definition,
            "remarks": remarks,
            "count": len(done.remarks),
            "whole": done.whole,
            "ceiling": done.ceiling,
            "lists_to_give": done.lists_to_give,
            "asked": done.questions,
            "carried": done.carried,
        }
    )
