"""The lists that a wave supplies itself, while it is a draft: sectors, bodies, units of the city.

When the wave opens they are written into its questionnaire (``filling``), and that is what is asked, printed and
counted from then on. Nothing here holds a person.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import delete, insert, select
from sqlalchemy.orm import Session

from questionnaires.canonical_json import canonical_text
from questionnaires.text import Text
from survey_service import audit
from survey_service.errors import NotFound
from survey_service.models import Wave, WaveListEntry, WaveState
from survey_service.surveys import drafts


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """One entry of a list. ``parent``: the code of the entry above it, in the list that its own list names."""

    code: str
    label: Text
    parent: str = ""


Entries = tuple[Entry, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Change:
    """Which list of which draft is changed, by whom."""

    survey_id: UUID
    wave_id: UUID
    list_id: str
    at: datetime
    by: audit.Actor


def stored(session: Session, wave: Wave) -> dict[str, Entries]:
    """All lists of a wave, in their order: one statement."""
    rows = session.execute(
        select(
            WaveListEntry.list_id,
            WaveListEntry.code,
            WaveListEntry.label_zh,
            WaveListEntry.label_en,
            WaveListEntry.parent,
        )
        .where(WaveListEntry.survey_id == wave.survey_id, WaveListEntry.wave_id == wave.id)
        .order_by(WaveListEntry.list_id, WaveListEntry.place, WaveListEntry.code)
    )
    found: dict[str, list[Entry]] = {}
    for list_id, code, zh, en, parent in rows:
        found.setdefault(list_id, []).append(Entry(code=code, label=Text(zh, en), parent=parent))
    return {list_id: tuple(entries) for list_id, entries in found.items()}


def earlier(session: Session, wave: Wave, list_id: str) -> tuple[Text, Entries] | None:
    """Name and list of the wave before that had such a list and was opened; None where none had."""
    before = session.scalars(
        select(Wave)
        .where(
            Wave.survey_id == wave.survey_id,
            Wave.id != wave.id,
            Wave.state != WaveState.DRAFT,
            Wave.opens_on <= wave.opens_on,
            select(WaveListEntry.code)
            .where(
                WaveListEntry.survey_id == Wave.survey_id,
                WaveListEntry.wave_id == Wave.id,
                WaveListEntry.list_id == list_id,
            )
            .exists(),
        )
        .order_by(Wave.opens_on.desc(), Wave.created_at.desc())
        .limit(1)
    ).first()
    if before is None:
        return None
    return Text(before.name_zh, before.name_en), stored(session, before)[list_id]


def replace_list(session: Session, change: Change, entries: Sequence[Entry], *, source: str = "") -> None:
    """The whole list anew, in this order; ``source``: the file or the wave it came from. NoDraft once it is open."""
    drafts.draft(session, change.survey_id, change.wave_id)
    _write(session, change, entries)
    _record(session, change, "wave.list_replaced", entries, {"source": source} if source else {})


def put_entry(
    session: Session, change: Change, present: Entries, entry: Entry, *, was: str = "", place: int | None = None
) -> None:
    """A new entry of the list as it is at ``present``, or the one of the code ``was`` changed; at the ``place`` of the
    list, else last or where it stood. NotFound where there is no such entry."""
    entries = list(present)
    old = next((at for at, one in enumerate(entries) if one.code == was), None)
    if was and old is None:
        raise NotFound
    if old is not None:
        entries.pop(old)
    last = len(entries) if old is None else old
    entries.insert(last if place is None else max(0, min(place, len(entries))), entry)
    _write(session, change, entries)
    what = "wave.list_entry_changed" if was else "wave.list_entry_added"
    _record(session, change, what, entries, {"code": entry.code})


def rename_parent(session: Session, change: Change, below: Mapping[str, Entries], old: str, new: str) -> None:
    """Entries of the lists ``below`` that stand under the code ``old`` stand under ``new``."""
    for list_id, entries in below.items():
        renamed = tuple(replace(one, parent=new) if one.parent == old else one for one in entries)
        if renamed != entries:
            of_list = replace(change, list_id=list_id)
            _write(session, of_list, renamed)
            _record(session, of_list, "wave.list_parents_renamed", renamed, {})


def remove_entry(session: Session, change: Change, present: Entries, code: str) -> tuple[Entry, int]:
    """The entry that was taken out, and the place where it stood. NotFound where there is no such entry."""
    entries = list(present)
    place = next((at for at, one in enumerate(entries) if one.code == code), None)
    if place is None:
        raise NotFound
    gone = entries.pop(place)
    _write(session, change, entries)
    _record(session, change, "wave.list_entry_removed", entries, {"code": code})
    return gone, place


def copy_lists(session: Session, before: Wave, wave: Wave, *, at: datetime, by: audit.Actor) -> None:
    """The lists of an earlier wave for a new draft."""
    for list_id, entries in stored(session, before).items():
        change = Change(survey_id=wave.survey_id, wave_id=wave.id, list_id=list_id, at=at, by=by)
        replace_list(session, change, entries, source=before.key)


def sha256_of(entries: Sequence[Entry]) -> str:
    """The fingerprint of a list: codes, words, parents and order."""
    plain = [[one.code, one.label.zh, one.label.en, one.parent] for one in entries]
    return hashlib.sha256(canonical_text(plain).encode()).hexdigest()


def _write(session: Session, change: Change, entries: Sequence[Entry]) -> None:
    of_list = (*_of(change.survey_id, change.wave_id), WaveListEntry.list_id == change.list_id)
    session.execute(delete(WaveListEntry).where(*of_list))
    if entries:
        session.execute(insert(WaveListEntry), _rows(change.survey_id, change.wave_id, change.list_id, entries))


def _rows(survey_id: UUID, wave_id: UUID, list_id: str, entries: Sequence[Entry]) -> list[dict[str, Any]]:
    return [
        {
            "survey_id": survey_id,
            "wave_id": wave_id,
            "list_id": list_id,
            "code": one.code,
            "label_zh": one.label.zh,
            "label_en": one.label.en,
            "parent": one.parent,
            "place": place,
        }
        for place, one in enumerate(entries)
    ]


def _of(survey_id: UUID, wave_id: UUID) -> tuple[Any, ...]:
    return WaveListEntry.survey_id == survey_id, WaveListEntry.wave_id == wave_id


def _record(
    session: Session, change: Change, action: str, entries: Sequence[Entry], more: Mapping[str, object]
) -> None:
    detail = {"list": change.list_id, "entries": len(entries), "sha256": sha256_of(entries), **more}
    audit.record(
        session,
        survey_id=change.survey_id,
        at=change.at,
        by=change.by,
        action=action,
        record=f"wave {change.wave_id}",
        detail=detail,
    )
