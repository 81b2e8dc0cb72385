"""SQL of the API: pages by key, so that the last page costs what the first does."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import Row, Select, select
from sqlalchemy.orm import Session, aliased

from survey_service.models import Area, Case, Disposition, Mode, QuestionnaireVersion, Survey, Wave
from survey_service.surveys.queries import touching


def areas(
    session: Session, visible: Select[tuple[UUID]], *, kind: str | None, after: str, limit: int
) -> Sequence[Row[Area, str | None]]:
    """Areas with the code of the one above, in code order from the first after ``after``; grids are left out."""
    above = aliased(Area)
    statement = (
        select(Area, above.code)
        .outerjoin(above, above.id == Area.parent_id)
        .where(Area.id.in_(visible), Area.kind != "grid", Area.code > after)
    )
    if kind is not None:
        statement = statement.where(Area.kind == kind)
    return session.execute(statement.order_by(Area.code).limit(limit)).all()


def area_codes(session: Session, ids: Select[tuple[UUID]]) -> set[str]:
    return set(session.scalars(select(Area.code).where(Area.id.in_(ids))))


def codes_of(session: Session, ids: Sequence[UUID]) -> dict[UUID, str]:
    return {area.id: area.code for area in session.scalars(select(Area).where(Area.id.in_(list(ids))))}


def surveys_with_waves(
    session: Session, visible: Select[tuple[UUID]], upward: Select[tuple[UUID]], survey_key: str | None
) -> Sequence[Row[Survey, Wave | None]]:
    """Surveys that touch the areas with each of their waves; one without waves is there once, with None."""
    statement = select(Survey, Wave).outerjoin(Wave, Wave.survey_id == Survey.id).where(touching(visible, upward))
    if survey_key is not None:
        statement = statement.where(Survey.key == survey_key)
    return session.execute(statement).all()


def versions(session: Session, survey_id: UUID) -> Sequence[QuestionnaireVersion]:
    """Questionnaire versions of a survey, newest first."""
    return session.scalars(
        select(QuestionnaireVersion)
        .where(QuestionnaireVersion.survey_id == survey_id)
        .order_by(QuestionnaireVersion.created_at.desc(), QuestionnaireVersion.id.desc())
    ).all()


@dataclass(frozen=True, slots=True, kw_only=True)
class CasePage:
    """Which cases are asked for, and where the page begins."""

    area: str | None
    disposition: Disposition | None
    first_mode: Mode | None
    after: str | None
    limit: int
    backwards: bool


def cases(session: Session, wave: Wave, visible: Select[tuple[UUID]], page: CasePage) -> Sequence[Row[Case, str]]:
    """Cases with the code of their community, by number, beyond ``page.after``."""
    statement = (
        select(Case, Area.code)
        .join(Area, Area.id == Case.area_id)
        .where(Case.survey_id == wave.survey_id, Case.wave_id == wave.id, Case.area_id.in_(visible))
    )
    if page.area is not None:
        statement = statement.where(Area.code == page.area)
    if page.disposition is not None:
        statement = statement.where(Case.disposition == page.disposition)
    if page.first_mode is not None:
        statement = statement.where(Case.first_mode == page.first_mode)
    if page.after is not None:
        statement = statement.where(Case.number < page.after if page.backwards else Case.number > page.after)
    order = Case.number.desc() if page.backwards else Case.number.asc()
    return session.execute(statement.order_by(order).limit(page.limit)).all()


def cases_by_number(
    session: Session, wave: Wave, visible: Select[tuple[UUID]], numbers: Sequence[str]
) -> dict[str, Case]:
    rows = session.scalars(
        select(Case).where(
            Case.survey_id == wave.survey_id,
            Case.wave_id == wave.id,
            Case.area_id.in_(visible),
            Case.number.in_(list(numbers)),
        )
    )
    return {case.number: case for case in rows}
