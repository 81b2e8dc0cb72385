"""Posters and letters of a wave as values to be set. Codes are derived when they are printed and kept nowhere."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.orm import Session

from questionnaires.open_questions import open_questions
from questionnaires.readiness import effective_header
from questionnaires.text import Text
from reports.invitations.content import Letter, Occasion, Poster
from survey_service import audit
from survey_service.errors import Conflict
from survey_service.models import Area, ListedUnit, Mode, Wave, WaveState
from survey_service.sampling.unit_words import UNITS
from survey_service.secrets import KeyRing
from survey_service.surveys import codes, definitions, letter_codes, planning_queries, short_code, who_answers
from survey_service.surveys.opening import header_of

A_FILE = 300  # letters in one file: what an office printer takes before its tray is empty


class NothingToPrint(Conflict):
    code = "E123"
    zh = "这里没有可以印的：这一期不用这种方式，或者已经截止。"
    en = "There is nothing to print: the wave does not use this mode, or it is closed."


def occasion(session: Session, wave: Wave, language: str) -> Occasion:
    questionnaire = definitions.frozen(session, wave.survey_id, wave.questionnaire_version_id)
    return Occasion(
        title=questionnaire.title,
        notice=questionnaire.notice,
        header=effective_header(questionnaire, header_of(wave)),
        opens_on=wave.opens_on,
        closes_on=wave.closes_on,
        language=language,
        quoted=bool(open_questions(questionnaire)) if wave.state is WaveState.DRAFT else wave.quotes_told,
    )


def takes(wave: Wave, mode: Mode) -> bool:
    """Whether posters or letters of ``mode`` still lead somewhere."""
    return wave.state in (WaveState.DRAFT, WaveState.OPEN) and (not wave.modes or mode.value in wave.modes)


def posters(
    session: Session,
    wave: Wave,
    areas: Sequence[Area],
    *,
    keys: KeyRing,
    public_url: str,
    at: datetime,
    by: audit.Actor,
) -> list[Poster]:
    """One per community, in the order given; codes are made where there are none yet. NothingToPrint if it has none."""
    if not areas or not takes(wave, Mode.WEB_OPEN):
        raise NothingToPrint
    made = [
        Poster(
            community=Text(area.name_zh, area.name_en),
            address=f"{public_url}/a/{codes.issue_open_code(session, wave.survey_id, wave.id, area.id, keys=keys)}",
        )
        for area in areas
    ]
    _note(session, wave, "posters.printed", {"communities": len(made)}, at=at, by=by)
    return made


@dataclass(frozen=True, slots=True, kw_only=True)
class Printing:
    """What letters are made with, and for whom. ``doors``: by case number, where they came with the list."""

    keys: KeyRing
    public_url: str
    doors: Mapping[str, str]
    at: datetime
    by: audit.Actor


def _unit(wave: Wave) -> Text | None:
    """What stood on the list, where that is no household."""
    if wave.listed_unit is ListedUnit.HOUSEHOLD:
        return None
    words = UNITS[wave.listed_unit]
    return Text(words.one.zh, words.many)


def letters(
    session: Session, wave: Wave, areas: Sequence[Area], how: Printing, *, part: int | None = None
) -> list[Letter]:
    """The letters of these communities, or the ``part``-th file (from 1) of them, in the order of walking.

    Whose code was used gets none. A code that was never made is made; one that was made again replaces the lost one.
    """
    if not takes(wave, Mode.WEB_INVITED):
        raise NothingToPrint
    rows = planning_queries.letters(session, wave, [area.id for area in areas])
    if part is not None:
        rows = rows[(part - 1) * A_FILE : part * A_FILE]
    shorts = letter_codes.short_codes_of(session, wave, rows, keys=how.keys)
    whom = who_answers.told(wave)
    names = {area.id: Text(area.name_zh, area.name_en) for area in areas}
    made = [
        Letter(
            community=names[row.area_id],
            address=f"{how.public_url}/a/{how.keys.access_code(wave.survey_id, row.case_id, row.issue or 1)}",
            door=how.public_url,
            short_code=short_code.in_threes(shorts[row.case_id]),
            case_number=row.number,
            household=how.doors.get(row.number, ""),
            whom=whom,
            unit=_unit(wave),
        )
        for row in rows
        if row.used_at is None
    ]
    if not made:
        raise NothingToPrint
    where = {"area": str(areas[0].id), "part": part} if part is not None else {"areas": len(areas)}
    _note(session, wave, "letters.printed", {**where, "letters": len(made)}, at=how.at, by=how.by)
    return made


def _note(
    session: Session, wave: Wave, action: str, detail: dict[str, object], *, at: datetime, by: audit.Actor
) -> None:
    """Who printed codes stands in the log, as who saw them."""
    audit.record(
        session, survey_id=wave.survey_id, at=at, by=by, action=action, record=f"wave {wave.id}", detail=detail
    )
