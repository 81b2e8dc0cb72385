"""SQL of a list of people: what is there of what it names, in a few questions whatever its length."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection
from collections.abc import Set as AbstractSet
from uuid import UUID

from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from questionnaires.text import Text
from survey_service.account_lists.account_file import Ground, Place
from survey_service.accounts.queries import above, below
from survey_service.areas.queries import COMMUNITY_KINDS
from survey_service.models import Account, Area


def ground(session: Session, scope: Collection[UUID], users: Collection[str], typed: AbstractSet[str]) -> Ground:
    """``typed``: codes and names of areas, of which only those at or below ``scope`` are found."""
    called: dict[str, list[UUID]] = defaultdict(list)
    if typed:
        names = or_(Area.code.in_(typed), Area.name_zh.in_(typed), Area.name_en.in_(typed))
        for one in session.scalars(select(Area).where(Area.id.in_(below(scope)), names).order_by(Area.code)):
            for name in {one.code, one.name_zh, one.name_en} & typed:
                called[name].append(one.id)
    started = {*scope, *(one for many in called.values() for one in many)}
    areas = session.scalars(select(Area).where(Area.id.in_(above(started)))).all()
    ids = [one.id for one in areas]
    parents = select(Area.parent_id).where(Area.parent_id.in_(ids), Area.kind.in_(COMMUNITY_KINDS)).distinct()
    of_communities = set(session.scalars(parents))
    people = session.execute(select(Account.user, Account.name).where(Account.user.in_(users)))
    return Ground(
        own=sorted(scope),
        called=called,
        places={
            one.id: Place(
                id=one.id,
                code=one.code,
                name=Text(one.name_zh, one.name_en),
                parent_id=one.parent_id,
                is_community=one.kind in COMMUNITY_KINDS,
                of_communities=one.id in of_communities,
            )
            for one in areas
        },
        people=dict(people.all()),
    )
