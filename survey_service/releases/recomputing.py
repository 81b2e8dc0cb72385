"""Computing a release again from what it kept, with the software that is installed, and saying where the digits differ.

The raw figures are compared, those before the publication rule: what was published is in the record, and no later rule
is put to it.
"""

from __future__ import annotations

import json
import math
from collections.abc import Iterator, Mapping
from dataclasses import asdict, dataclass, replace
from importlib.metadata import version
from typing import Any, Final
from uuid import UUID

from sqlalchemy.orm import Session

from analysis.plan import AnalysisPlan, from_document, plan_of_format_1
from analysis.results import PublicationRule, Reliability
from survey_service import jobs
from survey_service.analyses.service import WaveEstimates
from survey_service.analyses.wave_analysis import analysis_of_wave, columns_and_register
from survey_service.errors import NotFound
from survey_service.models import Release, ReleaseRecomputed, Wave
from survey_service.releases import queries
from survey_service.releases.canonical_estimates import estimates_text
from survey_service.releases.errors import NotRecomputable
from survey_service.releases.published_tables import published_table
from survey_service.services import Services

LINES: Final = 50
"""Differing figures that are named; all are counted."""
STEPS = 3  # of the job: rows read, figures computed, compared
LAST_DIGIT: Final = 1e-11
FIGURES: Final = ("value", "standard_error", "interval", "degrees_of_freedom", "sample_size", "design_effect")


@dataclass(frozen=True, slots=True, kw_only=True)
class Differing:
    """One raw figure that comes out otherwise, as it was kept and as it is now; None: there was, or is, none."""

    domain: str  # community=110101000001; empty: the city
    variable: str
    figure: str
    kept: float | str | None
    now: float | str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Recomputed:
    """What came out. ``same``: every raw figure to the 12 digits that are kept."""

    same: bool
    compared: int
    differing: int
    lines: tuple[Differing, ...]  # the first ``LINES`` of those that differ
    rows_same: bool
    erased: int  # answers that were taken back since the signature
    signed_with: str
    computed_with: str

    def to_json(self) -> dict[str, Any]:
        return asdict(self)

    @classmethod
    def from_json(cls, plain: Mapping[str, Any]) -> Recomputed:
        return cls(**{**plain, "lines": tuple(Differing(**one) for one in plain["lines"])})


def plan_of(release: Release) -> AnalysisPlan:
    """The plan that a release kept; of one of format 1, which described it in words, the recipe of that time.
    NotRecomputable where neither was kept."""
    if release.plan is not None:
        return from_document(json.loads(release.plan))
    if "format" in release.specification:
        return from_document(release.specification)
    rule = release.specification.get("rule")
    if rule is None:
        raise NotRecomputable
    return plan_of_format_1(
        PublicationRule(
            minimum_respondents=rule["minimum_respondents"],
            group_disclosure_below=rule["group_disclosure_below"],
            reliability=Reliability(rule["reliability"]),
            minimum_effective_sample=rule["minimum_effective_sample"],
            widest_interval=rule["widest_interval"],
        )
    )


def figures_again(session: Session, release: Release, wave: Wave) -> WaveEstimates:
    """The figures of a release from the rows as they are now, by the plan that it kept."""
    given = columns_and_register(session, release.survey_id, release.wave_id)
    return analysis_of_wave(given, targets=wave.targets, plan=plan_of(release))


def recompute(session: Session, release: Release, wave: Wave) -> Recomputed:
    """Hold the figures of today against those that were signed."""
    return compare(session, release, figures_again(session, release, wave))


def compare(session: Session, release: Release, again: WaveEstimates) -> Recomputed:
    kept, now = raw_figures(release.estimates), raw_figures(estimates_text(again))
    places = list(dict.fromkeys([*kept, *now]))
    differing = [place for place in places if not _same(kept.get(place), now.get(place))]
    return Recomputed(
        same=not differing,
        compared=len(places),
        differing=len(differing),
        lines=tuple(_line(place, kept.get(place), now.get(place)) for place in differing[:LINES]),
        rows_same=again.cases.snapshot_sha256 == release.snapshot_sha256,
        erased=queries.erased_since(session, release),
        signed_with=release.software_version,
        computed_with=version("survey-service"),
    )


def _same(kept: Any, now: Any) -> bool:
    """Figures are kept to 12 digits: two machines may round the last of them up and down."""
    if isinstance(kept, float) and isinstance(now, (int, float)):
        return math.isclose(kept, now, rel_tol=LAST_DIGIT, abs_tol=LAST_DIGIT)
    return bool(kept == now)


def as_signed(session: Session, release: Release, wave: Wave) -> WaveEstimates:
    """For the PDFs of a release that was signed before their summaries were kept: what was computed for it, with the
    table that was published. NotRecomputable where the raw figures are others by now."""
    again = figures_again(session, release, wave)
    if not compare(session, release, again).same:
        raise NotRecomputable
    return replace(again, protected=replace(again.protected, table=published_table(release.estimates)))


Place = tuple[str, str, str, str]  # domain, variable, what is estimated, figure


def raw_figures(text: str) -> dict[Place, Any]:
    """Every raw figure of the text that a release keeps, by its place."""
    found: dict[Place, Any] = {}
    for table in json.loads(text)["raw"]:
        for one in table["estimates"]:
            domain = " ".join(f"{column}={value}" for column, value in one["domain"])
            what = " ".join(str(one.get(name) or "") for name in ("statistic", "category"))
            for figure, value in _parts(one):
                found[domain, one["variable"], what, figure] = value
    return found


def _parts(one: Mapping[str, Any]) -> Iterator[tuple[str, Any]]:
    for name in FIGURES:
        value = one.get(name)
        if name == "interval":
            low, high = (value["low"], value["high"]) if isinstance(value, Mapping) else (value or (None, None))
            yield "low", low
            yield "high", high
        else:
            yield name, value


def _line(place: Place, kept: Any, now: Any) -> Differing:
    domain, variable, _, figure = place
    return Differing(domain=domain, variable=variable, figure=figure, kept=kept, now=now)


# ------------------------------------------------------------------ as a job


def recompute_job(services: Services, job: jobs.Claimed, progress: jobs.Progress) -> None:
    """Compute a release again and keep what came out, for its page."""
    release_id = UUID(job.arguments["release_id"])
    progress.report(0, STEPS)
    with services.database.reading.begin() as session:
        found = queries.release(session, job.survey_id, release_id)
        if found is None:
            raise NotFound
        release, _, wave = found
        given = columns_and_register(session, release.survey_id, release.wave_id)
        progress.report(1, STEPS)
        again = analysis_of_wave(given, targets=wave.targets, plan=plan_of(release))
        progress.report(2, STEPS)
        came_out = compare(session, release, again)
    with services.database.writing.begin() as session:
        if session.get(ReleaseRecomputed, (job.survey_id, job.id)) is None:  # unless a worker thought dead had done it
            session.add(
                ReleaseRecomputed(
                    survey_id=job.survey_id,
                    id=job.id,
                    release_id=release_id,
                    at=services.clock(),
                    software_version=came_out.computed_with,
                    found=came_out.to_json(),
                )
            )
    progress.report(STEPS, STEPS)
