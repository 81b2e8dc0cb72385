"""What ``verify-audit`` does and says."""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import typer
from rich.console import Console
from rich.table import Table
from sqlalchemy import select
from sqlalchemy.orm import Session

from survey_service.audit.chain import SYSTEM, BrokenChain, all_chains, sha256_at, verify
from survey_service.audit.reconciliation import Standing
from survey_service.commands.chosen_settings import chosen_settings, key_if_there
from survey_service.installation import Refused, open_existing
from survey_service.models import Account, Survey
from survey_service.secrets import KeyRing

NAMED = 50  # rows of one chain that are named; all are counted
SHOWN = 16  # hexadecimal digits of a head: 64 bits, which nobody meets by trying


def run_verify_audit(*, data_dir: Path | None, database: str | None, expect: Sequence[str], form: str) -> int:
    console = Console(stderr=True)
    try:
        if form not in ("table", "json"):
            raise Refused(f"There is no format “{form}”; choose table or json.")
        expected = [_expected(one) for one in expect]
        settings = chosen_settings(data_dir=data_dir, database=database)
        opened, keys = open_existing(settings), key_if_there(settings)
        try:
            with opened.reading.begin() as session:
                lines = [_verified(session, chain, expected, keys) for chain in all_chains(session)]
                lines += [_missing(chain) for chain, _, _ in expected if chain not in {one["chain"] for one in lines}]
                titles = dict(session.execute(select(Survey.id, Survey.key)).all())
        finally:
            opened.dispose()
    except (Refused, OSError) as refused:
        console.print(f"[bold red]✕[/] {refused}", highlight=False, soft_wrap=True)
        return 1
    names = {str(survey): key for survey, key in titles.items()}
    for line in lines:
        line["survey"] = names.get(line["chain"], "")
    broken = sum(line["fault"] is not None for line in lines)
    differing = sum(line["differing"] for line in lines)
    if form == "json":
        told = {"chains": lines, "broken": broken, "differing": differing, "answers_compared": keys is not None}
        typer.echo(json.dumps(told, ensure_ascii=False, indent=2))
    else:
        _print(lines, broken, differing, keys)
    return 1 if broken or differing else 0


def _expected(typed: str) -> tuple[str, int, str]:
    chain, _, rest = typed.partition(":")
    number, _, head = rest.partition(":")
    if not chain or not number.isascii() or not number.isdigit() or len(head) < SHOWN:
        raise Refused(
            f"“{typed}” is not CHAIN:ENTRY:HEAD as this command prints it, such as system:128:9f2c41d07b6e85a3."
        )
    return chain, int(number), head.lower()


def _verified(
    session: Session, chain: str, expected: Sequence[tuple[str, int, str]], keys: KeyRing | None
) -> dict[str, Any]:
    line = _line(chain)
    standing = Standing(chain)
    try:
        line["entries"] = entries = verify(session, chain, standing.take)
        line["head"] = (sha256_at(session, chain, entries) or "")[:SHOWN]
    except BrokenChain as broken:
        line["fault"] = str(broken)
        return line
    if entries == 0 and (chain != SYSTEM or session.scalar(select(Account.id).limit(1)) is not None):
        return _missing(chain)
    for _, number, head in (one for one in expected if one[0] == chain):
        if not (sha256_at(session, chain, number) or "").startswith(head):
            line["fault"] = (
                f"chain {chain}: entry {number} is not the one that was written down; the chain was rewritten"
            )
    for one in standing.differences(session, keys):
        line["differing"] += 1
        if line["differing"] <= NAMED:
            line["differences"].append({"record": one.record, "what": one.what, "log": one.said, "row": one.held})
    return line


def _line(chain: str, fault: str | None = None) -> dict[str, Any]:
    return {"chain": chain, "entries": None, "head": "", "fault": fault, "differing": 0, "differences": []}


def _missing(chain: str) -> dict[str, Any]:
    return _line(chain, f"chain {chain}: all of its entries are gone")


def _print(lines: Sequence[dict[str, Any]], broken: int, differing: int, keys: KeyRing | None) -> None:
    table = Table("审计链 chain", "调查 survey", "条数 entries", "链首 head", box=None, pad_edge=False)
    for line in lines:
        name = "系统 system" if line["chain"] == SYSTEM else line["chain"]
        entries = "[bold red]✕[/]" if line["fault"] else f"{line['entries']:,}"
        table.add_row(name, line["survey"], entries, line["head"])
    console = Console(width=110, highlight=False)
    console.print(table)
    for line in lines:
        if line["fault"]:
            console.print(f"[bold red]✕[/] {line['fault']}", soft_wrap=True)
        for one in line["differences"]:
            console.print(
                f"[bold red]✕[/] {one['record']}: {one['what']} 日志 log {one['log']}，库里 row {one['row']}",
                soft_wrap=True,
            )
        if line["differing"] > len(line["differences"]):
            console.print(f"  … {line['differing'] - len(line['differences']):,} more of this chain", soft_wrap=True)
    if keys is None:
        console.print("No secret.key beside the database: answers were not held against the log, states were.")
    if differing:
        console.print(
            "Rows were changed outside the service: the log says otherwise. docs/security.md says what to do.",
            soft_wrap=True,
        )
    if broken:
        console.print(
            "The log was changed outside the service. Keep this database as it is, compare it with a backup,\n"
            "and ask who had access to it. docs/security.md says how.",
            soft_wrap=True,
        )
    elif not differing:
        console.print(f"[green]✓[/] {len(lines)} chains hold, and the rows follow from them.")
