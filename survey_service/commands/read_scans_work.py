"""The work of ``survey-service read-scans``: pages are found and read one by one, forms are taken in one by one."""

from __future__ import annotations

import io
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import typer
from sqlalchemy import select
from sqlalchemy.orm import Session

from reports.paper_form.geometry import BOX, Box, Entry, from_json
from survey_service.accounts.queries import below
from survey_service.audit import Actor
from survey_service.clock import system_clock
from survey_service.commands.paper_options import Faulty, find_wave, opened
from survey_service.database import Database
from survey_service.errors import DomainError
from survey_service.keying.scanned import ReadField, ReadPage, Taken, take_in
from survey_service.models import PaperEdition, Survey, Wave
from survey_service.paper.reading import images
from survey_service.paper.reading.alignment import NotLocated, crop
from survey_service.paper.reading.judgement import Doubt
from survey_service.paper.reading.page import Edition, PageReading, read_page
from survey_service.paper.serials import PageCode, survey_mark
from survey_service.surveys import definitions

OPERATOR = Actor(None, "command line")
MARGIN, LABEL = 2.0, 22.0  # mm around a picture, and to the right for the label of the last box
WHY = {
    "no_code": "no QR code of ours was found; is the top left corner in the picture?",
    "no_marks": "the corner marks were not found; are all four in the picture?",
    "unknown_form": "the form belongs to another survey, or was printed elsewhere",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class ScanOrder:
    folder: Path
    wave: str
    survey: str
    database: str


@dataclass(slots=True)
class Found:
    """What was read so far."""

    pages: dict[str, list[ReadPage]] = field(default_factory=dict)  # by serial
    faults: list[str] = field(default_factory=list)
    read: Counter[str] = field(default_factory=Counter)


def run(order: ScanOrder) -> int:
    """0 where every page was read; 1 where something is left for a person to look at again."""
    if missing := images.missing_libraries():
        typer.echo(f"Reading scans needs {', '.join(missing)}: pip install 'survey-service[scan]'.", err=True)
        return 1
    try:
        _, database = opened(order.database)
    except Faulty as fault:
        typer.echo(str(fault), err=True)
        return 1
    try:
        files = sorted(path for path in order.folder.rglob("*") if path.suffix.lower() in images.SUFFIXES)
        if not files:
            raise Faulty(f"{order.folder}: no PDF or picture is in this folder.")
        with database.reading.begin() as session:
            survey, wave = find_wave(session, order.survey, order.wave)
            mark, city, wave_key = survey_mark(survey.id), survey.city_id, (survey.id, wave.id)
            editions = _editions(session, survey)
        found = Found()
        for path in files:
            _read_file(path, mark, editions, found)
        _store(database, wave_key, city, found)
    except Faulty as fault:
        typer.echo(str(fault), err=True)
        return 1
    finally:
        database.dispose()
    return 1 if found.faults else 0


def _editions(session: Session, survey: Survey) -> dict[str, Edition]:
    """What was printed for the survey, by the digits that stand in the code."""
    rows = session.scalars(select(PaperEdition).where(PaperEdition.survey_id == survey.id))
    return {
        row.sha256[:8]: Edition(
            questionnaire=definitions.frozen(session, survey.id, row.questionnaire_version_id),
            geometry=from_json(row.geometry),
        )
        for row in rows
    }


def _read_file(path: Path, mark: str, editions: dict[str, Edition], found: Found) -> None:
    def edition(code: PageCode) -> Edition | None:
        return editions.get(code.version) if code.survey == mark else None

    try:
        for number, image in enumerate(images.pages(path), start=1):
            page = read_page(image, edition)
            if isinstance(page, NotLocated):
                serial = f" (form {page.code.serial})" if page.code else ""
                found.faults.append(f"{path.name}, page {number}{serial}: {WHY[page.reason]}")
                continue
            code = page.located.code
            fields = tuple(_fields(image, page))
            found.pages.setdefault(code.serial, []).append(ReadPage(page=code.page, file_name=path.name, fields=fields))
            found.read.update("accepted" if one.doubt is None else "doubtful" for one in fields)
            typer.echo(f"{path.name}, page {number}: form {code.serial}, page {code.page}")
    except images.UnreadableFile as fault:
        found.faults.append(str(fault))


def _fields(image: Any, page: PageReading) -> Iterator[ReadField]:
    """Every field of the page, with a picture where a person looks: doubtful boxes, and all handwriting."""
    code = page.located.code
    boxes: dict[str, list[Box]] = {}
    for box in page.edition.geometry.boxes:
        if box.page == code.page:
            boxes.setdefault(box.variable, []).append(box)
    for one in page.fields:
        seen = _picture(image, page, boxes[one.variable]) if one.doubt is not None else None
        yield ReadField(
            variable=one.variable, codes=one.codes, confidence=one.confidence,
            doubt=one.doubt.value if one.doubt else None, crop=seen,
        )  # fmt: skip
    for entry in page.edition.geometry.entries:
        if entry.page == code.page:
            yield ReadField(
                variable=entry.variable, codes=(), confidence=0.0, doubt=Doubt.HANDWRITING.value,
                crop=_written(image, page, entry),
            )  # fmt: skip


def _picture(image: Any, page: PageReading, boxes: list[Box]) -> bytes:
    left, top = min(box.x for box in boxes), min(box.y for box in boxes)
    right, bottom = max(box.x for box in boxes) + BOX + LABEL, max(box.y for box in boxes) + BOX
    return _png(image, page, left, top, min(right, 200.0) - left, bottom - top)


def _written(image: Any, page: PageReading, entry: Entry) -> bytes:
    return _png(image, page, entry.x, entry.y, entry.width, entry.height)


def _png(image: Any, page: PageReading, x: float, y: float, width: float, height: float) -> bytes:
    seen = crop(
        image, page.located.matrix, x - MARGIN, y - MARGIN, width + 2 * MARGIN, height + 2 * MARGIN
    )  # fmt: skip
    file = io.BytesIO()
    seen.save(file, "PNG", optimize=True)
    return file.getvalue()


def _store(database: Database, wave_key: Any, city: Any, found: Found) -> None:
    taken: Counter[Taken] = Counter()
    for serial, pages in sorted(found.pages.items()):
        try:
            with database.writing.begin() as session:
                wave = session.get_one(Wave, wave_key)
                taken[take_in(session, wave, serial, pages, below([city]), at=system_clock(), by=OPERATOR)] += 1
        except DomainError as refused:
            found.faults.append(f"form {serial}: {refused.code} {refused.en}")
    typer.echo(
        f"{taken[Taken.WAITS]} forms wait for a keyer, {taken[Taken.KEYED]} were keyed already. "
        f"{found.read['accepted']} answers read, {found.read['doubtful']} left to a person."
    )
    for fault in found.faults:
        typer.echo(fault, err=True)
