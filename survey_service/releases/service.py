"""Releasing a wave: the figures are frozen with everything that computing them again needs.

The figures are computed before the transaction that signs them; that transaction compares the key of their rows, one
row of the database, and refuses where it has moved since. PDFs are made afterwards by a job, from what was kept of the
signature: a resident who takes an answer back later takes no report along.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from importlib.metadata import version
from pathlib import Path
from uuid import UUID

from sqlalchemy.orm import Session

from analysis.case_columns import PopulationRegister
from analysis.city_results import CityResults
from analysis.complementary_suppression import CannotProtect
from questionnaires.characters import written
from questionnaires.readiness import effective_header
from questionnaires.text import Text
from reports.content import Caution, Correction, Imprint
from survey_service import audit
from survey_service.analyses import queries as estimate_queries
from survey_service.analyses.city_told import NOTHING_BESIDE, city_results, modes_by_lot
from survey_service.analyses.draw_words import drawn_as
from survey_service.analyses.field_told import NOTHING_TOLD, FieldTold, read_field
from survey_service.analyses.plans import plan_text
from survey_service.analyses.service import WaveEstimates
from survey_service.analyses.summaries import NOTHING_BEFORE, Since, Summaries, method_of, summaries
from survey_service.analyses.wave_analysis import analysis_of_wave, columns_and_register
from survey_service.errors import BadInput, NotFound
from survey_service.models import Release, Survey, Wave
from survey_service.releases import city_maps, corrections, queries, recomputing, rectified, remarked, wave_indices
from survey_service.releases.canonical_estimates import FORMAT, estimates_text, sha256
from survey_service.releases.earlier import earlier_waves
from survey_service.releases.errors import GivenAwayBefore, NothingToRelease, RowsChanged
from survey_service.releases.printable import check_printable
from survey_service.releases.published_tables import published_table
from survey_service.releases.signed_summaries import mark, packed, unpacked
from survey_service.releases.steps import Seen
from survey_service.releases.told_changes import told_changes
from survey_service.settings import Settings
from survey_service.surveys import service as surveys
from survey_service.surveys.opening import header_of

PROOF = "送审稿 PROOF"
"""In place of a number, on what is read before it is signed."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Signatures:
    """Who stands for the figures, by name as printed."""

    prepared_by: str
    reviewed_by: str
    signed_by: str


@dataclass(frozen=True, slots=True, eq=False, kw_only=True)
class Prepared:
    """Figures that were computed and looked at, with the hash of the rows they came from and the key they were read
    at."""

    estimates: WaveEstimates
    snapshot_sha256: str
    rows_key: str
    told: FieldTold = NOTHING_TOLD  # of the field, for the reports
    since: Since = NOTHING_BEFORE
    register: PopulationRegister | None = None  # persons of the communities, where the plan may use them
    by_lot: bool = False  # whether first modes were dealt by lot
    beside: CityResults = NOTHING_BESIDE

    @property
    def seen(self) -> Seen:
        return Seen(rows_key=self.rows_key, plan_sha256=sha256(plan_text(self.estimates.plan)))


def prepare(session: Session, survey_id: UUID, wave_id: UUID, folder: Path | None = None) -> Prepared:
    """Compute the figures of a wave as they would be released now; NothingToRelease without an answer or indicator,
    GivenAwayBefore where an edition before published what must be hidden now.

    ``folder``: where columns of waves are kept."""
    rows_key = audit.signed_key(session, survey_id, wave_id)  # before the rows
    found = estimate_queries.survey_and_wave(session, survey_id, wave_id)
    if found is None:
        raise NotFound
    given = columns_and_register(session, survey_id, wave_id, folder)
    if not given.wave.questionnaire.indicators or not given.wave.columns.responded.any():
        raise NothingToRelease
    earlier = [published_table(one.estimates) for one in queries.editions_with_figures(session, survey_id, wave_id)]
    try:
        estimates = analysis_of_wave(given, targets=found[1].targets, earlier=earlier)
    except CannotProtect as given_away:
        if not earlier:
            raise
        raise GivenAwayBefore from given_away
    by_lot = modes_by_lot(found[1])
    return Prepared(
        estimates=estimates,
        snapshot_sha256=given.wave.snapshot_sha256,
        rows_key=rows_key,
        told=read_field(session, found[1]),
        since=earlier_waves(session, found[1], estimates, folder),
        register=given.population.register,
        by_lot=by_lot,
        beside=city_results(estimates, by_lot=by_lot),
    )


