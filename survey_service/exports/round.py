"""The regular look at made exports: what has run out, or holds an answer that was erased since, goes."""

from __future__ import annotations

from datetime import timedelta

from survey_service import jobs
from survey_service.exports import kept, kept_queries
from survey_service.exports.shelf import shelf_of
from survey_service.services import Services


@jobs.regularly(minutes=1)
def remove_what_is_over(services: Services) -> None:
    now = services.clock()
    made_before = now - timedelta(days=services.settings.export_days)
    with services.database.reading.begin() as session:
        due = [(one.survey_id, one.id) for one in session.scalars(kept_queries.over(made_before))]
    for key in due:
        with services.database.writing.begin() as session:
            kept.run_out(session, key, made_before, at=now)
    remove_files(services)


def remove_files(services: Services) -> None:
    """What is nobody's any more, in the making or whole, also because of what another machine did."""
    shelf = shelf_of(services.settings, services.database)
    for export_id in shelf.lying():
        with services.database.reading.begin() as session:
            found = kept_queries.by_id(session, export_id)
            lies = found is not None and kept.may_lie(*found)
        if not lies:
            shelf.remove(export_id)
