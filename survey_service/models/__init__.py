"""All tables. A table below a survey has ``survey_id`` first in its primary key and in every unique constraint.

Importing this package registers every table on ``Base.metadata``.
"""

from survey_service.models.account import (
    Account,
    AccountIdentity,
    FailedAttempt,
    Grant,
    RecoveryCode,
    Role,
    SignIn,
    WorksFor,
)
from survey_service.models.analysis_plan import KeptPlan
from survey_service.models.area import Area, AreaCount, AreaPopulation, RegisterKind
from survey_service.models.area_map import AreaMap
from survey_service.models.assignment import Assignment, InterviewPass
from survey_service.models.attachment import Attachment
from survey_service.models.audit import AuditEntry, AuditHead, RowsHead
from survey_service.models.base import Base, UtcDateTime
from survey_service.models.blob import BlobPiece
from survey_service.models.call_back import CallBack, Visited
from survey_service.models.capture import Capture, Mode, Source
from survey_service.models.case import ADULT_STAGE, AccessCode, Case, Disposition
from survey_service.models.draft import DraftSave, QuestionnaireDraft, QuestionnaireSource
from survey_service.models.export import DataExport, ExportEnd
from survey_service.models.field_figures import FieldFigures
from survey_service.models.importing import ImportFile, ImportState
from survey_service.models.installation import Installation
from survey_service.models.job import Job, JobState
from survey_service.models.keying import Decision, Discrepancy, Keying, KeyingPass, KeyingState, VerificationDraw
from survey_service.models.paper import (
    BatchState,
    FormState,
    PaperBatch,
    PaperEdition,
    PaperForm,
    PaperPrint,
    ScanField,
    ScanPage,
)
from survey_service.models.recording import WaveRecording
from survey_service.models.rectification import (
    Rectification,
    RectificationAct,
    RectificationEntry,
    RectificationPhoto,
    RectificationReason,
    RectificationState,
)
from survey_service.models.release import (
    Release,
    ReleaseDocument,
    ReleaseRecomputed,
    ReleaseStep,
    ReleaseStepKind,
)
from survey_service.models.remark import Remark, RemarkState, RemarkStrike, RemarkTheme
from survey_service.models.reserve import ReserveCase
from survey_service.models.response import Response, ResponseState
from survey_service.models.roll import MOST_ADULTS, Kin, Roll
from survey_service.models.sealed import CaseDoor, LetterFile, WaveSeal
from survey_service.models.sealed_file import SealedFile
from survey_service.models.sheet_link import OpenedWith, SheetLink, SheetOpening, Taken
from survey_service.models.survey import ListedUnit, QuestionnaireVersion, SelectionWithin, Survey, Wave, WaveState
from survey_service.models.telephone import CaseTelephone
from survey_service.models.token import AccessToken
from survey_service.models.tombstone import Ground, Tombstone
from survey_service.models.typed_tries import TriedAs, TypedTries
from survey_service.models.visit import OUTCOME_MODES, Visit, VisitSource
from survey_service.models.wave_list import FilledVersion, WaveListEntry

__all__ = [
    "ADULT_STAGE",
    "MOST_ADULTS",
    "OUTCOME_MODES",
    "AccessCode",
    "AccessToken",
    "Account",
    "AccountIdentity",
    "Area",
    "AreaCount",
    "AreaMap",
    "AreaPopulation",
    "Assignment",
    "Attachment",
    "AuditEntry",
    "AuditHead",
    "Base",
    "BatchState",
    "BlobPiece",
    "CallBack",
    "Capture",
    "Case",
    "CaseDoor",
    "CaseTelephone",
    "DataExport",
    "Decision",
    "Discrepancy",
    "Disposition",
    "DraftSave",
    "ExportEnd",
    "FailedAttempt",
    "FieldFigures",
    "FilledVersion",
    "FormState",
    "Grant",
    "Ground",
    "ImportFile",
    "ImportState",
    "Installation",
    "InterviewPass",
    "Job",
    "JobState",
    "KeptPlan",
    "Keying",
    "KeyingPass",
    "KeyingState",
    "Kin",
    "LetterFile",
    "ListedUnit",
    "Mode",
    "OpenedWith",
    "PaperBatch",
    "PaperEdition",
    "PaperForm",
    "PaperPrint",
    "QuestionnaireDraft",
    "QuestionnaireSource",
    "QuestionnaireVersion",
    "RecoveryCode",
    "Rectification",
    "RectificationAct",
    "RectificationEntry",
    "RectificationPhoto",
    "RectificationReason",
    "RectificationState",
    "RegisterKind",
    "Release",
    "ReleaseDocument",
    "ReleaseRecomputed",
    "ReleaseStep",
    "ReleaseStepKind",
    "Remark",
    "RemarkState",
    "RemarkStrike",
    "RemarkTheme",
    "ReserveCase",
    "Response",
    "ResponseState",
    "Role",
    "Roll",
    "RowsHead",
    "ScanField",
    "ScanPage",
    "SealedFile",
    "SelectionWithin",
    "SheetLink",
    "SheetOpening",
    "SignIn",
    "Source",
    "Survey",
    "Taken",
    "Tombstone",
    "TriedAs",
    "TypedTries",
    "UtcDateTime",
    "VerificationDraw",
    "Visit",
    "VisitSource",
    "Visited",
    "Wave",
    "WaveListEntry",
    "WaveRecording",
    "WaveSeal",
    "WaveState",
    "WorksFor",
]