def release_wave(
    session: Session,
    prepared: Prepared,
    signatures: Signatures,
    *,
    settings: Settings,
    at: datetime,
    by: audit.Actor,
) -> Release:
    """Freeze ``prepared`` and move the wave to released, in one transaction.

    Raises RowsChanged where the rows are no longer those that were looked at, Conflict where the wave is not under
    review, BadInput where a name is missing, CannotBePrinted where the fonts lack a character of its sheets.
    """
    names = (signatures.prepared_by, signatures.reviewed_by, signatures.signed_by)
    if not all(map(written, names)):
        raise BadInput(zh="统计、复核、审签三个人的姓名都要写。", en="Name who prepared, who reviewed and who signed.")
    rows = prepared.estimates.cases
    survey_id, wave_id = rows.survey_id, rows.wave_id
    # Moving the wave first takes the lock: from here nobody can release it beside us.
    wave = surveys.mark_released(session, survey_id, wave_id, at=at, by=by)
    if audit.signed_key(session, survey_id, wave_id) != prepared.rows_key:
        raise RowsChanged
    survey = session.get_one(Survey, survey_id)
    before = queries.newest(session, survey_id, wave_id)
    edition = before.edition + 1 if before else 1
    indices = wave_indices.of_wave(session, survey, wave, prepared.estimates.table)
    text = estimates_text(prepared.estimates, prepared.since, prepared.beside, wave_indices.plain(indices))
    plan = plan_text(prepared.estimates.plan)
    made = Release(
        survey_id=survey_id,
        wave_id=wave_id,
        edition=edition,
        number=f"{survey.key.upper()}-{wave.key}-{edition:02d}",
        snapshot_sha256=prepared.snapshot_sha256,
        questionnaire_sha256=rows.questionnaire_sha256,
        specification=json.loads(plan),
        format=FORMAT,
        plan=plan,
        plan_sha256=sha256(plan),
        estimates=text,
        estimates_sha256=sha256(text),
        software_version=version("survey-service"),
        prepared_by=written(signatures.prepared_by),
        reviewed_by=written(signatures.reviewed_by),
        signed_by=written(signatures.signed_by),
        released_at=at,
        correction_of=before.id if before else None,
        correction_reason=corrections.reason_of(session, survey_id, wave_id, edition) if before else None,
        changes=told_changes(prepared.since.changes),
    )
    printed = _summaries(session, prepared, made, survey, wave, settings, before=before)
    printed = remarked.with_remarks(session, printed, survey, wave)
    check_printable(printed, settings)
    made.printed = kept = packed(city_maps.with_map(session, wave_indices.with_indices(printed, indices), survey))
    session.add(made)
    session.flush()
    audit.record(
        session,
        survey_id=survey_id,
        at=at,
        by=by,
        action="release.signed",
        record=f"release {made.id}",
        detail={
            "number": made.number,
            "snapshot": made.snapshot_sha256,
            "estimates": made.estimates_sha256,
            "printed": mark(kept),
        },
    )
    return made


