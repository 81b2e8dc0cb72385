"""A scan as the first keying of a form: what was read for sure stands in the boxes, the rest waits with its picture.

A form that was scanned is finished by a keyer, who fills in handwriting and what is doubtful; its second keying is
blind and by hand as any other. So a scan never answers alone.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from uuid import UUID

from sqlalchemy import Select, delete, select
from sqlalchemy.orm import Session

from survey_service import audit
from survey_service.keying import drafts, forms, queries
from survey_service.keying.schemas import FormFound
from survey_service.models import FormState, Keying, KeyingPass, KeyingState, ScanField, ScanPage, Wave
from survey_service.paper.service import log_form

LONGEST_NAME = 200


DIFFERS = "differs"  # the doubt of a field that two pictures of its page do not show alike


@dataclass(frozen=True, slots=True, kw_only=True)
class Taken:
    """What became of the scan of a form."""

    waits: bool  # in the boxes, for a keyer; else keyed by hand already or open at somebody's: the scan changed nothing
    pages: frozenset[int] = frozenset()  # read of this form by now, in this run or before
    differing: Mapping[int, tuple[str, ...]] = field(default_factory=dict)  # fields by page: read otherwise before


@dataclass(frozen=True, slots=True, kw_only=True)
class ReadField:
    variable: str
    codes: tuple[str, ...]
    confidence: float
    doubt: str | None  # None: accepted
    crop: bytes | None = None  # PNG of the field; kept where a person looks


@dataclass(frozen=True, slots=True, kw_only=True)
class ReadPage:
    """One page of a form as it was read; no image but the pictures of single fields."""

    page: int
    file_name: str
    fields: Sequence[ReadField] = field(default_factory=tuple)


def take_in(
    session: Session,
    wave: Wave,
    serial: str,
    pages: Sequence[ReadPage],
    visible: Select[tuple[UUID]],
    *,
    at: datetime,
    by: audit.Actor,
) -> Taken:
    """Put what was read of a form into its first keying. The same pages again change nothing.

    A field that an earlier picture of its page showed otherwise is taken out and left to a person: the last picture
    knows no better than the one before.

    Raises NoSuchForm; WaveClosed, TooLate and FormSetAside as for keying by hand.
    """
    form = forms.find_form(session, wave, serial, visible, language="zh")
    queries.lock_form(session, wave.survey_id, form)
    first = queries.keyings(session, wave.survey_id, form.paper_id).get(KeyingPass.FIRST)
    if form.keyed or (first is not None and (first.state is KeyingState.DONE or first.account_id is not None)):
        return Taken(waits=False)
    log_form(session, wave, serial, FormState.RETURNED, visible, at=at, by=by)
    form = forms.find_form(session, wave, serial, visible, language="zh")
    forms.refuse_if_closed(wave, form)
    if first is None:
        first = drafts.new_keying(wave, form, KeyingPass.FIRST, KeyingState.UNDER_WAY)
        session.add(first)
        session.flush()
    differing = {page.page: told for page in pages if (told := _page(session, form, first, page, at))}
    audit.record(
        session,
        survey_id=wave.survey_id,
        at=at,
        by=by,
        action="paper_form.scanned",
        record=f"paper_form {form.form_id}",
        detail={"pages": [page.page for page in pages], "doubtful": sum(map(_doubtful, pages))},
    )
    read = session.scalars(
        select(ScanPage.page).where(ScanPage.survey_id == wave.survey_id, ScanPage.form_id == form.form_id)
    )
    return Taken(waits=True, pages=frozenset(read), differing=differing)


def _doubtful(page: ReadPage) -> int:
    return sum(one.doubt is not None for one in page.fields)


def agreed(one: ReadField, other: ReadField) -> ReadField:
    """One field on two pictures of its page: sure only where both are and say the same."""
    if one.doubt is None and other.doubt is None and one.codes == other.codes:
        return one
    if one.doubt is not None and other.doubt is not None:
        return one
    doubt = DIFFERS if set(one.codes) != set(other.codes) else one.doubt or other.doubt
    return ReadField(
        variable=one.variable, codes=(), confidence=min(one.confidence, other.confidence), doubt=doubt, crop=one.crop
    )


def _page(session: Session, form: FormFound, first: Keying, page: ReadPage, at: datetime) -> tuple[str, ...]:
    """Put a page into the keying; the fields that an earlier picture of it showed otherwise."""
    assert form.form_id is not None
    here = {"survey_id": first.survey_id, "form_id": form.form_id}
    before = _read_before(session, first, page.page, **here)
    fields = [agreed(one, before[one.variable]) if one.variable in before else one for one in page.fields]
    for table in (ScanField, ScanPage):
        of_page = (table.survey_id == first.survey_id) & (table.form_id == form.form_id) & (table.page == page.page)
        session.execute(delete(table).where(of_page))
    session.add(
        ScanPage(
            **here,
            page=page.page,
            file_name=page.file_name[:LONGEST_NAME],
            fields=len(fields),
            doubtful=sum(one.doubt is not None for one in fields),
            read_at=at,
        )
    )
    session.add_all(
        ScanField(
            **here,
            variable=one.variable,
            page=page.page,
            confidence=one.confidence,
            doubt=one.doubt,
            crop=one.crop if one.doubt is not None else None,
        )
        for one in fields
    )
    read = {one.variable: ",".join(one.codes) for one in fields if one.doubt is None and one.codes}
    kept = {name: typed for name, typed in first.fields.items() if name not in {one.variable for one in fields}}
    first.fields = {**kept, **read}
    return tuple(
        one.variable
        for one in page.fields
        if one.variable in before and before[one.variable].doubt is None and _sure(one) != before[one.variable].codes
    )


def _sure(one: ReadField) -> tuple[str, ...] | None:
    return one.codes if one.doubt is None else None


def _read_before(session: Session, first: Keying, page: int, *, survey_id: UUID, form_id: UUID) -> dict[str, ReadField]:
    """What is known of an earlier picture of this page; of a doubtful field no codes were kept."""
    rows = session.scalars(
        select(ScanField).where(ScanField.survey_id == survey_id, ScanField.form_id == form_id, ScanField.page == page)
    )
    return {
        row.variable: ReadField(
            variable=row.variable,
            codes=tuple(filter(None, first.fields.get(row.variable, "").split(","))) if row.doubt is None else (),
            confidence=row.confidence,
            doubt=row.doubt,
            crop=row.crop,
        )
        for row in rows
    }


def pictures(session: Session, survey_id: UUID, form: FormFound) -> Mapping[str, str | None]:
    """Fields of a scanned form that have a picture, and why a person looks."""
    if form.form_id is None:
        return {}
    rows = session.execute(
        select(ScanField.variable, ScanField.doubt).where(
            ScanField.survey_id == survey_id, ScanField.form_id == form.form_id, ScanField.crop.is_not(None)
        )
    )
    return {row[0]: row[1] for row in rows}


def picture(session: Session, survey_id: UUID, form: FormFound, variable: str) -> bytes | None:
    return session.scalar(
        select(ScanField.crop).where(
            ScanField.survey_id == survey_id, ScanField.form_id == form.form_id, ScanField.variable == variable
        )
    )
