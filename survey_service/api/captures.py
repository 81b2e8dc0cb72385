"""A batch of interviews from a device: each is judged by the one judge and stored by the one writer, for itself."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy.orm import Session

from questionnaires.answer_forms import Canonical
from questionnaires.answer_words import describe
from questionnaires.answers import Checked, Policy, check_answers
from questionnaires.model import Questionnaire
from survey_service.accounts import rights
from survey_service.accounts.permissions import Person
from survey_service.api import queries
from survey_service.api.errors import NoSuchCase, NotDoorToDoor
from survey_service.api.schemas import CaptureIn, CaptureResult, CapturesIn, CapturesOut, ErrorDetail, FindingOut
from survey_service.captures.errors import AlreadyAnswered, ContentConflict
from survey_service.captures.first import record_or_conflict
from survey_service.captures.incoming import IncomingCapture, Outcome, Recorded
from survey_service.clock import end_of
from survey_service.collection.answer_intake import AnswerIntake
from survey_service.collection.errors import NothingAnswered
from survey_service.collection.quality_marks import marks_of
from survey_service.errors import BadInput, Conflict, DomainError, NotFound, TooBusy
from survey_service.models import Case, Mode, ResponseState, Source, Wave, WaveState
from survey_service.secrets import KeyRing
from survey_service.services import Services
from survey_service.surveys import access, definitions, draw_tickets
from survey_service.surveys import queries as survey_queries

CLOCK_MAY_BE_AHEAD = timedelta(minutes=10)
LONGEST_INTERVIEW = timedelta(days=1)


class FaultyAnswers(BadInput):
    """Something hard was found: the findings beside it say where."""

    code = "E230"
    zh = "答案里有不能接受的，没有存下。逐项见 findings，改好后再交。"
    en = "Some answers cannot be taken; nothing of this interview was stored. See its findings, mend, send again."


class WrongTimes(BadInput):
    code = "E231"
    zh = "开始和结束的时间对不上：结束不能早于开始，不能在将来，也不能在截止以后。请核对设备的时钟。"
    en = (
        "The times do not fit: an interview ends after it began, not in the future, and before the wave closed. "
        "Look at the clock of the device."
    )


class WrongDraw(BadInput):
    code = "E232"
    zh = "这份答卷抽到的部分不是这个样本的，没有存下。请重新取样本名单，照其中的 ticket 抽。"
    en = (
        "The blocks of this interview were not drawn by the ticket of its case; nothing was stored. Fetch the list of "
        "cases again and draw by its ticket."
    )


def _case_answered() -> AlreadyAnswered:
    return AlreadyAnswered(
        zh="这个样本的答卷已经有了，只算一份；这一份没有存下。",
        en="This case has its complete answers already and counts once; nothing of this interview was stored.",
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class Ready:
    """One interview that was judged: what is to be stored, or why nothing is."""

    client_id: str
    incoming: IncomingCapture | None
    refused: DomainError | None
    findings: list[FindingOut]


@dataclass(frozen=True, slots=True, kw_only=True)
class _Storing:
    """The work of the writer. The wave's state decides; the clock does not: an interview that ended in time may have
    waited in a device that found no network until the morning after."""

    incoming: IncomingCapture
    keys: KeyRing

    def __call__(self, session: Session) -> Recorded | ContentConflict:
        return record_or_conflict(session, self.incoming, keys=self.keys, zone=None)


def judge(
    running: Services, person: Person, survey_key: str, wave_key: str, sent: CapturesIn, now: datetime
) -> list[Ready]:
    """Every interview judged. Raises NotFound, NotDoorToDoor, and Conflict for another version of the questionnaire."""
    with running.database.reading.begin() as session:
        _, wave = access.find_wave(session, person, survey_key, wave_key, rights.VISIT)
        if wave.state is WaveState.DRAFT:
            raise NotFound
        if wave.modes and Mode.FACE_TO_FACE.value not in wave.modes:
            raise NotDoorToDoor
        sha256 = survey_queries.version_sha256(session, wave.survey_id, wave.questionnaire_version_id)
        if sha256 != sent.questionnaire_sha256:
            raise Conflict(
                zh="这一期问的不是这一版问卷，没有存下。请重新取问卷。",
                en="This wave asks another version of the questionnaire; nothing was stored. Fetch it again.",
            )
        questionnaire = definitions.frozen(session, wave.survey_id, wave.questionnaire_version_id)
        numbers = [one.case for one in sent.captures]
        cases = queries.cases_by_number(session, wave, person.visible(*rights.VISIT), numbers)
        session.expunge_all()
    return [_judged(running, person, wave, questionnaire, cases.get(one.case), one, now) for one in sent.captures]


def _judged(
    running: Services,
    person: Person,
    wave: Wave,
    questionnaire: Questionnaire,
    case: Case | None,
    one: CaptureIn,
    now: datetime,
) -> Ready:
    today = one.finished_at.astimezone(running.settings.zone).date()
    drawn = _drawn(running.keys, wave, questionnaire, case)
    answers = {**one.answers, **drawn}
    checked = check_answers(questionnaire, answers, Policy.DEVICE, partial=not one.complete, today=today)
    findings = [
        FindingOut(
            variable=found.variable,
            question=found.question,
            code=found.code,
            severity=found.severity,
            message=describe(found, questionnaire, "en", checked),
            message_zh=describe(found, questionnaire, "zh", checked),
        )
        for found in checked.findings
    ]
    refused: DomainError | None = None
    if case is None:
        refused = NoSuchCase()
    elif not _in_time(one, wave, running, now):
        refused = WrongTimes()
    elif any(name in one.answers and one.answers[name] != ticket for name, ticket in drawn.items()):
        refused = WrongDraw()
    elif not checked.accepted:
        refused = FaultyAnswers()
    elif not checked.answers:
        refused = NothingAnswered()
    incoming = None if refused or case is None else _incoming(person, wave, case, questionnaire, checked, one, now)
    return Ready(client_id=one.client_id, incoming=incoming, refused=refused, findings=findings)


def _drawn(keys: KeyRing, wave: Wave, questionnaire: Questionnaire, case: Case | None) -> Mapping[str, Canonical]:
    """The ticket of the case, which its list told the device, as the answer of every draw."""
    if case is None or not questionnaire.draws:
        return {}
    return draw_tickets.with_answers(questionnaire, draw_tickets.ticket_of(keys, wave.id, case.number))


def _in_time(one: CaptureIn, wave: Wave, running: Services, now: datetime) -> bool:
    took = one.finished_at - one.started_at
    fits = timedelta(0) <= took <= LONGEST_INTERVIEW and one.finished_at <= now + CLOCK_MAY_BE_AHEAD
    return fits and one.finished_at < end_of(wave.closes_on, running.settings.zone)


def _incoming(
    person: Person,
    wave: Wave,
    case: Case,
    questionnaire: Questionnaire,
    checked: Checked,
    one: CaptureIn,
    now: datetime,
) -> IncomingCapture:
    seconds = int((one.finished_at - one.started_at).total_seconds())
    paradata: dict[str, object] = {
        "language": one.language,
        "seconds": seconds,
        "finished_at": one.finished_at.isoformat(timespec="seconds"),
        **marks_of(questionnaire, checked, seconds),
    }
    if one.app:
        paradata["app"] = one.app
    if person.token is not None:
        paradata["token"] = str(person.token.id)  # which device, where one was lost
    return IncomingCapture(
        survey_id=wave.survey_id,
        wave_id=wave.id,
        area_id=case.area_id,
        case_id=case.id,
        mode=Mode.FACE_TO_FACE,
        source=Source.DEVICE,
        client_id=one.client_id,
        questionnaire_version_id=wave.questionnaire_version_id,
        checked=checked,
        state=ResponseState.COMPLETE if one.complete else ResponseState.PARTIAL,
        at=now,
        by=person.actor,
        paradata=paradata,
    )


async def hand_in(intake: AnswerIntake, ready: Sequence[Ready], running: Services) -> CapturesOut:
    """Hand all to the writer in their order, and tell each what became of it; TooBusy where none got through."""
    works = [intake.hand_in(_Storing(incoming=one.incoming, keys=running.keys)) for one in ready if one.incoming]
    outcomes = iter(await asyncio.gather(*works, return_exceptions=True))
    results = [_result(one, next(outcomes) if one.incoming else one.refused) for one in ready]
    if all(one.outcome == "later" for one in results):
        raise TooBusy
    return CapturesOut(results=results)


def _result(one: Ready, outcome: Recorded | BaseException | None) -> CaptureResult:
    made = CaptureResult(client_id=one.client_id, outcome="refused", receipt=None, error=None, findings=one.findings)
    if isinstance(outcome, Recorded):
        stored = "stored" if outcome.outcome is Outcome.STORED else "already"
        return made.model_copy(update={"outcome": stored, "receipt": outcome.receipt})
    if isinstance(outcome, AlreadyAnswered):
        outcome = _case_answered()  # the usual words are for a resident with a QR code
    if not isinstance(outcome, DomainError):
        assert isinstance(outcome, BaseException)
        raise outcome
    kinds = {TooBusy: "later", ContentConflict: "conflict"}
    told = ErrorDetail(code=outcome.code, message=outcome.in_language("en"), message_zh=outcome.in_language("zh"))
    return made.model_copy(update={"outcome": kinds.get(type(outcome), "refused"), "error": told})
