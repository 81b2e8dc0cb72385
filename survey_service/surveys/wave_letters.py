"""All letters of a wave as one file: asked for on a page, drawn by a job, kept sealed until the next or the wave's day.

They lie as an office hands them out: by community, grid and order of walking. The same wave gives the same file, on
the machine that was restored from a backup too: codes are derived, doors are sealed in the database.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session, defer

from reports.invitations.content import Letter
from survey_service import audit, jobs
from survey_service.audit.chain import Actor
from survey_service.models import Account, Area, Job, JobState, LetterFile, Survey, Wave
from survey_service.sealed.doors import has_doors, open_doors
from survey_service.sealed.keys import Seal, WaveKeys
from survey_service.services import Services
from survey_service.surveys import invitations, queries
from survey_service.surveys.invitations import NothingToPrint, Printing
from survey_service.surveys.letter_job import LETTERS

REPORT_EVERY = 10
AT_WORK = (JobState.WAITING, JobState.RUNNING)


@dataclass(frozen=True, slots=True, kw_only=True)
class Printed:
    """How the letters of one language stand. ``there``: they can be taken."""

    language: str
    job: Job
    made_at: datetime | None
    letters: int | None
    there: bool


def printed(session: Session, wave: Wave) -> dict[str, Printed]:
    """By language, what was asked for."""
    rows = session.execute(
        select(LetterFile, LetterFile.sealed.is_not(None), Job)
        .join(Job, (Job.survey_id == LetterFile.survey_id) & (Job.id == LetterFile.job_id))
        .where(LetterFile.survey_id == wave.survey_id, LetterFile.wave_id == wave.id)
        .options(defer(LetterFile.sealed))
    )
    return {
        file.language: Printed(language=file.language, job=job, made_at=file.made_at, letters=file.letters, there=there)
        for file, there, job in rows
    }


def ask(session: Session, wave: Wave, keys: WaveKeys, language: str, *, by: Actor, at: datetime) -> None:
    """Have them printed; however often the button is pressed while they are drawn, it is one job.

    SealGone or SealAway where doors came with the list and do not open: no letter goes out without its door.
    """
    session.get_one(Wave, (wave.survey_id, wave.id), with_for_update=True)  # of two who press at once, one asks
    if has_doors(session, wave):
        keys.opened(session, wave, at=at)
    else:
        keys.begin(session, wave, at=at)
    row = session.get(LetterFile, (wave.survey_id, wave.id, language), options=[defer(LetterFile.sealed)])
    if row is not None:
        job = session.get(Job, (wave.survey_id, row.job_id))
        if job is not None and job.state in AT_WORK:
            return
    assert by.account_id is not None
    job = jobs.enqueue(
        session,
        survey_id=wave.survey_id,
        kind=LETTERS,
        arguments={"wave_id": str(wave.id), "language": language},
        by=by,
        at=at,
    )
    if row is None:
        row = LetterFile(survey_id=wave.survey_id, wave_id=wave.id, language=language)
        session.add(row)
    row.job_id, row.by_account_id, row.asked_at = job.id, by.account_id, at
    row.made_at, row.letters, row.sealed = None, None, None


def take(session: Session, wave: Wave, keys: WaveKeys, language: str, *, at: datetime, by: Actor) -> bytes:
    """The file, opened; one line in the log. NothingToPrint where there is none."""
    row = session.get(LetterFile, (wave.survey_id, wave.id, language))
    if row is None:
        raise NothingToPrint
    seal = keys.opened(session, wave, at=at)
    if row.sealed is None:
        raise NothingToPrint
    content = seal.open_bytes(row.sealed, of=_of(language))
    detail = {"letters": row.letters, "language": language}
    audit.record(
        session,
        survey_id=wave.survey_id,
        at=at,
        by=by,
        action="letters.taken",
        record=f"wave {wave.id}",
        detail=detail,
    )
    return content


def draw_job(services: Services, claimed: jobs.Claimed, progress: jobs.Progress) -> None:
    """Draw them; run again after a crash it draws the same."""
    from reports.invitations.drawing import letters_pdf

    key, language = (claimed.survey_id, UUID(claimed.arguments["wave_id"])), claimed.arguments["language"]
    keys, at = WaveKeys(services.settings, services.keys), services.clock()

    def watch(done: int, total: int) -> None:
        if done % REPORT_EVERY == 0:
            progress.report(done, total)

    with services.database.writing.begin() as session:
        wave = session.get_one(Wave, key, with_for_update=True)
        account = session.get_one(Account, claimed.by_account_id)
        seal = keys.opened(session, wave, at=at)
        about = invitations.occasion(session, wave, language)
        made = _letters(session, services, wave, seal, at=at, by=Actor(account.id, account.name))
    content = letters_pdf(about, made, settings=services.settings.type_settings, watch=watch)
    with services.database.writing.begin() as session:
        made_at = services.clock()
        keys.opened(session, session.get_one(Wave, key), at=made_at)  # its day may have come meanwhile
        row = session.get(LetterFile, (*key, language), with_for_update=True, options=[defer(LetterFile.sealed)])
        if row is not None and row.job_id == claimed.id:
            row.sealed, row.letters, row.made_at = seal.seal_bytes(content, of=_of(language)), len(made), made_at


def _letters(session: Session, services: Services, wave: Wave, seal: Seal, *, at: datetime, by: Actor) -> list[Letter]:
    """Of every community of the wave. NothingToPrint where no case is invited by letter."""
    survey = session.get_one(Survey, wave.survey_id)
    areas: Sequence[Area] = queries.all_communities(session, survey, wave)
    how = Printing(
        keys=services.keys,
        public_url=services.settings.public_url,
        doors=open_doors(session, wave, seal),
        at=at,
        by=by,
    )
    return invitations.letters(session, wave, areas, how)


def _of(language: str) -> str:
    return f"letters {language}"
