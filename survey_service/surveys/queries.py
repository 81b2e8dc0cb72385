"""SQL of surveys, waves and their progress. A page takes a fixed number of statements, however many communities."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import ColumnElement, Select, distinct, func, or_, select, update
from sqlalchemy.orm import Session, aliased

from survey_service.accounts.queries import below
from survey_service.areas.queries import COMMUNITY_KINDS
from survey_service.fieldwork import INTERVIEWS_JOB
from survey_service.models import (
    AccessCode,
    Area,
    Attachment,
    BatchState,
    Case,
    Disposition,
    Job,
    JobState,
    Mode,
    PaperBatch,
    QuestionnaireVersion,
    Release,
    ReleaseDocument,
    Response,
    ResponseState,
    Survey,
    Wave,
    WaveState,
)
from survey_service.surveys.schemas import WaveLine


def version_by_digest(
    session: Session, survey_id: UUID, key: str, version: str, sha256: str
) -> QuestionnaireVersion | None:
    return session.scalar(
        select(QuestionnaireVersion).where(
            QuestionnaireVersion.survey_id == survey_id,
            QuestionnaireVersion.key == key,
            QuestionnaireVersion.version == version,
            QuestionnaireVersion.sha256 == sha256,
        )
    )


def version_sha256(session: Session, survey_id: UUID, version_id: UUID) -> str | None:
    return session.scalar(
        select(QuestionnaireVersion.sha256).where(
            QuestionnaireVersion.survey_id == survey_id, QuestionnaireVersion.id == version_id
        )
    )


def move_state(
    session: Session, survey_id: UUID, wave_id: UUID, before: WaveState, after: WaveState, *, unseen: bool = False
) -> bool:
    """Whether this caller moved the wave: of two who press the same button one does.

    ``unseen``: only a wave whose figures nobody has opened, also not while this is decided.
    """
    moving = update(Wave).where(Wave.survey_id == survey_id, Wave.id == wave_id, Wave.state == before)
    if unseen:
        moving = moving.where(Wave.figures_opened_at.is_(None))
    return session.execute(moving.values(state=after).returning(Wave.id)).scalar_one_or_none() is not None


def open_figures(
    session: Session, survey_id: UUID, wave_id: UUID, *, plan_sha256: str | None, at: datetime, by: str
) -> bool:
    """Whether this caller opened the figures of a wave under review: of two who press the button one does."""
    opened = session.execute(
        update(Wave)
        .where(
            Wave.survey_id == survey_id,
            Wave.id == wave_id,
            Wave.state == WaveState.UNDER_REVIEW,
            Wave.figures_opened_at.is_(None),
        )
        .values(figures_opened_at=at, figures_opened_by=by, figures_plan_sha256=plan_sha256)
        .returning(Wave.id)
    ).scalar_one_or_none()
    return opened is not None


def touching(visible: Select[tuple[UUID]], upward: Select[tuple[UUID]]) -> ColumnElement[bool]:
    """Surveys of whose city a person sees a part, or which lie above what the person sees."""
    return or_(Survey.city_id.in_(visible), Survey.city_id.in_(upward))


def visible_waves(session: Session, visible: Select[tuple[UUID]], upward: Select[tuple[UUID]]) -> list[WaveLine]:
    """Waves of the surveys that touch a person's areas, newest first. Counts are over what the person may see."""
    sampled = (
        select(Case.survey_id, Case.wave_id, func.count().label("cases"))
        .where(Case.area_id.in_(visible))
        .group_by(Case.survey_id, Case.wave_id)
        .subquery()
    )
    completed = (
        select(Response.survey_id, Response.wave_id, func.count().label("responses"))
        .where(Response.area_id.in_(visible), Response.case_id.is_not(None), Response.state == ResponseState.COMPLETE)
        .group_by(Response.survey_id, Response.wave_id)
        .subquery()
    )
    rows = session.execute(
        select(Survey, Wave, func.coalesce(sampled.c.cases, 0), func.coalesce(completed.c.responses, 0))
        .join(Wave, Wave.survey_id == Survey.id)
        .outerjoin(sampled, (sampled.c.survey_id == Wave.survey_id) & (sampled.c.wave_id == Wave.id))
        .outerjoin(completed, (completed.c.survey_id == Wave.survey_id) & (completed.c.wave_id == Wave.id))
        .where(touching(visible, upward))
        .order_by(Wave.opens_on.desc(), Survey.key, Wave.key)
    )
    return [WaveLine(survey=row[0], wave=row[1], sampled=row[2], completed=row[3]) for row in rows]


