"""The work of ``survey-service blend``: two files, one blend, and how it is shown with its assumption."""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import typer
from rich import box
from rich.console import Console
from rich.markup import escape
from rich.table import Table

from analysis.design import SurveyDesign
from analysis.estimation import Mean, Proportion, Ratio
from analysis.problems import DesignError
from analysis.weighting import Adjustment, Blend, BlendedEstimate, BlendMethod, blend
from questionnaires.figures import significant
from survey_service.commands.margins import in_the_file
from survey_service.tabular import Sheet, TableError, in_english, read_sheet

_WIDTH = 120


@dataclass(frozen=True, slots=True, kw_only=True)
class BlendArguments:
    """What was asked on the command line."""

    sample: Path
    open_answers: Path
    on: tuple[str, ...]
    method: str
    seed: int
    weight: str | None
    strata: tuple[str, ...]
    clusters: tuple[str, ...]
    population_sizes: tuple[str, ...]
    nest: bool
    adults: str | None
    means: tuple[str, ...]
    proportions: tuple[tuple[str, str], ...]
    ratios: tuple[tuple[str, str], ...]
    by: tuple[str, ...]
    replicates: int
    level: float

    @property
    def asked_numbers(self) -> tuple[str, ...]:
        return (*self.means, *(name for pair in self.ratios for name in pair))

    @property
    def asked_labels(self) -> tuple[str, ...]:
        return (*self.on, *self.by, *(column for column, _ in self.proportions))


def run(given: BlendArguments, *, as_json: bool, out: Path | None) -> None:
    """Reads, blends, writes; every fault on standard error, exit status 1."""
    try:
        found = _blended(given)
        if as_json:
            text = json.dumps(document(found, given), ensure_ascii=False, indent=2, allow_nan=False) + "\n"
            if out is None:
                typer.echo(text, nl=False)
            else:
                out.write_text(text, encoding="utf-8")
        elif out is None:
            _show(found, Console(width=max(Console().width, _WIDTH)))
        else:
            with out.open("w", encoding="utf-8") as file:
                _show(found, Console(file=file, width=_WIDTH))
    except OSError as error:
        typer.echo(f"{error.filename or given.sample}: {error.strerror or error}", err=True)
        raise typer.Exit(1) from error
    except TableError as error:
        typer.echo(str(error), err=True)
        raise typer.Exit(1) from error


def _blended(given: BlendArguments) -> Blend:
    sheet, other = read_sheet(given.sample), read_sheet(given.open_answers)
    design_numbers = [name for name in (given.weight, *given.population_sizes, given.adults) if name]
    frame = _frame(sheet, given, design_numbers, (*given.strata, *given.clusters))
    answers = _frame(other, given, (), ())
    lacking = [
        in_english(
            column=column,
            message=f"nobody in the probability sample chose “{value}”",
            remedy=f"The answers are: {', '.join(sorted(map(str, frame[column].dropna().unique())))}.",
        )
        for column, value in given.proportions
        if value not in set(frame[column].dropna())
    ]
    if lacking:
        raise TableError(sheet.source, lacking)
    for column, _ in given.proportions:
        # The same categories in both, so that an answer nobody gave online is a share of 0.
        kinds = sorted({*frame[column].dropna(), *answers[column].dropna()})
        frame[column] = pd.Categorical(frame[column], categories=kinds)
        answers[column] = pd.Categorical(answers[column], categories=kinds)
    requests: list[Mean | Proportion | Ratio] = [Mean(name) for name in given.means]
    requests += [Proportion(column, value) for column, value in given.proportions]
    requests += [Ratio(numerator, denominator) for numerator, denominator in given.ratios]
    try:
        design = SurveyDesign.from_frame(
            frame,
            weight=given.weight,
            strata=given.strata,
            clusters=given.clusters,
            population_sizes=given.population_sizes,
            nest=given.nest,
            adults=given.adults,
        )
        return blend(
            frame,
            design,
            answers,
            requests,
            Adjustment(
                on=given.on,
                method=BlendMethod(given.method),
                rng=np.random.default_rng(given.seed),
                replicates=given.replicates,
            ),
            by=given.by,
            level=given.level,
        )
    except DesignError as error:
        raise in_the_file(error, sheet) from error


