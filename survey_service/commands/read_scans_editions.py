"""What was printed for a survey: the questionnaire, where its boxes stand, the blank pages, by the digits of a code."""

from __future__ import annotations

from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from reports.paper_form.drawing import blank_pdf
from reports.paper_form.geometry import BOX, Geometry, from_json
from survey_service.database import Database
from survey_service.files import BlobDamaged, BlobMissing
from survey_service.models import PaperBatch, PaperEdition, PaperPrint, QuestionnaireVersion
from survey_service.paper.printing import as_printed, layout_of
from survey_service.paper.reading.page import Edition
from survey_service.paper.reading.prints import Print, prints_of
from survey_service.paper.serials import PageCode
from survey_service.settings import Settings
from survey_service.stored_files import files_of
from survey_service.surveys import definitions

COVER = 2  # pages of a batch before the first form
VERSION_DIGITS = 8


class NoPrint(Exception):
    """Neither the PDF that was printed nor a program that would draw the same is here."""


class Editions:
    """Editions of one survey, each read when its first page turns up."""

    def __init__(self, database: Database, settings: Settings, survey_id: UUID, mark: str) -> None:
        self._database, self._settings = database, settings
        self._survey_id, self._mark = survey_id, mark
        self._known: dict[str, Edition | None] = {}

    def __call__(self, code: PageCode) -> Edition | None:
        """None for a form of another survey or one that was printed elsewhere. Raises NoPrint."""
        if code.survey != self._mark:
            return None
        if code.version not in self._known:
            with self._database.reading.begin() as session:
                self._known[code.version] = self._find(session, code.version)
        return self._known[code.version]

    def _find(self, session: Session, version: str) -> Edition | None:
        rows = session.scalars(select(PaperEdition).where(PaperEdition.survey_id == self._survey_id))
        row = next((one for one in rows if one.sha256.startswith(version)), None)
        if row is None:
            return None
        geometry = from_json(row.geometry)
        return Edition(
            questionnaire=definitions.frozen(session, self._survey_id, row.questionnaire_version_id),
            geometry=geometry,
            prints=self._stored(session, row, geometry) or self._drawn_anew(session, row, geometry),
        )

    def _stored(self, session: Session, row: PaperEdition, geometry: Geometry) -> tuple[Print, ...]:
        """The first form of a PDF that was printed; empty where none is kept."""
        files = files_of(self._settings, self._database)
        blobs = select(PaperPrint.blob_sha256).where(
            PaperPrint.survey_id == self._survey_id, PaperPrint.edition_sha256 == row.sha256
        )
        for blob in session.scalars(blobs):
            try:
                return prints_of(files.get(blob), first=COVER, pages=geometry.pages)
            except (BlobMissing, BlobDamaged):
                continue
        return ()

    def _drawn_anew(self, session: Session, row: PaperEdition, geometry: Geometry) -> tuple[Print, ...]:
        """As this version of the program draws it, if that is the same edition."""
        version = session.get_one(QuestionnaireVersion, (self._survey_id, row.questionnaire_version_id))
        questionnaire, sha256 = definitions.frozen(session, self._survey_id, version.id), version.sha256
        of_edition = select(PaperBatch).join(
            PaperPrint, (PaperPrint.survey_id == PaperBatch.survey_id) & (PaperPrint.batch_id == PaperBatch.id)
        )
        batch = session.scalars(
            of_edition.where(PaperBatch.survey_id == self._survey_id, PaperPrint.edition_sha256 == row.sha256).limit(1)
        ).first()
        if batch is not None:
            questionnaire, sha256 = as_printed(session, batch, questionnaire, sha256)
        layout = layout_of(questionnaire, geometry.languages, sha256, self._settings, large=geometry.box > BOX)
        if layout.geometry.sha256 != row.sha256:
            raise NoPrint
        return prints_of(blank_pdf(layout, questionnaire.header), first=0, pages=geometry.pages)
