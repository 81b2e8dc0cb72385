"""All checks in their order; one that fails itself is told and keeps no other from being made."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from datetime import datetime
from functools import partial
from urllib.parse import urlsplit

import structlog

from survey_service.database import Database, open_database
from survey_service.doctor import of_the_machine, of_the_survey
from survey_service.doctor.findings import Finding, Mark
from survey_service.installation import Refused, check_database
from survey_service.settings import Settings, is_loopback

log = structlog.get_logger()


def examine(settings: Settings, *, at: datetime) -> list[Finding]:
    """Everything, without starting or changing anything."""
    found = [Finding("settings", Mark.WELL, "设置都认识，值都能用", "every setting is known and can be used")]
    for check in (of_the_machine.key, of_the_machine.modes, of_the_machine.way_to_people, of_the_machine.disks):
        found += _made(check.__name__, partial(check, settings))
    found += _made("zone", lambda: of_the_machine.zone(settings, at))
    found += _made("fonts", lambda: of_the_machine.fonts(settings))
    try:
        check_database(settings, create=False)
    except Refused as refused:
        said, _, way = str(refused).partition("\n")
        return [*found, Finding("database", Mark.WRONG, f"数据库不能用：{said}", said, way.strip(), way.strip())]
    found.append(Finding("database", Mark.WELL, "数据库完好", "the database is sound"))
    opened = open_database(settings.resolved_database_url)
    try:
        left = _made("background", lambda: of_the_survey.background(opened, at))  # not at a start: they are begun now
        return [*found, *_of_the_survey(settings, opened, at=at), *left]
    finally:
        opened.dispose()


def at_the_start(settings: Settings, database: Database, *, at: datetime) -> None:
    """What is quickly seen goes into the log; nothing of it stops a start."""
    own_machine = is_loopback(urlsplit(settings.public_url).hostname or "")  # a trial: nobody else is meant to come
    quick = [
        *([] if own_machine else _made("way_to_people", lambda: of_the_machine.way_to_people(settings))),
        *_made("key", lambda: of_the_machine.key(settings)),
        *_made("disks", lambda: of_the_machine.disks(settings)),
        *_of_the_survey(settings, database, at=at),
    ]
    for one in quick:
        if one.mark is not Mark.WELL:
            note = log.error if one.mark is Mark.WRONG else log.warning
            note("doctor", check=one.check, found=one.en, way=one.way_en)


def _of_the_survey(settings: Settings, database: Database, *, at: datetime) -> Iterator[Finding]:
    address = urlsplit(settings.public_url).hostname or ""
    yield from _made("second_factor", lambda: of_the_survey.second_factors(settings, database))
    yield from _made("contacts", lambda: of_the_survey.contact_readers(settings, database))
    yield from _made("addresses", lambda: of_the_survey.address_keys(settings, database, at))
    yield from _made("exports", lambda: of_the_survey.export_text_readers(settings, database))
    yield from _made("clock", lambda: of_the_survey.clock(database, at))
    yield from _made("files", lambda: of_the_survey.several_machines(settings, database))
    yield from _made("demonstration", lambda: of_the_survey.invented(database, address))


def _made(name: str, check: Callable[[], Iterable[Finding]]) -> list[Finding]:
    try:
        return list(check())
    except Exception as failed:  # its words may hold what was read
        kind = type(failed).__name__
        return [
            Finding(
                name,
                Mark.CARE,
                f"这一项没有查成（{kind}）",
                f"this could not be looked at ({kind})",
                "数据库可能是较早版本的：先启动一次服务。",
                "The database may be an earlier version's: start the service once.",
            )
        ]
