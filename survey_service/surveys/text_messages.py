"""Text messages that invite to a wave: a short link for every letter, for the city's own gateway to send.

Telephone numbers are neither asked for nor known here: the file leaves their column empty.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from io import BytesIO
from math import ceil
from typing import Final

import xlsxwriter
from sqlalchemy.orm import Session

from survey_service import audit
from survey_service.models import Area, Mode, Wave
from survey_service.secrets import KeyRing
from survey_service.surveys import definitions, invitations, letter_codes, planning_queries
from survey_service.surveys.errors import NoLinkInText
from survey_service.tabular.harmless import harmless

LINK: Final = "{链接}"
ONE: Final = 70  # characters of a message in Chinese
OF_SEVERAL: Final = 67  # of each part of a longer one: three go to the numbers by which a phone joins them
LONGEST: Final = 500
HEADS: Final = ("编号", "社区", "手机号（由本市填）", "链接", "短信", "字数", "条数")
WIDTHS: Final = (16, 18, 20, 38, 60, 8, 8)
_TELEPHONE: Final = re.compile(r"[0-9][0-9-]{3,}[0-9]")


@dataclass(frozen=True, slots=True, kw_only=True)
class Message:
    number: str
    community: str
    link: str
    text: str

    @property
    def characters(self) -> int:
        return length(self.text)


def length(text: str) -> int:
    """As a gateway counts: a rare character outside the first plane is two."""
    return len(text.encode("utf-16-le")) // 2


def parts(characters: int) -> int:
    """How many messages are paid for."""
    return 1 if characters <= ONE else ceil(characters / OF_SEVERAL)


def link_of(public_url: str, short_code: str) -> str:
    return f"{public_url}/s/{short_code}"


def usual_text(session: Session, wave: Wave) -> str:
    """In Chinese, of the wave's own data; who asks stands in front, as gateways want it."""
    notice = definitions.frozen(session, wave.survey_id, wave.questionnaire_version_id).notice
    minutes = f"约{notice.minutes}分钟，" if notice.minutes is not None else ""
    number = _TELEPHONE.search(notice.contact.zh)
    whom = f"咨询{number.group()}" if number else ""
    day = f"{wave.closes_on.month}月{wave.closes_on.day}日"
    return f"【{notice.body.zh}】您家被抽中参加居民调查，{minutes}{day}前请点 {LINK} 作答，一户一份。{whom}"


def messages(
    session: Session, wave: Wave, areas: Sequence[Area], text: str, *, keys: KeyRing, public_url: str
) -> list[Message]:
    """One for every letter whose code was not used, by number; codes are made where there are none yet.

    NoLinkInText where ``text`` has no place for the link; NothingToPrint where nobody is invited.
    """
    if text.count(LINK) != 1 or len(text) > LONGEST:
        raise NoLinkInText
    if not invitations.takes(wave, Mode.WEB_INVITED):
        raise invitations.NothingToPrint
    rows = planning_queries.letters(session, wave, [area.id for area in areas])
    shorts = letter_codes.short_codes_of(session, wave, rows, keys=keys)
    names = {area.id: area.name_zh for area in areas}
    made = []
    for row in rows:
        if row.used_at is None:
            link = link_of(public_url, shorts[row.case_id])
            said = text.replace(LINK, link)
            made.append(Message(number=row.number, community=names[row.area_id], link=link, text=said))
    if not made:
        raise invitations.NothingToPrint
    return made


def note(session: Session, wave: Wave, made: Sequence[Message], *, at: datetime, by: audit.Actor) -> None:
    """Who took the links out stands in the log, as who printed letters."""
    audit.record(
        session,
        survey_id=wave.survey_id,
        at=at,
        by=by,
        action="links.exported",
        record=f"wave {wave.id}",
        detail={"links": len(made)},
    )


def workbook(made: Sequence[Message]) -> bytes:
    """Everything as text: a number of a telephone that Excel counts with loses its end."""
    file = BytesIO()
    book = xlsxwriter.Workbook(file, {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False})
    sheet = book.add_worksheet("短信")
    bold, as_text = book.add_format({"bold": True}), book.add_format({"num_format": "@"})
    for column, width in enumerate(WIDTHS):
        sheet.set_column(column, column, width, as_text if column < len(WIDTHS) - 2 else None)
        sheet.write_string(0, column, HEADS[column], bold)
    sheet.freeze_panes(1, 1)
    for place, one in enumerate(made, start=1):
        for column, words in enumerate((one.number, one.community, "", one.link, one.text)):
            if words:
                sheet.write_string(place, column, str(harmless(words)), as_text)
        sheet.write_number(place, 5, one.characters)
        sheet.write_number(place, 6, parts(one.characters))
    book.close()
    return file.getvalue()
