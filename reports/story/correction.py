"""What an edition prints otherwise than the one it corrects, and why: made of the two tables, as they are printed."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from analysis.results import PublishableCell, PublishableTable
from questionnaires.indicators import Indicator
from reports.blocks import Block, Cell, Column, Prose, Row, Table
from reports.content import Correction, Imprint, Place
from reports.story import common
from reports.wording import facts, figures, verdicts
from reports.wording.figures import Figures
from reports.wording.phrases import say

LISTED = 40
"""Changed figures that one report lists; all are counted."""


@dataclass(frozen=True, slots=True)
class Changed:
    """One figure as the two editions print it."""

    place: Place
    indicator: Indicator
    before: str
    now: str


@dataclass(frozen=True, slots=True)
class Compared:
    changed: tuple[Changed, ...]
    count: int  # figures that were compared


def compared(
    before: PublishableTable,
    now: PublishableTable,
    places: Iterable[tuple[Place, Sequence[Indicator]]],
    language: str,
) -> Compared:
    """The figures of these places and indicators that are printed otherwise: estimate, interval or verdict."""
    changed, count = [], 0
    for place, indicators in places:
        old, new = common.row_of(before, place), common.row_of(now, place)
        for indicator in indicators:
            count += 1
            was = printed(indicator, common.cell_of(old, indicator), language)
            is_now = printed(indicator, common.cell_of(new, indicator), language)
            if was != is_now:
                changed.append(Changed(place, indicator, was, is_now))
    return Compared(tuple(changed), count)


def printed(indicator: Indicator, cell: PublishableCell, language: str) -> str:
    """72.1%（65.0–79.3）达标, or — where it is hidden."""
    written = Figures(unit=verdicts.unit_of(indicator, cell))
    value = common.value_words(cell, written)
    if cell.suppression is not None:
        return value
    low, high = written.interval(cell)
    text = f"{value} ({figures.joined(low, high)})" if language == "en" else f"{value}（{figures.joined(low, high)}）"
    verdict = verdicts.shown_verdict(cell) if indicator.target else None
    return f"{text} {verdicts.verdict_word(verdict, language)}" if verdict else text


def in_short(imprint: Imprint, language: str) -> tuple[str, ...]:
    """For the head of a page: which edition this is, and of what."""
    corrected = imprint.correction
    if corrected is None:
        return ()
    return (say(language, "edition_corrects", edition=corrected.edition, number=corrected.of_number),)


def blocks(
    imprint: Imprint,
    table: PublishableTable,
    places: Iterable[tuple[Place, Sequence[Indicator]]],
    language: str,
) -> list[Block]:
    """Nothing in a first edition."""
    corrected = imprint.correction
    if corrected is None:
        return []
    found = compared(corrected.earlier, table, places, language)
    count, changed = figures.count(found.count), len(found.changed)
    said = [
        say(
            language,
            "corrects",
            edition=corrected.edition,
            number=corrected.of_number,
            date=facts.day(corrected.of_date, language),
        ),
        say(language, "corrected_because", reason=facts.sentence(corrected.reason, language)),
        say(language, "figures_changed", count=count, changed=figures.count(changed))
        if changed
        else say(language, "nothing_printed_changed", count=count),
    ]
    made: list[Block] = [Prose(say(language, "what_was_corrected"), tuple(said))]
    return [*made, _table(found, corrected, language)] if changed else made


def _table(found: Compared, corrected: Correction, language: str) -> Table:
    more = len(found.changed) - LISTED
    rows = tuple(
        Row(
            (
                Cell(one.place.name.in_language(language)),
                Cell(one.indicator.name.in_language(language)),
                Cell(one.before, grey=True),
                Cell(one.now, bold=True),
            )
        )
        for one in found.changed[:LISTED]
    )
    return Table(
        title="",
        unit="",
        columns=(
            Column(say(language, "where")),
            Column(say(language, "which_indicator"), share=1.0),
            Column(say(language, "in_edition", edition=corrected.edition - 1)),
            Column(say(language, "in_edition", edition=corrected.edition)),
        ),
        rows=rows,
        notes=(say(language, "and_more_changed", count=figures.count(more)),) if more > 0 else (),
        bookmark=False,
    )