def _frame(sheet: Sheet, given: BlendArguments, numbers: Any, labels: Any) -> pd.DataFrame:
    names = [*numbers, *given.asked_numbers]
    counted, _ = sheet.typed(numbers=names)
    told, _ = sheet.typed(labels=[name for name in (*labels, *given.asked_labels) if name not in names])
    both = [name for name in (*given.asked_labels, *labels) if name in names]
    if both:
        raise TableError(
            sheet.source,
            [
                in_english(
                    column=name,
                    message="it is wanted as a number and as a label",
                    remedy="Add a column with the same values under another name.",
                )
                for name in dict.fromkeys(both)
            ],
        )
    return pd.concat([counted, told], axis=1)


def document(found: Blend, given: BlendArguments) -> dict[str, Any]:
    """The blend as plain values; the probability sample's own figure stands first in each."""
    return {
        "format": "survey-service blend 1",
        "label": {"zh-CN": found.label_zh, "en": found.label_en},
        "assumption": {"zh-CN": found.assumption_zh, "en": found.assumption_en},
        "method": found.method.value,
        "on": list(found.on),
        "seed": given.seed,
        "replicates": found.replicates,
        "failed_replicates": found.failed_replicates,
        "level": given.level,
        "estimates": [_line(one) for one in found.estimates],
    }


def _line(one: BlendedEstimate) -> dict[str, Any]:
    own = one.probability
    return {
        "variable": one.variable,
        "category": one.category,
        "domain": dict(one.domain),
        "probability_sample": {
            "value": own.value,
            "standard_error": own.standard_error,
            "ci_low": own.interval.low if own.interval else None,
            "ci_high": own.interval.high if own.interval else None,
            "sample_size": own.sample_size,
        },
        "open_answers": {
            "unweighted": one.open_unweighted,
            "adjusted": one.open_adjusted,
            "standard_error": one.open_adjusted_standard_error,
            "sample_size": one.open_sample_size,
        },
        "blend": {
            "value": one.value,
            "standard_error": one.standard_error,
            "ci_low": one.interval.low if one.interval else None,
            "ci_high": one.interval.high if one.interval else None,
            "share_of_probability_sample": one.probability_share,
        },
        "notes": list(one.notes),
    }


def _show(found: Blend, console: Console) -> None:
    columns = list(dict.fromkeys(column for one in found.estimates for column, _ in one.domain))
    table = Table(box=box.SIMPLE_HEAD, pad_edge=False, padding=(0, 1), title=f"{found.label_en} · {found.label_zh}")
    table.title_justify, table.title_style = "left", "bold"
    for head in ("what", *columns):
        table.add_column(escape(head), no_wrap=True, max_width=28)
    for head in ("sample", "interval", "n", "open", "adjusted", "n", "blend", "interval", "from sample"):
        table.add_column(head, justify="right", no_wrap=True)
    for one in found.estimates:
        share = one.category is not None
        own = one.probability
        what = one.variable if one.category is None else f"{one.variable}={one.category}"
        table.add_row(
            escape(what),
            *(escape(dict(one.domain).get(column, "")) for column in columns),
            _number(own.value, share),
            _limits(own.interval, share),
            f"{own.sample_size:,}",
            _number(one.open_unweighted, share),
            _number(one.open_adjusted, share),
            f"{one.open_sample_size:,}",
            _number(one.value, share),
            _limits(one.interval, share),
            f"{one.probability_share:.0%}",
        )
    console.print(table)
    for note in dict.fromkeys(note for one in found.estimates for note in one.notes):
        console.print(f"Note: {note}", markup=False)
    console.print(found.assumption_en, markup=False)
    console.print(found.assumption_zh, markup=False)


def _number(value: float | None, share: bool) -> str:
    if value is None:
        return "—"
    return f"{value * 100:.1f}%" if share else significant(value, 4)


def _limits(interval: Any, share: bool) -> str:
    return "—" if interval is None else f"{_number(interval.low, share)} – {_number(interval.high, share)}"
