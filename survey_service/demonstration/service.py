"""Building the demonstration city: from an empty database to two released waves, the later with its PDFs, and an open
one."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime, time, timedelta
from importlib.metadata import version
from uuid import UUID

from analysis.plan import Group
from survey_service import jobs
from survey_service.analyses import plan_history
from survey_service.analyses.earlier_wave import WaveChanges
from survey_service.analyses.wave_analysis import columns_and_register
from survey_service.areas import map_file, maps
from survey_service.demonstration import (
    calendar,
    ground,
    knocking,
    outlines,
    paper,
    put_right,
    truth,
    waves,
    wishes_read,
    year,
)
from survey_service.demonstration.city import CITY_CODE, STREETS, community_code, street_code
from survey_service.models import Area, JobState, Release, Role, Survey
from survey_service.releases import DOCUMENTS_JOB, steps
from survey_service.releases import service as releases
from survey_service.services import Services
from survey_service.surveys import figures
from survey_service.surveys import service as surveys

OPEN_ANSWERS = (9, 4)  # by poster, per community: in a finished wave, in the open one
VISITED_SO_FAR = 0.21
COURSE_OF = {"earlier": 3, "finished": 1}  # finished waves in their order; the open one is 2
Report = Callable[[str, int, int], None]
"""What is being done (a key of ``STEPS``), how much is done, of how much."""

STEPS = ("people", "earlier", "finished", "open", "figures", "documents")


class ForeignDatabase(Exception):
    """The database holds something that the demonstration did not make."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Options:
    seed: int
    on: date
    scale: float = 1.0  # of the sample; tests ask fewer
    languages: Mapping[str, list[str] | None] | None = None  # language -> area codes, None: every area
    groups: tuple[Group, ...] = (Group.AGE,)  # of the later wave's plan; of a small sample they would hide areas


@dataclass(frozen=True, slots=True, kw_only=True)
class Signed:
    """A wave that was asked and released."""

    asked: waves.Asked
    release: Release
    changes: WaveChanges | None  # since the wave before
    compared: list[truth.Compared]


@dataclass(frozen=True, slots=True, kw_only=True)
class Built:
    survey_id: UUID
    earlier: Signed
    latest: Signed
    open: waves.Asked
    passwords: Mapping[str, tuple[str, str]]
    paper: paper.Laid  # batches of the open wave


def default_languages() -> dict[str, list[str] | None]:
    """Chinese for every area; English for the city, every street and the first community."""
    english = [CITY_CODE, *(street_code(street) for street in STREETS), community_code(STREETS[0], 1)]
    return {"zh": None, "en": english}