def visible_surveys(
    session: Session, visible: Select[tuple[UUID]], upward: Select[tuple[UUID]]
) -> list[tuple[Survey, int]]:
    """Surveys that touch a person's areas, newest first, with the number of their waves."""
    waves = select(func.count()).where(Wave.survey_id == Survey.id).scalar_subquery()
    rows = session.execute(
        select(Survey, waves).where(touching(visible, upward)).order_by(Survey.created_at.desc(), Survey.key)
    )
    return [(row[0], row[1]) for row in rows]


def visible_survey(
    session: Session, survey_key: str, visible: Select[tuple[UUID]], upward: Select[tuple[UUID]]
) -> Survey | None:
    return session.scalar(select(Survey).where(Survey.key == survey_key, touching(visible, upward)))


def visible_wave(
    session: Session, survey_key: str, wave_key: str, visible: Select[tuple[UUID]], upward: Select[tuple[UUID]]
) -> tuple[Survey, Wave] | None:
    found = session.execute(
        select(Survey, Wave)
        .join(Wave, Wave.survey_id == Survey.id)
        .where(
            Survey.key == survey_key,
            Wave.key == wave_key,
            touching(visible, upward),
        )
    ).one_or_none()
    return (found[0], found[1]) if found else None


def has_files(session: Session, wave: Wave) -> bool:
    """Whether an answer of the wave refers to a picture or another file."""
    of_wave = (Attachment.survey_id == wave.survey_id) & (Attachment.wave_id == wave.id)
    found = select(Attachment.id).where(of_wave, Attachment.response_id.is_not(None)).limit(1)
    return session.scalar(found) is not None


def holds(session: Session, area_id: UUID, visible: Select[tuple[UUID]]) -> bool:
    """Whether ``area_id`` is among ``visible``."""
    return session.scalar(select(Area.id).where(Area.id == area_id, Area.id.in_(visible))) is not None


def wave_areas(survey: Survey, wave: Wave) -> Select[tuple[UUID]]:
    """Ids of the areas a wave asks in, with everything below them: those it names, else all of its survey."""
    if not wave.areas:
        return below([survey.city_id])
    named = select(Area.id).where(Area.code.in_(wave.areas)).cte(recursive=True)
    child = aliased(Area)
    tree = named.union(select(child.id).join(named, child.parent_id == named.c.id))
    # What is named stays within the survey, whatever the list says.
    return select(tree.c.id).where(tree.c.id.in_(below([survey.city_id])))


def communities(session: Session, survey: Survey, wave: Wave, visible: Select[tuple[UUID]]) -> Sequence[Area]:
    """Communities of a wave that a person may see, in code order."""
    return session.scalars(
        select(Area)
        .where(Area.kind.in_(COMMUNITY_KINDS), Area.id.in_(wave_areas(survey, wave)), Area.id.in_(visible))
        .order_by(Area.code)
    ).all()


def all_communities(session: Session, survey: Survey, wave: Wave) -> Sequence[Area]:
    """Every community of a wave, in code order."""
    return session.scalars(
        select(Area).where(Area.kind.in_(COMMUNITY_KINDS), Area.id.in_(wave_areas(survey, wave))).order_by(Area.code)
    ).all()


def streets_of(session: Session, areas: Sequence[Area]) -> dict[UUID, Area]:
    """What each of these communities lies in, where that is known."""
    above = session.scalars(select(Area).where(Area.id.in_({area.parent_id for area in areas if area.parent_id}))).all()
    by_id = {area.id: area for area in above}
    return {area.id: by_id[area.parent_id] for area in areas if area.parent_id in by_id}


def has_communities(session: Session, survey: Survey, wave: Wave) -> bool:
    found = select(Area.id).where(Area.kind.in_(COMMUNITY_KINDS), Area.id.in_(wave_areas(survey, wave))).limit(1)
    return session.scalar(found) is not None


def has_cases(session: Session, wave: Wave) -> bool:
    found = select(Case.id).where(Case.survey_id == wave.survey_id, Case.wave_id == wave.id).limit(1)
    return session.scalar(found) is not None


@dataclass(frozen=True, slots=True, kw_only=True)
class Sampled:
    """Cases of one community. ``psus``: fewer than cases where grids were drawn first."""

    cases: int
    psus: int
    strata: int


def samples_by_community(session: Session, wave: Wave) -> dict[UUID, Sampled]:
    rows = session.execute(
        select(Case.area_id, func.count(), func.count(distinct(Case.psu)), func.count(distinct(Case.stratum)))
        .where(Case.survey_id == wave.survey_id, Case.wave_id == wave.id)
        .group_by(Case.area_id)
    )
    return {row[0]: Sampled(cases=row[1], psus=row[2], strata=row[3]) for row in rows}


