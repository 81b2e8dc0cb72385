"""``survey-service rates``: AAPOR outcome rates from the cases of a wave and their outcome codes."""

from __future__ import annotations

from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer

_EXAMPLE = """
Response, cooperation, refusal and contact rates by AAPOR's formulas.

From one row per issued case with its outcome code: RR1-RR6, COOP, REF, CON,
and e, computed from the cases whose eligibility is known, and stated.

Rows with something in --substitute-for are counted apart and raise no rate.

Exit status 0 with the rates, 1 where a code or the file does not allow them.

[bold]Example[/bold]

survey-service rates cases.csv --code result --mode in_person --by community,first_mode --weight household_weight
"""


class Mode(StrEnum):
    IN_PERSON = "in_person"
    WEB = "web"
    MAIL = "mail"
    TELEPHONE = "telephone"


class Format(StrEnum):
    TABLE = "table"
    JSON = "json"
    CSV = "csv"


def rates(
    cases: Annotated[Path, typer.Argument(help="One row per issued case: CSV or .xlsx.", metavar="CASES.csv")],
    code: Annotated[str, typer.Option(metavar="COL", help="Outcome code, as 1.1 or 2.112.")],
    mode: Annotated[Mode, typer.Option(help="Whose codes they are; paper takes mail.")] = Mode.IN_PERSON,
    mode_column: Annotated[str, typer.Option(metavar="COL", help="Column with the mode of each case, instead.")] = "",
    by: Annotated[str, typer.Option(metavar="COL[,COL]", help="Rates of each combination, beside the whole.")] = "",
    weight: Annotated[str, typer.Option(metavar="COL", help="Design weights; else every case counts one.")] = "",
    substitute_for: Annotated[str, typer.Option(metavar="COL", help="Number of the case it stands for.")] = "",
    format: Annotated[Format, typer.Option(help="Form of the result.")] = Format.TABLE,
    out: Annotated[Path | None, typer.Option(metavar="FILE", help="Write the result there.")] = None,
) -> None:
    from survey_service.commands.rates_work import RatesArguments, run

    given = RatesArguments(
        cases=cases,
        code=code,
        mode=str(mode),
        mode_column=mode_column or None,
        by=tuple(name.strip() for name in by.split(",") if name.strip()),
        weight=weight or None,
        substitute_for=substitute_for or None,
        format=str(format),
        out=out,
    )
    raise typer.Exit(run(given))


rates.__doc__ = _EXAMPLE
