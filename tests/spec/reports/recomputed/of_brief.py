"""What a first page says of an area: texts of its sheet, figures of its cells, and read back as it was kept."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterator
from dataclasses import replace

from reports.blocks import Story
from reports.story.brief import Brief, BriefCard, MendItem, brief
from reports.story.many import CARDS_MOST
from survey_service.releases import briefs
from tests.spec.reports.recomputed import figures, numbers
from tests.spec.reports.recomputed.sheet import Sheet
from tests.spec.reports.recomputed.structure import of_axis, of_card, of_range, place_of
from tests.spec.reports.recomputed.told import false_claims, texts, texts_of

Faults = Iterator[tuple[object, ...]]


def faults(story: Story, sheet: Sheet, seen: Counter[str]) -> Faults:
    made = brief(sheet.summary, sheet.language)
    # More than the cards of a sheet stand in another order, and how large a change would be found is said here alone.
    many = len(made.cards) > CARDS_MOST
    every = list(texts(replace(made, changes=()) if many else made))
    yield from false_claims(sheet, every, seen)
    yield from numbers.unknown([one.text for one in every], sheet)
    yield from beside(made, story, sheet)
    if sorted(one.card.name for one in made.cards) != sorted(sheet.said(one.name) for one in sheet.headlines):
        yield "cards", made.cards
    for one in made.cards:
        yield from of_card(one.card, sheet)
        yield from drawn(one, sheet)
    for item in () if made.mend is None else made.mend.items:
        yield from of_item(item, sheet)
    if briefs.read(json.loads(json.dumps(briefs.kept(sheet.summary, sheet.language)))) != made:
        yield ("otherwise read back",)


def beside(made: Brief, story: Story, sheet: Sheet) -> Faults:
    """Texts that the sheet does not have; where it has no cards, those of a hidden figure are held by ``of_card``."""
    said = "\n".join(one.text for one in texts_of(story))
    told = [
        made.title,
        *made.meta,
        made.sentence,
        *made.reading,
        *(made.changes if len(made.cards) <= CARDS_MOST else ()),
    ]
    if made.mend is not None:
        told += [made.mend.title, *made.mend.basis, *(one.remark for one in made.mend.items)]
    yield from (("not on the sheet", one) for one in told if one not in said)


def drawn(one: BriefCard, sheet: Sheet) -> Faults:
    of = sheet.by_name[one.card.name]
    cell = sheet.cell(of)
    yield from of_range(one.range, of, cell)
    yield from of_axis(one.axis, [] if one.range is None else [one.range], of)
    if (one.range is None) is not (place_of(cell, of)[0] is None) or (one.range is None) is not (one.axis is None):
        yield "not drawn", one, cell


def of_item(item: MendItem, sheet: Sheet) -> Faults:
    one = sheet.by_name[item.name]
    told = (item.value, item.limits)
    if not sheet.firm(one) or told != (sheet.with_unit(one), figures.limits(one, sheet.cell(one))):
        yield "to mend", item, sheet.cell(one)