def release_summaries(session: Session, survey_id: UUID, release_id: UUID, settings: Settings) -> Summaries:
    """The summaries that the PDFs of a release are written from, as they were when it was signed.

    A release from before they were kept: its samples and weights are computed again, its table is the one that was
    published; NotRecomputable where the figures are others by now.
    """
    if (printed := queries.printed(session, survey_id, release_id)) is not None:
        return unpacked(printed)
    found = queries.release(session, survey_id, release_id)
    if found is None:
        raise NotFound
    release, survey, wave = found
    again = Prepared(estimates=recomputing.as_signed(session, release, wave), snapshot_sha256="", rows_key="")
    return _summaries(session, again, release, survey, wave, settings)


def proof(session: Session, prepared: Prepared, names: Sequence[str], settings: Settings, *, at: datetime) -> Summaries:
    """What the PDFs would be written from if it were signed now: to be read before the signature."""
    rows = prepared.estimates.cases
    survey, wave = session.get_one(Survey, rows.survey_id), session.get_one(Wave, (rows.survey_id, rows.wave_id))
    before = queries.newest(session, rows.survey_id, rows.wave_id)
    prepared_by, reviewed_by, signed_by = names
    unsigned = Release(
        number=PROOF,
        edition=before.edition + 1 if before else 1,
        snapshot_sha256=prepared.snapshot_sha256,
        software_version=version("survey-service"),
        prepared_by=prepared_by,
        reviewed_by=reviewed_by,
        signed_by=signed_by,
        released_at=at,
        correction_reason=(
            corrections.reason_of(session, rows.survey_id, rows.wave_id, before.edition + 1) if before else None
        ),
    )
    made = _summaries(session, prepared, unsigned, survey, wave, settings, before=before)
    made = remarked.with_remarks(session, made, survey, wave)
    made = wave_indices.with_indices(made, wave_indices.of_wave(session, survey, wave, prepared.estimates.table))
    return city_maps.with_map(session, made, survey)


def _summaries(
    session: Session,
    prepared: Prepared,
    release: Release,
    survey: Survey,
    wave: Wave,
    settings: Settings,
    *,
    before: Release | None = None,
) -> Summaries:
    estimates = prepared.estimates
    imprint = imprint_of(survey, wave, estimates, settings, release=release)
    if before is not None:
        imprint = replace(imprint, correction=_correction(before, release, settings))
    caution = Caution(caution_below=settings.caution_below, no_headline_below=settings.no_headline_below)
    method = method_of(wave.method, estimates, drawn_as(session, wave))
    made = summaries(
        estimates,
        imprint=imprint,
        method=method,
        caution=caution,
        told=prepared.told,
        since=prepared.since,
        beside=prepared.beside,
    )
    return rectified.with_put_right(session, made, survey, prepared.since.changes)


def _correction(before: Release, release: Release, settings: Settings) -> Correction:
    return Correction(
        edition=release.edition,
        of_number=before.number,
        of_date=before.released_at.astimezone(settings.zone).date(),
        reason=release.correction_reason or "",
        earlier=published_table(before.estimates),
    )


def imprint_of(
    survey: Survey, wave: Wave, estimates: WaveEstimates, settings: Settings, *, release: Release
) -> Imprint:
    questionnaire = estimates.cases.questionnaire
    closed = wave.closed_at.astimezone(settings.zone).date() if wave.closed_at else wave.closes_on
    return Imprint(
        survey=Text(survey.title_zh, survey.title_en),
        questionnaire=questionnaire.title,
        questionnaire_version=questionnaire.version,
        wave=Text(wave.name_zh, wave.name_en),
        header=effective_header(questionnaire, header_of(wave)),
        contact=questionnaire.notice.contact,
        field_start=wave.opens_on,
        # Closed before its last day, the field ended then.
        field_end=min(wave.closes_on, closed),
        release_number=release.number,
        released_on=release.released_at.astimezone(settings.zone).date(),
        prepared_by=release.prepared_by,
        reviewed_by=release.reviewed_by,
        signed_by=release.signed_by,
        data_sha256=release.snapshot_sha256,
        software_version=release.software_version,
    )
