"""The work of ``survey-service small-areas``: direct estimates and covariates by area, the model, both side by side."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
from rich import box
from rich.console import Group, RenderableType
from rich.table import Table
from rich.text import Text

from analysis.arrays import FloatArray
from analysis.results import Estimate, PublicationRule
from analysis.small_area import (
    FitMethod,
    SmallAreaEstimate,
    SmallAreaModel,
    fay_herriot,
    smoothed_mean_variances,
    smoothed_share_variances,
)
from questionnaires.figures import significant
from survey_service.commands.output import Format, carried_out, figure, in_form
from survey_service.commands.rank_work import find_variable, read_estimates
from survey_service.tabular import Sheet, TableError, TableProblem, in_english, read_sheet


@dataclass(frozen=True, slots=True, kw_only=True)
class SmallAreaArguments:
    """What was asked on the command line."""

    estimates: Path
    variable: str
    by: str
    areas: Path
    covariates: tuple[str, ...]
    method: str
    smoothed: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class _Area:
    estimate: SmallAreaEstimate
    direct: Estimate | None

    @property
    def sample_size(self) -> int:
        return 0 if self.direct is None else self.direct.sample_size

    @property
    def caution(self) -> str:
        """Why the direct figure may not be published; the model's value would give it away."""
        rule = PublicationRule()
        if self.estimate.synthetic:
            return "synthetic: nobody was asked" if self.direct is None else "synthetic: no direct estimate"
        if self.sample_size < rule.minimum_respondents:
            return f"fewer than {rule.minimum_respondents} respondents: not for publication"
        if self.direct is not None and self.direct.all_alike and self.sample_size < rule.group_disclosure_below:
            return f"fewer than {rule.group_disclosure_below} and all alike: not for publication"
        return ""


def run(given: SmallAreaArguments, format: Format, out: Path | None) -> int:
    """Fits and writes; the exit status."""

    def work() -> str:
        model, areas, share = _fitted(given)
        rows = [_row(one) for one in areas]
        document = {
            "variable": given.variable,
            "model": "Fay-Herriot, by area",
            "method": model.method.value,
            "variances": "smoothed" if given.smoothed else "direct",
            "model_variance": model.model_variance,
            "coefficients": [
                {"name": name, "value": value, "standard_error": error}
                for name, value, error in zip(
                    ("(constant)", *given.covariates), model.coefficients, model.standard_errors, strict=True
                )
            ],
            "areas": rows,
            "notes": [*model.notes, _NEVER],
        }
        return in_form(format, document, rows, lambda: _table(given, model, areas, share))

    return carried_out(work, out)


_NEVER = "model figures stand beside direct ones, never instead; no verdict and no rank is made of them"


def _fitted(given: SmallAreaArguments) -> tuple[SmallAreaModel, list[_Area], bool]:
    try:
        found = read_estimates(given.estimates)
        name, category = find_variable([found], given.variable)
    except ValueError as error:
        raise TableError(given.estimates.name, [in_english(message=str(error), remedy=_ANEW)]) from error
    domain_of = {
        one.domain[-1][1]: one
        for one in found.estimates
        if (one.variable, one.category) == (name, category) and one.domain and one.domain[-1][0] == given.by
    }
    if not domain_of:
        columns = sorted({column for one in found.estimates for column, _ in one.domain})
        said = f"there are no estimates by {given.by!r}; they are by {', '.join(columns) or 'nothing'}"
        raise TableError(given.estimates.name, [in_english(message=said, remedy=_ANEW)])
    names, covariates = _covariates(given, domain_of)
    direct = [domain_of.get(area) for area in names]
    asked = np.array([one is not None and one.value is not None for one in direct])
    known = [one for one, there in zip(direct, asked, strict=True) if there and one is not None]
    values, psi = np.full(len(names), np.nan), np.full(len(names), np.nan)
    share = all(one.scale == (0.0, 1.0) for one in known)
    try:
        values[asked] = [one.value for one in known]
        psi[asked] = _variances(known, given, share=share)
        model = fay_herriot(names, values, psi, covariates, method=FitMethod(given.method))
    except ValueError as error:
        remedy = "Take fewer covariates, or smoothed variances, or give more areas."
        raise TableError(given.estimates.name, [in_english(message=str(error), remedy=remedy)], "fitted") from error
    areas = [_Area(estimate=one, direct=own) for one, own in zip(model.areas, direct, strict=True)]
    return model, areas, share


_ANEW = "Make the file with survey-service estimate ... --by COL --format json."


