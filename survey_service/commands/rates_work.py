"""The work of ``survey-service rates``: outcome codes -> dispositions -> rates, per group and in all."""

from __future__ import annotations

import csv
import io
import json
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import pandas as pd
import typer

from analysis.dispositions import Disposition, response_rates, response_rates_by
from analysis.outcome_codes import OutcomeMode, disposition_of
from analysis.results import ResponseRates
from survey_service.tabular import Sheet, TableError, TableProblem, in_english, read_sheet
from survey_service.tabular.harmless import harmless

_RATES = (
    "rr1",
    "rr2",
    "rr3",
    "rr4",
    "rr5",
    "rr6",
    "coop1",
    "coop2",
    "coop3",
    "coop4",
    "ref1",
    "ref2",
    "ref3",
    "con1",
    "con2",
    "con3",
)
_SHOWN = ("rr1", "rr3", "rr5", "coop1", "ref1", "con1")
_MODES = {
    "web_invited": OutcomeMode.WEB,
    "face_to_face": OutcomeMode.IN_PERSON,
    "paper": OutcomeMode.MAIL,
    "telephone": OutcomeMode.TELEPHONE,
}


@dataclass(frozen=True, slots=True, kw_only=True)
class RatesArguments:
    """What was asked on the command line."""

    cases: Path
    code: str
    mode: str
    mode_column: str | None
    by: tuple[str, ...]
    weight: str | None
    substitute_for: str | None
    format: str
    out: Path | None


def run(given: RatesArguments) -> int:
    """Computes and writes; the exit status."""
    try:
        found = _found(given)
        text = _FORMS[given.format](given, found)
        if given.out is None:
            typer.echo(text, nl=False)
        else:
            given.out.write_text(text, encoding="utf-8")
    except OSError as error:
        typer.echo(f"{error.filename or given.cases}: {error.strerror or error}", err=True)
        return 1
    except ValueError as error:  # TableError too
        typer.echo(str(error), err=True)
        return 1
    return 0


def _found(given: RatesArguments) -> dict[tuple[str, ...], ResponseRates]:
    sheet = read_sheet(given.cases)
    extra = [name for name in (given.mode_column, given.substitute_for) if name]
    numbers, _ = sheet.typed(numbers=[given.weight] if given.weight else [])
    labels, _ = sheet.typed(labels=[given.code, *given.by, *extra])
    codes = _dispositions(sheet, labels, given)
    weights = None if given.weight is None else [float(value) for value in numbers[given.weight]]
    substitute = None
    if given.substitute_for:
        substitute = [isinstance(value, str) for value in labels[given.substitute_for].tolist()]
    whole = response_rates(codes, weights=weights, substitute=substitute)
    if not given.by:
        return {(): whole}
    groups = [tuple("" if value != value else str(value) for value in row) for row in labels[list(given.by)].to_numpy()]
    return response_rates_by(groups, codes, weights=weights, substitute=substitute) | {(): whole}


def _dispositions(sheet: Sheet, labels: pd.DataFrame, given: RatesArguments) -> list[Disposition]:
    problems: list[TableProblem] = []
    found: list[Disposition] = []
    modes = labels[given.mode_column].tolist() if given.mode_column else [given.mode] * len(labels)
    for position, (code, name) in enumerate(zip(labels[given.code].tolist(), modes, strict=True)):
        row = sheet.row(position)
        try:
            mode = _MODES.get(name) or OutcomeMode(name)
        except ValueError:
            remedy = f"Write one of {', '.join([*OutcomeMode, *_MODES])}."
            problems.append(in_english(row=row, column=given.mode_column, message=f"“{name}”", remedy=remedy))
            continue
        if not isinstance(code, str):
            remedy = "Every case has its outcome; one that was never visited is 3.11."
            problems.append(in_english(row=row, column=given.code, message="no outcome code", remedy=remedy))
            continue
        try:
            found.append(disposition_of(code, mode))
        except ValueError as error:
            remedy = "The codes of every mode are in docs/publication.md."
            problems.append(in_english(row=row, column=given.code, message=str(error), remedy=remedy))
    if problems:
        raise TableError(sheet.source, problems)
    return found


def _entries(given: RatesArguments, found: dict[tuple[str, ...], ResponseRates]) -> list[dict[str, Any]]:
    entries = []
    for group, one in found.items():
        names = dict(zip(given.by, group or ("",) * len(given.by), strict=True))
        kept = {name: value for name, value in asdict(one).items() if name not in ("valid", "by_mode")}
        counts = {name: kept[name] for name in ("sampled", "completed", "substitutes", "e", "eligible")}
        entries.append({**names, **counts, **{name: kept[name] for name in _RATES}, "weighted": one.weighted})
    return entries


def _json(given: RatesArguments, found: dict[tuple[str, ...], ResponseRates]) -> str:
    return json.dumps({"by": list(given.by), "rates": _entries(given, found)}, ensure_ascii=False, indent=2) + "\n"


def _csv(given: RatesArguments, found: dict[tuple[str, ...], ResponseRates]) -> str:
    written = io.StringIO()
    entries = _entries(given, found)
    writer = csv.DictWriter(written, list(entries[0]), lineterminator="\n")
    writer.writerow({head: harmless(head) for head in entries[0]})
    writer.writerows({head: harmless(cell) for head, cell in entry.items()} for entry in entries)
    return written.getvalue()


def _table(given: RatesArguments, found: dict[tuple[str, ...], ResponseRates]) -> str:
    from rich import box
    from rich.console import Console
    from rich.table import Table

    shown = Table(box=box.SIMPLE_HEAD, title="Outcome rates (AAPOR)", title_justify="left", title_style="bold")
    for name in given.by:
        shown.add_column(name, overflow="fold")
    for head in ("sampled", "completed", "e", *(name.upper() for name in _SHOWN)):
        shown.add_column(head, justify="right", no_wrap=True)
    for group, one in found.items():
        names = group or ("all", *[""] * (len(given.by) - 1))[: len(given.by)]
        rates = [getattr(one, name) for name in ("e", *_SHOWN)]
        cells = ["—" if rate is None else f"{rate:.1%}" for rate in rates]
        shown.add_row(*names, f"{one.sampled:,}", f"{one.completed:,}", *cells)
    written = io.StringIO()
    console = Console(file=written, width=120)
    console.print(shown)
    whole = found[()]
    weighted = "weighted by the design; counts are not" if whole.weighted else "unweighted"
    asked = ""
    if whole.substitutes:
        asked = f"; {whole.substitutes} substitute{'s' if whole.substitutes > 1 else ''} counted apart"
    console.print(f"e: share of unknown eligibility taken as eligible, from the known cases. Rates {weighted}{asked}.")
    return "\n".join(line.rstrip() for line in written.getvalue().splitlines()) + "\n"


_FORMS = {"table": _table, "json": _json, "csv": _csv}
