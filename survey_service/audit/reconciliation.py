"""The log held against the rows: what the entries of a chain say must be so now, and what the tables hold.

Somebody with the rights of the database's owner needs not touch the log: a response set to deleted, a wave set to
released, a role given or a password replaced by SQL leave every chain whole. So the entries are read as what they mean,
and the rows that do not follow from them are named. Only what every writing path of the service records is compared.
"""

from __future__ import annotations

import hashlib
import zlib
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from survey_service.models import (
    AccessToken,
    Account,
    AccountIdentity,
    AuditEntry,
    Capture,
    Grant,
    QuestionnaireVersion,
    Release,
    Response,
    ResponseState,
    Survey,
    Wave,
)
from survey_service.secrets import KeyRing

SYSTEM = "system"
WAVE_STATES = ("draft", "open", "closed", "under_review", "released")
Facts = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Difference:
    """One row that does not follow from the log. ``said``, ``held``: states and ids, never answers."""

    record: str
    what: str
    said: str
    held: str


def password_mark(password_hash: str) -> str:
    """What the log keeps of a password's hash: enough to see that it is another one."""
    return hashlib.sha256(password_hash.encode()).hexdigest()[:32]


@dataclass(slots=True)
class Standing:
    """What the entries of one chain add up to: record -> what must be so."""

    chain: str
    facts: dict[str, Facts] = field(default_factory=dict)

    def take(self, entry: AuditEntry) -> None:
        kind = entry.action.partition(".")[0]
        if (reader := _READERS.get(kind)) is not None:
            reader(self.facts, entry)

    def differences(self, session: Session, keys: KeyRing | None) -> Iterator[Difference]:
        """Where the rows of this chain are otherwise; ``keys``: of the installation, where they are at hand."""
        if self.chain == SYSTEM:
            yield from _accounts(session, self.facts)
            yield from _identities(session, self.facts)
            yield from _tokens(session, self.facts)
        else:
            survey_id = UUID(self.chain)
            yield from _surveys(session, self.facts, survey_id)
            yield from _waves(session, self.facts, survey_id)
            yield from _versions(session, self.facts, survey_id)
            yield from _releases(session, self.facts, survey_id)
            yield from _responses(session, self.facts, survey_id, keys)


# ------------------------------------------------------------------ what an entry means


def _of_account(facts: dict[str, Facts], entry: AuditEntry) -> None:
    one = facts.setdefault(entry.record, {"grants": set()})
    what = entry.action.removeprefix("account.")
    owner = entry.record == f"account {entry.by_account_id}"
    if what == "created":
        one |= {"there": True, "disabled": False, "second_factor": False, "identity": False}
    elif what == "granted":
        one["grants"].add((entry.detail["role"], entry.detail["area"]))
    elif what == "revoked":
        one["grants"].discard((entry.detail["role"], entry.detail["area"]))
    elif what in ("disabled", "enabled"):
        one["disabled"] = what == "disabled"
    elif what in ("second_factor_on", "second_factor_off"):
        one["second_factor"] = what == "second_factor_on"
    elif what in ("identity_linked", "identity_unlinked"):
        one["identity"] = what == "identity_linked"
    if "password" in entry.detail:
        one["password"] = entry.detail["password"]
    elif what in ("password_changed", "password_reset", "password_rehashed"):
        one.pop("password", None)  # written before the log kept a mark of it
    if what == "contacts_agreed":
        one["agreed"] = str(entry.by_account_id)
    elif what in ("created", "password_reset", "identity_linked", "identity_unlinked") or (
        what == "second_factor_off" and not owner
    ):
        one["agreed"] = ""


def _of_token(facts: dict[str, Facts], entry: AuditEntry) -> None:
    if entry.action == "token.made":
        facts[entry.record] = {"there": True}


def _of_survey(facts: dict[str, Facts], entry: AuditEntry) -> None:
    if entry.action == "survey.created":
        facts[entry.record] = {"there": True}


def _of_wave(facts: dict[str, Facts], entry: AuditEntry) -> None:
    what = entry.action.removeprefix("wave.")
    if what == "created":
        facts[entry.record] = {"state": "draft"}
    elif what == "deleted":
        facts.pop(entry.record, None)
    elif what in WAVE_STATES:
        facts.setdefault(entry.record, {})["state"] = what


def _of_questionnaire(facts: dict[str, Facts], entry: AuditEntry) -> None:
    facts[entry.record] = {"sha256": entry.detail["sha256"]}


def _of_release(facts: dict[str, Facts], entry: AuditEntry) -> None:
    known = ("number", "snapshot", "estimates", "printed")
    facts[entry.record] = {name: entry.detail[name] for name in known if name in entry.detail}


def _of_response(facts: dict[str, Facts], entry: AuditEntry) -> None:
    one = facts.setdefault(entry.record, {})
    if entry.action == "response.erased":
        one["state"] = ResponseState.DELETED.value
        one.pop("answers", None)
        return
    one["capture"], one["answers"] = entry.detail["capture"], entry.detail["answers"]
    if entry.action == "response.recorded":
        one["state"] = entry.detail["state"]


_READERS: Mapping[str, Callable[[dict[str, Facts], AuditEntry], None]] = {
    "account": _of_account,
    "token": _of_token,
    "survey": _of_survey,
    "wave": _of_wave,
    "questionnaire": _of_questionnaire,
    "release": _of_release,
    "response": _of_response,
}


# ------------------------------------------------------------------ what the rows hold


def _missing(facts: dict[str, Facts], kind: str, found: set[str], key: str = "there") -> Iterator[Difference]:
    """Records that the log names and that have no row any more."""
    for record, one in facts.items():
        if record.startswith(kind) and record not in found and key in one:
            yield Difference(record, "row", "there", "gone")


