"""Bringing in a file of areas, or of their people: looked at first, row by row, and then taken in whole or not at all.

Between the look and the step the file travels in the page, packed, and is judged anew: nothing is kept on the server,
and what was confirmed is what was seen (``seen``), or it is shown again.
"""

from __future__ import annotations

import csv
import hashlib
import io
from collections.abc import Iterable, Sequence
from datetime import date
from enum import StrEnum
from typing import Annotated, Any

from fastapi import APIRouter, Form, UploadFile
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session
from starlette.requests import Request
from starlette.responses import Response

from survey_service.accounts.permissions import Administrator, Person
from survey_service.accounts.read_audit import AuditsReads
from survey_service.accounts.staff_pages import go, staff_page
from survey_service.areas import importing, queries, service
from survey_service.dependencies import Now, Reading, Running, Writing
from survey_service.errors import BadInput, Conflict, DomainError
from survey_service.models import Role
from survey_service.services import Services
from survey_service.tabular.harmless import harmless
from survey_service.web.carried import pack, unpack
from survey_service.web.downloads import content_disposition

router = APIRouter()
SHOWN = 200  # rows of a preview
ENGLISH = {chinese: english for english, chinese in importing.HEAD.items()}  # names of columns
NEEDED = {"tree": ("code", "name", "kind"), "people": ("code", "sex", "age_group", "persons")}


class What(StrEnum):
    TREE = "tree"  # areas with level, parent and households
    PEOPLE = "people"  # their population by age group and sex


Short = Annotated[str, Form(max_length=200)]


@router.get("/areas/imports/{what}")
def import_page(request: Request, running: Running, person: Administrator, what: What) -> Response:
    return _page(request, running, person, what, {})


@router.get("/areas/imports/{what}/present.csv")
def present_table(reading: Reading, person: Administrator, reads: AuditsReads, what: What) -> Response:
    """What is there now, in the form that is brought in: to be changed in a spreadsheet and given back."""
    reads.note(None, "areas.exported", f"areas {what.value}")
    with reading.begin() as session:
        scope = person.visible(Role.ADMINISTRATOR)
        if what is What.TREE:
            heads: tuple[str, ...] = ("code", "name", "name_en", "kind", "parent", "households")
            there = queries.known(session, scope)
            kinds = {
                english: chinese
                for chinese, english in reversed(tuple(importing.KINDS.items()))
                if not chinese.isascii()
            }
            rows: Iterable[Sequence[object]] = [
                (one.code, one.name, one.name_en, kinds.get(one.kind, one.kind), one.parent or "", one.households)
                for code, one in sorted(there.items())
                if one.mine
            ]
        else:
            heads = ("code", "name", "sex", "age_group", "persons")
            sexes = {"male": "男", "female": "女"}
            rows = [
                (code, name, sexes.get(sex, sex), group, persons)
                for code, name, sex, group, persons in queries.newest_counts(session, scope)
            ]
    headers = {
        "Content-Disposition": content_disposition("attachment", f"{what.value}.csv"),
        "Cache-Control": "no-store",
    }
    return Response(_csv(heads, rows), media_type="text/csv; charset=utf-8", headers=headers)


def _csv(heads: Sequence[str], rows: Iterable[Sequence[object]]) -> bytes:
    written = io.StringIO()
    writer = csv.writer(written)
    writer.writerow([importing.HEAD[head] for head in heads])
    writer.writerows([harmless(cell) for cell in row] for row in rows)
    return ("\ufeff" + written.getvalue()).encode()  # the mark that makes Excel read it as UTF-8


@router.post("/areas/imports/{what}")
def bring_in(
    request: Request, running: Running, reading: Reading, writing: Writing, person: Administrator, now: Now, what: What,
    file: UploadFile | None = None, packed: Annotated[list[str] | None, Form()] = None, name: Short = "",
    source: Short = "", as_of: Short = "", seen: Short = "",
) -> Response:  # fmt: skip
    """Without ``seen``: the preview. With it: taken in, where it would still do what was shown."""
    typed = {"source": source.strip(), "as_of": as_of.strip()}
    try:
        data = unpack(packed) if packed else file.file.read() if file and file.filename else b""
        name = name if packed else (file.filename or "") if file else ""
        day = _day(what, typed, now.astimezone(running.settings.zone).date())
        if not data:
            raise BadInput(zh="请选一个 .xlsx 或 .csv 文件。", en="Choose an .xlsx or .csv file.")
        carried = pack(data)
        records, faults = importing.read(name, data, NEEDED[what.value])
        if seen and not faults:
            with writing.begin() as session:
                plan = _plan(session, person, what, records, day)
                if not plan.faults and _digest(plan) == seen:
                    _take(session, running, person, plan, day, typed["source"], now)
                    return go(f"/areas?done={what.value}")
    except IntegrityError:
        raise Conflict from None
    except BadInput as fault:
        return _page(request, running, person, what, {"typed": typed, "fault": fault})
    with reading.begin() as session:
        plan = importing.Plan(faults=faults) if faults else _plan(session, person, what, records, day)
    context = {
        "typed": typed, "name": name, "plan": plan, "packed": carried, "seen": _digest(plan),
        "changed_since": bool(seen),
    }  # fmt: skip
    return _page(request, running, person, what, context)


def _plan(
    session: Session, person: Person, what: What, records: list[importing.Record], day: date
) -> importing.Plan | importing.CountPlan:
    there = queries.known(session, person.visible(Role.ADMINISTRATOR))
    if what is What.TREE:
        return importing.plan_areas(records, there)
    return importing.plan_counts(records, there, queries.counted_on(session, day))


def _take(
    session: Session, running: Services, person: Person, plan: importing.Plan | importing.CountPlan, day: date,
    source: str, now: Now,
) -> None:  # fmt: skip
    if isinstance(plan, importing.Plan):
        service.take_areas(session, plan, keys=running.keys, at=now, by=person.actor)
    else:
        service.take_counts(session, plan, as_of=day, source=source, at=now, by=person.actor)


def _day(what: What, typed: dict[str, str], today: date) -> date:
    """The day of the counts; BadInput where it, or their source, is missing."""
    if what is What.TREE:
        return today
    if not typed["source"] or len(typed["source"]) > 120:
        raise BadInput(
            zh="请写人口数的出处，最多 120 个字，例如：2025 年人口变动情况抽样调查。",
            en="Name the source of the counts in at most 120 letters, such as: population register.",
        )
    try:
        day = date.fromisoformat(typed["as_of"])
    except ValueError:
        raise BadInput(
            zh="请填人口数的日期，如 2026-06-30。", en="Give the day of the counts, such as 2026-06-30."
        ) from None
    if day > today:
        raise BadInput(zh="人口数的日期在今天之后，请核对。", en="The day of the counts lies ahead; check it.")
    return day


def _digest(plan: importing.Plan | importing.CountPlan) -> str:
    return hashlib.sha256(repr(plan).encode()).hexdigest()


def _page(request: Request, running: Services, person: Person, what: What, context: dict[str, Any]) -> Response:
    fault: DomainError | None = context.get("fault")
    plan = context.get("plan")
    status = fault.status if fault else 422 if plan is not None and plan.faults else 200
    shown = {
        "what": what.value,
        "shown": SHOWN,
        "typed": {},
        "fault": None,
        "plan": None,
        "heads": importing.HEAD,
        "english": ENGLISH,
    }
    return staff_page(
        request, running, person, "staff/area-import.html", {**shown, **context}, section="areas", status=status
    )