def dispositions(session: Session, wave: Wave) -> dict[UUID, Counter[Disposition]]:
    """Cases of a wave by community and outcome."""
    rows = session.execute(
        select(Case.area_id, Case.disposition, func.count())
        .where(Case.survey_id == wave.survey_id, Case.wave_id == wave.id)
        .group_by(Case.area_id, Case.disposition)
    )
    found: dict[UUID, Counter[Disposition]] = {}
    for area_id, disposition, cases in rows:
        found.setdefault(area_id, Counter())[disposition] = cases
    return found


def completed(session: Session, wave: Wave) -> list[tuple[UUID, Mode, bool, int]]:
    """Complete responses by community, mode, and whether they are tied to a case."""
    tied = Response.case_id.is_not(None)
    rows = session.execute(
        select(Response.area_id, Response.mode, tied, func.count())
        .where(
            Response.survey_id == wave.survey_id,
            Response.wave_id == wave.id,
            Response.state == ResponseState.COMPLETE,
        )
        .group_by(Response.area_id, Response.mode, tied)
    )
    return [(area_id, mode, bool(of_case), count) for area_id, mode, of_case, count in rows]


def open_codes(session: Session, wave: Wave) -> dict[UUID, str]:
    """The open code of each community that has one."""
    rows = session.execute(
        select(AccessCode.area_id, AccessCode.open_code).where(
            AccessCode.survey_id == wave.survey_id,
            AccessCode.wave_id == wave.id,
            AccessCode.case_id.is_(None),
            AccessCode.revoked_at.is_(None),
        )
    )
    return {area_id: code for area_id, code in rows if code is not None}


def releases(session: Session, wave: Wave) -> Sequence[Release]:
    """Releases of a wave, newest edition first."""
    return session.scalars(
        select(Release)
        .where(Release.survey_id == wave.survey_id, Release.wave_id == wave.id)
        .order_by(Release.edition.desc())
    ).all()


def documents(session: Session, release: Release, visible: Select[tuple[UUID]]) -> list[tuple[ReleaseDocument, Area]]:
    """PDFs of a release about areas that a person may see, from the city down, in code order; those of sectors stand on
    the page of the release."""
    rows = session.execute(
        select(ReleaseDocument, Area)
        .join(Area, Area.id == ReleaseDocument.area_id)
        .where(
            ReleaseDocument.survey_id == release.survey_id,
            ReleaseDocument.release_id == release.id,
            ReleaseDocument.area_id.in_(visible),
            ReleaseDocument.sector == "",
        )
        .order_by(Area.code, ReleaseDocument.language.desc())
    )
    return [(row[0], row[1]) for row in rows]


def unfinished_batches(session: Session, wave: Wave) -> Sequence[int]:
    """Numbers of the paper batches of which something was keyed and not everything is decided."""
    return session.scalars(
        select(PaperBatch.number)
        .where(
            PaperBatch.survey_id == wave.survey_id,
            PaperBatch.wave_id == wave.id,
            PaperBatch.state.not_in((BatchState.ISSUED, BatchState.DONE)),
        )
        .order_by(PaperBatch.number)
    ).all()


RECENT = 50


def jobs(session: Session, wave: Wave) -> list[Job]:
    """The newest job of each kind that works on this wave or on one of its releases."""
    mine = {str(wave.id), *(str(release.id) for release in releases(session, wave))}
    rows = session.scalars(
        select(Job)
        .where(Job.survey_id == wave.survey_id, Job.kind != INTERVIEWS_JOB)
        .order_by(Job.created_at.desc(), Job.id.desc())
        .limit(RECENT)
    )
    newest: dict[str, Job] = {}
    for job in rows:
        if mine & {job.arguments.get("wave_id"), job.arguments.get("release_id")}:
            other = newest.setdefault(job.kind, job)
            if job.created_at == other.created_at and _further(job) > _further(other):
                newest[job.kind] = job
    return list(newest.values())


def unmade(session: Session, wave: Wave) -> list[Job]:
    """Jobs of its reports that failed and whose work nobody has done since or is doing: of each piece of work one."""
    mine = {str(release.id) for release in releases(session, wave)}
    found = session.scalars(
        select(Job).where(Job.survey_id == wave.survey_id, Job.kind == "release").order_by(Job.created_at, Job.id)
    )
    of = [job for job in found if job.arguments.get("release_id") in mine]

    def work(job: Job) -> tuple[str, str]:
        return job.arguments["release_id"], str(job.arguments["languages"])

    seen_to = {work(job) for job in of if job.state is not JobState.FAILED}
    return list({work(job): job for job in of if work(job) not in seen_to}.values())


def _further(job: Job) -> tuple[bool, int]:
    """Of several jobs that share one piece of work: the one to show is at work still, and has told the most."""
    return job.state is JobState.RUNNING, job.done
