"""The ledger of captures: the one writer of ``capture``, and of what a ``response`` counts.

Whatever way answers come (a phone, a device, two keyings, a file, a decision, a correction), their rows are written
here and nowhere else, each with its line in the audit log; ``tests/architecture`` holds it. Whether they may be written
is decided before, by ``first`` and ``further``; in the end the constraints of the database decide. All of it is done in
the caller's transaction.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from typing import Any, cast
from uuid import UUID

from sqlalchemy import Table, select, union_all, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from analysis import final_outcomes
from questionnaires.answers import CANONICAL_FORMAT
from survey_service import audit
from survey_service.bulk import in_groups, insert_rows
from survey_service.captures import attached
from survey_service.captures.content import canonical_content, content_sha256, plain_findings
from survey_service.captures.errors import Withdrawn
from survey_service.captures.incoming import IncomingCapture, Outcome, Recorded
from survey_service.ids import new_id
from survey_service.migrations.guards import ERASED, NO_ANSWERS
from survey_service.models import OUTCOME_MODES, AccessCode, Capture, Case, Disposition, Mode, Response, ResponseState
from survey_service.models.capture import CONFLICTS, KNOWN
from survey_service.secrets import KeyRing, code_hash

_CAPTURES, _RESPONSES = cast("Table", Capture.__table__), cast("Table", Response.__table__)
_AT_ONCE = 1000  # rows of one statement

Row = dict[str, Any]


def enter_first(
    session: Session, many: Sequence[IncomingCapture], *, keys: KeyRing, begun: Mapping[UUID, UUID] | None = None
) -> list[Recorded]:
    """First answers, each as a capture and a response that counts it. ``begun``: case -> response that broke off.

    The caller has looked whether each is new and whether its wave takes it, and is in a savepoint: IntegrityError where
    one of them is not new after all. A complete answer uses up the code of its case; Withdrawn where that was used.
    """
    captures: list[Row] = []
    responses: list[Row] = []
    completed: list[tuple[UUID, UUID, Row]] = []
    recorded: list[Recorded] = []
    for incoming in many:
        before = begun.get(incoming.case_id) if begun and incoming.case_id is not None else None
        response_id, capture_id = before or new_id(), new_id()
        receipt = incoming.receipt(response_id, keys)
        captures.append(_capture_row(incoming, capture_id, response_id))
        counted = _counted(incoming, capture_id)
        hashed = code_hash(receipt) if receipt else None
        if before is None:
            responses.append(_place(incoming, response_id) | counted | {"receipt_sha256": hashed})
        else:  # a case that broke off and goes on: its response is completed, not doubled, and keeps its receipt
            completed.append(
                (incoming.survey_id, response_id, counted | ({"receipt_sha256": hashed} if hashed else {}))
            )
        recorded.append(
            Recorded(response_id=response_id, capture_id=capture_id, receipt=receipt, outcome=Outcome.STORED)
        )
    for some in in_groups(captures, _AT_ONCE):
        insert_rows(session, _CAPTURES, some)
    for some in in_groups(responses, _AT_ONCE):
        insert_rows(session, _RESPONSES, some)
    for survey_id, response_id, counted in completed:
        _change_response(session, survey_id, response_id, counted)
    for incoming, done in zip(many, recorded, strict=True):
        attached.bind(session, incoming.survey_id, incoming.wave_id, done.response_id, incoming.checked.files)
    _use_up_codes(session, many)
    _settle_cases(session, many)
    for incoming, done, row in zip(many, recorded, captures, strict=True):
        _audit(session, incoming, done, "response.recorded", _detail(incoming, row, keys))
    return recorded


def enter_further(
    session: Session,
    incoming: IncomingCapture,
    response_id: UUID,
    *,
    counts: bool,
    action: str,
    keys: KeyRing,
    **detail: str,
) -> Recorded:
    """One more capture of a response that exists; ``counts``: it is what is counted from now on.

    ``action`` and ``detail`` are for the audit log. IntegrityError where its client_id is known.
    """
    capture_id = new_id()
    row = _capture_row(incoming, capture_id, response_id)
    insert_rows(session, _CAPTURES, [row])
    attached.bind(session, incoming.survey_id, incoming.wave_id, response_id, incoming.checked.files)
    if counts:
        _change_response(session, incoming.survey_id, response_id, {"current_capture_id": capture_id})
    done = Recorded(response_id=response_id, capture_id=capture_id, receipt=None, outcome=Outcome.STORED)
    _audit(session, incoming, done, action, _detail(incoming, row, keys) | detail)
    return done


def keep_conflict(session: Session, incoming: IncomingCapture, keys: KeyRing) -> UUID | None:
    """Keep other answers under an id that is known, counted nowhere; None where these very answers are kept already."""
    of_these = (
        (Capture.survey_id == incoming.survey_id)
        & (Capture.client_id == incoming.client_id)
        & (Capture.content_sha256 == content_sha256(incoming.checked))
    )
    alike = union_all(*(select(Capture.id).where(of_these, which) for which in (KNOWN, CONFLICTS)))
    if session.execute(alike).first() is not None:
        return None
    capture_id = new_id()
    row = _capture_row(incoming, capture_id, None)
    try:
        with session.begin_nested():
            insert_rows(session, _CAPTURES, [row])
            _keep_files(session, incoming)
    except IntegrityError:  # another process kept the same ones at this moment
        return None
    audit.record(
        session,
        survey_id=incoming.survey_id,
        at=incoming.at,
        by=incoming.by,
        action="capture.conflict",
        record=audit.Rows(f"capture {capture_id}", incoming.wave_id),
        detail=_detail(incoming, row, keys),
    )
    return capture_id


def _keep_files(session: Session, incoming: IncomingCapture) -> None:
    """Of answers that are counted nowhere: they go with the response that came first under their id."""
    if not incoming.checked.files:
        return
    first = select(Capture.response_id).where(
        Capture.survey_id == incoming.survey_id, Capture.client_id == incoming.client_id, KNOWN
    )
    if (response_id := session.scalar(first)) is not None:
        attached.bind(session, incoming.survey_id, incoming.wave_id, response_id, incoming.checked.files)


def blank(session: Session, survey_id: UUID, response_id: UUID, capture_ids: Sequence[UUID]) -> None:
    """Take the answers out of these captures where they stand, and let the response count nothing any more."""
    for capture_id in capture_ids:
        session.execute(
            update(Capture)
            .where(Capture.survey_id == survey_id, Capture.id == capture_id)
            .values(
                answers=NO_ANSWERS,
                content_sha256=f"{ERASED}{capture_id.hex}",
                findings=[],
                paradata={},
                reason=None,
            )
            .execution_options(synchronize_session=False)
        )
    _change_response(session, survey_id, response_id, {"state": ResponseState.DELETED})


# ------------------------------------------------------------------ rows


def _capture_row(incoming: IncomingCapture, capture_id: UUID, response_id: UUID | None) -> Row:
    text, sha256 = canonical_content(incoming.checked)
    return {
        "survey_id": incoming.survey_id,
        "id": capture_id,
        "wave_id": incoming.wave_id,
        "response_id": response_id,
        "case_id": incoming.case_id,
        "area_id": incoming.area_id,
        "client_id": incoming.client_id,
        "mode": incoming.mode,
        "source": incoming.source,
        "questionnaire_version_id": incoming.questionnaire_version_id,
        "by_account_id": incoming.by.account_id,
        "at": incoming.at,
        "reason": incoming.reason,
        "answers": text,
        "answers_format": CANONICAL_FORMAT,
        "content_sha256": sha256,
        "findings": plain_findings(incoming.checked),
        "paradata": dict(incoming.paradata),
        "conflict": response_id is None,
    }


def _place(incoming: IncomingCapture, response_id: UUID) -> Row:
    return {
        "survey_id": incoming.survey_id,
        "id": response_id,
        "wave_id": incoming.wave_id,
        "case_id": incoming.case_id,
        "area_id": incoming.area_id,
    }


def _counted(incoming: IncomingCapture, capture_id: UUID) -> Row:
    return {
        "mode": incoming.mode,
        "state": incoming.state,
        "current_capture_id": capture_id,
        "completed_at": incoming.at if incoming.state is ResponseState.COMPLETE else None,
    }


def _change_response(session: Session, survey_id: UUID, response_id: UUID, values: Row) -> None:
    session.execute(
        update(Response).where(Response.survey_id == survey_id, Response.id == response_id).values(**values)
    )


def _use_up_codes(session: Session, many: Sequence[IncomingCapture]) -> None:
    """A complete answer uses the code of its case; an open code is never used up."""
    for incoming in many:
        if incoming.case_id is None or incoming.code_id is None or incoming.state is not ResponseState.COMPLETE:
            continue
        used = session.execute(
            update(AccessCode)
            .where(AccessCode.survey_id == incoming.survey_id, AccessCode.id == incoming.code_id)
            .where(AccessCode.used_at.is_(None))
            .values(used_at=incoming.at)
            .returning(AccessCode.id)
        ).one_or_none()
        if used is None:  # its case has no complete response any more, but the code has done its work
            raise Withdrawn


def _settle_cases(session: Session, many: Sequence[IncomingCapture]) -> None:
    """What became of the cases whose answers these are."""
    settled: dict[tuple[UUID, Disposition, Mode], list[UUID]] = defaultdict(list)
    for incoming in many:
        if incoming.case_id is not None:
            complete = incoming.state is ResponseState.COMPLETE
            outcome = Disposition.COMPLETE if complete else Disposition.PARTIAL
            settled[incoming.survey_id, outcome, incoming.mode].append(incoming.case_id)
    for (survey_id, outcome, mode), case_ids in settled.items():
        code = final_outcomes.COMPLETE if outcome is Disposition.COMPLETE else final_outcomes.PARTIAL
        for some in in_groups(case_ids, _AT_ONCE):
            session.execute(
                update(Case)
                .where(Case.survey_id == survey_id, Case.id.in_(some))
                .values(disposition=outcome, outcome_code=code, outcome_mode=OUTCOME_MODES[mode])
            )


# ------------------------------------------------------------------ the audit log


def _audit(session: Session, incoming: IncomingCapture, done: Recorded, action: str, detail: Mapping[str, str]) -> None:
    audit.record(
        session,
        survey_id=incoming.survey_id,
        at=incoming.at,
        by=incoming.by,
        action=action,
        record=audit.Rows(f"response {done.response_id}", incoming.wave_id),
        reason=incoming.reason,
        detail=detail,
    )


def _detail(incoming: IncomingCapture, row: Row, keys: KeyRing) -> dict[str, str]:
    return {
        "capture": str(row["id"]),
        "mode": incoming.mode.value,
        "source": incoming.source.value,
        "state": incoming.state.value,
        "answers": keys.keyed_hash("answers", row["content_sha256"]),
    }
