"""``survey-service weight``: from design weights to final ones, every step in a column of its own."""

from __future__ import annotations

from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer

from survey_service.commands.margins import (
    BoundsOption,
    CalibrationName,
    CalibrationOption,
    MarginsOption,
    check_calibration,
    parse_bounds,
)

_EXAMPLE = """
Weights from the design to the margins, every step a column.

From one row per case (respondents only, or every case drawn with
its --status), in this order: design weight, unknown eligibility,
nonresponse (by --classes or by --propensity), population margins,
trimming with the margins again.

The result is the data with one column of weights per step and
final_weight at the end. The record says of every step whether it
converged, how far the worst margin is, which cells were joined, and what
became of the weights.

For standard errors that count what the margins know, give
[bold]survey-service estimate[/bold] the weight before calibration and the
same --margins; with final_weight alone they are those of a sample that
knows nothing.

Exit status 0 with weights, 1 where the data or the margins do not allow
them, 2 for a wrong call.

[bold]Example[/bold]

survey-service weight cases.csv --design-weight w --status status
--classes community --margins margins.csv --calibration raking --trim 5
--out weighted.csv --record record.json
"""


class PropensityName(StrEnum):
    CLASSES = "classes"
    DIRECT = "direct"


StatusOption = Annotated[
    str | None,
    typer.Option(
        metavar="COL",
        help="Status of every case: respondent, nonrespondent, ineligible, unknown, or AAPOR codes 1.1 to 4.9.",
    ),
]


def weight(
    data: Annotated[Path, typer.Argument(help="CSV or .xlsx; row 1 names the columns.", metavar="DATA.csv")],
    design_weight: Annotated[
        str | None, typer.Option(metavar="COL", help="Design weight, 1 / inclusion probability.")
    ] = None,
    inclusion_probability: Annotated[
        str, typer.Option(metavar="COL[,COL]", help="Inclusion probabilities, one column per stage, instead.")
    ] = "",
    status: StatusOption = None,
    classes: Annotated[
        str, typer.Option(metavar="COL[,COL]", help="Weighting classes, for unknown eligibility and nonresponse.")
    ] = "",
    propensity: Annotated[
        str, typer.Option(metavar="COL[,COL]", help="Model the chance to answer from these columns instead.")
    ] = "",
    propensity_use: Annotated[
        PropensityName, typer.Option(help="Quintile classes of the chance, or 1 / chance.")
    ] = PropensityName.CLASSES,
    minimum: Annotated[int, typer.Option(help="Respondents a class needs; smaller ones are joined.", min=1)] = 20,
    margins: MarginsOption = None,
    calibration: CalibrationOption = CalibrationName.RAKING,
    bounds: BoundsOption = "",
    minimum_cell: Annotated[
        int, typer.Option(help="Respondents a margin's category needs; smaller ones join their neighbour.", min=0)
    ] = 0,
    trim: Annotated[
        float | None, typer.Option(metavar="MULTIPLE", help="Largest weight, as a multiple of the median.", min=1.01)
    ] = None,
    out: Annotated[Path | None, typer.Option(metavar="FILE.csv", help="Write data and weights there.")] = None,
    record: Annotated[
        Path | None, typer.Option(metavar="FILE.json", help="Write the record of all steps there.")
    ] = None,
) -> None:
    check_calibration(margins, calibration, bounds)
    if (design_weight is None) == (not inclusion_probability):
        raise typer.BadParameter("give --design-weight or --inclusion-probability, one of them")
    if (classes or propensity) and status is None:
        raise typer.BadParameter("--classes and --propensity adjust for nonresponse: say who answered with --status")
    from survey_service.commands.weight_work import WeightArguments, run

    run(
        WeightArguments(
            data=data,
            design_weight=design_weight,
            probabilities=_names(inclusion_probability),
            status=status,
            classes=_names(classes),
            propensity=_names(propensity),
            propensity_use=propensity_use.value,
            minimum=minimum,
            margins=margins,
            calibration=calibration,
            bounds=parse_bounds(bounds),
            minimum_cell=minimum_cell,
            trim=trim,
        ),
        out,
        record,
    )


weight.__doc__ = _EXAMPLE


def _names(text: str) -> tuple[str, ...]:
    return tuple(name.strip() for name in text.split(",") if name.strip())
