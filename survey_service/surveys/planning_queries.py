"""SQL of planning. A page takes a fixed number of statements, however many communities."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import Select, distinct, func, or_, select, true
from sqlalchemy.orm import Session

from survey_service.accounts.queries import below
from survey_service.areas.queries import COMMUNITY_KINDS
from survey_service.models import (
    AccessCode,
    Area,
    Case,
    CaseDoor,
    FilledVersion,
    Mode,
    QuestionnaireDraft,
    QuestionnaireVersion,
    Survey,
    Wave,
    WaveState,
)
from survey_service.sampling.reserves import list_of


def survey_areas(session: Session, visible: Select[tuple[UUID]]) -> Sequence[Area]:
    """Areas that a person may make a survey for, from the top down; not grids, nor single communities."""
    return session.scalars(
        select(Area).where(Area.id.in_(visible), Area.kind.not_in(("grid", "community", "village"))).order_by(Area.code)
    ).all()


def versions(session: Session, survey: Survey, *, with_filled: bool = False) -> list[tuple[QuestionnaireVersion, int]]:
    """Stored questionnaires of a survey, newest first, with the number of waves that use each.

    Those that were made of another when a wave opened are counted with the one they were made of, and are among them
    only ``with_filled``.
    """
    of_version = FilledVersion.survey_id == QuestionnaireVersion.survey_id
    made_of_it = select(FilledVersion.version_id).where(of_version, FilledVersion.made_of_id == QuestionnaireVersion.id)
    used = (
        select(func.count())
        .where(
            Wave.survey_id == QuestionnaireVersion.survey_id,
            or_(
                Wave.questionnaire_version_id == QuestionnaireVersion.id,
                Wave.questionnaire_version_id.in_(made_of_it),
            ),
        )
        .scalar_subquery()
    )
    filled = select(FilledVersion.version_id).where(of_version, FilledVersion.version_id == QuestionnaireVersion.id)
    rows = session.execute(
        select(QuestionnaireVersion, used)
        .where(QuestionnaireVersion.survey_id == survey.id, true() if with_filled else ~filled.exists())
        .order_by(QuestionnaireVersion.created_at.desc(), QuestionnaireVersion.id.desc())
    )
    return [(row[0], row[1]) for row in rows]


def version(session: Session, survey: Survey, version_id: UUID) -> QuestionnaireVersion | None:
    return session.get(QuestionnaireVersion, (survey.id, version_id))


def drafts(session: Session, survey: Survey) -> Sequence[QuestionnaireDraft]:
    """Questionnaires of a survey that are being changed, the last touched first."""
    return session.scalars(
        select(QuestionnaireDraft)
        .where(QuestionnaireDraft.survey_id == survey.id)
        .order_by(QuestionnaireDraft.changed_at.desc(), QuestionnaireDraft.id)
    ).all()


def opened_with(session: Session, survey_id: UUID, key: str, label: str) -> list[str]:
    """Hashes of the questionnaires of this key and version that a wave has been opened with, as they were chosen."""
    chosen = func.coalesce(FilledVersion.made_of_id, Wave.questionnaire_version_id)
    return list(
        session.scalars(
            select(QuestionnaireVersion.sha256)
            .select_from(Wave)
            .outerjoin(
                FilledVersion,
                (FilledVersion.survey_id == Wave.survey_id)
                & (FilledVersion.version_id == Wave.questionnaire_version_id),
            )
            .join(
                QuestionnaireVersion,
                (QuestionnaireVersion.survey_id == Wave.survey_id) & (QuestionnaireVersion.id == chosen),
            )
            .where(
                QuestionnaireVersion.survey_id == survey_id,
                QuestionnaireVersion.key == key,
                QuestionnaireVersion.version == label,
                Wave.state != WaveState.DRAFT,
            )
        )
    )


def waves(session: Session, survey: Survey) -> Sequence[Wave]:
    return session.scalars(
        select(Wave).where(Wave.survey_id == survey.id).order_by(Wave.opens_on.desc(), Wave.key.desc())
    ).all()


def choosable(session: Session, survey: Survey) -> Sequence[Area]:
    """Areas that a wave of the survey may be limited to: its streets and towns, else its communities."""
    inside = Area.id.in_(below([survey.city_id]))
    streets = session.scalars(
        select(Area).where(inside, Area.kind.in_(("street", "town")), Area.id != survey.city_id).order_by(Area.code)
    ).all()
    return (
        streets or session.scalars(select(Area).where(inside, Area.kind.in_(COMMUNITY_KINDS)).order_by(Area.code)).all()
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class CommunitySample:
    """Cases of one community. ``represented``: what their weights add up to."""

    cases: int
    letters: int  # cases first asked by a letter with a code
    strata: int
    represented: float


def sample_by_community(session: Session, wave: Wave) -> dict[UUID, CommunitySample]:
    invited = func.count().filter(Case.first_mode == Mode.WEB_INVITED)
    rows = session.execute(
        select(
            Case.area_id,
            func.count(),
            invited,
            func.count(distinct(Case.stratum)),
            func.sum(1.0 / Case.inclusion_probability),
        )
        .where(Case.survey_id == wave.survey_id, Case.wave_id == wave.id)
        .group_by(Case.area_id)
    )
    return {
        row[0]: CommunitySample(cases=row[1], letters=row[2], strata=row[3], represented=float(row[4])) for row in rows
    }


@dataclass(frozen=True, slots=True, kw_only=True)
class LetterLine:
    case_id: UUID
    area_id: UUID
    number: str
    grid: tuple[str, str]  # the list that it was drawn from: its stratum, and within that the grid, where one was drawn
    place: int | None  # in the list, which is the order of walking
    issue: int | None  # of the code that opens the questionnaire; None: none was made
    code_id: UUID | None
    short_hash: str | None
    used_at: datetime | None


def letters(session: Session, wave: Wave, area_ids: Sequence[UUID]) -> list[LetterLine]:
    """Cases of these communities that a letter invites, with the code that is theirs now: by community, grid and order
    of walking, by number where nobody knows that."""
    rows = session.execute(
        select(
            Case.id,
            Case.area_id,
            Case.number,
            Case.stratum,
            Case.psu,
            Case.stages,
            CaseDoor.place,
            AccessCode.issue,
            AccessCode.id,
            AccessCode.short_hash,
            AccessCode.used_at,
        )
        .join(Area, Area.id == Case.area_id)
        .outerjoin(
            CaseDoor,
            (CaseDoor.survey_id == Case.survey_id)
            & (CaseDoor.wave_id == Case.wave_id)
            & (CaseDoor.number == Case.number),
        )
        .outerjoin(
            AccessCode,
            (AccessCode.survey_id == Case.survey_id)
            & (AccessCode.case_id == Case.id)
            & AccessCode.revoked_at.is_(None),
        )
        .where(
            Case.survey_id == wave.survey_id,
            Case.wave_id == wave.id,
            Case.area_id.in_(area_ids),
            Case.first_mode == Mode.WEB_INVITED,
        )
        .order_by(Area.code, Case.number)
    )
    found = [
        LetterLine(
            case_id=row[0],
            area_id=row[1],
            number=row[2],
            grid=list_of(row[3], row[4], row[5]),
            place=row[6],
            issue=row[7],
            code_id=row[8],
            short_hash=row[9],
            used_at=row[10],
        )
        for row in rows
    ]
    order = {area_id: place for place, area_id in enumerate(dict.fromkeys(one.area_id for one in found))}
    return sorted(found, key=lambda one: (order[one.area_id], walked(one.grid, one.place, one.number)))


def walked(grid: tuple[str, str], place: int | None, number: str) -> tuple[tuple[str, str], bool, int, str]:
    """Sorts by grid and order of walking; whoever has no place in the list comes last in the grid, by number."""
    return grid, place is None, place or 0, number


def count_cases(session: Session, wave: Wave) -> int:
    found = select(func.count()).select_from(Case).where(Case.survey_id == wave.survey_id, Case.wave_id == wave.id)
    return session.scalar(found) or 0
