"""What ``survey-service estimate`` does once its arguments are read: the heavy imports are made here, when it runs."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

import typer

from analysis.results import Estimates
from survey_service.commands.estimate_columns import (
    EstimateArguments,
    Prepared,
    VarianceMethod,
    must_be_there,
    named_back,
    progress,
    read_columns,
    requests_of,
)
from survey_service.commands.estimate_names import bare, parted
from survey_service.commands.margins import calibrate_to_file, in_the_file, recalibrate_to_file

if TYPE_CHECKING:
    from analysis.arrays import FloatArray
    from analysis.association import TestResult
    from analysis.design import SurveyDesign
    from analysis.estimation.replicates import Replication
    from analysis.weighting.recalibrated import Base


def carry_out(given: EstimateArguments) -> tuple[Estimates, tuple[TestResult, ...]]:
    """Reads, estimates, and turns every fault into the row, the column and the remedy; exits with status 1 then."""
    from survey_service.tabular import TableError

    try:
        with progress("reading") as told:
            return _estimates(given, told)
    except OSError as error:
        typer.echo(f"{error.filename or given.data}: {error.strerror or error}", err=True)
    except TableError as error:
        typer.echo(str(error), err=True)
    raise typer.Exit(1)


def _estimates(given: EstimateArguments, told: Callable[[str], None]) -> tuple[Estimates, tuple[TestResult, ...]]:
    from analysis.problems import DesignError
    from survey_service.tabular import TableError, read_sheet

    sheet = read_sheet(given.data)
    told("checking columns")
    prepared = read_columns(given, sheet)
    try:
        told("working out the design")
        design = prepared.design(given)
        known: tuple[str, ...] = ()
        replication = _replication(given, prepared)
        replicated = design
        if given.margins is not None:
            told("calibrating")
            how = (given.margins, given.calibration, given.bounds)
            if replication is not None:
                told("calibrating every replicate")
                replicated, replication = recalibrate_to_file(sheet, design, replication, *how, given.lonely_psu)
            design, known = calibrate_to_file(sheet, design, *how)
        told("estimating")
        found = _asked(given, prepared, design, replicated if replication is not None else design, replication)
        tests = _tests(given, prepared, design)
    except DesignError as error:
        told_by_file = in_the_file(error, sheet, prepared.renamed)
        raise TableError(sheet.source, told_by_file.problems, "estimated") from error
    named = named_back(found, {alias: name for name, alias in prepared.renamed.items()}, (*prepared.notes, *known))
    return named, tests


def _replication(given: EstimateArguments, prepared: Prepared) -> Base | None:
    import numpy as np

    from analysis.estimation import replicates

    if prepared.replicate_columns:
        factors = _factors(given, len(prepared.replicate_columns))
        weights = prepared.frame[list(prepared.replicate_columns)].to_numpy(dtype=np.float64)
        kind = replicates.ReplicateKind(given.replicate_method)
        return replicates.GivenReplicates(weights, kind, given.fay, factors, given.replicate_scale)
    if given.variance_method is VarianceMethod.JACKKNIFE:
        return replicates.Jackknife()
    if given.variance_method is VarianceMethod.BOOTSTRAP:
        return replicates.Bootstrap(np.random.default_rng(given.seed), given.replicates)
    if given.variance_method is VarianceMethod.BRR:
        return replicates.BalancedHalfSamples()
    if given.variance_method is VarianceMethod.FAY:
        return replicates.BalancedHalfSamples(fay=given.fay)
    return None


def _factors(given: EstimateArguments, replicates: int) -> FloatArray | None:
    """The factor of each replicate, in the order of their numbers; one number counts for all."""
    import numpy as np

    from survey_service.tabular import TableError, in_english, read_sheet

    source, factors = "--replicate-factors", given.replicate_factors
    if factors is None:
        return None
    if isinstance(factors, Path):
        sheet = read_sheet(factors)
        must_be_there(sheet, ["factor"])
        numbers, _ = sheet.typed(numbers=["factor"])
        source, found = sheet.source, numbers["factor"].to_numpy(dtype=np.float64)
    else:
        found = np.array(factors)
    found = np.repeat(found, replicates) if len(found) == 1 else found
    said = None
    if len(found) != replicates:
        said = f"there are {len(found)} factors beside {replicates} replicates"
    elif not ((found >= 0) & np.isfinite(found)).all():
        said = "a factor is missing, or no number from 0 on"
    if said is not None:
        remedy = "Give one for each replicate, in the order of the replicates."
        raise TableError(source, [in_english(message=said, remedy=remedy)])
    return found


def _asked(
    given: EstimateArguments,
    prepared: Prepared,
    design: SurveyDesign,
    replicated: SurveyDesign,
    replication: Replication | None,
) -> Estimates:
    from analysis.estimation import estimate
    from analysis.estimation.contrasts import Contrast, contrasts
    from analysis.estimation.options import Simultaneous
    from analysis.estimation.quantiles import Quantile, quantiles

    by = prepared.labels(given.by)
    requests = requests_of(given, prepared.chosen, prepared.renamed)
    jointly = None if given.simultaneous is None else Simultaneous(given.simultaneous)
    parts: list[Estimates] = []
    if requests:
        found = estimate(
            prepared.frame,
            replicated,
            requests,
            by=by,
            interval=given.interval,
            level=given.level,
            lonely_psu=given.lonely_psu,
            simultaneous=jointly,
            replication=replication,
            adjust_domain_lonely=given.adjust_domain_lonely,
        )
        parts.append(found)
    if given.quantiles:
        asked = [Quantile(column, share) for column, share in given.quantiles]
        common = {
            "by": by,
            "level": given.level,
            "lonely_psu": given.lonely_psu,
            "adjust_domain_lonely": given.adjust_domain_lonely,
        }
        parts.append(quantiles(prepared.frame, design, asked, **common))  # type: ignore[arg-type]
    if given.differences:
        wanted = [Contrast.difference(_domain(by, one), _domain(by, other)) for one, other in given.differences]
        differences = contrasts(
            prepared.frame,
            design,
            requests,
            wanted,
            by=by,
            level=given.level,
            lonely_psu=given.lonely_psu,
            simultaneous=jointly,
        )
        parts.append(differences)
    if not parts:  # only tests were asked for
        return Estimates(design=design.summary(), estimates=(), notes=())
    notes = dict.fromkeys(note for part in parts for note in part.notes)
    return replace(parts[0], estimates=tuple(one for part in parts for one in part.estimates), notes=tuple(notes))


def _domain(by: Sequence[str], text: str) -> tuple[tuple[str, str], ...]:
    labels = [bare(part) for part in parted(text, "/")] if len(by) > 1 else [bare(text)]
    if len(labels) != len(by):
        raise typer.BadParameter(
            f"--difference: {text!r} does not name one label for each of {', '.join(by)}; write A1/A2,B1/B2, and a "
            "label with a slash between double quotes"
        )
    return tuple(zip(by, labels, strict=True))


def _tests(given: EstimateArguments, prepared: Prepared, design: SurveyDesign) -> tuple[TestResult, ...]:
    from analysis.association import independence

    found = []
    for one, other in given.tests:
        columns = prepared.labels([one, other])
        test = independence(prepared.frame, design, *columns, lonely_psu=given.lonely_psu)
        found.append(replace(test, variables=f"{one}, {other}"))
    return tuple(found)
