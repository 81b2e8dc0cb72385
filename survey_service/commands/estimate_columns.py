"""What a command needs of a file of respondents: the order, its columns typed, its requests, and names put back."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Any

from analysis.results import Estimates, IntervalMethod, LonelyPsu
from survey_service.commands.estimate_names import Scale, bare, remedy_for
from survey_service.commands.margins import CalibrationName

if TYPE_CHECKING:
    import pandas as pd

    from analysis.design import SurveyDesign
    from analysis.estimation.requests import Request
    from survey_service.tabular import Sheet


class VarianceMethod(StrEnum):
    LINEARISED = "linearised"
    JACKKNIFE = "jackknife"
    BOOTSTRAP = "bootstrap"
    BRR = "brr"
    FAY = "fay"


class ReplicateMethod(StrEnum):
    """How replicate weights that came with the data were made."""

    JK1 = "jk1"
    JKN = "jkn"
    BOOTSTRAP = "bootstrap"
    BRR = "brr"
    FAY = "fay"
    OTHER = "other"


class Joint(StrEnum):
    BONFERRONI = "bonferroni"
    SIDAK = "sidak"


@dataclass(frozen=True, slots=True, kw_only=True)
class EstimateArguments:
    """What was asked on the command line."""

    data: Path
    weight: str | None
    frequency: str | None
    strata: tuple[str, ...]
    clusters: tuple[str, ...]
    population_sizes: tuple[str, ...]
    means: tuple[tuple[str, Scale | None], ...]
    totals: tuple[str, ...]
    proportions: tuple[str, ...]
    ratios: tuple[tuple[str, str], ...]
    by: tuple[str, ...]
    interval: IntervalMethod
    level: float
    lonely_psu: LonelyPsu
    margins: Path | None = None
    calibration: CalibrationName = CalibrationName.RAKING
    bounds: tuple[float, float] | None = None
    quantiles: tuple[tuple[str, float], ...] = ()
    differences: tuple[tuple[str, str], ...] = ()  # as written, labels with a mark of their own in quotes
    tests: tuple[tuple[str, str], ...] = ()
    simultaneous: Joint | None = None
    variance_method: VarianceMethod = VarianceMethod.LINEARISED
    replicates: int = 500
    seed: int = 1
    fay: float = 0.5
    replicate_weights: str | None = None
    replicate_method: ReplicateMethod = ReplicateMethod.JK1
    replicate_scale: float | None = None
    replicate_factors: tuple[float, ...] | Path | None = None  # numbers, or the file that has them
    nest: bool = False
    adults: str | None = None
    adjust_domain_lonely: bool = False

    @property
    def numbers(self) -> tuple[str, ...]:
        """Columns that are read as numbers."""
        design = [name for name in (self.weight, self.frequency, self.adults) if name]
        parts = [part for ratio in self.ratios for part in ratio]
        return (
            *design,
            *self.population_sizes,
            *(column for column, _ in self.means),
            *self.totals,
            *parts,
            *(column for column, _ in self.quantiles),
        )

    @property
    def labels(self) -> tuple[str, ...]:
        """Columns that are read as labels."""
        return (*self.strata, *self.clusters, *self.by, *(column for pair in self.tests for column in pair))


@contextmanager
def progress(first: str) -> Iterator[Callable[[str], None]]:
    """A bar on the terminal while there is work; ``told(what)`` moves it on. Silent where nobody watches."""
    from rich.console import Console
    from rich.progress import Progress, SpinnerColumn, TextColumn, TimeElapsedColumn

    columns = (SpinnerColumn(), TextColumn("{task.description}"), TimeElapsedColumn())
    with Progress(*columns, console=Console(stderr=True), transient=True) as bar:
        task = bar.add_task(first, total=None)
        yield lambda what: bar.update(task, description=what)


@dataclass(frozen=True, slots=True, eq=False, kw_only=True)
class Prepared:
    """The columns that were asked for, typed; a column that is number and label has its labels under another name."""

    frame: pd.DataFrame
    renamed: dict[str, str]
    chosen: dict[str, tuple[str, str | None]]
    replicate_columns: tuple[str, ...]
    notes: tuple[str, ...]

    def labels(self, names: Sequence[str]) -> list[str]:
        return [self.renamed.get(name, name) for name in names]

    def design(self, given: EstimateArguments, frame: pd.DataFrame | None = None) -> SurveyDesign:
        """The design of the columns, or of ``frame``, which has them too."""
        from analysis.design import SurveyDesign

        return SurveyDesign.from_frame(
            self.frame if frame is None else frame,
            weight=given.weight,
            frequency=given.frequency,
            strata=self.labels(given.strata),
            clusters=self.labels(given.clusters),
            population_sizes=given.population_sizes,
            nest=given.nest,
            adults=given.adults,
        )


def read_columns(given: EstimateArguments, sheet: Sheet) -> Prepared:
    import pandas as pd

    replicate_columns = _replicate_columns(given, sheet)
    chosen = {text: _category(sheet, text) for text in given.proportions}
    asked = (*given.labels, *(column for column, _ in chosen.values()))
    must_be_there(sheet, (*given.numbers, *asked))
    numbers, mended = sheet.typed(numbers=(*given.numbers, *replicate_columns))
    labels, odd = sheet.typed(labels=asked)
    renamed = {name: unused_name(name, sheet.columns) for name in labels.columns if name in numbers.columns}
    ordered = labels.apply(in_order).rename(columns=renamed) if len(labels.columns) else labels
    return Prepared(
        frame=pd.concat([numbers, ordered], axis=1),
        renamed=renamed,
        chosen=chosen,
        replicate_columns=replicate_columns,
        notes=(*sheet.notices, *mended, *odd),
    )


def must_be_there(sheet: Sheet, names: Sequence[str]) -> None:
    from survey_service.tabular import TableError, in_english

    absent = [name for name in dict.fromkeys(names) if name not in sheet.columns]
    if absent:
        said, remedy = "there is no such column", remedy_for(sheet.columns)
        problems = [in_english(column=name, message=said, remedy=remedy) for name in absent]
        raise TableError(sheet.source, problems, "estimated")


def unused_name(name: str, taken: Sequence[str]) -> str:
    """A name that no column has."""
    found = f"{name} (labels)"
    while found in taken:
        found += "'"
    return found


def _replicate_columns(given: EstimateArguments, sheet: Sheet) -> tuple[str, ...]:
    """Columns whose name is the prefix and a number, in the order of the numbers."""
    from survey_service.tabular import TableError, in_english

    prefix = given.replicate_weights
    if prefix is None:
        return ()
    found = [name for name in sheet.columns if name.startswith(prefix) and name[len(prefix) :].isdigit()]
    if len(found) < 2:
        problem = in_english(
            message=f"{len(found)} columns are named {prefix} and a number",
            remedy="Give the beginning that all replicate weights share, for example rw for rw1, rw2, rw3.",
        )
        raise TableError(sheet.source, [problem])
    return tuple(sorted(found, key=lambda name: int(name[len(prefix) :])))


def _category(sheet: Sheet, text: str) -> tuple[str, str | None]:
    """COL or COL=VALUE; a column whose own name has an equals sign is taken whole."""
    if text in sheet.columns or "=" not in text:
        return (text if text in sheet.columns else bare(text)), None
    column, _, value = text.rpartition("=") if text.rpartition("=")[0] in sheet.columns else text.partition("=")
    value = value.strip()
    plain = unicodedata.normalize("NFKC", value)  # as the reader takes full-width digits in the file
    return bare(column.strip()), plain if re.search(r"[０-９]", value) and plain.isascii() else value


def in_order(column: pd.Series[str]) -> pd.Series[Any]:
    """Labels in the order a reader expects: numbers by size, then words."""
    import pandas as pd

    def place(label: str) -> tuple[bool, float, str]:
        number = re.fullmatch(r"[+-]?(\d+\.?\d*|\.\d+)", label, re.ASCII)
        return number is None, float(label) if number else 0.0, label

    kinds = sorted(column.dropna().unique(), key=place)
    return pd.Series(pd.Categorical(column, categories=kinds), index=column.index)


def requests_of(
    given: EstimateArguments, chosen: dict[str, tuple[str, str | None]], renamed: dict[str, str]
) -> list[Request]:
    from analysis.estimation import Mean, Proportion, Ratio, Total

    wanted: list[Request] = [Mean(name, scale) for name, scale in given.means]
    wanted += [Total(name) for name in given.totals]
    wanted += [Proportion(renamed.get(column, column), category) for column, category in chosen.values()]
    wanted += [Ratio(numerator, denominator) for numerator, denominator in given.ratios]
    return list(dict.fromkeys(wanted))


def named_back(found: Estimates, names: dict[str, str], notes: Sequence[str]) -> Estimates:
    if not names and not notes:
        return found
    renamed = tuple(
        replace(
            one,
            variable=names.get(one.variable, one.variable),
            domain=tuple((names.get(column, column), label) for column, label in one.domain),
        )
        for one in found.estimates
    )
    spoken = []
    for note in found.notes:
        for alias, name in names.items():
            note = note.replace(alias, name)
        spoken.append(note)
    return replace(found, estimates=renamed, notes=tuple(dict.fromkeys((*notes, *spoken))))
