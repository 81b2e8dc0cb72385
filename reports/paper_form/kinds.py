"""What stands on paper for each kind of question."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from questionnaires.model import QuestionType
from questionnaires.text import Text
from reports.paper_form.coordinates import coordinates
from reports.paper_form.points import by_layout, numbers_and_ends, row_of_points
from reports.paper_form.questions import (
    Printer,
    asked,
    by_length,
    by_name,
    cells,
    elsewhere,
    how_many,
    labels,
    line,
    lines,
    matrix,
    name,
    note,
    number,
    options,
    ruled,
)
from reports.paper_form.ranks import in_order, ranks

PRINTED: Final[Mapping[QuestionType, Printer]] = {
    QuestionType.SINGLE_CHOICE: by_layout(
        by_length(asked(options, skips=True), asked(name, rule=by_name)), asked(row_of_points, skips=True)
    ),
    QuestionType.MULTIPLE_CHOICE: asked(options, rule=how_many),
    QuestionType.SCALE: by_layout(matrix(labels), matrix(numbers_and_ends)),
    QuestionType.RANKING: asked(ranks, rule=in_order),
    QuestionType.NUMBER: asked(number),
    QuestionType.SHORT_TEXT: asked(line, rule=ruled),
    QuestionType.LONG_TEXT: asked(lines),
    QuestionType.DATE: asked(
        cells("date", ((4, Text("年", "year")), (2, Text("月", "month")), (2, Text("日", "day"))))
    ),
    QuestionType.TIME: asked(cells("time", ((2, Text("时", "h")), (2, Text("分", "min")))), rule=ruled),
    QuestionType.PLACE: asked(coordinates, rule=ruled),
    QuestionType.ATTACHMENT: asked(elsewhere, rule=ruled),
    QuestionType.NOTE: note,
}
