"""What a code opens at this moment: the wave, its questionnaire, and whether answers are taken."""

from __future__ import annotations

import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

import structlog
from sqlalchemy import Row, bindparam, select
from sqlalchemy.exc import InterfaceError, OperationalError
from sqlalchemy.exc import TimeoutError as PoolTimeout
from sqlalchemy.orm import Session, aliased

from questionnaires.answer_forms import Canonical
from questionnaires.answers import Checked, Policy, check_answers
from questionnaires.draws import part_asked
from questionnaires.model import Questionnaire
from questionnaires.readiness import effective_header
from questionnaires.text import Text
from survey_service.captures.errors import AlreadyAnswered, WaveClosed, Withdrawn
from survey_service.clock import end_of
from survey_service.collection.errors import PassOver, RevokedCode, UnknownReceipt
from survey_service.collection.resident_pages import Occasion
from survey_service.database import ReadingSessions, commits
from survey_service.errors import TooBusy
from survey_service.models import Area, Case, QuestionnaireVersion, Response, ResponseState, Survey, Wave, WaveState
from survey_service.secrets import code_hash
from survey_service.surveys import codes, definitions, wave_recordings, who_answers
from survey_service.surveys.codes import OpenedCode
from survey_service.surveys.opening import header_of
from survey_service.surveys.wave_recordings import Recording
from survey_service.web.pages import format_date

log = structlog.get_logger()


@dataclass(frozen=True, slots=True, kw_only=True)
class AskedQuestionnaire:
    """The questionnaire of a wave as the people of one community are asked it."""

    version_id: UUID
    questionnaire: Questionnaire
    occasion: Occasion
    state: WaveState
    tickets: Mapping[str, Canonical] = field(default_factory=dict)  # by which blocks are drawn

    @property
    def shown(self) -> Questionnaire:
        """Without the blocks that were not drawn."""
        return part_asked(self.questionnaire, self.tickets) if self.tickets else self.questionnaire

    def judged(
        self, raw: Mapping[str, object], policy: Policy, *, partial: bool = False, today: date | None = None
    ) -> Checked:
        """The answers with what was drawn: nobody says that but the service."""
        return check_answers(self.questionnaire, {**raw, **self.tickets}, policy, partial=partial, today=today)

    def refuse_if_closed(self, now: datetime, zone: ZoneInfo) -> None:
        """WaveClosed, in words that say why, where answers are not taken now."""
        closes = self.occasion.closes_on
        if self.state is WaveState.DRAFT:
            raise WaveClosed(
                zh="这次调查还没有开始，请过几天再来。", en="This survey has not started yet. Please come back later."
            )
        if self.state is not WaveState.OPEN and now < end_of(closes, zone):
            raise WaveClosed(
                zh="这次调查已经提前截止，现在不再收答卷。谢谢您。",
                en="This survey ended early and takes no more answers. Thank you.",
            )
        if now >= end_of(closes, zone):
            raise WaveClosed(
                zh=f"这次调查到 {format_date(closes, 'zh')} 24:00 截止，现在不再收答卷。谢谢您。",
                en=f"This survey ended on {format_date(closes, 'en')} and takes no more answers. Thank you.",
            )


@dataclass(frozen=True, slots=True, kw_only=True)
class OpenedByCode(AskedQuestionnaire):
    code: OpenedCode
    answered: bool  # the case of this code has its complete response, from a phone or from paper
    case_number: str = ""  # where blocks are drawn: by it they are
    sealed_draw: str = ""  # the ticket, as it travels with the form

    def refuse_if_over(self, now: datetime, zone: ZoneInfo) -> None:
        """Raises what keeps this code from answering now."""
        if self.code.expires_at is not None and now >= self.code.expires_at:
            raise PassOver
        if self.answered:
            raise AlreadyAnswered
        if self.code.case_id is not None and self.code.used_at is not None:
            raise Withdrawn  # used, and its case has no complete response any more
        self.refuse_if_closed(now, zone)