def _unknown(record: str) -> Difference:
    return Difference(record, "row", "no entry made it", "there")


def _compared(record: str, one: Facts, held: Mapping[str, Any]) -> Iterator[Difference]:
    for what, value in held.items():
        if what in one and one[what] != value:
            yield Difference(record, what, _plain(one[what]), _plain(value))


def _plain(value: Any) -> str:
    return {True: "yes", False: "no", "": "nobody"}.get(value, str(value))


def _accounts(session: Session, facts: dict[str, Facts]) -> Iterator[Difference]:
    granted: dict[UUID, set[tuple[str, str]]] = {}
    for row in session.execute(select(Grant.account_id, Grant.role, Grant.area_id)):
        granted.setdefault(row.account_id, set()).add((row.role.value, str(row.area_id)))
    found = set()
    for account in session.scalars(select(Account).order_by(Account.user)):
        record = f"account {account.id}"
        found.add(record)
        one = facts.get(record, {})
        if "there" not in one:
            yield _unknown(record)
            continue
        held = {
            "disabled": account.disabled_at is not None,
            "second_factor": account.second_factor_since is not None,
            "password": password_mark(account.password_hash),
            "agreed": str(account.contacts_agreed_by) if account.contacts_agreed_at is not None else "",
        }
        yield from _compared(record, one, held)
        now = granted.get(account.id, set())
        for role, area in sorted(now - one["grants"]):
            yield Difference(record, f"role {role} on area {area}", "not given", "held")
        for role, area in sorted(one["grants"] - now):
            yield Difference(record, f"role {role} on area {area}", "given", "gone")
    yield from _missing(facts, "account ", found)


def _identities(session: Session, facts: dict[str, Facts]) -> Iterator[Difference]:
    held = {f"account {one}" for one in session.scalars(select(AccountIdentity.account_id))}
    for record, one in facts.items():
        if record.startswith("account ") and one.get("identity", False) != (record in held):
            yield Difference(record, "identity", _plain(one.get("identity", False)), _plain(record in held))


def _tokens(session: Session, facts: dict[str, Facts]) -> Iterator[Difference]:
    for token in session.scalars(select(AccessToken.id)):
        if f"access_token {token}" not in facts:
            yield _unknown(f"access_token {token}")


def _surveys(session: Session, facts: dict[str, Facts], survey_id: UUID) -> Iterator[Difference]:
    record = f"survey {survey_id}"
    there = session.get(Survey, survey_id) is not None
    if there != (record in facts):
        yield _unknown(record) if there else Difference(record, "row", "there", "gone")


def _waves(session: Session, facts: dict[str, Facts], survey_id: UUID) -> Iterator[Difference]:
    found = set()
    for wave_id, state in session.execute(select(Wave.id, Wave.state).where(Wave.survey_id == survey_id)):
        record = f"wave {wave_id}"
        found.add(record)
        if record not in facts:
            yield _unknown(record)
        else:
            yield from _compared(record, facts[record], {"state": state.value})
    yield from _missing(facts, "wave ", found, "state")


def _versions(session: Session, facts: dict[str, Facts], survey_id: UUID) -> Iterator[Difference]:
    found = set()
    version = QuestionnaireVersion
    for row in session.execute(
        select(version.id, version.definition).where(version.survey_id == survey_id).execution_options(yield_per=20)
    ):
        record = f"questionnaire_version {row.id}"
        found.add(record)
        if record not in facts:
            yield _unknown(record)
        else:
            yield from _compared(record, facts[record], {"sha256": _sha256(row.definition)})
    yield from _missing(facts, "questionnaire_version ", found, "sha256")


def _releases(session: Session, facts: dict[str, Facts], survey_id: UUID) -> Iterator[Difference]:
    found = set()
    rows = select(Release.id, Release.number, Release.snapshot_sha256, Release.estimates, Release.printed)
    for row in session.execute(rows.where(Release.survey_id == survey_id).execution_options(yield_per=5)):
        record = f"release {row.id}"
        found.add(record)
        if record not in facts:
            yield _unknown(record)
            continue
        held = {"number": row.number, "snapshot": row.snapshot_sha256, "estimates": _sha256(row.estimates)}
        if row.printed is not None:
            held["printed"] = hashlib.sha256(zlib.decompress(row.printed)).hexdigest()
        yield from _compared(record, facts[record], held)
    yield from _missing(facts, "release ", found, "number")


def _responses(
    session: Session, facts: dict[str, Facts], survey_id: UUID, keys: KeyRing | None
) -> Iterator[Difference]:
    rows = (
        select(Response.id, Response.state, Response.current_capture_id, Capture.content_sha256, Capture.answers)
        .outerjoin(Capture, (Capture.survey_id == Response.survey_id) & (Capture.id == Response.current_capture_id))
        .where(Response.survey_id == survey_id)
        .execution_options(yield_per=1000)
    )
    found = set()
    for row in session.execute(rows):
        record = f"response {row.id}"
        found.add(record)
        if record not in facts:
            yield _unknown(record)
            continue
        one = facts[record]
        held: Facts = {"state": row.state.value, "capture": str(row.current_capture_id)}
        if "answers" in one and row.answers is not None:  # an erased one holds none
            sha256 = _sha256(row.answers)
            if sha256 != row.content_sha256:
                yield Difference(record, "answers", "as their hash", "others")
            elif keys is not None:
                held["answers"] = keys.keyed_hash("answers", sha256)
        yield from _compared(record, one, held)
    yield from _missing(facts, "response ", found, "state")


def _sha256(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()
