"""What ``audit-log`` finds and writes: one entry after the other, however many there are."""

from __future__ import annotations

import csv
import ipaddress
import json
import sys
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any, TextIO
from uuid import UUID
from zoneinfo import ZoneInfo

from rich.console import Console
from sqlalchemy import Select, or_, select
from sqlalchemy.orm import Session

from survey_service.audit.chain import ADDRESS, SYSTEM
from survey_service.commands.chosen_settings import chosen_settings
from survey_service.installation import Refused, open_existing
from survey_service.models import Account, AuditEntry, Survey
from survey_service.tabular.harmless import harmless

COLUMNS = ("at", "person", "address", "action", "record", "reason", "detail", "survey", "sequence")
AT_ONCE = 500  # entries in memory


@dataclass(frozen=True, slots=True, kw_only=True)
class AuditLogArguments:
    """What was said on the command line; None: not asked."""

    person: str | None = None
    record: str | None = None
    action: str | None = None
    since: str | None = None
    until: str | None = None
    address: str | None = None
    survey: str | None = None


def run_audit_log(asked: AuditLogArguments, *, data_dir: Path | None, database: str | None, form: str) -> int:
    """Exit status: 0 also where nothing was found, 1 where nothing could be searched."""
    try:
        if form not in _WRITERS:
            raise Refused(f"There is no format “{form}”; choose {', '.join(_WRITERS)}.")
        settings = chosen_settings(data_dir=data_dir, database=database)
        opened = open_existing(settings)
        try:
            with opened.reading.begin() as session:
                found = entries(session, asked, settings.zone)
                _WRITERS[form](found, sys.stdout)
        finally:
            opened.dispose()
    except (Refused, OSError) as refused:
        if isinstance(refused, BrokenPipeError):
            return 0  # whoever reads has seen enough
        Console(stderr=True).print(f"[bold red]✕[/] {refused}", highlight=False, soft_wrap=True)
        return 1
    return 0


def entries(session: Session, asked: AuditLogArguments, zone: ZoneInfo) -> Iterator[dict[str, Any]]:
    """What was asked for, in the order of time; Refused, before the first, for what cannot be searched by."""
    statement = _narrowed(session, asked, zone).execution_options(yield_per=AT_ONCE)
    network = _network(asked.address)
    people = {one.id: one.user for one in session.execute(select(Account.id, Account.user))}
    surveys = {str(one.id): one.key for one in session.execute(select(Survey.id, Survey.key))}
    return _read(session, statement, network, people, surveys, zone)


def _read(
    session: Session,
    statement: Select[AuditEntry],
    network: ipaddress.IPv4Network | ipaddress.IPv6Network | None,
    people: dict[UUID, str],
    surveys: dict[str, str],
    zone: ZoneInfo,
) -> Iterator[dict[str, Any]]:
    for entry in session.scalars(statement):
        detail = dict(entry.detail)
        address = str(detail.pop(ADDRESS, ""))
        if network is not None and not (address and ipaddress.ip_address(address) in network):
            continue
        yield {
            "at": entry.at.astimezone(zone).isoformat(timespec="seconds"),
            "person": people.get(entry.by_account_id, str(entry.by_account_id)) if entry.by_account_id else "",
            "address": address,
            "action": entry.action,
            "record": entry.record,
            "reason": entry.reason or "",
            "detail": detail,
            "survey": "" if entry.chain == SYSTEM else surveys.get(entry.chain, entry.chain),
            "sequence": entry.sequence,
        }


def _narrowed(session: Session, asked: AuditLogArguments, zone: ZoneInfo) -> Select[AuditEntry]:
    statement = select(AuditEntry).order_by(AuditEntry.at, AuditEntry.chain, AuditEntry.sequence)
    if asked.person is not None:
        statement = statement.where(AuditEntry.by_account_id == _account(session, asked.person))
    if asked.record is not None:
        statement = statement.where(AuditEntry.record.startswith(asked.record, autoescape=True))
    if asked.action is not None:
        statement = statement.where(AuditEntry.action.startswith(asked.action, autoescape=True))
    if asked.since is not None:
        statement = statement.where(AuditEntry.at >= _time(asked.since, zone, end=False))
    if asked.until is not None:
        statement = statement.where(AuditEntry.at < _time(asked.until, zone, end=True))
    if asked.survey is not None:
        statement = statement.where(AuditEntry.chain == _chain(session, asked.survey))
    return statement


def _account(session: Session, typed: str) -> UUID:
    ways = [Account.user == typed.strip().lower()]
    with suppress(ValueError):
        ways.append(Account.id == UUID(typed))
    found = session.scalar(select(Account.id).where(or_(*ways)))
    if found is None:
        raise Refused(f"Nobody here has the user name or id “{typed}”.")
    return found


def _chain(session: Session, typed: str) -> str:
    if typed == SYSTEM:
        return SYSTEM
    found = session.scalar(select(Survey.id).where(Survey.key == typed))
    if found is None:
        raise Refused(f"There is no survey “{typed}” here; the chain of accounts and areas is “{SYSTEM}”.")
    return str(found)


def _time(typed: str, zone: ZoneInfo, *, end: bool) -> datetime:
    """A day stands for its beginning; as an end, for the beginning of the next."""
    try:
        if len(typed.strip()) == len("2026-09-01"):
            day = date.fromisoformat(typed.strip()) + timedelta(days=1 if end else 0)
            return datetime(day.year, day.month, day.day, tzinfo=zone)
        found = datetime.fromisoformat(typed.strip())
    except ValueError:
        raise Refused(f"“{typed}” is no time; write 2026-09-01 or 2026-09-01T08:30.") from None
    return found if found.tzinfo else found.replace(tzinfo=zone)


def _network(typed: str | None) -> ipaddress.IPv4Network | ipaddress.IPv6Network | None:
    if typed is None:
        return None
    try:
        return ipaddress.ip_network(typed.strip(), strict=False)
    except ValueError:
        raise Refused(f"“{typed}” is no network address; write 203.0.113.7 or 10.1.0.0/16.") from None


# ------------------------------------------------------------------ how it is written


def _table(found: Iterator[dict[str, Any]], out: TextIO) -> None:
    """One line an entry, so that a long log can be paged through while it is read."""
    number = 0
    for one in found:
        number += 1
        said = json.dumps(one["detail"], ensure_ascii=False) if one["detail"] else ""
        who = (one["person"] or "–", one["address"] or "–")
        words = [one["at"], *who, one["action"], one["record"], one["reason"], said]
        out.write("  ".join(word for word in map(_on_one_line, words) if word) + "\n")
    Console(stderr=True, highlight=False).print(f"{number:,} 条 entries")


def _on_one_line(word: str) -> str:
    """Reasons are typed by people: nothing in them moves the cursor."""
    return "".join(one if one.isprintable() else " " for one in word)


def _json(found: Iterator[dict[str, Any]], out: TextIO) -> None:
    """One array, an entry a line."""
    out.write("[")
    out.writelines(
        ("," if number else "") + "\n" + json.dumps(one, ensure_ascii=False) for number, one in enumerate(found)
    )
    out.write("\n]\n")


def _csv(found: Iterator[dict[str, Any]], out: TextIO) -> None:
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow(COLUMNS)
    for one in found:
        one["detail"] = json.dumps(one["detail"], ensure_ascii=False) if one["detail"] else ""
        writer.writerow([harmless(one[name]) for name in COLUMNS])


_WRITERS = {"table": _table, "json": _json, "csv": _csv}
