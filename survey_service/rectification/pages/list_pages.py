"""The list: what is to be put right in a person's areas, by area, body and state; and a matter that the office adds."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated, Any, Final
from urllib.parse import urlencode

from fastapi import APIRouter, Query
from sqlalchemy.orm import Session
from starlette.responses import Response

from questionnaires.text import Text
from survey_service.accounts import rights
from survey_service.accounts.permissions import Person
from survey_service.accounts.staff_pages import go
from survey_service.dependencies import Reading, Writing
from survey_service.errors import BadInput, NotFound
from survey_service.models import Area, RectificationAct, RectificationReason, RectificationState, Survey, Wave
from survey_service.rectification import queries, rows, states
from survey_service.rectification.errors import NotTold
from survey_service.rectification.pages import access, forms, proposals, waves
from survey_service.rectification.pages.access import AtList, AtThisList, Keeper
from survey_service.rectification.queries import Asked
from survey_service.rectification.rows import Charge, Matter
from survey_service.web.posted_forms import FormReading, Posted

router = APIRouter(prefix="/surveys/{survey_key}/rectification")
PAGE: Final = 100  # rows of one page
MOST_ITEM: Final = 200  # characters


@dataclass(frozen=True, slots=True)
class Filter:
    """As it stands in the address. ``state``: of RectificationState, or overdue, or recheck."""

    area: str = ""
    body: str = ""
    state: str = ""
    wave: str = ""

    def asked(self) -> Asked:
        known = self.state in set(RectificationState)
        return Asked(
            area=self.area,
            body=self.body,
            wave=self.wave,
            state=RectificationState(self.state) if known else None,
            overdue=self.state == "overdue",
            recheck=self.state == "recheck",
        )

    def address(self, **more: Any) -> str:
        given = {"area": self.area, "body": self.body, "state": self.state, "wave": self.wave, **more}
        return urlencode({name: value for name, value in given.items() if value})

    def __bool__(self) -> bool:
        return bool(self.area or self.body or self.state or self.wave)


@router.get("")
def list_page(
    at: AtThisList,
    reading: Reading,
    area: Annotated[str, Query(max_length=20)] = "",
    body: Annotated[str, Query(max_length=60)] = "",
    state: Annotated[str, Query(max_length=20)] = "",
    wave: Annotated[str, Query(max_length=30)] = "",
    after: Annotated[int, Query(ge=0, le=10_000_000)] = 0,
    done: Annotated[str, Query(max_length=20)] = "",
) -> Response:
    chosen, today = Filter(area, body, state, wave), at.today
    with reading.begin() as session:
        survey = at.survey(session)
        visible = access.seen_by(at.person)
        found = queries.rows(session, survey.id, visible, chosen.asked(), today, after=after, limit=PAGE + 1)
        standing = queries.standings(session, [survey.id], visible, today).get(survey.id, queries.Standing())
        context: dict[str, Any] = {
            "lines": [forms.line(*row, today) for row in found[:PAGE]],
            "total": queries.count(session, survey.id, visible, chosen.asked(), today),
            "standing": standing,
            "query": chosen,
            "more": chosen.address(after=found[PAGE - 1][0].number) if len(found) > PAGE else None,
            "first": chosen.address() if after else None,
            "waves": [(one.key, Text(one.name_zh, one.name_en)) for one, _ in waves.released(session, survey.id)],
            "areas": [(one.code, Text(one.name_zh, one.name_en)) for one in queries.areas(session, survey.id, visible)],
            "bodies": queries.bodies(session, survey.id, visible),
            "states": states.STATES,
            "done": done,
        }
        return at.page(survey, "list", context)


# ------------------------------------------------------------------ a matter that the office adds


@router.get("/new")
def new_page(at: AtThisList, reading: Reading, _: Keeper) -> Response:
    with reading.begin() as session:
        return _new_page(at, session, FormReading(posted=_NOTHING))


@router.post("/new")
def add(
    at: AtThisList,
    reading: Reading,
    writing: Writing,
    person: Keeper,
    posted: Posted,
) -> Response:
    read = FormReading(posted)
    given = _Given.read(read)
    fault: BadInput | None = None
    if not read.faults:
        try:
            with writing.begin() as session:
                survey = at.survey(session)
                matter = _matter(session, person, survey, given)
                by = at.by(office=True)
                [made] = rows.take_in(
                    session, survey.id, [(matter, given.charge)], by, act=RectificationAct.ADDED, note=given.note
                )
                number = made.number
            return go(f"{at.address}/rows/{number}")
        except NotTold as refused:
            fault = refused
    with reading.begin() as session:
        return _new_page(at, session, read, fault=fault or BadInput())


@dataclass(frozen=True, slots=True, kw_only=True)
class _Given:
    """What the form says."""

    wave: str
    area: str
    indicator: str
    item: Text
    charge: Charge
    note: str

    @staticmethod
    def read(read: FormReading) -> _Given:
        indicator = read.words("indicator", most=80)
        needed = None if indicator else Text("选一个指标，或者写事项。", "Choose an indicator, or say the matter.")
        return _Given(
            wave=read.words("wave", most=30, needed=Text("选一期。", "Choose a wave.")),
            area=read.words("area", most=20, needed=Text("选一个地区。", "Choose an area.")),
            indicator=indicator,
            item=Text(read.words("item", most=MOST_ITEM, needed=needed), read.words("item_en", most=2 * MOST_ITEM)),
            charge=forms.charge(read),
            note=read.words("note", most=rows.MOST_NOTE),
        )


def _matter(session: Session, person: Person, survey: Survey, given: _Given) -> Matter:
    """NotFound for an area or a wave that is none of theirs; NotTold for a figure that may not speak."""
    wave, release = waves.chosen(session, survey.id, given.wave)
    if wave is None or release is None:
        raise NotFound
    area = next((one for one in _areas(session, person, survey) if one.code == given.area), None)
    if area is None:
        raise NotFound
    common: dict[str, Any] = {"wave_id": wave.id, "area_id": area.id}
    if not given.indicator:
        return Matter(**common, indicator="", item=given.item, reason=RectificationReason.OFFICE)
    of = proposals.released(session, person, release, survey, wave)
    found = proposals.shown(of, given.area, given.indicator)
    if found is None or (area.id, given.indicator) in queries.there(session, survey.id, wave.id):
        raise NotTold
    return Matter(**common, indicator=found.indicator, item=found.item, reason=found.reason, evidence=found.evidence)


def _areas(session: Session, person: Person, survey: Survey) -> list[Area]:
    return waves.areas(session, survey, person.visible(*rights.KEEP_RECTIFICATION))


def _new_page(at: AtList, session: Session, read: FormReading, *, fault: BadInput | None = None) -> Response:
    survey = at.survey(session)
    known = waves.released(session, survey.id)
    newest: Wave | None = known[0][0] if known else None
    context = {
        "waves": [(wave.key, Text(wave.name_zh, wave.name_en)) for wave, _ in known],
        "areas": [(one.code, Text(one.name_zh, one.name_en)) for one in _areas(session, at.person, survey)],
        "indicators": [(one.id, one.name) for one in waves.indicators(session, newest)] if newest else [],
        "kept": read.kept,
        "faults": read.faults,
        **({"fault": None} if read.faults else {}),  # what is wrong stands beside the fields
    }
    return at.page(survey, "new", context, fault=fault)


_NOTHING: Final = forms.nothing_posted()
