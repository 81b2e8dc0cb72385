"""Links to sheets come back from a backup and open nothing; who opened them stands as before, and cannot be changed."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from sqlalchemy import delete, select
from sqlalchemy.exc import DBAPIError

from survey_service.audit import Actor
from survey_service.database import open_database
from survey_service.models import Account, AuditEntry, OpenedWith, Release, SheetOpening, Taken
from survey_service.receiving import links
from tests.service.backing_up import Running, restore, running, settings, target
from tests.service.rectified_city import SHOWN, record, release
from tests.service.world import NOW

pytestmark = pytest.mark.both_databases

__all__ = ["running", "settings", "target"]


def test_a_link_is_restored_with_its_trace_and_opens_nothing(
    running: Running, tmp_path: Path, target: Callable[[], str]
) -> None:
    world = running.world
    release(running.database, world, "S-1", world.wave_id, record(SHOWN))
    with running.database.writing.begin() as session:
        account = session.scalars(select(Account).where(Account.user == "manager")).one()
        by = Actor(account.id, account.name)
        of = world.survey_id, session.scalars(select(Release.id)).one(), world.community_ids[0], ""
        made, other = (links.make(session, of, name, 7, at=NOW, by=by) for name in ("区文明办", "督查室"))
        found = links.followed(session, made.token, NOW)
        assert found is not None
        session.add(
            SheetOpening(
                survey_id=of[0],
                release_id=of[1],
                area_id=of[2],
                at=NOW,
                what=Taken.PAGE,
                language="zh",
                link_id=found.link.id,
                name=made.purpose,
                client=OpenedWith.WECHAT,
            )
        )
        gone = links.followed(session, other.token, NOW)
        assert gone is not None
        links.revoke(session, of, gone.link.id, at=NOW, by=by)
        link_id = found.link.id
    backup = running.back_up(tmp_path / "backups")
    with running.database.writing.begin() as session:  # after the backup, which has it as open
        links.revoke(session, of, link_id, at=NOW, by=by)
    restored = restore(running, backup, tmp_path / "new", target())
    assert restored.links == 1
    opened = open_database(restored.database_url)
    try:
        with opened.reading.begin() as session:
            for token in (made.token, other.token):
                back = links.followed(session, token, NOW)
                assert back is not None
                assert back.standing is links.Standing.REVOKED
            told = session.scalars(select(AuditEntry).where(AuditEntry.action == "sheet_links.revoked")).one()
            assert told.detail == {"links": 1}
            [one] = [line for line in links.listed(session, of, NOW) if line.purpose == made.purpose]
            assert (one.opened, one.last) == (1, NOW)
        with pytest.raises(DBAPIError, match="append-only"), opened.writing.begin() as session:
            session.execute(delete(SheetOpening))
    finally:
        opened.dispose()
