"""Batches of printed forms in the small city, and colleagues enough to key them twice and to decide."""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from survey_service.accounts import service as accounts
from survey_service.audit.chain import SERVICE
from survey_service.database import Database
from survey_service.models import Account, BatchState, Case, FormState, Mode, PaperBatch, PaperForm, Role
from survey_service.paper import serials
from tests.service.world import NOW, PASSWORD, World

KEYERS = ("keyer", "second", "third")


@dataclass(frozen=True, slots=True)
class Printed:
    batch_id: UUID
    number: int
    serials: list[str]


def colleagues(database: Database, world: World) -> dict[str, UUID]:
    """Two more keyers beside the one of the small city; ids by user name."""
    with database.writing.begin() as session:
        for user in KEYERS[1:]:
            person = accounts.create_account(
                session, user=user, name=f"录入员{user}", password=PASSWORD, at=NOW, by=SERVICE
            )
            accounts.grant(session, account=person, role=Role.KEYER, area_id=world.city_id, at=NOW, by=SERVICE)
        session.flush()
        return {account.user: account.id for account in session.scalars(select(Account))}


def issue(
    database: Database,
    world: World,
    *,
    forms: int = 3,
    start: int = 0,
    share: float | None = None,
    open_: bool = False,
    keyer: UUID | None = None,
    verifier: UUID | None = None,
) -> Printed:
    """A batch of printed forms for cases of the first community from ``start`` on, or for nobody in particular."""
    with database.writing.begin() as session:
        return _issue(session, world, forms, start, share, open_, keyer, verifier)


def _issue(
    session: Session,
    world: World,
    forms: int,
    start: int,
    share: float | None,
    open_: bool,
    keyer: UUID | None,
    verifier: UUID | None,
) -> Printed:
    number = 1 + session.scalar(select(func.count()).select_from(PaperBatch).where(PaperBatch.wave_id == world.wave_id))  # type: ignore[operator]
    printed = session.scalar(select(func.count()).select_from(PaperForm)) or 0
    area = session.get_one(Case, (world.survey_id, world.case_ids[start])).area_id
    batch = PaperBatch(
        survey_id=world.survey_id,
        wave_id=world.wave_id,
        area_id=area,
        questionnaire_version_id=world.version_id,
        languages="zh",
        mode=Mode.PAPER_OPEN if open_ else Mode.PAPER,
        number=number,
        size=forms,
        keyer_id=keyer,
        verifier_id=verifier,
        verification_share=share,
        state=BatchState.ISSUED,
        created_at=NOW,
    )
    session.add(batch)
    session.flush()
    made = [serials.serial(printed + position) for position in range(1, forms + 1)]
    session.add_all(
        PaperForm(
            survey_id=world.survey_id,
            wave_id=world.wave_id,
            batch_id=batch.id,
            position=position,
            serial=serial,
            case_id=None if open_ else world.case_ids[start + position - 1],
            state=FormState.ISSUED,
            changed_at=NOW,
        )
        for position, serial in enumerate(made, start=1)
    )
    session.flush()
    return Printed(batch.id, number, made)
