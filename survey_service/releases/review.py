"""What the statistician's page asks for and takes seconds of a processor: the figures, and their signature.

Called by name in the process beside the server (``processes.beside``), which sends back what is shown and no more: the
rows of a wave stay here.
"""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from survey_service import audit, jobs
from survey_service.analyses import phone_checks, plan_history, review_values
from survey_service.analyses.errors import PlanFails
from survey_service.analyses.plan_review import plan_address
from survey_service.analyses.reviewed import Review
from survey_service.analyses.wave_analysis import columns_and_register
from survey_service.releases import DOCUMENTS_JOB, service
from survey_service.releases.errors import RowsChanged
from survey_service.services import Services
from survey_service.surveys import figures


def review(running: Services, survey_id: UUID, wave_id: UUID, indicator: str, opened: bool) -> Review:
    with running.database.reading.begin() as session:
        try:
            prepared = service.prepare(session, survey_id, wave_id, running.settings.columns)
        except PlanFails as fault:
            fault.leads_to = plan_address(session, survey_id, wave_id)
            raise
        estimates = prepared.estimates
        phones = phone_checks.checks(session, survey_id, wave_id)
    indicators = sorted(estimates.indicators, key=lambda one: not one.headline)
    # Only an indicator of this questionnaire can be named; anything else shows the first.
    chosen = next((one for one in indicators if one.id == indicator), indicators[0])
    return Review(
        checks=(*review_values.checks(estimates), *phones),
        rates=estimates.rates[estimates.cases.city.code],
        recorded=estimates.fieldwork[estimates.cases.city.code].outcomes_recorded,
        version=estimates.cases.questionnaire.version,
        indicators=indicators,
        figures=review_values.figures(estimates, chosen) if opened else None,
        snapshot=prepared.snapshot_sha256,
    )


def open_figures(running: Services, survey_id: UUID, wave_id: UUID, at: datetime, by: audit.Actor) -> None:
    """From here on the field never goes on, and the plan by which the figures are seen stays."""
    with running.database.reading.begin() as session:
        given = columns_and_register(session, survey_id, wave_id, running.settings.columns)
    with running.database.writing.begin() as session:
        figures.open_figures(session, survey_id, wave_id, at=at, by=by)
        plan_history.lock(session, survey_id, wave_id, given.plan, at=at, by=by)


def sign(
    running: Services,
    survey_id: UUID,
    wave_id: UUID,
    snapshot: str,
    names: tuple[str, str, str],
    at: datetime,
    by: audit.Actor,
) -> None:
    """Release the very figures that were looked at, those of ``snapshot``; a job makes the PDFs."""
    prepared_by, reviewed_by, signed_by = names
    with running.database.reading.begin() as session:
        prepared = service.prepare(session, survey_id, wave_id, running.settings.columns)
    if prepared.snapshot_sha256 != snapshot:
        raise RowsChanged
    signatures = service.Signatures(prepared_by=prepared_by, reviewed_by=reviewed_by, signed_by=signed_by)
    with running.database.writing.begin() as session:
        made = service.release_wave(session, prepared, signatures, settings=running.settings, at=at, by=by)
        jobs.enqueue(
            session, survey_id=survey_id, kind=DOCUMENTS_JOB, by=by, at=at, arguments=service.document_arguments(made)
        )
