"""Building the demonstration city: from an empty database to a released wave with its PDFs, and an open one."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from importlib.metadata import version
from uuid import UUID

from survey_service import jobs
from survey_service.analyses import plan_history
from survey_service.demonstration import calendar, ground, knocking, paper, truth, waves
from survey_service.demonstration.city import CITY_CODE, STREETS, community_code, street_code
from survey_service.models import JobState, Release, Role
from survey_service.releases import DOCUMENTS_JOB, steps
from survey_service.releases import service as releases
from survey_service.services import Services
from survey_service.surveys import figures
from survey_service.surveys import service as surveys

OPEN_ANSWERS = (9, 4)  # by poster, per community: in the finished wave, in the open one
VISITED_SO_FAR = 0.21
Report = Callable[[str, int, int], None]
"""What is being done (a key of ``STEPS``), how much is done, of how much."""

STEPS = ("people", "finished", "open", "figures", "documents")


class ForeignDatabase(Exception):
    """The database holds something that the demonstration did not make."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Options:
    seed: int
    on: date
    scale: float = 1.0  # of the sample; tests ask fewer
    languages: Mapping[str, list[str] | None] | None = None  # language -> area codes, None: every area


@dataclass(frozen=True, slots=True, kw_only=True)
class Built:
    survey_id: UUID
    release: Release
    finished: waves.Asked
    open: waves.Asked
    compared: list[truth.Compared]
    passwords: Mapping[str, tuple[str, str]]
    paper: paper.Laid  # batches of the open wave


def default_languages() -> dict[str, list[str] | None]:
    """Chinese for every area; English for the city, every street and the first community."""
    english = [CITY_CODE, *(street_code(street) for street in STREETS), community_code(STREETS[0], 1)]
    return {"zh": None, "en": english}


def build(services: Services, options: Options, report: Report) -> Built:
    """Fill an empty database; ForeignDatabase where anybody has used it."""
    zone = services.settings.zone
    finished, current = calendar.finished_wave(options.on), calendar.open_wave(options.on)
    laid_at = calendar.moment(finished.opens_on - timedelta(days=14), time(9), zone)
    report("people", 0, 1)
    with services.database.reading.begin() as session:
        if not ground.is_empty(session):
            raise ForeignDatabase
    with services.database.writing.begin() as session:
        ground.begin(session, seed=options.seed, on=options.on, software_version=version("survey-service"), at=laid_at)
    residents = ground.people(options.seed)
    with services.database.writing.begin() as session:
        laid = ground.lay(session, residents, on=options.on, at=laid_at)
    report("people", 1, 1)
    now = calendar.moment(options.on, time(8), zone)
    whole = waves.Course(number=1, visited=1.0, open_answers=OPEN_ANSWERS[0], scale=options.scale)
    begun = waves.Course(
        number=2, visited=VISITED_SO_FAR, open_answers=OPEN_ANSWERS[1], scale=options.scale, at_the_door=True
    )
    first = waves.ask(
        services,
        laid,
        finished,
        whole,
        seed=options.seed,
        at=now,
        report=lambda done, total: report("finished", done, total),
    )
    release, compared = _release(services, laid, first, options, report)
    second = waves.ask(
        services,
        laid,
        current,
        begun,
        seed=options.seed,
        at=now,
        report=lambda done, total: report("open", done, total),
    )
    batches = paper.lay(
        services, laid, second.wave_id, first.written, seed=options.seed, at=_keyed_at(second, now, services)
    )
    knocking.supervise(services, laid, second.wave_id, at=now)
    _documents(services, laid, release, options, report)
    return Built(
        survey_id=laid.survey_id,
        release=release,
        finished=first,
        open=second,
        compared=compared,
        passwords=laid.passwords,
        paper=batches,
    )


def _keyed_at(asked: waves.Asked, now: datetime, services: Services) -> datetime:
    """The afternoon before, or this morning where the wave opened today."""
    before = calendar.moment(
        now.astimezone(services.settings.zone).date() - timedelta(days=1), time(14), services.settings.zone
    )
    return before if asked.days.opens_on <= before.date() else now - timedelta(hours=1)


def _release(
    services: Services, laid: ground.Ground, asked: waves.Asked, options: Options, report: Report
) -> tuple[Release, list[truth.Compared]]:
    """Close, review and sign the finished wave, each step by the person whose it is."""
    zone = services.settings.zone
    report("figures", 0, 1)
    closed_at = calendar.moment(asked.days.closes_on, time(23, 59, 59), zone)
    signed_at = calendar.moment(calendar.released_on(options.on), time(7, 30), zone)
    manager, statistician = laid.staff[Role.MANAGER], laid.staff[Role.STATISTICIAN]
    with services.database.writing.begin() as session:
        surveys.close_wave(session, laid.survey_id, asked.wave_id, at=closed_at, by=manager)
        surveys.begin_review(session, laid.survey_id, asked.wave_id, at=closed_at, by=statistician)
    with services.database.reading.begin() as session:
        prepared = releases.prepare(session, laid.survey_id, asked.wave_id)
    people = (statistician, manager, laid.staff[Role.LEADER])
    signatures = releases.Signatures(
        prepared_by=statistician.name, reviewed_by=manager.name, signed_by=laid.staff[Role.LEADER].name
    )
    of, seen = (laid.survey_id, asked.wave_id), prepared.seen
    with services.database.writing.begin() as session:
        figures.open_figures(session, *of, plan_sha256=seen.plan_sha256, at=signed_at, by=statistician)
        plan_history.lock(session, *of, prepared.estimates.plan, at=signed_at, by=statistician)
        for kind, person in zip(steps.ORDER, people, strict=True):
            steps.take(session, kind, of, seen, differ=len(people), at=signed_at, by=person)
        release = releases.release_wave(
            session, prepared, signatures, settings=services.settings, at=signed_at, by=people[-1]
        )
        session.flush()
        session.expunge(release)
    report("figures", 1, 1)
    return release, truth.compare(prepared.estimates, laid.residents)


def _documents(services: Services, laid: ground.Ground, release: Release, options: Options, report: Report) -> None:
    """The PDFs by the same job that the service runs, done here and now."""
    chosen = dict(options.languages if options.languages is not None else default_languages())
    with services.database.writing.begin() as session:
        job = jobs.enqueue(
            session,
            survey_id=laid.survey_id,
            kind=DOCUMENTS_JOB,
            arguments={"release_id": str(release.id), "languages": chosen},
            by=laid.staff[Role.STATISTICIAN],
            at=services.clock(),
        )
        job_id = job.id
    state = jobs.work(services, laid.survey_id, job_id, lambda done, total: report("documents", done, total))
    if state is not JobState.DONE:
        raise RuntimeError("the PDFs could not be made; the log says why")
