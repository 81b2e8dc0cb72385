"""Surveys and waves, and the life of a wave: draft, open, closed, under review, released.

Every step is taken by a named person and audited; a step back needs a reason. A step is one conditional update, so
of two people who press the same button one moves the wave and the other is told that it has moved.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Select, func, select
from sqlalchemy.orm import Session

from analysis import dispositions as aapor
from questionnaires.characters import written
from questionnaires.open_questions import open_questions
from questionnaires.text import Text
from survey_service import audit
from survey_service.errors import BadInput, Conflict, KeyingUnfinished, NotFound, NotReady
from survey_service.fieldwork.outcomes import AAPOR, outcomes_recorded
from survey_service.models import Capture, Disposition, Mode, Survey, Wave, WaveState
from survey_service.secrets import KeyRing
from survey_service.surveys import definitions, filling, opening, queries
from survey_service.surveys.figures import FiguresClosed, FiguresOpen
from survey_service.surveys.schemas import CommunityProgress, Document, ReleaseShown, WaveProgress

STEPS: Mapping[WaveState, WaveState] = {
    WaveState.DRAFT: WaveState.OPEN,
    WaveState.OPEN: WaveState.CLOSED,
    WaveState.CLOSED: WaveState.UNDER_REVIEW,
    WaveState.UNDER_REVIEW: WaveState.RELEASED,
}
# A released wave goes back to be corrected by a next edition only (``reopen_released``): its numbers are out.
STEPS_BACK: Mapping[WaveState, WaveState] = {
    WaveState.OPEN: WaveState.DRAFT,
    WaveState.CLOSED: WaveState.OPEN,
    WaveState.UNDER_REVIEW: WaveState.CLOSED,
}
MINIMUM_REASON = 4  # characters; fewer cannot say why


def create_survey(
    session: Session,
    *,
    key: str,
    title_zh: str,
    title_en: str = "",
    city_id: UUID,
    method: Mapping[str, Any] | None = None,
    at: datetime,
    by: audit.Actor,
) -> Survey:
    """A new survey of a city; raises IntegrityError where the key is taken."""
    survey = Survey(
        key=key, title_zh=title_zh, title_en=title_en, city_id=city_id, method=dict(method or {}), created_at=at
    )
    session.add(survey)
    session.flush()
    audit.record(session, survey_id=survey.id, at=at, by=by, action="survey.created", record=f"survey {survey.id}")
    return survey


def kept_elsewhere(survey: Survey) -> dict[str, Any]:
    """What another page than its form keeps with a survey: its indices."""
    return {name: survey.method[name] for name in ("indices",) if name in survey.method}


def change_survey(
    session: Session,
    survey: Survey,
    *,
    title_zh: str,
    title_en: str,
    method: Mapping[str, Any],
    keys: KeyRing,
    at: datetime,
    by: audit.Actor,
) -> None:
    """New titles and method words; the key stands in addresses and numbers and never changes."""
    new = {"title_zh": title_zh, "title_en": title_en, "method": dict(method)}
    changed = audit.changes(keys, "survey", {name: getattr(survey, name) for name in new}, new)
    if not changed:
        return
    for name in changed:
        setattr(survey, name, new[name])
    audit.record(
        session,
        survey_id=survey.id,
        at=at,
        by=by,
        action="survey.changed",
        record=f"survey {survey.id}",
        detail={"fields": changed},
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class NewWave:
    """What a wave is planned with."""

    key: str
    name_zh: str
    name_en: str = ""
    questionnaire_version_id: UUID
    opens_on: date
    closes_on: date
    header: Mapping[str, Any] | None = None
    targets: Mapping[str, Any] | None = None
    method: Mapping[str, Any] | None = None
    modes: Sequence[Mode] = ()
    areas: Sequence[str] = ()
    plan: Mapping[str, Any] | None = None


def create_wave(session: Session, survey_id: UUID, new: NewWave, *, at: datetime, by: audit.Actor) -> Wave:
    """A draft wave; raises IntegrityError where the key is taken or it would close before it opens."""
    wave = Wave(
        survey_id=survey_id,
        key=new.key,
        name_zh=new.name_zh,
        name_en=new.name_en,
        questionnaire_version_id=new.questionnaire_version_id,
        opens_on=new.opens_on,
        closes_on=new.closes_on,
        header=dict(new.header or {}),
        targets=dict(new.targets or {}),
        method=dict(new.method or {}),
        modes=[mode.value for mode in new.modes],
        areas=list(new.areas),
        plan=dict(new.plan or {}),
        created_at=at,
    )
    session.add(wave)
    session.flush()
    audit.record(session, survey_id=survey_id, at=at, by=by, action="wave.created", record=f"wave {wave.id}")
    return wave


def open_wave(session: Session, survey_id: UUID, wave_id: UUID, *, on: date, at: datetime, by: audit.Actor) -> Wave:
    """Draft to open. From here the questionnaire is frozen, with its lists. NotReady lists what is blank or expired."""
    wave = _wave(session, survey_id, wave_id)
    survey = session.get_one(Survey, survey_id)
    if wave.state is WaveState.DRAFT and (problems := opening.blockers(session, survey, wave, on=on)):
        zh, en = opening.in_words(problems)
        raise NotReady(zh=zh, en=en)
    _move(session, wave, WaveState.DRAFT, at=at, by=by)
    filling.freeze(session, survey, wave, filling.Step(at=at, by=by))
    wave.opened_at = at
    wave.quotes_told = bool(open_questions(definitions.frozen(session, survey_id, wave.questionnaire_version_id)))
    return wave


def close_wave(session: Session, survey_id: UUID, wave_id: UUID, *, at: datetime, by: audit.Actor) -> Wave:
    """Open to closed: from now on no answer is taken, neither on the web nor from paper."""
    wave = _wave(session, survey_id, wave_id)
    _move(session, wave, WaveState.OPEN, at=at, by=by)
    wave.closed_at = at
    return wave


def begin_review(session: Session, survey_id: UUID, wave_id: UUID, *, at: datetime, by: audit.Actor) -> Wave:
    """Raises KeyingUnfinished while paper that was keyed once still waits for its second keying or a decision."""
    wave = _wave(session, survey_id, wave_id)
    unfinished = queries.unfinished_batches(session, wave)
    if unfinished:
        raise KeyingUnfinished(unfinished)
    _move(session, wave, WaveState.CLOSED, at=at, by=by)
    return wave


def mark_released(session: Session, survey_id: UUID, wave_id: UUID, *, at: datetime, by: audit.Actor) -> Wave:
    """Under review to released; called by the release that froze the figures, in its transaction.

    FiguresClosed where nobody has opened them: nobody can sign what nobody has seen.
    """
    wave = _wave(session, survey_id, wave_id)
    if wave.state is WaveState.UNDER_REVIEW and wave.figures_opened_at is None:
        raise FiguresClosed
    _move(session, wave, WaveState.UNDER_REVIEW, at=at, by=by)
    wave.released_at = at
    return wave


def reopen_released(
    session: Session, survey_id: UUID, wave_id: UUID, *, reason: str, at: datetime, by: audit.Actor
) -> Wave:
    """Released back to under review, to be corrected by a next edition; called by ``releases.corrections``.

    The day of its release stays until the next one: what was published is not taken back by this.
    """
    wave = _wave(session, survey_id, wave_id)
    reason = _reason(reason)
    _move(session, wave, WaveState.RELEASED, after=WaveState.UNDER_REVIEW, reason=reason, at=at, by=by)
    return wave


def step_back(session: Session, survey_id: UUID, wave_id: UUID, *, reason: str, at: datetime, by: audit.Actor) -> Wave:
    """One step back, with a reason; never from released, never to draft once an answer has come in.

    FiguresOpen once somebody has seen the figures: no reason is good enough then.
    """
    wave = _wave(session, survey_id, wave_id)
    reason = _reason(reason)
    before = wave.state
    if before not in STEPS_BACK:
        raise Conflict(
            zh="草稿和已发布的调查期不能退回。",
            en="A draft or a released wave cannot step back.",
        )
    if wave.figures_opened_at is not None:
        raise FiguresOpen
    if STEPS_BACK[before] is WaveState.DRAFT and _has_captures(session, wave):
        raise Conflict(
            zh="已经收到答卷，不能退回草稿：问卷已经冻结。可以先截止，再另建一期。",
            en="Answers have come in, so the wave cannot return to draft: its questionnaire is frozen. "
            "Close it and make another wave.",
        )
    _move(session, wave, before, after=STEPS_BACK[before], reason=reason, at=at, by=by)
    if before is WaveState.OPEN:
        filling.thaw(session, wave, filling.Step(at=at, by=by))
        wave.opened_at = None
    elif before is WaveState.CLOSED:
        wave.closed_at = None
    return wave


def _reason(typed: str) -> str:
    reason = written(typed)
    if len(reason) < MINIMUM_REASON:
        raise BadInput(
            zh="请写明退回的原因，至少四个字，以后要查得到。",
            en=f"Give the reason for stepping back, {MINIMUM_REASON} characters at least: it will be looked up.",
        )
    return reason[:400]


def _wave(session: Session, survey_id: UUID, wave_id: UUID) -> Wave:
    wave = session.get(Wave, (survey_id, wave_id))
    if wave is None:
        raise NotFound
    return wave


def _has_captures(session: Session, wave: Wave) -> bool:
    rows = select(func.count()).where(Capture.survey_id == wave.survey_id, Capture.wave_id == wave.id)
    return bool(session.scalar(rows))


def _move(
    session: Session,
    wave: Wave,
    before: WaveState,
    *,
    after: WaveState | None = None,
    reason: str | None = None,
    at: datetime,
    by: audit.Actor,
) -> None:
    after = after or STEPS[before]
    back = STEPS_BACK.get(before) is after
    if not queries.move_state(session, wave.survey_id, wave.id, before, after, unseen=back):
        raise Conflict(
            zh="这一期已经不在这一步了，可能别人刚刚操作过。请刷新后再看。",
            en="The wave is no longer at this step; somebody may have just moved it. Reload and look again.",
        )
    session.refresh(wave)
    audit.record(
        session,
        survey_id=wave.survey_id,
        at=at,
        by=by,
        action=f"wave.{after.value}",
        record=f"wave {wave.id}",
        detail={"before": before.value},
        reason=reason,
    )


def progress(session: Session, survey: Survey, wave: Wave, visible: Select[tuple[UUID]]) -> WaveProgress:
    """How far the communities that a person may see have come: four statements, however many they are."""
    areas = queries.communities(session, survey, wave, visible)
    outcomes = queries.dispositions(session, wave)
    codes = queries.open_codes(session, wave)
    shown = {area.id for area in areas}
    tied: Counter[UUID] = Counter()
    untied: Counter[UUID] = Counter()
    by_mode: Counter[str] = Counter()
    untied_by_mode: Counter[str] = Counter()
    for area_id, mode, of_case, count in queries.completed(session, wave):
        if area_id not in shown:
            continue
        (tied if of_case else untied)[area_id] += count
        (by_mode if of_case else untied_by_mode)[mode.value] += count
    lines = [
        CommunityProgress(
            area_id=area.id,
            code=area.code,
            name=Text(area.name_zh, area.name_en),
            households=area.households,
            sampled=outcomes.get(area.id, Counter()).total(),
            completed=tied[area.id],
            response_rate=_response_rate(outcomes.get(area.id, Counter())),
            not_tied=untied[area.id],
            open_code=codes.get(area.id),
        )
        for area in areas
    ]
    everywhere = sum((outcomes[area_id] for area_id in shown if area_id in outcomes), Counter[Disposition]())
    return WaveProgress(
        communities=sorted(lines, key=lambda line: (line.share, line.code)),
        by_mode=dict(by_mode.most_common()),
        not_tied=dict(untied_by_mode.most_common()),
        sampled=everywhere.total(),
        completed=tied.total(),
        response_rate=_response_rate(everywhere),
    )


def _response_rate(cases: Counter[Disposition]) -> float | None:
    """AAPOR RR3 of these cases as they stand today; None where nothing is known yet of those who did not answer."""
    if not outcomes_recorded(cases):
        return None
    return aapor.response_rates([AAPOR[disposition] for disposition in cases.elements()]).rr3


def releases(session: Session, wave: Wave, visible: Select[tuple[UUID]]) -> list[ReleaseShown]:
    """What has been released of a wave, newest edition first, with the PDFs of the areas that a person may see."""
    return [
        ReleaseShown(
            number=release.number,
            edition=release.edition,
            released_at=release.released_at,
            correction_reason=release.correction_reason,
            documents=[
                Document(
                    address=f"/releases/{release.number}/{area.code}.{document.language}.pdf",
                    page=f"/releases/{release.number}/sheets/{area.code}?lang={document.language}",
                    name=Text(area.name_zh, area.name_en),
                    kind=area.kind,
                    language=document.language,
                    pages=document.pages,
                )
                for document, area in queries.documents(session, release, visible)
            ],
        )
        for release in queries.releases(session, wave)
    ]
