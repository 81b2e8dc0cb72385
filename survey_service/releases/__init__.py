"""Releases: the signed-off, immutable estimates and PDFs of a wave."""

from survey_service import jobs

DOCUMENTS_JOB = "release"
RECOMPUTE_JOB = "recompute"
jobs.handles(DOCUMENTS_JOB, long=True)(jobs.imported_when_run("survey_service.releases.documents", "make_documents"))
jobs.handles(RECOMPUTE_JOB)(jobs.imported_when_run("survey_service.releases.recomputing", "recompute_job"))
