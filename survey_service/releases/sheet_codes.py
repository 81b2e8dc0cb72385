"""The code on a sheet, by which anybody asks whether its edition is in force: of the alphabet of short codes (0178).

It is derived from what the sheet prints (the number of the release, the hash of its rows, the area) and stored
nowhere, so that a sheet printed again has the same. It opens nothing and is no secret: whoever holds the sheet has it.
"""

from __future__ import annotations

import hashlib
from typing import Final
from urllib.parse import urlsplit
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from questionnaires.sectors import sector_code
from reports.content import AreaSummary, CommunitySummary, Verification
from survey_service.models import Area, Release, ReleaseDocument, Survey, Wave
from survey_service.releases import queries
from survey_service.secrets import CROCKFORD
from survey_service.settings import Settings, is_loopback
from survey_service.surveys import short_code

OF_RELEASE: Final = 2  # characters by which the few releases are found whose areas have to be looked at
OF_AREA: Final = short_code.SECRET - OF_RELEASE


def code_of(number: str, data_sha256: str, area_code: str) -> str:
    """Ten characters, the last of which checks the others."""
    return short_code.with_check(_of_release(number, data_sha256) + _of_area(number, data_sha256, area_code))


def verification(summary: CommunitySummary | AreaSummary, settings: Settings) -> Verification:
    """What the sheet prints: the code, and where it leads, unless only this machine can open that."""
    imprint = summary.imprint
    code = code_of(imprint.release_number, imprint.data_sha256, summary.place.code)
    address = urlsplit(settings.public_url)
    told = short_code.in_threes(code)
    if is_loopback(address.hostname or ""):
        return Verification(code=told, address="", door="")
    return Verification(code=told, address=f"{settings.public_url}/verify/{code}", door=f"{address.netloc}/verify")


def sheets_of(session: Session, code: str) -> list[tuple[Release, Survey, Wave, Area, str]]:
    """The sheets with that code, in practice one or none; only such as were made are looked at. Last the sector that
    each is of, "" where it is of the area itself."""
    if not short_code.fits(code):
        return []
    every = session.execute(select(Release.survey_id, Release.id, Release.number, Release.snapshot_sha256)).all()
    near = [one for one in every if code.startswith(_of_release(one.number, one.snapshot_sha256))]
    found = []
    for one in near:  # one in 1,024 of all releases, beside the one that is meant
        for area, sector in _printed(session, one.survey_id, one.id):
            if code_of(one.number, one.snapshot_sha256, sector_code(area.code, sector)) == code:
                row = queries.release(session, one.survey_id, one.id)
                assert row is not None
                found.append((*row, area, sector))
    return found


def _printed(session: Session, survey_id: UUID, release_id: UUID) -> list[tuple[Area, str]]:
    """Areas that have a sheet, once for themselves and once for each sector."""
    found = session.execute(
        select(Area, ReleaseDocument.sector)
        .join(ReleaseDocument, ReleaseDocument.area_id == Area.id)
        .where(ReleaseDocument.survey_id == survey_id, ReleaseDocument.release_id == release_id)
        .distinct()
    )
    return [(area, sector) for area, sector in found]


def _of_release(number: str, data_sha256: str) -> str:
    return _characters(f"{number}\n{data_sha256}", OF_RELEASE)


def _of_area(number: str, data_sha256: str, area_code: str) -> str:
    return _characters(f"{number}\n{data_sha256}\n{area_code}", OF_AREA)


def _characters(text: str, many: int) -> str:
    """So many characters of the hash, five bits each."""
    bits = int.from_bytes(hashlib.sha256(text.encode()).digest())
    return "".join(CROCKFORD[bits >> 5 * place & 31] for place in range(many))
