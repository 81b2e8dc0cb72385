"""How the smaller commands run and write: faults on standard error, the result to a file or the terminal."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Callable, Mapping, Sequence
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Any

import typer

from questionnaires.figures import significant
from survey_service.tabular.harmless import harmless

if TYPE_CHECKING:
    from rich.console import RenderableType

WIDTH = 110  # of a printed table, in characters


class Format(StrEnum):
    TABLE = "table"
    JSON = "json"
    CSV = "csv"


def carried_out(work: Callable[[], str], out: Path | None) -> int:
    """Writes what ``work`` returns; the exit status. A fault of the data or of a file is said, and is 1."""
    from survey_service.tabular import TableError

    try:
        text = work()
        if out is None:
            typer.echo(text, nl=False)
        else:
            out.write_text(text, encoding="utf-8")
    except OSError as error:
        typer.echo(f"{error.filename or out}: {error.strerror or error}", err=True)
        return 1
    except TableError as error:
        typer.echo(str(error), err=True)
        return 1
    return 0


def in_form(
    format: Format,
    document: Mapping[str, Any],
    rows: Sequence[Mapping[str, Any]],
    table: Callable[[], RenderableType],
) -> str:
    """The text of one form: ``document`` as JSON, ``rows`` as CSV (heads from the first), ``table`` for the eye."""
    if format is Format.JSON:
        return json.dumps(document, ensure_ascii=False, indent=2, allow_nan=False) + "\n"
    if format is Format.CSV:
        written = io.StringIO()
        writer = csv.DictWriter(written, list(rows[0]), lineterminator="\n")
        writer.writerow({head: harmless(head) for head in rows[0]})
        writer.writerows({head: harmless(value) for head, value in row.items()} for row in rows)
        return written.getvalue()
    from rich.console import Console

    paper = io.StringIO()
    Console(file=paper, width=WIDTH).print(table())
    return "\n".join(line.rstrip() for line in paper.getvalue().splitlines()) + "\n"


def figure(value: float | None, share: bool) -> str:
    """A share in percent with one digit, anything else with four that count."""
    if value is None:
        return "—"
    return f"{value * 100:.1f}%" if share else significant(value, 4)
