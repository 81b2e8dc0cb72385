"""What ended after a backup does not begin again when it is restored: erased answers, sign-ins, access tokens, links to
sheets."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from survey_service.accounts import tokens
from survey_service.audit.chain import SERVICE
from survey_service.captures.erasure import apply_tombstones, tombstones
from survey_service.collection import tombstone_file
from survey_service.database import Database
from survey_service.installation import Refused
from survey_service.receiving import links


@dataclass(frozen=True, slots=True, kw_only=True)
class Ended:
    erased: int  # responses that the backup had brought back
    links: int  # to sheets, that it had as open


def replay(database: Database, files: list[Path], keep: Path, *, at: datetime) -> Ended:
    """Replay the tombstones of ``files``; all of them are kept in ``keep``.

    Sign-ins, access tokens and links to sheets all end: the backup does not know which of them a new password, a lost
    device or the office has ended since.
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
        ended = links.revoke_all(session, at=at, by=SERVICE)
    with database.reading.begin() as session:
        tombstone_file.add(keep, [*laid, *tombstones(session)])
    return Ended(erased=erased, links=ended)
