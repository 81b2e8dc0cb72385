"""One short key for everything that the figures of a wave come from: it moves when a row of the wave moves.

Figures are read with the key that they were read at; whoever signs compares keys and reads no row again. The key is
made of two rows of ``rows_head``: the hash of the last entry of the log about rows of this wave, and of the last about
areas. What else is logged (somebody looked, a letter was printed, another wave was answered) moves neither.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from typing import cast
from uuid import UUID

from sqlalchemy import CursorResult, Table, select, update
from sqlalchemy.orm import Session

from survey_service.bulk import insert_unless_there
from survey_service.models import RowsHead

AREAS = "areas"
"""All areas and their people move one row: who changes them is seldom at work while a wave is signed."""
_HEADS = cast("Table", RowsHead.__table__)


@dataclass(frozen=True, slots=True)
class Rows:
    """A record that figures come from; ``wave_id``: of which wave, None where it is an area, which all waves have.

    ``words``: no figure comes from it, but a sheet prints it; it moves ``signed_key`` alone.
    """

    record: str
    wave_id: UUID | None
    words: bool = False

    @property
    def whose(self) -> str:
        if self.words and self.wave_id:
            return _words_of(self.wave_id)
        return str(self.wave_id) if self.wave_id else AREAS


def _words_of(wave_id: UUID) -> str:
    return f"words {wave_id.hex}"


def move(session: Session, whose: str, sha256: str) -> None:
    """Let an entry of the log be the last one about these rows."""
    moving = update(RowsHead).where(RowsHead.whose == whose).values(sha256=sha256)
    moved = session.execute(moving)
    assert isinstance(moved, CursorResult)
    if moved.rowcount == 0 and not insert_unless_there(session, _HEADS, {"whose": whose, "sha256": sha256}):
        session.execute(moving)  # another made the row at this moment, and waited for has been by now


def rows_key(session: Session, survey_id: UUID, wave_id: UUID) -> str:
    """64 hexadecimal digits that stand for the rows of a wave as ``session`` sees them.

    Read it in the transaction that reads the rows, and before them: a key that is older than its rows is refused once
    too often and never once too seldom.
    """
    whose = (str(wave_id), AREAS)
    heads = dict(session.execute(select(RowsHead.whose, RowsHead.sha256).where(RowsHead.whose.in_(whose))).all())
    parts = (str(survey_id), *(f"{one} {heads.get(one, '')}" for one in whose))
    return hashlib.sha256("\n".join(parts).encode()).hexdigest()


def signed_key(session: Session, survey_id: UUID, wave_id: UUID) -> str:
    """``rows_key``, and what else the sheets of the wave print: what somebody stands for.

    Of a wave of which no words were worked on it is the key of its rows.
    """
    rows = rows_key(session, survey_id, wave_id)
    words = session.scalar(select(RowsHead.sha256).where(RowsHead.whose == _words_of(wave_id)))
    return rows if words is None else hashlib.sha256(f"{rows}\n{words}".encode()).hexdigest()
