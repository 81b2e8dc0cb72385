"""Questions of a wave read aloud: added while it is a draft, listened to by residents, frozen when it opens."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Final
from uuid import UUID

from sqlalchemy import func, select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from questionnaires.model import Questionnaire
from survey_service import audit
from survey_service.errors import BadInput, Conflict, NotFound
from survey_service.models import Wave, WaveRecording
from survey_service.outside.sounds import Sound
from survey_service.surveys import drafts

MOST_BYTES: Final = 1_000_000  # of a file: two minutes of speech as a phone records it, a few seconds on a slow network
MOST_SECONDS: Final = 120
MOST_RECORDINGS: Final = 400  # of a wave
LONGEST_VOICE: Final = 20  # characters of the button


class NoSound(BadInput):
    code = "E190"
    zh = "这个文件不是手机都能放的录音。请用手机录音，存成 MP3 或 M4A，也可以是 WAV，再选一次。"
    en = "This is no recording that every phone plays. Record with a phone as MP3 or M4A, or as WAV, and choose again."


class SoundTooLong(BadInput):
    code = "E191"
    zh = f"录音最长 {MOST_SECONDS} 秒、最大 {MOST_BYTES // 1000} KB。请一道题录一段，存成单声道、64 kbps 以下。"
    en = (
        f"A recording lasts at most {MOST_SECONDS} s and has at most {MOST_BYTES // 1000} KB. "
        "Record one question at a time, one channel, 64 kbps or less."
    )


class VoiceTaken(Conflict):
    code = "E192"
    zh = "这道题已经有这种口音的录音了。要换，请先去掉原来的那一段。"
    en = "This question has a recording in that voice already. Take the old one out first."


@dataclass(frozen=True, slots=True, kw_only=True)
class Recording:
    """One question in one voice, as residents are offered it."""

    question: str
    voice: str
    language: str
    sha256: str
    size: int
    seconds: int

    @property
    def length(self) -> str:
        return f"{self.seconds // 60}:{self.seconds % 60:02}"

    @property
    def kilobytes(self) -> int:
        return max(1, round(self.size / 1000))


@dataclass(frozen=True, slots=True, kw_only=True)
class Change:
    """Which draft is changed, by whom."""

    survey_id: UUID
    wave_id: UUID
    at: datetime
    by: audit.Actor


@dataclass(frozen=True, slots=True, kw_only=True)
class Spoken:
    """What a manager says of a file: which question it reads, and how the button calls the voice."""

    question: str
    voice: str
    language: str


def stored(session: Session, survey_id: UUID, wave_id: UUID) -> tuple[Recording, ...]:
    """All of a wave, as they were added: one statement."""
    found = session.scalars(
        select(WaveRecording)
        .where(WaveRecording.survey_id == survey_id, WaveRecording.wave_id == wave_id)
        .order_by(WaveRecording.added_at, WaveRecording.question, WaveRecording.voice)
    )
    return tuple(
        Recording(
            question=one.question,
            voice=one.voice,
            language=one.language,
            sha256=one.blob_sha256,
            size=one.size,
            seconds=one.seconds,
        )
        for one in found
    )


def refuse_unless_short(content: bytes, sound: Sound | None) -> Sound:
    if sound is None:
        raise NoSound
    if len(content) > MOST_BYTES or not 0 < sound.seconds <= MOST_SECONDS:
        raise SoundTooLong
    return sound


def add(session: Session, change: Change, spoken: Spoken, sound: Sound, *, sha256: str, size: int) -> None:
    """A further recording of a draft. NoDraft once it is open, VoiceTaken where the question has that voice."""
    drafts.draft(session, change.survey_id, change.wave_id)
    of_wave = (WaveRecording.survey_id == change.survey_id, WaveRecording.wave_id == change.wave_id)
    if (session.scalar(select(func.count()).select_from(WaveRecording).where(*of_wave)) or 0) >= MOST_RECORDINGS:
        raise BadInput(
            zh=f"一期最多 {MOST_RECORDINGS} 段录音。请先去掉不用的。",
            en=f"A wave has at most {MOST_RECORDINGS} recordings. Take out those that are not used.",
        )
    row = WaveRecording(
        survey_id=change.survey_id,
        wave_id=change.wave_id,
        question=spoken.question,
        voice=spoken.voice,
        language=spoken.language,
        blob_sha256=sha256,
        media_type=sound.media_type,
        size=size,
        seconds=max(1, round(sound.seconds)),
        added_at=change.at,
    )
    try:
        with session.begin_nested():
            session.add(row)
    except IntegrityError as taken:
        raise VoiceTaken from taken
    _record(session, change, "wave.recording_added", _trace(spoken.question, spoken.voice, sha256))


def remove(session: Session, change: Change, question: str, voice: str) -> None:
    """NotFound where it has gone meanwhile. The file stays: others may name it, and backups hold it."""
    drafts.draft(session, change.survey_id, change.wave_id)
    row = session.get(WaveRecording, (change.survey_id, change.wave_id, question, voice))
    if row is None:
        raise NotFound
    sha256 = row.blob_sha256
    session.delete(row)
    _record(session, change, "wave.recording_removed", _trace(question, voice, sha256))


def copy_recordings(session: Session, before: Wave, change: Change, was: Questionnaire, now: Questionnaire) -> None:
    """Those of an earlier wave for a new draft, of questions that are worded as they were."""
    former = {one.id: (one.text, one.options, one.items) for one in was.questions()}
    unchanged = {one.id for one in now.questions() if former.get(one.id) == (one.text, one.options, one.items)}
    rows = session.scalars(
        select(WaveRecording).where(WaveRecording.survey_id == before.survey_id, WaveRecording.wave_id == before.id)
    ).all()
    taken = [
        WaveRecording(
            survey_id=change.survey_id,
            wave_id=change.wave_id,
            question=row.question,
            voice=row.voice,
            language=row.language,
            blob_sha256=row.blob_sha256,
            media_type=row.media_type,
            size=row.size,
            seconds=row.seconds,
            added_at=change.at,
        )
        for row in rows
        if row.question in unchanged
    ]
    if taken:
        session.add_all(taken)
        _record(session, change, "wave.recordings_copied", {"source": before.key, "recordings": len(taken)})


def of_hash(session: Session, sha256: str) -> str | None:
    """The type of a recording of any wave; None where no wave has one of that hash."""
    found = select(WaveRecording.media_type).where(WaveRecording.blob_sha256 == sha256).limit(1)
    return session.scalars(found).first()


def _trace(question: str, voice: str, sha256: str) -> dict[str, object]:
    return {"question": question, "voice": voice, "sha256": sha256}


def _record(session: Session, change: Change, action: str, detail: Mapping[str, object]) -> None:
    audit.record(
        session,
        survey_id=change.survey_id,
        at=change.at,
        by=change.by,
        action=action,
        record=f"wave {change.wave_id}",
        detail=detail,
    )
