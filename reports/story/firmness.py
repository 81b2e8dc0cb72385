"""How firm the verdicts are: what nonrespondents would have to think, and what more answers would tell."""

from __future__ import annotations

from collections.abc import Sequence

from reports.blocks import Block, Cell, Column, Notes, Row, Spare, Table
from reports.content import CommunitySummary
from reports.story import changes, common
from reports.story.common import Measured
from reports.wording import facts, verdicts
from reports.wording.phrases import say


def blocks(summary: CommunitySummary, own: Sequence[Measured], language: str, *, judged: bool) -> list[Block]:
    """A table of the tipping points; below, how many questionnaires and, where nothing is judged too, how large a
    change it would take."""
    notes = settling(own, language)
    change = changes.detectable(summary.changes, own, summary.place, language)
    spare = [Spare(5, say(language, "spare_detectable"), (Notes(change),))] if change else []
    if not judged:
        return [*spare]
    rows = [
        Row(
            (
                Cell(each.name, verdict=verdicts.shown_verdict(each.cell), bold=True),
                Cell(verdicts.tipping(each.indicator, each.cell, each.figures, language)),
            )
        )
        for each in own
        if each.cell.suppression is None and each.indicator.target is not None and each.cell.tipping_point is not None
    ]
    if not rows:
        return [*([Notes(notes)] if notes else []), *spare]
    listed = {row.cells[0].text for row in rows}
    missing = [each.name for each in own if each.indicator.target is not None and each.name not in listed]
    if missing:
        names = verdicts.names_joined([verdicts.in_sentence(name, language) for name in missing], language)
        notes = (*notes, say(language, "firmness_missing", names=names))
    lead = "firmness_lead" if summary.sample.outcomes_recorded else "firmness_lead_share"
    table = Table(
        title=say(language, "firmness"),
        unit="",
        columns=(Column(""), Column("", share=1.0)),
        rows=tuple(rows),
        notes=common.one_note(notes, language),
        lead=say(language, lead, rate=facts.rate(facts.response(summary.sample), language)),
        head=False,
    )
    return [Spare(1, say(language, "firmness"), (table,)), *spare]


def settling(own: Sequence[Measured], language: str) -> tuple[str, ...]:
    """How many questionnaires would settle each verdict that is open, in one sentence."""
    told = [verdicts.settling(each.name, each.indicator, each.cell, language) for each in own]
    parts = say(language, "comma").join(one for one in told if one)
    return (say(language, "settling_all", parts=parts),) if parts else ()
