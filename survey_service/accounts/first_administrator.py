"""The first account: whoever reads the service's console makes it, once, with the secret printed there.

The secret derives from the installation's key and works only while there is no account at all: nothing is stored, a
restart prints the same, and there is never a default password.
"""

from __future__ import annotations

import hmac
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from survey_service import audit
from survey_service.accounts import queries, service
from survey_service.audit.chain import SERVICE
from survey_service.errors import BadInput, NotFound
from survey_service.models import Account, Area, Role
from survey_service.secrets import normalise_receipt
from survey_service.services import Services

ADDRESS = "/first-administrator"


def invitation(services: Services) -> str:
    """The one-time secret while there is no account; empty afterwards."""
    with services.database.reading.begin() as session:
        return "" if queries.any_account(session) else services.keys.first_administrator()


def refuse_unless_first(session: Session) -> None:
    """NotFound as soon as there is an account."""
    if queries.any_account(session):
        raise NotFound


def city(session: Session) -> Area | None:
    return session.scalars(select(Area).where(Area.parent_id.is_(None)).order_by(Area.code)).first()


def check_secret(typed: str, services: Services) -> None:
    if not hmac.compare_digest(normalise_receipt(typed), services.keys.first_administrator()):
        raise BadInput(
            zh="一次性口令不对。它印在启动服务的窗口里，一共 16 个字母和数字。",
            en="The one-time secret is wrong. It is printed where the service was started: 16 letters and digits.",
        )


def make(
    session: Session,
    *,
    user: str,
    name: str,
    password_hash: str,
    city_code: str,
    city_name: str,
    city_name_en: str,
    at: datetime,
) -> Account:
    """The city, where there is none, and its administrator. NotFound where somebody was faster."""
    queries.lock_accounts(session)  # of two who look at once, one finds the other's account
    refuse_unless_first(session)
    root = city(session)
    if root is None:
        if not city_code.isascii() or not city_code.isdigit() or not 6 <= len(city_code) <= 12 or not city_name:
            raise BadInput(
                zh="城市名称和区划代码都要填，代码是 6 到 12 位数字，例如 370200000000。",
                en="Give the city's name and its code of 6 to 12 digits, such as 370200000000.",
            )
        root = Area(code=city_code, name_zh=city_name, name_en=city_name_en, kind="city")
        session.add(root)
        session.flush()
        audit.record(
            session,
            survey_id=None,
            at=at,
            by=SERVICE,
            action="area.added",
            record=audit.Rows(f"area {root.id}", None),
            detail={"code": root.code},
        )
    account = service.create_account(session, user, name, "", password_hash=password_hash, at=at, by=SERVICE)
    service.grant(session, account, Role.ADMINISTRATOR, root.id, at=at, by=SERVICE)
    return account