_COMMUNITY, _CITY = aliased(Area, name="community"), aliased(Area, name="city")
# Made once: building a statement costs more than running it, and this one runs for every page and every post.
_WHERE_IT_LEADS = (
    select(
        Wave.questionnaire_version_id,
        Wave.closes_on,
        Wave.opened_at,
        Wave.state,
        Wave.header,
        Wave.opens_on,
        Wave.selection_within,
        Wave.listed_unit,
        Wave.quotes_told,
        Wave.name_zh.label("wave_zh"),
        Wave.name_en.label("wave_en"),
        QuestionnaireVersion.sha256,
        _COMMUNITY.name_zh.label("community_zh"),
        _COMMUNITY.name_en.label("community_en"),
        _CITY.name_zh.label("city_zh"),
        _CITY.name_en.label("city_en"),
    )
    .select_from(Wave)
    .join(_COMMUNITY, _COMMUNITY.id == bindparam("area"))
    .join(Survey, Survey.id == Wave.survey_id)
    .join(_CITY, _CITY.id == Survey.city_id)
    .join(
        QuestionnaireVersion,
        (QuestionnaireVersion.survey_id == Wave.survey_id) & (QuestionnaireVersion.id == Wave.questionnaire_version_id),
    )
    .where(Wave.survey_id == bindparam("survey"), Wave.id == bindparam("wave"))
)
_COMPLETE_OF_CASE = select(Response.id).where(
    Response.survey_id == bindparam("survey"),
    Response.case_id == bindparam("case"),
    Response.state == ResponseState.COMPLETE,
)
# By the hash of its content, which names it for ever; the definitions' own cache asks the database for the hash first.
_questionnaires: dict[str, Questionnaire] = {}
_recordings: dict[tuple[UUID, datetime], tuple[Recording, ...]] = {}
_MOST = 200
_MOST_REMEMBERED = 5_000


class RememberedCodes:
    """Where the open codes lead, for a second: a poster's code is opened hundreds of times in it.

    Whatever this process itself changes (a wave closed, a code revoked) is seen at once, what another does after a
    second or two; whether an answer is taken is decided by the wave's row in the transaction that stores it. Codes of
    cases are never remembered: each is used once, and a used one says so.
    """

    def __init__(self, seconds: float = 1.0) -> None:
        self._seconds = seconds
        self._held: dict[str, tuple[OpenedByCode, float]] = {}
        self._renewed: dict[str, float] = {}  # when somebody was last sent to look anew
        self._commits = 0

    def get(self, code: str) -> OpenedByCode | None:
        """None where the caller has to look. When a second is over one caller is sent, and the others go on with what
        was known: a hundred who stand in one moment would all look for the same."""
        held = self._held.get(code) if self._commits == commits() else None
        if held is None:
            return None
        opened, since = held
        now = time.monotonic()
        if now - since > self._seconds:
            sent = self._renewed.get(code, 0.0)
            if now - since > 2 * self._seconds or now - sent > self._seconds:
                self._renewed[code] = now
                return None
        return opened

    def look_up(self, reading: ReadingSessions, code: str) -> OpenedByCode:
        """What the code opens, as the database has it now; raises as ``open_by_code``."""
        seen, at = commits(), time.monotonic()  # before the look: what changes meanwhile is looked at again
        try:
            with reading.begin() as session:
                opened = open_by_code(session, code)
        except (OperationalError, InterfaceError, PoolTimeout) as failed:
            log.error("database_not_reached", kind=type(failed).__name__)
            raise TooBusy(
                zh="现在打不开问卷，答案也还没有提交。请稍等片刻再试，已经填好的不要关闭。",
                en="The questionnaire cannot be opened now; nothing is submitted yet. Keep this page and try again.",
            ) from failed
        if opened.code.case_id is None:
            if self._commits != seen or len(self._held) >= _MOST_REMEMBERED:
                self._held, self._renewed, self._commits = {}, {}, seen
            self._held[code] = (opened, at)
        return opened


