"""Watches every transaction of a test: whoever writes rows that figures come from moves their key.

The service says in the log what it changes, in the transaction of the change, so a transaction with entries of the log
is one of the service; rows that a test puts down by itself are not looked at.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from sqlalchemy import Connection, Engine, event

TABLES = ("area", "area_count", "area_population", "capture", "case", "response")
"""Tables whose rows are among what ``analyses`` reads; of forms in keying, the state of their batch."""
_WRITES = re.compile(rf'^\s*(?:INSERT INTO|UPDATE|DELETE FROM)\s+"?({"|".join(TABLES)})"?[\s(]', re.IGNORECASE)
_BATCH = re.compile(r"^\s*UPDATE paper_batch SET (?:.*, )?state=", re.IGNORECASE)
_FINAL = "done"
_LOG, _KEY = re.compile(r'^\s*INSERT INTO "?audit_entry"?'), re.compile(r'^\s*(?:INSERT INTO|UPDATE) "?rows_head"?')
_NEW = re.compile(r'^\s*INSERT INTO "?survey"?[\s(]')  # of what is laid out with its survey nobody has seen figures
_SEEN = "rows_watched"


@contextmanager
def watched() -> Iterator[list[str]]:
    """Transactions that wrote rows, said so in the log and left the key where it was, by the tables they wrote."""
    silent: list[str] = []

    def look(connection: Connection, _cursor: Any, statement: str, parameters: Any, *_: Any) -> None:
        seen = connection.info.setdefault(_SEEN, set())
        if (found := _WRITES.match(statement)) is not None:
            seen.add(found[1].lower())
        elif _BATCH.match(statement) and _FINAL in str(parameters):
            seen.add("paper_batch")
        elif _LOG.match(statement):
            seen.add(_LOG)
        else:
            seen |= {one for one in (_KEY, _NEW) if one.match(statement)}

    def judge(connection: Connection) -> None:
        seen = connection.info.pop(_SEEN, set())
        tables = {one for one in seen if isinstance(one, str)}
        if tables and _LOG in seen and not seen & {_KEY, _NEW}:
            silent.append(" and ".join(sorted(tables)))

    def forget(connection: Connection) -> None:
        connection.info.pop(_SEEN, None)

    hooks = (("after_cursor_execute", look), ("commit", judge), ("rollback", forget))
    for name, hook in hooks:
        event.listen(Engine, name, hook)
    try:
        yield silent
    finally:
        for name, hook in hooks:
            event.remove(Engine, name, hook)
