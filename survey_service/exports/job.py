"""The job that makes an export: every file of it is on offer at one stroke, or none.

What a killed worker left in the export's folder is there for the next one, which goes on where the writers can; what
they cannot go on with they make anew.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from pathlib import PurePath
from uuid import UUID

from survey_service.errors import NotFound
from survey_service.exports import kept, kept_queries
from survey_service.exports.formats import Format
from survey_service.exports.shelf import MadeFile, shelf_of
from survey_service.exports.writing import WaveSource, WrittenFile, write_export
from survey_service.jobs import Claimed, Progress
from survey_service.models import DataExport
from survey_service.services import Services


def make_export(services: Services, job: Claimed, progress: Progress) -> None:
    """Nothing where it was made, deleted, or its files are on offer already."""
    key = (job.survey_id, UUID(job.arguments["export_id"]))
    shelf = shelf_of(services.settings, services.database)
    with services.database.reading.begin() as session:
        export = session.get(DataExport, key)
        if export is None:
            raise NotFound
        if export.made_at is not None or export.gone_at is not None:
            return
        told = _Told(progress)
        # Before the rows are read: an answer that is erased meanwhile makes the export one too old, never too young.
        erased_before = kept_queries.erased(session, export.survey_id, export.wave_id)
        written = write_export(
            WaveSource(
                session=session,
                survey_id=export.survey_id,
                wave_id=export.wave_id,
                columns=services.settings.columns,
                type_settings=services.settings.type_settings,
            ),
            tuple(Format(one) for one in export.formats),
            shelf.begin(export.id),
            texts=export.texts,
            language=export.language,
            progress=told,
        )
    told(told.total, told.total)  # LeaseLost here, where another worker has it: what follows is seen
    sizes = shelf.publish(key[1], [one.name for one in written])
    files = [MadeFile(one.name, size, one.sha256) for one, size in zip(written, sizes, strict=True)]
    rows = _rows(written)
    with services.database.writing.begin() as session:
        export = session.get_one(DataExport, key)
        offered = kept.note_made(session, export, files, rows=rows, erased_before=erased_before, at=services.clock())
    if not offered:
        shelf.remove(key[1])


class _Told:
    """Passes on how far it is, and keeps of how many."""

    def __init__(self, progress: Progress) -> None:
        self._progress, self.total = progress, 1

    def __call__(self, done: int, total: int) -> None:
        self.total = total
        self._progress.report(done, total)


def _rows(written: Sequence[WrittenFile]) -> int:
    """Cases; a format may have them in a file for each street. 0 where no format with rows was asked for."""
    found: Counter[str] = Counter()
    for one in written:
        found[PurePath(one.name).suffix] += one.rows
    return max(found.values(), default=0)
