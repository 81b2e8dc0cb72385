"""Paper of the demonstration's open wave: batches that stand at every step from the printer to the figures.

Cases that were assigned paper and that nobody has visited get a form in a batch; what is written on the forms are
answers of synthetic residents of the same community in the wave before.
"""

from __future__ import annotations

import itertools
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

import numpy as np
from sqlalchemy import ColumnElement, func, select
from sqlalchemy.orm import Session

from questionnaires.kinds import kind_of
from survey_service import audit
from survey_service.accounts import service as accounts
from survey_service.audit.chain import SERVICE
from survey_service.captures.errors import ContentConflict
from survey_service.demonstration.city import CITY_CODE
from survey_service.demonstration.ground import Ground
from survey_service.keying import adjudication, forms, sheets
from survey_service.keying import service as keying
from survey_service.keying.rules import Rules
from survey_service.keying.schemas import FormFound
from survey_service.models import (
    Area,
    BatchState,
    Case,
    Decision,
    Disposition,
    FormState,
    Keying,
    KeyingState,
    Mode,
    PaperBatch,
    PaperForm,
    Role,
    Wave,
)
from survey_service.paper import serials
from survey_service.services import Services

FORMS = 8  # in a batch
SECONDS_A_FORM = (38, 75)
ERROR = 0.03  # of the fields: more than a good clerk makes, so that there is something to see
SURE = 2  # forms of each verified batch with a slip for certain
COLLEAGUES = (("keyer2", "周敏"), ("keyer3", "郑涛"))


@dataclass(frozen=True, slots=True, kw_only=True)
class _KeyedSoFar:
    """One batch: how many of its forms were keyed once, how many twice, and whether what differs was decided."""

    step: str
    once: int
    twice: int
    decided: bool = False


