"""What ended after a backup does not begin again when it is restored: erased answers, sign-ins, access tokens."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path

from survey_service.accounts import tokens
from survey_service.audit.chain import SERVICE
from survey_service.captures.erasure import apply_tombstones, tombstones
from survey_service.collection import tombstone_file
from survey_service.database import Database
from survey_service.installation import Refused


def replay(database: Database, files: list[Path], keep: Path, *, at: datetime) -> int:
    """Replay the tombstones of ``files``; all of them are kept in ``keep``. Returns how many responses were erased.

    Sign-ins and access tokens all end: the backup does not know which of them a new password or a lost device has
    ended since.
    """
    laid = []
    for path in files:
        try:
            laid += tombstone_file.read(path)
        except (OSError, ValueError, KeyError, TypeError) as unreadable:
            raise Refused(
                f"{path} cannot be read as a list of erased responses ({type(unreadable).__name__}).\n"
                "  Take the copy in the newest backup, or mend the line by hand: one JSON object a line."
            ) from None
    with database.writing.begin() as session:
        erased = apply_tombstones(session, laid, at=at, by=SERVICE)
        tokens.end_all(session, at=at, by=SERVICE)
    with database.reading.begin() as session:
        tombstone_file.add(keep, [*laid, *tombstones(session)])
    return erased