def build(services: Services, options: Options, report: Report) -> Built:
    """Fill an empty database; ForeignDatabase where anybody has used it."""
    zone = services.settings.zone
    before, last, current = (
        days(options.on) for days in (calendar.earlier_wave, calendar.finished_wave, calendar.open_wave)
    )
    laid_at = calendar.moment(before.opens_on - timedelta(days=14), time(9), zone)
    report("people", 0, 1)
    with services.database.reading.begin() as session:
        if not ground.is_empty(session):
            raise ForeignDatabase
    with services.database.writing.begin() as session:
        ground.begin(session, seed=options.seed, on=options.on, software_version=version("survey-service"), at=laid_at)
    residents = ground.people(options.seed)
    counted_on = date(before.opens_on.year - 1, 12, 31)
    with services.database.writing.begin() as session:
        laid = ground.lay(session, residents, counted_on=counted_on, at=laid_at)
    report("people", 1, 1)
    building = _Building(services=services, laid=laid, options=options, report=report)
    earlier = _asked_and_signed(building, "earlier", before, laid.in_the_first_wave)
    put_right.take_up(services, laid, earlier.release, on=calendar.released_on(before, options.on))
    _with_map(building)
    latest = _asked_and_signed(building, "finished", last, laid)
    put_right.go_on(services, laid, at=building.now)
    begun = waves.Course(
        number=2, visited=VISITED_SO_FAR, open_answers=OPEN_ANSWERS[1], scale=options.scale, at_the_door=True
    )
    asked = building.ask("open", laid, current, begun)
    batches = paper.lay(
        services, laid, asked.wave_id, latest.asked.written, seed=options.seed, at=_keyed_at(asked, building)
    )
    knocking.supervise(services, laid, asked.wave_id, at=building.now)
    _documents(building, latest.release, earlier.release)
    return Built(
        survey_id=laid.survey_id,
        earlier=earlier,
        latest=latest,
        open=asked,
        passwords=laid.passwords,
        paper=batches,
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class _Building:
    """A city under way."""

    services: Services
    laid: ground.Ground
    options: Options
    report: Report

    @property
    def now(self) -> datetime:
        return calendar.moment(self.options.on, time(8), self.services.settings.zone)

    def ask(self, step: str, laid: ground.Ground, days: calendar.FieldDays, course: waves.Course) -> waves.Asked:
        def told(done: int, total: int) -> None:
            self.report(step, done, total)

        return waves.ask(self.services, laid, days, course, seed=self.options.seed, at=self.now, report=told)


def _asked_and_signed(building: _Building, step: str, days: calendar.FieldDays, laid: ground.Ground) -> Signed:
    """A whole wave of these residents, released."""
    course = waves.Course(
        number=COURSE_OF[step], visited=1.0, open_answers=OPEN_ANSWERS[0], scale=building.options.scale
    )
    asked = building.ask(step, laid, days, course)
    _close(building, asked, building.options.groups if step == "finished" else ())
    if step == "finished":
        with building.services.database.writing.begin() as session:
            year.write(session, building.laid.survey_id, at=building.now, by=building.laid.staff[Role.MANAGER])
    release, prepared = _release(building, asked)
    building.report("figures", list(COURSE_OF).index(step) + 1, len(COURSE_OF))
    return Signed(
        asked=asked,
        release=release,
        changes=prepared.since.changes,
        compared=truth.compare(prepared.estimates, laid.residents),
    )


def _with_map(building: _Building) -> None:
    """The outlines of the communities, as the office would bring them."""
    services, laid = building.services, building.laid
    content = outlines.outlines_file(building.options.seed)
    read = map_file.read(content)
    with services.database.writing.begin() as session:
        city = session.get_one(Area, session.get_one(Survey, laid.survey_id).city_id)
        known, sha256 = maps.communities_of(session, city.id), hashlib.sha256(content).hexdigest()
        looked = map_file.judge(read, known, "", "", sha256)
        assert looked.stored is not None
        maps.put(
            session,
            city,
            looked.stored,
            outlines.FILE_NAME,
            at=building.now,
            by=laid.staff[Role.ADMINISTRATOR],
        )


def _close(building: _Building, asked: waves.Asked, groups: tuple[Group, ...]) -> None:
    """Field over, under review; with ``groups`` in the plan before anybody has seen a figure."""
    services, of = building.services, (building.laid.survey_id, asked.wave_id)
    at = calendar.moment(asked.days.closes_on, time(23, 59, 59), services.settings.zone)
    manager, statistician = building.laid.staff[Role.MANAGER], building.laid.staff[Role.STATISTICIAN]
    with services.database.writing.begin() as session:
        surveys.close_wave(session, *of, at=at, by=manager)
        surveys.begin_review(session, *of, at=at, by=statistician)
    if not groups:
        return
    with services.database.writing.begin() as session:
        wishes_read.read(session, building.laid, asked.wave_id, at=at)
    with services.database.writing.begin() as session:
        before = columns_and_register(session, *of).plan
        after = replace(before, groups=groups)
        plan_history.change_plan(session, *of, before, after, reason="", at=at, by=statistician)


def _keyed_at(asked: waves.Asked, building: _Building) -> datetime:
    """The afternoon before, or this morning where the wave opened today."""
    before = calendar.moment(building.options.on - timedelta(days=1), time(14), building.services.settings.zone)
    return before if asked.days.opens_on <= before.date() else building.now - timedelta(hours=1)


def _release(building: _Building, asked: waves.Asked) -> tuple[Release, releases.Prepared]:
    """Look at a wave under review and sign it, each step by the person whose it is."""
    services, laid = building.services, building.laid
    zone = services.settings.zone
    signed_at = calendar.moment(calendar.released_on(asked.days, building.options.on), time(7, 30), zone)
    manager, statistician = laid.staff[Role.MANAGER], laid.staff[Role.STATISTICIAN]
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
    return release, prepared


def _documents(building: _Building, latest: Release, earlier: Release) -> None:
    """The PDFs of the later release, and those of the city of the earlier one."""
    chosen = dict(building.options.languages if building.options.languages is not None else default_languages())
    _made(building, earlier, {language: [CITY_CODE] for language in chosen}, lambda _done, _total: None)
    _made(building, latest, chosen, lambda done, total: building.report("documents", done, total))


def _made(
    building: _Building,
    release: Release,
    languages: Mapping[str, list[str] | None],
    told: Callable[[int, int], None],
) -> None:
    """By the same job that the service runs, done here and now."""
    services, laid = building.services, building.laid
    with services.database.writing.begin() as session:
        job = jobs.enqueue(
            session,
            survey_id=laid.survey_id,
            kind=DOCUMENTS_JOB,
            arguments={"release_id": str(release.id), "languages": dict(languages)},
            by=laid.staff[Role.STATISTICIAN],
            at=services.clock(),
        )
        job_id = job.id
    if jobs.work(services, laid.survey_id, job_id, told) is not JobState.DONE:
        raise RuntimeError("the PDFs could not be made; the log says why")
