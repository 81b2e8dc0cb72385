"""The work of ``survey-service read-scans``: pages are found and read one by one, forms are taken in one by one.

Every file and every page of it ends in one of three ways: it was read, it is named with the reason why not, or, where
pages of one form do not fit together, the form is named.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from functools import reduce
from pathlib import Path
from typing import Any

import typer

from survey_service.accounts.queries import below
from survey_service.audit import Actor
from survey_service.clock import system_clock
from survey_service.commands.paper_options import Faulty, find_wave, opened
from survey_service.commands.read_scans_editions import Editions, NoPrint
from survey_service.database import Database
from survey_service.errors import DomainError
from survey_service.keying.scanned import DIFFERS, ReadField, ReadPage, Taken, agreed, take_in
from survey_service.models import Wave
from survey_service.paper.reading import images
from survey_service.paper.reading.alignment import NotLocated
from survey_service.paper.reading.crops import below_each_other, entry_picture, field_picture
from survey_service.paper.reading.images import Grey
from survey_service.paper.reading.judgement import Doubt
from survey_service.paper.reading.page import PageReading, read_page
from survey_service.paper.serials import grouped, survey_mark

OPERATOR = Actor(None, "command line")
WHY = {
    "no_code": "no QR code of ours was found; is the top left corner in the picture?",
    "no_marks": "the corner marks were not found; are all four in the picture?",
    "unknown_form": "the form belongs to another survey, or was printed elsewhere",
    "no_print": "what was printed is not here any more: draw its batch anew (print-forms --batch), or key it by hand",
}
# What systems put into folders by themselves: no scans, and nobody misses them.
LITTER = frozenset({"thumbs.db", "desktop.ini"})


@dataclass(frozen=True, slots=True, kw_only=True)
class ScanArguments:
    folder: Path
    wave: str
    survey: str
    database: str


@dataclass(slots=True)
class Found:
    """The pages that were read so far, by serial of their form."""

    pages: dict[str, list[ReadPage]] = field(default_factory=dict)
    of: dict[str, int] = field(default_factory=dict)  # pages that a form has
    faults: list[str] = field(default_factory=list)


def run(given: ScanArguments) -> int:
    """0 where every page was read; 1 where something is left for a person to look at again."""
    if missing := images.missing_libraries():
        typer.echo(f"Reading scans needs {', '.join(missing)}: pip install 'survey-service[scan]'.", err=True)
        return 1
    try:
        settings, database = opened(given.database)
    except Faulty as fault:
        typer.echo(str(fault), err=True)
        return 1
    try:
        found = Found()
        files = _files(given.folder, found)
        if not files and not found.faults:
            raise Faulty(f"{given.folder}: no PDF or picture is in this folder.")
        with database.reading.begin() as session:
            survey, wave = find_wave(session, given.survey, given.wave)
            city, wave_key = survey.city_id, (survey.id, wave.id)
        editions = Editions(database, settings, wave_key[0], survey_mark(wave_key[0]))
        for path in files:
            _read_file(path, path.relative_to(given.folder).as_posix(), editions, found)
        _store(database, wave_key, city, found)
    except Faulty as fault:
        typer.echo(str(fault), err=True)
        return 1
    finally:
        database.dispose()
    return 1 if found.faults else 0


def _files(folder: Path, found: Found) -> list[Path]:
    """What is read; every other file of the folder is named with the reason."""
    chosen: list[Path] = []
    for path in sorted(one for one in folder.rglob("*") if not one.is_dir()):
        if path.name.startswith(".") or path.name.lower() in LITTER:
            continue
        why = images.why_not(path)
        if why:
            found.faults.append(f"{path.relative_to(folder).as_posix()}: not read: {why}")
        else:
            chosen.append(path)
    return chosen


def _read_file(path: Path, name: str, editions: Editions, found: Found) -> None:
    try:
        for number, image in enumerate(images.pages(path), start=1):
            if isinstance(image, images.UnreadableFile):
                found.faults.append(str(image))
            else:
                _read_image(image, name, number, editions, found)
    except images.UnreadableFile as fault:
        found.faults.append(str(fault))


def _read_image(image: Grey, name: str, number: int, editions: Editions, found: Found) -> None:
    try:
        page = read_page(image, editions)
    except NoPrint:
        found.faults.append(f"{name}, page {number}: {WHY['no_print']}")
        return
    if isinstance(page, NotLocated):
        serial = f" (form {grouped(page.code.serial)})" if page.code else ""
        found.faults.append(f"{name}, page {number}{serial}: {WHY[page.reason]}")
        return
    code = page.located.code
    fields = tuple(_fields(image, page))
    found.of[code.serial] = page.edition.geometry.pages
    found.pages.setdefault(code.serial, []).append(
        ReadPage(page=code.page, file_name=f"{name}, page {number}", fields=fields)
    )
    typer.echo(f"{name}, page {number}: form {grouped(code.serial)}, page {code.page}")


def _fields(image: Grey, page: PageReading) -> Iterator[ReadField]:
    """Every field of the page with its picture: what is sure here may differ from another picture of the page."""
    for one in page.fields:
        yield ReadField(
            variable=one.variable,
            codes=one.codes,
            confidence=one.confidence,
            doubt=one.doubt.value if one.doubt else None,
            crop=field_picture(image, page, one.variable),
        )
    for entry in page.edition.geometry.entries:
        if entry.page == page.located.code.page:
            yield ReadField(
                variable=entry.variable,
                codes=(),
                confidence=0.0,
                doubt=Doubt.HANDWRITING.value,
                crop=entry_picture(image, page, entry),
            )


# ------------------------------------------------------------------ pages of one form


def _one_a_page(serial: str, pages: list[ReadPage], faults: list[str]) -> list[ReadPage]:
    """Several pictures of one page are one reading: what they do not show alike is left to a person, and told."""
    by_number: dict[int, list[ReadPage]] = {}
    for page in pages:
        by_number.setdefault(page.page, []).append(page)
    return [reduce(lambda one, other: _together(serial, one, other, faults), same) for same in by_number.values()]


def _together(serial: str, one: ReadPage, other: ReadPage, faults: list[str]) -> ReadPage:
    seen = {read.variable: read for read in other.fields}
    fields, differing = [], []
    for first in one.fields:
        second = seen[first.variable]
        both = agreed(first, second)
        if both.doubt is not None and first.crop and second.crop and first.crop != second.crop:
            both = replace(both, crop=below_each_other([first.crop, second.crop]))
        if both.doubt == DIFFERS:
            differing.append(first.variable)
        fields.append(both)
    told = f"form {grouped(serial)}, page {one.page} is there twice: {one.file_name} and {other.file_name}"
    if differing:
        faults.append(f"{told}; not alike, left to a person: {', '.join(differing)}")
    else:
        typer.echo(f"{told}; they say the same")
    return replace(one, file_name=f"{one.file_name}; {other.file_name}", fields=tuple(fields))


def _store(database: Database, wave_key: Any, city: Any, found: Found) -> None:
    waits = keyed = 0
    read: Counter[bool] = Counter()
    for serial, pictures in sorted(found.pages.items()):
        pages = _one_a_page(serial, pictures, found.faults)
        try:
            with database.writing.begin() as session:
                wave = session.get_one(Wave, wave_key)
                taken = take_in(session, wave, serial, pages, below([city]), at=system_clock(), by=OPERATOR)
        except DomainError as refused:
            found.faults.append(f"form {grouped(serial)}: {refused.code} {refused.en}")
            continue
        if taken.waits:
            waits += 1
            read.update(one.doubt is None for page in pages for one in page.fields)
            found.faults += _left(serial, taken, found.of[serial])
        else:
            keyed += 1
            typer.echo(
                f"form {grouped(serial)}: keyed by hand already, or open at somebody's; its scan changed nothing"
            )
    typer.echo(
        f"{waits} forms wait for a keyer, {keyed} were keyed already. "
        f"{read[True]} answers read, {read[False]} left to a person."
    )
    for fault in found.faults:
        typer.echo(fault, err=True)


def _left(serial: str, taken: Taken, pages: int) -> Iterator[str]:
    for page, variables in sorted(taken.differing.items()):
        yield (
            f"form {grouped(serial)}, page {page} was read otherwise from an earlier picture; "
            f"left to a person: {', '.join(variables)}"
        )
    missing = sorted(set(range(1, pages + 1)) - taken.pages)
    if missing:
        numbers = ", ".join(map(str, missing))
        yield f"form {grouped(serial)}: no picture of page {numbers} of {pages}; scan it, or key it from the paper"
