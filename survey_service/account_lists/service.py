"""Making the accounts of a list: passwords are hashed before the transaction, all accounts are made in one."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from sqlalchemy import select
from sqlalchemy.orm import Session

from survey_service.account_lists.account_file import NewAccount
from survey_service.accounts import service as accounts
from survey_service.accounts.administration import service as administration
from survey_service.accounts.administration.service import ActingAdministrator
from survey_service.fieldwork import own_staff
from survey_service.models import Area


@dataclass(frozen=True, slots=True)
class StartPassword:
    """Shown once and kept nowhere; what is stored is the hash."""

    plain: str = field(repr=False)
    hashed: str = field(repr=False)


def start_passwords(new: Sequence[NewAccount]) -> dict[str, StartPassword]:
    """One for each user name. Outside a transaction: each takes a sixth of a second of a core.

    One after the other, so that a turn at the hashes stays free for whoever signs in meanwhile.
    """
    made = {}
    for one in new:
        plain = accounts.start_password()
        made[one.user] = StartPassword(plain, accounts.start_password_hash(plain))
    return made


def make(
    session: Session, acting: ActingAdministrator, new: Sequence[NewAccount], passwords: Mapping[str, StartPassword]
) -> None:
    """Every account as the form for one makes it, and whom its interviewer works for."""
    areas = {one.id: one for one in session.scalars(select(Area).where(Area.id.in_({one.area_id for one in new})))}
    for one in new:
        account = administration.create(
            session,
            acting,
            user=one.user,
            name=one.name,
            role=one.role,
            area=areas[one.area_id],
            password_hash=passwords[one.user].hashed,
        )
        if one.works_for is not None:
            tie = (one.works_for, one.works_for_area_id)
            own_staff.say(session, None, account.id, tie, at=acting.at, by=acting.by)