BATCHES = (
    _KeyedSoFar(step="done", once=FORMS, twice=FORMS, decided=True),
    _KeyedSoFar(step="adjudication", once=FORMS, twice=FORMS),
    _KeyedSoFar(step="verification", once=FORMS, twice=3),
    _KeyedSoFar(step="keying", once=5, twice=0),
    _KeyedSoFar(step="issued", once=0, twice=0),
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Laid:
    """How many forms were keyed, keyed twice and decided, and the keyers' start passwords."""

    forms: int
    verified: int  # of these, keyed twice
    decided: int  # of these, with differences that were decided
    passwords: Mapping[str, tuple[str, str]]


def _colleagues(session: Session, *, at: datetime) -> list[audit.Actor]:
    """Two more keyers: keying and verification need two people, and what differs a third."""
    city = session.scalars(select(Area.id).where(Area.code == CITY_CODE)).one()
    people = []
    for user, name in COLLEAGUES:
        account = accounts.create_account(session, user, name, f"shifan-{user}", at=at, by=SERVICE, demonstration=True)
        accounts.grant(session, account, Role.KEYER, city, at=at, by=SERVICE)
        people.append(audit.Actor(account.id, name))
    return people


def lay(
    services: Services, ground: Ground, wave_id: UUID, written: Sequence[Mapping[str, Any]], *, seed: int, at: datetime
) -> Laid:
    """Issue the batches and key them; ``written``: what stands on the forms, one after the other."""
    rng = np.random.default_rng([seed, 6])
    with services.database.writing.begin() as session:
        people = [ground.staff[Role.KEYER], *_colleagues(session, at=at)]
        wave = session.get_one(Wave, (ground.survey_id, wave_id))
        communities = _communities(session, wave)
        batches = [
            _issue(session, wave, area_id, number, progress, people, at=at)
            for number, (progress, area_id) in enumerate(zip(BATCHES, communities, strict=False), start=1)
        ]
    clerks = _Clerks(services, ground, wave_id, rng, at)
    papers = iter(itertools.cycle(written))
    keyed = twice = decided = 0
    for progress, numbers in zip(BATCHES, batches, strict=False):
        paper = {number: next(papers) for number in numbers}
        for number in numbers[: progress.once]:
            clerks.key(number, paper[number], people[0])
            keyed += 1
        for place, number in enumerate(_waiting(services, ground, numbers)[: progress.twice]):
            clerks.key(number, paper[number], people[1], sure=place < SURE)
            twice += 1
        if progress.decided:
            decided += clerks.decide(paper, people[2])
    passwords = {user: (user, f"shifan-{user}") for user, _ in COLLEAGUES}
    return Laid(forms=keyed, verified=twice, decided=decided, passwords=passwords)


def _communities(session: Session, wave: Wave) -> Sequence[UUID]:
    """The communities with the most paper that nobody has fetched yet."""
    return session.scalars(
        select(Case.area_id)
        .join(Area, Area.id == Case.area_id)
        .where(*_at_home(wave))
        .group_by(Case.area_id, Area.code)
        .order_by(func.count().desc(), Area.code)
        .limit(len(BATCHES))
    ).all()


def _at_home(wave: Wave) -> tuple[ColumnElement[bool], ...]:
    """What holds of a case that was assigned paper and has not been visited."""
    return (
        Case.survey_id == wave.survey_id,
        Case.wave_id == wave.id,
        Case.first_mode == Mode.PAPER,
        Case.disposition == Disposition.UNKNOWN,
    )


def _issue(
    session: Session,
    wave: Wave,
    area_id: UUID,
    number: int,
    progress: _KeyedSoFar,
    people: Sequence[audit.Actor],
    *,
    at: datetime,
) -> list[str]:
    """Print serials for cases on paper that nobody has visited yet."""
    cases = session.scalars(
        select(Case.id).where(*_at_home(wave), Case.area_id == area_id).order_by(Case.number).limit(FORMS)
    ).all()
    printed = session.scalar(select(func.count()).where(PaperForm.survey_id == wave.survey_id)) or 0
    batch = PaperBatch(
        survey_id=wave.survey_id,
        wave_id=wave.id,
        area_id=area_id,
        questionnaire_version_id=wave.questionnaire_version_id,
        languages="zh",
        mode=Mode.PAPER,
        number=number,
        size=len(cases),
        keyer_id=people[0].account_id,
        verifier_id=people[1].account_id,
        verification_share=None,
        state=BatchState.ISSUED,
        created_at=at,
        created_by=None,
    )
    session.add(batch)
    session.flush()
    made = [serials.serial(printed + position) for position in range(1, len(cases) + 1)]
    state = FormState.ISSUED if progress.step == "issued" else FormState.RETURNED
    session.add_all(
        PaperForm(
            survey_id=wave.survey_id,
            wave_id=wave.id,
            batch_id=batch.id,
            position=position,
            serial=serial,
            case_id=case_id,
            state=state,
            changed_at=at,
        )
        for position, (serial, case_id) in enumerate(zip(made, cases, strict=True), start=1)
    )
    audit.record(
        session,
        survey_id=wave.survey_id,
        at=at,
        by=SERVICE,
        action="batch.issued",
        record=f"paper_batch {batch.id}",
        detail={"number": number, "forms": len(cases)},
    )
    return made


def _waiting(services: Services, ground: Ground, numbers: Sequence[str]) -> list[str]:
    """Those of the forms that wait for a second keying."""
    with services.database.reading.begin() as session:
        rows = session.scalars(
            select(Keying.number).where(
                Keying.survey_id == ground.survey_id, Keying.state == KeyingState.WAITING, Keying.number.in_(numbers)
            )
        )
        return sorted(rows)


class _Clerks:
    """Keying at a clerk's pace and with a clerk's slips, through the service."""

    def __init__(
        self, services: Services, ground: Ground, wave_id: UUID, rng: np.random.Generator, at: datetime
    ) -> None:
        self.services, self.ground, self.wave_id, self.rng, self.at = services, ground, wave_id, rng, at
        self.rules = Rules.of(services.settings)

    def key(self, number: str, answers: Mapping[str, Any], by: audit.Actor, *, sure: bool = False) -> None:
        """``sure``: one slip for certain, so that every demonstration has a difference to decide."""
        typed = {name: _typed(value) for name, value in answers.items()}
        self._slip(typed, sure=sure)
        fields = {f"{sheets.PREFIX}{name}": value for name, value in typed.items()}
        checked = sheets.judge(self.ground.questionnaire, sheets.read_keys(fields))
        seconds = int(self.rng.integers(*SECONDS_A_FORM))
        self.at += timedelta(seconds=seconds + 8)
        with self.services.database.writing.begin() as session:
            wave, form = self._form(session, number)
            sent = keying.Keyed(
                checked=checked,
                client_id=f"demonstration-{by.name}-{number}",
                paradata={"seconds": seconds, "keystrokes": sum(map(len, typed.values())) + 11},
            )
            stored = keying.store_form(
                session, wave, form, sent, keys=self.services.keys, at=self.at, by=by, rules=self.rules
            )
            if isinstance(stored, ContentConflict):
                raise stored

    def _form(self, session: Session, number: str) -> tuple[Wave, FormFound]:
        wave = session.get_one(Wave, (self.ground.survey_id, self.wave_id))
        return wave, forms.find_form(session, wave, number, select(Area.id), language="zh")

    def _slip(self, typed: dict[str, str], *, sure: bool) -> None:
        """Another code in a closed field now and then; at the last one where it must happen."""
        closed = [
            (question, name)
            for question in self.ground.questionnaire.questions()
            if kind_of(question).one_code
            for name in question.variables()
            if name in typed and not name.endswith(".other")
        ]
        last = closed[-1][1]
        for question, name in closed:
            if (sure and name == last) or self.rng.random() < ERROR:
                others = [option.code for option in question.options if option.code != typed[name] and not option.other]
                typed[name] = others[int(self.rng.integers(len(others)))]

    def decide(self, paper: Mapping[str, Mapping[str, Any]], by: audit.Actor) -> int:
        """Settle whatever differs on these forms, by what stands on the paper; how many forms that were."""
        decided = 0
        for number, answers in paper.items():
            with self.services.database.writing.begin() as session:
                wave, form = self._form(session, number)
                waiting = adjudication.compare(session, wave, form, "zh").open
                for one in waiting:
                    self.at += timedelta(seconds=20)
                    ruling = adjudication.Ruling(
                        variable=one.row.variable,
                        decision=Decision.OTHER,
                        typed=_typed(answers.get(one.row.variable, ".")),
                        reason="对照原表，勾在这一格",
                    )
                    keys = self.services.keys
                    adjudication.decide(session, wave, form, ruling, rules=self.rules, keys=keys, at=self.at, by=by)
                decided += bool(waiting)
        return decided


def _typed(answer: object) -> str:
    return "".join(str(code) for code in answer) if isinstance(answer, list) else str(answer)