def open_by_code(session: Session, code: str) -> OpenedByCode:
    """What ``code`` opens; UnknownCode or RevokedCode where it opens none."""
    found = codes.find(session, code)
    if found.revoked_at is not None:
        raise RevokedCode
    of_a_case = found.case_id is not None  # whoever scans a poster is no household that was drawn
    knocks = found.interviewer is not None
    asked = asked_in(session, found.survey_id, found.wave_id, found.area_id, of_a_case=of_a_case, knocks=knocks)
    return OpenedByCode(
        code=found,
        version_id=asked.version_id,
        questionnaire=asked.questionnaire,
        occasion=asked.occasion,
        state=asked.state,
        answered=_answered(session, found),
        case_number=_case_number(session, found) if asked.questionnaire.draws else "",
    )


def asked_in(
    session: Session, survey_id: UUID, wave_id: UUID, area_id: UUID, *, of_a_case: bool = False, knocks: bool = False
) -> AskedQuestionnaire:
    found = session.execute(_WHERE_IT_LEADS, {"survey": survey_id, "wave": wave_id, "area": area_id}).one()
    questionnaire = _questionnaire(session, survey_id, found.questionnaire_version_id, found.sha256)
    return AskedQuestionnaire(
        version_id=found.questionnaire_version_id,
        questionnaire=questionnaire,
        occasion=Occasion(
            version_sha256=found.sha256,
            header=effective_header(questionnaire, header_of(Wave(header=found.header))),
            city=Text(found.city_zh, found.city_en),
            community=Text(found.community_zh, found.community_en),
            closes_on=found.closes_on,
            wave=Text(found.wave_zh, found.wave_en),
            whom=_whom(found) if of_a_case else None,
            knocks=knocks,
            recordings=_recordings_of(session, survey_id, wave_id, found.opened_at),
            quoted=found.quotes_told,
        ),
        state=found.state,
    )


def _whom(found: Row[Any]) -> Text | None:
    wave = Wave(opens_on=found.opens_on, selection_within=found.selection_within, listed_unit=found.listed_unit)
    return who_answers.told(wave)


def _questionnaire(session: Session, survey_id: UUID, version_id: UUID, sha256: str) -> Questionnaire:
    held = _questionnaires.get(sha256)
    if held is None:
        held = definitions.frozen(session, survey_id, version_id)
        if len(_questionnaires) >= _MOST:
            _questionnaires.clear()
        _questionnaires[sha256] = held
    return held


def _case_number(session: Session, code: OpenedCode) -> str:
    if code.case_id is None:
        return ""
    return session.get_one(Case, (code.survey_id, code.case_id)).number


def _recordings_of(
    session: Session, survey_id: UUID, wave_id: UUID, opened_at: datetime | None
) -> tuple[Recording, ...]:
    """What a wave has to listen to. It is frozen from the moment it opened; a draft may change."""
    if opened_at is None:
        return wave_recordings.stored(session, survey_id, wave_id)
    held = _recordings.get((wave_id, opened_at))
    if held is None:
        if len(_recordings) >= _MOST:
            _recordings.clear()
        held = _recordings[wave_id, opened_at] = wave_recordings.stored(session, survey_id, wave_id)
    return held


def _answered(session: Session, code: OpenedCode) -> bool:
    if code.case_id is None:
        return False
    wanted = {"survey": code.survey_id, "case": code.case_id}
    return session.scalars(_COMPLETE_OF_CASE, wanted).first() is not None


def submitted_at(session: Session, code: OpenedCode, receipt: str) -> datetime:
    """When the answers of ``receipt`` were stored; UnknownReceipt unless they came by this very code, Withdrawn where
    they were deleted since."""
    found = session.execute(
        select(Response.completed_at, Response.state).where(
            Response.survey_id == code.survey_id,
            Response.receipt_sha256 == code_hash(receipt),
            Response.wave_id == code.wave_id,
            Response.area_id == code.area_id,
            Response.case_id.is_(None) if code.case_id is None else Response.case_id == code.case_id,
        )
    ).one_or_none()
    if found is not None and found.state is ResponseState.DELETED:
        raise Withdrawn
    if found is None or found.completed_at is None:
        raise UnknownReceipt
    at: datetime = found.completed_at
    return at
