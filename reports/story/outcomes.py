"""What became of every case that was drawn: codes of AAPOR with their counts, the rates of them, and who asked."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import groupby

from reports.blocks import Cell, Column, ColumnKind, Row, Table, Tone
from reports.content import OutcomeLine, Sample
from reports.wording import facts, figures
from reports.wording.phrases import say


def codes_table(outcomes: Sequence[OutcomeLine], language: str) -> Table:
    """By mode, where there are several."""
    rows: list[Row] = []
    groups = [list(lines) for _, lines in groupby(outcomes, key=lambda one: one.mode)]
    for lines in groups:
        if len(groups) > 1:
            cases = figures.count(sum(one.cases for one in lines))
            name = lines[0].mode_name.in_language(language)
            rows.append(Row((Cell(name, bold=True), Cell(""), Cell(cases, bold=True)), Tone.STREET))
        rows += [
            Row((Cell(one.name.in_language(language)), Cell(one.code), Cell(figures.count(one.cases)))) for one in lines
        ]
    heads = (("outcome", ColumnKind.TEXT), ("outcome_code", ColumnKind.FIGURE), ("cases", ColumnKind.FIGURE))
    return Table(
        title=say(language, "outcomes_title"),
        unit="",
        columns=tuple(Column(say(language, head), kind) for head, kind in heads),
        rows=tuple(rows),
    )


def all_rates(sample: Sample, language: str) -> Table:
    """e, every rate that the pages of the field show, and what the weights cost."""
    rates = sample.rates
    lines = [("e", figures.written(rates.e, 3) if rates.e is not None else figures.NOTHING)]
    lines += [("response_rate", facts.rate(rates.rr3, language)), ("response_rate_1", facts.rate(rates.rr1, language))]
    lines += [*reach(sample, language), *of_weights(sample)]
    return Table(
        title=say(language, "rates_title"),
        unit="",
        columns=(Column("", share=1.0), Column("", ColumnKind.FIGURE)),
        rows=tuple(Row((Cell(say(language, key)), Cell(value))) for key, value in lines),
        head=False,
    )


def rates_in_a_line(sample: Sample, language: str) -> str:
    """e and every rate, as all_rates has them."""
    lines = [[cell.text for cell in row.cells] for row in all_rates(sample, language).rows]
    return say(language, "comma").join(say(language, "asked_rate", name=name, rate=rate) for name, rate in lines)


def reach(sample: Sample, language: str) -> list[tuple[str, str]]:
    """Cooperation, refusal and contact, where the cases were told apart."""
    if not sample.outcomes:
        return []
    rates = sample.rates
    of = (("cooperation", rates.coop1), ("refusal", rates.ref2), ("contact", rates.con2))
    return [(key, facts.rate(value, language)) for key, value in of]


def of_weights(sample: Sample) -> list[tuple[str, str]]:
    """What weights that differ cost: how much wider they make an interval, as one factor of variance and as a size."""
    effect, size = sample.kish_design_effect, sample.kish_effective_sample_size
    told = [] if effect is None else [("kish_effect", figures.written(effect, 2))]
    return told if size is None else [*told, ("kish_size", figures.count(int(size)))]


def in_a_line(outcomes: Sequence[OutcomeLine], language: str) -> tuple[str, ...]:
    """Codes and counts as one line of small print, where a table has no room."""
    if not outcomes:
        return ()
    groups = [list(lines) for _, lines in groupby(outcomes, key=lambda one: one.mode)]
    told = []
    for lines in groups:
        listed = say(language, "enumeration").join(
            say(
                language,
                "outcome_told",
                name=one.name.in_language(language),
                code=one.code,
                cases=figures.count(one.cases),
            )
            for one in lines
        )
        mode = lines[0].mode_name.in_language(language)
        told.append(say(language, "outcomes_of_mode", mode=mode, outcomes=listed) if len(groups) > 1 else listed)
    return (say(language, "outcomes_in_a_line", outcomes=say(language, "semicolon").join(told)),)
