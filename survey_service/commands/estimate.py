"""``survey-service estimate``: weighted estimates with confidence intervals from a file of responses."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from analysis.results import SHARE_INTERVALS, IntervalMethod, LonelyPsu
from survey_service.commands.design_options import AdultsOption, ClustersOption, LonelyOption, NestOption
from survey_service.commands.estimate_columns import EstimateArguments, Joint, ReplicateMethod, VarianceMethod
from survey_service.commands.estimate_names import bare, names, parted, scaled
from survey_service.commands.estimate_names import ratio as two_columns
from survey_service.commands.estimate_output import write
from survey_service.commands.estimate_work import carry_out
from survey_service.commands.margins import (
    BoundsOption,
    CalibrationName,
    CalibrationOption,
    MarginsOption,
    check_calibration,
    parse_bounds,
)
from survey_service.commands.output import Format


def _share_interval(name: str) -> IntervalMethod:
    if name not in SHARE_INTERVALS:
        raise typer.BadParameter(f"{name!r} is not one of {', '.join(map(repr, map(str, SHARE_INTERVALS)))}.")
    return IntervalMethod(name)


Interval = Annotated[
    IntervalMethod,
    typer.Option(
        metavar="NAME",
        parser=_share_interval,
        help="Interval of shares only (means have t): " + ", ".join(SHARE_INTERVALS) + ".",
        autocompletion=lambda: list(map(str, SHARE_INTERVALS)),
    ),
]
DomainLonely = Annotated[
    bool,
    typer.Option(
        "--adjust-domain-lonely",
        help="--lonely-psu adjust or average also for a stratum of which one PSU has members of the domain.",
    ),
]
Means = Annotated[
    list[str] | None,
    typer.Option(metavar="COL[LOW,HIGH]", help="Mean of a column, with its scale if any; repeatable."),
]
Method = Annotated[VarianceMethod, typer.Option(metavar="NAME", help=", ".join(VarianceMethod) + ".")]
Given = Annotated[
    ReplicateMethod, typer.Option(metavar="NAME", help="How they were made: " + ", ".join(ReplicateMethod) + ".")
]
GivenScale = Annotated[
    float | None, typer.Option(metavar="NUMBER", help="What all squares are multiplied by, in place of the method's.")
]
GivenFactors = Annotated[
    str | None,
    typer.Option(metavar="A,B,...", help="Factor of each replicate; or a file whose column factor has one a row."),
]
Simultaneous = Annotated[
    Joint | None,
    typer.Option(metavar="NAME", help="Intervals that hold jointly over domains: " + ", ".join(Joint) + "."),
]


def estimate(
    data: Annotated[Path, typer.Argument(help="CSV or .xlsx; row 1 names the columns.", metavar="DATA.csv")],
    weight: Annotated[str | None, typer.Option(metavar="COL", help="Weight of a respondent.")] = None,
    frequency: Annotated[str | None, typer.Option(metavar="COL", help="Respondents that a row stands for.")] = None,
    strata: Annotated[str, typer.Option(metavar="COL[,COL]", help="Strata, one column per stage.")] = "",
    clusters: ClustersOption = "",
    population_size: Annotated[
        str, typer.Option(metavar="COL[,COL]", help="Units there are in the stratum, one column per stage.")
    ] = "",
    nest: NestOption = False,
    adults: AdultsOption = None,
    mean: Means = None,
    total: Annotated[list[str] | None, typer.Option(metavar="COL", help="Total of a column; may be repeated.")] = None,
    proportion: Annotated[
        list[str] | None, typer.Option(metavar="COL[=VALUE]", help="Share of each category, or of one; repeatable.")
    ] = None,
    ratio: Annotated[list[str] | None, typer.Option(metavar="NUM/DEN", help="Ratio of totals; repeatable.")] = None,
    quantile: Annotated[list[str] | None, typer.Option(metavar="COL@0.5", help="A quantile; repeatable.")] = None,
    by: Annotated[str, typer.Option(metavar="COL[,COL]", help="One estimate for each combination of these.")] = "",
    difference: Annotated[
        list[str] | None, typer.Option(metavar="A,B", help="A minus B, two labels of --by; repeatable.")
    ] = None,
    test_independence: Annotated[
        list[str] | None, typer.Option(metavar="COL,COL", help="Rao-Scott test of two columns; repeatable.")
    ] = None,
    interval: Interval = IntervalMethod.KORN_GRAUBARD,
    level: Annotated[float, typer.Option(help="Confidence level, a share such as 0.95.")] = 0.95,
    simultaneous: Simultaneous = None,
    lonely_psu: LonelyOption = LonelyPsu.FAIL,
    adjust_domain_lonely: DomainLonely = False,
    variance_method: Method = VarianceMethod.LINEARISED,
    replicates: Annotated[int, typer.Option(help="Bootstrap replicates.", min=2)] = 500,
    seed: Annotated[int, typer.Option(help="Seed of the bootstrap.", min=0)] = 1,
    fay: Annotated[float, typer.Option(help="Factor of Fay's method.", min=0, max=0.99)] = 0.5,
    replicate_weights: Annotated[
        str | None, typer.Option(metavar="PREFIX", help="Replicate weights in the file: PREFIX1, PREFIX2, ...")
    ] = None,
    replicate_method: Given = ReplicateMethod.JK1,
    replicate_scale: GivenScale = None,
    replicate_factors: GivenFactors = None,
    margins: MarginsOption = None,
    calibration: CalibrationOption = CalibrationName.RAKING,
    bounds: BoundsOption = "",
    format: Annotated[Format, typer.Option(help="Form of the result.")] = Format.TABLE,
    out: Annotated[Path | None, typer.Option(metavar="FILE", help="Write the result there.")] = None,
) -> None:
    """Weighted estimates with standard errors and confidence intervals, from one row per respondent.

    Commas between columns part the stages of the design, or the columns of --by; a name with a comma or a slash goes
    between double quotes. Missing are empty cells, NA, N/A, NaN, NULL and a single point; codes such as 99 are values.
    Degrees of freedom are those of the domain: PSUs minus strata with an answer.

    Exit status 0 with the estimates, 1 where the data or the design do not allow them, 2 for a wrong call.

    Example: survey-service estimate responses.csv --weight weight --strata stratum --clusters household --proportion
    q1=yes --mean score --by street --format json --out estimates.json
    """
    check_calibration(margins, calibration, bounds)
    given = EstimateArguments(
        data=data,
        weight=weight,
        frequency=frequency,
        strata=names(strata, "--strata"),
        clusters=names(clusters, "--clusters"),
        population_sizes=names(population_size, "--population-size"),
        means=tuple(map(scaled, mean or ())),
        totals=tuple(map(bare, total or ())),
        proportions=tuple(proportion or ()),
        ratios=tuple(map(two_columns, ratio or ())),
        by=names(by, "--by"),
        interval=interval,
        level=level,
        lonely_psu=lonely_psu,
        margins=margins,
        calibration=calibration,
        bounds=parse_bounds(bounds),
        quantiles=tuple(map(_quantile, quantile or ())),
        simultaneous=simultaneous,
        variance_method=variance_method,
        differences=tuple(map(_two_domains, difference or ())),
        tests=tuple(_pair(text, "--test-independence") for text in test_independence or ()),
        replicates=replicates,
        seed=seed,
        fay=fay,
        replicate_weights=replicate_weights,
        replicate_method=replicate_method,
        replicate_scale=replicate_scale,
        replicate_factors=_factors(replicate_factors),
        nest=nest,
        adults=adults,
        adjust_domain_lonely=adjust_domain_lonely,
    )
    _check(given, format)
    found, tests = carry_out(given)
    write(found, tests, format, out)


def _quantile(text: str) -> tuple[str, float]:
    column, mark, share = text.rpartition("@")
    try:
        value = float(share)
    except ValueError:
        value = 0.0
    if not mark or not column or not 0 < value < 1:
        raise typer.BadParameter(f"--quantile takes COL@SHARE with a share between 0 and 1, not {text!r}")
    return bare(column.strip()), value


def _factors(text: str | None) -> tuple[float, ...] | Path | None:
    """Numbers with commas between them, or the file that has them."""
    if text is None:
        return None
    try:
        return tuple(float(part) for part in text.split(","))
    except ValueError:
        return Path(text)


def _pair(text: str, option: str) -> tuple[str, str]:
    found = names(text, option)
    if len(found) != 2:
        raise typer.BadParameter(f"{option} takes two names with a comma between them, not {text!r}")
    return found[0], found[1]


def _two_domains(text: str) -> tuple[str, str]:
    """A,B as written: quotes stay, because a label may hold a comma or a slash itself."""
    found = parted(text, ",")
    if len(found) != 2 or not all(found):
        raise typer.BadParameter(
            f"--difference takes two labels with a comma between them, not {text!r}; a label with a comma or a slash "
            "goes between double quotes"
        )
    return found[0], found[1]


def _check(given: EstimateArguments, format: Format) -> None:
    """What the options must fulfil together. Raises typer.BadParameter."""
    if not 0.0001 <= given.level <= 0.9999:
        meant = f"write {given.level / 100:g}, " if 50 <= given.level < 100 else ""
        raise typer.BadParameter(f"--level is a share between 0 and 1: {meant}not {given.level:g}")
    simple = given.means or given.totals or given.proportions or given.ratios
    if not simple and not given.quantiles and not given.tests:
        raise typer.BadParameter(
            "say what to estimate: --mean, --total, --proportion, --ratio or --quantile; or what to test"
        )
    for asked in given.proportions:
        if asked.endswith("=") and asked.count("=") == 1:
            raise typer.BadParameter(f"--proportion {asked!r}: say which value, or leave the equals sign out for all")
    if given.differences and not (given.by and simple):
        raise typer.BadParameter("--difference compares domains: say --by and what to estimate")
    if given.tests and format is Format.CSV:
        raise typer.BadParameter("tests have no place in the CSV form; take json or table")
    if given.replicate_weights and given.variance_method is not VarianceMethod.LINEARISED:
        raise typer.BadParameter(
            "--replicate-weights already says how the variance is made; leave --variance-method out"
        )
    _check_policies(given)


def _check_policies(given: EstimateArguments) -> None:
    scaled_by_hand = given.replicate_scale is not None or given.replicate_factors is not None
    if scaled_by_hand and not given.replicate_weights:
        raise typer.BadParameter(
            "--replicate-scale and --replicate-factors are of replicate weights in the file: say --replicate-weights"
        )
    if given.replicate_scale is not None and given.replicate_method in (ReplicateMethod.BRR, ReplicateMethod.FAY):
        raise typer.BadParameter(f"{given.replicate_method} has a scale of its own: say --replicate-method other")
    if given.replicate_scale is not None and not 0 < given.replicate_scale < float("inf"):
        raise typer.BadParameter(f"--replicate-scale is a number above 0, not {given.replicate_scale:g}")
    if given.replicate_method is ReplicateMethod.JKN and given.replicate_weights and given.replicate_factors is None:
        raise typer.BadParameter("--replicate-method jkn needs --replicate-factors: (n - 1)/n of each one's stratum")
    if not given.adjust_domain_lonely:
        return
    if given.lonely_psu not in (LonelyPsu.ADJUST, LonelyPsu.AVERAGE):
        raise typer.BadParameter("--adjust-domain-lonely needs --lonely-psu adjust or average")
    if given.replicate_weights or given.variance_method is not VarianceMethod.LINEARISED:
        raise typer.BadParameter(
            "--adjust-domain-lonely is for the linearised variance: replicates know no such policy"
        )
    if given.margins is not None:
        raise typer.BadParameter("--adjust-domain-lonely is for weights without --margins, which leave no PSU alone")
