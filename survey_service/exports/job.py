"""The job that makes an export: every file of it is on offer at one stroke, or none.

What a killed worker left in the export's folder is there for the next one, which goes on where the writers can; what
they cannot go on with they make anew.
"""

from __future__ import annotations

from uuid import UUID

from survey_service.errors import NotFound
from survey_service.exports import folder, kept, kept_queries
from survey_service.exports.folder import MadeFile
from survey_service.exports.formats import Format
from survey_service.exports.writing import WaveSource, write_export
from survey_service.jobs import Claimed, Progress
from survey_service.models import DataExport
from survey_service.services import Services


def make_export(services: Services, job: Claimed, progress: Progress) -> None:
    """Nothing where it was made, deleted, or its files are on offer already."""
    key, lies_in = (job.survey_id, UUID(job.arguments["export_id"])), services.settings.exports
    with services.database.reading.begin() as session:
        export = session.get(DataExport, key)
        if export is None:
            raise NotFound
        if export.made_at is not None or export.gone_at is not None:
            return
        folder.remove_unnoted(lies_in, export.id)
        # Before the rows are read: an answer that is erased meanwhile makes the export one too old, never too young.
        erased_before = kept_queries.erased(session, export.survey_id, export.wave_id)
        written = write_export(
            WaveSource(
                session=session,
                survey_id=export.survey_id,
                wave_id=export.wave_id,
                columns=services.settings.columns,
            ),
            tuple(Format(one) for one in export.formats),
            folder.begin(lies_in, export.id),
            texts=export.texts,
            language=export.language,
            progress=progress.report,
        )
        done = max(1, len(written))
    progress.report(done, done)  # LeaseLost here, where another worker has it: what follows is seen
    sizes = folder.publish(lies_in, key[1], [one.name for one in written])
    files = [MadeFile(one.name, size, one.sha256) for one, size in zip(written, sizes, strict=True)]
    rows = max((one.rows for one in written), default=0)
    with services.database.writing.begin() as session:
        export = session.get_one(DataExport, key)
        offered = kept.note_made(session, export, files, rows=rows, erased_before=erased_before, at=services.clock())
    if not offered:
        folder.remove(lies_in, key[1])
