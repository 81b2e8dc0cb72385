"""The codebook as a PDF: every column with its label, where it comes from, and what its codes mean."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Final

from questionnaires.text import Text
from reports.blocks import Block, Cell, Column, Prose, Row, Story, Table, Tone
from reports.fonts import TypeSettings
from reports.pdf import story_pdf
from reports.wording import facts
from reports.wording.phrases import say
from survey_service.exports.codebook import MEASURES, ROLES
from survey_service.exports.dataset import Dataset, Role, Variable

MOST_CODES: Final = 40
"""Codes of one column that are printed; communities of a city may be a thousand, and stand in the file."""

_TITLE: Final = Text("代码本", "Codebook")
_HEADS: Final = (Text("列 / 取值", "Column / code"), Text("含义", "Label"), Text("说明", "Remarks"))
_MORE: Final = Text("另有 {count} 个，见代码本文件", "{count} more in the codebook's file")
_MISSING: Final = Text("缺失", "missing")
_OPEN: Final = (
    Text("不含开放题的原文。", "Open answers are left out."),
    Text("含开放题的原文。", "Open answers are included."),
)
_SIZE: Final = Text("{rows} 行，{columns} 列。", "{rows} rows, {columns} columns.")
_CUT: Final = Text("缩短过的名称和标签", "Names and labels that were shortened")
_CUT_HEADS: Final = (Text("列", "Column"), Text("原文", "Whole"), Text("写成", "Written"))


def write_codebook_pdf(dataset: Dataset, path: Path, language: str, type_settings: TypeSettings | None = None) -> None:
    path.write_bytes(story_pdf(codebook_story(dataset, language), type_settings))


def codebook_story(dataset: Dataset, language: str) -> Story:
    title = f"{dataset.title.in_language(language)}　{_TITLE.in_language(language)}"
    blocks: list[Block] = [_about(dataset, title, language)]
    for role in Role:
        columns = dataset.of(role)
        if columns:
            rows = tuple(row for one in columns for row in _rows(one, language))
            blocks.append(_table(ROLES[role].in_language(language), _HEADS, rows, language))
    if dataset.cut:
        rows = tuple(Row((Cell(one.of), Cell(one.whole), Cell(one.cut))) for one in dataset.cut)
        blocks.append(_table(_CUT.in_language(language), _CUT_HEADS, rows, language))
    return Story(
        language=language,
        title=title,
        subject=_TITLE.in_language(language),
        author=facts.PRODUCER,
        blocks=tuple(blocks),
        running_head=title,
        running_title=dataset.wave,
        foot_left=f"{dataset.survey} {dataset.wave}",
        foot_middle=dataset.release or "",
        page_of=say(language, "page", page="{page}", pages="{pages}"),
        page_note="",
        year_month_day=None,
    )


def _about(dataset: Dataset, title: str, language: str) -> Prose:
    size = _SIZE.in_language(language).format(rows=f"{dataset.rows:,}", columns=len(dataset.variables))
    said = [one.in_language(language) for one in dataset.notes]
    return Prose(title, (size, _OPEN[dataset.texts].in_language(language), *said))


def _table(title: str, heads: tuple[Text, Text, Text], rows: tuple[Row, ...], language: str) -> Table:
    first, second, third = (one.in_language(language) for one in heads)
    columns = (Column(first, width=150), Column(second, share=0.62), Column(third, share=0.38))
    return Table(title, "", columns, rows)


def _rows(one: Variable, language: str) -> Iterator[Row]:
    remark = [MEASURES[one.measure].in_language(language)]
    if one.source and one.source != one.name:
        remark.append(one.source)
    if one.rule is not None:
        remark.append(one.rule.in_language(language).rstrip("。."))
    remark += one.asked_if
    head = (
        Cell(one.name, bold=True),
        Cell(one.label.in_language(language), bold=True),
        Cell("；".join(remark) if language != "en" else "; ".join(remark), grey=True),
    )
    yield Row(head, Tone.PLAIN)
    for code, label in one.values[:MOST_CODES]:
        yield Row((Cell(str(code), indent=True), Cell(label.in_language(language)), Cell()))
    if len(one.values) > MOST_CODES:
        more = _MORE.in_language(language).format(count=len(one.values) - MOST_CODES)
        yield Row((Cell("…", indent=True), Cell(more, grey=True), Cell()))
    if one.missing:
        said = [f"{lost} {one.missing_labels[kind].in_language(language)}" for kind, lost in one.missing.items()]
        lost_cell = Cell("　".join(said) if language != "en" else "; ".join(said), grey=True)
        yield Row((Cell("", indent=True), lost_cell, Cell(_MISSING.in_language(language), grey=True)))