def _variances(known: list[Estimate], given: SmallAreaArguments, *, share: bool) -> FloatArray:
    sizes = np.array([one.sample_size for one in known], dtype=np.float64)
    effects = np.array([np.nan if one.design_effect is None else one.design_effect for one in known])
    errors = np.array([np.nan if one.standard_error is None else one.standard_error for one in known])
    if not given.smoothed:
        return np.asarray(errors**2)
    if share:
        return smoothed_share_variances(np.array([one.value for one in known], dtype=np.float64), sizes, effects)
    return smoothed_mean_variances(errors**2, sizes, effects)


def _covariates(given: SmallAreaArguments, domain_of: dict[str, Estimate]) -> tuple[list[str], FloatArray]:
    """Areas in the order of the file, and the constant with the covariates. Raises TableError by row."""
    sheet = read_sheet(given.areas)
    labels, _ = sheet.typed(labels=[given.by])
    numbers, _ = sheet.typed(numbers=given.covariates)
    names = [value if isinstance(value, str) else "" for value in labels[given.by]]
    problems = _doubtful(sheet, given, names, numbers)
    absent = [area for area in domain_of if area not in set(names)]
    if absent:
        said = f"{len(absent)} of the estimates' areas have no row: {', '.join(absent[:5])}"
        problems.append(in_english(column=given.by, message=said, remedy="Give every area a row."))
    if problems:
        raise TableError(sheet.source, problems)
    constant = np.ones((len(names), 1))
    return names, np.concatenate([constant, numbers.to_numpy(dtype=np.float64).reshape(len(names), -1)], axis=1)


def _doubtful(sheet: Sheet, given: SmallAreaArguments, names: list[str], numbers: pd.DataFrame) -> list[TableProblem]:
    problems = []
    first: dict[str, int] = {}
    for place, area in enumerate(names):
        row = sheet.row(place)
        if not area:
            problems.append(
                in_english(row=row, column=given.by, message="the area is missing", remedy="Name it, or drop the row.")
            )
        elif area in first:
            said = f"{area} is in row {first[area]} already"
            problems.append(in_english(row=row, column=given.by, message=said, remedy="Give each area one row."))
        first.setdefault(area, row)
        problems += [
            in_english(
                row=row,
                column=column,
                message=f"it is missing for {area or 'this row'}",
                remedy="A covariate is known of every area, asked or not.",
            )
            for column in given.covariates
            if np.isnan(numbers[column].iloc[place])
        ]
    return problems


# ------------------------------------------------------------------ how it is written
def _row(one: _Area) -> dict[str, Any]:
    found, direct = one.estimate, one.direct
    return {
        "area": found.name,
        "sample_size": one.sample_size,
        "direct": found.direct,
        "direct_standard_error": None if direct is None else direct.standard_error,
        "smoothed_variance": found.smoothed_variance,
        "model": found.value,
        "root_mean_squared_error": float(np.sqrt(found.mean_squared_error)),
        "weight_of_direct": found.shrinkage,
        "synthetic": found.synthetic,
        "caution": one.caution,
    }


def _table(given: SmallAreaArguments, model: SmallAreaModel, areas: list[_Area], share: bool) -> RenderableType:
    table = Table(box=box.SIMPLE_HEAD, pad_edge=False, padding=(0, 1), title=given.variable, title_justify="left")
    table.add_column(Text(given.by), overflow="fold", max_width=24)
    for head in ("n", "direct", "se", "model", "root MSE", "weight of\ndirect"):
        table.add_column(head, justify="right", no_wrap=True)
    table.add_column("", overflow="fold")
    for one in areas:
        row = _row(one)
        cells = [
            row["area"],
            f"{one.sample_size:,}",
            figure(row["direct"], share),
            figure(row["direct_standard_error"], share),
            figure(row["model"], share),
            figure(row["root_mean_squared_error"], share),
            f"{row['weight_of_direct']:.2f}",
            row["caution"],
        ]
        table.add_row(*map(Text, cells))
    beta = ", ".join(
        f"{name} {significant(value, 4)} (se {error:.2g})"
        for name, value, error in zip(
            ("constant", *given.covariates), model.coefficients, model.standard_errors, strict=True
        )
    )
    spread = figure(float(np.sqrt(model.model_variance)), share)
    lines = [
        f"Fay-Herriot by {model.method.value.upper()}: areas differ from the model by {spread} (standard deviation).",
        f"Coefficients: {beta}.",
        *(f"Note: {note}" for note in model.notes),
        f"Note: {_NEVER}.",
    ]
    return Group(table, *map(Text, lines))
