"""The work of ``survey-service rank``: estimates -> what may be published -> ranks with their sets."""

from __future__ import annotations

import csv
import io
import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import typer

from analysis.disclosure import protect
from analysis.estimates_document import from_document
from analysis.ranking import Ranking, RankingRule, rank_table
from analysis.results import (
    Domain,
    Estimates,
    PublicationRule,
    PublishableCell,
    PublishableTable,
    Reliability,
    Suppression,
)
from questionnaires.figures import significant
from survey_service.tabular.harmless import harmless

_WHY = {
    Suppression.FEW_RESPONDENTS: "fewer than 10 respondents",
    Suppression.DOMINATED: "one respondent makes up nearly all of a total",
    Suppression.COMPLEMENTARY: "hidden so that nothing follows by subtraction",
    Suppression.GROUP_DISCLOSURE: "hidden so that nothing follows by subtraction",
    Suppression.UNRELIABLE: "too imprecise",
    Suppression.NOT_ESTIMABLE: "not estimable",
    Suppression.NOT_PUBLISHED: "not published alone",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class RankArguments:
    """What was asked on the command line."""

    estimates: tuple[Path, ...]
    variable: str
    by: str
    highest_first: bool
    simultaneous: bool
    publication: str
    seed: int
    format: str
    out: Path | None


def run(given: RankArguments) -> int:
    """Ranks and writes; the exit status."""
    try:
        table, ranking = _ranked(given)
        text = _FORMS[given.format](given, table, ranking)
        if given.out is None:
            typer.echo(text, nl=False)
        else:
            given.out.write_text(text, encoding="utf-8")
    except OSError as error:
        typer.echo(f"{error.filename}: {error.strerror or error}", err=True)
        return 1
    except (ValueError, KeyError) as error:
        typer.echo(str(error), err=True)
        return 1
    return 0


def _ranked(given: RankArguments) -> tuple[PublishableTable, Ranking]:
    tables = [read_estimates(path) for path in given.estimates]
    name, category = find_variable(tables, given.variable)
    present = dict.fromkeys(one.domain for table in tables for one in table.estimates)
    areas = [domain for domain in present if domain and domain[-1][0] == given.by]
    if not areas:
        columns = sorted({column for domain in present for column, _ in domain})
        raise ValueError(f"no estimates by {given.by!r}; they are by {', '.join(columns) or 'nothing'}")
    table = protect(
        *tables,
        rule=PublicationRule(reliability=Reliability(given.publication)),
        hierarchy={domain: domain[:-1] for domain in present if domain},
    )
    ranking = rank_table(
        table,
        name,
        areas,
        category=category,
        rng=np.random.default_rng(given.seed),
        rule=RankingRule(simultaneous=given.simultaneous, highest_first=given.highest_first),
    )
    return table, ranking


def read_estimates(path: Path) -> Estimates:
    try:
        return from_document(json.loads(path.read_text(encoding="utf-8")))
    except ValueError as error:
        raise ValueError(f"{path}: not the JSON of survey-service estimate ({error})") from error


def find_variable(tables: list[Estimates], wanted: str) -> tuple[str, str | None]:
    known = dict.fromkeys((one.variable, one.category) for table in tables for one in table.estimates)
    name, _, category = wanted.rpartition("=")
    for key in ((wanted, None), (name, category)):
        if key in known:
            return key
    listed = ", ".join(variable if kind is None else f"{variable}={kind}" for variable, kind in known)
    raise ValueError(f"there is no {wanted!r}; the estimates are {listed}")


# ------------------------------------------------------------------ how it is written
def _rows(given: RankArguments, table: PublishableTable, ranking: Ranking) -> list[dict[str, Any]]:
    rows = []
    for one in ranking.sets:
        cell = _cell(given, table, one.domain)
        rows.append(
            {
                "area": one.name,
                "rank": one.rank,
                "rank_low": one.low,
                "rank_high": one.high,
                "value": one.value,
                "ci_low": cell.low,
                "ci_high": cell.high,
                "sample_size": cell.sample_size,
                "not_told_apart": list(one.not_told_apart),
                "hidden": None,
            }
        )
    for row in table.rows:
        if row.domain and row.domain[-1][0] == given.by and row.domain[-1][1] in ranking.left_out:
            cell = _cell(given, table, row.domain)
            reason = "too imprecise to be ranked" if cell.suppression is None else _WHY[cell.suppression]
            empty = dict.fromkeys(("rank", "rank_low", "rank_high", "value", "ci_low", "ci_high", "sample_size"))
            rows.append({"area": row.domain[-1][1], **empty, "not_told_apart": [], "hidden": reason})
    return rows


def _cell(given: RankArguments, table: PublishableTable, domain: Domain) -> PublishableCell:
    for cell in table.row(domain).cells:
        spoken = cell.variable if cell.category is None else f"{cell.variable}={cell.category}"
        if spoken == given.variable:
            return cell
    raise KeyError(f"{domain} has no {given.variable}")


def _json(given: RankArguments, table: PublishableTable, ranking: Ranking) -> str:
    document = {
        "variable": given.variable,
        "level": ranking.level,
        "simultaneous": ranking.simultaneous,
        "method": ranking.method,
        "seed": given.seed,
        "areas": _rows(given, table, ranking),
    }
    return json.dumps(document, ensure_ascii=False, indent=2) + "\n"


def _csv(given: RankArguments, table: PublishableTable, ranking: Ranking) -> str:
    written = io.StringIO()
    rows = _rows(given, table, ranking)
    writer = csv.DictWriter(written, list(rows[0]), lineterminator="\n")
    writer.writeheader()
    for row in rows:
        told = {**row, "not_told_apart": "; ".join(row["not_told_apart"])}
        writer.writerow({head: harmless(cell) for head, cell in told.items()})
    return written.getvalue()


def _table(given: RankArguments, table: PublishableTable, ranking: Ranking) -> str:
    from rich import box
    from rich.console import Console
    from rich.table import Table

    rows = _rows(given, table, ranking)
    share = any(_cell(given, table, one.domain).scale == (0.0, 1.0) for one in ranking.sets)

    def number(value: float | None) -> str:
        return "" if value is None else f"{100 * value:.4g}%" if share else significant(value, 4)

    shown = Table(box=box.SIMPLE_HEAD, title=given.variable, title_justify="left", title_style="bold")
    shown.add_column(given.by, overflow="fold")
    for head in ("value", f"{ranking.level:.4g} interval", "n", "rank", "ranks allowed"):
        shown.add_column(head, justify="right", no_wrap=True)
    shown.add_column("not told apart from", overflow="fold")
    for row in rows:
        if row["hidden"]:
            shown.add_row(row["area"], "—", "—", "", "—", "—", row["hidden"])
            continue
        interval = f"{number(row['ci_low'])} – {number(row['ci_high'])}"
        allowed = f"{row['rank_low']} – {row['rank_high']}"
        others = f"{len(row['not_told_apart'])}: {', '.join(row['not_told_apart'])}" if row["not_told_apart"] else ""
        shown.add_row(
            row["area"], number(row["value"]), interval, f"{row['sample_size']:,}", str(row["rank"]), allowed, others
        )
    written = io.StringIO()
    console = Console(file=written, width=120)
    console.print(shown)
    together = "all sets together" if ranking.simultaneous else "each set for itself"
    console.print(f"Ranks: {ranking.method}; {together} at {ranking.level:.0%}; seed {given.seed}.")
    return "\n".join(line.rstrip() for line in written.getvalue().splitlines()) + "\n"


_FORMS = {"table": _table, "json": _json, "csv": _csv}
