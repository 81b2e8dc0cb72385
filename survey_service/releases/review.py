"""What the statistician's page asks for and takes seconds of a processor: the figures, and their signature.

Called by name in the process beside the server (``processes.beside``), which sends back what is shown and no more: the
rows of a wave stay here.
"""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from questionnaires.indicators import beside_of
from survey_service import audit
from survey_service.analyses import phone_checks, plan_history, review_values
from survey_service.analyses.errors import PlanFails
from survey_service.analyses.plan_review import plan_address
from survey_service.analyses.plans import plan_text
from survey_service.analyses.review_beside import beside_shown
from survey_service.analyses.reviewed import Review
from survey_service.analyses.wave_analysis import columns_and_register
from survey_service.models import ReleaseStepKind, Wave
from survey_service.releases import document_jobs, documents, service, steps
from survey_service.releases.canonical_estimates import sha256
from survey_service.releases.errors import PlanChanged, RowsChanged
from survey_service.releases.pooled import pooled
from survey_service.releases.steps import Seen, ToStandFor
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
        alone = [one for one in estimates.indicators if beside_of(one.id) is None]
        indicators = sorted(alone, key=lambda one: not one.headline)
        # Only an indicator of this questionnaire can be named; anything else shows the first.
        chosen = next((one for one in indicators if one.id == indicator), indicators[0])
        beside = None
        if opened:
            wave = session.get_one(Wave, (survey_id, wave_id))
            beside = beside_shown(
                estimates,
                chosen,
                by_lot=prepared.by_lot,
                register=prepared.register,
                pooled=pooled(session, wave, prepared, chosen, running.settings.columns),
            )
    return Review(
        checks=(*review_values.checks(estimates), *phones),
        rates=estimates.rates[estimates.cases.city.code],
        recorded=estimates.fieldwork[estimates.cases.city.code].outcomes_recorded,
        version=estimates.cases.questionnaire.version,
        indicators=indicators,
        figures=review_values.figures(estimates, chosen, prepared.since) if opened else None,
        beside=beside,
        snapshot=prepared.snapshot_sha256,
        rows_key=prepared.seen.rows_key,
        plan_sha256=prepared.seen.plan_sha256,
    )


def open_figures(running: Services, survey_id: UUID, wave_id: UUID, at: datetime, by: audit.Actor) -> None:
    """From here on the field never goes on, and the plan by which the figures are seen stays."""
    with running.database.reading.begin() as session:
        given = columns_and_register(session, survey_id, wave_id, running.settings.columns)
    plan = sha256(plan_text(given.plan))
    with running.database.writing.begin() as session:
        figures.open_figures(session, survey_id, wave_id, plan_sha256=plan, at=at, by=by)
        plan_history.lock(session, survey_id, wave_id, given.plan, at=at, by=by)


def to_stand_for(running: Services, survey_id: UUID, wave_id: UUID) -> ToStandFor:
    with running.database.reading.begin() as session:
        prepared = service.prepare(session, survey_id, wave_id, running.settings.columns)
    return ToStandFor(
        seen=prepared.seen,
        snapshot=prepared.snapshot_sha256,
        version=prepared.estimates.cases.questionnaire.version,
    )


def proof(
    running: Services, survey_id: UUID, wave_id: UUID, language: str, names: tuple[str, str, str], at: datetime
) -> bytes:
    """The PDF of the city as it would be printed if it were signed now."""
    with running.database.reading.begin() as session:
        prepared = service.prepare(session, survey_id, wave_id, running.settings.columns)
        written = service.proof(session, prepared, names, running.settings, at=at)
    return documents.pdf(documents.Wanted(written.city, language), running.settings)


def sign(running: Services, survey_id: UUID, wave_id: UUID, seen: Seen, at: datetime, by: audit.Actor) -> None:
    """Release the very figures that were looked at, those of ``seen``; a job makes the PDFs."""
    with running.database.reading.begin() as session:
        prepared = service.prepare(session, survey_id, wave_id, running.settings.columns)
    if prepared.rows_key != seen.rows_key:
        raise RowsChanged
    if prepared.seen != seen:
        raise PlanChanged
    kind, differ = ReleaseStepKind.SIGNED, running.settings.signatures_differ
    with running.database.writing.begin() as session:
        held = steps.take(session, kind, (survey_id, wave_id), seen, differ=differ, at=at, by=by).held
        prepared_by, reviewed_by, signed_by = (held[one].name for one in steps.ORDER)
        signatures = service.Signatures(prepared_by=prepared_by, reviewed_by=reviewed_by, signed_by=signed_by)
        made = service.release_wave(session, prepared, signatures, settings=running.settings, at=at, by=by)
        rows = prepared.estimates.cases
        areas = 1 + len(rows.streets) + len(rows.communities)
        document_jobs.enqueue(session, made, "zh", areas=areas, workers=running.settings.workers, at=at, by=by)
