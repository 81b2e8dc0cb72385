"""What a code opens at this moment: the wave, its questionnaire, and whether answers are taken."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID
from zoneinfo import ZoneInfo

from sqlalchemy import select
from sqlalchemy.orm import Session, aliased

from questionnaires.model import Questionnaire
from questionnaires.readiness import effective_header
from questionnaires.text import Text
from survey_service.clock import end_of
from survey_service.collection import codes
from survey_service.collection.codes import OpenedCode
from survey_service.collection.errors import AlreadyAnswered, RevokedCode, UnknownCode, WaveClosed
from survey_service.models import Area, QuestionnaireVersion, Response, ResponseState, Survey, Wave, WaveState
from survey_service.secrets import code_hash
from survey_service.surveys import definitions
from survey_service.surveys.service import header_of
from survey_service.web.pages import format_date
from survey_service.web.resident_pages import Occasion


@dataclass(frozen=True, slots=True, kw_only=True)
class Visit:
    code: OpenedCode
    version_id: UUID
    questionnaire: Questionnaire
    occasion: Occasion
    state: WaveState
    answered: bool  # the case of this code has its complete response, from a phone or from paper

    def refuse_if_over(self, now: datetime, zone: ZoneInfo) -> None:
        """Raises what keeps this code from answering now."""
        closes = self.occasion.closes_on
        if self.answered:
            raise AlreadyAnswered
        if self.state is WaveState.DRAFT:
            raise WaveClosed(
                zh="这次调查还没有开始，请过几天再来。", en="This survey has not started yet. Please come back later."
            )
        if self.state is not WaveState.OPEN or now >= end_of(closes, zone):
            raise WaveClosed(
                zh=f"这次调查到 {format_date(closes, 'zh')} 24:00 截止，现在不再收答卷。谢谢您。",
                en=f"This survey ended on {format_date(closes, 'en')} and takes no more answers. Thank you.",
            )


def open_visit(session: Session, code: str) -> Visit:
    """The visit that ``code`` opens; UnknownCode or RevokedCode where it opens none."""
    opened = codes.find(session, code)
    if opened.revoked_at is not None:
        raise RevokedCode
    community, city = aliased(Area), aliased(Area)
    found = session.execute(
        select(Wave, QuestionnaireVersion.sha256, community, city)
        .select_from(Wave)
        .join(community, community.id == opened.area_id)
        .join(Survey, Survey.id == Wave.survey_id)
        .join(city, city.id == Survey.city_id)
        .join(
            QuestionnaireVersion,
            (QuestionnaireVersion.survey_id == Wave.survey_id)
            & (QuestionnaireVersion.id == Wave.questionnaire_version_id),
        )
        .where(Wave.survey_id == opened.survey_id, Wave.id == opened.wave_id)
    ).one()
    wave: Wave = found[0]
    questionnaire = definitions.frozen(session, opened.survey_id, wave.questionnaire_version_id)
    return Visit(
        code=opened,
        version_id=wave.questionnaire_version_id,
        questionnaire=questionnaire,
        occasion=Occasion(
            version_sha256=found.sha256,
            header=effective_header(questionnaire, header_of(wave)),
            city=Text(found[3].name_zh, found[3].name_en),
            community=Text(found[2].name_zh, found[2].name_en),
            closes_on=wave.closes_on,
        ),
        state=wave.state,
        answered=_answered(session, opened),
    )


def _answered(session: Session, opened: OpenedCode) -> bool:
    if opened.case_id is None:
        return False
    complete = select(Response.id).where(
        Response.survey_id == opened.survey_id,
        Response.case_id == opened.case_id,
        Response.state == ResponseState.COMPLETE,
    )
    return session.scalars(complete).first() is not None


def submitted_at(session: Session, opened: OpenedCode, receipt: str) -> datetime:
    """When the answers of ``receipt`` were stored; UnknownCode unless they came by this very code."""
    at = session.scalars(
        select(Response.completed_at).where(
            Response.survey_id == opened.survey_id,
            Response.receipt_sha256 == code_hash(receipt),
            Response.wave_id == opened.wave_id,
            Response.area_id == opened.area_id,
            Response.case_id.is_(None) if opened.case_id is None else Response.case_id == opened.case_id,
            Response.state == ResponseState.COMPLETE,
        )
    ).one_or_none()
    if at is None:
        raise UnknownCode
    return at
