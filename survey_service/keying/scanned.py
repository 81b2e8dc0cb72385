"""A scan as the first keying of a form: what was read for sure stands in the boxes, the rest waits with its picture.

A form that was scanned is finished by a keyer, who fills in handwriting and what is doubtful; its second keying is
blind and by hand as any other. So a scan never answers alone.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from uuid import UUID

from sqlalchemy import Select, delete, select
from sqlalchemy.orm import Session

from survey_service import audit
from survey_service.keying import drafts, forms, queries
from survey_service.keying.schemas import FormFound
from survey_service.models import FormState, Keying, KeyingPass, KeyingState, ScanField, ScanPage, Wave
from survey_service.paper.service import log_form

LONGEST_NAME = 200


class Taken(StrEnum):
    """What became of the scan of a form."""

    WAITS = "waits"  # in the boxes, for a keyer to finish
    KEYED = "keyed"  # by hand already, or somebody has it open: the scan changes nothing


@dataclass(frozen=True, slots=True, kw_only=True)
class ReadField:
    variable: str
    codes: tuple[str, ...]
    confidence: float
    doubt: str | None  # None: accepted
    crop: bytes | None = None  # PNG, where a person looks


@dataclass(frozen=True, slots=True, kw_only=True)
class ReadPage:
    """One page of a form as it was read; no image but the pictures of single fields."""

    page: int
    file_name: str
    fields: Sequence[ReadField] = field(default_factory=tuple)


def take_in(
    session: Session, wave: Wave, serial: str, pages: Sequence[ReadPage], visible: Select[tuple[UUID]], *,
    at: datetime, by: audit.Actor,
) -> Taken:  # fmt: skip
    """Put what was read of a form into its first keying. The same pages again change nothing.

    Raises NoSuchForm; WaveClosed, TooLate and FormSetAside as for keying by hand.
    """
    form = forms.find_form(session, wave, serial, visible, language="zh")
    queries.lock_form(session, wave.survey_id, form)
    first = queries.keyings(session, wave.survey_id, form.paper_id).get(KeyingPass.FIRST)
    if form.keyed or (first is not None and (first.state is KeyingState.DONE or first.account_id is not None)):
        return Taken.KEYED
    log_form(session, wave, serial, FormState.RETURNED, visible, at=at, by=by)
    form = forms.find_form(session, wave, serial, visible, language="zh")
    forms.refuse_if_closed(wave, form)
    if first is None:
        first = drafts.new_keying(wave, form, KeyingPass.FIRST, KeyingState.UNDER_WAY)
        session.add(first)
        session.flush()
    for page in pages:
        _page(session, form, first, page, at)
    audit.record(
        session, survey_id=wave.survey_id, at=at, by=by, action="paper_form.scanned",
        record=f"paper_form {form.form_id}",
        detail={"pages": [page.page for page in pages], "doubtful": sum(map(_doubtful, pages))},
    )  # fmt: skip
    return Taken.WAITS


def _doubtful(page: ReadPage) -> int:
    return sum(one.doubt is not None for one in page.fields)


def _page(session: Session, form: FormFound, first: Keying, page: ReadPage, at: datetime) -> None:
    """A page that is scanned again replaces what was read of it before."""
    assert form.form_id is not None
    here = {"survey_id": first.survey_id, "form_id": form.form_id}
    for table in (ScanField, ScanPage):
        of_page = (table.survey_id == first.survey_id) & (table.form_id == form.form_id) & (table.page == page.page)
        session.execute(delete(table).where(of_page))
    session.add(
        ScanPage(
            **here, page=page.page, file_name=page.file_name[:LONGEST_NAME], fields=len(page.fields),
            doubtful=_doubtful(page), read_at=at,
        )
    )  # fmt: skip
    session.add_all(
        ScanField(
            **here, variable=one.variable, page=page.page, confidence=one.confidence, doubt=one.doubt, crop=one.crop
        )
        for one in page.fields
    )
    read = {one.variable: ",".join(one.codes) for one in page.fields if one.doubt is None and one.codes}
    kept = {name: typed for name, typed in first.fields.items() if name not in {one.variable for one in page.fields}}
    first.fields = {**kept, **read}


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
