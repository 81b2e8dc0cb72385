"""What residents wrote in their own words: a few quotes of a community; by theme, one of each, above it."""

from __future__ import annotations

from reports.blocks import Block, Cell, Column, ColumnKind, Notes, Row, Spare, Table
from reports.content import AreaSummary, CommunitySummary, Remarks
from reports.wording import figures
from reports.wording.phrases import say


def of_community(summary: CommunitySummary, language: str) -> list[Block]:
    """In small print, and spare: two pages are kept by leaving it out."""
    lines = [_quotes_of(one, language) for one in summary.remarks]
    if not lines:
        return []
    return [Spare(3, say(language, "spare_remarks"), (Notes((*lines, say(language, "remarks_note")), ruled=True),))]


def _quotes_of(one: Remarks, language: str) -> str:
    """居民的话：最希望社区先改进哪一件事　“……”　“……”"""
    quotes = [_quoted(each.text, language) for each in one.quotes]
    return ("　" if language == "zh" else "  ").join((_title(one, language), *quotes))


def of_area(summary: AreaSummary, language: str) -> list[Block]:
    """A row for each theme: how many answers where they are counted, and one of them."""
    return [_table(one, language) for one in summary.remarks]


def _table(one: Remarks, language: str) -> Table:
    quotes = {each.theme: each.text for each in one.quotes}
    counts = {each.theme: each.count for each in sorted(one.themes, key=lambda each: -(each.count or 0))}
    rows = [
        _row(theme.in_language(language), counts.get(theme), quotes.get(theme, ""), language, counted=bool(one.answers))
        for theme in dict.fromkeys((*counts, *(theme for theme in quotes if theme is not None)))
    ]
    if one.rest:
        rows.append(_row(say(language, "remark_rest"), one.rest, "", language, counted=True))
    heads = [Column(say(language, "remark_theme"))]
    heads += [Column(say(language, "remark_count"), ColumnKind.FIGURE)] if one.answers else []
    heads.append(Column(say(language, "remark_words"), share=1.0))
    notes = [say(language, "remarks_counted", n=figures.count(one.answers))] if one.answers else []
    if one.quotes:
        notes.append(say(language, "remarks_note"))
    return Table(title=_title(one, language), unit="", columns=tuple(heads), rows=tuple(rows), notes=tuple(notes))


def _row(theme: str, count: int | None, words: str, language: str, *, counted: bool) -> Row:
    number = [Cell(figures.NOTHING if count is None else figures.count(count))] if counted else []
    return Row((Cell(theme), *number, Cell(_quoted(words, language) if words else "")))


def _title(one: Remarks, language: str) -> str:
    return say(language, "remarks", question=one.question.in_language(language))


def _quoted(words: str, language: str) -> str:
    return say(language, "remark", words=words)
